/** Which vehicles are meant: by class, goods, company and tag. All lists that say something must match. */
import { useState } from 'react';
import type { Subjects, VehicleClass } from '../../../api/types';
import { translateName, useI18n, type Translate } from '../../../i18n';

const CLASSES: readonly VehicleClass[] = ['hazmat', 'goods', 'ordinary', 'resident', 'emergency'];
const LISTS = ['goods', 'companies', 'tags'] as const;

/** In a few words; `null` when nobody in particular is meant. */
export function subjectsSummary(subjects: Subjects | null | undefined, t: Translate): string | null {
  const { classes = [], goods = [], companies = [], tags = [] } = subjects ?? {};
  const words = [
    ...classes.map((name) => translateName(t, 'class', name, () => name)),
    ...goods,
    ...companies,
    ...tags,
  ];
  if (words.length === 0) return null;
  const shown = words.slice(0, 3).join(t('list.separator'));
  return words.length > 3 ? t('edit.subjects.more', { shown, n: words.length - 3 }) : shown;
}

export interface SubjectsFieldsProps {
  name: string;
  subjects: Subjects;
  onChange: (subjects: Subjects) => void;
}

export function SubjectsFields({ name, subjects, onChange }: SubjectsFieldsProps) {
  const { t } = useI18n();
  const classes = subjects.classes ?? [];
  return (
    <fieldset className="edit-subjects">
      <legend>{name}</legend>
      <div className="edit-sentence">
        {CLASSES.map((one) => (
          <label key={one} className="edit-check">
            <input
              type="checkbox"
              checked={classes.includes(one)}
              data-testid={`class-${one}`}
              onChange={(event) =>
                onChange({
                  ...subjects,
                  classes: event.target.checked ? [...classes, one] : classes.filter((other) => other !== one),
                })
              }
            />
            {t(`class.${one}`)}
          </label>
        ))}
      </div>
      {LISTS.map((list) => (
        <WordList
          key={list}
          label={t(`edit.subjects.${list}`)}
          words={subjects[list] ?? []}
          {...(list === 'companies' ? { suggestions: 'edit-companies' } : {})}
          onChange={(words) => onChange({ ...subjects, [list]: words })}
        />
      ))}
      <p className="edit-dim">{t('edit.subjects.hint')}</p>
    </fieldset>
  );
}

interface WordListProps {
  label: string;
  words: readonly string[];
  /** Id of a list of suggestions. */
  suggestions?: string;
  onChange: (words: string[]) => void;
}

function WordList({ label, words, suggestions, onChange }: WordListProps) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const add = () => {
    const fresh = text
      .split(/[,，、;；]/)
      .map((word) => word.trim())
      .filter((word) => word !== '' && !words.includes(word));
    if (fresh.length) onChange([...words, ...fresh]);
    setText('');
  };
  return (
    <div className="edit-words">
      <span>{label}</span>
      <span className="edit-sentence">
        {words.map((word) => (
          <button
            key={word}
            type="button"
            className="edit-chip"
            aria-label={t('edit.subjects.remove', { word })}
            onClick={() => onChange(words.filter((other) => other !== word))}
          >
            {word} ✕
          </button>
        ))}
        <input
          value={text}
          list={suggestions}
          aria-label={t('edit.subjects.add', { what: label })}
          placeholder={t('edit.subjects.placeholder')}
          onChange={(event) => setText(event.target.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
      </span>
    </div>
  );
}

/** What is said of a collection as a whole: read, changed, taken back. */
import { useEffect, useState } from 'react';
import { edits } from '../../../api/edits';
import type { Feature } from '../../../api/types';
import { translateName, useI18n, type Language } from '../../../i18n';
import { en } from '../../../i18n/en';
import { zh } from '../../../i18n/zh-CN';
import { Dialog } from '../../../ui/Dialog';
import { errorText } from '../../../ui/problem';
import { refusalText } from '../../../ui/refused-words';
import { ApiError } from '../../../api/client';
import { offerUndo } from '../../../ui/undo-notice';
import { changesOf, COLLECTION, fieldName, FIELDS, read, save, typedOf, type Field, type Seen, type Typed } from './card';

const DATES: readonly Field[] = ['as_of', 'reviewed_at'];
const LONG: readonly Field[] = ['quality_note', 'remarks'];
/** Names of datums that the server takes; any EPSG code beside them. */
const DATUMS = ['EPSG:4490', 'EPSG:4326', 'EPSG:4528', 'GCJ-02', 'BD-09'];

export interface CardDialogProps {
  id: string;
  onSaved: () => void;
  onHistory: () => void;
  onClose: () => void;
}

/** What the collection is called, in a notice that outlives a change of language. */
function calledIn(id: string): (language: Language) => string {
  return (language) => {
    const words: Record<string, string> = language === 'en' ? en : zh;
    return words[`data.of.${id}`] ?? id;
  };
}

/** Everything as it was before, against the revision that was made. */
async function takeBack(id: string, before: Feature | null, tag: string): Promise<void> {
  if (before) await edits.replace(COLLECTION, id, { type: 'Feature', geometry: null, properties: before.properties }, tag);
  else await edits.remove(COLLECTION, id, tag);
}

export function CardDialog({ id, onSaved, onHistory, onClose }: CardDialogProps) {
  const { t } = useI18n();
  const [seen, setSeen] = useState<Seen | 'reading'>('reading');
  const [typed, setTyped] = useState<Typed>(() => typedOf({}));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [conflict, setConflict] = useState<readonly Field[]>([]);
  const ask = async () => {
    setProblem(null);
    try {
      const found = await read(edits, id);
      setSeen(found);
      setTyped(found?.typed ?? typedOf({}));
    } catch (error) {
      setProblem(error);
    }
  };
  useEffect(() => void ask(), [id]);
  const name = translateName(t, 'data.of', id, () => id);
  const reading = seen === 'reading';
  const before = reading || seen === null ? typedOf({}) : seen.typed;
  const changed = !reading && Object.keys(changesOf(before, typed)).length > 0;
  const badCycle = typed.update_cycle_days.trim() !== '' && !/^[1-9]\d{0,4}$/.test(typed.update_cycle_days.trim());
  const submit = async () => {
    if (reading || busy || badCycle) return;
    setBusy(true);
    setProblem(null);
    setConflict([]);
    try {
      const was = seen ? (await edits.read(COLLECTION, id)).feature : null;
      const saved = await save(edits, id, seen, typed);
      if (saved.of === 'conflict') {
        setConflict(saved.fields);
        setSeen(saved.theirs);
        return;
      }
      offerUndo({
        act: saved.made ? 'created' : 'changed',
        collection: COLLECTION,
        id,
        called: calledIn(id),
        undo: async () => {
          await takeBack(id, was, saved.kept.tag);
          onSaved();
        },
      });
      onSaved();
      onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const wrong = problem instanceof ApiError && problem.problem.field !== undefined ? refusalText(problem.problem, t) : problem === null ? null : errorText(problem, t);
  const put = (field: Field, text: string) => setTyped((all) => ({ ...all, [field]: text }));
  return (
    <Dialog title={t('catalogue.card', { name })} testId="catalogue-card" onClose={onClose}>
      <form
        className="catalogue-card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {reading && problem === null && <p className="hint">{t('app.loading')}</p>}
        {seen === null && <p className="catalogue-dim">{t('catalogue.card.none')}</p>}
        {!reading &&
          FIELDS.map((field) => (
            <label key={field} className={LONG.includes(field) ? 'field catalogue-long' : 'field'}>
              <span>{fieldName(field, t)}</span>
              {LONG.includes(field) ? (
                <textarea rows={2} maxLength={2000} value={typed[field]} disabled={busy} data-testid={`card-${field}`} onChange={(event) => put(field, event.target.value)} />
              ) : (
                <input
                  type={DATES.includes(field) ? 'date' : 'text'}
                  inputMode={field === 'update_cycle_days' ? 'numeric' : undefined}
                  list={field === 'datum' ? 'catalogue-datums' : undefined}
                  maxLength={200}
                  value={typed[field]}
                  disabled={busy}
                  aria-invalid={field === 'update_cycle_days' && badCycle}
                  data-testid={`card-${field}`}
                  onChange={(event) => put(field, event.target.value)}
                />
              )}
              {conflict.includes(field) && !reading && (
                <span className="catalogue-theirs" role="alert" data-testid={`card-theirs-${field}`}>
                  {t('catalogue.card.theirs', { theirs: (seen?.typed[field] ?? '') || t('data.blank') })}
                </span>
              )}
            </label>
          ))}
        <datalist id="catalogue-datums">
          {DATUMS.map((datum) => (
            <option key={datum} value={datum} />
          ))}
        </datalist>
        {badCycle && (
          <p className="problem catalogue-long" role="alert">
            {t('catalogue.card.cycle')}
          </p>
        )}
        {conflict.length > 0 && (
          <p className="problem catalogue-long" role="alert" data-testid="card-conflict">
            {t('catalogue.card.conflict')}
          </p>
        )}
        {wrong !== null && (
          <p className="problem catalogue-long" role="alert" data-testid="card-problem">
            {wrong}{' '}
            {reading && (
              <button type="button" onClick={() => void ask()}>
                {t('data.again')}
              </button>
            )}
          </p>
        )}
        <div className="dialog-acts catalogue-long">
          {!reading && seen !== null && (
            <button type="button" data-testid="card-history" onClick={onHistory}>
              {t('data.history')}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {t('dialog.cancel')}
          </button>
          <button type="submit" className="primary" disabled={!changed || busy || badCycle} data-testid="card-save">
            {t(busy ? 'edit.saving' : conflict.length > 0 ? 'catalogue.card.over' : 'catalogue.card.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

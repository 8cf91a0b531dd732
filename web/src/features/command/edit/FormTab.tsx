/** What it is called, what it is, and how dangerous. */
import type { Problem, RiskLevel } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { NUMERAL } from '../../../map/style';
import type { Editable } from '../editable';
import { featureOf, LIMITS, type Draft } from './draft';
import { FieldProblem } from './FieldProblem';
import { saveFile } from './geojson-file';
import { CHOICES, KINDS } from './kinds';
import type { Picture, Session } from './session';

const LEVELS: readonly RiskLevel[] = ['red', 'orange', 'yellow', 'blue'];

export interface FormTabProps {
  work: Session;
  picture: Picture;
  problem: Problem | null;
}

export function FormTab({ work, picture, problem }: FormTabProps) {
  const { t } = useI18n();
  const { draft, base } = picture;
  const { collection, properties } = draft;
  const zones = collection === 'zones';
  return (
    <>
      <label className="field">
        <span>{t('edit.name')}</span>
        <input
          value={properties.name ?? ''}
          maxLength={LIMITS.name_chars}
          data-testid="edit-name"
          onChange={(event) => work.change({ name: event.target.value }, 'name')}
        />
      </label>
      <FieldProblem problem={problem} at="properties.name" />
      <label className="field">
        <span>{t('edit.name_en')}</span>
        <input
          value={String(properties['name_en'] ?? '')}
          maxLength={LIMITS.name_chars}
          data-testid="edit-name-en"
          onChange={(event) => work.change({ name_en: event.target.value }, 'name_en')}
        />
      </label>
      {collection === 'closures' && (
        <>
          <label className="field">
            <span>{t('edit.reason')}</span>
            <input
              value={String(properties['reason'] ?? '')}
              maxLength={LIMITS.name_chars}
              data-testid="edit-reason"
              onChange={(event) => work.change({ reason: event.target.value }, 'reason')}
            />
          </label>
          <FieldProblem problem={problem} at="properties.reason" />
        </>
      )}
      {kindsOf(draft).length > 0 && (
      <label className="field">
        <span>{t('edit.kind')}</span>
        <select
          value={properties.kind ?? ''}
          data-testid="edit-kind"
          onChange={(event) => work.change({ kind: event.target.value || null })}
        >
          {!zones && <option value="">{t('edit.kind.none')}</option>}
          {kindsOf(draft).map((kind) => (
            <option key={kind} value={kind}>
              {translateName(t, zones ? 'zonekind' : 'word', kind, () => kind)}
            </option>
          ))}
        </select>
      </label>
      )}
      <FieldProblem problem={problem} at="properties.kind" />
      {Object.entries(CHOICES[collection] ?? {}).map(([member, words]) => (
        <label key={member} className="field">
          <span>{translateName(t, 'property', member, () => member)}</span>
          <select
            value={words.includes(String(properties[member])) ? String(properties[member]) : ''}
            data-testid={`edit-${member}`}
            onChange={(event) => work.change({ [member]: event.target.value || null })}
          >
            <option value="">{unlisted(properties[member], words) ?? t('edit.kind.none')}</option>
            {words.map((word) => (
              <option key={word} value={word}>
                {translateName(t, 'word', word, () => word)}
              </option>
            ))}
          </select>
        </label>
      ))}
      {zones && (
        <>
          <fieldset className="edit-levels">
            <legend>{t('edit.level')}</legend>
            {[null, ...LEVELS].map((level) => (
              <label key={level ?? 'none'}>
                <input
                  type="radio"
                  name="level"
                  data-testid={`edit-level-${level ?? 'none'}`}
                  checked={(properties.level ?? null) === level}
                  onChange={() => work.change({ level })}
                />
                {level ? (
                  <>
                    <span className={`level-swatch level-${level} level-pattern-${level}`}>{NUMERAL[level]}</span>{' '}
                    {t(`level.${level}`)}
                  </>
                ) : (
                  t('level.none')
                )}
              </label>
            ))}
          </fieldset>
          <FieldProblem problem={problem} at="properties.level" />
        </>
      )}
      <p className="edit-dim">{t('edit.id', { id: draft.id ?? t('edit.id.given') })}</p>
      <Others draft={draft} />
      {draft.shape && (
        <div className="edit-row">
          <button
            type="button"
            data-testid="export-one"
            onClick={() =>
              saveFile(`${draft.id ?? draft.collection}.geojson`, [featureOf(draft, base?.feature ?? null)])
            }
          >
            {t('edit.export.one')}
          </button>
        </div>
      )}
    </>
  );
}

/** A value that stands though it is not offered, such as several profiles. */
function unlisted(value: unknown, offered: readonly string[]): string | null {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' && value !== '' && !offered.includes(value) ? value : null;
}

/** The offered kinds, and the one that stands even where it is none of them. */
function kindsOf({ collection, properties }: Draft): readonly string[] {
  const offered = KINDS[collection];
  return properties.kind && !offered.includes(properties.kind) ? [properties.kind, ...offered] : offered;
}

const FIELDS = ['name', 'name_en', 'reason', 'kind', 'level', 'valid_from', 'valid_to', 'schedule', 'rules'];

function hasField(collection: Editable, name: string): boolean {
  return FIELDS.includes(name) || name in (CHOICES[collection] ?? {});
}

/** Members that this form has no field for: they are kept as they are. */
function Others({ draft }: { draft: Draft }) {
  const { t } = useI18n();
  const others = Object.entries(draft.properties).filter(
    ([name, value]) => !hasField(draft.collection, name) && value != null,
  );
  if (others.length === 0) return null;
  return (
    <details>
      <summary>{t('edit.others', { n: others.length })}</summary>
      <dl className="edit-others">
        {others.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

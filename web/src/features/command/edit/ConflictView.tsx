/** Two people changed the same thing: who changed what, side by side, and whose stands. Nothing that was typed is lost. */
import { useEffect, useMemo, useState } from 'react';
import { useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import type { Desk } from '../desk';
import { fieldText, valueText } from './in-words';
import { compare, merge, type Field, type Side } from './merge';
import type { Conflict } from './saving';
import type { Session } from './session';

export interface ConflictViewProps {
  desk: Desk;
  work: Session;
  conflict: Conflict;
  /** The draft follows their revision and may be saved. */
  onSettled: () => void;
  /** This person's changes are given up. */
  onTheirs: () => void;
}

export function ConflictView({ work, conflict, onSettled, onTheirs }: ConflictViewProps) {
  const { t } = useI18n();
  const { draft, origin } = work.picture();
  const theirs = conflict.origin;
  const changes = useMemo(() => compare(origin, draft, theirs), [draft, origin, theirs]);
  const [choices, setChoices] = useState<Record<Field, Side>>({});
  const shapesDiffer = changes.some(({ field }) => field === 'shape');
  useEffect(() => {
    work.compareWith(shapesDiffer ? theirs.shape : null);
    return () => work.compareWith(null);
  }, [shapesDiffer, theirs.shape, work]);

  const settle = (how: Record<Field, Side>) => {
    const merged = merge(origin, draft, theirs, how);
    work.rebase(conflict.theirs, theirs);
    work.replace(merged);
    onSettled();
  };
  const allMine = () => settle(Object.fromEntries(changes.map(({ field }) => [field, 'mine' as const])));
  const conflicts = changes.filter(({ by }) => by === 'conflict');
  const { last } = conflict;
  return (
    <div className="edit-conflict" data-testid="edit-conflict">
      <h2>{t('edit.conflict')}</h2>
      <p>
        {last
          ? t('edit.conflict.by', {
              who: last.by ?? t('edit.history.somebody'),
              at: dateText(Date.parse(last.recorded_at)),
            })
          : t('edit.conflict.somebody')}{' '}
        {t(conflicts.length ? 'edit.conflict.choose' : 'edit.conflict.apart')}
      </p>
      {shapesDiffer && <p className="edit-dim">{t('edit.conflict.map')}</p>}
      <ul className="edit-changes">
        {changes.map(({ field, base, mine, theirs: other, by }) => {
          const chosen = choices[field] ?? (by === 'theirs' ? 'theirs' : 'mine');
          const text = (value: unknown) => valueText(field, value, t);
          return (
            <li key={field} data-testid={`change-${field}`} data-by={by}>
              <h3>
                {fieldText(field, t)} <span className="edit-dim">{t(`edit.conflict.${by}`)}</span>
              </h3>
              <p className="edit-dim">{t('edit.conflict.before', { value: text(base) })}</p>
              {(['mine', 'theirs'] as const).map((side) => (
                <label key={side} className="edit-choice">
                  <input
                    type="radio"
                    name={`side-${field}`}
                    checked={chosen === side}
                    data-testid={`choose-${field}-${side}`}
                    onChange={() => setChoices((all) => ({ ...all, [field]: side }))}
                  />
                  <span>
                    {t(`edit.side.${side}`)}: {text(side === 'mine' ? mine : other)}
                  </span>
                </label>
              ))}
            </li>
          );
        })}
      </ul>
      <div className="edit-tools">
        <button type="button" className="primary" data-testid="conflict-merge" onClick={() => settle(choices)}>
          {t('edit.conflict.merge')}
        </button>
        <button type="button" data-testid="conflict-mine" onClick={allMine}>
          {t('edit.conflict.mine.over')}
        </button>
        <button type="button" data-testid="conflict-theirs" onClick={onTheirs}>
          {t('edit.conflict.theirs.take')}
        </button>
      </div>
      <p className="edit-dim">{t('edit.conflict.then')}</p>
    </div>
  );
}

/** What became of a feature: who changed what and when, how it looked then, and the way back. */
import { useEffect, useState } from 'react';
import { ApiError } from '../../../api/client';
import { edits, type Revision } from '../../../api/edits';
import { useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import { errorText } from '../../../ui/problem';
import { draftOf, type Draft } from './draft';
import { fieldText, valueText } from './in-words';
import { changedFields, valueOf } from './merge';
import type { Picture, Session } from './session';

export interface HistoryTabProps {
  work: Session;
  picture: Picture;
  onRestored: () => void;
}

interface Read {
  items: Revision[];
  next: string | null;
  problem: string | null;
  loading: boolean;
}

export function HistoryTab({ work, picture, onRestored }: HistoryTabProps) {
  const { t } = useI18n();
  const { draft, base } = picture;
  const { collection, id } = draft;
  const [read, setRead] = useState<Read>({ items: [], next: null, problem: null, loading: true });
  const [shown, setShown] = useState<number | null>(null);

  const more = async (next?: string) => {
    if (id === null) return;
    setRead((before) => ({ ...before, loading: true, problem: null }));
    try {
      const page = await edits.history(collection, id, next);
      setRead((before) => ({
        items: next ? [...before.items, ...page.items] : page.items,
        next: page.next ?? null,
        problem: null,
        loading: false,
      }));
    } catch (error) {
      const missing = error instanceof ApiError && error.problem.status === 404;
      const problem = missing ? t('edit.history.missing') : errorText(error, t);
      setRead((before) => ({ ...before, problem, loading: false }));
    }
  };
  // A save ends the session, so that one reading serves.
  useEffect(() => {
    void more();
    return () => work.compareWith(null);
  }, [collection, id, work]);

  const show = (revision: Revision, then: Draft) => {
    const hide = shown === revision.revision;
    setShown(hide ? null : revision.revision);
    work.compareWith(hide ? null : then.shape);
  };
  return (
    <>
      {read.problem && <p className="problem">{read.problem}</p>}
      {read.loading && <p className="edit-dim">{t('app.loading')}</p>}
      <ol className="edit-history" data-testid="edit-history">
        {read.items.map((revision, i) => {
          const then = revision.feature ? draftOf(collection, revision.feature) : null;
          const older = read.items[i + 1]?.feature;
          const before = older ? draftOf(collection, older) : null;
          const changed = then && before ? changedFields(before, then) : [];
          const current = base !== null && base.tag === `"${revision.revision}"`;
          return (
            <li key={revision.revision} data-testid={`revision-${revision.revision}`}>
              <p>
                <strong>
                  {t('edit.history.line', { n: revision.revision, action: t(`edit.action.${revision.action}`) })}
                </strong>{' '}
                {revision.by ?? t('edit.history.somebody')}
                {current && <span className="edit-dim"> {t('edit.history.current')}</span>}
              </p>
              <p className="edit-dim">
                <time dateTime={revision.recorded_at}>{dateText(Date.parse(revision.recorded_at))}</time>
              </p>
              {then && before && (
                <ul className="edit-diff">
                  {changed.map((field) => (
                    <li key={field}>
                      <span className="edit-dim">{fieldText(field, t)}</span>{' '}
                      <del>{valueText(field, valueOf(before, field), t)}</del>{' '}
                      <ins>{valueText(field, valueOf(then, field), t)}</ins>
                    </li>
                  ))}
                </ul>
              )}
              {then && !current && (
                <div className="edit-row">
                  <button type="button" aria-pressed={shown === revision.revision} onClick={() => show(revision, then)}>
                    {t('edit.history.show')}
                  </button>
                  <button
                    type="button"
                    data-testid={`restore-${revision.revision}`}
                    onClick={() => {
                      work.compareWith(null);
                      work.replace({ ...then, id: draft.id });
                      work.show();
                      onRestored();
                    }}
                  >
                    {t('edit.history.restore')}
                  </button>
                </div>
              )}
            </li>
          );
        })}
      </ol>
      {read.next && (
        <button type="button" disabled={read.loading} onClick={() => void more(read.next ?? undefined)}>
          {t('edit.history.more')}
        </button>
      )}
    </>
  );
}

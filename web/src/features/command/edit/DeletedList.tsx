/** What was deleted from a collection, by whom and when, and the way back. It is asked for when somebody opens it. */
import { useEffect, useEffectEvent, useState } from 'react';
import { edits, tagOf, type Deleted } from '../../../api/edits';
import { useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import { errorText } from '../../../ui/problem';
import type { Editable } from '../editable';
import { restore } from './saving';
import { offerUndo, useNotice } from '../../../ui/undo-notice';

interface Read {
  items: Deleted[];
  next: string | null;
}

export function DeletedList({ collection }: { collection: Editable }) {
  const { language, t } = useI18n();
  const [read, setRead] = useState<Read | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  const more = (next?: string) =>
    run(async () => {
      const page = await edits.deleted(collection, next);
      setRead((before) => ({ items: [...((next && before?.items) || []), ...page.items], next: page.next ?? null }));
    });
  const bring = (item: Deleted) =>
    run(async () => {
      offerUndo(await restore(collection, item.id, tagOf(item.revision)));
      setRead((before) => before && { ...before, items: before.items.filter(({ id }) => id !== item.id) });
    });
  const undone = useNotice()?.state === 'undone';
  const readAgain = useEffectEvent(() => {
    if (read !== null) void more();
  });
  useEffect(() => {
    // What is taken back may be deleted again, or deleted no more.
    if (undone) readAgain();
  }, [undone]);
  return (
    <section>
      <h3>
        <button
          type="button"
          aria-expanded={read !== null}
          disabled={busy}
          data-testid="edit-deleted"
          onClick={() => (read ? setRead(null) : void more())}
        >
          {t('edit.deleted')}
        </button>
      </h3>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {read?.items.length === 0 && <p className="edit-dim">{t('edit.deleted.none')}</p>}
      <ul className="edit-list">
        {read?.items.map((item) => {
          const name = (language === 'en' && item.name_en) || item.name || item.plate || item.id;
          const when = dateText(Date.parse(item.deleted_at));
          return (
            <li key={item.id} className="edit-deleted">
              <span>
                {name} <span className="edit-dim">{t('edit.deleted.line', { who: item.by, when })}</span>
              </span>
              <button
                type="button"
                disabled={busy}
                aria-label={t('edit.deleted.restore.this', { name })}
                data-testid={`bring-back-${item.id}`}
                onClick={() => void bring(item)}
              >
                {t('edit.deleted.restore')}
              </button>
            </li>
          );
        })}
      </ul>
      {read?.next && (
        <button type="button" disabled={busy} onClick={() => void more(read.next ?? undefined)}>
          {t('edit.history.more')}
        </button>
      )}
    </section>
  );
}

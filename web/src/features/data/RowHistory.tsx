/** What became of one row: who changed which members, when, and from what to what. */
import { useEffect, useState } from 'react';
import { edits, type Revision } from '../../api/edits';
import type { FeatureProperties } from '../../api/types';
import { useI18n } from '../../i18n';
import { dateText } from '../../i18n/time';
import { Dialog } from '../../ui/Dialog';
import { errorText } from '../../ui/problem';
import { cellText, columnName } from './columns';

export interface RowHistoryProps {
  collection: string;
  id: string;
  name: string;
  onClose: () => void;
}

interface Read {
  items: readonly Revision[];
  next: string | null;
  loading: boolean;
  error: unknown;
}

/** Members whose value differs; a shape that differs is one of them. */
function changed(before: FeatureProperties, then: FeatureProperties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(then)]);
  return [...names].filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(then[name] ?? null));
}

export function RowHistory({ collection, id, name, onClose }: RowHistoryProps) {
  const { language, t } = useI18n();
  const [read, setRead] = useState<Read>({ items: [], next: null, loading: true, error: null });
  const more = async (next?: string) => {
    setRead((before) => ({ ...before, loading: true, error: null }));
    try {
      const page = await edits.history(collection, id, next);
      setRead((before) => ({ items: next ? [...before.items, ...page.items] : page.items, next: page.next ?? null, loading: false, error: null }));
    } catch (error) {
      setRead((before) => ({ ...before, loading: false, error }));
    }
  };
  useEffect(() => void more(), []);
  return (
    <Dialog title={t('data.history.of', { name })} testId="row-history-dialog" onClose={onClose}>
      <ol className="row-history" data-testid="row-history-list" tabIndex={0}>
        {read.items.map((revision, i) => {
          const then = revision.feature;
          const older = read.items[i + 1]?.feature;
          const members = then && older ? changed(older.properties, then.properties) : [];
          const shape = then && older && JSON.stringify(then.geometry) !== JSON.stringify(older.geometry);
          const say = (member: string, value: unknown) => cellText(collection, member, value, language, t) || t('data.blank');
          return (
            <li key={revision.revision}>
              <strong>{t('edit.history.line', { n: revision.revision, action: t(`edit.action.${revision.action}`) })}</strong>{' '}
              {revision.by ?? t('edit.history.somebody')}{' '}
              <time dateTime={revision.recorded_at}>{dateText(Date.parse(revision.recorded_at))}</time>
              {(members.length > 0 || shape) && (
                <ul>
                  {members.map((member) => (
                    <li key={member}>
                      {columnName(member, t)}: <del>{say(member, older?.properties[member])}</del>{' '}
                      <ins>{say(member, then?.properties[member])}</ins>
                    </li>
                  ))}
                  {shape && <li>{t('edit.field.shape')}</li>}
                </ul>
              )}
            </li>
          );
        })}
      </ol>
      {read.error !== null && (
        <p className="problem" role="alert">
          {errorText(read.error, t)}
        </p>
      )}
      {read.loading && <p className="hint">{t('app.loading')}</p>}
      <div className="dialog-acts">
        {read.next && (
          <button type="button" disabled={read.loading} onClick={() => void more(read.next ?? undefined)}>
            {t('edit.history.more')}
          </button>
        )}
        <button type="button" className="primary" onClick={onClose}>
          {t('card.close')}
        </button>
      </div>
    </Dialog>
  );
}

/** A list of the administrator's pages: read, empty, or not to be read, each said in words. */
import type { ReactNode } from 'react';
import { useI18n } from '../../i18n';
import { routeErrorText } from '../../ui/problem';
import type { Asked } from '../../ui/useAsked';

export interface AskedTableProps<T> {
  title: string;
  id: string;
  asked: Asked<readonly T[]>;
  columns: readonly string[];
  /** What is said of an empty list. */
  empty: string;
  /** Beside the title. */
  act?: ReactNode;
  row: (item: T) => ReactNode;
  /** What to show of the list. */
  only?: (item: T) => boolean;
}

export function AskedTable<T>({ title, id, asked, columns, empty, act, row, only = () => true }: AskedTableProps<T>) {
  const { t } = useI18n();
  const items = asked.value?.filter(only);
  return (
    <section aria-labelledby={id} data-testid={id}>
      <div className="admin-head">
        <h2 id={id}>{title}</h2>
        {act}
      </div>
      {asked.error !== null && (
        <p className="problem" role="alert">
          {routeErrorText(asked.error, t)}{' '}
          <button type="button" onClick={() => void asked.ask()}>
            {t('admin.again')}
          </button>
        </p>
      )}
      {asked.value === null && asked.error === null && <p className="hint">{t('app.loading')}</p>}
      {items?.length === 0 && <p className="hint">{empty}</p>}
      {items && items.length > 0 && (
        <div className="table-box" tabIndex={0} role="region" aria-labelledby={id}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{items.map(row)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

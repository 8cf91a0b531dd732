/** The first rows of a file as they would be kept. */
import { useMemo } from 'react';
import type { Feature } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { cellText, columnName, columnsOf } from '../columns';
import { rowOf } from '../rows';

const MOST_ROWS = 20;
const MOST_COLUMNS = 30;

export function FirstRows({ collection, features }: { collection: string; features: readonly Feature[] }) {
  const { language, t } = useI18n();
  const rows = useMemo(() => features.slice(0, MOST_ROWS).map(rowOf), [features]);
  // Every feature gets the mark of its import: nothing of the file.
  const columns = useMemo(() => columnsOf(rows).filter(({ name }) => name !== 'import').slice(0, MOST_COLUMNS), [rows]);
  const title = t('import.first', { n: rows.length });
  return (
    <section className="import-first">
      <h2>{title}</h2>
      <div className="import-table" tabIndex={0} role="region" aria-label={title} data-testid="import-first">
        <table>
          <thead>
            <tr>
              {columns.map(({ name }) => (
                <th key={name} scope="col">
                  {columnName(name, t)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {columns.map(({ name }) => {
                  const text = cellText(collection, name, row.properties[name], language, t);
                  return (
                    <td key={name} className="import-example" title={text}>
                      {text}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

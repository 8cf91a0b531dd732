/** What became of a file, or would: counted, and row by row where it was not taken as it is. */
import type { ImportJob, ImportReport, RowReport } from '../../../api/imports';
import { useI18n } from '../../../i18n';
import { toFileName } from '../../../i18n/time';
import { saveAs } from '../../../ui/csv';
import { fieldText, reasonText, reportCsv, valueOf } from './words';

/** Rows that are shown; all that the server lists are in the file. */
const MOST_SHOWN = 100;

export function ReportView({ job, nowMs }: { job: ImportJob & { report: ImportReport }; nowMs: () => number }) {
  const { language, t } = useI18n();
  const { report } = job;
  const figure = (n: number) => n.toLocaleString(language);
  // A file that has no layers of its own is one, called as the server calls the copy that it reads.
  const layers = report.layers.filter((layer) => layer !== 'in' && layer !== 'table');
  const tried = job.state === 'tried';
  const listed = report.refused.length + report.repaired.length;
  const all = report.refused_count + report.repaired_count;
  return (
    <section className="import-report" aria-label={t('import.report')} data-testid="import-report">
      <dl className="import-figures">
        <div>
          <dt>{t('import.rows')}</dt>
          <dd>{figure(report.rows)}</dd>
        </div>
        <div>
          <dt>{t(tried ? 'import.would' : 'import.imported')}</dt>
          <dd data-testid="import-imported">{figure(report.imported)}</dd>
        </div>
        <div>
          <dt>{t('import.repaired')}</dt>
          <dd>{figure(report.repaired_count)}</dd>
        </div>
        <div className={report.refused_count > 0 ? 'import-bad' : ''}>
          <dt>{t('import.refused')}</dt>
          <dd data-testid="import-refused-count">{figure(report.refused_count)}</dd>
        </div>
      </dl>
      <p className="import-said">
        {t('import.read.as', { kind: report.kind })}
        {layers.length > 0 && ` ${t('import.read.layers', { layers: layers.join(t('list.separator')) })}`}
        {report.encoding && ` ${t('import.read.encoding', { encoding: report.encoding === 'GB18030' ? 'GBK (GB 18030)' : report.encoding })}`}
      </p>
      <Rows title={t('import.refused.rows')} rows={report.refused} count={report.refused_count} testId="import-refused" open />
      <Rows title={t('import.repaired.rows')} rows={report.repaired} count={report.repaired_count} testId="import-repaired" />
      {listed > 0 && (
        <p className="import-acts">
          <button
            type="button"
            data-testid="import-csv"
            onClick={() => saveAs(`cordon-import-${toFileName(nowMs())}.csv`, [reportCsv(report, t)], 'text/csv')}
          >
            {t('import.csv')}
          </button>
          {listed < all && <span className="hint">{t('import.csv.first', { n: figure(listed), all: figure(all) })}</span>}
        </p>
      )}
    </section>
  );
}

function Rows({ title, rows, count, testId, open = false }: { title: string; rows: readonly RowReport[]; count: number; testId: string; open?: boolean }) {
  const { language, t } = useI18n();
  if (rows.length === 0) return null;
  return (
    <details open={open} data-testid={testId}>
      <summary>
        {title}: {count.toLocaleString(language)}
      </summary>
      <div className="import-table" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('import.csv.row')}</th>
              <th scope="col">{t('import.csv.field')}</th>
              <th scope="col">{t('import.csv.value')}</th>
              <th scope="col">{t('import.csv.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_SHOWN).map((one, i) => (
              <tr key={i}>
                <th scope="row">{one.row}</th>
                <td>{fieldText(one.field, t)}</td>
                <td className="import-example" title={valueOf(one)}>
                  {valueOf(one)}
                </td>
                <td title={one.reason}>{reasonText(one, t)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > MOST_SHOWN && <p className="hint">{t('import.rows.more', { n: (count - MOST_SHOWN).toLocaleString(language) })}</p>}
    </details>
  );
}

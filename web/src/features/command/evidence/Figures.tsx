/** The figures by which an event was judged: those that decided, and on demand those that were in force beside them. */
import type { Threshold } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';

export function Figures({ thresholds }: { thresholds: readonly Threshold[] }) {
  const { t } = useI18n();
  const decided = thresholds.filter((one) => one.decided);
  const others = thresholds.filter((one) => !one.decided);
  return (
    <>
      {decided.length > 0 && (
        <>
          <h3>{t('evidence.figures')}</h3>
          <FigureTable figures={decided} />
        </>
      )}
      {others.length > 0 && (
        <details className="evidence-more">
          <summary>{t('evidence.figures.others', { count: others.length })}</summary>
          <FigureTable figures={others} />
        </details>
      )}
    </>
  );
}

function FigureTable({ figures }: { figures: readonly Threshold[] }) {
  const { language, t } = useI18n();
  return (
    <table className="evidence-table">
      <tbody>
        {figures.map((figure) => (
          <tr key={figure.name}>
            <th scope="row">{language === 'en' ? figure.text.en : figure.text.zh}</th>
            <td className="evidence-value">
              {figure.value} {translateName(t, 'unit', figure.unit, () => figure.unit)}
            </td>
            <td>{translateName(t, 'figure', figure.from, () => figure.from)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

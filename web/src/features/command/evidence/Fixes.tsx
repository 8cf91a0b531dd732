/** The fixes that an event rests on, and where the way met the boundary, in figures. */
import type { Explanation } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { clockText, spanText } from '../../../i18n/time';
import { accuracyOf } from './evidence-map';

export function Fixes({ explanation }: { explanation: Explanation }) {
  const { language, t } = useI18n();
  const { fixes, crossing } = explanation;
  if (fixes.length === 0) return null;
  return (
    <table className="evidence-table">
      <thead>
        <tr>
          <th scope="col">{t('evidence.fix')}</th>
          <th scope="col">{t('card.speed')}</th>
          <th scope="col">{t('evidence.accuracy')}</th>
          <th scope="col">{t('evidence.received')}</th>
        </tr>
      </thead>
      <tbody>
        {fixes.map((fix, index) => {
          const accuracy = accuracyOf(explanation, index);
          const late = fix.received_at ? Date.parse(fix.received_at) - Date.parse(fix.fixed_at) : null;
          return (
            <tr key={fix.fixed_at + fix.place}>
              <th scope="row">
                {t(`evidence.pin.${fix.place}`, { time: clockText(Date.parse(fix.fixed_at), language) })}
                {fix.marks.map((mark) => (
                  <span key={mark} className="event-doubt">
                    {translateName(t, 'mark', mark, () => mark)}
                  </span>
                ))}
              </th>
              <td>{fix.speed_kph === undefined ? '–' : `${fix.speed_kph.toFixed(1)} km/h`}</td>
              <td>{accuracy === undefined ? '–' : `±${accuracy} m`}</td>
              <td>
                {late === null ? t('evidence.received.gone') : t('evidence.received.after', { span: spanText(late, t) })}
                {fix.source && ` · ${translateName(t, 'source', fix.source, () => fix.source ?? '')}`}
              </td>
            </tr>
          );
        })}
        {crossing && (
          <tr>
            <th scope="row">
              {t('evidence.crossing', { time: clockText(Date.parse(crossing.at), language) })}
            </th>
            <td colSpan={3}>{t('evidence.margin', { margin: crossing.margin_m.toFixed(1) })}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

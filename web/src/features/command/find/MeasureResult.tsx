/** The figures of what is being measured. */
import { useI18n } from '../../../i18n';
import { areaText, bearingText, lengthText, measured, muText, type Measuring } from './measure';

export function MeasureResult({ measuring }: { measuring: Measuring }) {
  const { language, t } = useI18n();
  const { legs, lengthM, areaM2, perimeterM } = measured(measuring);
  if (measuring.mode === 'rings') return null;
  const open = measuring.pointer !== null && measuring.points.length > 0;
  return (
    <div className="measure-result">
      <dl>
        {measuring.mode === 'line' ? (
          <div>
            <dt>{t('measure.total')}</dt>
            <dd data-testid="measure-length">{lengthText(lengthM, t)}</dd>
          </div>
        ) : (
          <>
            <div>
              <dt>{t('measure.area')}</dt>
              <dd data-testid="measure-area">
                {areaM2 === null ? '–' : areaText(areaM2, t)}
                {areaM2 !== null && language === 'zh-CN' && <small> {muText(areaM2, t)}</small>}
              </dd>
            </div>
            <div>
              <dt>{t('measure.perimeter')}</dt>
              <dd>{perimeterM === null ? '–' : lengthText(perimeterM, t)}</dd>
            </div>
          </>
        )}
      </dl>
      {legs.length > 0 && (
        <ol className="measure-legs">
          {legs.map(({ distanceM, bearingDeg }, i) => (
            <li key={i}>
              <span>
                {open && i === legs.length - 1 ? t('measure.segment.open') : t('measure.segment', { n: i + 1 })}
              </span>
              <strong>{lengthText(distanceM, t)}</strong>
              <span>{bearingText(bearingDeg, t)}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

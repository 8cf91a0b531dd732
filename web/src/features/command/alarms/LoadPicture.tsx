/** The alarms of the last 24 hours by ten minutes, with the line that one operator can bear. */
import type { AlarmLoad } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { minuteText } from '../../../i18n/time';

const WIDTH = 288;
const HEIGHT = 44;
/** Bars grow up to here; a worse span is cut and carries its number. */
const FLOOR = 12;

export function LoadPicture({ load }: { load: AlarmLoad }) {
  const { language, t } = useI18n();
  const spans = load.ten_minutes;
  if (spans.length === 0) return null;
  const ten = load.benchmarks.find(({ per }) => per === 'ten_minutes');
  const most = Math.max(FLOOR, ...spans.map(({ raised }) => raised));
  const worst = spans.reduce((a, b) => (b.raised > a.raised ? b : a));
  const step = WIDTH / spans.length;
  const y = (count: number) => HEIGHT - (count / most) * HEIGHT;
  const time = (iso: string) => minuteText(Date.parse(iso), language);
  const said = t('load.picture', { most: worst.raised, time: time(worst.from), acceptable: ten?.acceptable ?? '–' });
  return (
    <figure className="load-picture">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {spans.map((span, index) => (
          <g key={span.from}>
            {/* The whole column answers the pointer, however low its bar. */}
            <rect className="load-column" x={index * step} y={0} width={step} height={HEIGHT}>
              <title>{t('load.picture.span', { time: time(span.from), raised: span.raised })}</title>
            </rect>
            {span.raised > 0 && (
              <rect
                className={span.raised > (ten?.too_much ?? Infinity) ? 'load-bar load-bar-flood' : 'load-bar'}
                x={index * step + 0.25}
                y={y(span.raised)}
                width={step - 0.5}
                height={HEIGHT - y(span.raised)}
              />
            )}
          </g>
        ))}
        {ten && <line className="load-line" x1={0} x2={WIDTH} y1={y(ten.acceptable)} y2={y(ten.acceptable)} />}
        {ten && <line className="load-line-flood" x1={0} x2={WIDTH} y1={y(ten.too_much)} y2={y(ten.too_much)} />}
      </svg>
      <figcaption>
        <span>{time(spans[0]!.from)}</span>
        <span>{t('load.picture.most', { most: worst.raised, time: time(worst.from) })}</span>
        <span>{t('load.picture.now')}</span>
      </figcaption>
    </figure>
  );
}

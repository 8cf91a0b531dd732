/** Fixes per second over the last minutes, as a line; the same in words for whoever does not see it. */
import { useI18n } from '../../i18n';
import { linePaths, type Sample } from './health';

const WIDTH = 600;
const HEIGHT = 90;

export function RateLine({ samples }: { samples: readonly Sample[] }) {
  const { language, t } = useI18n();
  const rates = samples.flatMap(({ fixesPerS }) => (fixesPerS === null ? [] : [fixesPerS]));
  const figure = (n: number) => n.toLocaleString(language, { maximumFractionDigits: 1 });
  const { paths, top } = linePaths(samples, WIDTH, HEIGHT);
  const said =
    rates.length === 0
      ? t('card.unknown')
      : t('health.line', {
          least: figure(Math.min(...rates)),
          most: figure(Math.max(...rates)),
          last: figure(rates.at(-1)!),
        });
  return (
    <figure className="rate">
      <div className="rate-axis" aria-hidden="true">
        <span>{figure(top)}</span>
        <span>0</span>
      </div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={said} data-testid="health-rate">
        {paths.map((path, i) => (
          <path key={i} d={path} vectorEffect="non-scaling-stroke" />
        ))}
      </svg>
      <figcaption>{said}</figcaption>
    </figure>
  );
}

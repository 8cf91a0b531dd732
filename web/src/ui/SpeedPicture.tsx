/** A vehicle's speed over time, with a limit and the time of an event; the pointer reads a moment. */
import { useState } from 'react';
import { useI18n } from '../i18n';
import { minuteText, clockText } from '../i18n/time';
import { speedColumns, type Speed } from './speed-columns';
import './speed-picture.css';

const WIDTH = 340;
const HEIGHT = 90;
/** So that a parked vehicle's jitter is not drawn as a mountain. */
const LEAST_TOP_KPH = 40;

export interface SpeedPictureProps {
  speeds: readonly Speed[];
  fromMs: number;
  toMs: number;
  limitKph?: number | undefined;
  /** The time of what it is about. */
  shaded?: { fromMs: number; toMs: number } | undefined;
  /** A moment that is marked. */
  atMs?: number | undefined;
  onPick?: ((ms: number) => void) | undefined;
}

export function SpeedPicture({ speeds, fromMs, toMs, limitKph, shaded, atMs, onPick }: SpeedPictureProps) {
  const { language, t } = useI18n();
  const [read, setRead] = useState<Speed | null>(null);
  const runs = speedColumns(speeds, fromMs, toMs, WIDTH);
  const peak = Math.max(0, ...runs.flat().map(({ kph }) => kph));
  if (runs.length === 0 || toMs <= fromMs) return <p className="hint">{t('speed.none')}</p>;
  const top = Math.ceil(Math.max(LEAST_TOP_KPH, peak * 1.1, (limitKph ?? 0) * 1.25) / 10) * 10;
  const x = (ms: number) => ((Math.min(toMs, Math.max(fromMs, ms)) - fromMs) / (toMs - fromMs)) * WIDTH;
  const y = (kph: number) => HEIGHT - (kph / top) * HEIGHT;
  const msAt = (event: { clientX: number; currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return fromMs + ((event.clientX - box.left) / box.width) * (toMs - fromMs);
  };
  const nearest = (ms: number) =>
    speeds.reduce<Speed | null>(
      (best, one) =>
        one.kph !== null && (best === null || Math.abs(one.atMs - ms) < Math.abs(best.atMs - ms)) ? one : best,
      null,
    );
  const said = read
    ? t('speed.read', { time: clockText(read.atMs, language), kph: read.kph?.toFixed(0) ?? '–' })
    : t('speed.peak', { peak: peak.toFixed(0) }) + (limitKph ? t('speed.limit', { limit: limitKph }) : '');
  return (
    <figure className="speed-picture">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('speed.label', { peak: peak.toFixed(0) })}
        className={onPick ? 'speed-pick' : ''}
        onPointerMove={(event) => setRead(nearest(msAt(event)))}
        onPointerLeave={() => setRead(null)}
        onClick={onPick && ((event) => onPick(msAt(event)))}
      >
        <rect className="speed-ground" width={WIDTH} height={HEIGHT} />
        {shaded && (
          <rect
            className="speed-shaded"
            x={x(shaded.fromMs)}
            width={Math.max(2, x(shaded.toMs) - x(shaded.fromMs))}
            height={HEIGHT}
          />
        )}
        {limitKph !== undefined && (
          <line className="speed-limit" x1={0} x2={WIDTH} y1={y(limitKph)} y2={y(limitKph)} />
        )}
        {runs.map((run) => (
          <polyline
            key={run[0]!.at}
            className="speed-line"
            points={(run.length === 1 ? [run[0]!, { ...run[0]!, at: run[0]!.at + 1 }] : run)
              .map(({ at, kph }) => `${at + 0.5},${y(kph).toFixed(1)}`)
              .join(' ')}
          />
        ))}
        {atMs !== undefined && <line className="speed-at" x1={x(atMs)} x2={x(atMs)} y1={0} y2={HEIGHT} />}
        {read && <line className="speed-read" x1={x(read.atMs)} x2={x(read.atMs)} y1={0} y2={HEIGHT} />}
      </svg>
      <figcaption>
        <span>{minuteText(fromMs, language)}</span>
        <strong>{said}</strong>
        <span>{minuteText(toMs, language)}</span>
      </figcaption>
    </figure>
  );
}

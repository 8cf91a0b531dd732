/** A vehicle's day on the map and as speed over time. */
import { useEffect, useState } from 'react';
import { api } from '../../../api/client';
import { useI18n } from '../../../i18n';
import { clockText, spanText, startOfDay } from '../../../i18n/time';
import { extentOf } from '../../../map/extent';
import type { ParkMap } from '../../../map/park-map';
import { Pins } from '../../../map/pins';
import { errorText } from '../../../ui/problem';
import { SpeedPicture } from '../../../ui/SpeedPicture';
import type { Desk } from '../desk';
import { lengthOf, piecesOf, stopsOf, type Point } from '../track';
import { loadTrack, type LoadedTrack } from '../track-load';
import { trackData, trackLayers, trackSource } from '../track-map';

/** A fix a second for a day. */
const MOST_FIXES = 86_400;
/** How near the pointer must be to a fix, pixels. */
const NEAR_PX = 14;
const CARD_PX = 392;
const NAME = 'day';

export function DayTrack({ desk, vehicle }: { desk: Desk; vehicle: string }) {
  const { t } = useI18n();
  const { site } = desk;
  const [span] = useState(() => ({ fromMs: startOfDay(site.clock.now()), toMs: site.clock.now() }));
  const [share, setShare] = useState(0);
  const [track, setTrack] = useState<LoadedTrack | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    loadTrack(api, { vehicle, ...span, most: MOST_FIXES, signal: stop.signal, onProgress: setShare }).then(
      setTrack,
      (failed: unknown) => !stop.signal.aborted && setError(failed),
    );
    return () => stop.abort();
  }, [vehicle, span]);
  useTrackOnMap(desk.park, track?.points ?? NONE);

  if (error !== null) {
    return (
      <p className="problem" role="alert">
        {errorText(error, t)}
      </p>
    );
  }
  if (track === null) {
    return (
      <p className="hint">
        <progress value={share} /> {t('track.loading')}
      </p>
    );
  }
  const { points } = track;
  if (points.length === 0) return <p className="hint">{t('track.none')}</p>;
  const pieces = piecesOf(points);
  const fromMs = points[0]!.atMs;
  return (
    <div data-testid="day-track">
      <p>
        {t('track.sum', {
          km: (lengthOf(pieces) / 1000).toFixed(1),
          stops: stopsOf(points).length,
          gaps: pieces.gaps.length,
          fixes: points.length,
        })}
      </p>
      {track.cutAtMs !== null && <p className="problem">{t('track.cut', { fixes: MOST_FIXES })}</p>}
      <SpeedPicture
        speeds={points.map(({ atMs, speedKph }) => ({ atMs, kph: speedKph }))}
        fromMs={fromMs}
        toMs={span.toMs}
        onPick={(ms) => desk.replay(ms, [vehicle])}
      />
      <p className="vehicle-hint">{t('track.hint')}</p>
    </div>
  );
}

const NONE: readonly Point[] = [];

/** Draws a track, shows the whole of it, and reads the fix under the pointer. */
function useTrackOnMap(park: ParkMap | null, points: readonly Point[]): void {
  const { language, t } = useI18n();
  useEffect(() => {
    if (!park || points.length === 0) return;
    const overlay = park.overlay({
      name: NAME,
      sources: [trackSource(NAME)],
      layers: (palette) => trackLayers(NAME, palette),
    });
    overlay.set(
      trackSource(NAME),
      trackData([points], (ms) => t('track.stop', { span: spanText(ms, t) })),
    );
    return () => overlay.remove();
  }, [park, points, t]);
  useEffect(() => {
    if (!park || points.length === 0) return;
    const coordinates = points.map(({ lon, lat }) => [lon, lat]);
    const box = extentOf([
      { type: 'Feature', id: NAME, geometry: { type: 'LineString', coordinates }, properties: {} },
    ]);
    const width = park.library.getContainer().clientWidth;
    if (box) park.show(box, { coveredLeft: width > 2 * CARD_PX ? CARD_PX : 0 });
  }, [park, points]);
  useEffect(() => {
    if (!park || points.length === 0) return;
    const map = park.library;
    const pins = new Pins(map);
    let shown: Point | undefined;
    const read = (event: { point: { x: number; y: number }; lngLat: { lng: number; lat: number } }) => {
      const near = nearest(points, event.lngLat.lng, event.lngLat.lat);
      const at = near && map.project([near.lon, near.lat]);
      const close = at && Math.hypot(at.x - event.point.x, at.y - event.point.y) <= NEAR_PX ? near : undefined;
      if (close === shown) return;
      shown = close;
      pins.show([]);
      if (!close) return;
      const make = () => {
        const pin = document.createElement('div');
        pin.className = 'track-pin';
        const kph = close.speedKph?.toFixed(0) ?? '–';
        pin.textContent = t('speed.read', { time: clockText(close.atMs, language), kph });
        return pin;
      };
      pins.show([{ id: 'read', lon: close.lon, lat: close.lat, anchor: 'bottom', make }]);
    };
    map.on('mousemove', read);
    return () => {
      map.off('mousemove', read);
      pins.remove();
    };
  }, [park, points, t, language]);
}

/** In degrees, which is near enough to choose among neighbours; pixels decide whether it counts. */
function nearest(points: readonly Point[], lon: number, lat: number): Point | undefined {
  const narrow = Math.cos((lat * Math.PI) / 180);
  let best: Point | undefined;
  let least = Infinity;
  for (const point of points) {
    const distance = ((point.lon - lon) * narrow) ** 2 + (point.lat - lat) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = point;
  }
  return best;
}

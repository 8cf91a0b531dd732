/** Where the features of a file would lie, over what the site has: moved and zoomed by hand, wheel and keys. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Feature } from '../../../api/types';
import { useI18n } from '../../../i18n';
import type { Site } from '../../../live/site';
import { firstExtent } from '../../../map/first-view';
import { extentOf, middleOf, type Extent } from '../../../map/extent';
import { apartM, boxOf, outlineOf, type Box } from './outline';

/** What the site has, bottom first. */
const BEHIND = ['parks', 'plants', 'roads', 'zones'] as const;
/** More than this of one collection would only be a grey area. */
const MOST_BEHIND = 3_000;
/** Data that lies further from what the site has than this is worth a word, metres. */
const FAR_M = 20_000;
const STEP = 1.5;

function around(box: Box, factor: number, x = box.x + box.width / 2, y = box.y + box.height / 2): Box {
  return { x: x - (x - box.x) * factor, y: y - (y - box.y) * factor, width: box.width * factor, height: box.height * factor };
}

export function Preview({ site, features }: { site: Site; features: readonly Feature[] }) {
  const { t } = useI18n();
  const extent = useMemo(() => extentOf(features), [features]);
  if (!extent) return <p className="hint">{t('import.preview.none')}</p>;
  return <Picture key={extent.join()} site={site} features={features} extent={extent} />;
}

/** Says so where the features lie far from what the site has: a datum or an order of axes that is wrong. */
export function FarAway({ site, features }: { site: Site; features: readonly Feature[] }) {
  const { t } = useI18n();
  const extent = useMemo(() => extentOf(features), [features]);
  const there = firstExtent(site);
  const apart = extent && there ? apartM(extent, there) : 0;
  if (apart <= FAR_M) return null;
  return (
    <p className="problem import-warning" role="status" data-testid="import-far">
      {t('import.preview.far', { km: Math.round(apart / 1000) })}
    </p>
  );
}

function Picture({ site, features, extent }: { site: Site; features: readonly Feature[]; extent: Extent }) {
  const { t } = useI18n();
  const [lon, lat] = middleOf(extent);
  const middle = { lon, lat };
  const fit = boxOf(middle, extent);
  const [box, setBox] = useState(fit);
  const svg = useRef<SVGSVGElement>(null);
  const held = useRef<{ x: number; y: number } | null>(null);
  const there = firstExtent(site);
  const incoming = useMemo(() => outlineOf({ lon, lat }, features.map(({ geometry }) => geometry)), [features, lon, lat]);
  const { version } = site.features;
  const behind = useMemo(
    () =>
      BEHIND.map((collection) => {
        const all = site.features.list(collection);
        return { collection, outline: outlineOf({ lon, lat }, all.slice(0, MOST_BEHIND).map(({ geometry }) => geometry)) };
      }),
    [site, version, lon, lat],
  );
  const whole: Extent | null = there && [
    Math.min(extent[0], there[0]),
    Math.min(extent[1], there[1]),
    Math.max(extent[2], there[2]),
    Math.max(extent[3], there[3]),
  ];
  // Metres of a pixel, as the picture is drawn: wholly, in the middle.
  const scale = () => {
    const { width, height } = svg.current!.getBoundingClientRect();
    return Math.max(box.width / width, box.height / height);
  };
  const at = (event: { clientX: number; clientY: number }): [number, number] => {
    const { left, top, width, height } = svg.current!.getBoundingClientRect();
    const metres = scale();
    return [
      box.x + box.width / 2 + (event.clientX - left - width / 2) * metres,
      box.y + box.height / 2 + (event.clientY - top - height / 2) * metres,
    ];
  };
  const wheel = useRef<(event: WheelEvent) => void>(() => {});
  wheel.current = (event) => {
    event.preventDefault();
    setBox(around(box, event.deltaY > 0 ? STEP : 1 / STEP, ...at(event)));
  };
  useEffect(() => {
    const element = svg.current;
    const turn = (event: WheelEvent) => wheel.current(event);
    // React listens passively, and the page would scroll with the picture.
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, []);
  const press = (event: KeyboardEvent) => {
    const move = (x: number, y: number) => setBox({ ...box, x: box.x + x * box.width, y: box.y + y * box.height });
    const keys: Record<string, () => void> = {
      ArrowLeft: () => move(-0.2, 0),
      ArrowRight: () => move(0.2, 0),
      ArrowUp: () => move(0, -0.2),
      ArrowDown: () => move(0, 0.2),
      '+': () => setBox(around(box, 1 / STEP)),
      '=': () => setBox(around(box, 1 / STEP)),
      '-': () => setBox(around(box, STEP)),
      '0': () => setBox(fit),
    };
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  const size = Math.max(box.width, box.height) / 110;
  return (
    <figure className="import-preview">
      <div className="import-picture">
        <svg
          ref={svg}
          viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
          role="img"
          tabIndex={0}
          aria-label={t('import.preview.label', { n: features.length })}
          data-testid="import-preview"
          onKeyDown={press}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            held.current = { x: event.clientX, y: event.clientY };
          }}
          onPointerMove={(event) => {
            const from = held.current;
            if (!from) return;
            const metres = scale();
            held.current = { x: event.clientX, y: event.clientY };
            setBox({ ...box, x: box.x - (event.clientX - from.x) * metres, y: box.y - (event.clientY - from.y) * metres });
          }}
          onPointerUp={() => (held.current = null)}
          onPointerCancel={() => (held.current = null)}
        >
          {behind.map(({ collection, outline }) => (
            <g key={collection} className={`import-behind import-behind-${collection}`}>
              <path d={outline.areas} fillRule="evenodd" />
              <path d={outline.lines} className="import-line" />
            </g>
          ))}
          <g className="import-incoming">
            <path d={incoming.areas} fillRule="evenodd" data-testid="import-areas" />
            <path d={incoming.lines} className="import-line" />
            {incoming.points.map(([x, y], i) => (
              <circle key={i} cx={x} cy={y} r={size} />
            ))}
          </g>
        </svg>
        <div className="import-picture-acts">
          <button type="button" aria-label={t('map.zoom.in')} title={t('map.zoom.in')} onClick={() => setBox(around(box, 1 / STEP))}>
            +
          </button>
          <button type="button" aria-label={t('map.zoom.out')} title={t('map.zoom.out')} onClick={() => setBox(around(box, STEP))}>
            −
          </button>
        </div>
      </div>
      <figcaption>
        <button type="button" onClick={() => setBox(fit)}>
          {t('import.preview.fit')}
        </button>
        {whole && (
          <button type="button" onClick={() => setBox(boxOf(middle, whole))}>
            {t('import.preview.site')}
          </button>
        )}
        <span className="import-key">
          <span className="import-key-in" /> {t('import.preview.in')}
        </span>
        <span className="import-key">
          <span className="import-key-there" /> {t('import.preview.there')}
        </span>
      </figcaption>
    </figure>
  );
}

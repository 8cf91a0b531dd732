/** Where the pointer is, in the datum and notation of one's choice, with scale and zoom; `C` copies it. */
import { useEffect, useRef, useState } from 'react';
import type { MapMouseEvent } from 'maplibre-gl';
import { useI18n } from '../../../i18n';
import { coordinatesText, FORMATS } from '../../../map/coordinates';
import { DATUMS, fromWgs84, type LonLat } from '../../../map/datum';
import type { ParkMap } from '../../../map/park-map';
import { copyText } from '../../../ui/copy';
import { setCoordinates, useCoordinates } from '../../../ui/coordinates';
import { useAction } from '../useKeys';
import './readout.css';

/** Equator over the 512 pixels of zoom 0, metres; and a CSS pixel, metres (1/96 inch). */
const EQUATOR_M = 40_075_016.686;
const TILE_PX = 512;
const PIXEL_M = 0.0254 / 96;
const SAID_MS = 4_000;

/** The denominator of the scale on a screen of 96 dpi, to two figures: more would be pretended. */
export function scaleOf({ lat }: LonLat, zoom: number): number {
  const scale = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** zoom) / PIXEL_M;
  return Number(scale.toPrecision(2));
}

interface Look {
  centre: LonLat;
  zoom: number;
}

function lookOf(park: ParkMap): Look {
  const { lon, lat, zoom } = park.resting();
  return { centre: { lon, lat }, zoom };
}

/** Follows pointer and map, at most once a frame. */
function useLook(park: ParkMap | null): { look: Look | null; pointer: LonLat | null } {
  const [look, setLook] = useState<Look | null>(null);
  const [pointer, setPointer] = useState<LonLat | null>(null);
  useEffect(() => {
    if (!park) return;
    const { library } = park;
    let at: LonLat | null = null;
    let frame = 0;
    const soon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setLook(lookOf(park));
        setPointer(at);
      });
    };
    const move = ({ lngLat }: MapMouseEvent) => {
      at = { lon: lngLat.lng, lat: lngLat.lat };
      soon();
    };
    const leave = () => {
      at = null;
      soon();
    };
    library.on('move', soon);
    library.on('mousemove', move);
    library.on('mouseout', leave);
    soon();
    return () => {
      cancelAnimationFrame(frame);
      library.off('move', soon);
      library.off('mousemove', move);
      library.off('mouseout', leave);
    };
  }, [park]);
  return { look, pointer };
}

export function Readout({ park }: { park: ParkMap | null }) {
  const { language, t } = useI18n();
  const choice = useCoordinates();
  const { look, pointer } = useLook(park);
  const [said, setSaid] = useState<string | null>(null);
  const popup = useRef<HTMLDetailsElement>(null);
  const at = pointer ?? look?.centre;
  const text = at ? coordinatesText(fromWgs84(choice.datum, at), choice.format) : '';

  const copy = async () => setSaid(t((await copyText(text)) ? 'readout.copied' : 'readout.notcopied', { text }));
  useAction('map.copy', () => void copy(), text !== '');
  useAction('back', () => {
    if (!popup.current?.open) return false;
    popup.current.open = false;
  });
  useEffect(() => {
    if (said === null) return;
    const timer = window.setTimeout(() => setSaid(null), SAID_MS);
    return () => window.clearTimeout(timer);
  }, [said]);

  if (!look) return null;
  const scale = scaleOf(look.centre, look.zoom);
  return (
    <div className="readout" role="group" aria-label={t('readout.title')} data-testid="readout">
      <p role="status" className={said ? 'readout-said' : 'unseen'}>
        {said}
      </p>
      <button type="button" className="quiet" title={t('readout.copy')} onClick={() => void copy()}>
        <span className="readout-what">{t(pointer ? 'readout.pointer' : 'readout.centre')}</span>{' '}
        <span className="readout-at" data-testid="readout-at">
          {text}
        </span>
      </button>
      <details ref={popup}>
        <summary aria-label={`${t('readout.choose')}: ${t(`datum.${choice.datum}`)}`}>{t(`datum.${choice.datum}.short`)}</summary>
        <div className="readout-choice">
          <fieldset>
            <legend>{t('datum.label')}</legend>
            {DATUMS.map((datum) => (
              <label key={datum}>
                <input
                  type="radio"
                  name="readout-datum"
                  checked={choice.datum === datum}
                  onChange={() => setCoordinates({ ...choice, datum })}
                />{' '}
                {t(`datum.${datum}`)} <small>{t(`datum.${datum}.what`)}</small>
              </label>
            ))}
          </fieldset>
          <fieldset>
            <legend>{t('format.label')}</legend>
            {FORMATS.map((format) => (
              <label key={format}>
                <input
                  type="radio"
                  name="readout-format"
                  checked={choice.format === format}
                  onChange={() => setCoordinates({ ...choice, format })}
                />{' '}
                {t(`format.${format}`)}
              </label>
            ))}
          </fieldset>
        </div>
      </details>
      <span className="readout-scale">{t('readout.scale', { scale: scale.toLocaleString(language) })}</span>
      <span className="readout-zoom">{t('readout.zoom', { zoom: look.zoom.toFixed(1) })}</span>
    </div>
  );
}

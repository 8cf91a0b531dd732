/** The map's side of measuring: takes the clicks, follows the pointer, draws. Everything is given back at the end. */
import { useEffect, useRef } from 'react';
import type { LayerSpecification, MapMouseEvent } from 'maplibre-gl';
import { useI18n } from '../../../i18n';
import type { LonLat } from '../../../map/datum';
import type { Overlay } from '../../../map/overlay';
import type { Palette } from '../../../map/palette';
import type { ParkMap } from '../../../map/park-map';
import { FONTS } from '../../../map/style';
import { drawing, type Measuring } from './measure';

/** A double click ends with a second click at nearly the same pixel: that one is no point. */
const SAME_PX = 4;

function layers(palette: Palette): LayerSpecification[] {
  const halo = palette.textHalo;
  return [
    {
      id: 'measure-area',
      type: 'fill',
      source: 'measure',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': palette.selected, 'fill-opacity': 0.12 },
    },
    {
      id: 'measure-edge',
      type: 'line',
      source: 'measure',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': halo, 'line-width': 6 },
    },
    {
      id: 'measure-line',
      type: 'line',
      source: 'measure',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': palette.selected, 'line-width': 3 },
    },
    {
      id: 'measure-point',
      type: 'circle',
      source: 'measure',
      filter: ['==', ['get', 'label'], ''],
      paint: {
        'circle-radius': 5,
        'circle-color': halo,
        'circle-stroke-color': palette.selected,
        'circle-stroke-width': 3,
      },
    },
    {
      id: 'measure-label',
      type: 'symbol',
      source: 'measure',
      filter: ['!=', ['coalesce', ['get', 'label'], ''], ''],
      layout: { 'text-field': ['get', 'label'], 'text-font': FONTS, 'text-size': 14, 'text-allow-overlap': true },
      paint: { 'text-color': palette.text, 'text-halo-color': halo, 'text-halo-width': 2 },
    },
  ];
}

export interface MeasureHandlers {
  onPoint: (at: LonLat) => void;
  onPointer: (at: LonLat | null) => void;
  onFinish: () => void;
}

export function useMeasureMap(
  park: ParkMap | null,
  measuring: Measuring,
  finished: boolean,
  handlers: MeasureHandlers,
): void {
  const { t } = useI18n();
  const overlay = useRef<Overlay | null>(null);
  const latest = useRef({ handlers, points: measuring.points });
  latest.current = { handlers, points: measuring.points };

  useEffect(() => {
    if (!park) return;
    const drawn = park.overlay({ name: 'measure', sources: ['measure'], layers });
    overlay.current = drawn;
    return () => {
      overlay.current = null;
      drawn.remove();
    };
  }, [park]);
  useEffect(() => overlay.current?.set('measure', drawing(measuring, t)), [park, measuring, t]);

  useEffect(() => {
    if (!park || finished) return;
    const { library } = park;
    const move = ({ lngLat }: MapMouseEvent) => latest.current.handlers.onPointer({ lon: lngLat.lng, lat: lngLat.lat });
    const leave = () => latest.current.handlers.onPointer(null);
    const finish = (event: MapMouseEvent) => {
      event.preventDefault();
      latest.current.handlers.onFinish();
    };
    park.use((lon, lat) => {
      const last = latest.current.points.at(-1);
      const [a, b] = [last && library.project([last.lon, last.lat]), library.project([lon, lat])];
      if (!a || Math.hypot(a.x - b.x, a.y - b.y) > SAME_PX) latest.current.handlers.onPoint({ lon, lat });
    });
    library.on('mousemove', move);
    library.on('mouseout', leave);
    library.on('dblclick', finish);
    return () => {
      park.use(null);
      library.off('mousemove', move);
      library.off('mouseout', leave);
      library.off('dblclick', finish);
      latest.current.handlers.onPointer(null);
    };
  }, [park, finished]);
}

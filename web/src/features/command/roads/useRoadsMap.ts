/** The map's side of questions about roads: draws them all, takes the click that is waited for, and lets places be dragged. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { ExpressionSpecification, LayerSpecification, MapLayerMouseEvent, MapMouseEvent } from 'maplibre-gl';
import { useI18n } from '../../../i18n';
import type { Overlay } from '../../../map/overlay';
import type { Palette } from '../../../map/palette';
import type { ParkMap } from '../../../map/park-map';
import { FONTS } from '../../../map/style';
import { drawn } from './drawn';
import type { Plans } from './plans';

const SOURCE = 'roads-plans';
const PLACES = 'roads-place';
/** Ways that a click makes the main one. */
const OTHERS = 'roads-other-hit';

const is = (what: string): ExpressionSpecification => ['==', ['get', 'what'], what];

function layers(palette: Palette): LayerSpecification[] {
  const { way, roadClosed, text, textHalo } = palette;
  const labels = { 'text-font': FONTS, 'text-size': 14, 'text-allow-overlap': true };
  return [
    {
      id: 'roads-reach',
      type: 'fill',
      source: SOURCE,
      filter: is('reach'),
      paint: { 'fill-color': way, 'fill-opacity': ['case', ['get', 'active'], 0.16, 0.08] },
    },
    {
      id: 'roads-reach-edge',
      type: 'line',
      source: SOURCE,
      filter: is('reach'),
      paint: { 'line-color': way, 'line-width': ['match', ['get', 'step'], 0, 1, 1, 1.8, 2.6] },
    },
    {
      id: 'roads-closed',
      type: 'line',
      source: SOURCE,
      filter: is('closed'),
      paint: { 'line-color': roadClosed, 'line-width': 5, 'line-dasharray': [0.4, 0.8] },
    },
    {
      id: 'roads-ring',
      type: 'line',
      source: SOURCE,
      filter: is('ring'),
      paint: { 'line-color': roadClosed, 'line-width': 2 },
    },
    {
      id: 'roads-upwind',
      type: 'line',
      source: SOURCE,
      filter: is('upwind'),
      paint: { 'line-color': way, 'line-width': 7, 'line-opacity': ['case', ['get', 'active'], 0.7, 0.35] },
    },
    {
      id: 'roads-other',
      type: 'line',
      source: SOURCE,
      filter: is('other'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': way, 'line-width': 3, 'line-opacity': 0.55, 'line-dasharray': [0.2, 2] },
    },
    {
      // Wider than what is seen: a line of dots is hard to hit.
      id: OTHERS,
      type: 'line',
      source: SOURCE,
      filter: is('other'),
      paint: { 'line-color': way, 'line-width': 18, 'line-opacity': 0.01 },
    },
    {
      id: 'roads-other-time',
      type: 'symbol',
      source: SOURCE,
      filter: is('other'),
      layout: { 'text-font': FONTS, 'text-size': 13, 'symbol-placement': 'line-center', 'text-field': ['get', 'label'], 'text-rotation-alignment': 'viewport' },
      paint: { 'text-color': text, 'text-halo-color': textHalo, 'text-halo-width': 2 },
    },
    {
      id: 'roads-way-edge',
      type: 'line',
      source: SOURCE,
      filter: is('way'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': textHalo, 'line-width': ['case', ['get', 'active'], 9, 6] },
    },
    {
      id: 'roads-way',
      type: 'line',
      source: SOURCE,
      filter: is('way'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': way, 'line-width': ['case', ['get', 'active'], 5, 2.5] },
    },
    {
      id: 'roads-refused',
      type: 'line',
      source: SOURCE,
      filter: is('refused'),
      paint: { 'line-color': roadClosed, 'line-width': 4, 'line-dasharray': [2, 1.2] },
    },
    {
      id: 'roads-refused-name',
      type: 'symbol',
      source: SOURCE,
      filter: ['all', is('refused'), ['get', 'active']],
      layout: { 'text-font': FONTS, 'text-size': 13, 'symbol-placement': 'point', 'text-field': ['get', 'label'], 'text-max-width': 14, 'text-anchor': 'top', 'text-offset': [0, 0.6] },
      paint: { 'text-color': roadClosed, 'text-halo-color': textHalo, 'text-halo-width': 2 },
    },
    {
      id: 'roads-near',
      type: 'circle',
      source: SOURCE,
      filter: is('near'),
      paint: { 'circle-radius': 6, 'circle-color': way, 'circle-stroke-color': textHalo, 'circle-stroke-width': 2 },
    },
    {
      id: 'roads-near-label',
      type: 'symbol',
      source: SOURCE,
      filter: is('near'),
      layout: { ...labels, 'text-field': ['get', 'label'], 'text-anchor': 'bottom', 'text-offset': [0, -0.7] },
      paint: { 'text-color': text, 'text-halo-color': textHalo, 'text-halo-width': 2 },
    },
    {
      id: PLACES,
      type: 'circle',
      source: SOURCE,
      filter: is('place'),
      paint: {
        'circle-radius': ['case', ['get', 'active'], 11, 8],
        'circle-color': textHalo,
        'circle-stroke-color': way,
        'circle-stroke-width': 3,
      },
    },
    {
      id: 'roads-place-label',
      type: 'symbol',
      source: SOURCE,
      filter: is('place'),
      layout: { ...labels, 'text-field': ['get', 'label'] },
      paint: { 'text-color': text, 'text-halo-color': textHalo, 'text-halo-width': 1 },
    },
  ];
}

/** Draws what is open for as long as anything is, and lets the places of every question be dragged. */
export function useRoadsMap(park: ParkMap | null, plans: Plans): void {
  const { language } = useI18n();
  const picture = useSyncExternalStore(plans.subscribe, plans.picture);
  const overlay = useRef<Overlay | null>(null);
  const { awaits, active } = picture;
  const some = picture.plans.length > 0 || (picture.closures?.items.length ?? 0) > 0;

  useEffect(() => {
    if (!park || !some) return;
    const made = park.overlay({ name: SOURCE, sources: [SOURCE], layers });
    overlay.current = made;
    return () => {
      overlay.current = null;
      made.remove();
    };
  }, [park, some]);
  useEffect(() => overlay.current?.set(SOURCE, drawn(picture, language)), [park, some, picture, language]);

  useEffect(() => {
    if (!park || awaits === null || active === null) return;
    park.use((lon, lat) => plans.place(active, awaits, { lon, lat }));
    return () => park.use(null);
  }, [park, plans, active, awaits]);

  useEffect(() => {
    // A place that is waited for takes the click.
    if (!park || !some || awaits !== null) return;
    const { library } = park;
    let over: { plan: number; way: number } | null = null;
    const enter = ({ features }: MapLayerMouseEvent) => {
      const { plan, way } = features?.[0]?.properties ?? {};
      if (typeof plan !== 'number' || typeof way !== 'number') return;
      over = { plan, way };
      park.use(() => over && plans.choose(over.plan, over.way));
      library.getCanvas().style.cursor = 'pointer';
    };
    const leave = () => {
      if (over) park.use(null);
      over = null;
    };
    library.on('mousemove', OTHERS, enter);
    library.on('mouseleave', OTHERS, leave);
    return () => {
      leave();
      library.off('mousemove', OTHERS, enter);
      library.off('mouseleave', OTHERS, leave);
    };
  }, [park, plans, some, awaits]);

  useEffect(() => {
    if (!park || !some) return;
    const { library } = park;
    const canvas = library.getCanvas();
    let held: { plan: number; index: number } | null = null;
    const move = ({ lngLat }: MapMouseEvent) => {
      if (held) plans.place(held.plan, held.index, { lon: lngLat.lng, lat: lngLat.lat });
    };
    const release = () => {
      held = null;
      library.off('mousemove', move);
      library.dragPan.enable();
      canvas.style.cursor = '';
    };
    const hold = (event: MapLayerMouseEvent) => {
      const { plan, index } = event.features?.[0]?.properties ?? {};
      if (typeof plan !== 'number' || typeof index !== 'number') return;
      event.preventDefault();
      held = { plan, index };
      plans.activate(plan);
      library.dragPan.disable();
      canvas.style.cursor = 'grabbing';
      library.on('mousemove', move);
      library.once('mouseup', release);
    };
    const over = () => {
      if (!held) canvas.style.cursor = 'grab';
    };
    const leave = () => {
      if (!held) canvas.style.cursor = '';
    };
    library.on('mousedown', PLACES, hold);
    library.on('mouseenter', PLACES, over);
    library.on('mouseleave', PLACES, leave);
    return () => {
      library.off('mousedown', PLACES, hold);
      library.off('mouseenter', PLACES, over);
      library.off('mouseleave', PLACES, leave);
      if (held) release();
    };
  }, [park, plans, some]);
}

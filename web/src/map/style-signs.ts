/** Signs of single things, and the counts that stand for vehicles while the view is too wide for single ones. */
import type { LayerSpecification } from 'maplibre-gl';
import type { Collection } from '../api/types';
import { expression, FONTS, only, textPaint, type Look } from './style-parts';

/** Collections that carry signs, the most important last: it lies on top. */
const SIGNED: readonly Collection[] = ['protection-targets', 'resources', 'gates', 'hazard-sources'];
/** From which zoom names stand beside the signs. Signs alone are small before. */
const NAMES_FROM: Partial<Record<Collection, number>> = { 'hazard-sources': 13.5, gates: 13.5 };
const NAMES_LATER = 14.5;

/** Things that take up ground: their areas, below every name. */
export function signAreas({ palette }: Look): LayerSpecification[] {
  const fill = (source: Collection, colour: string): LayerSpecification[] => [
    {
      id: `${source}-fill`,
      type: 'fill',
      source,
      filter: only('Polygon'),
      paint: { 'fill-color': colour, 'fill-opacity': 0.16 },
    },
    {
      id: `${source}-edge`,
      type: 'line',
      source,
      filter: only('Polygon'),
      paint: { 'line-color': colour, 'line-width': 1.6 },
    },
  ];
  return [
    ...fill('protection-targets', palette.sign.target.ground),
    ...fill('resources', palette.sign.rescue.ground),
    ...fill('hazard-sources', palette.textQuiet),
  ];
}

function signs(look: Look, source: Collection): LayerSpecification[] {
  const { scale } = look;
  const namesFrom = NAMES_FROM[source] ?? NAMES_LATER;
  const name = source === 'hazard-sources'
    ? ['case', ['==', ['get', 'grade'], ''], ['get', 'name'], ['concat', ['get', 'name'], ' · ', ['get', 'grade']]]
    : ['get', 'name'];
  return [
    {
      id: `${source}-sign`,
      type: 'symbol',
      source,
      filter: only('Point'),
      minzoom: 10.5,
      layout: {
        'icon-image': ['get', 'sign'],
        'icon-size': expression(['interpolate', ['linear'], ['zoom'], 10.5, 0.5 * scale, 13, 0.7 * scale, 16, scale]),
        'icon-allow-overlap': expression(['step', ['zoom'], false, 12, true]),
        'icon-ignore-placement': false,
      },
    },
    {
      id: `${source}-name`,
      type: 'symbol',
      source,
      filter: only('Point'),
      minzoom: namesFrom,
      layout: {
        'text-field': expression(name),
        'text-font': FONTS,
        'text-size': 14 * scale,
        'text-max-width': 9,
        'text-variable-anchor': ['top', 'right', 'left', 'bottom'],
        'text-radial-offset': 1.15,
        'text-justify': 'auto',
      },
      paint: textPaint(look),
    },
  ];
}

function cells({ palette, scale }: Look): LayerSpecification[] {
  const radius = (more: number) =>
    expression([
      'interpolate',
      ['linear'],
      ['log10', ['max', 1, ['get', 'count']]],
      0,
      (12 + more) * scale,
      2,
      (20 + more) * scale,
      4,
      (34 + more) * scale,
    ]);
  return [
    {
      id: 'cells-alarm',
      type: 'circle',
      source: 'cells',
      filter: expression(['==', ['get', 'alarm'], true]),
      paint: {
        'circle-radius': radius(4),
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': palette.alarmInk,
        'circle-stroke-width': 4 * scale,
      },
    },
    {
      id: 'cells-circle',
      type: 'circle',
      source: 'cells',
      paint: {
        'circle-radius': radius(0),
        'circle-color': palette.cell,
        'circle-opacity': 0.92,
        'circle-stroke-color': palette.textQuiet,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'cells-count',
      type: 'symbol',
      source: 'cells',
      layout: {
        'symbol-sort-key': ['-', 0, ['get', 'count']],
        'text-field': ['get', 'text'],
        'text-font': FONTS,
        'text-size': expression(['interpolate', ['linear'], ['log10', ['max', 1, ['get', 'count']]], 0, 14 * scale, 4, 18 * scale]),
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': palette.cellText },
    },
  ];
}

/** Around what is chosen: its edge, or a ring where it is a point. Light and dark lines together show on every ground. */
export function selectedLayers({ palette, scale }: Look): LayerSpecification[] {
  const line = (id: string, colour: string, width: number): LayerSpecification => ({
    id,
    type: 'line',
    source: 'selected',
    filter: expression(['!=', ['geometry-type'], 'Point']),
    layout: { 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': width },
  });
  const ring = (id: string, colour: string, width: number): LayerSpecification => ({
    id,
    type: 'circle',
    source: 'selected',
    filter: only('Point'),
    paint: {
      'circle-radius': 19 * scale,
      'circle-color': 'rgba(0,0,0,0)',
      'circle-stroke-color': colour,
      'circle-stroke-width': width,
    },
  });
  return [
    line('selected-halo', palette.textHalo, 7),
    line('selected-line', palette.selected, 4),
    ring('selected-ring-halo', palette.textHalo, 5),
    ring('selected-ring', palette.selected, 3),
  ];
}

export function signLayers(look: Look): LayerSpecification[] {
  return [...SIGNED.flatMap((source) => signs(look, source)), ...cells(look)];
}

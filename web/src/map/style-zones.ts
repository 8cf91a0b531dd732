/**
 * Zones and closed areas. A level says itself by colour, pattern and Roman numeral; a kind without a level by the dash of
 * its edge; what is closed is hatched; what does not hold at this hour is an outline alone. A closure of roads has a double edge:
 * it stands for no danger and has no level.
 */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { patternName } from './patterns';
import { byLevel, expression, FONTS, LEVELS, only, textPaint, type Look } from './style-parts';

export const ZONE_FILL = 'zones-fill';
const HOLDS = ['==', ['get', 'holds'], true];
const LEVELLED = ['in', ['get', 'level'], ['literal', [...LEVELS]]];

/** Edges of zones, in widths of the line: full for what has a level, a dash of its own for each kind without one. */
const DASHES: Record<string, readonly number[]> = {
  no_stop: [1, 1.5],
  speed: [4, 1.5],
  parking: [6, 2],
  evacuation: [4, 1.5, 1, 1.5],
  staging: [1, 1, 1, 3],
  restricted: [2.5, 1.5],
  closed: [8, 1.2],
};

function dash(): ExpressionSpecification {
  const kinds = Object.entries(DASHES).flatMap(([kind, dashes]) => [kind, ['literal', dashes]]);
  const plain = ['match', ['get', 'kind'], ...kinds, ['literal', [1, 0]]];
  return expression(['case', ['!', HOLDS], ['literal', [2, 3]], LEVELLED, ['literal', [1, 0]], plain]);
}

export function zoneLayers({ palette }: Look): LayerSpecification[] {
  const colour = byLevel(palette.level, palette.plainZone);
  return [
    {
      id: 'closed-areas-fill',
      type: 'fill',
      source: 'closed-areas',
      // The whole park is a closed area too: hatched from edge to edge it would hide what lies in it.
      filter: only('Polygon', ['!=', ['get', 'kind'], 'general']),
      paint: { 'fill-pattern': patternName('closed'), 'fill-opacity': 0.2 },
    },
    {
      id: 'closed-areas-edge',
      type: 'line',
      source: 'closed-areas',
      filter: only('Polygon'),
      paint: { 'line-color': palette.closedArea, 'line-width': 2, 'line-dasharray': [8, 2] },
    },
    {
      id: ZONE_FILL,
      type: 'fill',
      source: 'zones',
      filter: only('Polygon'),
      paint: {
        'fill-color': colour,
        'fill-opacity': expression(['case', ['!', HOLDS], 0.01, LEVELLED, 0.2, 0.08]),
      },
    },
    {
      id: 'zones-pattern',
      type: 'fill',
      source: 'zones',
      filter: only('Polygon', HOLDS, ['any', LEVELLED, ['==', ['get', 'kind'], 'closed']]),
      paint: {
        'fill-pattern': byLevel(
          {
            red: patternName('red'),
            orange: patternName('orange'),
            yellow: patternName('yellow'),
            blue: patternName('blue'),
          },
          patternName('closed'),
        ),
        'fill-opacity': 0.4,
      },
    },
    {
      id: 'zones-edge',
      type: 'line',
      source: 'zones',
      filter: only('Polygon'),
      paint: {
        'line-color': colour,
        'line-width': expression(['case', HOLDS, 2.2, 1.6]),
        'line-dasharray': dash(),
      },
    },
    {
      id: 'closures-fill',
      type: 'fill',
      source: 'closures',
      filter: only('Polygon', HOLDS),
      paint: { 'fill-pattern': patternName('closed'), 'fill-opacity': 0.55 },
    },
    {
      id: 'closures-edge',
      type: 'line',
      source: 'closures',
      filter: only('Polygon'),
      paint: {
        'line-color': palette.roadClosed,
        'line-width': 2,
        'line-gap-width': expression(['case', HOLDS, 2, 0]),
        'line-dasharray': expression(['case', HOLDS, ['literal', [1, 0]], ['literal', [2, 3]]]),
      },
    },
  ];
}

/** The name, the highest level first where there is no room for all; the numeral, which is always shown, at a corner. */
export function zoneNames(look: Look): LayerSpecification[] {
  const { scale } = look;
  return [
    {
      id: 'closed-areas-name',
      type: 'symbol',
      source: 'closed-areas',
      filter: only('Point', ['!=', ['get', 'kind'], 'general']),
      minzoom: 13.5,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 14 * scale, 'text-max-width': 9 },
      paint: { ...textPaint(look), 'text-color': look.palette.closedArea },
    },
    {
      id: 'zones-name',
      type: 'symbol',
      source: 'zones',
      filter: only('Point', ['!', ['has', 'badge']]),
      minzoom: 12.5,
      layout: {
        'symbol-sort-key': byLevel({ red: 0, orange: 1, yellow: 2, blue: 3 }, 4),
        'text-field': ['get', 'name'],
        'text-font': FONTS,
        'text-size': 14 * scale,
        'text-max-width': 9,
        'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
        'text-radial-offset': 0.9,
        'text-justify': 'auto',
      },
      paint: textPaint(look),
    },
    {
      id: 'closures-name',
      type: 'symbol',
      source: 'closures',
      filter: only('Point'),
      minzoom: 12,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 14 * scale, 'text-max-width': 9 },
      paint: { ...textPaint(look), 'text-color': look.palette.roadClosed },
    },
    {
      id: 'zones-badge',
      type: 'symbol',
      source: 'zones',
      filter: only('Point', ['has', 'badge']),
      minzoom: 10.5,
      layout: {
        // The highest level is placed first where there is no room for all.
        'symbol-sort-key': byLevel({ red: 0, orange: 1, yellow: 2, blue: 3 }, 4),
        'icon-image': ['get', 'badge'],
        'icon-size': expression(['interpolate', ['linear'], ['zoom'], 10.5, 0.55 * scale, 14, 0.75 * scale, 16, scale]),
        'icon-anchor': 'top-left',
        // From afar many zones stand together: there the highest level of each place is enough.
        'icon-allow-overlap': expression(['step', ['zoom'], false, 13, true]),
      },
    },
  ];
}

/** The quiet ground: sea, land, green, buildings, plants, rails and roads. Nothing here may catch the eye. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { expression, FONTS, match, only, textPaint, type Look } from './style-parts';

/** Width of a road at zoom 12 and at zoom 18, CSS pixels, by class: as OpenStreetMap names it and as the demo's park does. */
const ROAD_WIDTH: Record<string, readonly [number, number]> = {
  ...named([3.6, 36], 'motorway', 'expressway'),
  ...named([3, 30], 'trunk', 'national'),
  ...named([2.6, 26], 'primary', 'avenue', 'county', 'park_main'),
  ...named([2, 22], 'secondary', 'park_road', 'ramp'),
  ...named([1.5, 18], 'tertiary', 'rural', 'street', 'residential'),
  ...named([0.8, 10], 'service', 'track'),
};
const PLAIN_ROAD = [1.6, 20] as const;
const MAJOR = ['motorway', 'expressway', 'trunk', 'national', 'primary'];

function named(widths: readonly [number, number], ...names: string[]): Record<string, readonly [number, number]> {
  return Object.fromEntries(names.map((name) => [name, widths]));
}

function roadWidth(more: number): ExpressionSpecification {
  const at = (end: 0 | 1) =>
    match(
      'road',
      Object.fromEntries(Object.entries(ROAD_WIDTH).map(([name, widths]) => [name, widths[end] + more * (end + 1)])),
      PLAIN_ROAD[end] + more * (end + 1),
    );
  return expression(['interpolate', ['exponential', 1.7], ['zoom'], 12, at(0), 18, at(1)]);
}

function roads({ palette }: Look): LayerSpecification[] {
  const line = (id: string, lies: string, paint: object, cap: 'round' | 'butt' = 'round'): LayerSpecification => ({
    id,
    type: 'line',
    source: 'roads',
    filter: only('LineString', ['==', ['get', 'lies'], lies]),
    layout: { 'line-cap': cap, 'line-join': 'round' },
    paint,
  });
  const body = expression(['match', ['get', 'road'], MAJOR, palette.roadMajor, palette.road]);
  return [
    // A tunnel is a road of which only the dashed edges show.
    line('tunnels-edge', 'tunnel', { 'line-color': palette.roadEdge, 'line-width': roadWidth(1.2), 'line-dasharray': [1.2, 0.8] }, 'butt'),
    line('tunnels-line', 'tunnel', { 'line-color': palette.tunnel, 'line-width': roadWidth(0) }, 'butt'),
    line('roads-edge', 'ground', { 'line-color': palette.roadEdge, 'line-width': roadWidth(0.8) }),
    line('roads-line', 'ground', { 'line-color': body, 'line-width': roadWidth(0) }),
    // A bridge stands over what it crosses: dark parapets, cut off at both ends.
    line('bridges-edge', 'bridge', { 'line-color': palette.textQuiet, 'line-width': roadWidth(1.8) }, 'butt'),
    line('bridges-line', 'bridge', { 'line-color': body, 'line-width': roadWidth(0) }, 'butt'),
  ];
}

export function groundLayers(look: Look): LayerSpecification[] {
  const { palette } = look;
  const kinds = (...names: string[]) => ['in', ['get', 'kind'], ['literal', names]];
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
    {
      id: 'ground-areas',
      type: 'fill',
      source: 'ground',
      filter: only('Polygon', ['!', kinds('building', 'tank', 'bund', 'quay')]),
      layout: { 'fill-sort-key': match('kind', { land: 0, beach: 1, sea: -1, water: 4, river: 4, pond: 4 }, 3) },
      paint: {
        'fill-color': match(
          'kind',
          {
            sea: palette.sea,
            water: palette.sea,
            river: palette.sea,
            pond: palette.sea,
            land: palette.land,
            beach: palette.land,
            green: palette.green,
            field: palette.field,
            wood: palette.wood,
            park: palette.green,
            wetland: palette.green,
          },
          palette.land,
        ),
      },
    },
    {
      id: 'shore',
      type: 'line',
      source: 'ground',
      filter: expression(['any', only('Polygon', kinds('sea', 'water', 'river', 'pond')), only('LineString', kinds('coast'))]),
      paint: { 'line-color': palette.shore, 'line-width': 1 },
    },
    { id: 'parks-fill', type: 'fill', source: 'parks', filter: only('Polygon'), paint: { 'fill-color': palette.park } },
    {
      id: 'parks-edge',
      type: 'line',
      source: 'parks',
      filter: only('Polygon'),
      paint: { 'line-color': palette.parkEdge, 'line-width': 2, 'line-dasharray': [6, 2, 1, 2] },
    },
    { id: 'plants-fill', type: 'fill', source: 'plants', filter: only('Polygon'), paint: { 'fill-color': palette.plant } },
    {
      id: 'plants-edge',
      type: 'line',
      source: 'plants',
      filter: only('Polygon'),
      paint: { 'line-color': palette.plantEdge, 'line-width': 1 },
    },
    {
      id: 'ground-quays',
      type: 'fill',
      source: 'ground',
      filter: only('Polygon', kinds('quay')),
      paint: { 'fill-color': palette.plant, 'fill-outline-color': palette.plantEdge },
    },
    {
      id: 'rails',
      type: 'line',
      source: 'ground',
      filter: only('LineString', kinds('rail', 'railway')),
      paint: { 'line-color': palette.rail, 'line-width': 2.4, 'line-dasharray': [3, 1.6] },
    },
    {
      id: 'ground-lines',
      type: 'line',
      source: 'ground',
      filter: only('LineString', ['!', kinds('rail', 'railway', 'coast')]),
      minzoom: 13,
      paint: { 'line-color': palette.plantEdge, 'line-width': 1.4 },
    },
    ...roads(look),
    {
      id: 'bunds',
      type: 'line',
      source: 'ground',
      filter: only('Polygon', kinds('bund')),
      minzoom: 13.5,
      paint: { 'line-color': palette.buildingEdge, 'line-width': 1.4 },
    },
    {
      id: 'buildings',
      type: 'fill',
      source: 'ground',
      filter: only('Polygon', kinds('building', 'tank')),
      minzoom: 13.5,
      paint: { 'fill-color': palette.building, 'fill-outline-color': palette.buildingEdge },
    },
    {
      id: 'routes-line',
      type: 'line',
      source: 'routes',
      filter: only('LineString'),
      layout: { 'line-cap': 'butt', 'line-join': 'round' },
      paint: { 'line-color': palette.route, 'line-width': 3, 'line-dasharray': [3, 1], 'line-opacity': 0.85 },
    },
  ];
}

/** Names of the ground, above its zones and below every sign. */
export function groundNames(look: Look): LayerSpecification[] {
  const { palette, scale } = look;
  const quiet = { ...textPaint(look), 'text-color': palette.textQuiet };
  return [
    {
      id: 'routes-name',
      type: 'symbol',
      source: 'routes',
      filter: only('LineString'),
      minzoom: 13.5,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 500,
        'text-field': ['get', 'name'],
        'text-font': FONTS,
        'text-size': 14 * scale,
        'text-offset': [0, 1],
      },
      paint: { ...textPaint(look), 'text-color': palette.route },
    },
    {
      id: 'roads-name',
      type: 'symbol',
      source: 'roads',
      filter: only('LineString'),
      minzoom: 14,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': ['get', 'name'],
        'text-font': FONTS,
        'text-size': 14 * scale,
      },
      paint: quiet,
    },
    {
      id: 'plants-name',
      type: 'symbol',
      source: 'plants',
      filter: only('Point'),
      minzoom: 13.5,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 14 * scale, 'text-max-width': 9 },
      paint: quiet,
    },
    {
      id: 'waters-name',
      type: 'symbol',
      source: 'ground',
      filter: only('Point', ['in', ['get', 'kind'], ['literal', ['sea', 'water', 'river', 'pond', 'wood']]]),
      minzoom: 10,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 15 * scale, 'text-letter-spacing': 0.2 },
      paint: { ...quiet, 'text-color': palette.waterName },
    },
    {
      id: 'tanks-name',
      type: 'symbol',
      source: 'ground',
      filter: only('Point', ['in', ['get', 'kind'], ['literal', ['tank', 'building', 'quay']]]),
      minzoom: 16.2,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 14 * scale },
      paint: quiet,
    },
    {
      id: 'parks-name',
      type: 'symbol',
      source: 'parks',
      filter: only('Point'),
      maxzoom: 13.5,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 17 * scale, 'text-max-width': 10 },
      paint: textPaint(look),
    },
  ];
}

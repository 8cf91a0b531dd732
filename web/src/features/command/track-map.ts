/** Tracks on the map: what was driven as a line with its direction, what is not known as dashes, stops with how long. */
import type { Feature, FeatureCollection, Position } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import type { Palette } from '../../map/palette';
import { FONTS } from '../../map/style';
import { piecesOf, stopsOf, type Point } from './track';

/** Names one track's sources and layers. */
export function trackSource(name: string): string {
  return `${name}-track`;
}

export function trackLayers(name: string, palette: Palette): LayerSpecification[] {
  const source = trackSource(name);
  const what = (value: string) => ['==', ['get', 'what'], value] as ['==', ['get', string], string];
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    {
      id: `${name}-halo`,
      type: 'line',
      source,
      filter: what('way'),
      layout: round,
      paint: { 'line-color': palette.textHalo, 'line-width': 6, 'line-opacity': 0.7 },
    },
    {
      id: `${name}-way`,
      type: 'line',
      source,
      filter: what('way'),
      layout: round,
      paint: { 'line-color': palette.plainZone, 'line-width': 3 },
    },
    {
      id: `${name}-gap`,
      type: 'line',
      source,
      filter: what('gap'),
      paint: { 'line-color': palette.plainZone, 'line-width': 2, 'line-dasharray': [2, 3] },
    },
    {
      id: `${name}-arrows`,
      type: 'symbol',
      source,
      filter: what('way'),
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 90,
        // A chevron: an arrow would be taken for a vehicle.
        'text-field': '›',
        'text-font': FONTS,
        'text-size': 22,
        'text-keep-upright': false,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': palette.text, 'text-halo-color': palette.textHalo, 'text-halo-width': 1 },
    },
    {
      id: `${name}-stops`,
      type: 'circle',
      source,
      filter: what('stop'),
      paint: {
        'circle-radius': 7,
        'circle-color': palette.textHalo,
        'circle-stroke-color': palette.text,
        'circle-stroke-width': 2,
      },
    },
    {
      id: `${name}-stop-texts`,
      type: 'symbol',
      source,
      filter: what('stop'),
      layout: {
        'text-field': ['get', 'text'],
        'text-font': FONTS,
        'text-size': 14,
        'text-anchor': 'left',
        'text-offset': [0.8, 0],
      },
      paint: { 'text-color': palette.text, 'text-halo-color': palette.textHalo, 'text-halo-width': 1.5 },
    },
  ];
}

const place = ({ lon, lat }: { lon: number; lat: number }): Position => [lon, lat];

/** Several tracks as one collection. `stopText` says how long a stop was. */
export function trackData(
  tracks: readonly (readonly Point[])[],
  stopText: (ms: number) => string,
): FeatureCollection {
  const features: Feature[] = [];
  const line = (what: string, coordinates: Position[]) =>
    features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { what } });
  for (const points of tracks) {
    const { ways, gaps } = piecesOf(points);
    for (const way of ways) line('way', way.map(place));
    for (const [from, to] of gaps) line('gap', [place(from), place(to)]);
    for (const stop of stopsOf(points)) {
      const properties = { what: 'stop', text: stopText(stop.toMs - stop.fromMs) };
      features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: place(stop) }, properties });
    }
  }
  return { type: 'FeatureCollection', features };
}

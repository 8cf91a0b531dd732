/**
 * The evidence of an event on the map: the two fixes with their times and how far each may be from the truth, the way that
 * was read between them with its part inside the zone thick, where it met the boundary, and the zone that judged.
 */
import type { Feature as GeoFeature, FeatureCollection, Geometry, Position } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import type { Explanation } from '../../../api/types';
import type { Extent } from '../../../map/extent';
import { extentOf } from '../../../map/extent';
import type { Palette } from '../../../map/palette';
import { piecesOf, type Point } from '../track';
import { circleOf, insideParts, type Step } from './geometry';

export const SOURCES = ['evidence-areas', 'evidence-lines', 'evidence-points'] as const;

export function layers(palette: Palette): LayerSpecification[] {
  const what = (name: string) => ['==', ['get', 'what'], name] as ['==', ['get', string], string];
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const line = (id: string, width: number, colour: string, extra: object = {}): LayerSpecification => ({
    id: `evidence-${id}`,
    type: 'line',
    source: 'evidence-lines',
    filter: what(id),
    layout: round,
    paint: { 'line-color': colour, 'line-width': width, ...extra },
  });
  const edge = (id: string, extra: object): LayerSpecification => ({
    id: `evidence-${id}-edge`,
    type: 'line',
    source: 'evidence-areas',
    filter: what(id),
    paint: { 'line-color': palette.text, ...extra },
  });
  return [
    {
      id: 'evidence-circle-fill',
      type: 'fill',
      source: 'evidence-areas',
      filter: what('circle'),
      paint: { 'fill-color': palette.text, 'fill-opacity': 0.12 },
    },
    edge('circle', { 'line-width': 1 }),
    edge('judged', { 'line-width': 3 }),
    edge('today', { 'line-width': 2, 'line-dasharray': [3, 3] }),
    line('around', 2, palette.parkEdge, { 'line-dasharray': [1, 2] }),
    line('unknown', 3, palette.text, { 'line-dasharray': [2, 2] }),
    line('step-halo', 7, palette.textHalo),
    line('step', 3, palette.text),
    line('inside-halo', 13, palette.textHalo),
    line('inside', 9, palette.text),
    {
      id: 'evidence-fixes',
      type: 'circle',
      source: 'evidence-points',
      filter: what('fix'),
      paint: {
        'circle-radius': 6,
        'circle-color': palette.textHalo,
        'circle-stroke-color': palette.text,
        'circle-stroke-width': 3,
      },
    },
    {
      id: 'evidence-crossing',
      type: 'circle',
      source: 'evidence-points',
      filter: what('crossing'),
      paint: {
        'circle-radius': 7,
        'circle-color': palette.text,
        'circle-stroke-color': palette.textHalo,
        'circle-stroke-width': 2,
      },
    },
  ];
}

export interface Drawn {
  explanation: Explanation;
  /** The zone as it judged; `null` when its shape of then is not known. */
  judged: Geometry | null;
  /** The zone as it is, when it is another shape. */
  today: Geometry | null;
  /** What was driven before and after. */
  around: readonly Point[];
}

/** The accuracy of a fix, metres: as it states it, else as the engine took it. */
export function accuracyOf({ fixes, thresholds }: Explanation, index: number): number | undefined {
  const figure = (name: string) => thresholds.find((one) => one.name === name)?.value;
  return fixes[index]?.accuracy_m ?? figure('accuracy_m') ?? figure('default_accuracy_m');
}

function feature(what: string, geometry: Geometry): GeoFeature {
  return { type: 'Feature', geometry, properties: { what } };
}

function lineOf(what: string, coordinates: Position[]): GeoFeature {
  return feature(what, { type: 'LineString', coordinates });
}

function collection(features: GeoFeature[]): FeatureCollection {
  return { type: 'FeatureCollection', features };
}

const place = ({ lon, lat }: { lon: number; lat: number }): Position => [lon, lat];

/** The data of each source. */
export function dataOf({ explanation, judged, today, around }: Drawn): Record<(typeof SOURCES)[number], FeatureCollection> {
  const { fixes, crossing, path } = explanation;
  const areas: GeoFeature[] = [];
  if (today) areas.push(feature('today', today));
  if (judged) areas.push(feature('judged', judged));
  fixes.forEach((fix, index) => {
    const accuracy = accuracyOf(explanation, index);
    if (accuracy !== undefined) areas.push(feature('circle', circleOf(fix.lon, fix.lat, accuracy)));
  });

  const lines: GeoFeature[] = piecesOf(around).ways.map((way) => lineOf('around', way.map(place)));
  const steps = fixes.slice(1).map((fix, index): Step => [place(fixes[index]!), place(fix)]);
  if (path.reading === 'straight') {
    for (const step of steps) {
      lines.push(lineOf('step-halo', step), lineOf('step', step));
      for (const part of judged ? insideParts(step, judged) : []) {
        lines.push(lineOf('inside-halo', part), lineOf('inside', part));
      }
    }
  } else {
    lines.push(...steps.map((step) => lineOf('unknown', step)));
  }

  const points = fixes.map((fix) => feature('fix', { type: 'Point', coordinates: place(fix) }));
  if (crossing) points.push(feature('crossing', { type: 'Point', coordinates: place(crossing) }));
  return { 'evidence-areas': collection(areas), 'evidence-lines': collection(lines), 'evidence-points': collection(points) };
}

/** What must be seen: the fixes with their circles and the crossing, else the zone. */
export function boxOf({ explanation, judged, today }: Drawn): Extent | null {
  const { fixes, crossing, event } = explanation;
  const shapes: Geometry[] = fixes.map((fix, index) => circleOf(fix.lon, fix.lat, 2 * (accuracyOf(explanation, index) ?? 20)));
  if (crossing) shapes.push(circleOf(crossing.lon, crossing.lat, 20));
  if (shapes.length === 0 && event.lon !== undefined && event.lat !== undefined) {
    shapes.push(circleOf(event.lon, event.lat, 60));
  }
  const zone = judged ?? today;
  if (shapes.length === 0 && zone) shapes.push(zone);
  const features = shapes.map((geometry, index) => ({
    type: 'Feature' as const,
    id: String(index),
    geometry,
    properties: {},
  }));
  return extentOf(features);
}

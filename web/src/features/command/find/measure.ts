/** What was measured, as figures: lengths and bearings of each leg, the area, rings. Pure; the panel shows it, the overlay draws it. */
import type { Feature, FeatureCollection } from 'geojson';
import type { Translate } from '../../../i18n';
import type { LonLat } from '../../../map/datum';
import { areaM2, circle, course, destination, type Course } from '../../../map/geodesy';

export const MODES = ['line', 'area', 'rings'] as const;
export type Mode = (typeof MODES)[number];

/** What a person has marked so far; `pointer` follows the mouse until they finish. */
export interface Measuring {
  mode: Mode;
  points: readonly LonLat[];
  pointer: LonLat | null;
  radiiM: readonly number[];
}

export interface Measured {
  legs: Course[];
  lengthM: number;
  /** Of the closed ring; `null` while there are fewer than three points. */
  areaM2: number | null;
  /** Of the ring, with its last edge. */
  perimeterM: number | null;
}

export function measured({ mode, points, pointer }: Measuring): Measured {
  const all = pointer && points.length > 0 ? [...points, pointer] : [...points];
  const legs = all.slice(1).map((to, i) => course(all[i]!, to));
  const lengthM = legs.reduce((sum, { distanceM }) => sum + distanceM, 0);
  const closed = mode === 'area' && all.length >= 3;
  return {
    legs: mode === 'rings' ? [] : legs,
    lengthM: mode === 'rings' ? 0 : lengthM,
    areaM2: closed ? areaM2(all) : null,
    perimeterM: closed ? lengthM + course(all.at(-1)!, all[0]!).distanceM : null,
  };
}

/** Metres up to a kilometre, then kilometres; four figures are as many as the accuracy bears. */
export function lengthText(metres: number, t: Translate): string {
  if (metres < 1_000) return t('measure.unit.m', { value: metres < 10 ? metres.toFixed(1) : metres.toFixed(0) });
  const km = metres / 1_000;
  return t('measure.unit.km', { value: km < 100 ? km.toFixed(2) : km.toFixed(1) });
}

export function areaText(squareMetres: number, t: Translate): string {
  if (squareMetres < 10_000) return t('measure.unit.m2', { value: squareMetres.toFixed(0) });
  if (squareMetres < 1e6) return t('measure.unit.ha', { value: (squareMetres / 10_000).toFixed(2) });
  return t('measure.unit.km2', { value: (squareMetres / 1e6).toFixed(squareMetres < 1e8 ? 2 : 0) });
}

/** 15 mu are one hectare. */
export function muText(squareMetres: number, t: Translate): string {
  const mu = (squareMetres / 10_000) * 15;
  return t('measure.unit.mu', { value: mu < 100 ? mu.toFixed(1) : mu.toFixed(0) });
}

/** Three digits, as bearings are spoken: 007°. */
export function bearingText(degrees: number, t: Translate): string {
  return t('measure.bearing', { bearing: `${String(Math.round(degrees) % 360).padStart(3, '0')}°` });
}

const MOST_RADII = 12;
const LONGEST_M = 200_000;

/** The radii of a list such as `500, 1000`; `null` when it is none. */
export function readRadii(text: string): number[] | null {
  const radii = text
    .normalize('NFKC')
    .split(/[\s,、;]+/)
    .filter((part) => part !== '')
    .map(Number);
  const fine = radii.length >= 1 && radii.length <= MOST_RADII && radii.every((r) => r >= 1 && r <= LONGEST_M);
  return fine ? [...new Set(radii)].sort((a, b) => a - b) : null;
}

/** The result as text, for the clipboard. */
export function measuredText(measuring: Measuring, t: Translate): string {
  const result = measured({ ...measuring, pointer: null });
  const lines = result.legs.map(
    ({ distanceM, bearingDeg }, i) =>
      `${t('measure.segment', { n: i + 1 })}: ${lengthText(distanceM, t)}, ${bearingText(bearingDeg, t)}`,
  );
  if (measuring.mode === 'line') lines.push(`${t('measure.total')}: ${lengthText(result.lengthM, t)}`);
  if (result.areaM2 !== null) lines.push(`${t('measure.area')}: ${areaText(result.areaM2, t)}`);
  if (result.perimeterM !== null) lines.push(`${t('measure.perimeter')}: ${lengthText(result.perimeterM, t)}`);
  if (measuring.mode === 'rings') lines.push(...measuring.radiiM.map((radius) => lengthText(radius, t)));
  const points = measuring.points.map(({ lon, lat }) => `${lon.toFixed(7)}, ${lat.toFixed(7)}`);
  return [...lines, ...points].join('\n');
}

const pair = ({ lon, lat }: LonLat): [number, number] => [lon, lat];

function labelled(at: LonLat, label: string): Feature {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: pair(at) }, properties: { label } };
}

/** What the overlay draws: the line or ring, its points, and a label at the middle of each leg. */
export function drawing(measuring: Measuring, t: Translate): FeatureCollection {
  const { mode, points, pointer, radiiM } = measuring;
  if (mode === 'rings') return rings(points.at(-1) ?? pointer, radiiM, t);
  const all = pointer && points.length > 0 ? [...points, pointer] : points;
  const { legs } = measured(measuring);
  const features: Feature[] = points.map((at) => labelled(at, ''));
  if (mode === 'area' && all.length >= 3) {
    const ring = [...all, all[0]!].map(pair);
    features.push({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: {} });
    features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates: ring }, properties: {} });
  } else if (all.length >= 2) {
    features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates: all.map(pair) }, properties: {} });
  }
  legs.forEach(({ distanceM, bearingDeg }, i) => {
    const middle = destination(all[i]!, bearingDeg, distanceM / 2);
    features.push(labelled(middle, lengthText(distanceM, t)));
  });
  return { type: 'FeatureCollection', features };
}

function rings(centre: LonLat | null, radiiM: readonly number[], t: Translate): FeatureCollection {
  if (!centre) return { type: 'FeatureCollection', features: [] };
  const features = radiiM.flatMap((radius): Feature[] => [
    {
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: circle(centre, radius).map(pair) },
      properties: {},
    },
    labelled(destination(centre, 0, radius), lengthText(radius, t)),
  ]);
  return { type: 'FeatureCollection', features: [labelled(centre, ''), ...features] };
}

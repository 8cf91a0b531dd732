/**
 * What a track says and what it does not: between two fixes that lie near each other in time a vehicle was on the way;
 * nothing is claimed about a gap.
 */
import type { TrackFix } from '../../api/types';
import { course } from '../../map/geodesy';

/** ENGINE.md: a gap over 120 s, or a step that implies more than 200 km/h, says nothing about the way. */
const GAP_MS = 120_000;
const MOST_KPH = 200;
/** ENGINE.md: movements under 50 m are drift. */
const STOP_M = 50;
/** A shorter halt is a junction or a gate. Our own figure. */
const STOP_MS = 180_000;

export interface Point {
  atMs: number;
  lon: number;
  lat: number;
  speedKph: number | null;
  headingDeg: number | null;
}

/** The fixes that the way goes through, by time. */
export function pointsOf(fixes: readonly TrackFix[]): Point[] {
  return fixes
    .filter((fix) => fix.on_line)
    .map((fix) => ({
      atMs: Date.parse(fix.fixed_at),
      lon: fix.lon,
      lat: fix.lat,
      speedKph: fix.speed_kph ?? null,
      headingDeg: fix.heading_deg ?? null,
    }));
}

type Place = Pick<Point, 'lon' | 'lat'>;

export function metresBetween(a: Place, b: Place): number {
  return course(a, b).distanceM;
}

/** Whether the vehicle went straight from one fix to the next, as far as anybody knows. */
export function isWay(a: Point, b: Point): boolean {
  const ms = b.atMs - a.atMs;
  return ms > 0 && ms <= GAP_MS && metresBetween(a, b) <= (MOST_KPH / 3.6) * (ms / 1000);
}

export interface Pieces {
  /** Ways of two fixes and more. */
  ways: Point[][];
  /** The two ends of what is not known. */
  gaps: [Point, Point][];
}

export function piecesOf(points: readonly Point[]): Pieces {
  const ways: Point[][] = [];
  const gaps: [Point, Point][] = [];
  let way: Point[] = [];
  const end = () => {
    if (way.length > 1) ways.push(way);
    way = [];
  };
  for (const point of points) {
    const last = way.at(-1);
    if (last && !isWay(last, point)) {
      end();
      gaps.push([last, point]);
    }
    way.push(point);
  }
  end();
  return { ways, gaps };
}

export interface Stop {
  fromMs: number;
  toMs: number;
  lon: number;
  lat: number;
}

/** Where it stayed within 50 m for three minutes and more, without a gap. */
export function stopsOf(points: readonly Point[]): Stop[] {
  const stops: Stop[] = [];
  let start = 0;
  const close = (end: number) => {
    const from = points[start]!;
    const to = points[end]!;
    if (to.atMs - from.atMs >= STOP_MS) stops.push({ fromMs: from.atMs, toMs: to.atMs, lon: from.lon, lat: from.lat });
  };
  for (let i = 1; i < points.length; i += 1) {
    const stays = isWay(points[i - 1]!, points[i]!) && metresBetween(points[start]!, points[i]!) <= STOP_M;
    if (stays) continue;
    if (i - 1 > start) close(i - 1);
    start = i;
  }
  if (points.length - 1 > start) close(points.length - 1);
  return stops;
}

/** How the place at an instant is known. */
export type Known =
  /** On the way between two fixes, or at one. */
  | 'way'
  /** The last fix before a gap, or before the track ends: where it is since is not known. */
  | 'held';

export interface Stand extends Place {
  known: Known;
  /** Since the last fix. */
  ageMs: number;
  speedKph: number | null;
  headingDeg: number | null;
}

/** The last point at or before an instant; -1 when all come later. */
export function lastAt(points: readonly Point[], ms: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.atMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where it was; `null` before its first fix. */
export function standAt(points: readonly Point[], ms: number): Stand | null {
  const at = lastAt(points, ms);
  const from = points[at];
  if (!from) return null;
  const { speedKph, headingDeg } = from;
  const ageMs = ms - from.atMs;
  const to = points[at + 1];
  if (ageMs === 0) return { lon: from.lon, lat: from.lat, known: 'way', ageMs, speedKph, headingDeg };
  if (!to || !isWay(from, to)) return { lon: from.lon, lat: from.lat, known: 'held', ageMs, speedKph, headingDeg };
  const share = ageMs / (to.atMs - from.atMs);
  return {
    lon: from.lon + (to.lon - from.lon) * share,
    lat: from.lat + (to.lat - from.lat) * share,
    known: 'way',
    ageMs,
    speedKph,
    headingDeg: headingDeg ?? (metresBetween(from, to) > 1 ? bearing(from, to) : null),
  };
}

/** Degrees clockwise from north. */
export function bearing(a: Place, b: Place): number {
  return course(a, b).bearingDeg;
}

/** The length of what is known of the way, metres. */
export function lengthOf({ ways }: Pieces): number {
  let metres = 0;
  for (const way of ways) for (let i = 1; i < way.length; i += 1) metres += metresBetween(way[i - 1]!, way[i]!);
  return metres;
}

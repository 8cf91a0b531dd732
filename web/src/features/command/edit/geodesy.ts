/**
 * Distances, bearings and areas on the ground, for what is drawn by hand: on the plane that touches WGS 84 at the place, right
 * to a thousandth within some tens of kilometres. The server makes the shapes that are judged; this only shows them.
 */

/** Longitude, latitude in degrees. */
export type Place = [lon: number, lat: number];
/** A closed line: the last place is the first. */
export type Ring = Place[];

/** WGS 84: semi-major axis in metres and first eccentricity squared. */
const A_M = 6_378_137;
const E2 = 0.006_694_379_990_14;
const RAD = Math.PI / 180;

/** Metres that a degree is long at a latitude, to the east and to the north. */
export function scaleAt(lat: number): { east_m: number; north_m: number } {
  const sine = Math.sin(lat * RAD);
  const w = Math.sqrt(1 - E2 * sine * sine);
  return {
    east_m: (A_M / w) * Math.cos(lat * RAD) * RAD,
    north_m: ((A_M * (1 - E2)) / (w * w * w)) * RAD,
  };
}

/** From one place to another, metres east and north. */
function step(from: Place, to: Place): [number, number] {
  const { east_m, north_m } = scaleAt((from[1] + to[1]) / 2);
  return [(to[0] - from[0]) * east_m, (to[1] - from[1]) * north_m];
}

export function distanceM(from: Place, to: Place): number {
  return Math.hypot(...step(from, to));
}

/** Clockwise from north, 0 up to 360. */
export function bearingDeg(from: Place, to: Place): number {
  const [east, north] = step(from, to);
  return (Math.atan2(east, north) / RAD + 360) % 360;
}

/** The place so far away in a direction. */
export function destination(from: Place, bearing_deg: number, distance_m: number): Place {
  const north = distance_m * Math.cos(bearing_deg * RAD);
  const east = distance_m * Math.sin(bearing_deg * RAD);
  const half = from[1] + north / 2 / scaleAt(from[1]).north_m;
  const scale = scaleAt(half);
  return [from[0] + east / scale.east_m, from[1] + north / scale.north_m];
}

export function lengthM(line: readonly Place[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i += 1) sum += distanceM(line[i - 1]!, line[i]!);
  return sum;
}

/** Square metres within a ring; whichever way it runs. */
export function ringAreaM2(ring: readonly Place[]): number {
  const origin = ring[0];
  if (!origin) return 0;
  const { east_m, north_m } = scaleAt(ring.reduce((sum, place) => sum + place[1], 0) / ring.length);
  let twice = 0;
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay] = [(ring[i - 1]![0] - origin[0]) * east_m, (ring[i - 1]![1] - origin[1]) * north_m];
    const [bx, by] = [(ring[i]![0] - origin[0]) * east_m, (ring[i]![1] - origin[1]) * north_m];
    twice += ax * by - bx * ay;
  }
  return Math.abs(twice) / 2;
}

/** The grid that places are kept on: 1e-7 degree, about a centimetre. */
export function snapped([lon, lat]: readonly number[]): Place {
  return [Math.round(lon! * 1e7) / 1e7, Math.round(lat! * 1e7) / 1e7];
}

export function samePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a !== undefined && b !== undefined && Math.abs(a[0] - b[0]) < 5e-8 && Math.abs(a[1] - b[1]) < 5e-8;
}

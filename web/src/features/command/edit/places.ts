/** Places as pairs, longitude first, as geometry holds them; measured on the ellipsoid by the map's own geodesy. */
import { areaM2, course, destination as ahead } from '../../../map/geodesy';

/** Longitude, latitude in degrees. */
export type Place = [lon: number, lat: number];
/** A closed line: the last place is the first. */
export type Ring = Place[];

const named = ([lon, lat]: Place) => ({ lon, lat });

export function distanceM(from: Place, to: Place): number {
  return course(named(from), named(to)).distanceM;
}

/** Clockwise from north, 0 up to 360. */
export function bearingDeg(from: Place, to: Place): number {
  return course(named(from), named(to)).bearingDeg;
}

/** The place so far away in a direction. */
export function destination(from: Place, bearing_deg: number, distance_m: number): Place {
  const { lon, lat } = ahead(named(from), bearing_deg, distance_m);
  return [lon, lat];
}

export function lengthM(line: readonly Place[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i += 1) sum += distanceM(line[i - 1]!, line[i]!);
  return sum;
}

/** Square metres within a ring; whichever way it runs. */
export function ringAreaM2(ring: readonly Place[]): number {
  return areaM2(ring.slice(0, -1).map(named));
}

/** The grid that places are kept on: 1e-7 degree, about a centimetre. */
export function snapped([lon, lat]: readonly number[]): Place {
  return [Math.round(lon! * 1e7) / 1e7, Math.round(lat! * 1e7) / 1e7];
}

export function samePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a !== undefined && b !== undefined && Math.abs(a[0] - b[0]) < 5e-8 && Math.abs(a[1] - b[1]) < 5e-8;
}

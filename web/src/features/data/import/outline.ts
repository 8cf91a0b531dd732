/**
 * Shapes as paths of a small picture: east to the right, north up, metres around one place. True enough for a look at where a file's
 * features lie; nothing is measured on it.
 */
import type { Geometry, Position } from 'geojson';
import type { Extent } from '../../../map/extent';
import { course } from '../../../map/geodesy';

/** Mean radius of the earth, metres (IUGG). */
const METRES_A_DEGREE = (6_371_008.8 * Math.PI) / 180;

/** Where the picture's middle is; both ways are metres from there. */
export interface Middle {
  lon: number;
  lat: number;
}

/** The least corner and the size, metres from the middle, down positive as pictures have it. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function xyOf({ lon, lat }: Middle, [x = 0, y = 0]: Position): [number, number] {
  return [(x - lon) * METRES_A_DEGREE * Math.cos((lat * Math.PI) / 180), (lat - y) * METRES_A_DEGREE];
}

/** A box with room around it; a point becomes a box of some hundred metres. */
export function boxOf(middle: Middle, [west, south, east, north]: Extent): Box {
  const [x0, y0] = xyOf(middle, [west, north]);
  const [x1, y1] = xyOf(middle, [east, south]);
  const room = Math.max(100, 0.08 * Math.max(x1 - x0, y1 - y0));
  return { x: x0 - room, y: y0 - room, width: x1 - x0 + 2 * room, height: y1 - y0 + 2 * room };
}

export interface Outline {
  /** A path's `d`. */
  lines: string;
  areas: string;
  points: [number, number][];
}

/** The shapes of many features together. */
export function outlineOf(middle: Middle, geometries: readonly (Geometry | null)[]): Outline {
  const lines: string[] = [];
  const areas: string[] = [];
  const points: [number, number][] = [];
  const path = (positions: readonly Position[]) => positions.map((at, i) => `${i ? 'L' : 'M'}${xyOf(middle, at).map((metres) => metres.toFixed(1)).join(' ')}`).join('');
  const add = (geometry: Geometry | null): void => {
    switch (geometry?.type) {
      case 'Point':
        points.push(xyOf(middle, geometry.coordinates));
        break;
      case 'MultiPoint':
        points.push(...geometry.coordinates.map((at) => xyOf(middle, at)));
        break;
      case 'LineString':
        lines.push(path(geometry.coordinates));
        break;
      case 'MultiLineString':
        lines.push(...geometry.coordinates.map(path));
        break;
      case 'Polygon':
        areas.push(...geometry.coordinates.map((ring) => `${path(ring)}Z`));
        break;
      case 'MultiPolygon':
        areas.push(...geometry.coordinates.flat().map((ring) => `${path(ring)}Z`));
        break;
      case 'GeometryCollection':
        geometry.geometries.forEach(add);
    }
  };
  geometries.forEach(add);
  return { lines: lines.join(''), areas: areas.join(''), points };
}

/** How far a box lies beside another, metres; 0 where they touch. */
export function apartM(a: Extent, b: Extent): number {
  const near = (least: number, most: number, otherLeast: number, otherMost: number): [number, number] => {
    if (most < otherLeast) return [most, otherLeast];
    if (otherMost < least) return [least, otherMost];
    const shared = Math.max(least, otherLeast);
    return [shared, shared];
  };
  const [lonA, lonB] = near(a[0], a[2], b[0], b[2]);
  const [latA, latB] = near(a[1], a[3], b[1], b[3]);
  if (lonA === lonB && latA === latB) return 0;
  return course({ lon: lonA, lat: latA }, { lon: lonB, lat: latB }).distanceM;
}

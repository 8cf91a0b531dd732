/** Corners that are there already: a fence that shares one with its neighbour leaves no gap between them. */
import type { Feature } from '../../../api/types';
import type { Place } from './places';

/** How near the pointer must come, CSS pixels. */
export const SNAP_PX = 10;
/** A province of corners would make the hand wait. */
const MOST = 50_000;

function walk(coordinates: unknown, into: Place[]): void {
  if (!Array.isArray(coordinates) || into.length >= MOST) return;
  if (typeof coordinates[0] === 'number') into.push([coordinates[0], coordinates[1] as number]);
  else for (const inner of coordinates) walk(inner, into);
}

/** The corners of features; of a circle or corridor the places that it was drawn by, not its many corners. */
export function cornersOf(features: readonly Feature[]): Place[] {
  const corners: Place[] = [];
  for (const { geometry, properties } of features) {
    const drawn = properties['drawn'] as { coordinates?: unknown } | null | undefined;
    if (drawn?.coordinates) walk(drawn.coordinates, corners);
    else if (geometry && geometry.type !== 'GeometryCollection') walk(geometry.coordinates, corners);
  }
  return corners;
}

export interface Pointer {
  lng: number;
  lat: number;
  containerX: number;
  containerY: number;
}

/** The corner under the pointer, if one is near enough. */
export function nearestCorner(
  corners: readonly Place[],
  pointer: Pointer,
  project: (lon: number, lat: number) => { x: number; y: number },
  unproject: (x: number, y: number) => { lng: number; lat: number },
): Place | undefined {
  const aside = unproject(pointer.containerX + SNAP_PX, pointer.containerY + SNAP_PX);
  const [reachLon, reachLat] = [Math.abs(aside.lng - pointer.lng), Math.abs(aside.lat - pointer.lat)];
  let nearest: Place | undefined;
  let best = SNAP_PX;
  for (const corner of corners) {
    if (Math.abs(corner[0] - pointer.lng) > reachLon || Math.abs(corner[1] - pointer.lat) > reachLat) continue;
    const at = project(corner[0], corner[1]);
    const away = Math.hypot(at.x - pointer.containerX, at.y - pointer.containerY);
    if (away > best) continue;
    [nearest, best] = [corner, away];
  }
  return nearest;
}

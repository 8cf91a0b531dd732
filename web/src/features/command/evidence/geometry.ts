/** Which part of a way lies in a zone, and how far a fix may be from the truth, for drawing what the engine judged. */
import type { Geometry, Polygon, Position } from 'geojson';
import { circle } from '../../../map/geodesy';

/** Straight in longitude and latitude, as the engine reads it (ARCHITECTURE.md, "The path"). */
export type Step = [from: Position, to: Position];

function ringsOf(geometry: Geometry): Position[][] {
  if (geometry.type === 'Polygon') return geometry.coordinates;
  if (geometry.type === 'MultiPolygon') return geometry.coordinates.flat();
  return [];
}

/** Inside by parity of the edges east of it: holes count themselves out. */
export function isInside([x, y]: Position, geometry: Geometry): boolean {
  let inside = false;
  for (const ring of ringsOf(geometry)) {
    for (let i = 1; i < ring.length; i += 1) {
      const [ax, ay] = ring[i - 1] as [number, number];
      const [bx, by] = ring[i] as [number, number];
      if (ay > y! !== by > y! && x! < ((bx - ax) * (y! - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

/** Where a step meets the boundary, as shares of its length, by order. */
function meetings([from, to]: Step, geometry: Geometry): number[] {
  const [px, py] = from as [number, number];
  const [qx, qy] = to as [number, number];
  const shares: number[] = [];
  for (const ring of ringsOf(geometry)) {
    for (let i = 1; i < ring.length; i += 1) {
      const [ax, ay] = ring[i - 1] as [number, number];
      const [bx, by] = ring[i] as [number, number];
      const cross = (qx - px) * (by - ay) - (qy - py) * (bx - ax);
      if (cross === 0) continue;
      const share = ((ax - px) * (by - ay) - (ay - py) * (bx - ax)) / cross;
      const along = ((ax - px) * (qy - py) - (ay - py) * (qx - px)) / cross;
      if (share > 0 && share < 1 && along >= 0 && along <= 1) shares.push(share);
    }
  }
  return shares.sort((a, b) => a - b);
}

function at([from, to]: Step, share: number): Position {
  return [from[0]! + (to[0]! - from[0]!) * share, from[1]! + (to[1]! - from[1]!) * share];
}

/** The parts of a step inside a zone. */
export function insideParts(step: Step, geometry: Geometry): Step[] {
  const cuts = [0, ...meetings(step, geometry), 1];
  const parts: Step[] = [];
  for (let i = 1; i < cuts.length; i += 1) {
    const [a, b] = [cuts[i - 1]!, cuts[i]!];
    if (b > a && isInside(at(step, (a + b) / 2), geometry)) parts.push([at(step, a), at(step, b)]);
  }
  return parts;
}

/** A circle of so many metres around a place. */
export function circleOf(lon: number, lat: number, radiusM: number): Polygon {
  const ring: Position[] = circle({ lon, lat }, radiusM, 64).map((place) => [place.lon, place.lat]);
  return { type: 'Polygon', coordinates: [ring] };
}

/** Whether two shapes are the same to the 1e-7 degree that positions are kept in. */
export function sameShape(a: Geometry | null | undefined, b: Geometry | null | undefined): boolean {
  const round = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e7) : value);
  const text = (shape: Geometry | null | undefined) => JSON.stringify(shape ? [shape.type, ringsOf(shape)] : null, round);
  return text(a) === text(b);
}

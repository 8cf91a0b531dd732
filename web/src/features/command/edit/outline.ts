/** Circles, sectors and corridors as the polygons that the map can show, before the server makes the one that is judged. */
import { bearingDeg, destination, distanceM, type Place, type Ring } from './places';

/** Corners of a whole circle: at 1 km a chord is within 2 m of its arc, finer than a line on the screen. */
const CORNERS = 96;

export function circleRing(centre: Place, radius_m: number): Ring {
  return arc(centre, radius_m, 0, 360);
}

/** Places along an arc, clockwise from a bearing, both ends included. */
export function arc(centre: Place, radius_m: number, from_deg: number, sweep_deg: number): Place[] {
  const steps = Math.max(2, Math.ceil((Math.abs(sweep_deg) / 360) * CORNERS));
  return Array.from({ length: steps + 1 }, (_, i) => destination(centre, from_deg + (sweep_deg * i) / steps, radius_m));
}

/** A slice of a circle around a bearing; the whole circle when it opens by 360 degrees. */
export function sectorRing(centre: Place, radius_m: number, bearing_deg: number, opening_deg: number): Ring {
  if (opening_deg >= 360) return circleRing(centre, radius_m);
  return [centre, ...arc(centre, radius_m, bearing_deg - opening_deg / 2, opening_deg), centre];
}

/**
 * A line widened to `width_m` in all, as overlapping pieces: a strip for each straight part and a disc on each corner.
 * Painted over each other in one colour they are the corridor.
 */
export function corridorPieces(line: readonly Place[], width_m: number): Ring[] {
  const half = width_m / 2;
  const pieces: Ring[] = line.map((place) => circleRing(place, half));
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1]!, line[i]!];
    if (distanceM(a, b) === 0) continue;
    const ahead = bearingDeg(a, b);
    const [al, bl] = [destination(a, ahead - 90, half), destination(b, ahead - 90, half)];
    const [br, ar] = [destination(b, ahead + 90, half), destination(a, ahead + 90, half)];
    pieces.push([al, bl, br, ar, al]);
  }
  return pieces;
}

/** The two sides of a corridor as lines, each straight part for itself. */
export function corridorSides(line: readonly Place[], width_m: number): Place[][] {
  const half = width_m / 2;
  const sides: Place[][] = [];
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1]!, line[i]!];
    if (distanceM(a, b) === 0) continue;
    const ahead = bearingDeg(a, b);
    for (const side of [-90, 90]) sides.push([destination(a, ahead + side, half), destination(b, ahead + side, half)]);
  }
  const [first, last] = [line[0], line.at(-1)];
  if (line.length >= 2 && first && last) {
    sides.push(arc(first, half, bearingDeg(first, line[1]!) + 90, 180));
    sides.push(arc(last, half, bearingDeg(line.at(-2)!, last) - 90, 180));
  }
  return sides;
}

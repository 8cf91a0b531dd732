/**
 * What a hand takes hold of: a shape as lines and rings whose corners can be dragged, and the shape again after one of them
 * moved. A circle is held by its centre and a place on its edge, a sector by its centre and both ends of its arc.
 */
import { bearingDeg, destination, samePlace, snapped, type Place, type Ring } from './places';
import { edgeOf, moved, radiusTo, type Areas, type Shape } from './shape';

/** One line, ring or place that can be dragged; `mode` says what a hand may do with it. */
export interface Bone {
  id: string;
  mode: 'ring' | 'line' | 'handle' | 'spot';
  places: Place[];
}

export function ringId(part: number, ring: number): string {
  return `ring-${part}-${ring}`;
}

/** A line with more corners than this is not held by hand: a dot on each of them would stop the map. */
export const MOST_HELD = 2_000;

/** Whether all of a shape can be taken hold of. */
export function isHeld(shape: Shape): boolean {
  return allBones(shape).every(({ places }) => places.length <= MOST_HELD);
}

export function bonesOf(shape: Shape): Bone[] {
  return allBones(shape).filter(({ places }) => places.length <= MOST_HELD);
}

function allBones(shape: Shape): Bone[] {
  switch (shape.kind) {
    case 'polygon':
      return shape.parts.flatMap((rings, part) =>
        rings.map((places, ring): Bone => ({ id: ringId(part, ring), mode: 'ring', places })),
      );
    case 'circle':
      return [{ id: 'handle', mode: 'handle', places: [shape.centre, edgeOf(shape)] }];
    case 'sector': {
      const { centre, radius_m, bearing_deg, opening_deg } = shape;
      const end = (side: number) => snapped(destination(centre, bearing_deg + (side * opening_deg) / 2, radius_m));
      return [{ id: 'handle', mode: 'handle', places: [end(-1), centre, end(1)] }];
    }
    case 'corridor':
    case 'line':
      return [{ id: 'line', mode: 'line', places: shape.line }];
    case 'point':
      return [{ id: 'spot', mode: 'spot', places: [shape.at] }];
    case 'foreign':
      return [];
  }
}

const round1 = (value: number): number => Math.round(value * 10) / 10;

function draggedCircle(shape: Extract<Shape, { kind: 'circle' }>, [centre, edge]: readonly Place[]): Shape {
  if (!centre || !edge) return shape;
  const edgeStays = samePlace(edge, edgeOf(shape));
  const centreStays = samePlace(centre, shape.centre);
  // Whoever takes the centre moves the circle; whoever takes the edge resizes it; the line between them moves both.
  if (edgeStays || !centreStays) return { ...shape, centre: snapped(centre) };
  return { ...shape, radius_m: Math.max(1, radiusTo(centre, edge)) };
}

function draggedSector(shape: Extract<Shape, { kind: 'sector' }>, places: readonly Place[]): Shape {
  const [left, centre, right] = places;
  if (!left || !centre || !right) return shape;
  if (!samePlace(centre, shape.centre)) return { ...shape, centre: snapped(centre) };
  const [oldLeft] = bonesOf(shape)[0]!.places;
  const takenLeft = !samePlace(left, oldLeft);
  const taken = takenLeft ? left : right;
  const from = takenLeft ? bearingDeg(centre, left) : shape.bearing_deg - shape.opening_deg / 2;
  const to = takenLeft ? shape.bearing_deg + shape.opening_deg / 2 : bearingDeg(centre, right);
  const opening_deg = Math.max(1, round1((((to - from) % 360) + 360) % 360));
  return {
    ...shape,
    radius_m: Math.max(1, radiusTo(centre, taken)),
    opening_deg,
    bearing_deg: round1((((from + opening_deg / 2) % 360) + 360) % 360),
  };
}

/** A shell that was dragged as a whole takes its holes along. */
function draggedRing(shape: Areas, part: number, ring: number, places: Ring): Shape {
  const rings = shape.parts[part];
  const before = rings?.[ring];
  if (!rings || !before) return shape;
  const [east, north] = [places[0]![0] - before[0]![0], places[0]![1] - before[0]![1]];
  const whole =
    ring === 0 &&
    (east !== 0 || north !== 0) &&
    places.length === before.length &&
    places.every(
      (place, i) =>
        Math.abs(place[0] - before[i]![0] - east) < 2e-6 && Math.abs(place[1] - before[i]![1] - north) < 2e-6,
    );
  if (whole) {
    const alone = moved({ kind: 'polygon', parts: [rings] }, east, north) as Areas;
    return { ...shape, parts: shape.parts.map((other, i) => (i === part ? alone.parts[0]! : other)) };
  }
  const next = rings.map((other, i) => (i === ring ? places.map(snapped) : other));
  return { ...shape, parts: shape.parts.map((other, i) => (i === part ? next : other)) };
}

/** The shape after one of its bones has moved. */
export function dragged(shape: Shape, id: string, places: Place[]): Shape {
  switch (shape.kind) {
    case 'polygon': {
      const [, part, ring] = id.split('-').map(Number);
      return draggedRing(shape, part!, ring!, places);
    }
    case 'circle':
      return draggedCircle(shape, places);
    case 'sector':
      return draggedSector(shape, places);
    case 'corridor':
    case 'line':
      return { ...shape, line: places.map(snapped) };
    case 'point':
      return { ...shape, at: snapped(places[0]!) };
    case 'foreign':
      return shape;
  }
}

/** A ring that was drawn: a shape of its own, one more part, or a hole in a part. */
export function withRing(base: Shape | null, as: 'polygon' | 'part' | 'hole', part: number, ring: Ring): Areas {
  const drawn = ring.map(snapped);
  if (as === 'polygon' || base?.kind !== 'polygon') return { kind: 'polygon', parts: [[drawn]] };
  if (as === 'part') return { ...base, parts: [...base.parts, [drawn]] };
  return { ...base, parts: base.parts.map((rings, i) => (i === part ? [...rings, drawn] : rings)) };
}

/** A shape without one of its rings: a hole is filled, a shell goes with its holes. `null` when nothing is left. */
export function withoutRing(shape: Areas, part: number, ring: number): Areas | null {
  const parts =
    ring === 0
      ? shape.parts.filter((_, i) => i !== part)
      : shape.parts.map((rings, i) => (i === part ? rings.filter((_, j) => j !== ring) : rings));
  return parts.length ? { ...shape, parts } : null;
}

/** The circle that a ring of corners stands for. */
export function circleOf(ring: readonly Place[]): { centre: Place; radius_m: number } {
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const centre = snapped([middle(lons), middle(lats)]);
  const far = ring.reduce((sum, place) => sum + radiusTo(centre, place), 0) / Math.max(1, ring.length);
  return { centre, radius_m: Math.max(1, round1(far)) };
}

/** The sector that a slice (centre, arc, centre) stands for. */
export function sectorOf(ring: readonly Place[]): Extract<Shape, { kind: 'sector' }> | null {
  const [centre, first] = ring;
  const last = ring.at(-2);
  if (!centre || !first || !last || ring.length < 4) return null;
  let sweep = 0;
  for (let i = 2; i < ring.length - 1; i += 1) {
    const turn = bearingDeg(centre, ring[i]!) - bearingDeg(centre, ring[i - 1]!);
    sweep += ((turn + 540) % 360) - 180;
  }
  const begin = bearingDeg(centre, sweep < 0 ? last : first);
  const opening_deg = Math.max(1, round1(Math.min(360, Math.abs(sweep))));
  const bearing_deg = round1((begin + opening_deg / 2) % 360);
  return {
    kind: 'sector',
    centre: snapped(centre),
    radius_m: Math.max(1, radiusTo(centre, first)),
    bearing_deg,
    opening_deg,
  };
}

/** Where a drawn ring crosses itself or another: said while it is drawn, not after it was refused. */
import type { Place, Ring } from './places';

interface Edge {
  a: Place;
  b: Place;
  west: number;
  east: number;
  ring: number;
  number: number;
  of: number;
}

/** More edges than this are left to the server: looking would make the hand wait. */
export const MOST_EDGES = 20_000;

function edgesOf(rings: readonly Ring[]): Edge[] {
  return rings.flatMap((ring, ringNumber) =>
    ring.slice(1).map((b, number) => {
      const a = ring[number]!;
      return {
        a,
        b,
        west: Math.min(a[0], b[0]),
        east: Math.max(a[0], b[0]),
        ring: ringNumber,
        number,
        of: ring.length - 1,
      };
    }),
  );
}

/** Twice the area of a triangle; its sign says on which side of a line through a and b the third place is. */
function side(a: Place, b: Place, p: Place): number {
  return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
}

/** Where two edges cross in their insides; touching at an end is allowed, as it is on the server. */
function meet(e: Edge, f: Edge): Place | null {
  const [c, d] = [side(e.a, e.b, f.a), side(e.a, e.b, f.b)];
  const [a, b] = [side(f.a, f.b, e.a), side(f.a, f.b, e.b)];
  if (c * d >= 0 || a * b >= 0) return null;
  const share = a / (a - b);
  return [e.a[0] + share * (e.b[0] - e.a[0]), e.a[1] + share * (e.b[1] - e.a[1])];
}

/** The first places at which the rings cross themselves or each other, at most `most`. */
export function crossings(rings: readonly Ring[], most: number): Place[] {
  const edges = edgesOf(rings);
  if (edges.length > MOST_EDGES) return [];
  edges.sort((e, f) => e.west - f.west);
  const found: Place[] = [];
  let open: Edge[] = [];
  for (const edge of edges) {
    open = open.filter((other) => other.east >= edge.west);
    for (const other of open) {
      const place = meet(edge, other);
      if (place && found.push(place) >= most) return found;
    }
    open.push(edge);
  }
  return found;
}

/** Whether a place lies within a ring; its line counts as within. */
export function within(ring: readonly Place[], [x, y]: Place): boolean {
  let inside = false;
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay] = ring[i - 1]!;
    const [bx, by] = ring[i]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Holes that do not lie in their shell, by their number among the rings (1 is the first hole). */
export function strayHoles([shell, ...holes]: readonly Ring[]): number[] {
  if (!shell) return [];
  return holes.flatMap((hole, i) => (hole.every((place) => !within(shell, place)) ? [i + 1] : []));
}

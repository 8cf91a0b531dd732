/** Where the name of an area stands: well inside it, once, however many tiles the area lies on. */
import type { Geometry, Position } from 'geojson';

/** Points tried along each side of the box; the best of them is looked at more closely. */
const TRIES = 9;
const ROUNDS = 3;
/** Every try looks at every corner: of 3,000 of them, 2,000 such areas would take ten seconds. */
const LOOKED_AT = 120;

type Ring = readonly Position[];

function inside(rings: readonly Ring[], x: number, y: number): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i] as [number, number];
      const [xj, yj] = ring[j] as [number, number];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
    }
  }
  return odd;
}

/** Distance to the nearest edge, in degrees of latitude; `narrow` is how much shorter a degree of longitude is. */
function depth(rings: readonly Ring[], x: number, y: number, narrow: number): number {
  let least = Infinity;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i += 1) {
      const ax = (ring[i - 1]![0]! - x) * narrow;
      const ay = ring[i - 1]![1]! - y;
      const dx = (ring[i]![0]! - x) * narrow - ax;
      const dy = ring[i]![1]! - y - ay;
      const along = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
      least = Math.min(least, (ax + along * dx) ** 2 + (ay + along * dy) ** 2);
    }
  }
  return Math.sqrt(least);
}

function boxOf(ring: Ring): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring as readonly [number, number][]) {
    west = Math.min(west, x);
    east = Math.max(east, x);
    south = Math.min(south, y);
    north = Math.max(north, y);
  }
  return [west, south, east, north];
}

/** A ring of which so many corners are looked at, evenly spread. */
function thinned(ring: Ring): Ring {
  const every = Math.ceil(ring.length / LOOKED_AT);
  return every === 1 ? ring : ring.filter((_, at) => at % every === 0 || at === ring.length - 1);
}

/** Of a polygon with many corners a rougher one is looked at, and the place is taken if it lies in the true one. */
function deep(rings: readonly Ring[]): Position {
  const rough = rings.map(thinned);
  const found = deepest(rough);
  const same = rough.every((ring, i) => ring === rings[i]);
  return same || inside(rings, found[0]!, found[1]!) ? found : deepest(rings);
}

/** The deepest of the tried points of a polygon; a ring's corner when it is too thin for any. */
function deepest(rings: readonly Ring[]): Position {
  let [west, south, east, north] = boxOf(rings[0]!);
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  let best: Position = rings[0]![0]!;
  let bestDepth = -1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const stepX = (east - west) / (TRIES + 1);
    const stepY = (north - south) / (TRIES + 1);
    for (let i = 1; i <= TRIES; i += 1) {
      for (let j = 1; j <= TRIES; j += 1) {
        const x = west + i * stepX;
        const y = south + j * stepY;
        if (!inside(rings, x, y)) continue;
        const here = depth(rings, x, y, narrow);
        if (here > bestDepth) [best, bestDepth] = [[x, y], here];
      }
    }
    if (bestDepth < 0) break;
    [west, south, east, north] = [best[0]! - stepX, best[1]! - stepY, best[0]! + stepX, best[1]! + stepY];
  }
  return best;
}

function size(ring: Ring): number {
  const [west, south, east, north] = boxOf(ring);
  return (east - west) * (north - south);
}

/** The corner of an area that lies furthest to the north and west: where its badge stands, apart from its name. */
export function cornerOf(geometry: Geometry): Position | null {
  const rings =
    geometry.type === 'Polygon'
      ? geometry.coordinates.slice(0, 1)
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates.map((rings) => rings[0] ?? [])
        : [];
  let best: Position | null = null;
  let bestSum = -Infinity;
  for (const corner of rings.flat()) {
    const sum = corner[1]! - corner[0]!;
    if (sum > bestSum) [best, bestSum] = [corner, sum];
  }
  return best;
}

const found = new WeakMap<Geometry, Position | null>();

/** The place of a feature's name and sign; of several parts the largest. A geometry is looked at once, however often drawn. */
export function anchorOf(geometry: Geometry): Position | null {
  let at = found.get(geometry);
  if (at === undefined) {
    at = search(geometry);
    found.set(geometry, at);
  }
  return at;
}

function search(geometry: Geometry): Position | null {
  switch (geometry.type) {
    case 'Point':
      return geometry.coordinates;
    case 'MultiPoint':
      return geometry.coordinates[0] ?? null;
    case 'LineString':
      return geometry.coordinates[Math.floor(geometry.coordinates.length / 2)] ?? null;
    case 'MultiLineString':
      return anchorOf({ type: 'LineString', coordinates: geometry.coordinates[0] ?? [] });
    case 'Polygon':
      return geometry.coordinates[0]?.length ? deep(geometry.coordinates) : null;
    case 'MultiPolygon': {
      const largest = [...geometry.coordinates].sort((a, b) => size(b[0] ?? []) - size(a[0] ?? []))[0];
      return largest ? anchorOf({ type: 'Polygon', coordinates: largest }) : null;
    }
    case 'GeometryCollection':
      return geometry.geometries[0] ? anchorOf(geometry.geometries[0]) : null;
  }
}

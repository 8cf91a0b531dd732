/**
 * What a person draws, as they think of it: a circle has a centre and a radius, not two hundred corners. Made from a feature
 * that the server keeps, and made into one again. It must never change a geometry that nobody touched.
 */
import type { Geometry } from 'geojson';
import type { Feature } from '../../../api/types';
import { destination, distanceM, lengthM, ringAreaM2, samePlace, snapped, type Place, type Ring } from './places';
import { circleRing, corridorPieces, sectorRing } from './outline';

export interface Circle {
  kind: 'circle';
  centre: Place;
  radius_m: number;
}
export interface Sector {
  kind: 'sector';
  centre: Place;
  radius_m: number;
  /** Where its middle points to, clockwise from north. */
  bearing_deg: number;
  opening_deg: number;
}
export interface Corridor {
  kind: 'corridor';
  line: Place[];
  /** The whole width. */
  width_m: number;
}
export interface Areas {
  kind: 'polygon';
  /** Each a shell and its holes, closed. */
  parts: Ring[][];
}
export interface Line {
  kind: 'line';
  line: Place[];
}
export interface Spot {
  kind: 'point';
  at: Place;
}
/** A geometry that is not drawn here, such as several lines in one: it is kept as it is. */
export interface Foreign {
  kind: 'foreign';
  geometry: Geometry;
}
export type Shape = Areas | Circle | Corridor | Sector | Line | Spot | Foreign;

/** Members of a feature that say how its geometry was drawn, beside the geometry itself. */
export const DRAWING_MEMBERS = ['radius_m', 'width_m', 'drawn', 'sector'] as const;

const places = (list: readonly (readonly number[])[]): Place[] => list.map(snapped);

/** The shape of a feature; `null` where it has no geometry. */
export function shapeOf({ geometry, properties }: Pick<Feature, 'geometry' | 'properties'>): Shape | null {
  if (!geometry) return null;
  const drawn = (properties['drawn'] ?? null) as Geometry | null;
  const [radius, width] = [properties['radius_m'], properties['width_m']];
  if (drawn?.type === 'Point' && typeof radius === 'number') {
    return { kind: 'circle', centre: snapped(drawn.coordinates), radius_m: radius };
  }
  if (drawn?.type === 'LineString' && typeof width === 'number') {
    return { kind: 'corridor', line: places(drawn.coordinates), width_m: width };
  }
  switch (geometry.type) {
    case 'Polygon':
      return sectorOf(geometry.coordinates, properties['sector']) ?? polygonOf([geometry.coordinates]);
    case 'MultiPolygon':
      return polygonOf(geometry.coordinates);
    case 'Point':
      return typeof radius === 'number'
        ? { kind: 'circle', centre: snapped(geometry.coordinates), radius_m: radius }
        : { kind: 'point', at: snapped(geometry.coordinates) };
    case 'LineString':
      return typeof width === 'number'
        ? { kind: 'corridor', line: places(geometry.coordinates), width_m: width }
        : { kind: 'line', line: places(geometry.coordinates) };
    default:
      return { kind: 'foreign', geometry };
  }
}

function polygonOf(parts: readonly number[][][][]): Areas {
  return { kind: 'polygon', parts: parts.map((rings) => rings.map(places)) };
}

/** The sector that a polygon was drawn as, unless somebody has moved its corners since. */
function sectorOf(rings: readonly number[][][], said: unknown): Sector | null {
  if (typeof said !== 'object' || said === null || rings.length !== 1) return null;
  const { lon, lat, radius_m, bearing_deg, opening_deg } = said as Record<string, unknown>;
  if (![lon, lat, radius_m, bearing_deg, opening_deg].every((value) => typeof value === 'number')) return null;
  const sector: Sector = {
    kind: 'sector',
    centre: [lon as number, lat as number],
    radius_m: radius_m as number,
    bearing_deg: bearing_deg as number,
    opening_deg: opening_deg as number,
  };
  const made = outline(sector)[0]![0]!;
  const ring = places(rings[0]!);
  const same = ring.length === made.length && made.every((place) => ring.some((other) => samePlace(place, other)));
  return same ? sector : null;
}

/** What the server is sent: the geometry, and the members that go with it. */
export function geometryOf(shape: Shape): { geometry: Geometry; members: Record<string, unknown> } {
  switch (shape.kind) {
    case 'polygon': {
      const [only] = shape.parts;
      const geometry: Geometry =
        shape.parts.length === 1
          ? { type: 'Polygon', coordinates: only! }
          : { type: 'MultiPolygon', coordinates: shape.parts };
      return { geometry, members: {} };
    }
    case 'circle':
      return { geometry: { type: 'Point', coordinates: shape.centre }, members: { radius_m: shape.radius_m } };
    case 'corridor':
      return { geometry: { type: 'LineString', coordinates: shape.line }, members: { width_m: shape.width_m } };
    case 'sector': {
      const { centre, radius_m, bearing_deg, opening_deg } = shape;
      const sector = { lon: centre[0], lat: centre[1], radius_m, bearing_deg, opening_deg };
      return { geometry: { type: 'Polygon', coordinates: outline(shape)[0]! }, members: { sector } };
    }
    case 'line':
      return { geometry: { type: 'LineString', coordinates: shape.line }, members: {} };
    case 'point':
      return { geometry: { type: 'Point', coordinates: shape.at }, members: {} };
    case 'foreign':
      return { geometry: shape.geometry, members: {} };
  }
}

/** The polygons that show a shape: parts of rings. None for lines and points. */
export function outline(shape: Shape): Ring[][] {
  switch (shape.kind) {
    case 'polygon':
      return shape.parts;
    case 'circle':
      return [[circleRing(shape.centre, shape.radius_m)]];
    case 'corridor':
      return corridorPieces(shape.line, shape.width_m).map((ring) => [ring]);
    case 'sector': {
      const { centre, radius_m, bearing_deg, opening_deg } = shape;
      return [[sectorRing(centre, radius_m, bearing_deg, opening_deg).map(snapped)]];
    }
    default:
      return [];
  }
}

/** How large a shape is: what of it makes sense for its kind. */
export interface Size {
  area_m2?: number;
  /** Of a line, or of a corridor's. */
  length_m?: number;
  /** Of an area, its holes included. */
  perimeter_m?: number;
}

export function sizeOf(shape: Shape): Size {
  switch (shape.kind) {
    case 'polygon': {
      const areas = shape.parts.map(([shell, ...holes]) =>
        holes.reduce((rest, hole) => rest - ringAreaM2(hole), shell ? ringAreaM2(shell) : 0),
      );
      const perimeter_m = shape.parts.flat().reduce((sum, ring) => sum + lengthM(ring), 0);
      return { area_m2: areas.reduce((sum, area) => sum + area, 0), perimeter_m };
    }
    case 'circle':
      return { area_m2: Math.PI * shape.radius_m ** 2, perimeter_m: 2 * Math.PI * shape.radius_m };
    case 'sector': {
      const share = shape.opening_deg / 360;
      return { area_m2: Math.PI * shape.radius_m ** 2 * share };
    }
    case 'corridor': {
      const length_m = lengthM(shape.line);
      // Where it bends the inner side laps over itself: a little more than it covers.
      return { length_m, area_m2: length_m * shape.width_m + (Math.PI * shape.width_m ** 2) / 4 };
    }
    case 'line':
      return { length_m: lengthM(shape.line) };
    default:
      return {};
  }
}

/** The same shape somewhere else. */
export function moved(shape: Shape, east_deg: number, north_deg: number): Shape {
  const move = ([lon, lat]: Place): Place => snapped([lon + east_deg, lat + north_deg]);
  switch (shape.kind) {
    case 'polygon':
      return { ...shape, parts: shape.parts.map((rings) => rings.map((ring) => ring.map(move))) };
    case 'circle':
    case 'sector':
      return { ...shape, centre: move(shape.centre) };
    case 'corridor':
    case 'line':
      return { ...shape, line: shape.line.map(move) };
    case 'point':
      return { ...shape, at: move(shape.at) };
    case 'foreign':
      return shape;
  }
}

export function sameShape(a: Shape | null, b: Shape | null): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** A box of degrees that holds all of a shape, for looking at it. */
export function placesOf(shape: Shape): Place[] {
  switch (shape.kind) {
    case 'point':
      return [shape.at];
    case 'line':
      return shape.line;
    case 'foreign':
      return [];
    default:
      return outline(shape).flat(2);
  }
}

/** The other end of a radius, east of the centre, where a hand finds it. */
export function edgeOf({ centre, radius_m }: Circle): Place {
  return snapped(destination(centre, 90, radius_m));
}

export function radiusTo(centre: Place, edge: Place): number {
  return Math.round(distanceM(centre, edge) * 10) / 10;
}

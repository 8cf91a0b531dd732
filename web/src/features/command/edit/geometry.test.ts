import { describe, expect, it } from 'vitest';
import { translate } from '../../../i18n';
import { crossings, strayHoles } from './crossing';
import { bearingDeg, destination, distanceM, ringAreaM2, type Place, type Ring } from './places';
import { corridorSides } from './outline';
import { geometryOf, moved, outline, shapeOf, sizeOf, type Sector, type Shape } from './shape';
import { sizeText } from './size-text';

const HOME: Place = [121.6, 29.98];

function square(west: number, south: number, side: number): Ring {
  return [
    [west, south],
    [west + side, south],
    [west + side, south + side],
    [west, south + side],
    [west, south],
  ];
}

describe('distances on the ground', () => {
  it('lead back along the bearing', () => {
    const there = destination(HOME, 230, 2_000);
    expect(distanceM(HOME, there)).toBeCloseTo(2_000, 1);
    expect(bearingDeg(HOME, there)).toBeCloseTo(230, 2);
  });
  it('measure a square whichever way it runs', () => {
    const ring = square(121.6, 29.98, 0.01);
    expect(ringAreaM2(ring)).toBeCloseTo(ringAreaM2([...ring].reverse()), 3);
    // 964.9 m by 1108.5 m.
    expect(ringAreaM2(ring) / 1e6).toBeCloseTo(1.0695, 2);
  });
});

describe('a shape', () => {
  it('of a kept circle is the circle, not its corners', () => {
    const ring = square(121.6, 29.98, 0.01);
    const shape = shapeOf({
      geometry: { type: 'Polygon', coordinates: [ring] },
      properties: { radius_m: 500, drawn: { type: 'Point', coordinates: HOME } },
    });
    expect(shape).toEqual({ kind: 'circle', centre: HOME, radius_m: 500 });
    expect(geometryOf(shape!)).toEqual({
      geometry: { type: 'Point', coordinates: HOME },
      members: { radius_m: 500 },
    });
  });
  it('of an imported multipolygon keeps every part and hole', () => {
    const coordinates = [[square(1, 1, 1), square(1.2, 1.2, 0.1)], [square(5, 5, 1)]];
    const shape = shapeOf({ geometry: { type: 'MultiPolygon', coordinates }, properties: {} });
    expect(geometryOf(shape!).geometry).toEqual({ type: 'MultiPolygon', coordinates });
  });
  it('of a sector is one again until somebody moves a corner', () => {
    const sector: Sector = { kind: 'sector', centre: HOME, radius_m: 800, bearing_deg: 45, opening_deg: 30 };
    const { geometry, members } = geometryOf(sector);
    expect(shapeOf({ geometry, properties: members })).toEqual(sector);
    const pulled = structuredClone(geometry) as { type: 'Polygon'; coordinates: number[][][] };
    pulled.coordinates[0]![2]![0]! += 0.001;
    expect(shapeOf({ geometry: pulled, properties: members })?.kind).toBe('polygon');
  });
  it('without the area of its holes is so large', () => {
    const whole = sizeOf({ kind: 'polygon', parts: [[square(121.6, 29.98, 0.01)]] }).area_m2!;
    const hollow = { kind: 'polygon' as const, parts: [[square(121.6, 29.98, 0.01), square(121.602, 29.982, 0.005)]] };
    expect(sizeOf(hollow).area_m2! / whole).toBeCloseTo(0.75, 3);
  });
  it('says how far it is around an area and how long a corridor is', () => {
    const say = (shape: Shape) => sizeText(sizeOf(shape), (key, values) => translate('en', key, values));
    expect(say({ kind: 'circle', centre: HOME, radius_m: 100 })).toBe('31,416 m² (3.14 ha) · 628.3 m around');
    expect(say({ kind: 'polygon', parts: [[square(121.6, 29.98, 0.01)]] })).toMatch(/ km² · \d\.\d{3} km around$/);
    const corridor: Shape = { kind: 'corridor', line: [HOME, [121.62, 29.98]], width_m: 60 };
    expect(say(corridor)).toMatch(/ ha\) · 1\.\d{3} km long$/);
  });
  it('moves with its holes', () => {
    const shape = moved({ kind: 'polygon', parts: [[square(1, 1, 1), square(1.2, 1.2, 0.1)]] }, 0.5, -0.5);
    expect(outline(shape)[0]![1]![0]).toEqual([1.7, 0.7]);
  });
  it('of a corridor has its sides half the width away', () => {
    const sides = corridorSides([HOME, [121.62, 29.98]], 60);
    expect(distanceM(HOME, sides[0]![0]!)).toBeCloseTo(30, 2);
    expect(distanceM([121.62, 29.98], sides[1]![1]!)).toBeCloseTo(30, 2);
  });
});

describe('a ring that crosses itself', () => {
  it('is told with the place', () => {
    const bow: Ring = [
      [0, 0],
      [2, 2],
      [2, 0],
      [0, 2],
      [0, 0],
    ];
    expect(crossings([bow], 5)).toEqual([[1, 1]]);
    expect(crossings([square(0, 0, 2)], 5)).toEqual([]);
  });
  it('may touch itself in a corner, as on the server', () => {
    const touching: Ring = [
      [0, 0],
      [2, 0],
      [1, 1],
      [2, 2],
      [0, 2],
      [1, 1],
      [0, 0],
    ];
    expect(crossings([touching], 5)).toEqual([]);
  });
  it('or a hole that crosses its shell', () => {
    expect(crossings([square(0, 0, 2), square(1, 1, 2)], 5)).toHaveLength(2);
    expect(strayHoles([square(0, 0, 2), square(0.5, 0.5, 1), square(5, 5, 1)])).toEqual([2]);
  });
});

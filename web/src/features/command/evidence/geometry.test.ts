import type { Polygon } from 'geojson';
import { describe, expect, test } from 'vitest';
import { metresBetween } from '../track';
import { circleOf, insideParts, isInside, sameShape } from './geometry';

const box = (w: number, s: number, e: number, n: number) => [
  [w, s],
  [e, s],
  [e, n],
  [w, n],
  [w, s],
];
/** Four by four, with a hole of one by one in its middle. */
const zone: Polygon = { type: 'Polygon', coordinates: [box(0, 0, 4, 4), box(1.5, 1.5, 2.5, 2.5)] };

describe('the part of a way in a zone', () => {
  test.each([
    ['comes in', [-2, 1], [2, 1], [[[0, 1], [2, 1]]]],
    ['drives through', [-1, 1], [5, 1], [[[0, 1], [4, 1]]]],
    ['passes over the hole', [1, 2], [3, 2], [[[1, 2], [1.5, 2]], [[2.5, 2], [3, 2]]]],
    ['stays inside', [1, 1], [3, 1], [[[1, 1], [3, 1]]]],
    ['stays outside', [-2, 5], [5, 5], []],
  ])('%s', (_, from, to, parts) => {
    expect(insideParts([from, to], zone)).toEqual(parts);
  });

  test('is asked of each part of a zone of several', () => {
    const two = { type: 'MultiPolygon' as const, coordinates: [[box(0, 0, 1, 1)], [box(2, 0, 3, 1)]] };
    expect(insideParts([[-1, 0.5], [4, 0.5]], two)).toHaveLength(2);
    expect(isInside([1.5, 0.5], two)).toBe(false);
  });
});

test('a circle has its radius in metres', () => {
  const { coordinates } = circleOf(121, 30, 15);
  for (const [lon, lat] of coordinates[0]!) {
    expect(metresBetween({ lon: 121, lat: 30 }, { lon: lon!, lat: lat! })).toBeCloseTo(15, 2);
  }
});

test('shapes are compared as they are kept', () => {
  const moved = { ...zone, coordinates: [box(0, 0, 4, 4.0000004), zone.coordinates[1]!] };
  expect(sameShape(zone, { ...zone, coordinates: [box(0, 0, 4, 4.00000001), zone.coordinates[1]!] })).toBe(true);
  expect(sameShape(zone, moved)).toBe(false);
  expect(sameShape(zone, null)).toBe(false);
});

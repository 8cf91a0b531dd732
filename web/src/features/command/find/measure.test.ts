import { describe, expect, test } from 'vitest';
import { translate, type Translate } from '../../../i18n';
import { destination } from '../../../map/geodesy';
import { areaText, bearingText, drawing, lengthText, measured, measuredText, muText, readRadii, type Measuring } from './measure';

const t: Translate = (key, values) => translate('en', key, values);
const corner = { lon: 121.05, lat: 30.6 };
const east = destination(corner, 90, 2_000);
const north = destination(east, 0, 500);
const line: Measuring = { mode: 'line', points: [corner, east], pointer: north, radiiM: [] };

describe('measuring', () => {
  test('counts each leg with its bearing, the one to the pointer as well', () => {
    const { legs, lengthM, areaM2 } = measured(line);
    expect(legs.map(({ distanceM }) => Math.round(distanceM))).toEqual([2_000, 500]);
    expect(legs.map(({ bearingDeg }) => Math.round(bearingDeg) % 360)).toEqual([90, 0]);
    expect(lengthM).toBeCloseTo(2_500, 3);
    expect(areaM2).toBeNull();
  });

  test('has an area from the third corner on', () => {
    const area: Measuring = { ...line, mode: 'area' };
    expect(measured({ ...area, pointer: null }).areaM2).toBeNull();
    expect(measured(area).areaM2! / 500_000).toBeCloseTo(1, 3);
    expect(measured(area).perimeterM! / (2_500 + Math.hypot(2_000, 500))).toBeCloseTo(1, 4);
  });

  test('copies what was marked and not where the pointer happens to be', () => {
    expect(measuredText(line, t).split('\n')).toEqual([
      'Leg 1: 2.00 km, bearing 090°',
      'Length: 2.00 km',
      '121.0500000, 30.6000000',
      `${east.lon.toFixed(7)}, ${east.lat.toFixed(7)}`,
    ]);
  });

  test('draws a label for each leg and each ring', () => {
    const labels = (measuring: Measuring) =>
      drawing(measuring, t).features.flatMap(({ properties }) => (properties?.['label'] ? [properties['label']] : []));
    expect(labels(line)).toEqual(['2.00 km', '500 m']);
    expect(labels({ mode: 'rings', points: [corner], pointer: null, radiiM: [500, 1_000] })).toEqual(['500 m', '1.00 km']);
    expect(labels({ mode: 'rings', points: [], pointer: null, radiiM: [500] })).toEqual([]);
  });
});

test('figures in the unit that a person would use', () => {
  expect([3.14, 42.4, 999.4, 1_234, 123_456].map((m) => lengthText(m, t))).toEqual([
    '3.1 m',
    '42 m',
    '999 m',
    '1.23 km',
    '123.5 km',
  ]);
  expect([9_999, 12_345, 2_500_000].map((m2) => areaText(m2, t))).toEqual(['9999 m²', '1.23 ha', '2.50 km²']);
  expect(muText(10_000, t)).toBe('= 15.0 mu');
  expect([0.4, 7, 359.7].map((deg) => bearingText(deg, t))).toEqual(['bearing 000°', 'bearing 007°', 'bearing 000°']);
});

test('radii as they are typed', () => {
  expect(readRadii('1000，500、500')).toEqual([500, 1_000]);
  for (const bad of ['', 'a', '0', '-5', '300000']) expect(readRadii(bad), bad).toBeNull();
});

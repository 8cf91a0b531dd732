import { describe, expect, test } from 'vitest';
import type { Feature, FeatureProperties } from '../api/types';
import { FLAG, HEADING_UNKNOWN, SPEED_UNKNOWN } from '../live/frame';
import { extentOf } from './extent';
import { latOf, lonOf, mercatorX, mercatorY } from './mercator';
import { restMs } from './pace';
import { PALETTES } from './palette';
import { pattern } from './patterns';
import { paints, sourceData, style } from './style';
import { shapeOf } from './vehicle-layer';

function feature(geometry: Feature['geometry'], properties: FeatureProperties = {}): Feature {
  return { type: 'Feature', id: 'f', geometry, properties };
}

test('mercator there and back is exact to a millimetre', () => {
  for (const [lon, lat] of [
    [121.5, 30.1],
    [-179.9, -80],
    [0, 0],
  ] as const) {
    expect(lonOf(mercatorX(lon))).toBeCloseTo(lon, 9);
    expect(latOf(mercatorY(lat))).toBeCloseTo(lat, 9);
  }
});

describe('the shape of a vehicle', () => {
  test.each([
    ['an arrow when it drives', 300, 45, 0, 1_000, 0],
    ['a dot when it stands', 0, 45, 0, 1_000, 1],
    ['a dot when nobody knows where it heads', 300, HEADING_UNKNOWN, 0, 1_000, 1],
    ['a dot when nobody knows how fast', SPEED_UNKNOWN, 45, 0, 1_000, 1],
    ['a ring when the server calls it stale', 300, 45, FLAG.stale, 1_000, 2],
    ['a ring when it is silent', 300, 45, FLAG.silent, 1_000, 2],
    ['a ring when its fix is old, whatever the last frame said', 300, 45, 0, 121_000, 2],
    ['an arrow in an alarm too', 300, 45, FLAG.alarm, 1_000, 0],
  ])('is %s', (_, speed, heading, flags, ageMs, shape) => {
    expect(shapeOf(speed, heading, flags, ageMs)).toBe(shape);
  });
});

test('a desk that draws slowly rests as long as a picture costs, within limits', () => {
  expect([5, 17, 40, 100, 300, 4_000].map(restMs)).toEqual([0, 0, 0, 100, 300, 500]);
});

describe('the style', () => {
  test('asks nobody outside: no address, glyphs or sprite', () => {
    const text = JSON.stringify(style(PALETTES.dark));
    expect(text).not.toMatch(/https?:|\/\//);
    expect(text).not.toMatch(/glyphs|sprite/);
  });

  test('has the same layers to recolour in both themes', () => {
    const keys = (theme: 'dark' | 'light') => paints(PALETTES[theme]).map(({ layer, name }) => `${layer} ${name}`);
    expect(keys('dark')).toEqual(keys('light'));
  });

  test('takes features without a place or a level as they are', () => {
    const data = sourceData([
      feature(null),
      feature({ type: 'Point', coordinates: [1, 2] }, { name: 'G', level: null }),
    ]);
    expect(data.features).toHaveLength(1);
    expect(data.features[0]?.properties).toEqual({ id: 'f', name: 'G', level: '' });
  });

  test('tells levels apart without colour', () => {
    const share = (level: 'red' | 'orange' | 'yellow' | 'blue') => {
      const { data, width, height } = pattern(level, '#e5484d');
      return data.filter((alpha, at) => at % 4 === 3 && alpha > 0).length / (width * height);
    };
    expect(share('red')).toBeGreaterThan(2 * share('orange'));
    expect(share('orange')).toBeGreaterThan(0);
    expect(share('yellow')).toBeGreaterThan(0);
    expect(share('blue')).toBe(0);
  });
});

test('the extent holds every kind of geometry', () => {
  const ring = [
    [121, 30],
    [121.2, 30],
    [121.2, 30.1],
    [121, 30],
  ];
  expect(
    extentOf([
      feature({ type: 'MultiPolygon', coordinates: [[ring]] }),
      feature({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [120.9, 30.3] }] }),
      feature(null),
    ]),
  ).toEqual([120.9, 30, 121.2, 30.3]);
  expect(extentOf([feature(null)])).toBeNull();
});

import { describe, expect, test } from 'vitest';
import type { Feature, FeatureProperties } from '../api/types';
import { FLAG, HEADING_UNKNOWN, SPEED_UNKNOWN } from '../live/frame';
import { extentOf } from './extent';
import { latOf, lonOf, mercatorX, mercatorY } from './mercator';
import { restMs } from './pace';
import { PALETTES } from './palette';
import { pattern } from './patterns';
import { anchorOf } from './anchor';
import { cellData, countText } from './cells';
import { drawn } from './drawn';
import { holdsAt } from './open-hours';
import { roundLength } from './picture';
import { SIGNS } from './signs';
import { gateState, hazardClass, leafOf, resourceKind, signOf, targetKind } from './sort-of';
import { paints, sizes, style } from './style';
import { EVERY_VEHICLE, isShown, SHAPE, shapeOf } from './vehicle-look';

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
    ['an arrow when it drives', 300, 45, 0, 1_000, SHAPE.arrow],
    ['a dot when it stands', 0, 45, 0, 1_000, SHAPE.dot],
    ['a dot when it stands and does not say where to', 0, HEADING_UNKNOWN, 0, 1_000, SHAPE.dot],
    ['a square when nobody knows where it heads', 300, HEADING_UNKNOWN, 0, 1_000, SHAPE.square],
    ['a square when nobody knows how fast', SPEED_UNKNOWN, 45, 0, 1_000, SHAPE.square],
    ['a ring when the server calls it stale', 300, 45, FLAG.stale, 1_000, SHAPE.ring],
    ['a broken ring when it is silent', 300, 45, FLAG.silent | FLAG.stale, 1_000, SHAPE.broken],
    ['a ring when its fix is old, whatever the last frame said', 300, 45, 0, 121_000, SHAPE.ring],
    ['an arrow in an alarm too', 300, 45, FLAG.alarm, 1_000, SHAPE.arrow],
  ])('is %s', (_, speed, heading, flags, ageMs, shape) => {
    expect(shapeOf(speed, heading, flags, ageMs)).toBe(shape);
  });
});

test('a desk that draws slowly rests as long as a picture costs, within limits', () => {
  expect([5, 17, 40, 100, 300, 4_000].map(restMs)).toEqual([0, 0, 0, 100, 300, 500]);
});

describe('the style', () => {
  test('asks nobody outside: no address, glyphs or sprite', () => {
    const text = JSON.stringify(style({ palette: PALETTES.dark, scale: 1 }));
    expect(text).not.toMatch(/https?:|\/\//);
    expect(text).not.toMatch(/glyphs|sprite/);
    expect(text).toMatch(/cordon-sans-sc/);
  });

  test('has the same layers to recolour in both themes', () => {
    const keys = (theme: 'dark' | 'light') => paints({ palette: PALETTES[theme], scale: 1 }).map(({ layer, name }) => `${layer} ${name}`);
    expect(keys('dark')).toEqual(keys('light'));
  });

  test('grows whole for a wall', () => {
    const at = (scale: number) => sizes({ palette: PALETTES.dark, scale });
    expect(at(1).length).toBeGreaterThan(8);
    for (const [i, { value }] of at(1.5).entries()) {
      if (typeof value === 'number') expect(value).toBe(1.5 * (at(1)[i]!.value as number));
    }
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

describe('what a feature is', () => {
  test('is read from how people write it', () => {
    expect(['fire_station', 'Fire Station', 'gas-rescue station', 'water_source', '物资库'].map((kind) => resourceKind({ kind }))).toEqual(
      ['fire', 'fire', 'gas-rescue', 'water', 'store'],
    );
    expect(['2.1', '2.3', '3', '8', 'toxic gas', 'flammable liquid', undefined].map((kind) => hazardClass({ kind: kind ?? null }))).toEqual(
      ['gas', 'toxic', 'flammable', 'corrosive', 'toxic', 'flammable', 'tank'],
    );
    expect(hazardClass({ kind: 'storage', substances: [{ goods_class: '2.1' }, { goods_class: '2.3' }, { goods_class: '3' }] })).toBe('toxic');
    expect(['village', 'primary school', 'water_intake', 'lighthouse'].map((kind) => targetKind({ kind }))).toEqual(
      ['homes', 'school', 'waters', 'place'],
    );
    expect([gateState({ state: 'open' }), gateState({ status: 'closed' }), gateState({})]).toEqual(['open', 'closed', 'controlled']);
  });

  test('always has a sign where its collection has signs, whatever was written', () => {
    for (const collection of ['hazard-sources', 'resources', 'protection-targets', 'gates'] as const) {
      for (const kind of [null, '', 'fire_station', '2.3', 'no such thing', 'school']) {
        const sign = signOf(collection, { kind });
        expect(SIGNS.has(sign ?? ''), `${collection} ${kind}: ${sign}`).toBe(true);
      }
    }
  });

  test('says the layer that it is switched with; sea and land have none', () => {
    expect(leafOf('zones', { properties: { level: 'red' } })).toBe('zones.red');
    expect(leafOf('zones', { properties: { kind: 'speed' } })).toBe('zones.plain');
    expect(leafOf('ground', { properties: { kind: 'sea' } })).toBeNull();
    expect(leafOf('ground', { properties: { kind: 'building' } })).toBe('ground.buildings');
    expect(leafOf('resources', { properties: { kind: 'hospital' } })).toBe('resources.hospital');
  });
});

describe('what is drawn of a feature', () => {
  const square = { type: 'Polygon' as const, coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] };
  const input = { language: 'en' as const, nowMs: 0, shows: () => true, chosen: null };

  test('is the area and one point for its name; nothing without a place', () => {
    const { features } = drawn('zones', [feature(null), feature(square, { name: '罐区', name_en: 'Tanks' })], input);
    expect(features.map(({ geometry }) => geometry.type)).toEqual(['Polygon', 'Point']);
    const levelled = drawn('zones', [feature(square, { level: 'red' })], input).features;
    expect(levelled.map(({ geometry }) => geometry.type)).toEqual(['Polygon', 'Point', 'Point']);
    expect(levelled[2]).toMatchObject({ geometry: { coordinates: [0, 1] }, properties: { badge: 'badge-red' } });
    expect(features[1]?.properties).toMatchObject({ id: 'f', name: 'Tanks', level: '', holds: true });
  });

  test('says the grade of a hazard source in words, however it was written', () => {
    const words = (written: unknown, language: 'en' | 'zh-CN') =>
      drawn('hazard-sources', [feature({ type: 'Point', coordinates: [0, 0] }, { grade: written })], { ...input, language }).features[0]
        ?.properties?.['grade'];
    expect([words('I', 'zh-CN'), words(3, 'en'), words(null, 'en'), words('9', 'en')]).toEqual(['一级', 'grade III', '', '']);
  });

  test('carries the name in the language of the page, and the other where there is only that', () => {
    const name = (language: 'en' | 'zh-CN', properties: FeatureProperties) =>
      drawn('gates', [feature({ type: 'Point', coordinates: [0, 0] }, properties)], { ...input, language }).features[0]?.properties?.['name'];
    expect(name('zh-CN', { name: '南门', name_en: 'South' })).toBe('南门');
    expect(name('en', { name: '南门', name_en: 'South' })).toBe('South');
    expect(name('en', { name: '南门' })).toBe('南门');
    expect(name('zh-CN', { name: null, name_en: 'South' })).toBe('South');
  });

  test('is nothing where its layer is switched off, unless it is chosen', () => {
    const off = { ...input, shows: () => false };
    expect(drawn('zones', [feature(square)], off).features).toHaveLength(0);
    expect(drawn('zones', [feature(square)], { ...off, chosen: 'f' }).features).toHaveLength(2);
  });

  test('tells bridges, tunnels and classes of roads apart', () => {
    const line = { type: 'LineString' as const, coordinates: [[0, 0], [1, 1]] };
    const words = (properties: FeatureProperties) => drawn('roads', [feature(line, properties)], input).features[0]?.properties;
    expect(words({ class: 'primary', bridge: true })).toMatchObject({ road: 'primary', lies: 'bridge' });
    expect(words({ highway: 'service', tunnel: 'C' })).toMatchObject({ road: 'service', lies: 'tunnel' });
    expect(words({ kind: 'road', bridge: 'no' })).toMatchObject({ road: 'road', lies: 'ground' });
  });
});

describe('a name stands inside its area', () => {
  test('in one arm of a horseshoe, not in the gap between', () => {
    const horseshoe = [[0, 0], [10, 0], [10, 10], [7, 10], [7, 3], [3, 3], [3, 10], [0, 10], [0, 0]];
    const [x, y] = anchorOf({ type: 'Polygon', coordinates: [horseshoe] }) as [number, number];
    expect(y < 3 || x < 3 || x > 7, `${x} ${y}`).toBe(true);
    expect(x > 0.5 && x < 9.5 && y > 0.5).toBe(true);
  });

  test('of many corners is found from some of them, and lies inside all the same', () => {
    const around = (count: number, radius: (at: number) => number) => {
      const ring = Array.from({ length: count }, (_, i) => {
        const angle = (i / count) * 2 * Math.PI;
        return [121 + radius(i) * Math.cos(angle), 30 + radius(i) * Math.sin(angle)];
      });
      return [...ring, ring[0]!];
    };
    let reads = 0;
    const counted = (ring: number[][]) => new Proxy(ring, { get: (from, at) => ((reads += 1), Reflect.get(from, at) as unknown) });
    anchorOf({ type: 'Polygon', coordinates: [counted(around(3_000, () => 0.1))] });
    expect(reads).toBeLessThan(100_000);
    const off = (ring: number[][]) => {
      const [x, y] = anchorOf({ type: 'Polygon', coordinates: [ring] }) as [number, number];
      return Math.hypot(x - 121, y - 30);
    };
    expect(off(around(3_000, (i) => 0.1 + 0.001 * Math.sin(i)))).toBeLessThan(0.02);
    // Needles: every corner that is looked at is a tip, between any two of which the area is nearly nothing.
    expect(off(around(1_200, (i) => (i % 10 === 0 ? 0.1 : 0.001)))).toBeLessThan(0.0011);
  });

  test('not in its hole, and in the largest of its parts', () => {
    const ring = (from: number, to: number) => [[from, from], [to, from], [to, to], [from, to], [from, from]];
    const [x, y] = anchorOf({ type: 'Polygon', coordinates: [ring(0, 10), ring(2, 9.8)] }) as [number, number];
    expect(x < 2 || y < 2).toBe(true);
    const [lon] = anchorOf({ type: 'MultiPolygon', coordinates: [[ring(0, 1)], [ring(20, 30)]] }) as [number, number];
    expect(lon).toBeGreaterThan(20);
  });
});

describe('a zone with opening hours', () => {
  // 2026-11-27 is a Friday; the park's clock is eight hours ahead of UTC.
  const at = (text: string) => Date.parse(text);
  test.each([
    ['holds within its window', [{ days: [5], from: '08:00', to: '18:00' }], '2026-11-27T00:30:00Z', true],
    ['not after it', [{ days: [5], from: '08:00', to: '18:00' }], '2026-11-27T10:00:00Z', false],
    ['not on another day', [{ days: [1], from: '08:00', to: '18:00' }], '2026-11-27T02:00:00Z', false],
    ['holds through a night into a day that is not its own', [{ days: [5], from: '22:00', to: '06:00' }], '2026-11-27T21:00:00Z', true],
    ['not the night before its day', [{ days: [5], from: '22:00', to: '06:00' }], '2026-11-26T21:00:00Z', false],
    ['holds always without windows', [], '2026-11-27T10:00:00Z', true],
    ['holds to the last minute of a whole day', [{ days: [5], from: '00:00', to: '24:00' }], '2026-11-27T15:59:00Z', true],
  ])('%s', (_, schedule, time, holds) => {
    expect(holdsAt({ schedule }, at(time))).toBe(holds);
  });

  test('does not hold before it begins and once it has ended', () => {
    const zone = { valid_from: '2026-11-27T00:00:00Z', valid_to: '2026-11-28T00:00:00Z' };
    expect(['2026-11-26T23:59:59Z', '2026-11-27T00:00:00Z', '2026-11-28T00:00:00Z'].map((time) => holdsAt(zone, at(time)))).toEqual(
      [false, true, false],
    );
  });
});

test('what is written on a level, and names over their halo, can be read in both themes', () => {
  const light = (hex: string) => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
    return (high + 0.05) / (low + 0.05);
  };
  for (const palette of Object.values(PALETTES)) {
    for (const level of ['red', 'orange', 'yellow', 'blue'] as const) {
      expect(contrast(palette.level[level], palette.onLevel[level]), level).toBeGreaterThan(4.5);
    }
    for (const text of [palette.text, palette.textQuiet, palette.waterName, palette.route, palette.closedArea]) {
      expect(contrast(text, palette.textHalo), text).toBeGreaterThan(4.5);
    }
    for (const { ground, picture } of Object.values(palette.sign)) expect(contrast(ground, picture), ground).toBeGreaterThan(4.5);
  }
});

describe('vehicles that are switched off', () => {
  test('are hidden by class and by state, never in alarm', () => {
    const noHazmat = { classes: ~(1 << 1), shapes: ~0 };
    expect(isShown(EVERY_VEHICLE, 1, SHAPE.arrow, 0)).toBe(true);
    expect(isShown(noHazmat, 1, SHAPE.arrow, 0)).toBe(false);
    expect(isShown(noHazmat, 2, SHAPE.arrow, 0)).toBe(true);
    expect(isShown(noHazmat, 1, SHAPE.arrow, FLAG.alarm)).toBe(true);
    expect(isShown({ classes: ~0, shapes: 0 }, 2, SHAPE.ring, 0)).toBe(false);
  });
});

test('counts of a cell fit their circle and say an alarm', () => {
  expect([7, 860, 1_249, 9_999, 34_567].map(countText)).toEqual(['7', '860', '1.2k', '9.9k', '34k']);
  const frame = {
    kind: 'cells' as const, baseMs: 0, count: 1, key: Uint32Array.of(1_249), lonE7: Int32Array.of(1_210_500_000), latE7: Int32Array.of(306_000_000),
    ageMs: Uint32Array.of(0), speed: Uint16Array.of(0), heading: Uint8Array.of(0), flags: Uint8Array.of(FLAG.alarm),
  };
  expect(cellData(frame).features[0]).toMatchObject({
    geometry: { coordinates: [121.05, 30.6] },
    properties: { count: 1_249, text: '1.2k', alarm: true },
  });
  expect(cellData({ ...frame, key: Uint32Array.of(0) }).features, 'all of it is switched off').toEqual([]);
  expect(cellData(null).features).toEqual([]);
});

test('a scale bar has a round length', () => {
  expect([1_234, 999, 480, 37, 5].map(roundLength)).toEqual([1_000, 500, 200, 20, 5]);
});

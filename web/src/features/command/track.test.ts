import { describe, expect, test } from 'vitest';
import { bearing, lengthOf, metresBetween, piecesOf, standAt, stopsOf, type Point } from './track';

/** A degree of longitude at 30 degrees north on WGS 84: a cos(lat) / sqrt(1 - e² sin²(lat)) times pi / 180. */
const DEGREE_M = 96_486.28;

/** A vehicle on a road that runs east along 30 degrees north: seconds, metres from the start, km/h. */
function drive(...fixes: [s: number, m: number, kph?: number][]): Point[] {
  const perMetre = 1 / DEGREE_M;
  return fixes.map(([s, m, kph]) => ({
    atMs: s * 1000,
    lon: 121 + m * perMetre,
    lat: 30,
    speedKph: kph ?? null,
    headingDeg: null,
  }));
}
const metres = (point: { lon: number; lat: number }) => Math.round(metresBetween({ lon: 121, lat: 30 }, point));

describe('a vehicle of the past', () => {
  const track = drive([0, 0, 36], [10, 100, 36], [20, 200], [200, 900, 50], [210, 1000]);
  const at = (s: number) => {
    const stand = standAt(track, s * 1000);
    return stand && [metres(stand), stand.known, stand.ageMs / 1000];
  };

  test('is on its way between two fixes', () => {
    expect(at(0)).toEqual([0, 'way', 0]);
    expect(at(5)).toEqual([50, 'way', 5]);
    expect(at(19)).toEqual([190, 'way', 9]);
    expect(standAt(track, 5_000)?.headingDeg).toBeCloseTo(90, 1);
  });

  test('stays at its last fix over a gap of more than 120 s, and says that it does', () => {
    expect(at(21)).toEqual([200, 'held', 1]);
    expect(at(199)).toEqual([200, 'held', 179]);
    expect(at(200)).toEqual([900, 'way', 0]);
  });

  test('is nowhere before its first fix, and held after its last', () => {
    expect(at(-1)).toBeNull();
    expect(at(300)).toEqual([1000, 'held', 90]);
  });

  test('does not glide where no vehicle can drive', () => {
    const jump = drive([0, 0], [10, 600]);
    expect(standAt(jump, 5_000)?.known).toBe('held');
  });
});

describe('a track', () => {
  test('has ways, and gaps between them', () => {
    const { ways, gaps } = piecesOf(drive([0, 0], [10, 100], [300, 150], [310, 250], [600, 300]));
    expect(ways.map((way) => way.map((point) => point.atMs / 1000))).toEqual([
      [0, 10],
      [300, 310],
    ]);
    expect(gaps.map(([a, b]) => [a.atMs / 1000, b.atMs / 1000])).toEqual([
      [10, 300],
      [310, 600],
    ]);
    expect(lengthOf({ ways, gaps })).toBeCloseTo(200, 0);
  });

  test('has stops of three minutes and more within 50 m', () => {
    const track = drive([0, 0], [60, 600], [120, 610], [180, 605], [240, 610], [300, 1200], [360, 1800], [420, 1801]);
    expect(stopsOf(track).map(({ fromMs, toMs, ...place }) => [fromMs / 1000, toMs / 1000, metres(place)])).toEqual([
      [60, 240, 600],
    ]);
  });

  test('does not stand where it was silent', () => {
    expect(stopsOf(drive([0, 0], [400, 0]))).toEqual([]);
  });
});

test('a bearing is clockwise from north', () => {
  const from = { lon: 121, lat: 30 };
  expect(bearing(from, { lon: 121, lat: 31 })).toBeCloseTo(0);
  expect(bearing(from, { lon: 121.001, lat: 30 })).toBeCloseTo(90);
  expect(bearing(from, { lon: 121, lat: 29 })).toBeCloseTo(180);
  expect(bearing(from, { lon: 120.999, lat: 30 })).toBeCloseTo(270);
});

import { describe, expect, test } from 'vitest';
import { areaM2, circle, course, destination } from './geodesy';

const at = (lon: number, lat: number) => ({ lon, lat });
const dms = (d: number, m: number, s: number) => Math.sign(d) * (Math.abs(d) + m / 60 + s / 3600);

describe('measuring on the ellipsoid', () => {
  // spatial/src/geodesy.rs holds the same two figures (NGA geodesy calculator).
  test('a degree of latitude and of longitude at 30 N is what the server takes it for', () => {
    expect(course(at(121, 29.5), at(121, 30.5)).distanceM).toBeCloseTo(110_852.4, 0);
    expect(course(at(121, 30), at(122, 30)).distanceM / 96_486.3).toBeCloseTo(1, 4);
  });

  // Geoscience Australia's worked example, Flinders Peak to Buninyong (GRS 80, which differs from WGS 84 by 0.1 mm).
  test('agrees with a surveyor’s worked example in length and bearing, both ways', () => {
    const flinders = at(dms(144, 25, 29.5244), dms(-37, 57, 3.7203));
    const buninyong = at(dms(143, 55, 35.3839), dms(-37, 39, 10.1561));
    const there = course(flinders, buninyong);
    expect(there.distanceM).toBeCloseTo(54_972.271, 2);
    expect(there.bearingDeg).toBeCloseTo(dms(306, 52, 5.37), 5);
    const end = destination(flinders, there.bearingDeg, there.distanceM);
    expect(end.lon).toBeCloseTo(buninyong.lon, 8);
    expect(end.lat).toBeCloseTo(buninyong.lat, 8);
  });

  test('goes the short way over the date line, and says nothing of a way of no length', () => {
    expect(course(at(179.999, 0), at(-179.999, 0)).distanceM).toBeLessThan(230);
    expect(course(at(121, 30), at(121, 30))).toEqual({ distanceM: 0, bearingDeg: 0 });
  });

  test('answers for opposite ends of the globe too', () => {
    expect(course(at(0, 0), at(179.9, 0.1)).distanceM / 20_000_000).toBeCloseTo(1, 2);
  });

  test('the area of a square kilometre, whichever way round it was drawn', () => {
    const south = at(121, 30);
    const east = destination(south, 90, 1_000);
    const ring = [south, east, destination(east, 0, 1_000), destination(south, 0, 1_000)];
    expect(areaM2(ring) / 1e6).toBeCloseTo(1, 3);
    expect(areaM2(ring.toReversed())).toBeCloseTo(areaM2(ring), 3);
    expect(areaM2(ring.slice(0, 2))).toBe(0);
  });

  // Snyder's authalic zone: the area between two parallels is exact, so it checks the radius and the latitude at once.
  test('the area of a one degree cell at 30 N', () => {
    const parallel = (lat: number, from: number, to: number) =>
      Array.from({ length: 101 }, (_, i) => at(from + ((to - from) * i) / 100, lat));
    const cell = [...parallel(30, 120, 121), ...parallel(31, 121, 120)];
    expect(areaM2(cell) / 10_646_000_000).toBeCloseTo(1, 3);
  });

  test('a range ring keeps its distance all the way round', () => {
    for (const point of circle(at(121.05, 30.6), 5_000)) {
      expect(course(at(121.05, 30.6), point).distanceM).toBeCloseTo(5_000, 3);
    }
  });
});

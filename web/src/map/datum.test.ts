import { describe, expect, test } from 'vitest';
import { DATUMS, fromWgs84, toWgs84 } from './datum';

const zhejiang = { lon: 121.05, lat: 30.6 };

describe('Chinese datums', () => {
  // Posted to a server as fixes in these datums, both came back as 121.05, 30.6: server and console agree to 1e-7 degree.
  test.each([
    ['gcj02', 121.0544955, 30.5977717],
    ['bd09', 121.0609718, 30.6038558],
  ] as const)('%s of a place in Zhejiang is what the server computes', (datum, lon, lat) => {
    const shifted = fromWgs84(datum, zhejiang);
    expect(shifted.lon).toBeCloseTo(lon, 7);
    expect(shifted.lat).toBeCloseTo(lat, 7);
  });

  test('every datum comes back to 1e-7 degree, from corner to corner of the country', () => {
    for (let lon = 75; lon <= 134; lon += 3.7) {
      for (let lat = 19; lat <= 52; lat += 3.3) {
        for (const datum of DATUMS) {
          const back = toWgs84(datum, fromWgs84(datum, { lon, lat }));
          expect(Math.abs(back.lon - lon), `${datum} ${lon} ${lat}`).toBeLessThan(1e-7);
          expect(Math.abs(back.lat - lat), `${datum} ${lon} ${lat}`).toBeLessThan(1e-7);
        }
      }
    }
  });

  test('outside China GCJ-02 is WGS 84', () => {
    const porto = { lon: -8.61, lat: 41.15 };
    expect(fromWgs84('gcj02', porto)).toEqual(porto);
    expect(toWgs84('gcj02', porto)).toEqual(porto);
  });
});

import { describe, expect, test } from 'vitest';
import { coordinatesText, readCoordinates } from './coordinates';

describe('coordinates as people write them', () => {
  test.each([
    '121.05, 30.6',
    '121.05,30.6',
    '121.05 30.6',
    '121.05，30.6',
    '１２１．０５，３０．６',
    '121.05、30.6',
    '(121.05, 30.6)',
    '30.6, 121.05',
    '30.6N 121.05E',
    '30.6 N, 121.05 E',
    'N30.6 E121.05',
    'n 30.6° e 121.05°',
    '121.05E,30.6N',
    '北纬30.6 东经121.05',
    '东经121.05°，北纬30.6°',
    '北纬30度36分 东经121度3分',
    '经度：121.05 纬度：30.6',
    'lat: 30.6, lon: 121.05',
    '30°36′00″N 121°03′00″E',
    `30°36'0.0"N, 121°3'0"E`,
    '121°03′E 30°36′N',
    '+30.6 +121.05',
  ])('%s', (text) => {
    const [place, ...others] = readCoordinates(text);
    expect(place?.lon).toBeCloseTo(121.05, 9);
    expect(place?.lat).toBeCloseTo(30.6, 9);
    expect(others).toEqual([]);
  });

  test('south and west', () => {
    expect(readCoordinates('41.15N 8.61W')).toEqual([{ lon: -8.61, lat: 41.15 }]);
    expect(readCoordinates('-8.61, -41.15')[0]).toEqual({ lon: -8.61, lat: -41.15 });
  });

  test('two readings where both are possible, the one in China first', () => {
    expect(readCoordinates('39.5, 76.0')).toEqual([
      { lon: 76, lat: 39.5 },
      { lon: 39.5, lat: 76 },
    ]);
    expect(readCoordinates('76.0, 39.5')[0]).toEqual({ lon: 76, lat: 39.5 });
  });

  test.each(['', '浙A·D1234', '121.05', '沪C88', '121.05 30.6 7', '200, 100', '30°61′N 121°E', '30N 121N', 'truck-07', '3-1'])(
    '%s is none',
    (text) => expect(readCoordinates(text)).toEqual([]),
  );
});

describe('coordinates as they are shown', () => {
  const place = { lon: 121.05, lat: 30.6 };
  test('are read back as what they were', () => {
    expect(coordinatesText(place, 'decimal')).toBe('121.050000, 30.600000');
    expect(coordinatesText(place, 'dms')).toBe('30°36′00.0″N 121°03′00.0″E');
    for (const format of ['decimal', 'dms'] as const) {
      const [back] = readCoordinates(coordinatesText({ lon: -8.6123456, lat: 41.1599 }, format));
      expect(back?.lon).toBeCloseTo(-8.6123456, format === 'dms' ? 4 : 6);
      expect(back?.lat).toBeCloseTo(41.1599, format === 'dms' ? 4 : 6);
    }
  });

  test('never show sixty seconds', () => {
    expect(coordinatesText({ lon: 120.999999, lat: 29.99999 }, 'dms')).toBe('30°00′00.0″N 121°00′00.0″E');
  });
});

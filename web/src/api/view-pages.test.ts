import { describe, expect, test } from 'vitest';
import type { Feature } from './types';
import { cornersOf, viewPages, type ViewBound } from './view-pages';

const zone = (id: number, corners: number): Feature => ({
  type: 'Feature',
  id: `z${id}`,
  geometry: { type: 'Polygon', coordinates: [Array.from({ length: corners }, (_, i) => [i, i])] },
  properties: {},
});

/** Reads a view of zones of so many corners each; answers what came, and the sizes of the pages that were asked for. */
async function read(sizes: readonly number[], bound: ViewBound) {
  const limits: number[] = [];
  const answer = await viewPages(
    '/items?bbox=1,2,3,4',
    bound,
    async (path) => {
      const query = new URL(path, 'http://x').searchParams;
      const [limit, after] = [Number(query.get('limit')), Number(query.get('after') ?? 0)];
      expect(query.get('bbox')).toBe('1,2,3,4');
      limits.push(limit);
      const features = sizes.slice(after, after + limit).map((corners, i) => zone(after + i, corners));
      const more = after + limit < sizes.length;
      const links = more ? [{ rel: 'next', href: `/items?limit=${limit}&bbox=1,2,3,4&after=${after + limit}` }] : [];
      return { type: 'FeatureCollection', features, links, numberMatched: sizes.length };
    },
    (page) => page.links?.find(({ rel }) => rel === 'next')?.href,
  );
  return { limits, count: answer.features.length, matched: answer.matched, complete: answer.complete };
}

describe('the features of a view', () => {
  test('are read whole when they are few, in one page', async () => {
    expect(await read([5, 5, 5], { features: 2_000, corners: 1_000 })).toEqual({
      limits: [50],
      count: 3,
      matched: 3,
      complete: true,
    });
    expect(await read([], { features: 2_000, corners: 1_000 })).toMatchObject({ count: 0, complete: true });
  });

  test('are bounded in number', async () => {
    const found = await read(Array<number>(5_000).fill(5), { features: 2_000, corners: 1_000_000 });
    expect(found).toEqual({ limits: [50, 1_000, 950], count: 2_000, matched: 5_000, complete: false });
  });

  test('that are exactly as many as are allowed leave nothing out', async () => {
    expect(await read(Array<number>(200).fill(5), { features: 200, corners: 1_000 })).toMatchObject({ count: 200, complete: true });
  });

  test('are bounded in corners, and pages are as small as features are large', async () => {
    const found = await read(Array<number>(5_000).fill(300), { features: 2_000, corners: 60_000 });
    expect(found).toEqual({ limits: [50, 150], count: 200, matched: 5_000, complete: false });
    const mixed = await read([...Array<number>(150).fill(10), ...Array<number>(500).fill(3_000)], { features: 2_000, corners: 60_000 });
    expect(mixed).toMatchObject({ count: 150 + 19, complete: false });
    const nearly = await read([...Array<number>(50).fill(1_100), ...Array<number>(500).fill(10)], { features: 2_000, corners: 60_000 });
    expect(nearly).toMatchObject({ limits: [50], count: 50, complete: false });
  });

  test('hold the first one, however large it is', async () => {
    expect(await read([90_000, 5], { features: 2_000, corners: 60_000 })).toMatchObject({ count: 1, complete: false });
  });
});

test('corners are counted in whatever shape', () => {
  const corners = (geometry: Feature['geometry']) => cornersOf({ geometry });
  expect(corners(null)).toBe(0);
  expect(corners({ type: 'Point', coordinates: [1, 2] })).toBe(1);
  expect(corners({ type: 'LineString', coordinates: [[1, 2], [3, 4]] })).toBe(2);
  const ring = [[0, 0], [1, 0], [1, 1], [0, 0]];
  expect(corners({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }] })).toBe(1);
  expect(corners({ type: 'MultiPolygon', coordinates: [[ring, ring], [ring]] })).toBe(12);
});

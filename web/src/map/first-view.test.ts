import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Feature } from '../api/types';
import type { Extent } from './extent';
import { firstExtent, recall, remember } from './first-view';

const at = (lon: number): Feature => ({
  type: 'Feature',
  id: `f${lon}`,
  geometry: { type: 'LineString', coordinates: [[lon, 30], [lon + 1, 31]] },
  properties: {},
});

function site(parks: Feature[] | null, zones: Feature[] | null, vehicles: Extent | null) {
  const known = { parks, zones };
  return {
    features: { known: (c: 'parks' | 'zones') => known[c] !== null, list: (c: 'parks' | 'zones') => known[c] ?? [] },
    fleet: { extent: () => vehicles },
  };
}

describe('the first look', () => {
  const vehicles: Extent = [5, 30, 6, 31];
  test.each([
    ['goes to the park', site([at(1)], [at(2)], vehicles), [1, 30, 2, 31]],
    ['goes to the zones without a park', site([], [at(2)], vehicles), [2, 30, 3, 31]],
    ['goes to the vehicles without either', site([], [], vehicles), vehicles],
    ['waits for the park though the zones are there', site(null, [at(2)], vehicles), null],
    ['waits for the zones though vehicles are there', site([], null, vehicles), null],
    ['has nowhere to go on an empty site', site([], [], null), null],
  ] as const)('%s', (_, known, expected) => {
    expect(firstExtent(known)).toEqual(expected);
  });
});

describe('a view', () => {
  const stored = new Map<string, string>();
  beforeEach(() => {
    stored.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  test('is each person’s own', () => {
    remember('eva', { lon: 121.5, lat: 30.1, zoom: 14 });
    expect(recall('eva')).toEqual({ lon: 121.5, lat: 30.1, zoom: 14 });
    expect(recall('li')).toBeNull();
  });

  test.each(['', 'null', '[1]', '[200, 30, 4]', '[120, "30", 4]', '[120, 30, 99]', '{'])('%j is no view', (text) => {
    stored.set('cordon.view.eva', text);
    expect(recall('eva')).toBeNull();
  });

  test('is not remembered where storage is forbidden, and nothing breaks', () => {
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('forbidden');
      },
    });
    remember('eva', { lon: 1, lat: 2, zoom: 3 });
    expect(recall('eva')).toBeNull();
  });
});

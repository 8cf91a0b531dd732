import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatAt, formatOn, parseAt, parseOn } from '../../../ui/map-link';
import { keepViews, loadViews, moved, type SavedView } from './views';

describe('a place in the address', () => {
  test('is short and comes back', () => {
    expect(formatAt({ lon: 121.05, lat: 30.6, zoom: 14 })).toBe('121.05,30.6,14');
    expect(formatAt({ lon: 121.12345678, lat: -30.6, zoom: 14.256 })).toBe('121.123457,-30.6,14.26');
    expect(parseAt('121.05,30.6,14')).toEqual({ lon: 121.05, lat: 30.6, zoom: 14 });
  });

  test.each([undefined, '', '121.05,30.6', '121.05,95,14', '1,2,3,4', 'a,b,c', '121,30,99', ',,'])(
    '%s is none',
    (text) => expect(parseAt(text)).toBeNull(),
  );

  test('says what is chosen', () => {
    expect(parseOn(formatOn('vehicles', 'truck-07'))).toEqual({ collection: 'vehicles', id: 'truck-07' });
    for (const bad of [undefined, '', 'vehicles', 'vehicles/', 'vehicles/a b', '<b>/x']) expect(parseOn(bad)).toBeNull();
  });
});

describe('saved views', () => {
  const views: SavedView[] = ['a', 'b', 'c'].map((id) => ({ id, name: id, lon: 121, lat: 30, zoom: 14, layers: '' }));
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    Object.assign(globalThis, {
      localStorage: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => kept.set(key, value),
      },
    });
  });
  afterEach(() => Reflect.deleteProperty(globalThis, 'localStorage'));

  test('are each person’s own on a shared desk', () => {
    keepViews('eva', views);
    expect(loadViews('eva')).toEqual(views);
    expect(loadViews('li')).toEqual([]);
  });

  test('survive what somebody wrote over them, as far as it can be read', () => {
    kept.set('cordon.views.eva', JSON.stringify([views[0], { id: 'x' }, 7, { ...views[1], lat: 95 }]));
    expect(loadViews('eva')).toEqual([views[0]]);
    kept.set('cordon.views.eva', '{');
    expect(loadViews('eva')).toEqual([]);
  });

  test('move up and down, and stay at the ends', () => {
    const order = (id: string, step: 1 | -1) => moved(views, id, step).map((view) => view.id).join('');
    expect([order('b', -1), order('b', 1), order('a', -1), order('c', 1), order('x', 1)]).toEqual([
      'bac',
      'acb',
      'abc',
      'abc',
      'abc',
    ]);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../api/client';
import type { Collection, Feature } from '../api/types';
import type { ViewFeatures } from '../api/view-pages';
import { CACHE_BOUND, Features, VIEW_BOUND, WHOLE_UP_TO } from './features';

const zone = (id: string, name: string): Feature => ({ type: 'Feature', id, geometry: null, properties: { name } });

let stored: Map<string, Feature>;
let broken: Collection | null;
let changed: Collection[];
let features: Features;
/** How many zones the server says it has. */
let counted: number | null;
let inView: ViewFeatures;
const VIEW_LIMIT = VIEW_BOUND.features;
let asked: (readonly number[] | null)[];
/** What waits for its time. */
let due: (() => void)[];

beforeEach(() => {
  stored = new Map([['a', zone('a', 'A')]]);
  broken = null;
  changed = [];
  counted = null;
  inView = { features: [], matched: 0, complete: true };
  asked = [];
  due = [];
  const timers = { setTimeout: (run: () => void) => due.push(run), clearTimeout: () => {} };
  const api = {
    featureCount: async (collection: Collection) => {
      if (collection === 'gates') throw new ApiError({ status: 404, code: 'not_found' });
      return collection === 'zones' ? counted : null;
    },
    featuresIn: async (_: Collection, bbox: readonly number[] | null) => {
      asked.push(bbox);
      return inView;
    },
    features: async (collection: Collection) => {
      if (collection === broken) throw new ApiError({ status: 503 });
      if (collection === 'gates') throw new ApiError({ status: 404, code: 'not_found' });
      return collection === 'zones' ? [...stored.values()] : [];
    },
    feature: async (_: Collection, id: string) => {
      const found = stored.get(id);
      if (!found) throw new ApiError({ status: 404, code: 'not_found' });
      return found;
    },
  };
  features = new Features(api, (collection) => changed.push(collection), timers);
});

const names = () => features.list('zones').map(({ properties }) => properties.name);

describe('the map’s features', () => {
  test('are read whole; a collection that the server does not have is no failure', async () => {
    expect(await features.load()).toBe(true);
    expect(names()).toEqual(['A']);
    expect(features.blank()).toBe(false);
  });

  test('keep what they had when a collection cannot be read, and say so', async () => {
    await features.load();
    broken = 'zones';
    expect(await features.load()).toBe(false);
    expect(names()).toEqual(['A']);
  });

  test('follow an edit item by item', async () => {
    await features.load();
    stored.set('b', zone('b', 'B'));
    await features.apply({ collection: 'zones', id: 'b', revision: 1, deleted: false });
    expect(names()).toEqual(['A', 'B']);
    await features.apply({ collection: 'zones', id: 'a', revision: 2, deleted: true });
    expect(names()).toEqual(['B']);
    expect(changed.at(-1)).toBe('zones');
  });

  test('ask for one that lies out of view when it is wanted, once', async () => {
    counted = WHOLE_UP_TO + 1;
    await features.load();
    expect([features.inPart('zones'), features.inPart('parks'), names()]).toEqual([true, false, []]);
    expect((await features.bring('zones', 'a')).properties.name).toBe('A');
    stored.clear();
    expect((await features.bring('zones', 'a')).properties.name).toBe('A');
    await expect(features.bring('zones', 'b')).rejects.toBeInstanceOf(ApiError);
  });

  test('drop an item that was deleted between its announcement and its reading', async () => {
    await features.load();
    stored.delete('a');
    await features.apply({ collection: 'zones', id: 'a', revision: 2, deleted: false });
    expect(names()).toEqual([]);
  });

  test('of collections that the map does not draw are left alone', async () => {
    await features.apply({ collection: 'exemptions', id: 'p', revision: 1, deleted: false });
    expect(changed).toEqual([]);
  });

  test('are blank only once it is known that nothing was drawn', async () => {
    expect(features.blank()).toBe(false);
    stored.clear();
    await features.load();
    expect(features.blank()).toBe(true);
  });
});

describe('a collection that is too large to be read whole', () => {
  const many = (from: number, count: number) => Array.from({ length: count }, (_, i) => zone(`z${from + i}`, `Z${from + i}`));
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    counted = 100_000;
  });

  test('is read by view, and says what the view leaves out', async () => {
    features.setView([120, 30, 121, 31]);
    inView = { features: many(0, VIEW_LIMIT), matched: 7_500, complete: false };
    expect(await features.load()).toBe(true);
    expect(asked).toEqual([[120, 30, 121, 31]]);
    expect(features.list('zones')).toHaveLength(VIEW_LIMIT);
    expect(features.cut('zones')).toEqual({ shown: VIEW_LIMIT, total: 7_500 });
    expect(features.blank()).toBe(false);
  });

  test('is not read again for a view within one that was read whole, and is for any other', async () => {
    features.setView([120, 30, 121, 31]);
    inView = { features: many(0, 10), matched: 10, complete: true };
    await features.load();
    features.setView([120.2, 30.2, 120.8, 30.8]);
    await settled();
    expect(asked).toHaveLength(1);
    features.setView([121, 30, 122, 31]);
    await settled();
    expect(asked.at(-1)).toEqual([121, 30, 122, 31]);
  });

  test('keeps what was seen before, within bounds', async () => {
    await features.load();
    for (let step = 0; step < 5; step += 1) {
      inView = { features: many(step * VIEW_LIMIT, VIEW_LIMIT), matched: null, complete: false };
      features.setView([120 + step, 30, 121 + step, 31]);
      await settled();
    }
    const held = features.list('zones');
    expect(held).toHaveLength(CACHE_BOUND.features);
    expect(held.at(-1)?.id).toBe(`z${5 * VIEW_LIMIT - 1}`);
    expect(features.cut('zones')?.total).toBeNull();
  });

  test('keeps less of what has many corners, and always what has just been read', async () => {
    const large = (from: number, count: number, corners: number) =>
      many(from, count).map((feature) => {
        const ring = Array.from({ length: corners }, (_, i) => [i, i]);
        return { ...feature, geometry: { type: 'Polygon' as const, coordinates: [ring] } };
      });
    await features.load();
    for (let step = 0; step < 5; step += 1) {
      inView = { features: large(step * 100, 100, 1_000), matched: null, complete: false };
      features.setView([120 + step, 30, 121 + step, 31]);
      await settled();
    }
    expect(features.list('zones').map(({ id }) => id)).toEqual(many(300, 200).map(({ id }) => id));
    inView = { features: large(900, 2, 150_000), matched: 2, complete: true };
    features.setView([10, 30, 11, 31]);
    await settled();
    expect(features.list('zones').map(({ id }) => id)).toEqual(['z900', 'z901']);
  });

  test('one reading at a time: views that come meanwhile lead to one more, of the last', async () => {
    inView = { features: many(0, 10), matched: 10, complete: true };
    await features.load();
    asked = [];
    for (const west of [1, 2, 3]) features.setView([west, 30, west + 1, 31]);
    await settled();
    expect(asked).toEqual([
      [1, 30, 2, 31],
      [3, 30, 4, 31],
    ]);
  });

  test('an edit outside what is held leads to one reading of the view, however many come', async () => {
    inView = { features: many(0, 10), matched: 10, complete: true };
    await features.load();
    asked = [];
    for (const id of ['x', 'y']) await features.apply({ collection: 'zones', id, revision: 1, deleted: false });
    expect(due).toHaveLength(1);
    due[0]!();
    await settled();
    expect(asked).toHaveLength(1);
  });

  test('a zone that only an alarm names is asked for once and then known', async () => {
    await features.load();
    expect(features.get('zones', 'a')).toBeUndefined();
    await settled();
    expect(features.get('zones', 'a')?.properties.name).toBe('A');
  });

  test('one that grows beyond the bound while it is watched is read by view from there on', async () => {
    counted = null;
    stored = new Map(many(0, WHOLE_UP_TO).map((feature) => [feature.id, feature]));
    await features.load();
    stored.set('more', zone('more', 'More'));
    counted = WHOLE_UP_TO + 1;
    inView = { features: many(0, 5), matched: 5, complete: true };
    await features.apply({ collection: 'zones', id: 'more', revision: 1, deleted: false });
    expect(features.list('zones')).toHaveLength(5);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../api/client';
import type { Collection, Feature } from '../api/types';
import { Features } from './features';

const zone = (id: string, name: string): Feature => ({ type: 'Feature', id, geometry: null, properties: { name } });

let stored: Map<string, Feature>;
let broken: Collection | null;
let changed: Collection[];
let features: Features;

beforeEach(() => {
  stored = new Map([['a', zone('a', 'A')]]);
  broken = null;
  changed = [];
  const api = {
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
  features = new Features(api, (collection) => changed.push(collection));
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

  test('drop an item that was deleted between its announcement and its reading', async () => {
    await features.load();
    stored.delete('a');
    await features.apply({ collection: 'zones', id: 'a', revision: 2, deleted: false });
    expect(names()).toEqual([]);
  });

  test('of collections that the map does not draw are left alone', async () => {
    await features.apply({ collection: 'plants', id: 'p', revision: 1, deleted: false });
    expect(changed).toEqual([]);
  });

  test('are blank only once it is known that nothing was drawn', async () => {
    expect(features.blank()).toBe(false);
    stored.clear();
    await features.load();
    expect(features.blank()).toBe(true);
  });
});

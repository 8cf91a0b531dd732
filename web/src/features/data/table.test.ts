import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../../api/client';
import type { Kept } from '../../api/edits';
import type { Feature, FeatureProperties } from '../../api/types';
import { saveCell, valueFrom, type CellEdit, type CellPort } from './save-cell';
import { Table } from './table';

function feature(id: string, properties: FeatureProperties = {}): Feature {
  return { type: 'Feature', id, geometry: null, properties };
}

describe('a table', () => {
  let kept: Map<string, Feature>;
  let failAfter: number;
  let table: Table;
  let pagesRead: number;
  const shown = () => table.picture().rows.map(({ id, properties }) => `${id}${properties.name ?? ''}`).join(' ');

  beforeEach(() => {
    vi.useFakeTimers();
    kept = new Map(['a', 'b', 'c'].map((id) => [id, feature(id)]));
    failAfter = Infinity;
    pagesRead = 0;
    table = new Table('zones', {
      api: {
        featurePage: async (_: string, path?: string) => {
          const at = Number(path ?? 0);
          if (at >= failAfter) throw new ApiError({ status: 0, code: 'unreachable' });
          pagesRead += 1;
          const all = [...kept.values()];
          return { features: all.slice(at, at + 2), matched: all.length, next: at + 2 < all.length ? String(at + 2) : undefined };
        },
      },
      read: async (id) => {
        const found = kept.get(id);
        if (!found) throw new ApiError({ status: 404 });
        return found;
      },
      nowMs: () => Date.now(),
      setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
      clearTimeout: (id) => clearTimeout(id),
    });
    return () => vi.useRealTimers();
  });

  test('is read to its end', async () => {
    await table.read();
    expect(shown()).toBe('a b c');
    expect(table.picture()).toMatchObject({ reading: false, total: 3, error: null });
  });

  test('says why it ended before its end, and what it has', async () => {
    failAfter = 2;
    await table.read();
    expect(shown()).toBe('a b');
    expect(table.picture().error).toBeInstanceOf(ApiError);
    failAfter = Infinity;
    await table.read();
    expect([shown(), table.picture().error]).toEqual(['a b c', null]);
  });

  test('keeps up with what is changed, made and deleted elsewhere', async () => {
    await table.read();
    kept.set('b', feature('b', { name: '!' }));
    kept.set('d', feature('d'));
    kept.delete('a');
    for (const id of ['a', 'b', 'd']) table.apply({ collection: 'zones', id });
    table.apply({ collection: 'gates', id: 'c' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown()).toBe('b! c d');
    expect(table.picture().total).toBe(3);
  });

  test('keeps what it shows while it is read anew, and what is put meanwhile', async () => {
    await table.read();
    const seen: string[] = [];
    const stop = table.subscribe(() => seen.push(shown()));
    kept.delete('a');
    const reading = table.read();
    table.put(feature('c', { name: '!' }));
    kept.set('c', feature('c', { name: '!' }));
    await reading;
    stop();
    expect(seen).toEqual(['a b c', 'a b c!', 'b c!']);
    failAfter = 0;
    await table.read();
    expect(shown()).toBe('b c!');
    expect(table.picture().error).toBeInstanceOf(ApiError);
  });

  test('reads an import as a whole', async () => {
    await table.read();
    const before = pagesRead;
    for (let i = 0; i < 200; i += 1) {
      kept.set(`n${i}`, feature(`n${i}`));
      table.apply({ collection: 'zones', id: `n${i}` });
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(table.picture().rows).toHaveLength(203);
    expect(pagesRead - before).toBe(102);
  });
});

describe('a cell', () => {
  /** The server: one feature with its revision. */
  let now: Kept | null;
  let seen: Kept;
  const port: CellPort = {
    read: async () => {
      if (!now) throw new ApiError({ status: 404 });
      return now;
    },
    patch: async (_collection, id, properties, tag) => {
      if (!now) throw new ApiError({ status: 404 });
      if (tag !== now.tag) throw new ApiError({ status: 412, code: 'changed' });
      const all = Object.fromEntries(Object.entries({ ...now.feature.properties, ...properties }).filter(([, value]) => value !== null));
      now = { feature: feature(id, all), tag: `${now.tag}+` };
      return now;
    },
    history: async () => ({ items: [{ revision: 2, recorded_at: '2026-11-27T12:00:00Z', by: 'lin', action: 'changed' }] }),
  };
  const edit = (value: unknown): CellEdit => ({ collection: 'zones', id: 'a', column: 'name', value, seen });
  const theyWrite = (properties: FeatureProperties) => {
    now = { feature: feature('a', properties), tag: 'theirs' };
  };

  beforeEach(() => {
    now = seen = { feature: feature('a', { name: 'old', people: 4 }), tag: '1' };
  });

  test('is saved and can be taken back', async () => {
    const saved = await saveCell(port, edit('new'));
    expect(saved).toMatchObject({ kind: 'saved', beside: null });
    expect(now?.feature.properties).toEqual({ name: 'new', people: 4 });
    if (saved.kind === 'saved') await saved.done.undo();
    expect(now?.feature.properties).toEqual({ name: 'old', people: 4 });
  });

  test('that was empty is empty again after its undo', async () => {
    const saved = await saveCell(port, { ...edit(7), column: 'beds' });
    expect(now?.feature.properties['beds']).toBe(7);
    if (saved.kind === 'saved') await saved.done.undo();
    expect(now?.feature.properties).not.toHaveProperty('beds');
  });

  test('stands beside what somebody wrote into another one', async () => {
    theyWrite({ name: 'old', people: 9 });
    expect(await saveCell(port, edit('new'))).toMatchObject({ kind: 'saved', beside: { by: 'lin' } });
    expect(now?.feature.properties).toEqual({ name: 'new', people: 9 });
  });

  test('that somebody else wrote is for a person to decide, and nothing is lost', async () => {
    theyWrite({ name: 'theirs', people: 4 });
    const saved = await saveCell(port, edit('new'));
    expect(saved).toMatchObject({ kind: 'conflict', last: { by: 'lin' }, theirs: { feature: { properties: { name: 'theirs' } } } });
    expect(now?.feature.properties.name).toBe('theirs');
    // The person writes theirs all the same.
    if (saved.kind === 'conflict') await saveCell(port, { ...edit('new'), seen: saved.theirs });
    expect(now?.feature.properties.name).toBe('new');
  });

  test('of a feature that was deleted is gone', async () => {
    now = null;
    expect(await saveCell(port, edit('new'))).toEqual({ kind: 'gone' });
  });

  test('fails with what the server says', async () => {
    const refuses: CellPort = { ...port, patch: () => Promise.reject(new ApiError({ status: 422, code: 'too_long' })) };
    await expect(saveCell(refuses, edit('new'))).rejects.toThrow(ApiError);
  });

  test('takes what its column holds', () => {
    expect([valueFrom(' 7.5 ', 'number'), valueFrom('seven', 'number'), valueFrom('', 'number')]).toEqual([7.5, undefined, null]);
    expect([valueFrom(' a ', 'text'), valueFrom('', 'text'), valueFrom('true', 'yes_no')]).toEqual(['a', null, true]);
  });
});

import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../api/client';
import type { Kept } from '../../../api/edits';
import { ageDays, changesOf, read, save, typedOf, type CardPort } from './card';

/** A server with one card. */
function server(properties: Record<string, unknown> | null) {
  let card = properties;
  let revision = card ? 1 : 0;
  const kept = (): Kept => ({ feature: { type: 'Feature', id: 'gates', geometry: null, properties: { ...card } }, tag: `"${revision}"` });
  const port: CardPort = {
    read: async () => {
      if (!card) throw new ApiError({ status: 404 });
      return kept();
    },
    create: async (_collection, { properties: made }) => {
      if (card) throw new ApiError({ status: 409 });
      [card, revision] = [{ ...made }, 1];
      return kept();
    },
    patch: async (_collection, _id, changes, tag) => {
      if (tag !== `"${revision}"`) throw new ApiError({ status: 412 });
      card = Object.fromEntries(Object.entries({ ...card, ...changes }).filter(([, value]) => value !== null));
      revision += 1;
      return kept();
    },
  };
  return { port, card: () => card };
}

describe('the card of a collection', () => {
  test('is sent with what was changed alone', () => {
    const before = typedOf({ owner: 'A', update_cycle_days: 30, as_of: '2026-01-31T17:00:00Z' });
    expect(before.as_of).toBe('2026-02-01');
    const typed = { ...before, owner: ' ', update_cycle_days: '90', remarks: ' new ' };
    expect(changesOf(before, typed)).toEqual({ owner: null, update_cycle_days: 90, remarks: 'new' });
    expect(changesOf(before, before)).toEqual({});
  });

  test('is made where nothing was said, and what others wrote beside it stands', async () => {
    const { port, card } = server(null);
    const seen = await read(port, 'gates');
    expect(seen).toBeNull();
    expect(await save(port, 'gates', seen, { ...typedOf({}), owner: 'A' })).toMatchObject({ of: 'saved', made: true });
    // Somebody made it first, and wrote another member.
    expect(await save(port, 'gates', null, { ...typedOf({}), source: 'S' })).toMatchObject({ of: 'saved', made: false });
    expect(card()).toEqual({ owner: 'A', source: 'S' });
  });

  test('asks where somebody wrote the same, and then does as it was told', async () => {
    const { port, card } = server({ owner: 'A', contact: '1' });
    const seen = await read(port, 'gates');
    await port.patch('datasets', 'gates', { owner: 'B' }, seen!.tag);
    const typed = { ...seen!.typed, owner: 'C' };
    const answer = await save(port, 'gates', seen, typed);
    if (answer.of !== 'conflict') throw new Error('a conflict was expected');
    expect([answer.fields, answer.theirs?.typed.owner, card()?.['owner']]).toEqual([['owner'], 'B', 'B']);
    expect(await save(port, 'gates', answer.theirs, typed)).toMatchObject({ of: 'saved' });
    expect(card()).toEqual({ owner: 'C', contact: '1' });
  });

  test('has an age by the site’s days', () => {
    const now = Date.parse('2026-11-28T00:30:00+08:00');
    expect(ageDays({ as_of: '2026-11-27' }, now)).toBe(1);
    expect(ageDays({ as_of: '2026-11-27T23:00:00+08:00' }, now)).toBe(0);
    expect([ageDays({}, now), ageDays({ as_of: 'spring' }, now)]).toEqual([null, null]);
  });
});

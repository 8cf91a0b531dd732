import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sketch } from '../../../api/edits';
import { tryPatiently } from './trial';

const ZONE: Sketch = { type: 'Feature', geometry: null, properties: {} };
const SPAN = { from: '2026-11-26T00:00:00Z', to: '2026-11-27T00:00:00Z' };

function busy(): Response {
  const headers = { 'content-type': 'application/problem+json', 'retry-after': '7' };
  return new Response(JSON.stringify({ code: 'trial_busy' }), { status: 429, headers });
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a trial', () => {
  it('that finds another one in its way says so and comes again when the server said', async () => {
    const fetch = vi.fn(async () => busy());
    vi.stubGlobal('fetch', fetch);
    const waiting: boolean[] = [];
    const tried = tryPatiently(ZONE, SPAN, new AbortController().signal, (now) => waiting.push(now));
    await vi.advanceTimersByTimeAsync(6_900);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(waiting).toEqual([true]);
    fetch.mockImplementation(async () => new Response(JSON.stringify({ zone: 'z' }), { status: 200 }));
    await vi.advanceTimersByTimeAsync(200);
    expect(await tried).toMatchObject({ zone: 'z' });
    expect(waiting.at(-1)).toBe(false);
  });
  it('that is given up while it waits asks no more', async () => {
    const fetch = vi.fn(async () => busy());
    vi.stubGlobal('fetch', fetch);
    const given = new AbortController();
    const tried = tryPatiently(ZONE, SPAN, given.signal, () => {});
    const failed = expect(tried).rejects.toBeDefined();
    await vi.advanceTimersByTimeAsync(1_000);
    given.abort();
    await failed;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fetch).toHaveBeenCalledTimes(1);
  });
  it('that is refused for another reason is not tried again', async () => {
    const refusal = { code: 'missing', field: 'properties.rules' };
    const answer = () =>
      new Response(JSON.stringify(refusal), { status: 422, headers: { 'content-type': 'application/json' } });
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => answer()),
    );
    await expect(tryPatiently(ZONE, SPAN, new AbortController().signal, () => {})).rejects.toMatchObject({
      problem: { code: 'missing' },
    });
  });
});

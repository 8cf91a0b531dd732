import { expect, test } from 'vitest';
import type { TrackFix } from '../../api/types';
import { loadTrack } from './track-load';

/** A fix a second from 0 to 99, ten to a page. */
const api = {
  track: async (_: string, fromMs: number, toMs: number) => {
    const fixes: TrackFix[] = [];
    for (let ms = fromMs; ms < Math.min(toMs, fromMs + 10_000, 100_000); ms += 1_000) {
      const fixed_at = new Date(ms).toISOString();
      fixes.push({ fixed_at, received_at: fixed_at, lon: 121, lat: 30, on_line: ms % 2_000 === 0 });
    }
    const next = fromMs + 10_000;
    return { fixes, nextMs: next < Math.min(toMs, 100_000) ? next : null };
  },
};
const ask = (most: number, signal = new AbortController().signal, onProgress: (share: number) => void = () => {}) =>
  loadTrack(api, { vehicle: 'v', fromMs: 0, toMs: 50_000, most, signal, onProgress });

test('a track is read to its end, and the way goes through what is on the line', async () => {
  const told: number[] = [];
  const { points, cutAtMs } = await ask(1_000, undefined, (share) => told.push(share));
  expect(points.map(({ atMs }) => atMs / 1000)).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i));
  expect(cutAtMs).toBeNull();
  expect(told).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1, 1]);
});

test('what there is no room for is said', async () => {
  const { points, cutAtMs } = await ask(12);
  expect(points).toHaveLength(12);
  expect(cutAtMs).toBe(22_000);
});

test('whoever gives up waits no longer', async () => {
  const stop = new AbortController();
  const reading = ask(1_000, stop.signal, (share) => share > 0 && stop.abort());
  await expect(reading).rejects.toThrow();
});

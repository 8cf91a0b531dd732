import { describe, expect, test } from 'vitest';
import type { Health } from '../../api/admin';
import {
  diskLeft,
  judgeCommit,
  judgeDatabase,
  judgeDisk,
  judgeLag,
  judgeRoads,
  judgeTerminals,
  KEPT_SAMPLES,
  linePaths,
  niceAbove,
  withSample,
  type Sample,
} from './health';

const GIB = 2 ** 30;

function health(changes: { lag?: number | null; p99?: number | null; free?: number | null; full?: boolean; waiting?: number | null }): Health {
  const { lag = 40, p99 = 8, free = 500 * GIB, full = false, waiting = 0 } = changes;
  return {
    now: '2026-11-27T12:00:00Z',
    version: '0.1.0',
    engine_version: 3,
    started_at: null,
    ready: !full,
    not_ready: full ? ['storage_full'] : [],
    warnings: [],
    ingest: {
      fixes_per_s: 30,
      fixes_total: 1,
      batches_per_s: 1,
      waiting: 0,
      lag_ms: lag,
      commit_ms_p50: 2,
      commit_ms_p99: p99,
      refused_total: 0,
      late_waiting: 0,
    },
    disk: { free_bytes: free, total_bytes: 1000 * GIB, database_bytes: GIB },
    terminals: { online: 1, approved: 1, waiting_approval: waiting },
    consoles: 1,
    vehicles: { total: 1, online: 1, silent: 0 },
    zones: 1,
    alarms_open: 0,
    engine: { threads: 2 },
  };
}

describe('what the figures mean', () => {
  test('nothing is red on a good day', () => {
    const fine = health({});
    for (const judged of [judgeLag(fine), judgeCommit(fine), judgeDisk(fine, null), judgeTerminals(fine)]) {
      expect(judged).toEqual({ verdict: 'good' });
    }
  });

  test('a network that is missing is said, one that could not be replaced is wrong', () => {
    const roads = { state: 'ready', junctions: 1, length_km: 1, closures: 0, closure_epoch: 1 } as const;
    expect(judgeRoads({ roads })).toEqual({ verdict: 'good' });
    expect(judgeRoads({ roads: { ...roads, state: 'none' } })).toMatchObject({ verdict: 'watch' });
    expect(judgeRoads({ roads: { ...roads, error: 'cut short' } })).toMatchObject({ verdict: 'wrong' });
    expect(judgeRoads({})).toEqual({ verdict: 'unknown' });
  });

  test('what is not known is neither well nor wrong', () => {
    const dark = health({ lag: null, p99: null, free: null, waiting: null });
    for (const judged of [judgeLag(dark), judgeCommit(dark), judgeDisk(dark, null), judgeTerminals(dark)]) {
      expect(judged).toEqual({ verdict: 'unknown' });
    }
  });

  test('what is wrong comes with what to do', () => {
    expect(judgeLag(health({ lag: 1_500 }))).toEqual({ verdict: 'watch', advice: 'health.advice.lag' });
    expect(judgeLag(health({ lag: 6_000 })).verdict).toBe('wrong');
    expect(judgeCommit(health({ p99: 2_500 })).verdict).toBe('wrong');
    expect(judgeDisk(health({ free: 20 * GIB }), null).verdict).toBe('wrong');
    expect(judgeDisk(health({ free: 500 * GIB }), 1.5).verdict).toBe('wrong');
    expect(judgeDisk(health({ free: 500 * GIB }), 10).verdict).toBe('watch');
    expect(judgeDisk(health({ full: true, free: null }), null)).toEqual({ verdict: 'wrong', advice: 'health.advice.disk' });
    const database = (connected: boolean, behind: number) => ({ ...health({}), database: { connected, behind, sent: 0, uncut: 0 } });
    expect(judgeDatabase(database(true, 100))).toEqual({ verdict: 'good' });
    expect(judgeDatabase(database(true, 60_000)).verdict).toBe('watch');
    expect(judgeDatabase(database(false, 0))).toEqual({ verdict: 'wrong', advice: 'health.advice.database_lost' });
    expect(judgeTerminals(health({ waiting: 2 })).advice).toBe('health.advice.terminals');
  });
});

describe('how long the disk lasts', () => {
  const at = (s: number, bytes: number | null): Sample => ({ atMs: s * 1_000, fixesPerS: 1, databaseBytes: bytes });

  test('at the growth that was seen', () => {
    // 1 MB in 100 s is 864 MB a day; 8.64 GB last ten days.
    expect(diskLeft([at(0, 0), at(50, 2), at(100, 1e6)], 8.64e9)).toEqual({ kind: 'days', days: expect.closeTo(10, 6) });
  });

  test('is not said after a moment, nor without figures', () => {
    expect(diskLeft([at(0, 0), at(30, 1e6)], 1e9)).toEqual({ kind: 'unknown' });
    expect(diskLeft([at(0, null), at(100, null)], 1e9)).toEqual({ kind: 'unknown' });
    expect(diskLeft([at(0, 0), at(100, 1e6)], null)).toEqual({ kind: 'unknown' });
    expect(diskLeft([], 1e9)).toEqual({ kind: 'unknown' });
  });

  test('is for ever when nothing grows', () => {
    expect(diskLeft([at(0, 5), at(100, 5)], 1e9)).toEqual({ kind: 'steady' });
    expect(diskLeft([at(0, 5), at(100, 1)], 1e9)).toEqual({ kind: 'steady' });
    expect(diskLeft([at(0, 0), at(100, 1)], 1e12)).toEqual({ kind: 'steady' });
  });
});

describe('the picture of the last minutes', () => {
  const sample = (s: number, fixesPerS: number | null): Sample => ({ atMs: s * 1_000, fixesPerS, databaseBytes: null });

  test('keeps five minutes, and one look a moment', () => {
    let samples: readonly Sample[] = [];
    for (let s = 0; s < 400; s += 1) samples = withSample(samples, sample(s * 2, s));
    expect(samples).toHaveLength(KEPT_SAMPLES);
    expect(withSample(samples, samples.at(-1)!)).toBe(samples);
  });

  test('leaves a gap where nothing is known', () => {
    const { paths, top } = linePaths([sample(0, 10), sample(2, 40), sample(4, null), sample(6, 20)], 300, 100);
    expect(top).toBe(50);
    expect(paths).toHaveLength(2);
    expect(paths[1]).toBe('M300.0 60.0h0');
  });

  test('has an axis that ends at a round figure', () => {
    expect([1, 3, 7, 20, 21, 999].map(niceAbove)).toEqual([1, 5, 10, 20, 50, 1_000]);
  });
});

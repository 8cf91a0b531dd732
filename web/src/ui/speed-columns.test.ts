import { expect, test } from 'vitest';
import { speedColumns } from './speed-columns';

const speeds = (...list: [s: number, kph: number | null][]) => list.map(([s, kph]) => ({ atMs: s * 1000, kph }));

test('a column shows its highest speed, and a gap is no line', () => {
  const runs = speedColumns(speeds([0, 10], [5, 90], [9, 20], [60, 30], [400, 5], [410, null]), 0, 1_000_000, 100);
  expect(runs).toEqual([
    [
      { at: 0, kph: 90 },
      { at: 6, kph: 30 },
    ],
    [{ at: 40, kph: 5 }],
  ]);
});

test('nothing outside the span is shown', () => {
  expect(speedColumns(speeds([0, 10], [50, 20], [200, 30]), 40_000, 100_000, 10)).toEqual([[{ at: 1, kph: 20 }]]);
});

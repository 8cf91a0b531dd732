import { expect, test } from 'vitest';
import { backoffMs } from './backoff';

test('waits between 0.5 and 8 s, longer after every failure, never the same for all', () => {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    expect(backoffMs(attempt, 0)).toBe(500);
    expect(backoffMs(attempt, 0.999_999)).toBeLessThanOrEqual(8_000);
  }
  expect([0, 1, 2, 3, 4].map((attempt) => backoffMs(attempt, 1))).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
});

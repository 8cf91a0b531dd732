import { describe, expect, test } from 'vitest';
import { PickGrid } from './grid';

/** Numbers in [0, 1), the same on every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('picking what lies under the pointer', () => {
  test('agrees with looking at every point', () => {
    const next = numbers(7);
    const count = 3_000;
    const x = Float64Array.from({ length: count }, () => 0.83 + next() * 1e-3);
    const y = Float64Array.from({ length: count }, () => 0.41 + next() * 1e-3);
    const reach = 2e-5;
    const grid = new PickGrid(x, y, reach);
    let hits = 0;
    for (let tries = 0; tries < 2_000; tries += 1) {
      const px = 0.83 + next() * 1e-3;
      const py = 0.41 + next() * 1e-3;
      let best: number | undefined;
      let distance = reach;
      for (let i = 0; i < count; i += 1) {
        const d = Math.hypot(x[i]! - px, y[i]! - py);
        if (d < distance) {
          best = i;
          distance = d;
        }
      }
      if (best !== undefined) hits += 1;
      expect(grid.nearest(px, py, reach)).toBe(best);
    }
    expect(hits).toBeGreaterThan(500);
  });

  test('finds nothing out of reach and nothing on an empty map', () => {
    expect(new PickGrid([0.5], [0.5], 1e-5).nearest(0.5 + 1.1e-5, 0.5, 1e-5)).toBeUndefined();
    expect(new PickGrid([], [], 1e-5).nearest(0.5, 0.5, 1e-5)).toBeUndefined();
  });

  test('finds a neighbour across the edge of a cell, at the edges of the world too', () => {
    expect(new PickGrid([0.3 - 1e-9], [0.5], 1e-5).nearest(0.3 + 1e-9, 0.5, 1e-5)).toBe(0);
    expect(new PickGrid([0], [1], 1e-5).nearest(0, 1, 1e-5)).toBe(0);
  });
});

/** How long to wait before the next attempt to connect: doubling from 0.5 s to 8 s, spread so that consoles do not march. */

const FIRST_MS = 500;
const LONGEST_MS = 8_000;

/** `attempt` counts from 0; `random` is in [0, 1). The result is 500 to 8,000 ms. */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt + 1));
  return FIRST_MS + (ceiling - FIRST_MS) * random;
}

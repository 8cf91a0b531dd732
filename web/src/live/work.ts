/**
 * How long the console's own work takes in each frame of the screen: reading what the server sent, moving vehicles, copying
 * them to the graphics card, placing plates. Not the library's drawing.
 *
 * Measured only when the address says `measure=1`; otherwise the work is called straight through. Read from
 * `window.cordonWork` by whoever measures (tests/browser/frames.mjs).
 */

/** About five minutes at 60 frames a second. */
const KEPT = 1 << 14;

export interface Work {
  /** ms of work of each frame that had any, the oldest first; the last `KEPT`. */
  frames: () => number[];
  /** Forgets them. */
  clear: () => void;
}

declare global {
  interface Window {
    cordonWork?: Work;
  }
}

class Ring {
  readonly #ms = new Float32Array(KEPT);
  #count = 0;
  #frameMs = 0;
  #asked = false;

  add(ms: number): void {
    this.#frameMs += ms;
    if (this.#asked) return;
    this.#asked = true;
    // After the next picture: what came before it and what drawing it took of our own is one frame.
    requestAnimationFrame(() => setTimeout(() => this.#end()));
  }

  #end(): void {
    this.#ms[this.#count % KEPT] = this.#frameMs;
    this.#count += 1;
    this.#frameMs = 0;
    this.#asked = false;
  }

  frames(): number[] {
    const first = Math.max(0, this.#count - KEPT);
    return Array.from({ length: this.#count - first }, (_, i) => this.#ms[(first + i) % KEPT]!);
  }

  clear(): void {
    this.#count = 0;
  }
}

const asked = typeof location !== 'undefined' && /[?&]measure=1/.test(location.href);
const ring = asked ? new Ring() : undefined;
if (ring) window.cordonWork = { frames: () => ring.frames(), clear: () => ring.clear() };
let depth = 0;

/** Does some work, and counts how long it took. Work within work is counted once. */
export function measured<T>(work: () => T): T {
  if (!ring || depth > 0) return work();
  const from = performance.now();
  depth += 1;
  try {
    return work();
  } finally {
    depth -= 1;
    ring.add(performance.now() - from);
  }
}

/**
 * How long the console's own work takes in each frame of the screen, by what it was for. Everything that the page's thread does
 * because of what the server sent counts; the library's drawing does not.
 *
 * Measured only when the address says `measure=1`; otherwise the work is called straight through. Read from
 * `window.cordonWork` by whoever measures (tests/browser/frames.mjs).
 */

/** About five minutes at 60 frames a second. */
const KEPT = 1 << 14;

/**
 * What work is for: `socket` reads messages, `fleet` takes vehicles in, `follow` tells the map of them, `layer` copies them to
 * the graphics card and draws, `labels` places plates, `screen` is everything around the map.
 */
export const PARTS = ['socket', 'fleet', 'follow', 'layer', 'labels', 'screen'] as const;
export type Part = (typeof PARTS)[number];

export interface Work {
  /** ms of work of each frame that had any, the oldest first; the last `KEPT`. */
  frames: () => number[];
  /** The same by part: as many numbers each as there are frames. */
  parts: () => Record<Part, number[]>;
  /** How old each frame of vehicles was when it was drawn, ms from when its message came. */
  ages: () => number[];
  /** Forgets them. */
  clear: () => void;
}

declare global {
  interface Window {
    cordonWork?: Work;
  }
}

/** The last `KEPT` numbers. */
class Ring {
  readonly #kept = new Float32Array(KEPT);
  #count = 0;

  add(value: number): void {
    this.#kept[this.#count % KEPT] = value;
    this.#count += 1;
  }

  all(): number[] {
    const first = Math.max(0, this.#count - KEPT);
    return Array.from({ length: this.#count - first }, (_, i) => this.#kept[(first + i) % KEPT]!);
  }

  clear(): void {
    this.#count = 0;
  }
}

/** Sums work up by frame. Work within work counts for its own part alone. */
export class Meter {
  readonly #nowMs: () => number;
  /** Calls once after the next picture. */
  readonly #afterPicture: (run: () => void) => void;
  readonly #frames = new Ring();
  readonly #parts = new Map(PARTS.map((part) => [part, new Ring()]));
  readonly #ages = new Ring();
  readonly #sums = new Map<Part, number>();
  /** The parts that are being worked on, the innermost last. */
  readonly #within: Part[] = [];
  #sinceMs = 0;
  #asked = false;

  constructor(nowMs: () => number, afterPicture: (run: () => void) => void) {
    this.#nowMs = nowMs;
    this.#afterPicture = afterPicture;
  }

  begin(part: Part): void {
    this.#count();
    this.#within.push(part);
    if (this.#asked) return;
    this.#asked = true;
    this.#afterPicture(() => this.#end());
  }

  /** Work that React does ends after what it lies within. */
  end(part: Part): void {
    this.#count();
    this.#within.splice(this.#within.lastIndexOf(part), 1);
  }

  drawn(ageMs: number): void {
    this.#ages.add(ageMs);
  }

  /** What passed since the last call belongs to the innermost part. */
  #count(): void {
    const nowMs = this.#nowMs();
    const part = this.#within.at(-1);
    if (part) this.#sums.set(part, (this.#sums.get(part) ?? 0) + nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
  }

  #end(): void {
    this.#asked = false;
    let all = 0;
    for (const [part, ring] of this.#parts) {
      const ms = this.#sums.get(part) ?? 0;
      ring.add(ms);
      all += ms;
    }
    this.#frames.add(all);
    this.#sums.clear();
  }

  work(): Work {
    return {
      frames: () => this.#frames.all(),
      parts: () => Object.fromEntries(PARTS.map((part) => [part, this.#parts.get(part)!.all()])) as Record<Part, number[]>,
      ages: () => this.#ages.all(),
      clear: () => {
        for (const ring of [this.#frames, this.#ages, ...this.#parts.values()]) ring.clear();
      },
    };
  }
}

const asked = typeof location !== 'undefined' && /[?&]measure=1/.test(location.href);
// What came before a picture and what drawing it took of our own is one frame.
const meter = asked
  ? new Meter(
      () => performance.now(),
      (run) => requestAnimationFrame(() => setTimeout(run)),
    )
  : undefined;
if (meter) window.cordonWork = meter.work();

/** Does some work, and counts how long it took. */
export function measured<T>(part: Part, work: () => T): T {
  if (!meter) return work();
  meter.begin(part);
  try {
    return work();
  } finally {
    meter.end(part);
  }
}

/** Tells React of a change, and counts what it does about it: it draws in a microtask, which comes before this one's. */
export function measuredWithReact(tell: () => void): void {
  if (!meter) {
    tell();
    return;
  }
  meter.begin('screen');
  try {
    tell();
  } finally {
    queueMicrotask(() => meter.end('screen'));
  }
}

/** The layer has drawn vehicles whose message came at `cameAtMs` of the page's own clock. */
export function drawn(cameAtMs: number): void {
  meter?.drawn(performance.now() - cameAtMs);
}

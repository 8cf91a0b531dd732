/**
 * Takes frames of vehicles in by parts, one part for each picture of the screen, so that 30,000 positions that come at once
 * hold up no picture and no press of a button. Small frames, which is all that one park ever sends, are taken in at once.
 */
import type { LiveFrame } from './frame';

/** Taken in in about a millisecond. */
const PART = 8_000;

export interface IntakePort {
  /** Takes in the records from `from` to `to`. */
  take: (frame: LiveFrame, from: number, to: number, atMs: number) => void;
  /** A frame is in as a whole. */
  done: (frame: LiveFrame) => void;
  /** Calls once before the next picture. */
  nextPicture: (run: () => void) => void;
}

interface Waiting {
  frame: LiveFrame;
  atMs: number;
  from: number;
}

/** While nobody sees the page there are no pictures to wait for. */
export function nextPicture(run: () => void): void {
  if (document.hidden) setTimeout(run);
  else requestAnimationFrame(run);
}

export class Intake {
  readonly #port: IntakePort;
  #waiting: Waiting[] = [];
  #asked = false;

  constructor(port: IntakePort) {
    this.#port = port;
  }

  /** `atMs` is when it came, on the page's own clock. */
  put(frame: LiveFrame, atMs: number): void {
    this.#waiting.push({ frame, atMs, from: 0 });
    // A page that cannot keep up is late already: what waits is taken in whole, in its order.
    if (this.#waiting.length > 1) this.#drain();
    else this.#part();
  }

  /** What waits is of a picture that is over. */
  clear(): void {
    this.#waiting = [];
  }

  #drain(): void {
    while (this.#waiting.length > 0) this.#step(Infinity);
  }

  #part(): void {
    if (this.#waiting.length === 0) return;
    this.#step(PART);
    if (this.#waiting.length === 0 || this.#asked) return;
    this.#asked = true;
    this.#port.nextPicture(() => {
      this.#asked = false;
      this.#part();
    });
  }

  #step(most: number): void {
    const first = this.#waiting[0]!;
    const to = Math.min(first.frame.count, first.from + most);
    this.#port.take(first.frame, first.from, to, first.atMs);
    first.from = to;
    if (to < first.frame.count) return;
    this.#waiting.shift();
    this.#port.done(first.frame);
  }
}

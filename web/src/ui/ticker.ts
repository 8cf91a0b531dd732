/**
 * The server's time for ages on the screen, told again every so often. Everything that goes by the same pace is told at once,
 * so that the screen is drawn once for all of it.
 */
import { measuredWithReact } from '../live/work';

export interface Ticking {
  now: () => number;
}

export class Ticker {
  readonly #clock: Ticking;
  readonly #everyMs: number;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #now: number;

  constructor(clock: Ticking, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#now = clock.now();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#tick(), this.#everyMs);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  /** The time of the last tick. */
  readonly now = (): number => {
    // Nobody listened for a while.
    if (this.#timer === undefined && this.#clock.now() - this.#now >= this.#everyMs) this.#now = this.#clock.now();
    return this.#now;
  };

  #tick(): void {
    this.#now = this.#clock.now();
    measuredWithReact(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}

const tickers = new WeakMap<Ticking, Map<number, Ticker>>();

/** The one ticker of a clock for a pace. */
export function tickerOf(clock: Ticking, everyMs: number): Ticker {
  const paces = tickers.get(clock) ?? new Map<number, Ticker>();
  tickers.set(clock, paces);
  const ticker = paces.get(everyMs) ?? new Ticker(clock, everyMs);
  paces.set(everyMs, ticker);
  return ticker;
}

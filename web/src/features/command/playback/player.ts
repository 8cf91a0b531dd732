/** The playback's clock: where it is, whether it runs and how fast. It moves by what really passed, so it never drifts. */
import { within, type Span } from './timeline';

export const SPEEDS = [1, 4, 16, 60] as const;
export type PlaySpeed = (typeof SPEEDS)[number];

/** Pictures of numbers a second: more cannot be read. The map is told of every frame. */
const TOLD_EVERY_MS = 100;

export interface Moment {
  atMs: number;
  playing: boolean;
  speed: PlaySpeed;
}

export class Player {
  #span: Span;
  #moment: Moment;
  #told: Moment;
  #toldAt = -Infinity;
  readonly #listeners = new Set<() => void>();
  /** Called with every change, for the map. */
  onFrame: (atMs: number) => void = () => {};

  constructor(span: Span, atMs: number) {
    this.#span = span;
    this.#moment = { atMs: within(span, atMs), playing: false, speed: 4 };
    this.#told = this.#moment;
  }

  get span(): Span {
    return this.#span;
  }

  /** As it stands at this very moment, however often listeners are told. */
  get now(): Moment {
    return this.#moment;
  }

  /** What listeners were told last: the same object until they are told again. */
  readonly moment = (): Moment => this.#told;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** `realMs` passed on the desk's clock, of which it is `clockMs` now. */
  pass(realMs: number, clockMs: number): void {
    if (!this.#moment.playing) return;
    const atMs = within(this.#span, this.#moment.atMs + realMs * this.#moment.speed);
    const ended = atMs >= this.#span.toMs;
    this.#moment = { ...this.#moment, atMs, playing: !ended };
    this.onFrame(atMs);
    if (ended || clockMs - this.#toldAt >= TOLD_EVERY_MS) this.#tell(clockMs);
  }

  seek(ms: number): void {
    this.#set({ atMs: within(this.#span, ms) });
  }

  step(ms: number): void {
    this.seek(this.#moment.atMs + ms);
  }

  /** From the end it begins anew. */
  toggle(): void {
    const again = !this.#moment.playing && this.#moment.atMs >= this.#span.toMs;
    this.#set({ playing: !this.#moment.playing, ...(again ? { atMs: this.#span.fromMs } : {}) });
  }

  pause(): void {
    this.#set({ playing: false });
  }

  setSpeed(speed: PlaySpeed): void {
    this.#set({ speed });
  }

  setSpan(span: Span): void {
    this.#span = span;
    this.#set({ atMs: within(span, this.#moment.atMs) });
  }

  #set(change: Partial<Moment>): void {
    this.#moment = { ...this.#moment, ...change };
    this.onFrame(this.#moment.atMs);
    this.#tell(this.#toldAt);
  }

  #tell(clockMs: number): void {
    this.#toldAt = clockMs;
    this.#told = this.#moment;
    for (const listener of this.#listeners) listener();
  }
}

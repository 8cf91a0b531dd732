/**
 * The server's time, told from what it sends. Ages on the screen are counted by it, so that a wrong clock on a desk
 * cannot make an old position look fresh.
 */

const SAMPLES = 8;

export class ServerClock {
  readonly #offsets: number[] = [];
  readonly #localNow: () => number;

  constructor(localNow: () => number = Date.now) {
    this.#localNow = localNow;
  }

  /** A message that carries the server's time has just come in. */
  heard(serverMs: number): void {
    if (!Number.isFinite(serverMs)) return;
    this.#offsets.push(serverMs - this.#localNow());
    if (this.#offsets.length > SAMPLES) this.#offsets.shift();
  }

  /** Server time minus local time, ms. Waiting in the network only lowers a sample, so the largest is nearest. */
  offsetMs(): number {
    return this.#offsets.length === 0 ? 0 : Math.max(...this.#offsets);
  }

  now(): number {
    return this.#localNow() + this.offsetMs();
  }
}

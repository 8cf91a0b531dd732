/** Which slot of the fleet's columns a vehicle's number has: asked for every record of every frame, so kept as plain numbers. */

/** The server counts vehicles from 1: up to here a table of 4 bytes a number, beyond it a map. */
const TABLE_UP_TO = 1 << 22;
const NONE = -1;

export class Slots {
  #table = new Int32Array(0);
  readonly #beyond = new Map<number, number>();

  /** The slot, or -1. */
  get(key: number): number {
    if (key < this.#table.length) return this.#table[key]!;
    return key < TABLE_UP_TO ? NONE : (this.#beyond.get(key) ?? NONE);
  }

  set(key: number, slot: number): void {
    if (key >= TABLE_UP_TO) {
      this.#beyond.set(key, slot);
      return;
    }
    if (key >= this.#table.length) this.#grow(key + 1);
    this.#table[key] = slot;
  }

  delete(key: number): void {
    if (key < this.#table.length) this.#table[key] = NONE;
    else this.#beyond.delete(key);
  }

  clear(): void {
    this.#table.fill(NONE);
    this.#beyond.clear();
  }

  #grow(wanted: number): void {
    const next = new Int32Array(Math.min(TABLE_UP_TO, Math.max(1_024, wanted * 2))).fill(NONE);
    next.set(this.#table);
    this.#table = next;
  }
}

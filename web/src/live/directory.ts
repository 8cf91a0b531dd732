/**
 * Who is behind the numbers of the binary frames: plate, class, company, zones. Read by list, since the list is small
 * and changes seldom; asked again when a number turns up that nobody has a name for.
 */
import type { Vehicle } from '../api/types';

/** Unknown numbers lead to at most one list in this time. */
const APART_MS = 5_000;

export class Directory {
  readonly #byKey = new Map<number, Vehicle>();
  readonly #byId = new Map<string, Vehicle>();
  readonly #fetch: () => Promise<Vehicle[]>;
  readonly #changed: () => void;
  readonly #nowMs: () => number;
  /** Numbers that the server's list does not have either: not asked for again until an edit. */
  readonly #nameless = new Set<number>();
  #askedAtMs = -Infinity;
  #asking = false;

  constructor(fetch: () => Promise<Vehicle[]>, changed: () => void, nowMs: () => number = Date.now) {
    this.#fetch = fetch;
    this.#changed = changed;
    this.#nowMs = nowMs;
  }

  byKey(key: number): Vehicle | undefined {
    return this.#byKey.get(key);
  }

  byId(id: string): Vehicle | undefined {
    return this.#byId.get(id);
  }

  /** Asks for the list when one of these numbers has no name yet. */
  seen(keys: Uint32Array): void {
    if (this.#asking || this.#nowMs() - this.#askedAtMs < APART_MS) return;
    for (const key of keys) {
      if (!this.#byKey.has(key) && !this.#nameless.has(key)) {
        void this.refresh(keys);
        return;
      }
    }
  }

  /** Reads the list again. A failure leaves what is known; the next unknown number asks again. */
  async refresh(wanted?: Uint32Array): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#askedAtMs = this.#nowMs();
    try {
      const vehicles = await this.#fetch();
      this.#byKey.clear();
      this.#byId.clear();
      this.#nameless.clear();
      for (const vehicle of vehicles) {
        this.#byKey.set(vehicle.key, vehicle);
        this.#byId.set(vehicle.id, vehicle);
      }
      for (const key of wanted ?? []) if (!this.#byKey.has(key)) this.#nameless.add(key);
      this.#changed();
    } catch {
      // The connection banner already says that the server does not answer.
    } finally {
      this.#asking = false;
    }
  }
}

/**
 * Who is behind the numbers of the binary frames: plate, class, company, zones. Read by list, since the list is small
 * and changes seldom; asked again when a number turns up that nobody has a name for.
 */
import type { Api } from '../api/client';
import type { Vehicle } from '../api/types';

/** Unknown numbers lead to at most one list in this time. */
const APART_MS = 5_000;

export class Directory {
  /** Rises when a vehicle comes, goes, or is called something else: readers compare it instead of the list. */
  version = 0;
  readonly #byKey = new Map<number, Vehicle>();
  readonly #byId = new Map<string, Vehicle>();
  readonly #api: Pick<Api, 'vehicles' | 'vehicle'>;
  readonly #changed: () => void;
  readonly #nowMs: () => number;
  /** Numbers that the server's list does not have either: not asked for again until an edit. */
  readonly #nameless = new Set<number>();
  #askedAtMs = -Infinity;
  #asking = false;

  constructor(api: Pick<Api, 'vehicles' | 'vehicle'>, changed: () => void, nowMs: () => number = Date.now) {
    this.#api = api;
    this.#changed = changed;
    this.#nowMs = nowMs;
  }

  byKey(key: number): Vehicle | undefined {
    return this.#byKey.get(key);
  }

  byId(id: string): Vehicle | undefined {
    return this.#byId.get(id);
  }

  all(): IterableIterator<Vehicle> {
    return this.#byId.values();
  }

  /** Asks for the list when one of these numbers has no name yet; keeps none of the array. Answers whether all of them were looked at and need nothing. */
  seen(keys: Uint32Array): boolean {
    if (this.#asking || this.#nowMs() - this.#askedAtMs < APART_MS) return false;
    for (const key of keys) {
      if (!this.#byKey.has(key) && !this.#nameless.has(key)) {
        void this.refresh(keys.slice());
        return false;
      }
    }
    return true;
  }

  /** Reads the list again. A failure leaves what is known; the next unknown number asks again. */
  async refresh(wanted?: Uint32Array): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#askedAtMs = this.#nowMs();
    try {
      const vehicles = await this.#api.vehicles();
      this.#byKey.clear();
      this.#byId.clear();
      this.#nameless.clear();
      for (const vehicle of vehicles) this.#put(vehicle);
      for (const key of wanted ?? []) if (!this.#byKey.has(key)) this.#nameless.add(key);
      this.version += 1;
      this.#changed();
    } catch {
      // The connection banner already says that the server does not answer.
    } finally {
      this.#asking = false;
    }
  }

  /** Reads one vehicle again: its zones and marks move faster than the list. */
  async refreshOne(key: number): Promise<void> {
    const known = this.#byKey.get(key);
    if (!known) return;
    try {
      this.#put(await this.#api.vehicle(known.id));
      this.#changed();
    } catch {
      // What is known stays; its age is on the card.
    }
  }

  #put(vehicle: Vehicle): void {
    const known = this.#byKey.get(vehicle.key);
    const same = known?.plate === vehicle.plate && known?.company === vehicle.company && known?.class === vehicle.class;
    if (!same) this.version += 1;
    this.#byKey.set(vehicle.key, vehicle);
    this.#byId.set(vehicle.id, vehicle);
  }
}

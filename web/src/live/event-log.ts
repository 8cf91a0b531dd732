/** The latest events for the log strip and for finding the place of an alarm. A later revision replaces an earlier one. */
import type { Event } from '../api/types';

/** Events kept in memory; the server has them all. */
const KEPT = 500;
const SHOWN = 200;

export class EventLog {
  readonly #byId = new Map<string, Event>();
  #latest: readonly Event[] | undefined;

  put(event: Event): void {
    const known = this.#byId.get(event.id);
    if (known && known.seq >= event.seq) return;
    this.#latest = undefined;
    this.#byId.delete(event.id);
    this.#byId.set(event.id, event);
    if (this.#byId.size > KEPT) this.#byId.delete(this.#byId.keys().next().value!);
  }

  get(id: string): Event | undefined {
    return this.#byId.get(id);
  }

  clear(): void {
    this.#latest = undefined;
    this.#byId.clear();
  }

  /** What happened last first; the later news decides between equals. The same list until something changes. */
  latest(): readonly Event[] {
    this.#latest ??= [...this.#byId.values()]
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.seq - a.seq)
      .slice(0, SHOWN);
    return this.#latest;
  }
}

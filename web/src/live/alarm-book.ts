/**
 * The alarms that still need somebody, as the server last said. The book never changes an alarm by itself: what a person
 * does goes to the server, and its answer comes back here.
 */
import type { Alarm } from '../api/types';

/** How many closed alarms are remembered, so that a late copy of an older state cannot bring one back. */
const CLOSED_KEPT = 5_000;

/** Whether an alarm asks nobody for now: a person put it aside, or another alarm says the same. */
function isAside(alarm: Alarm): boolean {
  return alarm.state === 'shelved' || alarm.state === 'suppressed';
}

/** Read once for each state of an alarm: in a flood it is asked for again and again. */
const raisedAt = new WeakMap<Alarm, number>();

/** When it was raised, ms. */
export function raisedAtMs(alarm: Alarm): number {
  let atMs = raisedAt.get(alarm);
  if (atMs === undefined) {
    atMs = Date.parse(alarm.raised_at);
    raisedAt.set(alarm, atMs);
  }
  return atMs;
}

/** What is put aside last; highest priority first, the newest of a priority first; the id decides what is left. */
export function alarmOrder(a: Alarm, b: Alarm): number {
  return (
    Number(isAside(a)) - Number(isAside(b)) ||
    a.priority - b.priority ||
    raisedAtMs(b) - raisedAtMs(a) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

export class AlarmBook {
  readonly #open = new Map<string, Alarm>();
  readonly #closed = new Map<string, number>();
  /** The order of `#open`, made when it is asked for. */
  #ordered: readonly Alarm[] | undefined;

  /** Takes in one alarm; answers whether it says something that the book did not know. */
  put(alarm: Alarm): boolean {
    const known = this.#open.get(alarm.id)?.seq ?? this.#closed.get(alarm.id) ?? -1;
    if (alarm.seq <= known) return false;
    this.#ordered = undefined;
    if (alarm.state === 'closed') {
      this.#open.delete(alarm.id);
      this.#closed.set(alarm.id, alarm.seq);
      if (this.#closed.size > CLOSED_KEPT) this.#closed.delete(this.#closed.keys().next().value!);
    } else {
      this.#closed.delete(alarm.id);
      this.#open.set(alarm.id, alarm);
    }
    return true;
  }

  /** All open alarms as of `seq`: whatever the book has beyond them is dropped, unless it is newer than `seq`. */
  replace(alarms: readonly Alarm[], seq: number): void {
    this.#ordered = undefined;
    const listed = new Set(alarms.map((alarm) => alarm.id));
    for (const alarm of [...this.#open.values()]) {
      if (!listed.has(alarm.id) && alarm.seq <= seq) this.#open.delete(alarm.id);
    }
    for (const alarm of alarms) this.put(alarm);
  }

  get(id: string): Alarm | undefined {
    return this.#open.get(id);
  }

  clear(): void {
    this.#ordered = undefined;
    this.#open.clear();
    this.#closed.clear();
  }

  /** The same list until something changes. */
  ordered(): readonly Alarm[] {
    this.#ordered ??= [...this.#open.values()].sort(alarmOrder);
    return this.#ordered;
  }
}

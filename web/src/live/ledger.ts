/**
 * Alarms and events without holes: what frames bring is taken in, and what a break or a lost frame made the page miss is
 * fetched by its number.
 *
 * Events and alarms share one sequence. The ledger may know too much (everything is put by its number, so a repetition
 * changes nothing) but must never believe itself complete where it is not.
 */
import { ApiError, type Api } from '../api/client';
import type { Alarm, Event, Problem } from '../api/types';
import { AlarmBook } from './alarm-book';
import { EventLog } from './event-log';

/** How far back the log is read. Alarms share the sequence, so fewer events than numbers come back. */
const EVENTS_BACK = 400;
const RETRY_MS = 3_000;

export interface LedgerPort {
  api: Pick<Api, 'openAlarms' | 'alarmsAfter' | 'eventsAfter'>;
  setTimeout: (run: () => void, ms: number) => number;
  clearTimeout: (id: number) => void;
  /** Something was fetched, or could not be. */
  onChange: () => void;
}

export class Ledger {
  readonly alarms = new AlarmBook();
  readonly events = new EventLog();
  /** `true` once a whole list of alarms was received. */
  known = false;
  /** Why the last fetch failed; `null` when it did not. */
  problem: Problem | null = null;

  readonly #port: LedgerPort;
  /** Everything up to here is in the book and the log; `undefined` before the first whole list. */
  #seq: number | undefined;
  /** The largest number that a frame named. */
  #seen = 0;
  /** Something between `#seq` and `#seen` is missing: until it is fetched, frames do not move `#seq`. */
  #gap = true;
  #filling = false;
  #beatsBehind = 0;
  /** Counts connections: what was fetched under one says nothing about the frames of the next. */
  #connection = 0;
  #retry: number | undefined;

  constructor(port: LedgerPort) {
    this.#port = port;
  }

  /** From where a new connection goes on. */
  get seq(): number | undefined {
    return this.#seq;
  }

  stop(): void {
    if (this.#retry !== undefined) this.#port.clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  /** The connection is gone: frames may be missed from here on. */
  broke(): void {
    this.#connection += 1;
    this.#beatsBehind = 0;
  }

  /** The server's greeting: where its sequence stands, and perhaps all open alarms. */
  hello(seq: number, snapshot: readonly Alarm[] | undefined): void {
    if (this.#seq !== undefined && seq < this.#seq) this.#forget();
    this.#seen = Math.max(this.#seen, seq);
    if (snapshot) {
      this.alarms.replace(snapshot, seq);
      this.known = true;
    }
    if (this.#seq === undefined || seq > this.#seq) void this.#fill();
  }

  putAlarms(seq: number, alarms: readonly Alarm[]): void {
    for (const alarm of alarms) this.alarms.put(alarm);
    this.#advance(seq);
  }

  putEvents(seq: number, events: readonly Event[]): void {
    for (const event of events) this.events.put(event);
    this.#advance(seq);
  }

  /** A beat that names a number which never came, twice in a row, is a gap. */
  beat(seq: number | undefined): void {
    const behind = seq !== undefined && this.#seq !== undefined && seq > this.#seq;
    this.#beatsBehind = behind ? this.#beatsBehind + 1 : 0;
    if (this.#beatsBehind < 2) return;
    this.#beatsBehind = 0;
    this.#seen = Math.max(this.#seen, seq ?? 0);
    void this.#fill();
  }

  /** Another site, or one restored from a backup: nothing known here holds there. */
  #forget(): void {
    this.#seq = undefined;
    this.#seen = 0;
    this.alarms.clear();
    this.events.clear();
  }

  #advance(seq: number): void {
    this.#seen = Math.max(this.#seen, seq);
    if (!this.#gap && this.#seq !== undefined) this.#seq = Math.max(this.#seq, seq);
  }

  /** Fetches what lies between `#seq` and now; tries again until it has it. */
  async #fill(): Promise<void> {
    this.#gap = true;
    if (this.#filling) return;
    this.#filling = true;
    try {
      await this.#fetch();
      this.problem = null;
    } catch (error) {
      this.problem = error instanceof ApiError ? error.problem : { status: 0, detail: String(error) };
      this.#again();
    }
    this.#filling = false;
    this.#port.onChange();
    // The connection changed while this was fetched, and the next one named more.
    if (this.#gap && !this.problem) await this.#fill();
  }

  async #fetch(): Promise<void> {
    const { api } = this.#port;
    const upTo = this.#seen;
    const connection = this.#connection;
    const from = this.#seq;
    const alarms = from === undefined ? await api.openAlarms() : await api.alarmsAfter(from);
    const events = await api.eventsAfter(Math.max(from ?? 0, upTo - EVENTS_BACK), EVENTS_BACK);
    if (from === undefined) this.alarms.replace(alarms, upTo);
    else for (const alarm of alarms) this.alarms.put(alarm);
    for (const event of events) this.events.put(event);
    // On the same connection every frame since is in the book already.
    this.#seq = connection === this.#connection ? this.#seen : upTo;
    this.#gap = this.#seq < this.#seen;
    this.known = true;
  }

  #again(): void {
    if (this.#retry !== undefined) return;
    this.#retry = this.#port.setTimeout(() => {
      this.#retry = undefined;
      void this.#fill();
    }, RETRY_MS);
  }
}

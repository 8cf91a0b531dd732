/**
 * The live picture of one site: everything that the screen shows and that the server said. Plain TypeScript; React reads
 * immutable pictures through `useSyncExternalStore`, at most four a second, the map reads the fleet directly.
 *
 * It never decides: it holds what the server said last, says how old that is, and fetches what a break made it miss.
 */
import { ApiError, type Api } from '../api/client';
import type { Alarm, Collection, Event, Problem, TextFrame } from '../api/types';
import { AlarmBook } from './alarm-book';
import { Directory } from './directory';
import { EventLog } from './event-log';
import { Features, isCollection } from './features';
import { Fleet } from './fleet';
import { decodeFrame, FrameError, type LiveFrame } from './frame';
import { ServerClock } from './server-clock';
import { browserPort, CLOSE, LiveSocket, type ConnectionState, type SocketPort, type View } from './socket';

/** At most four pictures a second: text that changes faster cannot be read. */
const PICTURE_MS = 250;
/** Events and alarms share one sequence, so more numbers than events are asked for. */
const EVENTS_BACK = 400;
const RETRY_MS = 3_000;

/** What the screen shows. A new object for every picture; its parts are not changed afterwards. */
export interface Picture {
  connection: ConnectionState;
  /** Server time of the last message, ms; `null` before the first. */
  heardAtMs: number | null;
  /** How far the server itself is behind what terminals sent. */
  lagMs: number;
  notReady: readonly string[];
  /** Server clock minus this desk's clock, ms. */
  clockOffsetMs: number;
  alarms: readonly Alarm[];
  /** `true` once a whole list of alarms was received. */
  alarmsKnown: boolean;
  alarmsProblem: Problem | null;
  events: readonly Event[];
  vehicleCount: number;
  /** Rises when names, features or the fleet change, for what reads them through `site`. */
  revision: number;
}

/** Who is not let in: the session ended, or the role may not see the live picture. */
export type Refusal = 'signed_out' | 'forbidden';

export interface SiteOptions {
  url: string;
  api: Pick<
    Api,
    | 'session'
    | 'vehicles'
    | 'vehicle'
    | 'openAlarms'
    | 'alarmsAfter'
    | 'eventsAfter'
    | 'features'
    | 'feature'
    | 'acknowledge'
    | 'close'
  >;
  port?: SocketPort;
  onRefused: (refusal: Refusal) => void;
}

export class Site {
  readonly fleet = new Fleet();
  readonly clock = new ServerClock();
  readonly directory: Directory;
  readonly features: Features;
  /** Called on every frame of vehicles, for the map. */
  onFleet: () => void = () => {};
  onFeatures: (collection: Collection) => void = () => {};
  /** Vehicles counted by cell, while the view is too wide for single ones. */
  onCells: (cells: LiveFrame | null) => void = () => {};

  readonly #api: SiteOptions['api'];
  readonly #port: SocketPort;
  readonly #socket: LiveSocket;
  readonly #onRefused: (refusal: Refusal) => void;
  readonly #alarms = new AlarmBook();
  readonly #events = new EventLog();
  readonly #listeners = new Set<() => void>();

  #connection: ConnectionState = 'connecting';
  #heardAtMs: number | null = null;
  #lagMs = 0;
  #notReady: readonly string[] = [];
  #alarmsKnown = false;
  #alarmsProblem: Problem | null = null;
  #cellCount = 0;
  #revision = 0;

  /** Everything up to here is in the book and the log; `undefined` before the first whole list. */
  #seq: number | undefined;
  /** The largest number that a frame named. */
  #seen = 0;
  /** Something between `#seq` and `#seen` is missing: until it is fetched, frames do not move `#seq`. */
  #gap = true;
  #filling = false;
  #gapBeats = 0;
  /** Counts connections: what was fetched under one says nothing about the frames of the next. */
  #epoch = 0;
  readonly #retries = new Map<'fill' | 'features', number>();

  #picture: Picture;
  #pictureAtMs = -Infinity;
  #pending: number | undefined;

  constructor(options: SiteOptions) {
    this.#api = options.api;
    this.#port = options.port ?? browserPort;
    this.#onRefused = options.onRefused;
    this.directory = new Directory(options.api, () => this.#touch());
    this.features = new Features(options.api, (collection) => {
      this.onFeatures(collection);
      this.#touch();
    });
    this.#socket = new LiveSocket(
      options.url,
      {
        onText: (text) => this.#text(text),
        onBinary: (bytes) => this.#binary(bytes),
        onState: (state) => this.#state(state),
        onRefused: (code) => this.#onRefused(code === CLOSE.signedOut ? 'signed_out' : 'forbidden'),
        resumeFrom: () => this.#seq,
      },
      this.#port,
    );
    this.#picture = this.#draw();
  }

  start(): void {
    this.#socket.start();
    void this.directory.refresh();
    void this.#loadFeatures();
  }

  stop(): void {
    this.#socket.stop();
    for (const timer of this.#retries.values()) this.#port.clearTimeout(timer);
    this.#retries.clear();
    if (this.#pending !== undefined) this.#port.clearTimeout(this.#pending);
    this.#pending = undefined;
  }

  hurry(): void {
    this.#socket.hurry();
  }

  setView(view: View): void {
    this.#socket.setView(view);
  }

  event(id: string): Event | undefined {
    return this.#events.get(id);
  }

  async acknowledge(id: string, note: string | undefined): Promise<void> {
    this.#learn([await this.#api.acknowledge(id, note)]);
  }

  async close(id: string, result: string): Promise<void> {
    this.#learn([await this.#api.close(id, result)]);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly picture = (): Picture => this.#picture;

  #learn(alarms: readonly Alarm[]): void {
    for (const alarm of alarms) if (alarm) this.#alarms.put(alarm);
    this.#show();
  }

  #state(state: ConnectionState): void {
    const before = this.#connection;
    this.#connection = state;
    if (state === 'lost') {
      this.#epoch += 1;
      this.#gapBeats = 0;
      void this.#checkSession();
    }
    if (state === 'live' && before === 'lost') {
      // Features and names have no sequence: after a break both are read again.
      void this.directory.refresh();
      void this.#loadFeatures();
    }
    this.#show();
  }

  /** A refused upgrade looks to the browser like a dead network: asking tells the two apart. */
  async #checkSession(): Promise<void> {
    try {
      await this.#api.session();
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 401) {
        this.stop();
        this.#onRefused('signed_out');
      }
    }
  }

  #heard(): void {
    this.#heardAtMs = this.clock.now();
  }

  #binary(bytes: ArrayBuffer): void {
    let frame: LiveFrame;
    try {
      frame = decodeFrame(bytes);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      console.error(`frame of /live refused: ${error.message}`);
      return;
    }
    this.#heard();
    if (frame.kind === 'cells') {
      this.fleet.clear();
      this.#cellCount = frame.key.reduce((sum, count) => sum + count, 0);
      this.onCells(frame);
    } else {
      if (this.#cellCount > 0) {
        this.#cellCount = 0;
        this.onCells(null);
      }
      this.fleet.apply(frame, performance.now());
      if (frame.kind !== 'gone') this.directory.seen(frame.key);
    }
    this.onFleet();
    this.#touch();
  }

  #text(text: string): void {
    let frame: TextFrame;
    try {
      frame = JSON.parse(text) as TextFrame;
    } catch {
      console.error('text frame of /live is not JSON');
      return;
    }
    switch (frame.type) {
      case 'hello':
        this.clock.heard(Date.parse(frame.now));
        this.#hello(frame.seq, frame.alarms);
        break;
      case 'alarms':
        for (const alarm of frame.items) this.#alarms.put(alarm);
        this.#advance(frame.seq);
        break;
      case 'events':
        for (const event of frame.items) this.#events.put(event);
        this.#advance(frame.seq);
        break;
      case 'features':
        for (const change of frame.items) this.#edited(change);
        break;
      case 'health':
        this.clock.heard(Date.parse(frame.now));
        this.#lagMs = frame.lag_ms ?? 0;
        this.#notReady = frame.not_ready ?? [];
        this.#beat(frame.seq);
        break;
      case 'error':
        console.error(`/live did not understand: ${frame.code} ${frame.detail}`);
        break;
    }
    this.#heard();
    this.#touch();
  }

  #edited(change: { collection: string; id: string; revision: number; deleted: boolean }): void {
    if (change.collection === 'vehicles') void this.directory.refresh();
    if (!isCollection(change.collection)) return;
    this.features.apply(change).catch(() => void this.#loadFeatures());
  }

  async #loadFeatures(): Promise<void> {
    if (!(await this.features.load())) this.#again('features', () => this.#loadFeatures());
  }

  #hello(seq: number, snapshot: Alarm[] | undefined): void {
    if (this.#seq !== undefined && seq < this.#seq) {
      // Another site, or one restored from a backup: nothing known here holds there.
      this.#seq = undefined;
      this.#seen = 0;
      this.#alarms.clear();
      this.#events.clear();
    }
    this.#seen = Math.max(this.#seen, seq);
    if (snapshot) {
      this.#alarms.replace(snapshot, seq);
      this.#alarmsKnown = true;
    }
    if (this.#seq === undefined || seq > this.#seq) void this.#fill();
  }

  #advance(seq: number): void {
    this.#seen = Math.max(this.#seen, seq);
    if (!this.#gap && this.#seq !== undefined) this.#seq = Math.max(this.#seq, seq);
  }

  /** A beat that names a number which never came, twice in a row, is a gap. */
  #beat(seq: number | undefined): void {
    const behind = seq !== undefined && this.#seq !== undefined && seq > this.#seq;
    this.#gapBeats = behind ? this.#gapBeats + 1 : 0;
    if (this.#gapBeats >= 2) {
      this.#gapBeats = 0;
      this.#seen = Math.max(this.#seen, seq ?? 0);
      void this.#fill();
    }
  }

  /** Fetches what lies between `#seq` and now; tries again until it has it. */
  async #fill(): Promise<void> {
    this.#gap = true;
    if (this.#filling) return;
    this.#filling = true;
    const upTo = this.#seen;
    const epoch = this.#epoch;
    try {
      const from = this.#seq;
      const alarms = from === undefined ? await this.#api.openAlarms() : await this.#api.alarmsAfter(from);
      const events = await this.#api.eventsAfter(Math.max(from ?? 0, upTo - EVENTS_BACK), EVENTS_BACK);
      if (from === undefined) this.#alarms.replace(alarms, upTo);
      else for (const alarm of alarms) this.#alarms.put(alarm);
      for (const event of events) this.#events.put(event);
      // On the same connection every frame since is in the book already.
      this.#seq = epoch === this.#epoch ? this.#seen : upTo;
      this.#gap = this.#seq < this.#seen;
      this.#alarmsKnown = true;
      this.#alarmsProblem = null;
    } catch (error) {
      this.#alarmsProblem = error instanceof ApiError ? error.problem : { status: 0, detail: String(error) };
      this.#again('fill', () => this.#fill());
    }
    this.#filling = false;
    this.#show();
    // The connection changed while this was fetched, and the next one named more.
    if (this.#gap && !this.#alarmsProblem) await this.#fill();
  }

  #again(what: 'fill' | 'features', run: () => Promise<void>): void {
    if (this.#retries.has(what)) return;
    const timer = this.#port.setTimeout(() => {
      this.#retries.delete(what);
      void run();
    }, RETRY_MS);
    this.#retries.set(what, timer);
  }

  #touch(): void {
    this.#revision += 1;
    if (this.#pending !== undefined) return;
    const wait = this.#pictureAtMs + PICTURE_MS - this.#port.nowMs();
    if (wait <= 0) {
      this.#show();
      return;
    }
    this.#pending = this.#port.setTimeout(() => {
      this.#pending = undefined;
      this.#show();
    }, wait);
  }

  #show(): void {
    if (this.#pending !== undefined) this.#port.clearTimeout(this.#pending);
    this.#pending = undefined;
    this.#pictureAtMs = this.#port.nowMs();
    this.#picture = this.#draw();
    for (const listener of this.#listeners) listener();
  }

  #draw(): Picture {
    return {
      connection: this.#connection,
      heardAtMs: this.#heardAtMs,
      lagMs: this.#lagMs,
      notReady: this.#notReady,
      clockOffsetMs: this.clock.offsetMs(),
      alarms: this.#alarms.ordered(),
      alarmsKnown: this.#alarmsKnown,
      alarmsProblem: this.#alarmsProblem,
      events: this.#events.latest(),
      vehicleCount: this.fleet.size + this.#cellCount,
      revision: this.#revision,
    };
  }
}

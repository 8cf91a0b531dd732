/**
 * The live picture of one site: everything that the screen shows and that the server said. Plain TypeScript; React reads
 * immutable pictures through `useSyncExternalStore`, at most four a second, the map reads the fleet directly. Vehicles that
 * move make no new picture: what shows them beside the map reads them as often as it can be read.
 *
 * It never decides: it holds what the server said last, says how old that is, and fetches what a break made it miss.
 */
import { ApiError, type Api } from '../api/client';
import type { Alarm, AlarmLoad, Collection, Event, FeatureChange, Problem, TextFrame } from '../api/types';
import { classCode } from '../map/sort-of';
import { Directory } from './directory';
import { Features, isCollection } from './features';
import { Fleet } from './fleet';
import type { LiveFrame } from './frame';
import { intakeWorker, type Answer, type IntakeLine, type OpenIntakeLine } from './intake-line';
import { Ledger } from './ledger';
import { measured, measuredWithReact } from './work';
import { ServerClock } from './server-clock';
import { browserPort, CLOSE, LiveSocket, type ConnectionState, type SocketPort, type View } from './socket';

/** At most four pictures a second: text that changes faster cannot be read. */
const PICTURE_MS = 250;
const RETRY_MS = 3_000;
/** Behind by more than this the picture is no longer what happens now. */
const LAG_MS = 5_000;
/** CONSOLE: a desk whose clock differs by more is told so. */
const CLOCK_OFF_MS = 2_000;

/** What the screen shows. A new object for every picture; its parts are not changed afterwards. */
export interface Picture {
  connection: ConnectionState;
  /** Seconds that the server itself is behind what terminals sent; 0 unless they are worth a word. */
  behindS: number;
  notReady: readonly string[];
  /** What makes the picture doubtful though the server works. */
  warnings: readonly string[];
  /** Seconds between the server's clock and this desk's; 0 unless they are worth a word. */
  clockOffS: number;
  alarms: readonly Alarm[];
  /** `true` once a whole list of alarms was received. */
  alarmsKnown: boolean;
  alarmsProblem: Problem | null;
  events: readonly Event[];
  /** Rises when names or features change, for what reads them through `site`. */
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
    | 'featureCount'
    | 'featuresIn'
    | 'acknowledge'
    | 'close'
    | 'shelve'
    | 'alarmLoad'
  >;
  port?: SocketPort;
  /** To the worker that takes vehicles in. */
  openIntake?: OpenIntakeLine;
  onRefused: (refusal: Refusal) => void;
}

/** Whole seconds, 0 up to a bound. */
function secondsOver(ms: number, boundMs: number): number {
  return ms > boundMs ? Math.round(ms / 1000) : 0;
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
  readonly #ledger: Ledger;
  readonly #listeners = new Set<() => void>();
  readonly #editListeners = new Set<(change: FeatureChange) => void>();

  #connection: ConnectionState = 'connecting';
  #heardAtMs: number | null = null;
  #lagMs = 0;
  #notReady: readonly string[] = [];
  #warnings: readonly string[] = [];
  #cellCount = 0;
  /** The view is so wide that the server counts vehicles. */
  #far = false;
  readonly #openIntake: OpenIntakeLine;
  #intake: IntakeLine | undefined;
  /** A block that nobody looks at any more: it goes back with the next message. */
  #spare: ArrayBuffer | undefined;
  /** Every number in the picture has a name, or is known to have none. */
  #namesSettled = false;
  #cameNamed = 0;
  #classified = -1;
  #revision = 0;
  #roadsVersion = 0;

  #featuresRetry: number | undefined;

  #picture: Picture;
  #pictureAtMs = -Infinity;
  #pending: number | undefined;

  constructor(options: SiteOptions) {
    this.#api = options.api;
    this.#port = options.port ?? browserPort;
    this.#openIntake = options.openIntake ?? intakeWorker;
    this.#onRefused = options.onRefused;
    this.#ledger = new Ledger({
      api: options.api,
      setTimeout: this.#port.setTimeout,
      clearTimeout: this.#port.clearTimeout,
      onChange: () => this.#show(),
    });
    this.directory = new Directory(options.api, () => {
      this.#namesSettled = false;
      if (this.#classified !== this.directory.version) {
        this.#classified = this.directory.version;
        measured('fleet', () => this.#classify());
      }
      this.#touch();
    });
    this.features = new Features(
      options.api,
      (collection) => {
        this.onFeatures(collection);
        this.#touch();
      },
      this.#port,
    );
    this.#socket = new LiveSocket(
      options.url,
      {
        onText: (text) => measured('socket', () => this.#text(text)),
        onBinary: (bytes) => measured('socket', () => this.#binary(bytes)),
        onState: (state) => this.#state(state),
        onRefused: (code) => this.#onRefused(code === CLOSE.signedOut ? 'signed_out' : 'forbidden'),
        resumeFrom: () => this.#ledger.seq,
      },
      this.#port,
    );
    this.#picture = this.#draw();
  }

  start(): void {
    this.#take();
    this.#socket.start();
    void this.directory.refresh();
    void this.#loadFeatures();
  }

  stop(): void {
    this.#socket.stop();
    this.#intake?.stop();
    this.#ledger.stop();
    this.features.stop();
    for (const timer of [this.#featuresRetry, this.#pending]) if (timer !== undefined) this.#port.clearTimeout(timer);
    this.#featuresRetry = this.#pending = undefined;
  }

  hurry(): void {
    this.#socket.hurry();
  }

  setView(view: View): void {
    this.#socket.setView(view);
    this.features.setView(view.bbox);
  }

  /** Server time of the last message, ms; `null` before the first. Read it at a clock's pace: no picture comes for it. */
  get heardAtMs(): number | null {
    return this.#heardAtMs;
  }

  /** How far the server itself is behind what terminals sent, ms. Read at a clock's pace too. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** The view is so wide that vehicles are counted by cell: nothing is known of single ones. */
  get far(): boolean {
    return this.#far;
  }

  /** Single vehicles, or those that were counted by cell. Read at a clock's pace too. */
  get vehicleCount(): number {
    return this.fleet.size + this.#cellCount;
  }

  /** The largest number of a change that is known; 0 before any is. */
  get seq(): number {
    return this.#ledger.seq ?? 0;
  }

  /** Rises when roads were closed or opened, and when that may have been missed: an answer about roads is to be asked for again. */
  get roadsVersion(): number {
    return this.#roadsVersion;
  }

  event(id: string): Event | undefined {
    return this.#ledger.events.get(id);
  }

  async acknowledge(id: string, note: string | undefined): Promise<void> {
    this.#learn(await this.#api.acknowledge(id, note));
  }

  async close(id: string, result: string): Promise<void> {
    this.#learn(await this.#api.close(id, result));
  }

  /** Puts an alarm aside for so long from now on, by the server's clock. */
  async shelve(id: string, reason: string, forMs: number): Promise<void> {
    this.#learn(await this.#api.shelve(id, reason, new Date(this.clock.now() + forMs).toISOString()));
  }

  load(): Promise<AlarmLoad> {
    return this.#api.alarmLoad();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Told of every edit of every collection. */
  readonly onEdit = (listener: (change: FeatureChange) => void): (() => void) => {
    this.#editListeners.add(listener);
    return () => this.#editListeners.delete(listener);
  };

  readonly picture = (): Picture => this.#picture;

  /** The answer to a person's act: shown at once, since they wait for it. */
  #learn(alarm: Alarm): void {
    this.#ledger.alarms.put(alarm);
    this.#show();
  }

  #state(state: ConnectionState): void {
    const before = this.#connection;
    this.#connection = state;
    if (state === 'lost') {
      this.#ledger.broke();
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

  /** Opens the line to a worker that knows nothing yet. */
  #take(): void {
    this.#intake = this.#openIntake({
      onAnswer: (answer) => measured('fleet', () => this.#answered(answer)),
      onFailed: () => {
        this.#intake?.stop();
        this.#take();
        this.#classify();
        // The server repeats the whole picture on a new connection.
        this.#socket.again();
      },
    });
  }

  #classify(): void {
    const vehicles = [...this.directory.all()];
    this.#intake?.ask({
      kind: 'classes',
      keys: Uint32Array.from(vehicles, ({ key }) => key),
      classes: Uint8Array.from(vehicles, (vehicle) => classCode(vehicle.class)),
      spare: this.#lend(),
    });
  }

  #keep(block: ArrayBuffer): void {
    if (block.byteLength > 0) this.#spare = block;
  }

  #lend(): ArrayBuffer | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  #binary(bytes: ArrayBuffer): void {
    this.#intake?.ask({ kind: 'frame', bytes, atMs: performance.now(), spare: this.#lend() });
  }

  #answered(answer: Answer): void {
    const empty = this.vehicleCount === 0;
    switch (answer.kind) {
      case 'refused':
        console.error(`frame of /live refused: ${answer.why}`);
        return;
      case 'cells':
        this.#keep(this.fleet.clear());
        this.#heard();
        this.#cellCount = answer.cells.key.reduce((sum, count, i) => sum + count + answer.cells.ageMs[i]!, 0);
        this.#far = true;
        this.onCells(answer.cells);
        break;
      case 'fleet':
        this.#keep(this.fleet.show(answer.picture));
        if (answer.told === 'frame') this.#heard();
        if (this.#far) {
          this.#far = false;
          this.#cellCount = 0;
          this.onCells(null);
        }
        this.#name();
        break;
    }
    this.onFleet();
    if (empty !== (this.vehicleCount === 0)) this.#touch();
  }

  /** Names are looked up only after somebody came or the list changed: 30,000 numbers are not asked for every second. */
  #name(): void {
    if (this.fleet.came !== this.#cameNamed) this.#namesSettled = false;
    this.#cameNamed = this.fleet.came;
    if (!this.#namesSettled) this.#namesSettled = this.directory.seen(this.fleet.keys);
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
        this.#roadsVersion += 1;
        this.clock.heard(Date.parse(frame.now));
        this.#ledger.hello(frame.seq, frame.alarms);
        break;
      case 'alarms':
        this.#ledger.putAlarms(frame.seq, frame.items);
        break;
      case 'events':
        this.#ledger.putEvents(frame.seq, frame.items);
        break;
      case 'features':
        for (const change of frame.items) this.#edited(change);
        break;
      case 'closures':
        this.#roadsVersion += 1;
        break;
      case 'health':
        this.clock.heard(Date.parse(frame.now));
        this.#lagMs = frame.lag_ms ?? 0;
        this.#notReady = frame.not_ready ?? [];
        this.#warnings = frame.warnings ?? [];
        this.#ledger.beat(frame.seq);
        this.#heard();
        // Most beats say what the one before said.
        if (this.#saysMore()) this.#touch();
        return;
      case 'error':
        console.error(`/live did not understand: ${frame.code} ${frame.detail}`);
        break;
    }
    this.#heard();
    this.#touch();
  }

  #edited(change: FeatureChange): void {
    for (const listener of this.#editListeners) listener(change);
    if (change.collection === 'vehicles') void this.directory.refresh();
    if (!isCollection(change.collection)) return;
    this.features.apply(change).catch(() => void this.#loadFeatures());
  }

  async #loadFeatures(): Promise<void> {
    if (await this.features.load()) return;
    this.#featuresRetry ??= this.#port.setTimeout(() => {
      this.#featuresRetry = undefined;
      void this.#loadFeatures();
    }, RETRY_MS);
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
    measuredWithReact(() => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** Whether what beats tell of is not what is shown. */
  #saysMore(): boolean {
    const { behindS, clockOffS, notReady, warnings } = this.#draw();
    const shown = this.#picture;
    const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((word, i) => word === b[i]);
    return (
      behindS !== shown.behindS ||
      clockOffS !== shown.clockOffS ||
      !same(notReady, shown.notReady) ||
      !same(warnings, shown.warnings)
    );
  }

  #draw(): Picture {
    return {
      connection: this.#connection,
      behindS: secondsOver(this.#lagMs, LAG_MS),
      notReady: this.#notReady,
      warnings: this.#warnings,
      clockOffS: secondsOver(Math.abs(this.clock.offsetMs()), CLOCK_OFF_MS),
      alarms: this.#ledger.alarms.ordered(),
      alarmsKnown: this.#ledger.known,
      alarmsProblem: this.#ledger.problem,
      events: this.#ledger.events.latest(),
      revision: this.#revision,
    };
  }
}

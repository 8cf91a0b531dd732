/**
 * The one WebSocket to `/live`: connects, notices silence, reconnects, says what it sees and from where it goes on.
 *
 * It knows nothing of alarms or vehicles; it hands frames on in the order in which they came.
 */
import { backoffMs } from './backoff';

/** The server sends something at least every 5 s; three missed beats are a dead connection. */
const SILENCE_MS = 15_000;
const WATCH_MS = 1_000;

export const CLOSE = { tooSlow: 4008, signedOut: 4401, forbidden: 4403 } as const;

export type ConnectionState = 'connecting' | 'live' | 'lost';

export interface View {
  /** West, south, east, north in degrees. */
  bbox: [number, number, number, number];
  zoom: number;
  /** Layers of vehicles that the server leaves out where it counts them. */
  hide: readonly string[];
}

/** What the socket needs of the outside: replaced in tests. */
export interface SocketPort {
  open: (url: string) => WebSocket;
  setTimeout: (run: () => void, ms: number) => number;
  clearTimeout: (id: number) => void;
  nowMs: () => number;
  random: () => number;
}

export interface SocketHandlers {
  onText: (text: string) => void;
  onBinary: (bytes: ArrayBuffer) => void;
  onState: (state: ConnectionState) => void;
  /** The server will not have us: 4401 or 4403. No further attempt is made. */
  onRefused: (code: number) => void;
  /** From where a new connection goes on; `undefined` before anything was received. */
  resumeFrom: () => number | undefined;
}

export const browserPort: SocketPort = {
  open: (url) => new WebSocket(url),
  setTimeout: (run, ms) => window.setTimeout(run, ms),
  clearTimeout: (id) => window.clearTimeout(id),
  nowMs: () => performance.now(),
  random: Math.random,
};

export class LiveSocket {
  readonly #url: string;
  readonly #handlers: SocketHandlers;
  readonly #port: SocketPort;
  #socket: WebSocket | undefined;
  #timer: number | undefined;
  #watch: number | undefined;
  /** Attempts that failed since the last frame. */
  #failed = 0;
  #live = false;
  #heardAtMs = 0;
  #view: View | undefined;
  #stopped = true;

  constructor(url: string, handlers: SocketHandlers, port: SocketPort = browserPort) {
    this.#url = url;
    this.#handlers = handlers;
    this.#port = port;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#handlers.onState('connecting');
    this.#connect();
    this.#watchSilence();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#port.clearTimeout(this.#timer);
    if (this.#watch !== undefined) this.#port.clearTimeout(this.#watch);
    this.#timer = this.#watch = undefined;
    this.#drop();
  }

  /** Tries at once instead of waiting out the back-off (the network came back, the page is looked at again). */
  hurry(): void {
    if (this.#stopped || this.#timer === undefined) return;
    this.#port.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#connect();
  }

  /** Starts over on a new connection: what came over this one is of no use. */
  again(): void {
    if (this.#socket) this.#lost(0);
  }

  setView(view: View): void {
    this.#view = view;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#sendView();
  }

  #sendView(): void {
    if (this.#view) this.#socket?.send(JSON.stringify({ type: 'view', ...this.#view }));
  }

  #connect(): void {
    const socket = this.#port.open(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#heardAtMs = this.#port.nowMs();
    socket.onopen = () => {
      const seq = this.#handlers.resumeFrom();
      if (seq !== undefined) socket.send(JSON.stringify({ type: 'resume', seq }));
      this.#sendView();
    };
    socket.onmessage = (message: MessageEvent<string | ArrayBuffer>) => {
      this.#heardAtMs = this.#port.nowMs();
      if (!this.#live) {
        // The first frame, and not the handshake alone, proves that the server serves.
        this.#live = true;
        this.#failed = 0;
        this.#handlers.onState('live');
      }
      if (typeof message.data === 'string') this.#handlers.onText(message.data);
      else this.#handlers.onBinary(message.data);
    };
    socket.onclose = (close: CloseEvent) => {
      if (this.#socket === socket) this.#lost(close.code);
    };
  }

  #lost(code: number): void {
    this.#drop();
    this.#handlers.onState('lost');
    if (code === CLOSE.signedOut || code === CLOSE.forbidden) {
      this.stop();
      this.#handlers.onRefused(code);
      return;
    }
    this.#timer = this.#port.setTimeout(
      () => {
        this.#timer = undefined;
        this.#connect();
      },
      backoffMs(this.#failed, this.#port.random()),
    );
    this.#failed += 1;
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#live = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #watchSilence(): void {
    this.#watch = this.#port.setTimeout(() => {
      if (this.#socket && this.#port.nowMs() - this.#heardAtMs > SILENCE_MS) this.#lost(0);
      if (!this.#stopped) this.#watchSilence();
    }, WATCH_MS);
  }
}

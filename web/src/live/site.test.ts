import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../api/client';
import type { Alarm, AlarmState, Event, TextFrame, Vehicle } from '../api/types';
import { Intake } from './intake';
import { answer, type Asked, type IntakeListener } from './intake-line';
import { Site, type Refusal } from './site';
import type { SocketPort } from './socket';

/** A WebSocket whose other end is the test. */
class FakeSocket {
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.readyState = 3;
  }
  sends(data: ArrayBuffer): void {
    this.onmessage?.({ data });
  }
  says(frame: TextFrame | Record<string, unknown>): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  breaks(code = 1006): void {
    this.onclose?.({ code });
  }
}

const NOW = '2026-11-24T02:00:00Z';

function alarm(id: string, seq: number, state: AlarmState = 'unacknowledged'): Alarm {
  return {
    id,
    seq,
    state,
    priority: 1,
    kind: 'enter',
    subject: { kind: 'vehicle', id: 'v1' },
    late: false,
    raised_at: NOW,
  };
}

function event(id: string, seq: number): Event {
  const subject = { kind: 'vehicle', id: 'v1' } as const;
  return {
    id,
    seq,
    kind: 'enter',
    at: NOW,
    detected_at: NOW,
    subject,
    certainty: 'certain',
    status: 'final',
    late: false,
    lon: 121,
    lat: 30,
  };
}

/** What the server holds; the REST answers are cut from it. */
class FakeServer {
  alarms: Alarm[] = [];
  events: Event[] = [];
  vehicles: Vehicle[] = [];
  down = false;
  signedIn = true;
  readonly asked: string[] = [];
  readonly sockets: FakeSocket[] = [];

  readonly api = {
    session: async () => {
      if (!this.signedIn) throw new ApiError({ status: 401, code: 'not_signed_in' });
      return { name: 'n', role: 'commander' as const };
    },
    vehicles: async () => this.vehicles,
    vehicle: async () => Promise.reject(new Error('not asked for here')),
    features: async () => [],
    featureCount: async () => null,
    featuresIn: async () => ({ features: [], matched: 0, complete: true }),
    feature: async () => Promise.reject(new Error('not asked for here')),
    openAlarms: async () =>
      this.#answer(
        'open',
        this.alarms.filter(({ state }) => state !== 'closed'),
      ),
    alarmsAfter: async (seq: number) =>
      this.#answer(
        `alarms>${seq}`,
        this.alarms.filter((one) => one.seq > seq),
      ),
    eventsAfter: async (seq: number) =>
      this.#answer(
        `events>${seq}`,
        this.events.filter((one) => one.seq > seq),
      ),
    acknowledge: async (id: string) => alarm(id, 1_000, 'acknowledged'),
    close: async (id: string) => alarm(id, 1_001, 'closed'),
    shelve: async (id: string) => alarm(id, 1_002, 'shelved'),
    alarmLoad: async () => Promise.reject(new Error('nobody asks here')),
  };

  #answer<T>(what: string, items: T[]): T[] {
    this.asked.push(what);
    if (this.down) throw new ApiError({ status: 0, code: 'unreachable' });
    return items;
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  /** Accepts the connection that the page has just tried. */
  accept(): FakeSocket {
    this.socket.onopen?.();
    return this.socket;
  }
}

/** The worker that takes vehicles in, on the test's own thread. */
class FakeWorker {
  readonly asked: Asked[] = [];
  stopped = false;
  readonly #intake = new Intake();
  readonly listener: IntakeListener;
  constructor(listener: IntakeListener) {
    this.listener = listener;
  }
  ask(asked: Asked): void {
    this.asked.push(asked);
    const said = answer(this.#intake, asked);
    if (said) this.listener.onAnswer(said);
  }
  stop(): void {
    this.stopped = true;
  }
}

/** A binary message of `/live` of vehicles (or cells) with these numbers. */
function vehicles(kind: 'snapshot' | 'delta' | 'cells', ...keys: number[]): ArrayBuffer {
  const bytes = new ArrayBuffer(16 + keys.length * 20);
  const view = new DataView(bytes);
  view.setUint16(0, 0x4356, true);
  view.setUint8(2, 1);
  view.setUint8(3, { snapshot: 1, delta: 2, cells: 4 }[kind]);
  view.setUint32(4, keys.length, true);
  view.setBigInt64(8, BigInt(Date.parse(NOW)), true);
  keys.forEach((key, i) => view.setUint32(16 + i * 20, key, true));
  return bytes;
}

let server: FakeServer;
let workers: FakeWorker[];
let site: Site;
let refused: Refusal[];

const shown = () =>
  site
    .picture()
    .alarms.map(({ id, state }) => `${id} ${state}`)
    .join(', ');
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(NOW) });
  vi.stubGlobal('WebSocket', { OPEN: 1 });
  server = new FakeServer();
  refused = [];
  workers = [];
  const port: SocketPort = {
    open: () => {
      const socket = new FakeSocket();
      server.sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    setTimeout: (run, ms) => setTimeout(run, ms) as unknown as number,
    clearTimeout: (id) => clearTimeout(id),
    nowMs: () => Date.now(),
    random: () => 0.5,
  };
  site = new Site({
    url: 'ws://test/live',
    api: server.api,
    port,
    openIntake: (listener) => {
      const worker = new FakeWorker(listener);
      workers.push(worker);
      return worker;
    },
    onRefused: (refusal) => refused.push(refusal),
  });
  site.start();
});

afterEach(() => {
  site.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function connected(seq = 10): Promise<void> {
  server.accept().says({ type: 'hello', seq, now: NOW, alarms: server.alarms.filter((one) => one.state !== 'closed') });
  await settled();
}

describe('on the first connection', () => {
  test('the open alarms come with the greeting and the latest events are fetched', async () => {
    server.alarms = [alarm('a', 4)];
    server.events = [event('e', 3)];
    await connected();
    expect(site.picture().connection).toBe('live');
    expect(shown()).toBe('a unacknowledged');
    expect(site.picture().events.map(({ id }) => id)).toEqual(['e']);
  });

  test('a greeting without alarms makes the page fetch them', async () => {
    server.alarms = [alarm('a', 4), alarm('b', 5, 'closed')];
    server.accept().says({ type: 'hello', seq: 10, now: NOW });
    await settled();
    expect(shown()).toBe('a unacknowledged');
  });

  test('an unreachable list is said and tried again', async () => {
    server.down = true;
    server.accept().says({ type: 'hello', seq: 10, now: NOW });
    await settled();
    expect(site.picture().alarmsKnown).toBe(false);
    expect(site.picture().alarmsProblem?.code).toBe('unreachable');
    server.down = false;
    server.alarms = [alarm('a', 4)];
    await vi.advanceTimersByTimeAsync(3_000);
    expect(shown()).toBe('a unacknowledged');
    expect(site.picture().alarmsProblem).toBeNull();
  });
});

test('from far away the number of vehicles is that of all in the view, those that are switched off too', async () => {
  await connected();
  const says = (hex: string) => server.socket.onmessage?.({ data: Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16)).buffer });
  const rest = 'ffffff00';
  const place = 'a0c3264880cfc2ed';
  says(`5643010402000000050403029101000003000000${place}02000000${rest}00000000${place}01000000${rest}`);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(site).toMatchObject({ vehicleCount: 6, far: true });
  says('56430101000000000504030291010000');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(site).toMatchObject({ vehicleCount: 0, far: false });
});

describe('after a break', () => {
  test('the page goes on from the last number that it has', async () => {
    await connected(10);
    server.socket.says({ type: 'alarms', seq: 14, items: [alarm('a', 14)] });
    server.socket.breaks();
    expect(site.picture().connection).toBe('lost');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.accept().sent[0]).toEqual({ type: 'resume', seq: 14 });
  });

  test('what was missed is shown, whether the server repeats it or only greets', async () => {
    await connected(10);
    server.socket.says({ type: 'alarms', seq: 12, items: [alarm('a', 12)] });
    server.socket.breaks();
    server.alarms = [alarm('a', 15, 'closed'), alarm('b', 16)];
    server.events = [event('e', 17)];
    await vi.advanceTimersByTimeAsync(1_000);
    server.accept().says({ type: 'hello', seq: 17, now: NOW });
    await settled();
    expect(shown()).toBe('b unacknowledged');
    expect(site.picture().events.map(({ id }) => id)).toEqual(['e']);
    server.socket.says({ type: 'alarms', seq: 17, items: [alarm('a', 12), alarm('b', 16)] });
    await settled();
    expect(shown()).toBe('b unacknowledged');
  });

  test('a break during the fetch does not skip what came in between', async () => {
    await connected(10);
    server.down = true;
    server.socket.breaks();
    await vi.advanceTimersByTimeAsync(1_000);
    server.accept().says({ type: 'hello', seq: 12, now: NOW });
    await settled();
    server.socket.says({ type: 'events', seq: 13, items: [event('later', 13)] });
    server.socket.breaks();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.accept().sent[0]).toEqual({ type: 'resume', seq: 10 });
    server.down = false;
    server.alarms = [alarm('a', 11)];
    await vi.advanceTimersByTimeAsync(3_000);
    expect(shown()).toBe('a unacknowledged');
  });

  test('silence for 15 s is a break', async () => {
    await connected();
    await vi.advanceTimersByTimeAsync(14_000);
    expect(site.picture().connection).toBe('live');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(site.picture().connection).toBe('lost');
  });

  test('the age of the picture grows from the last message on', async () => {
    await connected();
    server.socket.breaks();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(site.clock.now() - site.heardAtMs!).toBe(60_000);
  });
});

describe('a gap inside a connection', () => {
  test('shows in two beats and is filled', async () => {
    await connected(10);
    server.alarms = [alarm('lost', 11)];
    const beat = { type: 'health', seq: 11, now: NOW, not_ready: [], lag_ms: 0 };
    server.socket.says(beat);
    await settled();
    expect(shown()).toBe('');
    server.socket.says(beat);
    await settled();
    expect(shown()).toBe('lost unacknowledged');
    expect(server.asked).toContain('alarms>10');
  });

  test('is none while beats agree', async () => {
    await connected(10);
    const before = server.asked.length;
    for (let i = 0; i < 5; i += 1) server.socket.says({ type: 'health', seq: 10, now: NOW });
    await settled();
    expect(server.asked).toHaveLength(before);
  });
});

describe('another history', () => {
  test('of a site restored from a backup replaces what was shown', async () => {
    await connected(500);
    server.socket.says({ type: 'alarms', seq: 501, items: [alarm('future', 501)] });
    server.socket.breaks();
    await vi.advanceTimersByTimeAsync(1_000);
    server.alarms = [alarm('past', 20)];
    server.accept().says({ type: 'hello', seq: 20, now: NOW, alarms: server.alarms });
    await settled();
    expect(shown()).toBe('past unacknowledged');
  });
});

describe('an acknowledgement', () => {
  test('shows what the server answered', async () => {
    server.alarms = [alarm('a', 4)];
    await connected();
    await site.acknowledge('a', undefined);
    expect(shown()).toBe('a acknowledged');
  });
});

describe('a session that ended', () => {
  test.each([
    [4401, 'signed_out'],
    [4403, 'forbidden'],
  ] as const)('closes with %i and is not tried again', async (code, refusal) => {
    await connected();
    server.socket.breaks(code);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(refused).toEqual([refusal]);
    expect(server.sockets).toHaveLength(1);
  });

  test('is noticed when the upgrade is refused without a code', async () => {
    await connected();
    server.signedIn = false;
    server.socket.breaks();
    await settled();
    expect(refused).toEqual(['signed_out']);
  });
});

test('answers about roads are old whenever roads were closed or that may have been missed', async () => {
  server.accept();
  await settled();
  server.socket.says({ type: 'hello', seq: 10, now: NOW, alarms: [] });
  const atFirst = site.roadsVersion;
  server.socket.says({ type: 'features', seq: 10, items: [] });
  expect(site.roadsVersion).toBe(atFirst);
  server.socket.says({ type: 'closures', seq: 10, epoch: 7 });
  expect(site.roadsVersion).toBeGreaterThan(atFirst);
  const closed = site.roadsVersion;
  server.socket.says({ type: 'hello', seq: 10, now: NOW, alarms: [] });
  expect(site.roadsVersion).toBeGreaterThan(closed);
});

test('a full disk and the server’s lag reach the picture, and what is said again makes no other', async () => {
  await connected();
  const beat = () => {
    const now = new Date().toISOString();
    server.socket.says({ type: 'health', seq: 10, now, not_ready: ['storage_full'], warnings: ['clock_wrong'], lag_ms: 7_000 });
  };
  beat();
  await vi.advanceTimersByTimeAsync(250);
  expect(site.picture().notReady).toEqual(['storage_full']);
  expect(site.picture().warnings).toEqual(['clock_wrong']);
  expect(site.picture().behindS).toBe(7);
  let pictures = 0;
  site.subscribe(() => (pictures += 1));
  await vi.advanceTimersByTimeAsync(5_000);
  beat();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([pictures, site.heardAtMs]).toEqual([0, Date.now() - 1_000]);
  server.socket.says({ type: 'health', seq: 10, now: new Date().toISOString() });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(pictures).toBe(1);
  expect(site.picture()).toMatchObject({ behindS: 0, notReady: [], warnings: [] });
});

test('pictures come at most four times a second', async () => {
  await connected();
  await vi.advanceTimersByTimeAsync(1_000);
  let pictures = 0;
  site.subscribe(() => (pictures += 1));
  for (let i = 0; i < 100; i += 1) {
    server.socket.says({ type: 'events', seq: 11 + i, items: [event(`e${i}`, 11 + i)] });
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(pictures).toBeGreaterThanOrEqual(3);
  expect(pictures).toBeLessThanOrEqual(5);
  expect(site.picture().connection).toBe('live');
});

describe('vehicles', () => {
  test('are shown as the worker answers, and what has been shown goes back to it', async () => {
    await connected();
    const told: number[] = [];
    site.onFleet = () => told.push(site.fleet.size);
    server.socket.sends(vehicles('snapshot', 1, 2));
    const first = site.fleet.records.buffer;
    server.socket.sends(vehicles('delta', 3));
    server.socket.sends(vehicles('delta', 4));
    expect(told).toEqual([2, 3, 4]);
    expect(site.vehicleCount).toBe(4);
    expect(workers[0]!.asked.at(-1)!.spare).toBe(first);
  });

  test('make a new picture when the first come and when all are gone, not when they move', async () => {
    await connected();
    await vi.advanceTimersByTimeAsync(1_000);
    let pictures = 0;
    site.subscribe(() => (pictures += 1));
    const after = async (message: ArrayBuffer) => {
      server.socket.sends(message);
      await vi.advanceTimersByTimeAsync(1_000);
      return pictures;
    };
    expect(await after(vehicles('snapshot', 1, 2))).toBe(1);
    expect(await after(vehicles('delta', 2, 3))).toBe(1);
    expect(await after(vehicles('cells', 34))).toBe(1);
    expect(site.vehicleCount).toBe(34);
    expect(await after(vehicles('snapshot'))).toBe(2);
    expect(site.vehicleCount).toBe(0);
  });

  test('give way to counts and come again', async () => {
    await connected();
    const cells: (number | undefined)[] = [];
    site.onCells = (counted) => cells.push(counted?.key[0]);
    server.socket.sends(vehicles('snapshot', 1, 2));
    server.socket.sends(vehicles('cells', 34));
    expect(site.fleet.size).toBe(0);
    server.socket.sends(vehicles('snapshot', 7));
    expect(site.fleet.size).toBe(1);
    expect(cells).toEqual([34, undefined]);
  });

  test('of a message that is refused change nothing, not the age of the picture either', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
    await connected();
    const heardAtMs = site.heardAtMs;
    await vi.advanceTimersByTimeAsync(5_000);
    server.socket.sends(new ArrayBuffer(3));
    await vi.advanceTimersByTimeAsync(250);
    expect(complaint).toHaveBeenCalledWith('frame of /live refused: a frame of 3 bytes has no header');
    expect(site.heardAtMs).toBe(heardAtMs);
  });

  test('have the class that the list of names says, with another worker too', async () => {
    server.vehicles = [{ key: 2, id: 'v2', class: 'hazmat' } as Vehicle];
    await connected();
    server.socket.sends(vehicles('snapshot', 1, 2));
    const kinds = () => [1, 2].map((key) => site.fleet.kind(site.fleet.slot(key)!));
    await site.directory.refresh();
    expect(kinds()).toEqual([0, 1]);
    const shownVersion = site.fleet.version;
    workers[0]!.listener.onFailed();
    expect([workers.length, workers[0]!.stopped]).toEqual([2, true]);
    expect(site.picture().connection).toBe('lost');
    // What was shown stays, as old as it is, until the server has sent everything again.
    expect(site.fleet.version).toBe(shownVersion);
    await vi.advanceTimersByTimeAsync(1_000);
    server.accept();
    server.socket.sends(vehicles('snapshot', 2, 1));
    expect(site.picture().connection).toBe('live');
    expect(kinds()).toEqual([0, 1]);
    expect(site.fleet.size).toBe(2);
  });
});

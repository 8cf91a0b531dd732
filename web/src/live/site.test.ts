import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../api/client';
import type { Alarm, AlarmState, Event, TextFrame } from '../api/types';
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
  down = false;
  signedIn = true;
  readonly asked: string[] = [];
  readonly sockets: FakeSocket[] = [];

  readonly api = {
    session: async () => {
      if (!this.signedIn) throw new ApiError({ status: 401, code: 'not_signed_in' });
      return { name: 'n', role: 'commander' as const };
    },
    vehicles: async () => [],
    vehicle: async () => Promise.reject(new Error('not asked for here')),
    features: async () => [],
    featureCount: async () => null,
    featuresIn: async () => ({ features: [], matched: 0 }),
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

let server: FakeServer;
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
  site = new Site({ url: 'ws://test/live', api: server.api, port, onRefused: (refusal) => refused.push(refusal) });
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
  expect(site.picture()).toMatchObject({ vehicleCount: 6, far: true });
  says('56430101000000000504030291010000');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(site.picture()).toMatchObject({ vehicleCount: 0, far: false });
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
    expect(site.clock.now() - site.picture().heardAtMs!).toBe(60_000);
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

test('a full disk and the server’s lag reach the picture', async () => {
  await connected();
  server.socket.says({ type: 'health', seq: 10, now: NOW, not_ready: ['storage_full'], warnings: ['clock_wrong'], lag_ms: 7_000 });
  await vi.advanceTimersByTimeAsync(250);
  expect(site.picture().notReady).toEqual(['storage_full']);
  expect(site.picture().warnings).toEqual(['clock_wrong']);
  expect(site.picture().lagMs).toBe(7_000);
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

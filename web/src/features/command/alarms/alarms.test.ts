import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../api/types';
import { groupsOf, linesOf } from './causes';
import { SHELF_MINUTES, shelfMs } from './AlarmForms';
import { ALL, knownBy, passes, saysAll } from './filter';
import { handledBefore } from './handled';
import { newsOf, toldOf, unheard } from './news';
import { isFlood, raisedLately } from '../flood';
import { oneByOne, type Progress } from './one-by-one';

const T0 = Date.parse('2026-11-27T12:00:00Z');
const at = (s: number) => new Date(T0 + s * 1000).toISOString();

function alarm(id: string, over: Partial<Alarm> = {}): Alarm {
  return {
    id,
    seq: 1,
    state: 'unacknowledged',
    priority: 2,
    kind: 'enter',
    subject: { kind: 'vehicle', id },
    zone: 'tanks',
    late: false,
    raised_at: at(0),
    ...over,
  };
}

describe('a flood', () => {
  const raised = (count: number, s: number) => Array.from({ length: count }, () => T0 + s * 1_000);
  test('is more than ten alarms in ten minutes', () => {
    expect(isFlood(false, 10)).toBe(false);
    expect(isFlood(false, 11)).toBe(true);
    expect(raisedLately(raised(11, 1), T0 + 2_000)).toBe(11);
    expect(raisedLately(raised(11, 0), T0 + 600_000)).toBe(0);
  });
  test('goes on until fewer than five are', () => {
    expect(isFlood(true, 5)).toBe(true);
    expect(isFlood(true, 4)).toBe(false);
  });
});

test('an alarm is put aside for as long as was chosen, and never longer than the server allows', () => {
  expect(shelfMs(30)).toBe(30 * 60_000);
  expect(shelfMs(SHELF_MINUTES.at(-1)!)).toBeLessThan(8 * 3_600_000);
});

describe('what a desk is told of', () => {
  const news = (before: Alarm[], now: Alarm[]) => newsOf(now, toldOf(before)).map(({ id }) => id);
  test('are alarms that were not there before and ask for a person', () => {
    expect(news([alarm('a')], [alarm('a'), alarm('b')])).toEqual(['b']);
    expect(news([], [alarm('a', { late: true }), alarm('b', { state: 'shelved' }), alarm('c', { state: 'acknowledged' })])).toEqual([]);
  });
  test('are those that come back from being put aside, and no others again', () => {
    expect(news([alarm('a', { state: 'shelved' })], [alarm('a')])).toEqual(['a']);
    expect(news([alarm('a', { state: 'suppressed' })], [alarm('a')])).toEqual(['a']);
    expect(news([alarm('a', { state: 'shelved' })], [alarm('a', { state: 'acknowledged' })])).toEqual([]);
    expect(news([alarm('a', { state: 'returned' })], [alarm('a')])).toEqual([]);
  });
  test('when its silence ends are those that came in it and still ask for a person', () => {
    const alarms = [alarm('a'), alarm('b'), alarm('c', { state: 'acknowledged' })];
    expect(unheard(alarms, new Set(['b', 'c', 'closed'])).map(({ id }) => id)).toEqual(['b']);
  });
});

describe('alarms by cause', () => {
  const company = (vehicle: string) => ({ a: '海湾', b: '海湾', c: '甬东' })[vehicle];
  const say = (alarms: Alarm[]) =>
    groupsOf(alarms, company).map((group) => `${Object.values(group.cause).join(' ')}: ${group.alarms.map((a) => a.id)}`);

  test('are those of one zone and kind, of lost terminals, of one company', () => {
    const sos = { kind: 'terminal_alarm', zone: null } as const;
    expect(
      say([
        alarm('a'),
        alarm('x', { kind: 'silence', zone: 'tanks' }),
        alarm('b'),
        alarm('y', { kind: 'silence', zone: null }),
        alarm('c', { kind: 'speed' }),
        alarm('a', sos),
        alarm('b', sos),
        alarm('z', sos),
      ]),
    ).toEqual([
      'zone tanks enter: a,b',
      'lost: x,y',
      'zone tanks speed: c',
      'company 海湾 terminal_alarm: a,b',
      'kind terminal_alarm: z',
    ]);
  });

  test('show the first that was raised, and the others when opened', () => {
    const groups = groupsOf(
      [alarm('late', { raised_at: at(9) }), alarm('first', { raised_at: at(3) }), alarm('alone', { zone: 'gate' })],
      company,
    );
    const lines = (open: boolean) =>
      linesOf(groups, () => open).map((line) => (line.of === 'group' ? line.group.alarms.length : line.alarm.id));
    expect(lines(false)).toEqual([2, 'first', 'alone']);
    expect(lines(true)).toEqual([2, 'first', 'late', 'alone']);
  });
});

describe('the filter', () => {
  const one = alarm('truck-1');
  const text = () => knownBy(one, '浙A12345 进入 北罐区', { id: 'truck-1', key: 1, company: 'Bay Transport' });
  test('names state, priority, kind and zone', () => {
    expect(passes(one, ALL, text)).toBe(true);
    expect(passes(one, { ...ALL, kind: 'enter', zone: 'tanks', priority: 2 }, text)).toBe(true);
    expect(passes(one, { ...ALL, kind: 'speed' }, text)).toBe(false);
    expect(passes(one, { ...ALL, zone: 'gate' }, text)).toBe(false);
    expect(passes(one, { ...ALL, state: 'shelved' }, text)).toBe(false);
  });
  test('finds plate, company and zone by words in any order', () => {
    expect(passes(one, { ...ALL, text: ' 罐区 bay ' }, text)).toBe(true);
    expect(passes(one, { ...ALL, text: 'TRUCK-1' }, text)).toBe(true);
    expect(passes(one, { ...ALL, text: '浙B' }, text)).toBe(false);
    expect(saysAll('Bay Transport', 'transport bay')).toBe(true);
  });
});

describe('taking note of many', () => {
  const run = async (fails: (id: string) => boolean, stopAfter = Infinity) => {
    const asked: string[] = [];
    const told: Progress[] = [];
    const stop = new AbortController();
    const last = await oneByOne(
      ['a', 'b', 'c', 'd', 'e'],
      async (id) => {
        asked.push(id);
        if (asked.length >= stopAfter) stop.abort();
        if (fails(id)) throw new Error(id);
      },
      (progress) => told.push(progress),
      stop.signal,
    );
    return { asked, last, told };
  };

  test('goes on after one that fails, and names it', async () => {
    const { asked, last, told } = await run((id) => id === 'b');
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([last.done, last.failed.map(({ id }) => id), last.over]).toEqual([4, ['b'], true]);
    expect(told.map(({ done }) => done)).toEqual([0, 1, 1, 2, 3, 4, 4]);
  });

  test('gives up when the server is gone, and says what was not done', async () => {
    const { asked, last } = await run((id) => id !== 'a');
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
    expect(last.failed.map(({ id }) => id)).toEqual(['b', 'c', 'd', 'e']);
  });

  test('stops when it is told to', async () => {
    const { asked, last } = await run(() => false, 2);
    expect(asked).toEqual(['a', 'b']);
    expect([last.done, last.of, last.over]).toEqual([2, 5, true]);
  });
});

describe('alarms that are done', () => {
  const closed = (seq: number, s: number) => alarm(`c${seq}`, { seq, state: 'closed', closed_at: at(s) });
  const server = (all: Alarm[]) => async (after: number, limit: number) =>
    all.filter(({ seq }) => seq > after).slice(0, limit);

  test('are read from the last one back, page by page', async () => {
    const all = [closed(10, 1), closed(5_000, 2), closed(9_999, 3), closed(10_000, 4)];
    const first = await handledBefore(server(all), 10_000, 2, 0);
    expect(first.alarms.map(({ seq }) => seq)).toEqual([10_000, 9_999]);
    const second = await handledBefore(server(all), first.downTo, 100, 0);
    expect(second.alarms.map(({ seq }) => seq)).toEqual([5_000, 10]);
    expect(second.downTo).toBe(0);
  });

  test('end at the first one of another day', async () => {
    const all = [closed(10, -10), closed(11, 1), closed(9_000, 2)];
    const page = await handledBefore(server(all), 9_000, 100, T0);
    expect(page.alarms.map(({ seq }) => seq)).toEqual([9_000, 11]);
    expect(page.downTo).toBe(0);
  });
});

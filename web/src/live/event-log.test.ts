import { expect, test } from 'vitest';
import type { Event } from '../api/types';
import { EventLog } from './event-log';

const event = (id: string, seq: number, minute: number, status: Event['status'] = 'provisional') =>
  ({ id, seq, status, at: new Date(minute * 60_000).toISOString() }) as Event;

test('the log shows what happened last on top, whenever it was learnt', () => {
  const log = new EventLog();
  for (const one of [event('second', 1, 2), event('third', 2, 3), event('first, late', 3, 1)]) log.put(one);
  expect(log.latest().map(({ id }) => id)).toEqual(['third', 'second', 'first, late']);
});

test('a revision replaces what was shown, and an older one does not', () => {
  const log = new EventLog();
  log.put(event('e', 5, 1, 'retracted'));
  log.put(event('e', 4, 1, 'final'));
  expect(log.latest().map(({ status }) => status)).toEqual(['retracted']);
});

test('a flood leaves the latest two hundred on the screen', () => {
  const log = new EventLog();
  for (let i = 1; i <= 2_000; i += 1) log.put(event(`e${i}`, i, i));
  expect(log.latest()).toHaveLength(200);
  expect(log.latest()[0]?.id).toBe('e2000');
  expect(log.get('e1')).toBeUndefined();
});

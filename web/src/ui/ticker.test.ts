import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tickerOf } from './ticker';

const clock = { now: () => Date.now() };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('all who go by one pace share one time', () => {
  const ticker = tickerOf(clock, 1_000);
  expect(tickerOf(clock, 1_000)).toBe(ticker);
  expect(tickerOf(clock, 250)).not.toBe(ticker);
  const told: string[] = [];
  const leave = ticker.subscribe(() => told.push(`a ${ticker.now()}`));
  vi.advanceTimersByTime(600);
  ticker.subscribe(() => told.push(`b ${ticker.now()}`));
  expect(ticker.now()).toBe(1_000_000);
  vi.advanceTimersByTime(400);
  expect(told).toEqual(['a 1001000', 'b 1001000']);
  leave();
  vi.advanceTimersByTime(1_000);
  expect(told.at(-1)).toBe('b 1002000');
  expect(told).toHaveLength(3);
});

test('whoever comes after nobody listened sees no old time', () => {
  const ticker = tickerOf({ now: () => Date.now() }, 1_000);
  const leave = ticker.subscribe(() => {});
  leave();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(ticker.now()).toBe(1_060_000);
});

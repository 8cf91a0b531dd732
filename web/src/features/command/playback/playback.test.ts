import { describe, expect, test } from 'vitest';
import type { Event } from '../../../api/types';
import { markAt, markFrom, marksOf } from './marks';
import { Player } from './player';
import { beginning, fromField, msAt, shareOf, spanAround, spanOf, ticksOf, toField } from './timeline';

const T0 = Date.parse('2026-11-27T12:00:00Z');
const MINUTE = 60_000;
const span = { fromMs: T0, toMs: T0 + 15 * MINUTE };

describe('the line of time', () => {
  test('shows what led to a moment, and nothing that is still to come', () => {
    expect(spanAround(T0, 10 * MINUTE, T0 + 60 * MINUTE)).toEqual({ fromMs: T0 - 2 * MINUTE, toMs: T0 + 8 * MINUTE });
    expect(spanAround(T0, 10 * MINUTE, T0 + MINUTE)).toEqual({ fromMs: T0 - 9 * MINUTE, toMs: T0 + MINUTE });
  });

  test('places moments, and finds them again', () => {
    expect(shareOf(span, T0 + 5 * MINUTE)).toBeCloseTo(1 / 3);
    expect(msAt(span, 1 / 3)).toBe(T0 + 5 * MINUTE);
    expect(shareOf(span, T0 - MINUTE)).toBe(0);
    expect(msAt(span, 1.5)).toBe(span.toMs);
  });

  test('begins where the first track does, when nobody was heard of before', () => {
    expect(beginning(1_000, [5_000, 3_000])).toBe(3_000);
    expect(beginning(4_000, [5_000, 3_000])).toBe(4_000);
    expect(beginning(1_000, [])).toBe(1_000);
  });

  test('names round moments of the site’s clock', () => {
    const named = (length: number, most: number) =>
      ticksOf({ fromMs: T0 + 30_000, toMs: T0 + 30_000 + length * MINUTE }, most).map((ms) => toField(ms).slice(11));
    expect(named(15, 10)).toEqual(['20:02', '20:04', '20:06', '20:08', '20:10', '20:12', '20:14']);
    expect(ticksOf(span, 15).at(-1), 'a name needs room').toBe(T0 + 14 * MINUTE);
    expect(named(1_440, 8)).toEqual(['21:00', '00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00']);
  });

  test('reads a time in the site’s zone, wherever the desk stands', () => {
    expect(toField(T0)).toBe('2026-11-27T20:00');
    expect(fromField('2026-11-27T20:00')).toBe(T0);
    expect(fromField('')).toBeNull();
  });

  test('refuses a span that cannot be played', () => {
    const now = T0 + 60 * MINUTE;
    expect(spanOf('2026-11-27T20:00', '2026-11-27T20:30', now)).toEqual({ fromMs: T0, toMs: T0 + 30 * MINUTE });
    expect(spanOf('2026-11-27T20:00', '2026-11-27T23:00', now)?.toMs).toBe(now);
    expect(spanOf('2026-11-27T20:30', '2026-11-27T20:00', now)).toBeNull();
    expect(spanOf('2026-10-01T00:00', '2026-11-27T20:00', now)).toBeNull();
  });
});

describe('the clock of the playback', () => {
  test('runs by what passed, times its speed', () => {
    const player = new Player(span, T0);
    player.pass(1_000, 0);
    expect(player.now.atMs).toBe(T0);
    player.toggle();
    player.setSpeed(16);
    player.pass(1_000, 1_000);
    expect(player.now.atMs).toBe(T0 + 16_000);
  });

  test('stops at its end, and begins anew from there', () => {
    const player = new Player(span, span.toMs - 1_000);
    player.toggle();
    player.pass(60_000, 0);
    expect(player.now).toMatchObject({ atMs: span.toMs, playing: false });
    player.toggle();
    expect(player.now).toMatchObject({ atMs: T0, playing: true });
  });

  test('steps, and stays in its span', () => {
    const player = new Player(span, T0 - MINUTE);
    expect(player.now.atMs).toBe(T0);
    player.step(10_000);
    player.step(-60_000);
    expect(player.now.atMs).toBe(T0);
    player.setSpan({ fromMs: T0 + MINUTE, toMs: T0 + 2 * MINUTE });
    expect(player.now.atMs).toBe(T0 + MINUTE);
  });

  test('tells every frame to the map, and ten pictures a second to the screen', () => {
    const player = new Player(span, T0);
    player.toggle();
    const frames: number[] = [];
    let told = 0;
    player.onFrame = (atMs) => frames.push(atMs);
    player.subscribe(() => (told += 1));
    for (let clock = 0; clock < 1_000; clock += 20) player.pass(20, clock);
    expect(frames).toHaveLength(50);
    expect(told).toBe(10);
  });
});

describe('marks', () => {
  const event = (id: string, s: number, over: Partial<Event> = {}) =>
    ({ id, at: new Date(T0 + s * 1000).toISOString(), status: 'final', ...over }) as Event;
  const marks = marksOf([event('c', 30, { alarm: 'x' }), event('a', 10), event('gone', 20, { status: 'retracted' })]);

  test('stand by time, without what was taken back', () => {
    expect(marks.map(({ id, alarm }) => [id, alarm])).toEqual([
      ['a', false],
      ['c', true],
    ]);
  });

  test('are stepped through', () => {
    expect(markFrom(marks, T0, 1)?.id).toBe('a');
    expect(markFrom(marks, T0 + 10_000, 1)?.id).toBe('c');
    expect(markFrom(marks, T0 + 30_000, -1)?.id).toBe('a');
    expect(markFrom(marks, T0 + 30_000, 1)).toBeUndefined();
  });

  test('are spoken of for a while', () => {
    expect(markAt(marks, T0 + 15_000)?.id).toBe('a');
    expect(markAt(marks, T0 + 60_000)).toBeUndefined();
  });
});

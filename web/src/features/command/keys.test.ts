import { describe, expect, test } from 'vitest';
import type { Alarm, AlarmState } from '../../api/types';
import { en } from '../../i18n/en';
import { ACTIONS, actionsOf, BINDINGS, shownKeys, writesCharacter } from './keys';
import { nextOpen, stepFrom } from './useKeys';

const alarms = (['acknowledged', 'unacknowledged', 'acknowledged', 'returned'] satisfies AlarmState[]).map(
  (state, index) => ({ id: `a${index}`, state }) as Alarm,
);

describe('the alarm list by keyboard', () => {
  test('goes down and up and stays at the ends', () => {
    expect(stepFrom(alarms, null, 1)?.id).toBe('a0');
    expect(stepFrom(alarms, 'a0', 1)?.id).toBe('a1');
    expect(stepFrom(alarms, 'a3', 1)?.id).toBe('a3');
    expect(stepFrom(alarms, 'a0', -1)?.id).toBe('a0');
    expect(stepFrom(alarms, null, -1)?.id).toBe('a3');
    expect(stepFrom([], null, 1)).toBeUndefined();
  });

  test('finds the next alarm that nobody has seen, from the top again after the last', () => {
    expect(nextOpen(alarms, null)?.id).toBe('a1');
    expect(nextOpen(alarms, 'a1')?.id).toBe('a3');
    expect(nextOpen(alarms, 'a3')?.id).toBe('a1');
    expect(
      nextOpen(
        alarms.filter(({ state }) => state === 'acknowledged'),
        null,
      ),
    ).toBeUndefined();
  });
});

describe('the table of keys', () => {
  test('gives no key to two actions but Space, and every action a key and a word', () => {
    const keys = ACTIONS.flatMap((action) => BINDINGS[action].keys);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([' ']);
    expect(actionsOf(' ')).toEqual(['play.toggle', 'map.pick']);
    for (const action of ACTIONS) {
      expect(BINDINGS[action].keys.length, action).toBeGreaterThan(0);
      expect(en[BINDINGS[action].what], action).toBeTruthy();
    }
  });

  test('shows on the keyboard what it listens to', () => {
    for (const action of ACTIONS) {
      const { keys, shown } = BINDINGS[action];
      if (keys[0]!.length === 1 && /[a-z]/.test(keys[0]!)) expect(shown, action).toContain(keys[0]!.toUpperCase());
    }
  });

  test('means the same with caps lock, and nothing for a key that nobody has', () => {
    expect(actionsOf('f')).toEqual(['find']);
    expect(actionsOf('F')).toEqual(['find']);
    expect(actionsOf('/')).toEqual(['find']);
    expect(actionsOf('？')).toEqual(['help']);
    expect(actionsOf('F1')).toEqual([]);
    expect(actionsOf('Tab')).toEqual([]);
  });

  test('knows which keys write a character, and what is left without them', () => {
    for (const key of ['a', '1', '?', '？', '[', '/', '+', '-']) expect(writesCharacter(key), key).toBe(true);
    for (const key of ['Enter', 'Escape', 'ArrowDown', ' ', 'Home', 'Backspace', 'Tab'])
      expect(writesCharacter(key), key).toBe(false);
    expect(shownKeys(BINDINGS['alarm.next'], true)).toEqual(['J', '↓']);
    expect(shownKeys(BINDINGS['alarm.next'], false)).toEqual(['↓']);
    for (const without of ['find', 'layers', 'map.out', 'play.event.before', 'help'] as const)
      expect(shownKeys(BINDINGS[without], false), without).toEqual([]);
    for (const kept of ['enter', 'play.toggle', 'play.back', 'map.pick', 'measure.undo', 'back'] as const)
      expect(shownKeys(BINDINGS[kept], false), kept).toEqual(shownKeys(BINDINGS[kept], true));
  });
});

import { describe, expect, test } from 'vitest';
import type { Alarm, AlarmState } from '../../api/types';
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

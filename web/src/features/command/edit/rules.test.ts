import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../api/types';
import { dayOf, fromField, toField } from './local-time';
import { asKind, freeId, isLimited, LIMIT_OF, needsWindow, ruleProblems, TEMPLATES, WHENS } from './rules';
import { painted, scheduleOf, weekOf } from './week';

describe('a week', () => {
  it('painted by the hour is written as windows and read again', () => {
    const closed = weekOf([]);
    const week = painted(closed, [0, 8], [4, 17], true);
    expect(scheduleOf(week)).toEqual([{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }]);
    expect(weekOf(scheduleOf(week))).toEqual(week);
  });
  it('shows a night on both of its days', () => {
    const week = weekOf([{ days: [7], from: '22:00', to: '06:00' }]);
    expect(week[6]!.slice(21)).toEqual([0, 1, 1]);
    expect(week[0]!.slice(4, 7)).toEqual([1, 1, 0]);
  });
  it('shows half an hour as half', () => {
    expect(weekOf([{ days: [1], from: '08:30', to: '09:15' }])[0]!.slice(8, 10)).toEqual([0.5, 0.25]);
  });
  it('of a whole day ends at 24:00', () => {
    const week = painted(weekOf([]), [2, 0], [2, 23], true);
    expect(scheduleOf(week)).toEqual([{ days: [3], from: '00:00', to: '24:00' }]);
  });
});

describe('a time at +08:00', () => {
  it('is typed and read in the site zone', () => {
    expect(toField('2026-11-27T00:30:00Z')).toBe('2026-11-27T08:30');
    expect(fromField('2026-11-27T08:30')).toBe('2026-11-27T08:30:00+08:00');
    expect(fromField('')).toBeNull();
  });
  it('has a yesterday that begins at its own midnight', () => {
    expect(dayOf(Date.parse('2026-11-27T01:00:00+08:00'), 1)).toEqual({
      from: '2026-11-25T16:00:00.000Z',
      to: '2026-11-26T16:00:00.000Z',
    });
  });
});

describe('a rule', () => {
  it('of every template and kind is one that the server takes', () => {
    for (const template of Object.values(TEMPLATES)) expect(ruleProblems({ id: 'a', ...template })).toEqual([]);
    for (const when of WHENS) {
      const rule = asKind({ id: 'a', when: 'dwell', limit_s: 5, on_delay_s: 3, priority: 2 }, when);
      expect(ruleProblems(rule)).toEqual([]);
      const limits = (['limit_s', 'limit_kph', 'limit_n'] as const).filter((name) => rule[name] !== undefined);
      expect(limits).toEqual(isLimited(when) ? [LIMIT_OF[when].member] : []);
    }
  });
  it('says which of its members is out of bounds', () => {
    const rule: Rule = { id: 'a', when: 'speed', limit_kph: 900, on_delay_s: -1, exempt: ['Pass'], priority: 2 };
    expect(ruleProblems(rule).map(({ member }) => member)).toEqual(['limit_kph', 'on_delay_s', 'exempt']);
  });
  it('keeps ids apart', () => {
    const rules: Rule[] = [{ id: 'r1', when: 'enter', priority: 1 }];
    expect(freeId(rules)).toBe('r2');
    expect(freeId(rules, 'speed')).toBe('speed');
  });
  it('that somebody must be inside needs to say when', () => {
    const rule: Rule = { id: 'a', when: 'must_be_inside', priority: 2 };
    expect(needsWindow(rule, {})).toBe(true);
    expect(needsWindow(rule, { valid_to: '2026-12-01T00:00:00Z' })).toBe(false);
  });
});

/** Rules as they are made in the editor: templates, what belongs to which kind, and what is wrong before the server says so. */
import type { Rule, ScheduleItem, Subjects } from '../../../api/types';
import { LIMITS } from './draft';
import { windowProblem } from './week';

export const WHENS: readonly Rule['when'][] = ['enter', 'exit', 'cross', 'dwell', 'must_be_inside', 'speed', 'count'];

/** Which limit each kind has, and what it starts with. */
export const LIMIT_OF = {
  dwell: { member: 'limit_s', ...LIMITS.dwell_s, start: 300 },
  speed: { member: 'limit_kph', ...LIMITS.speed_kph, start: 30 },
  count: { member: 'limit_n', ...LIMITS.count_n, start: 5 },
} as const;

export type Limited = keyof typeof LIMIT_OF;

export function isLimited(when: Rule['when']): when is Limited {
  return when in LIMIT_OF;
}

const WORKDAYS: ScheduleItem = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };
const NIGHT: ScheduleItem = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' };

export const TEMPLATES: Record<string, Omit<Rule, 'id'>> = {
  no_entry: { when: 'enter', subjects: { classes: ['hazmat'] }, exempt: ['pass', 'waybill'], priority: 2 },
  no_entry_night: { when: 'enter', subjects: { classes: ['hazmat'] }, window: NIGHT, exempt: ['pass'], priority: 2 },
  speed: {
    when: 'speed',
    limit_kph: 30,
    except: { classes: ['emergency'] },
    on_delay_s: 5,
    off_delay_s: 10,
    priority: 3,
  },
  parking: { when: 'dwell', limit_s: 300, except: { classes: ['emergency'] }, priority: 3 },
  no_crossing: { when: 'cross', subjects: { classes: ['hazmat'] }, priority: 2 },
  no_leaving: { when: 'exit', exempt: ['pass'], priority: 2 },
  on_duty: {
    when: 'must_be_inside',
    subjects: { classes: ['emergency'] },
    window: WORKDAYS,
    on_delay_s: 300,
    priority: 2,
  },
  count: { when: 'count', limit_n: 5, subjects: { classes: ['hazmat'] }, priority: 2 },
};

/** An id that no rule of the zone has. Ids stay with their rules: history and alarms name them. */
export function freeId(rules: readonly Rule[], wish = 'r'): string {
  const taken = new Set(rules.map((rule) => rule.id));
  if (wish !== 'r' && !taken.has(wish)) return wish;
  let n = 1;
  while (taken.has(`${wish}${n}`)) n += 1;
  return `${wish}${n}`;
}

/** The rule as another kind: the limit of the old one goes, that of the fresh one begins at a usual value. */
export function asKind(rule: Rule, when: Rule['when']): Rule {
  const { limit_s: _s, limit_kph: _k, limit_n: _n, ...rest } = rule;
  const next: Rule = { ...rest, when };
  if (isLimited(when)) next[LIMIT_OF[when].member] = LIMIT_OF[when].start;
  if (when === 'exit') delete next.on_delay_s;
  return next;
}

/** Only what says something: an empty list of subjects would read as one. */
export function tidied(subjects: Subjects): Subjects | null {
  const kept = Object.entries(subjects).filter(([, list]) => Array.isArray(list) && list.length > 0);
  return kept.length ? (Object.fromEntries(kept) as Subjects) : null;
}

export interface RuleProblem {
  /** The member that is wrong, as the server names it. */
  member: string;
  key:
    | 'edit.rule.limit.range'
    | 'edit.rule.delay.range'
    | 'edit.rule.exempt.name'
    | 'edit.window.days'
    | 'edit.window.clock'
    | 'edit.window.same';
  values: Record<string, number>;
}

export function ruleProblems(rule: Rule): RuleProblem[] {
  const problems: RuleProblem[] = [];
  if (isLimited(rule.when)) {
    const { member, least, most } = LIMIT_OF[rule.when];
    const value = rule[member];
    const whole = member === 'limit_kph' || Number.isInteger(value);
    if (typeof value !== 'number' || !(value >= least && value <= most) || !whole) {
      problems.push({ member, key: 'edit.rule.limit.range', values: { least, most } });
    }
  }
  for (const member of ['on_delay_s', 'off_delay_s'] as const) {
    const value = rule[member] ?? 0;
    const { least, most } = LIMITS.delay_s;
    if (!Number.isInteger(value) || value < least || value > most) {
      problems.push({ member, key: 'edit.rule.delay.range', values: { least, most } });
    }
  }
  if (rule.exempt?.some((kind) => !/^[a-z_]{1,32}$/.test(kind))) {
    problems.push({ member: 'exempt', key: 'edit.rule.exempt.name', values: {} });
  }
  const window = rule.window && windowProblem(rule.window);
  if (window) problems.push({ member: 'window', key: window, values: {} });
  return problems;
}

/** Whoever must be inside must be told when: the server refuses one that would hold for ever. */
export function needsWindow(
  rule: Rule,
  zone: { valid_from?: unknown; valid_to?: unknown; schedule?: unknown[] | null },
): boolean {
  if (rule.when !== 'must_be_inside' || rule.window) return false;
  return !zone.valid_from && !zone.valid_to && !(zone.schedule && zone.schedule.length > 0);
}

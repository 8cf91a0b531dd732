import { describe, expect, test } from 'vitest';
import type { Event, EventKind, Rule, SilenceReason } from '../../api/types';
import { translate, type Translate } from '../../i18n';
import {
  doubtTexts,
  headingText,
  needsAcknowledgement,
  ruleText,
  sirens,
  tellingEvent,
  validityText,
  wasRetracted,
  whatText,
  type Names,
} from './words';

const zh: Translate = (key, values) => translate('zh-CN', key, values);
const en: Translate = (key, values) => translate('en', key, values);
const names: Names = {
  plate: (id) => ({ v1: '浙A12345' })[id],
  zone: (id) => ({ tanks: '北罐区' })[id],
};

function what(kind: EventKind, zone: string | undefined, t: Translate, vehicle = 'v1'): string {
  return whatText({ kind, subject: { kind: 'vehicle', id: vehicle }, ...(zone ? { zone } : {}) }, names, t);
}

describe('an alarm or event in words', () => {
  test('says who, what and where', () => {
    expect(what('enter', 'tanks', zh)).toBe('浙A12345 进入 北罐区');
    expect(what('speed', 'tanks', en)).toBe('浙A12345 too fast in 北罐区');
  });

  test('says of a vehicle whose place is not known why, and where it was last', () => {
    const silent = (silence: SilenceReason | undefined, zone: string | undefined, t: Translate) =>
      whatText(
        {
          kind: 'silence',
          subject: { kind: 'vehicle', id: 'v1' },
          ...(zone ? { zone } : {}),
          evidence: silence ? { silence } : {},
        },
        names,
        t,
      );
    expect(silent('lost_signal', undefined, zh)).toBe('浙A12345 失联');
    expect(silent('connected_without_fix', 'tanks', zh)).toBe('浙A12345 已连接但无定位，最后位于 北罐区');
    expect(silent('lost_signal', 'tanks', en)).toBe('浙A12345 is not heard of, last in 北罐区');
    expect(silent('connected_without_fix', undefined, en)).toBe('浙A12345 is connected without a fix');
    expect(silent(undefined, 'tanks', zh)).toBe('浙A12345 收不到定位，最后位于 北罐区');
    expect(what('frozen', undefined, zh)).toBe('浙A12345 定位冻结');
    expect(what('frozen', 'tanks', en)).toBe('浙A12345 position is frozen, last in 北罐区');
  });

  test('says of a wrong clock by how much', () => {
    const clock = (ahead: number, t: Translate) =>
      whatText(
        { kind: 'clock_wrong', subject: { kind: 'vehicle', id: 'v1' }, evidence: { clock_ahead_ms: ahead } },
        names,
        t,
      );
    expect(clock(-8 * 3_600_000, zh)).toBe('浙A12345 终端时钟慢 8 小时');
    expect(clock(90_000, en)).toBe('浙A12345 terminal clock is 1 min 30 s ahead');
    expect(what('clock_wrong', undefined, zh)).toBe('浙A12345 终端时钟不准');
  });

  test('explains a silence by its last event, other alarms by the one that raised them', () => {
    expect(tellingEvent({ kind: 'silence', events: ['e1', 'e2'] })).toBe('e2');
    expect(tellingEvent({ kind: 'enter', events: ['e1', 'e2'] })).toBe('e1');
    expect(tellingEvent({ kind: 'silence' })).toBeUndefined();
  });

  test('names the alarm that a terminal raised by itself', () => {
    const of = (rule: string) => ({ kind: 'terminal_alarm', rule, subject: { kind: 'vehicle', id: 'v1' } }) as const;
    expect(whatText(of('terminal-0'), names, zh)).toBe('浙A12345 终端：紧急报警');
    expect(whatText(of('terminal-29'), names, en)).toBe('浙A12345 terminal: collision');
    expect(whatText(of('another'), names, zh)).toBe('浙A12345 终端报警');
  });

  test('shows the id where no name is known', () => {
    expect(what('enter', 'z9', zh, 'v9')).toBe('车辆 v9 进入 z9');
    expect(whatText({ kind: 'enter', subject: { kind: 'system', id: 'cordon' } }, names, zh)).toBe('系统 进入');
  });

  test('says what is doubtful about it', () => {
    const event = { status: 'retracted', certainty: 'uncertain', kind: 'enter', late: true } as Event;
    expect(doubtTexts(event, zh)).toEqual(['已撤回', '不确定', '迟报']);
    expect(doubtTexts({ ...event, status: 'final', certainty: 'certain', late: false }, zh)).toEqual([]);
  });
});

test('an alarm whose event was taken back says so until it stands again', () => {
  const history = (...steps: string[]) => ({ history: steps.map((what) => ({ at: '', what })) });
  expect(wasRetracted(history('raised', 'retracted'))).toBe(true);
  expect(wasRetracted(history('raised', 'retracted', 'acknowledged'))).toBe(true);
  expect(wasRetracted(history('raised', 'retracted', 'reopened'))).toBe(false);
  expect(wasRetracted(history('raised', 'returned'))).toBe(false);
  expect(wasRetracted({})).toBe(false);
});

describe('what an alarm asks of a person', () => {
  test('only a new urgent one that was known in time calls aloud', () => {
    const urgent = { state: 'unacknowledged', late: false, priority: 1 } as const;
    expect(sirens(urgent)).toBe(true);
    expect(sirens({ ...urgent, late: true })).toBe(false);
    expect(sirens({ ...urgent, state: 'shelved' })).toBe(false);
    expect(sirens({ ...urgent, state: 'acknowledged' })).toBe(false);
    expect(sirens({ ...urgent, priority: 2 })).toBe(false);
  });

  test('one that is put aside asks nobody', () => {
    expect(needsAcknowledgement({ state: 'shelved' })).toBe(false);
    expect(needsAcknowledgement({ state: 'returned' })).toBe(true);
  });
});

describe('a rule in plain words', () => {
  const check = (rule: Partial<Rule>, text: string) =>
    expect(ruleText({ id: 'r', when: 'enter', priority: 1, ...rule }, zh)).toBe(text);

  test.each<[Partial<Rule>, string]>([
    [{}, '任何车辆进入：报警（P1 紧急）'],
    [{ subjects: { classes: ['hazmat', 'goods'] } }, '危运车辆、货运车辆进入：报警（P1 紧急）'],
    [{ when: 'dwell', limit_s: 300, priority: 2 }, '任何车辆停留超过 5 分钟：报警（P2 高）'],
    [
      { when: 'speed', limit_kph: 30, except: { classes: ['emergency'] }, priority: 3 },
      '任何车辆（应急车辆除外）车速超过 30 km/h：报警（P3 中）',
    ],
    [{ exempt: ['permit', 'waybill'] }, '任何车辆进入、持许可、电子运单者除外：报警（P1 紧急）'],
    [
      { window: { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' } },
      '任何车辆进入、仅 每天 22:00-06:00：报警（P1 紧急）',
    ],
  ])('%j', check);
});

test('a heading is told in eighths', () => {
  expect([0, 22, 23, 350, 358].map((degrees) => headingText(degrees, en))).toEqual([
    'north 0°',
    'north 22°',
    'north-east 23°',
    'north 350°',
    'north 358°',
  ]);
});

test('validity is told from what is given', () => {
  const date = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  expect(validityText({}, date, zh)).toBe('长期有效');
  expect(validityText({ valid_from: '2026-01-01T00:00:00Z' }, date, zh)).toBe('2026-01-01 起');
  expect(validityText({ valid_to: '2027-01-01T00:00:00Z' }, date, zh)).toBe('至 2027-01-01');
});

import { describe, expect, test } from 'vitest';
import { translate, type Key, type Translate } from './index';
import { en } from './en';
import { clockText, dataAgeText, nearText, roughText, spanText, startOfDay } from './time';
import { zh } from './zh-CN';

const keys = Object.keys(zh) as Key[];
const t: Translate = (key, values) => translate('en', key, values);
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

describe('the two dictionaries', () => {
  test('have the same keys, none of them empty', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) expect([zh[key].trim(), en[key].trim()], key).not.toContain('');
  });

  test('fill in the same values', () => {
    for (const key of keys) expect(holes(en[key]), key).toEqual(holes(zh[key]));
  });

  test('are in their own language', () => {
    const chinese = /\p{Script=Han}/u;
    for (const key of keys) if (key !== 'app.language') expect(en[key], key).not.toMatch(chinese);
    const untranslated = keys.filter((key) => !chinese.test(zh[key]) && !holes(zh[key]).length);
    expect(untranslated.sort()).toEqual(['app.language', 'list.pause', 'list.separator']);
  });
});

test('a value that is missing stays visible', () => {
  expect(translate('zh-CN', 'banner.lost', {})).toContain('{time}');
  expect(translate('zh-CN', 'banner.lost', { time: '14:32:07' })).toBe('连接中断，正在重连… 显示的是 14:32:07 的数据');
});

describe('times', () => {
  const at = Date.parse('2026-11-24T06:32:07Z');

  test('are the site’s, with seconds, wherever the desk stands', () => {
    expect(clockText(at, 'zh-CN')).toBe('14:32:07');
    expect(clockText(at, 'en')).toBe('14:32:07');
    expect(clockText(Date.parse('2026-11-23T16:00:00Z'), 'zh-CN')).toBe('00:00:00');
  });

  test('carry their date when they are not of today', () => {
    expect(nearText(at, at + 3_600_000, 'zh-CN')).toBe('14:32:07');
    expect(nearText(at, at + 86_400_000, 'en')).toBe('2026-11-24 14:32:07');
  });

  test('a day begins at the site’s midnight', () => {
    const midnight = (iso: string) => new Date(startOfDay(Date.parse(iso))).toISOString();
    expect(midnight('2026-11-27T15:59:59Z')).toBe('2026-11-26T16:00:00.000Z');
    expect(midnight('2026-11-27T16:00:00Z')).toBe('2026-11-27T16:00:00.000Z');
  });

  test.each([
    [-5_000, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%i ms is %s', (ms, text) => {
    expect(spanText(ms, t)).toBe(text);
  });

  test.each([
    [59_999, '59 s'],
    [200_000, '3 min'],
    [7_500_000, '2 h'],
    [273_600_000, '3 d'],
  ])('%i ms is roughly %s', (ms, text) => {
    expect(roughText(ms, t)).toBe(text);
  });

  test('the age of data is told to the tenth while it is young', () => {
    expect(dataAgeText(640, t)).toBe('0.6 s');
    expect(dataAgeText(12_300, t)).toBe('12 s');
  });
});

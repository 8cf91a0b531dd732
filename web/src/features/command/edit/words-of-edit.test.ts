import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../api/types';
import { translate, type Translate } from '../../../i18n';
import { closed, fromText, toText } from './coordinates-text';
import { fieldText, valueText } from './in-words';
import { limitText, placeText, refusalText } from '../../../ui/refused-words';
import { isAt, tabOf } from './problems';

const zh: Translate = (key, values) => translate('zh-CN', key, values);
const en: Translate = (key, values) => translate('en', key, values);

function refusal(field: string, code = 'range'): Problem {
  return { status: 422, code, field, value: 900, limit: '0.1 to 500', detail: 'refused' };
}

describe('a refusal of the server', () => {
  it('is shown at the field and on the tab that it is about', () => {
    const limit = refusal('properties.rules[1].limit_kph');
    expect(tabOf(limit)).toBe('rules');
    expect(isAt(limit, 'properties.rules')).toBe(true);
    expect(isAt(limit, 'properties.rules[1]')).toBe(true);
    expect(isAt(limit, 'properties.rules[10]')).toBe(false);
    expect(tabOf(refusal('geometry.coordinates[0][3]'))).toBe('shape');
    expect(tabOf(refusal('properties.radius_m'))).toBe('shape');
    expect(tabOf(refusal('properties.valid_to'))).toBe('time');
    expect(tabOf(refusal('features[4].properties.name'))).toBe('form');
    expect(tabOf({ status: 503, code: 'busy' })).toBeNull();
  });
  it('says the value and what is allowed', () => {
    const problem = { ...refusal('features[3].properties.rules[1].limit_kph'), limit: 'a number from 0.1 to 500' };
    expect(refusalText(problem, zh)).toBe('第 2 条规则的“限速” 是 900，超出范围；允许：0.1 到 500 的数');
    expect(refusalText(problem, en)).toBe('“Speed limit” of rule no. 2 is 900, out of range; allowed: a number from 0.1 to 500');
  });
  it('calls things as the screen does, and leaves what it does not know', () => {
    const level = { ...refusal('properties.level', 'value'), value: '"purple"', limit: 'red, orange, yellow, blue' };
    const said = refusalText(level, zh);
    expect(said).toContain('风险等级 的值 purple 不允许');
    for (const word of ['red', 'orange', 'blue']) expect(said).not.toContain(word);
    const kind = { ...refusal('properties.kind', 'missing'), value: '', limit: 'hazard, no_stop' };
    expect(refusalText(kind, en)).not.toContain('no_stop');
    expect(limitText('properties.level', 'a colour of the rainbow', zh)).toBe('a colour of the rainbow');
    const misspelt = { ...refusal('properties.vaild_from', 'unknown_member'), limit: 'properties.valid_from' };
    expect(refusalText(misspelt, en)).toContain('did you mean “Valid from” (valid_from)?');
    expect(placeText('properties.capacity', zh)).toBe('capacity');
    expect(placeText('geometry.coordinates[0][3]', zh)).toBe('形状');
    expect(placeText('properties.schedule[0].days', zh)).toBe('第 1 个时段的“星期”');
  });
  it('of the data model is told in both languages', () => {
    const parent = { ...refusal('properties.parent', 'unknown_reference'), value: '"u-9"', limit: 'the id of a feature of plants that exists' };
    expect(refusalText(parent, zh)).toContain('没有编号为 u-9 的要素；需要：“装置与厂区”中已有要素的编号');
    expect(refusalText(parent, en)).toContain('the id of a feature of “Plants and units” that is there');
    const itself = { ...parent, code: 'circular', limit: 'the id of a feature of plants that is not this one, nor part of it' };
    expect(refusalText(itself, zh)).toContain('要素不能属于它自己');
    const limits: [string, string][] = [
      ['more than properties.valid_from', '大于'],
      ['at least properties.limit_l', '不小于'],
      ['a number that is not negative', '不小于 0 的数'],
      ['a number', '数'],
      ['four digits such as 1005', '四位数字，例如 1005'],
      ['a CAS number such as 7664-41-7, of which the last digit is the check digit', 'CAS 号'],
      ['18 characters of 0-9 and A-Y without I, O, S, V and Z, of which the last is the check character', '统一社会信用代码'],
      ['a date such as 2026-11-27, or a time with its offset by RFC 3339', '日期'],
    ];
    for (const [limit, said] of limits) expect(limitText('properties.x', limit, zh)).toContain(said);
  });
  it('that nobody foresaw is still told', () => {
    expect(refusalText(refusal('properties.other', 'unheard_of'), zh)).toContain('refused');
  });
});

describe('a change in words', () => {
  it('says what stands in a field', () => {
    expect(fieldText('rules/r2', zh)).toBe('规则 r2');
    expect(fieldText('capacity', zh)).toBe('capacity');
    const say = (field: string, value: unknown) => valueText(field, value, zh);
    expect(say('level', 'red')).toContain('I 级');
    expect(say('name', '')).toBe('无');
    expect(say('rules/r2', { id: 'r2', when: 'speed', limit_kph: 30, priority: 3 })).toContain('30 km/h');
    expect(say('schedule', [{ days: [1, 2], from: '08:00', to: '18:00' }])).toBe('周一、周二 08:00-18:00');
    expect(say('shape', { kind: 'circle', centre: [121, 30], radius_m: 250 })).toContain('250');
    expect(say('capacity', { people: 5 })).toBe('{"people":5}');
  });
});

describe('places as text', () => {
  it('are read however they are parted, longitude first', () => {
    expect(fromText('121.5, 30.25\n\n121.6\t30.3\n121.7，30.4').places).toEqual([
      [121.5, 30.25],
      [121.6, 30.3],
      [121.7, 30.4],
    ]);
    expect(fromText(toText([[121.1234567, 30]])).places).toEqual([[121.1234567, 30]]);
  });
  it('say which line is none', () => {
    expect(fromText('121.5, 30.25\n30.25, 121.5').wrongLine).toBe(2);
    expect(fromText('121.5').wrongLine).toBe(1);
    expect(fromText('a, b').wrongLine).toBe(1);
  });
  it('end where they began', () => {
    expect(
      closed([
        [0, 0],
        [1, 0],
        [1, 1],
      ]),
    ).toHaveLength(4);
    expect(
      closed([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ]),
    ).toHaveLength(4);
  });
});

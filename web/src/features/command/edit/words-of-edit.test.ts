import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../api/types';
import { translate, type Translate } from '../../../i18n';
import { closed, fromText, toText } from './coordinates-text';
import { fieldText, valueText } from './in-words';
import { isAt, refusalText, tabOf } from './problems';

const zh: Translate = (key, values) => translate('zh-CN', key, values);

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
    const text = refusalText(refusal('properties.rules[1].limit_kph'), zh);
    for (const part of ['properties.rules[1].limit_kph', '900', '0.1 to 500']) expect(text).toContain(part);
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

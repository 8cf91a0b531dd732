import { expect, test } from 'vitest';
import { translate, type Language, type Translate } from '../../../i18n';
import { propertyRows } from './properties';

function rows(properties: Record<string, unknown>, language: Language) {
  const t: Translate = (key, values) => translate(language, key, values);
  return propertyRows(properties, language, t).map(({ name, value }) => `${name}=${value}`);
}

test('a card says what was written in words of the page, and what it does not know as it was written', () => {
  const station = { name: '站', kind: 'fire_station', crew: 12, open: true, foam_brand: 'AFFF', note: null, note_en: '', rules: [] };
  expect(rows(station, 'zh-CN')).toEqual(['类型=消防站', '人员=12', '开放时间=是', 'foam brand=AFFF']);
  expect(rows(station, 'en')).toEqual(['Kind=Fire station', 'Crew=12', 'Open=Yes', 'foam brand=AFFF']);
});

test('English stands in for its Chinese on the English page; lists and parts become one line', () => {
  const store = { note: '夜间无人', note_en: 'Nobody at night', items: ['foam', 'sand'], beds: { icu: 4, total: 1_200 } };
  expect(rows(store, 'en')).toEqual(['Note=Nobody at night', 'Items=foam, sand', 'Beds=icu 4, total 1,200']);
  expect(rows(store, 'zh-CN')[0]).toBe('备注=夜间无人');
});

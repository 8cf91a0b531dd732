import { expect, test } from 'vitest';
import { translate, type Language, type Translate } from '../i18n';
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

test('what somebody asks first stands first, whatever its name', () => {
  const unit = { alpha: 0.5, kind: 'tank', level: 'I', plant: 'p1', r: 120, substances: [{ name: '液氨' }] };
  expect(rows(unit, 'zh-CN').map((row) => row.split('=')[0])).toEqual(['类型', '等级', '物质', '企业', '校正系数 α', 'R 值']);
});

test('what a property refers to is called by its name, and a thing within a thing by its own', () => {
  const unit = { plant: 'p1', substances: [{ name: '液氯', name_en: 'chlorine', un: '1017' }, { name: '氢', name_en: 'hydrogen', un: '1049' }] };
  const t: Translate = (key, values) => translate('en', key, values);
  const referred = (property: string, id: string) => (property === 'plant' && id === 'p1' ? 'Chlor-alkali' : undefined);
  expect(propertyRows(unit, 'en', t, referred).map(({ value }) => value)).toEqual([
    'chlorine (UN number 1017) · hydrogen (UN number 1049)',
    'Chlor-alkali',
  ]);
});

test('English stands in for its Chinese on the English page; lists and parts become one line', () => {
  const store = { note: '夜间无人', note_en: 'Nobody at night', items: ['foam', 'sand'], beds: { icu: 4, total: 1_200 } };
  expect(rows(store, 'en')).toEqual(['Note=Nobody at night', 'Items=foam, sand', 'Beds=Intensive care 4, total 1,200']);
  expect(rows(store, 'zh-CN')[0]).toBe('备注=夜间无人');
});

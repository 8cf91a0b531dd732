import { describe, expect, test } from 'vitest';
import type { Feature, FeatureProperties } from '../../api/types';
import { translate, type Translate } from '../../i18n';
import { cellText, columnsOf, widthsOf } from './columns';
import { csvTable, geoJsonParts } from './export';
import { arranged, nextSort, testOf, wholeTexts, type Asked } from './order';
import { rowOf, type TableRow } from './rows';

const zh: Translate = (key, values) => translate('zh-CN', key, values);
const en: Translate = (key, values) => translate('en', key, values);

function feature(id: string, properties: FeatureProperties, at: [number, number] | null = null): Feature {
  return { type: 'Feature', id, geometry: at && { type: 'Point', coordinates: at }, properties };
}

const ROWS: TableRow[] = [
  feature('a', { name: '氨罐区', level: 'red', kind: 'hazard', people: 40, rules: [{ id: 'r', when: 'enter', priority: 1 }] }, [121, 30]),
  feature('b', { name: 'Jetty', level: 'blue', kind: 'no_stop', people: 9, open: true }),
  feature('c', { name: '南门', level: null, people: 100 }),
].map(rowOf);

const columns = columnsOf(ROWS);
const said = (row: TableRow, column: string) => cellText('zones', column, row.properties[column], 'zh-CN', zh);
const shown = (asked: Partial<Asked>) =>
  arranged(ROWS, columns, { text: '', above: {}, sort: null, ...asked }, said, wholeTexts(ROWS, columns, said))
    .map(({ id }) => id)
    .join('');

describe('columns', () => {
  test('are those that some row has, the name first, with what they hold', () => {
    const named = Object.fromEntries(columns.map(({ name, holds, filled }) => [name, `${holds} ${filled}`]));
    expect(columns[0]!.name).toBe('name');
    expect(named).toEqual({
      name: 'text 3', kind: 'text 2', level: 'text 2', people: 'number 3', open: 'yes_no 1', rules: 'thing 1',
    });
    const mixed = columnsOf([feature('a', { x: 1, y: [1] }), feature('b', { x: 'one', y: 'two' })].map(rowOf));
    expect(mixed.map(({ holds }) => holds)).toEqual(['text', 'thing']);
  });
  test('say their values in words', () => {
    expect(said(ROWS[0]!, 'level')).toContain('I');
    expect(said(ROWS[1]!, 'kind')).not.toContain('no_stop');
    expect(cellText('zones', 'rules', ROWS[0]!.properties.rules, 'en', en)).toBe('Rules: 1');
    expect(said(ROWS[2]!, 'level')).toBe('');
    expect(cellText('vehicles', 'plate_colour', 2, 'zh-CN', zh)).toBe('黄色');
    expect(cellText('resources', 'plate_colour', 2, 'zh-CN', zh)).toBe('2');
  });
  test('are as wide as what they say, within bounds', () => {
    const long = [feature('a', { name: '很'.repeat(90), n: 1 })].map(rowOf);
    const widths = widthsOf(columnsOf(long), long, said, zh);
    expect([widths.get('name'), widths.get('n')]).toEqual([300, 96]);
  });
});

describe('rows', () => {
  test('are found by words in any cell, as it is said', () => {
    expect(shown({ text: '氨' })).toBe('a');
    expect(shown({ text: 'jetty 9' })).toBe('b');
    expect(shown({ text: said(ROWS[0]!, 'level') })).toBe('a');
  });
  test('are sifted by column: words, exactly, empty, filled', () => {
    expect(shown({ above: { name: '门' } })).toBe('c');
    expect(shown({ above: { level: '=red' } })).toBe('a');
    expect(shown({ above: { level: '=' } })).toBe('c');
    expect(shown({ above: { level: '!=' } })).toBe('ab');
  });
  test.each([['>9', 'ac'], ['>=9', 'abc'], ['40', 'a'], ['9..40', 'ab'], ['<= 40', 'ab'], ['=', ''], ['none', 'abc']])(
    'are sifted by a number: %s',
    (typed, expected) => expect(shown({ above: { people: typed } })).toBe(expected),
  );
  test('know what is no number', () => {
    expect(testOf({ holds: 'number' }, 'none')).toBeNull();
    expect(testOf({ holds: 'text' }, 'none')).not.toBeNull();
  });
  test('stand by number or word, empty ones last either way', () => {
    expect(shown({ sort: { column: 'people', down: false } })).toBe('bac');
    expect(shown({ sort: { column: 'people', down: true } })).toBe('cab');
    expect(shown({ sort: { column: 'level', down: false } }).at(-1)).toBe('c');
    expect(shown({ sort: { column: 'level', down: true } }).at(-1)).toBe('c');
    expect(shown({ sort: { column: 'id', down: true } })).toBe('cba');
  });
  test('are sorted up, down, and not at all', () => {
    const up = nextSort(null, 'name');
    const down = nextSort(up, 'name');
    expect([up, down, nextSort(down, 'name')]).toEqual([{ column: 'name', down: false }, { column: 'name', down: true }, null]);
    expect(nextSort(down, 'level')).toEqual({ column: 'level', down: false });
  });
});

describe('a file', () => {
  test('for a spreadsheet has the rows in their order, with a place', () => {
    const many = rowOf(feature('d', { name: 'D', people: 12_000 }));
    const wanted = [{ name: 'name', label: '名称' }, { name: 'people', label: '人数' }];
    const text = csvTable([ROWS[1]!, ROWS[0]!, many], wanted, said);
    const lines = ['id,名称,人数,lon,lat', 'b,Jetty,9,,', 'a,氨罐区,40,121,30', 'd,D,12000,,', ''];
    expect(text.replace('\uFEFF', '').split('\r\n')).toEqual(lines);
  });
  test('of GeoJSON has what was asked for and reads no further than that', async () => {
    const pages = [[feature('a', { name: 'A' }, [121, 30]), feature('b', {})], [feature('c', {})], [feature('d', {})]];
    const read: number[] = [];
    const featurePage = async (_: string, path?: string) => {
      const at = Number(path ?? 0);
      read.push(at);
      return { features: pages[at]!, matched: 4, next: at + 1 < pages.length ? String(at + 1) : undefined };
    };
    const { parts, count } = await geoJsonParts({
      api: { featurePage }, collection: 'zones', ids: new Set(['a', 'c']), signal: new AbortController().signal, onProgress: () => {},
    });
    const file = JSON.parse(parts.join('')) as { features: Feature[] };
    expect([count, file.features.map(({ id }) => id), read]).toEqual([2, ['a', 'c'], [0, 1]]);
    expect(file.features[0]!.geometry).toEqual({ type: 'Point', coordinates: [121, 30] });
  });
});

/** The columns of a collection, as its features have them: which members there are, what they hold, what they are called. */
import { translateName, type Language, type Translate } from '../../i18n';
import { propertyName, rankOf, valueText } from '../../ui/properties';
import type { TableRow } from './rows';

export interface Column {
  name: string;
  /** What all of its values are; `thing` is a list or has parts, and is not written in a cell. */
  holds: 'number' | 'text' | 'yes_no' | 'thing';
  /** How many rows have a value. */
  filled: number;
}

/** The kept revision, and how the editor drew the shape, are no facts about the feature. */
const SILENT = new Set(['revision', 'etag', 'drawn']);
const FIRST = ['name', 'plate', 'name_en'];

function holdsOf(value: unknown): Column['holds'] {
  if (typeof value === 'object') return 'thing';
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'yes_no' : 'text';
}

function orderOf(name: string): number {
  const first = FIRST.indexOf(name);
  return first < 0 ? FIRST.length + rankOf(name) : first;
}

/** Every member that a row has a value of; what people ask first stands first. */
export function columnsOf(rows: readonly TableRow[]): Column[] {
  const found = new Map<string, Column>();
  for (const { properties } of rows) {
    for (const name in properties) {
      const value = properties[name];
      if (value === null || value === undefined || SILENT.has(name)) continue;
      const holds = holdsOf(value);
      const column = found.get(name);
      if (!column) {
        found.set(name, { name, holds, filled: 1 });
        continue;
      }
      column.filled += 1;
      // Members of several kinds are text, unless one of them cannot be written as one.
      if (column.holds !== holds) column.holds = column.holds === 'thing' || holds === 'thing' ? 'thing' : 'text';
    }
  }
  return [...found.values()].sort((a, b) => orderOf(a.name) - orderOf(b.name) || (a.name < b.name ? -1 : 1));
}

export function columnName(name: string, t: Translate): string {
  return name === 'name' || name === 'name_en' ? translateName(t, 'edit.field', name, () => name) : propertyName(name, t);
}

/** What somebody called a thing is no word of the interface. */
const CALLED = new Set(['name', 'name_en', 'plate', 'company']);

/** Words that only some collections use in a member. */
const VOCABULARY: Readonly<Record<string, string>> = {
  'zones/kind': 'zonekind',
  'vehicles/class': 'class',
  'vehicles/goods_class': 'goods',
  'vehicles/plate_colour': 'colour',
};

/** One of the words that a member may hold, as the screen calls it. */
export function wordText(collection: string, column: string, word: string, t: Translate): string {
  const prefix = column === 'level' ? 'level' : VOCABULARY[`${collection}/${column}`];
  return prefix === undefined ? word : translateName(t, prefix, word, () => word);
}

/** What a cell says; empty where there is nothing. */
export function cellText(collection: string, column: string, value: unknown, language: Language, t: Translate): string {
  if (value === null || value === undefined) return '';
  if (column === 'rules' && Array.isArray(value)) return value.length ? t('data.rules', { n: value.length }) : '';
  if (column === 'schedule' && Array.isArray(value)) return value.length ? t('data.windows', { n: value.length }) : '';
  if (typeof value === 'number' && VOCABULARY[`${collection}/${column}`]) return wordText(collection, column, String(value), t);
  if (typeof value === 'string') {
    if (CALLED.has(column)) return value;
    const word = wordText(collection, column, value, t);
    if (word !== value) return word;
  }
  return valueText(value, language, t) ?? '';
}

const WIDTH = { least_px: 96, most_px: 300, letter_px: 9, beside_px: 28, looked: 60 };

/** A Chinese character is as wide as two letters. */
function letters(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter >= '\u2e80' ? 1.7 : 1), 0);
}

/** How wide each column is, pixels: as its name and what the first rows say, within bounds. */
export function widthsOf(
  columns: readonly Column[],
  rows: readonly TableRow[],
  said: (row: TableRow, column: string) => string,
  t: Translate,
): Map<string, number> {
  const looked = rows.slice(0, WIDTH.looked);
  return new Map(
    columns.map(({ name }) => {
      const longest = looked.reduce((most, row) => Math.max(most, letters(said(row, name))), letters(columnName(name, t)) + 2);
      const width = Math.round(longest * WIDTH.letter_px + WIDTH.beside_px);
      return [name, Math.min(WIDTH.most_px, Math.max(WIDTH.least_px, width))];
    }),
  );
}

/** Which rows are shown, and in which order. Pure: rows and what a person typed in, rows out. */
import type { Column } from './columns';
import type { TableRow } from './rows';

export interface Sort {
  column: string;
  down: boolean;
}

/** What a cell says, for words. */
export type Said = (row: TableRow, column: string) => string;

/** Whether a value passes what was typed above its column. */
export type Passes = (value: unknown, said: () => string) => boolean;

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function numberTest(typed: string): Passes | null {
  const span = new RegExp(`^(${NUMBER})\\s*\\.\\.\\s*(${NUMBER})$`).exec(typed);
  if (span) {
    const [least, most] = [Number(span[1]), Number(span[2])];
    return (value) => typeof value === 'number' && value >= least && value <= most;
  }
  const compared = new RegExp(`^(<=|>=|<|>|=)?\\s*(${NUMBER})$`).exec(typed);
  if (!compared) return null;
  const figure = Number(compared[2]);
  const how: Record<string, (value: number) => boolean> = {
    '<': (value) => value < figure,
    '<=': (value) => value <= figure,
    '>': (value) => value > figure,
    '>=': (value) => value >= figure,
    '=': (value) => value === figure,
  };
  const test = how[compared[1] ?? '=']!;
  return (value) => typeof value === 'number' && test(value);
}

/**
 * What was typed above a column: words that the cell must hold, `=` for an empty cell and `!=` for a filled one, `=word` for exactly
 * that; of numbers `5`, `<5`, `>=5`, `3..8`. `null` when it can be none of them.
 */
export function testOf(column: Pick<Column, 'holds'>, typed: string): Passes | null {
  const text = typed.trim();
  if (text === '=') return isEmpty;
  if (text === '!=') return (value) => !isEmpty(value);
  if (column.holds === 'number') return numberTest(text);
  if (text.startsWith('=')) {
    const exact = text.slice(1).trim().toLowerCase();
    return (value, said) => said().toLowerCase() === exact || String(value ?? '').toLowerCase() === exact;
  }
  const words = text.toLowerCase().split(/\s+/);
  return (_value, said) => {
    const cell = said().toLowerCase();
    return words.every((word) => cell.includes(word));
  };
}

export interface Asked {
  /** Words that a row must hold somewhere. */
  text: string;
  /** What was typed above columns. */
  above: Readonly<Record<string, string>>;
  sort: Sort | null;
}

/** What each row says in all of its cells, for finding words in it: made once and not for every letter that is typed. */
export function wholeTexts(rows: readonly TableRow[], columns: readonly Column[], said: Said): string[] {
  return rows.map((row) => `${row.id} ${columns.map(({ name }) => said(row, name)).join(' ')}`.toLowerCase());
}

/**
 * The rows that pass, in order; `texts` are theirs. What cannot be understood above a column leaves nothing out: the column says
 * so.
 */
export function arranged(
  rows: readonly TableRow[],
  columns: readonly Column[],
  asked: Asked,
  said: Said,
  texts: readonly string[],
): TableRow[] {
  const words = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = columns.flatMap((column): [string, Passes][] => {
    const typed = asked.above[column.name] ?? '';
    const passes = typed.trim() === '' ? null : testOf(column, typed);
    return passes ? [[column.name, passes]] : [];
  });
  const shown = rows.filter((row, index) => {
    if (!tests.every(([name, passes]) => passes(row.properties[name], () => said(row, name)))) return false;
    return words.every((word) => texts[index]!.includes(word));
  });
  return asked.sort ? sorted(shown, asked.sort, columns, said) : shown;
}

// One for all comparisons: making it costs more than a thousand of them.
const collator = new Intl.Collator('zh-CN', { numeric: true });

/** Rows without a value come last, whichever way the others stand; rows that are equal keep their order. */
function sorted(rows: readonly TableRow[], { column, down }: Sort, columns: readonly Column[], said: Said): TableRow[] {
  const numbers = columns.find(({ name }) => name === column)?.holds === 'number';
  const way = down ? -1 : 1;
  const keyed = rows.map((row) => {
    const value = column === ID ? row.id : row.properties[column];
    return { row, empty: isEmpty(value), figure: numbers ? Number(value) : 0, text: numbers || column === ID ? '' : said(row, column) };
  });
  keyed.sort((a, b) => {
    if (a.empty !== b.empty) return a.empty ? 1 : -1;
    if (column === ID) return way * (a.row.id < b.row.id ? -1 : 1);
    return way * (numbers ? a.figure - b.figure : collator.compare(a.text, b.text));
  });
  return keyed.map(({ row }) => row);
}

/** The column of ids, which is no member. */
export const ID = 'id';

/** A press on a column's head: up, then down, then as the server has them. */
export function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort?.column !== column) return { column, down: false };
  return sort.down ? null : { column, down: true };
}

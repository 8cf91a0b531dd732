/**
 * What is sifted in the table, as a filter that the server understands (CQL2 text): figures, empty and filled cells as they stand; words
 * are looked for in what the screen says, which the server does not know, so that those rows are named one by one. Pure.
 */
import type { Asked } from './order';
import type { Column } from './columns';

/** As many parts as one filter may have, with some to spare (`data/src/filter`: 1,000). */
const MOST_IDS = 900;
/** The longest filter, bytes, with room in an address (`data/src/filter`: 16 KiB). */
const MOST_BYTES = 15_000;

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `null` where the server cannot judge what was typed. */
function ofColumn({ name, holds }: Column, typed: string): string | null {
  const text = typed.trim();
  const it = quoted(name);
  // Whether a figure is an empty text is neither true nor false there, and what is neither is left out.
  const empty = holds === 'text' ? `(${it} IS NULL OR ${it} = '')` : `${it} IS NULL`;
  if (text === '=') return empty;
  if (text === '!=') return `NOT ${empty}`;
  if (holds !== 'number') return null;
  const span = /^(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)$/.exec(text);
  if (span) return `(${it} >= ${span[1]} AND ${it} <= ${span[2]})`;
  const compared = /^(<=|>=|<|>|=)?\s*(-?\d+(?:\.\d+)?)$/.exec(text);
  return compared ? `${it} ${compared[1] ?? '='} ${compared[2]}` : null;
}

/** `null` where there is no filter that says the same, or too long a one. */
export function filterOf({ text, above }: Pick<Asked, 'text' | 'above'>, columns: readonly Column[], ids: readonly string[]): string | null {
  const typed = columns.filter(({ name }) => (above[name] ?? '').trim() !== '');
  const parts = typed.map((column) => ofColumn(column, above[column.name]!));
  if (text.trim() === '' && parts.length > 0 && parts.every((part) => part !== null)) return parts.join(' AND ');
  if (ids.length === 0 || ids.length > MOST_IDS) return null;
  const named = `id IN (${ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(',')})`;
  return new TextEncoder().encode(named).length > MOST_BYTES ? null : named;
}

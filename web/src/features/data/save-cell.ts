/**
 * One cell is changed: as a merge patch that names the revision which was seen. What somebody else wrote meanwhile in other
 * members stands beside it; in this one a person decides.
 */
import { ApiError } from '../../api/client';
import type { Kept, Revision } from '../../api/edits';
import type { Feature } from '../../api/types';
import { nameOf } from '../../map/drawn';
import type { Done } from '../../ui/undo-notice';

export interface CellEdit {
  collection: string;
  id: string;
  column: string;
  /** `null` takes the member away. */
  value: unknown;
  /** As it was when the cell was opened. */
  seen: Kept;
}

export interface CellPort {
  read: (collection: string, id: string) => Promise<Kept>;
  patch: (collection: string, id: string, properties: Record<string, unknown>, tag: string) => Promise<Kept>;
  history: (collection: string, id: string) => Promise<{ items: Revision[] }>;
}

export type CellSaved =
  /** `beside`: somebody had changed other members, which stand as they wrote them. */
  | { kind: 'saved'; kept: Kept; done: Done; beside: Revision | null }
  | { kind: 'conflict'; theirs: Kept; last: Revision | null }
  | { kind: 'gone' };

function valueOf({ properties }: Pick<Feature, 'properties'>, column: string): unknown {
  return properties[column] ?? null;
}

/** Values come out of JSON: the same text is the same value. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function status(error: unknown): number {
  return error instanceof ApiError ? error.problem.status : 0;
}

async function lastOf(port: CellPort, collection: string, id: string): Promise<Revision | null> {
  try {
    return (await port.history(collection, id)).items[0] ?? null;
  } catch {
    // Who it was is worth a word, not a failure.
    return null;
  }
}

/** Fails with what the server says when it does not take the value. */
export async function saveCell(port: CellPort, edit: CellEdit): Promise<CellSaved> {
  const { collection, id, column, value, seen } = edit;
  try {
    return await write(port, edit, null);
  } catch (error) {
    if (status(error) === 404) return { kind: 'gone' };
    if (status(error) !== 412) throw error;
  }
  let theirs: Kept;
  try {
    theirs = await port.read(collection, id);
  } catch (error) {
    if (status(error) === 404) return { kind: 'gone' };
    throw error;
  }
  const last = await lastOf(port, collection, id);
  const theirValue = valueOf(theirs.feature, column);
  const untouched = same(theirValue, valueOf(seen.feature, column)) || same(theirValue, value);
  if (!untouched) return { kind: 'conflict', theirs, last };
  try {
    return await write(port, { ...edit, seen: theirs }, last);
  } catch (error) {
    // Again within a moment: a person looks at it.
    if (status(error) === 412) return { kind: 'conflict', theirs, last };
    if (status(error) === 404) return { kind: 'gone' };
    throw error;
  }
}

async function write(port: CellPort, edit: CellEdit, beside: Revision | null): Promise<CellSaved> {
  const { collection, id, column, value, seen } = edit;
  const kept = await port.patch(collection, id, { [column]: value }, seen.tag);
  const before = valueOf(seen.feature, column);
  const done: Done = {
    act: 'changed',
    collection,
    id,
    called: (language) => nameOf(kept.feature.properties, language) || String(kept.feature.properties['plate'] ?? id),
    undo: async () => {
      await port.patch(collection, id, { [column]: before }, kept.tag);
    },
  };
  return { kind: 'saved', kept, done, beside };
}

/** What was typed into a cell as the value that the column holds; `undefined` when it is none. */
export function valueFrom(typed: string, holds: 'number' | 'text' | 'yes_no'): unknown {
  const text = typed.trim();
  if (text === '') return null;
  if (holds === 'text') return text;
  if (holds === 'yes_no') return text === 'true' ? true : text === 'false' ? false : undefined;
  const figure = Number(text);
  return Number.isFinite(figure) ? figure : undefined;
}

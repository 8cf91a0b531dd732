/** One cell at a time is changed: read anew, typed into, saved; what stands against it is said and decided by the person. */
import { useState } from 'react';
import { edits, type Kept, type Revision } from '../../api/edits';
import { offerUndo } from '../../ui/undo-notice';
import type { Column } from './columns';
import { saveCell, valueFrom, type CellEdit } from './save-cell';
import type { Table } from './table';

export interface OpenCell {
  id: string;
  column: string;
  /** What the server keeps now. */
  seen: Kept;
  /** What is in it: it is drawn anew when its row moves, and nothing typed is to be lost by that. */
  typed: string;
  busy: boolean;
}

/** What is to be read about a change that was tried. */
export type CellWord =
  | { of: 'number' | 'yes_no'; column: string; typed: string }
  | { of: 'gone'; id: string }
  | { of: 'failed'; error: unknown }
  | { of: 'beside'; id: string; by: Revision }
  | { of: 'conflict'; edit: CellEdit; theirs: Kept; last: Revision | null };

export interface CellEditing {
  open: OpenCell | null;
  word: CellWord | null;
  begin: (id: string, column: string) => Promise<void>;
  type: (typed: string) => void;
  cancel: () => void;
  /** Answers whether the cell is done with. */
  save: (column: Column) => Promise<boolean>;
  takeTheirs: () => void;
  writeMine: () => Promise<void>;
}

/** A value as it stands in its cell to be changed. */
export function writtenIn({ feature }: Kept, column: string): string {
  return String(feature.properties[column] ?? '');
}

export function useCellEdit(table: Table): CellEditing {
  const { collection } = table;
  const [open, setOpen] = useState<OpenCell | null>(null);
  const [word, setWord] = useState<CellWord | null>(null);

  const tried = async (edit: CellEdit): Promise<boolean> => {
    try {
      const saved = await saveCell(edits, edit);
      setOpen(null);
      if (saved.kind === 'gone') {
        setWord({ of: 'gone', id: edit.id });
        table.remove(edit.id);
        return true;
      }
      if (saved.kind === 'conflict') {
        setWord({ of: 'conflict', edit, theirs: saved.theirs, last: saved.last });
        table.put(saved.theirs.feature);
        return true;
      }
      table.put(saved.kept.feature);
      setWord(saved.beside && { of: 'beside', id: edit.id, by: saved.beside });
      offerUndo(saved.done);
      return true;
    } catch (error) {
      // What was typed stays in the cell.
      setWord({ of: 'failed', error });
      setOpen((cell) => cell && { ...cell, busy: false });
      return false;
    }
  };
  return {
    open,
    word,
    begin: async (id, column) => {
      setWord(null);
      try {
        const seen = await edits.read(collection, id);
        table.put(seen.feature);
        setOpen({ id, column, seen, typed: writtenIn(seen, column), busy: false });
      } catch (error) {
        setWord({ of: 'failed', error });
      }
    },
    type: (typed) => setOpen((cell) => cell && { ...cell, typed }),
    cancel: () => {
      setOpen(null);
      setWord(null);
    },
    save: async ({ name, holds }) => {
      if (!open || holds === 'thing') return true;
      const { typed } = open;
      const value = valueFrom(typed, holds);
      if (value === undefined) {
        setWord({ of: holds === 'number' ? 'number' : 'yes_no', column: name, typed });
        return false;
      }
      if (value === (open.seen.feature.properties[name] ?? null)) {
        setOpen(null);
        setWord(null);
        return true;
      }
      setOpen({ ...open, busy: true });
      return tried({ collection, id: open.id, column: name, value, seen: open.seen });
    },
    takeTheirs: () => setWord(null),
    writeMine: async () => {
      if (word?.of === 'conflict') await tried({ ...word.edit, seen: word.theirs });
    },
  };
}

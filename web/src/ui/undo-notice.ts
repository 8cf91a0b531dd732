/** The last act that can be taken back, for a notice that outlives the panel in which it was done. */
import { useSyncExternalStore } from 'react';
import type { Language } from '../i18n';

/** A finished act that can be taken back. */
export interface Done {
  act: 'created' | 'changed' | 'deleted' | 'restored';
  collection: string;
  id: string;
  /** What it is called; the notice outlives a change of language. */
  called: (language: Language) => string;
  /** Takes it back. */
  undo: () => Promise<void>;
}

export interface Notice {
  done: Done;
  state: 'offered' | 'busy' | 'undone' | 'failed';
  error: unknown;
}

let notice: Notice | null = null;
const listeners = new Set<() => void>();

function set(next: Notice | null): void {
  notice = next;
  for (const listener of listeners) listener();
}

export function offerUndo(done: Done): void {
  set({ done, state: 'offered', error: null });
}

export function dismissNotice(): void {
  set(null);
}

export async function undoIt(): Promise<void> {
  const current = notice;
  if (!current || current.state === 'busy') return;
  set({ ...current, state: 'busy' });
  try {
    await current.done.undo();
    set({ ...current, state: 'undone' });
  } catch (error) {
    set({ ...current, state: 'failed', error });
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useNotice(): Notice | null {
  return useSyncExternalStore(subscribe, () => notice);
}

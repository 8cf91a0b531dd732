/** A draft that was left: kept for this tab, so that a closed panel or a reloaded page loses nothing that was typed. */
import type { Base, Draft } from './draft';

export interface Left {
  draft: Draft;
  origin: Draft;
  base: Base | null;
}

const STORED_AS = 'cordon.draft';

export function keepWork(person: string, left: Left | null): void {
  try {
    if (left) sessionStorage.setItem(`${STORED_AS}.${person}`, JSON.stringify(left));
    else sessionStorage.removeItem(`${STORED_AS}.${person}`);
  } catch {
    // Storage may be forbidden or full; the draft lives as long as the panel.
  }
}

export function leftWork(person: string): Left | null {
  try {
    return JSON.parse(sessionStorage.getItem(`${STORED_AS}.${person}`) ?? 'null') as Left | null;
  } catch {
    return null;
  }
}

/**
 * Whether a key that writes a character does something when it is pressed alone. Somebody who dictates, or whose hand strikes
 * keys unasked, switches these off (WCAG 2.1.4) and keeps Enter, arrows, Escape and Tab. Remembered on this machine.
 */
import { useSyncExternalStore } from 'react';

const STORED_AS = 'cordon.characterKeys';
const OFF = 'off';

function remembered(): boolean {
  try {
    return localStorage.getItem(STORED_AS) !== OFF;
  } catch {
    // Storage may be forbidden; the default serves.
    return true;
  }
}

let on = typeof localStorage === 'undefined' ? true : remembered();
const listeners = new Set<() => void>();

export function characterKeysOn(): boolean {
  return on;
}

export function setCharacterKeys(next: boolean): void {
  on = next;
  try {
    if (next) localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, OFF);
  } catch {
    // It holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useCharacterKeys(): boolean {
  return useSyncExternalStore(subscribe, characterKeysOn);
}

/**
 * Whether this desk may hear alarms. Silence is asked for by a person, is said on the screen while it lasts, and ends by
 * itself: nobody finds out after a shift that the sound was off.
 */
import { useSyncExternalStore } from 'react';

export const QUIET_MS = 600_000;

/** On this desk's own clock. */
let untilMs = 0;
let timer: number | undefined;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function isQuiet(): boolean {
  return Date.now() < untilMs;
}

export function beQuiet(): void {
  untilMs = Date.now() + QUIET_MS;
  window.clearTimeout(timer);
  timer = window.setTimeout(tell, QUIET_MS);
  tell();
}

export function beHeard(): void {
  untilMs = 0;
  window.clearTimeout(timer);
  tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Until when it is quiet, ms of this desk's clock; 0 while it is not. */
export function useQuietUntil(): number {
  return useSyncExternalStore(subscribe, () => (isQuiet() ? untilMs : 0));
}

const TOUCHES = ['pointerup', 'keyup'] as const;

function onTouch(listener: () => void): () => void {
  for (const touch of TOUCHES) addEventListener(touch, listener, true);
  return () => {
    for (const touch of TOUCHES) removeEventListener(touch, listener, true);
  };
}

/** Browsers play nothing before a person has touched the page once. */
export function useWaitsForTouch(): boolean {
  return useSyncExternalStore(onTouch, () => navigator.userActivation !== undefined && !navigator.userActivation.hasBeenActive);
}

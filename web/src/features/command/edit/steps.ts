/** Steps that can be taken back and again: the past, what is, and what was taken back. */

export interface Steps<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
  /** What the last step was about: typing in one field is one step. */
  readonly about: string | null;
}

/** More steps than anybody takes back; the oldest are forgotten. */
const MOST = 200;

export function begin<T>(now: T): Steps<T> {
  return { past: [], now, future: [], about: null };
}

/** A step. One about the same thing as the last replaces it, so that a word is one step and not one for each letter. */
export function take<T>(steps: Steps<T>, now: T, about: string | null = null): Steps<T> {
  if (about !== null && about === steps.about && steps.future.length === 0) return { ...steps, now };
  return { past: [...steps.past, steps.now].slice(-MOST), now, future: [], about };
}

export function undo<T>(steps: Steps<T>): Steps<T> {
  const now = steps.past.at(-1);
  if (now === undefined) return steps;
  return { past: steps.past.slice(0, -1), now, future: [steps.now, ...steps.future], about: null };
}

export function redo<T>(steps: Steps<T>): Steps<T> {
  const [now, ...future] = steps.future;
  if (now === undefined) return steps;
  return { past: [...steps.past, steps.now], now, future, about: null };
}

/** What happened, as marks on the line of time. */
import type { Event } from '../../../api/types';

export interface Mark {
  id: string;
  atMs: number;
  /** It raised an alarm. */
  alarm: boolean;
  event: Event;
}

/** By time; what was retracted did not happen. */
export function marksOf(events: readonly Event[]): Mark[] {
  return events
    .filter((event) => event.status !== 'retracted')
    .map((event) => ({ id: event.id, atMs: Date.parse(event.at), alarm: Boolean(event.alarm), event }))
    .sort((a, b) => a.atMs - b.atMs);
}

/** The next mark in a direction; `undefined` when there is none. */
export function markFrom(marks: readonly Mark[], atMs: number, direction: 1 | -1): Mark | undefined {
  return direction > 0 ? marks.find((mark) => mark.atMs > atMs) : marks.findLast((mark) => mark.atMs < atMs);
}

/** How long a mark is what the screen speaks of. */
const SPOKEN_MS = 20_000;

/** What happened last, a moment ago at most. */
export function markAt(marks: readonly Mark[], atMs: number): Mark | undefined {
  const last = marks.findLast((mark) => mark.atMs <= atMs);
  return last && atMs - last.atMs <= SPOKEN_MS ? last : undefined;
}

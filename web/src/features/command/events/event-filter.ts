/** Which events of the log are shown. */
import type { Event, EventKind } from '../../../api/types';

export interface EventFilter {
  kind: EventKind | null;
  zone: string | null;
  /** Words that all stand in what is said of it. */
  text: string;
}

export const EVERY: EventFilter = { kind: null, zone: null, text: '' };

/** `said` answers what a person reads of it, and is asked only when words were typed. */
export function passes(event: Pick<Event, 'kind' | 'zone'>, filter: EventFilter, said: () => string): boolean {
  if (filter.kind !== null && event.kind !== filter.kind) return false;
  if (filter.zone !== null && event.zone !== filter.zone) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = said().toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Which alarms of the list are shown. How many are not is always said, and what is urgent is counted before it. */
import type { Alarm, AlarmState, EventKind, Priority, Vehicle } from '../../../api/types';

/** The states of an alarm that is not done; a list of open alarms has no others. */
export const STATES = [
  'unacknowledged',
  'returned',
  'acknowledged',
  'shelved',
  'suppressed',
] as const satisfies readonly AlarmState[];
export const PRIORITIES = [1, 2, 3, 4] as const satisfies readonly Priority[];

export interface Filter {
  state: AlarmState | null;
  priority: Priority | null;
  kind: EventKind | null;
  /** A zone's id. */
  zone: string | null;
  /** Words that all stand in what the alarm says: plate, company, zone. */
  text: string;
}

export const ALL: Filter = { state: null, priority: null, kind: null, zone: null, text: '' };

/** How many of the choices name something. */
export function choicesOf({ state, priority, kind, zone }: Filter): number {
  return [state, priority, kind, zone].filter((choice) => choice !== null).length;
}

/** Whether every word of `typed` stands somewhere in `said`; letters large or small are the same. */
export function saysAll(said: string, typed: string): boolean {
  const text = said.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What a person may know an alarm by: `said` is its sentence, the rest is not in it. */
export function knownBy(alarm: Pick<Alarm, 'subject' | 'zone'>, said: string, vehicle: Vehicle | undefined): string {
  return [said, vehicle?.company, alarm.subject.id, alarm.zone].filter(Boolean).join(' ');
}

/** `text` answers what a person may know the alarm by, and is asked only when words were typed. */
export function passes(
  alarm: Pick<Alarm, 'state' | 'priority' | 'kind' | 'zone'>,
  filter: Filter,
  text: () => string,
): boolean {
  return (
    (filter.state === null || alarm.state === filter.state) &&
    (filter.priority === null || alarm.priority === filter.priority) &&
    (filter.kind === null || alarm.kind === filter.kind) &&
    (filter.zone === null || alarm.zone === filter.zone) &&
    (filter.text.trim() === '' || saysAll(text(), filter.text.trim()))
  );
}

/**
 * A flood of alarms by its causes: what goes wrong at one place makes many alarms, and one person can answer for all of
 * them. The first of a cause (the first-out) says most about it and stands on top.
 */
import type { Alarm, EventKind } from '../../../api/types';
import { raisedAtMs } from '../../../live/alarm-book';

/** What alarms have in common. */
export type Cause =
  /** The same at one zone. */
  | { of: 'zone'; zone: string; kind: EventKind }
  /** Terminals that are not heard of or tell no place: a network or a gateway rather than vehicles. */
  | { of: 'lost' }
  /** The same of one company's vehicles, wherever they are. */
  | { of: 'company'; company: string; kind: EventKind }
  /** The same, and no more is known. */
  | { of: 'kind'; kind: EventKind };

export interface Group {
  /** Stays the same while the cause does. */
  key: string;
  cause: Cause;
  /** In the order of the list. */
  alarms: readonly Alarm[];
  /** The one that was raised first. */
  first: Alarm;
}

/** `company` answers that of the vehicle that an alarm is about. */
export function causeOf(
  alarm: Pick<Alarm, 'kind' | 'zone' | 'subject'>,
  company: (vehicle: string) => string | undefined,
): Cause {
  if (alarm.kind === 'silence') return { of: 'lost' };
  if (alarm.zone) return { of: 'zone', zone: alarm.zone, kind: alarm.kind };
  const vehicle = alarm.subject.kind === 'vehicle' ? alarm.subject.id : undefined;
  const whose = vehicle ? company(vehicle) : undefined;
  return whose ? { of: 'company', company: whose, kind: alarm.kind } : { of: 'kind', kind: alarm.kind };
}

function keyOf(cause: Cause): string {
  return Object.values(cause).join('\n');
}

/** The causes in the order of their most urgent alarm: that of the list. */
export function groupsOf(alarms: readonly Alarm[], company: (vehicle: string) => string | undefined): Group[] {
  const groups = new Map<string, { cause: Cause; alarms: Alarm[] }>();
  for (const alarm of alarms) {
    const cause = causeOf(alarm, company);
    const key = keyOf(cause);
    const group = groups.get(key);
    if (group) group.alarms.push(alarm);
    else groups.set(key, { cause, alarms: [alarm] });
  }
  return [...groups].map(([key, group]) => ({ key, ...group, first: firstOut(group.alarms) }));
}

/** Raised first; of several at one moment the one that the list has first. */
function firstOut(alarms: readonly Alarm[]): Alarm {
  return alarms.reduce((first, alarm) => (raisedAtMs(alarm) < raisedAtMs(first) ? alarm : first));
}

/** One line of the list. */
export type Line =
  | { of: 'group'; key: string; group: Group; open: boolean }
  | { of: 'alarm'; key: string; alarm: Alarm; inGroup: boolean };

/** The lines of a list by causes: a cause of one alarm is that alarm; an open one is followed by all of its alarms. */
export function linesOf(groups: readonly Group[], isOpen: (group: Group) => boolean): Line[] {
  return groups.flatMap((group): Line[] => {
    if (group.alarms.length === 1) return [{ of: 'alarm', key: group.first.id, alarm: group.first, inGroup: false }];
    const open = isOpen(group);
    const head: Line = { of: 'group', key: `group\n${group.key}`, group, open };
    const shown = open ? [group.first, ...group.alarms.filter((alarm) => alarm !== group.first)] : [group.first];
    return [head, ...shown.map((alarm): Line => ({ of: 'alarm', key: alarm.id, alarm, inGroup: true }))];
  });
}

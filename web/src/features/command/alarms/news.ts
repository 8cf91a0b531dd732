/** What a desk has not been told of: alarms that were not there before, and those that come back from being put aside. */
import type { Alarm } from '../../../api/types';

function isAside({ state }: Pick<Alarm, 'state'>): boolean {
  return state === 'shelved' || state === 'suppressed';
}

/** The ids of the alarms of which somebody who sees these has been told. One that is put aside is news when it comes back. */
export function toldOf(alarms: readonly Alarm[]): ReadonlySet<string> {
  return new Set(alarms.filter((alarm) => !isAside(alarm)).map(({ id }) => id));
}

/** What came while the desk was quiet and would still be heard: told when the silence ends. */
export function unheard(alarms: readonly Alarm[], missed: ReadonlySet<string>): Alarm[] {
  return alarms.filter((alarm) => alarm.state === 'unacknowledged' && missed.has(alarm.id));
}

/** Those of them that are news to somebody who has been told of `told`, and ask for a person. */
export function newsOf(alarms: readonly Alarm[], told: ReadonlySet<string>): Alarm[] {
  return alarms.filter((alarm) => alarm.state === 'unacknowledged' && !alarm.late && !told.has(alarm.id));
}

/**
 * Keeps the address in step with what is open, and opens what an address names: `?alarm=ID`, `?event=ID` (its evidence),
 * `?vehicle=ID`, `?replay=TIME&vehicles=A,B`.
 */
import { useCallback, useEffect, useRef } from 'react';
import { api } from '../../api/client';
import type { Alarm } from '../../api/types';
import { currentRoute, noteInRoute, useRoute } from '../../ui/route';
import type { Desk } from './desk';
import { tellingEvent } from './words';

export interface AddressInput {
  desk: Desk;
  alarms: readonly Alarm[];
  alarmsKnown: boolean;
  /** The alarm that is chosen, and the event whose evidence is shown. */
  alarmId: string | null;
  explained: string | null;
  onAlarm: (alarm: Alarm) => void;
  /** No such alarm, or it cannot be read. */
  onAlarmFailed: (error: unknown) => void;
}

/** Writes where the playback stands into the address; `null` when it is closed. */
export type NoteReplay = (moment: { atMs: number; vehicles: readonly string[] } | null) => void;

export function useAddress(input: AddressInput): NoteReplay {
  const { desk, alarms, alarmsKnown, alarmId, explained } = input;
  const { site, park } = desk;
  const { page, params } = useRoute();
  const latest = useRef(input);
  latest.current = input;
  /** What was opened from the address or written there: only what differs is a link that somebody follows. */
  const done = useRef<Record<string, string | null>>({});
  const asked = (name: string): string | null => {
    const value = page === 'map' ? params.get(name) : undefined;
    return value === undefined || value === done.current[name] ? null : value;
  };

  const alarm = asked('alarm');
  useEffect(() => {
    // With a map the alarm is shown on it: it comes a moment after the page.
    if (alarm === null || !alarmsKnown || !park) return;
    done.current['alarm'] = alarm;
    const open = alarms.find((one) => one.id === alarm);
    if (open) {
      latest.current.onAlarm(open);
      return;
    }
    api.alarm(alarm).then(
      (closed) => {
        latest.current.onAlarm(closed);
        const why = tellingEvent(closed);
        if (why) latest.current.desk.explain(why);
      },
      (error: unknown) => latest.current.onAlarmFailed(error),
    );
  }, [alarm, alarmsKnown, park]);

  const event = asked('event');
  useEffect(() => {
    if (event === null || !park) return;
    done.current['event'] = event;
    latest.current.desk.explain(event);
  }, [event, park]);

  const vehicle = asked('vehicle');
  const named = vehicle === null ? undefined : site.directory.byId(vehicle);
  useEffect(() => {
    if (!named || !park) return;
    done.current['vehicle'] = named.id;
    latest.current.desk.choose({ kind: 'vehicle', key: named.key });
    const place = site.fleet.vehicle(named.key) ?? named.last;
    if (place) park.flyTo(place.lon, place.lat);
    // From here on the choice itself stands in the address.
    noteInRoute({ vehicle: null });
    done.current['vehicle'] = null;
  }, [named, park, site]);

  const replay = asked('replay');
  useEffect(() => {
    if (replay === null || !park) return;
    done.current['replay'] = replay;
    const atMs = Date.parse(replay);
    const vehicles = (currentRoute().params.get('vehicles') ?? '').split(',').filter(Boolean);
    if (Number.isFinite(atMs)) latest.current.desk.replay(atMs, vehicles);
  }, [replay, park]);

  useNoted('alarm', alarmId, done.current);
  useNoted('event', explained, done.current);
  return useCallback((moment) => {
    if (currentRoute().page !== 'map') return;
    const time = moment && new Date(moment.atMs).toISOString();
    done.current['replay'] = time;
    noteInRoute({ replay: time, vehicles: moment && moment.vehicles.join(',') });
  }, []);
}

/** Writes what is open into the address; what the address asks for and is not open yet is left there. */
function useNoted(name: string, value: string | null, done: Record<string, string | null>): void {
  useEffect(() => {
    if (currentRoute().page !== 'map') return;
    const there = currentRoute().params.get(name) ?? null;
    if (there === value || (value === null && there !== done[name])) return;
    done[name] = value;
    noteInRoute({ [name]: value });
  }, [name, value, done]);
}

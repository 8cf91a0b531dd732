/**
 * Where an alarm happened: at its raising event, which is where the vehicle was then and not where it is now. Falls back
 * to what is known at all, since a rough place is better than none.
 */
import type { Alarm, Event } from '../../api/types';
import { api } from '../../api/client';
import type { Site } from '../../live/site';
import { extentOf, middleOf } from '../../map/extent';

export type Place = [lon: number, lat: number];

/** Where an event happened, if it has a place. */
export function placeOfEvent(event: Event): Place | undefined {
  return event.lon === undefined || event.lat === undefined ? undefined : [event.lon, event.lat];
}

async function eventPlace(id: string, site: Site): Promise<Place | undefined> {
  const known = site.event(id);
  if (known) return placeOfEvent(known);
  try {
    return placeOfEvent(await api.event(id));
  } catch {
    return undefined;
  }
}

export async function placeOf(alarm: Alarm, site: Site): Promise<Place | undefined> {
  const first = alarm.events?.[0];
  const place = first === undefined ? undefined : await eventPlace(first, site);
  if (place) return place;
  const vehicle = alarm.subject.kind === 'vehicle' ? site.directory.byId(alarm.subject.id ?? '') : undefined;
  const live = vehicle && site.fleet.vehicle(vehicle.key);
  if (live) return [live.lon, live.lat];
  const zone = alarm.zone ? site.features.get('zones', alarm.zone) : undefined;
  const extent = zone && extentOf([zone]);
  return extent ? middleOf(extent) : undefined;
}

/**
 * Keeps the address in step with the map: place, zoom and choice are noted as they change, and a link that is opened, or
 * pasted into an open console, leads there.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { COLLECTIONS } from '../../../api/types';
import type { Site } from '../../../live/site';
import type { Choice } from '../../../map/park-map';
import { currentRoute, noteInRoute, useRoute } from '../../../ui/route';
import type { Desk } from '../desk';
import { formatAt, formatOn, parseAt, parseOn } from '../../../ui/map-link';

/** Least time between two notes in the address: browsers refuse to be told more often than some ten times a second. */
const BETWEEN_NOTES_MS = 400;

function onText(choice: Choice, site: Site): string | null {
  if (choice?.kind === 'vehicle') {
    const vehicle = site.directory.byKey(choice.key);
    return vehicle ? formatOn('vehicles', vehicle.id) : null;
  }
  return choice ? formatOn(choice.collection, choice.id) : null;
}

/** What the address means; `undefined` while the list that would tell has not come yet. */
function chosenBy(text: string, site: Site): Choice | undefined {
  const on = parseOn(text);
  if (!on) return null;
  if (on.collection === 'vehicles') {
    const vehicle = site.directory.byId(on.id);
    return vehicle && { kind: 'vehicle', key: vehicle.key };
  }
  const collection = COLLECTIONS.find((name) => name === on.collection);
  if (!collection) return null;
  return site.features.get(collection, on.id) && { kind: 'feature', collection, id: on.id };
}

export function useMapLink(desk: Desk): void {
  const { site, park, choice, choose } = desk;
  const { page, params } = useRoute();
  const at = page === 'map' ? params.get('at') : undefined;
  const on = page === 'map' ? params.get('on') : undefined;
  /** What this desk itself wrote last: only what differs from it is a link that somebody opened. */
  const noted = useRef<{ at?: string | undefined; on?: string | null | undefined }>({});
  const known = useSyncExternalStore(site.subscribe, () => `${site.directory.version}.${site.features.version}`);

  useEffect(() => {
    const place = parseAt(at);
    if (!park || !place || at === noted.current.at) return;
    if (noted.current.at === undefined) park.startAt(place);
    else park.restAt(place);
    noted.current.at = at;
  }, [park, at]);

  useEffect(() => {
    if (on === undefined || on === noted.current.on) return;
    const next = chosenBy(on, site);
    if (next === undefined) return;
    noted.current.on = on;
    choose(next);
  }, [on, site, choose, known]);

  useEffect(() => {
    if (!park) return;
    let timer = 0;
    let notedAtMs = -Infinity;
    const note = () => {
      if (currentRoute().page !== 'map') return;
      const there = currentRoute().params.get('at');
      // A place that was asked for just now is gone to, not written over.
      if (there !== noted.current.at && parseAt(there)) return;
      const text = formatAt(park.resting());
      notedAtMs = performance.now();
      noted.current.at = text;
      if (there !== text) noteInRoute({ at: text });
    };
    const rested = () => {
      window.clearTimeout(timer);
      // At once where it may be: who reloads the page just after a move finds it where they left it.
      const wait = notedAtMs + BETWEEN_NOTES_MS - performance.now();
      if (wait <= 0) note();
      else timer = window.setTimeout(note, wait);
    };
    park.library.on('moveend', rested);
    return () => {
      window.clearTimeout(timer);
      park.library.off('moveend', rested);
    };
  }, [park]);

  useEffect(() => {
    if (currentRoute().page !== 'map') return;
    const text = onText(choice, site);
    const there = currentRoute().params.get('on') ?? null;
    // A link whose list is still being read stays in the address until it can be followed.
    if (text === there || (text === null && there !== noted.current.on && there !== null)) return;
    noted.current.on = text;
    noteInRoute({ on: text });
  }, [choice, site, page]);
}

/** What a query finds on this site and in coordinates, as it is typed. */
import { useMemo, useRef, useSyncExternalStore } from 'react';
import { COLLECTIONS, type Collection } from '../../../api/types';
import { useI18n } from '../../../i18n';
import type { Site } from '../../../live/site';
import { readCoordinates, coordinatesText } from '../../../map/coordinates';
import { course } from '../../../map/geodesy';
import { DATUMS, toWgs84, type Datum, type LonLat } from '../../../map/datum';
import { useCoordinates } from '../../../ui/coordinates';
import { joined, useElsewhere } from './elsewhere';
import { Entries, type Target } from './entries';
import { Index, type Entry, type Found } from './search';

export type Group = Found<Target>;

/** One possible reading of typed coordinates: where it lies, and how far the datum moves it. */
export interface Reading {
  datum: Datum;
  at: LonLat;
  movedM: number;
}

function readings(query: string, first: Datum): Reading[] {
  const order = [first, ...DATUMS.filter((datum) => datum !== first)];
  return readCoordinates(query).flatMap((typed) =>
    order.map((datum) => {
      const at = toWgs84(datum, typed);
      return { datum, at, movedM: course(typed, at).distanceM };
    }),
  );
}

export interface Search {
  groups: Group[];
  /** The lists were read. */
  known: boolean;
  /** Collections of which only what lies in the view was searched. */
  cut: readonly Collection[];
}

/** The index is made anew only when names changed, and never while nobody searches. */
export function useSearch(site: Site, query: string, limit: (group: string) => number): Search {
  const i18n = useI18n();
  const { t, language } = i18n;
  const { datum } = useCoordinates();
  const entries = useRef(new Entries());
  const index = useRef(new Index<Target>());
  const version = useSyncExternalStore(site.subscribe, () => `${site.directory.version}.${site.features.version}`);
  useMemo(() => {
    if (query !== '') index.current.put(entries.current.of(site, i18n));
  }, [site, i18n, version, query === '']);
  const parts = COLLECTIONS.filter((collection) => collection !== 'ground' && site.features.inPart(collection));
  const { found, asking, failed } = useElsewhere(query, parts);
  const groups = useMemo(() => {
    const here = index.current.find(query, limit);
    const all = found ? joined(here, found, query, limit, i18n) : here;
    return [...coordinateGroup(readings(query, datum), t), ...all];
  }, [query, limit, datum, language, version, found]);
  return {
    groups,
    known: site.features.known('zones') && site.directory.version > 0 && !asking,
    cut: failed || found?.complete === false ? parts : [],
  };
}

function coordinateGroup(found: readonly Reading[], t: ReturnType<typeof useI18n>['t']): Group[] {
  if (found.length === 0) return [];
  const entries = found.map(
    ({ datum, at, movedM }, i): Entry<Target> => ({
      id: `${i}`,
      group: 'coordinates',
      title: t('datum.as', { datum: t(`datum.${datum}`) }),
      detail: [
        t(`datum.${datum}.what`),
        coordinatesText(at, 'decimal'),
        ...(movedM >= 1 ? [t('datum.moved', { metres: Math.round(movedM) })] : []),
      ].join(' · '),
      more: [],
      target: { kind: 'place', at },
    }),
  );
  return [{ group: 'coordinates', entries, total: entries.length, best: 0 }];
}

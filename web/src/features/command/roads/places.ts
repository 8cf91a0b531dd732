/** Places by their names and by coordinates, for who types, and what a chosen place is called. */
import type { Collection } from '../../../api/types';
import type { Language } from '../../../i18n';
import type { Site } from '../../../live/site';
import { coordinatesText, readCoordinates } from '../../../map/coordinates';
import type { LonLat } from '../../../map/datum';
import { nameOf } from '../../../map/drawn';
import { extentOf, middleOf } from '../../../map/extent';
import { course } from '../../../map/geodesy';

/** What stands at a place that one may want to get to. */
const LOOKED_FOR: readonly Collection[] = ['protection-targets', 'resources', 'gates', 'hazard-sources', 'plants', 'zones'];
/** A click so near to something means it, metres. */
const NEAR_M = 60;
const MOST = 6;

export interface Known {
  key: string;
  name: string;
  at: LonLat;
}

function* known(site: Pick<Site, 'features'>, language: Language): Generator<Known> {
  for (const collection of LOOKED_FOR) {
    for (const feature of site.features.list(collection)) {
      const name = nameOf(feature.properties, language);
      const extent = name === '' ? null : extentOf([feature]);
      if (!extent) continue;
      const [lon, lat] = middleOf(extent);
      yield { key: `${collection}/${feature.id}`, name, at: { lon, lat } };
    }
  }
}

/** What a text may mean: coordinates first, then names that hold it, those that begin with it before the others. */
export function search(site: Pick<Site, 'features'>, text: string, language: Language): Known[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const coordinates = readCoordinates(text).map((at) => ({ key: coordinatesText(at, 'decimal'), name: coordinatesText(at, 'decimal'), at }));
  const named = [...known(site, language)].filter(({ name }) => name.toLowerCase().includes(wanted));
  const begins = ({ name }: Known) => Number(!name.toLowerCase().startsWith(wanted));
  return [...coordinates, ...named.sort((a, b) => begins(a) - begins(b))].slice(0, MOST);
}

/** The name of what stands at a place, else its coordinates. */
export function placeName(site: Pick<Site, 'features'>, at: LonLat, language: Language): string {
  let best: { name: string; distanceM: number } | null = null;
  for (const { name, at: there } of known(site, language)) {
    const { distanceM } = course(at, there);
    if (distanceM <= NEAR_M && distanceM < (best?.distanceM ?? Infinity)) best = { name, distanceM };
  }
  return best?.name ?? coordinatesText(at, 'decimal');
}

/**
 * What a person sees first: where they left the map on this desk, else the park, else the zones, else the vehicles; and
 * the province while none of these is known.
 */
import type { Feature } from '../api/types';
import { extentOf, type Extent } from './extent';

/** Zhejiang's mainland and near islands, degrees. */
export const PROVINCE: Extent = [118.0, 27.0, 123.0, 31.3];

/** Where a map rests. */
export interface Resting {
  lon: number;
  lat: number;
  zoom: number;
}

/** What is known of a site so far. */
export interface Known {
  features: { known: (collection: 'parks' | 'zones') => boolean; list: (collection: 'parks' | 'zones') => Feature[] };
  fleet: { extent: () => Extent | null };
}

/** The box of the best thing to look at; `null` while a better one may still come, or when there is nothing. */
export function firstExtent({ features, fleet }: Known): Extent | null {
  for (const collection of ['parks', 'zones'] as const) {
    if (!features.known(collection)) return null;
    const extent = extentOf(features.list(collection));
    if (extent) return extent;
  }
  return fleet.extent();
}

/** Several people share a desk: each finds their own view. */
const storedAs = (person: string) => `cordon.view.${person}`;

export function remember(person: string, { lon, lat, zoom }: Resting): void {
  try {
    localStorage.setItem(storedAs(person), JSON.stringify([lon, lat, zoom]));
  } catch {
    // Storage may be forbidden: the next look begins at the park.
  }
}

/** `null` when nothing, or nothing that a map can show, was remembered. */
export function recall(person: string): Resting | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storedAs(person)) ?? 'null');
    if (!Array.isArray(stored)) return null;
    const [lon, lat, zoom] = stored as unknown[];
    const within = (value: unknown, least: number, most: number): value is number =>
      typeof value === 'number' && value >= least && value <= most;
    return within(lon, -180, 180) && within(lat, -85, 85) && within(zoom, 0, 20) ? { lon, lat, zoom } : null;
  } catch {
    return null;
  }
}

/** The place in the address: `at=121.05,30.6,14` is longitude, latitude and zoom, as in a map's saved view. */
import type { Resting } from '../map/first-view';

/** A metre at six decimals, and a zoom that the eye can tell apart. */
export function formatAt({ lon, lat, zoom }: Resting): string {
  return [lon.toFixed(6), lat.toFixed(6), zoom.toFixed(2)].map((figure) => String(Number(figure))).join(',');
}

/** `null` when it is no place that a map can show. */
export function parseAt(text: string | undefined): Resting | null {
  const figures = (text ?? '').split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [lon, lat, zoom = NaN] = figures;
  if (figures.length !== 3 || lon === undefined || lat === undefined) return null;
  const fine = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 20;
  return fine ? { lon, lat, zoom } : null;
}

/** What is chosen, in the address: `on=vehicles/truck-07`. */
export function formatOn(collection: string, id: string): string {
  return `${collection}/${id}`;
}

export function parseOn(text: string | undefined): { collection: string; id: string } | null {
  const found = /^([a-z-]+)\/([A-Za-z0-9_-]{1,64})$/.exec(text ?? '');
  return found ? { collection: found[1]!, id: found[2]! } : null;
}

/** When what the screen shows is no longer the present. */
import type { Picture } from './site';

/** The server says something every 5 s at least: two of them are missing. */
export const OLD_MS = 10_000;

/** `ageMs` is that of the newest word of the server, `null` before the first. */
export function isOld(connection: Picture['connection'], ageMs: number | null): boolean {
  return connection !== 'live' || (ageMs !== null && ageMs > OLD_MS);
}

/** The vehicles that the map shows at this moment. */
import type { Desk } from '../desk';

/** Feature ids, in the order of their numbers. */
export function inView({ site, park }: Pick<Desk, 'site' | 'park'>): string[] {
  if (!park) return [];
  const { fleet, directory } = site;
  const bounds = park.library.getBounds();
  const keys: number[] = [];
  for (let slot = 0; slot < fleet.size; slot += 1) {
    if (bounds.contains([fleet.lonE7[slot]! / 1e7, fleet.latE7[slot]! / 1e7])) keys.push(fleet.key[slot]!);
  }
  return keys.sort((a, b) => a - b).flatMap((key) => directory.byKey(key)?.id ?? []);
}

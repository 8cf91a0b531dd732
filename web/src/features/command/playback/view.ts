/** The vehicles that the map shows at this moment. */
import { latOf, lonOf } from '../../../map/mercator';
import type { Desk } from '../desk';

/** Feature ids, in the order of their numbers. */
export function inView({ site, park }: Pick<Desk, 'site' | 'park'>): string[] {
  if (!park) return [];
  const { fleet, directory } = site;
  const bounds = park.library.getBounds();
  const within = fleet.keys.filter((_, slot) => bounds.contains([lonOf(fleet.toX(slot)), latOf(fleet.toY(slot))]));
  return [...within].sort((a, b) => a - b).flatMap((key) => directory.byKey(key)?.id ?? []);
}

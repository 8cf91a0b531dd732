/** How many things each layer holds, whether it is shown or not. */
import { COLLECTIONS, type Collection } from '../../api/types';
import type { Site } from '../../live/site';
import { leafOf, VEHICLE_CLASSES, type Leaf } from '../../map/sort-of';
import { STATE_OF_SHAPE } from '../../map/vehicle-look';

export type Counts = ReadonlyMap<Leaf, number>;

const cached = new WeakMap<object, Map<Collection, { version: number; counts: Map<Leaf, number> }>>();

/** Features are counted again only when their collection changed: the panel is drawn several times a second. */
function collectionCounts({ features }: Pick<Site, 'features'>, collection: Collection): ReadonlyMap<Leaf, number> {
  const of = cached.get(features) ?? new Map();
  cached.set(features, of);
  const version = features.versionOf(collection);
  const known = of.get(collection);
  if (known?.version === version) return known.counts;
  const counts = new Map<Leaf, number>();
  for (const feature of features.list(collection)) {
    const leaf = leafOf(collection, feature);
    if (leaf) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  }
  of.set(collection, { version, counts });
  return counts;
}

function vehicleCounts({ fleet, clock }: Pick<Site, 'fleet' | 'clock'>): Counts {
  const now = clock.now();
  const kinds = new Uint32Array(VEHICLE_CLASSES.length);
  const shapes = new Uint32Array(STATE_OF_SHAPE.length);
  for (let slot = 0; slot < fleet.size; slot += 1) {
    kinds[fleet.kind(slot)]! += 1;
    shapes[fleet.shape(slot, now)]! += 1;
  }
  const counts = new Map<Leaf, number>();
  const add = (leaf: Leaf, count: number) => count > 0 && counts.set(leaf, (counts.get(leaf) ?? 0) + count);
  VEHICLE_CLASSES.forEach((name, kind) => add(`vehicles.${name}`, kinds[kind]!));
  STATE_OF_SHAPE.forEach((name, shape) => add(`vehicles.${name}`, shapes[shape]!));
  return counts;
}

export function countsOf(site: Pick<Site, 'features' | 'fleet' | 'clock'>): Counts {
  const all = new Map<Leaf, number>(vehicleCounts(site));
  for (const collection of COLLECTIONS) {
    for (const [leaf, count] of collectionCounts(site, collection)) all.set(leaf, count);
  }
  return all;
}

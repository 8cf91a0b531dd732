/**
 * What lies under the pointer, the likeliest first: vehicles, then signs, then lines, then areas, the smallest first, since
 * the larger ones can be clicked beside it. The park and its ground are never picked.
 */
import type { Map as MapLibre } from 'maplibre-gl';
import { COLLECTIONS, type Collection } from '../api/types';
import type { Site } from '../live/site';
import { extentOf } from './extent';
import { mercatorX, mercatorY } from './mercator';
import { isShown, type VehicleMask } from './vehicle-look';

export type Choice =
  | { kind: 'vehicle'; key: number }
  | { kind: 'feature'; collection: Collection; id: string }
  | null;

/** How near a click must be to a vehicle, CSS pixels. */
const VEHICLE_PX = 16;
/** How near to a line or a sign. */
const FEATURE_PX = 6;
/** A chooser with more than this helps nobody. */
const MOST = 8;

const PICKED: readonly Collection[] = COLLECTIONS.filter((name) => name !== 'parks' && name !== 'ground' && name !== 'roads');

export interface PickInput {
  map: MapLibre;
  site: Site;
  mask: VehicleMask;
  dressed: boolean;
}

export function candidates(input: PickInput, px: number, py: number): NonNullable<Choice>[] {
  const features = input.dressed ? featuresAt(input, px, py) : [];
  return [...vehiclesAt(input, px, py), ...features].slice(0, MOST);
}

function vehiclesAt({ map, site: { fleet, clock }, mask }: PickInput, px: number, py: number): NonNullable<Choice>[] {
  const nowMs = performance.now();
  const serverNow = clock.now();
  const reach = VEHICLE_PX / (512 * 2 ** map.getZoom());
  const at = map.unproject([px, py]);
  const x = mercatorX(at.lng);
  const y = mercatorY(at.lat);
  const near: { key: number; distance: number }[] = [];
  // Looked through one by one: 30,000 take a millisecond, and a click is rare.
  for (let slot = 0; slot < fleet.size; slot += 1) {
    const [atX, atY] = fleet.place(slot, nowMs);
    const distance = Math.hypot(atX - x, atY - y);
    if (distance > reach) continue;
    if (isShown(mask, fleet.kind(slot), fleet.shape(slot, serverNow), fleet.flags(slot))) {
      near.push({ key: fleet.keys[slot]!, distance });
    }
  }
  return near.sort((a, b) => a.distance - b.distance).map(({ key }) => ({ kind: 'vehicle', key }));
}

const RANK: Record<string, number> = { symbol: 0, line: 1, fill: 2 };

function featuresAt({ map, site }: PickInput, px: number, py: number): NonNullable<Choice>[] {
  const layers = map
    .getStyle()
    .layers.filter((layer) => 'source' in layer && PICKED.includes(layer.source as Collection))
    .map(({ id }) => id);
  const box: [[number, number], [number, number]] = [
    [px - FEATURE_PX, py - FEATURE_PX],
    [px + FEATURE_PX, py + FEATURE_PX],
  ];
  const found = new Map<string, { choice: NonNullable<Choice>; rank: number; size: number }>();
  for (const { source, properties, layer } of map.queryRenderedFeatures(box, { layers })) {
    const collection = source as Collection;
    const id = String(properties['id']);
    const feature = site.features.get(collection, id);
    const extent = feature && extentOf([feature]);
    // An area counts by its sign or its inside; that of a zone's edge a little beside it would surprise.
    const rank = layer.id.endsWith('-sign') ? 0 : (RANK[layer.type] ?? 2);
    const name = `${collection} ${id}`;
    const before = found.get(name);
    if (before && before.rank <= rank) continue;
    const size = extent ? (extent[2] - extent[0]) * (extent[3] - extent[1]) : 0;
    found.set(name, { choice: { kind: 'feature', collection, id }, rank: Math.min(rank, before?.rank ?? 9), size });
  }
  return [...found.values()].sort((a, b) => order(a) - order(b) || a.size - b.size).map(({ choice }) => choice);
}

/** The name of an area is as good as the area: only signs and single things stand before areas. */
function order({ choice, rank }: { choice: NonNullable<Choice>; rank: number }): number {
  const area = choice.kind === 'feature' && ['zones', 'closures', 'plants', 'closed-areas'].includes(choice.collection);
  return area ? 3 : rank;
}

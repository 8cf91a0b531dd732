/** Vehicles counted by cell, as the map's source takes them. */
import type { FeatureCollection } from 'geojson';
import { FLAG, type LiveFrame } from '../live/frame';

/** "860", "1.2k", "34k": a number that fits its circle. */
export function countText(count: number): string {
  if (count < 1_000) return String(count);
  return count < 10_000 ? `${(Math.floor(count / 100) / 10).toString()}k` : `${Math.floor(count / 1_000)}k`;
}

/** Cells of which every vehicle is switched off show nothing. */
export function cellData(cells: LiveFrame | null): FeatureCollection {
  const features: FeatureCollection['features'] = [];
  for (let i = 0; cells && i < cells.count; i += 1) {
    const count = cells.key[i]!;
    const alarm = (cells.flags[i]! & FLAG.alarm) !== 0;
    if (count === 0) continue;
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [cells.lonE7[i]! / 1e7, cells.latE7[i]! / 1e7] },
      properties: { count, text: countText(count), alarm },
    });
  }
  return { type: 'FeatureCollection', features };
}

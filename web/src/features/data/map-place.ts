/** Where on the map a box is looked at, as the address says it. */
import { middleOf, type Extent } from '../../map/extent';
import { formatAt } from '../../ui/map-link';

/** The closest that a place is looked at, and the width of a map that a box should fill about a third of, pixels. */
const CLOSEST_ZOOM = 17;
const BOX_PX = 300;
/** Pixels of the world at zoom 0. */
const WORLD_PX = 512;

export function placeOf(extent: Extent): string {
  const [west, south, east, north] = extent;
  const [lon, lat] = middleOf(extent);
  const degrees = Math.max(east - west, (north - south) / Math.cos((lat * Math.PI) / 180), 1e-9);
  const zoom = Math.min(CLOSEST_ZOOM, Math.max(3, Math.log2((360 * BOX_PX) / (WORLD_PX * degrees))));
  return formatAt({ lon, lat, zoom });
}

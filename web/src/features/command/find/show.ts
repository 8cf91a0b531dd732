/** Brings what was found onto the map, and chooses it. */
import type { Extent } from '../../../map/extent';
import { extentOf, middleOf } from '../../../map/extent';
import type { Site } from '../../../live/site';
import type { Desk } from '../desk';
import type { Target } from './entries';

type Place = [lon: number, lat: number];

/** Where a vehicle is, live or by its last fix. */
function placeOfVehicle(site: Site, key: number): Place | undefined {
  const live = site.fleet.vehicle(key);
  if (live) return [live.lon, live.lat];
  const last = site.directory.byKey(key)?.last;
  return last ? [last.lon, last.lat] : undefined;
}

function around(places: readonly Place[]): Extent | null {
  if (places.length === 0) return null;
  const lon = places.map((place) => place[0]).sort((a, b) => a - b);
  const lat = places.map((place) => place[1]).sort((a, b) => a - b);
  return [lon[0]!, lat[0]!, lon.at(-1)!, lat.at(-1)!];
}

/** A pin for what has no sign of its own. */
function pin(): HTMLElement {
  const element = document.createElement('div');
  element.className = 'find-pin';
  return element;
}

/** Answers `false` when it has no place; it is chosen all the same. Fails when it cannot be read from the server. */
export async function show(desk: Desk, target: Target): Promise<boolean> {
  const { site, park } = desk;
  switch (target.kind) {
    case 'vehicle': {
      desk.choose({ kind: 'vehicle', key: target.key });
      const place = placeOfVehicle(site, target.key);
      if (place) park?.flyTo(...place);
      return place !== undefined;
    }
    case 'company': {
      const places = target.vehicles.map((key) => placeOfVehicle(site, key)).filter((place) => place !== undefined);
      const extent = around(places);
      if (extent) park?.show(extent);
      return extent !== null;
    }
    case 'feature': {
      desk.choose({ kind: 'feature', collection: target.collection, id: target.id });
      const extent = extentOf([await site.features.bring(target.collection, target.id)]);
      if (!extent) return false;
      const point = extent[0] === extent[2] && extent[1] === extent[3];
      if (point) park?.flyTo(...middleOf(extent));
      else park?.show(extent);
      return true;
    }
    case 'place':
      // The card of something else would stand over the pin.
      desk.choose(null);
      park?.flyTo(target.at.lon, target.at.lat, pin());
      return true;
  }
}

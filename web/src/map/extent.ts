/** The box around features, for the first look and for "show the whole park". */
import type { Geometry } from 'geojson';
import type { Feature } from '../api/types';

/** West, south, east, north in degrees. */
export type Extent = [number, number, number, number];

function grow(extent: Extent | null, coordinates: unknown): Extent | null {
  if (!Array.isArray(coordinates)) return extent;
  const [lon, lat] = coordinates as unknown[];
  if (typeof lon === 'number' && typeof lat === 'number') {
    if (!extent) return [lon, lat, lon, lat];
    return [Math.min(extent[0], lon), Math.min(extent[1], lat), Math.max(extent[2], lon), Math.max(extent[3], lat)];
  }
  return coordinates.reduce<Extent | null>((all, part: unknown) => grow(all, part), extent);
}

function growBy(extent: Extent | null, geometry: Geometry): Extent | null {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.reduce(growBy, extent);
  return grow(extent, geometry.coordinates);
}

/** `null` when no feature has a geometry. */
export function extentOf(features: readonly Feature[]): Extent | null {
  return features.reduce<Extent | null>((all, { geometry }) => (geometry ? growBy(all, geometry) : all), null);
}

export function middleOf(extent: Extent): [lon: number, lat: number] {
  return [(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2];
}

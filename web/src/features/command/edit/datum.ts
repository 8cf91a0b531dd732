/** The datums in which a file may be. Everything is kept in WGS 84, which CGCS2000 agrees with to a decimetre. */

export const DATUMS = ['wgs84'] as const;
export type Datum = (typeof DATUMS)[number];

/** Degrees. */
export interface LonLat {
  lon: number;
  lat: number;
}

export function toWgs84(_: Datum, at: LonLat): LonLat {
  return at;
}

/**
 * Chinese map datums and their conversion to WGS 84, for what a person types or reads: nothing is ever judged in them.
 *
 * The same formulas and the same order of steps as `spatial/src/datum.rs`. GCJ-02 is officially unpublished; this is the
 * forward formula on which open projects agree (eviltransform, coordtransform), good to about a metre inside mainland
 * China. The inverses iterate it until it gives back the input to 1e-9 degree.
 */

/** `wgs84` stands for CGCS2000 too: the two agree at the accuracy of a vehicle. */
export const DATUMS = ['wgs84', 'gcj02', 'bd09'] as const;
export type Datum = (typeof DATUMS)[number];

/** Degrees. */
export interface LonLat {
  lon: number;
  lat: number;
}

/** The WGS 84 position of degrees in a datum. */
export function toWgs84(datum: Datum, at: LonLat): LonLat {
  switch (datum) {
    case 'wgs84':
      return at;
    case 'gcj02':
      return invert(at, wgs84ToGcj02);
    case 'bd09':
      return invert(invert(at, gcj02ToBd09), wgs84ToGcj02);
  }
}

/** Degrees in a datum of a WGS 84 position. */
export function fromWgs84(datum: Datum, at: LonLat): LonLat {
  switch (datum) {
    case 'wgs84':
      return at;
    case 'gcj02':
      return wgs84ToGcj02(at);
    case 'bd09':
      return gcj02ToBd09(wgs84ToGcj02(at));
  }
}

/** Semi-major axis and squared eccentricity of the Krasovsky 1940 ellipsoid, which the formula uses. */
const AXIS_M = 6_378_245.0;
const ECCENTRICITY_SQUARED = 0.006693421622965943;

/** The box outside of which the formula shifts nothing. */
export function inChina({ lon, lat }: LonLat): boolean {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

function waves(a: number, pa: number, b: number, pb: number, v: number): number {
  return ((a * Math.sin(v * pa) + b * Math.sin(v * pb)) * 2) / 3;
}

function wgs84ToGcj02(at: LonLat): LonLat {
  if (!inChina(at)) return at;
  const { PI, abs, sqrt, sin, cos } = Math;
  const x = at.lon - 105;
  const y = at.lat - 35;
  const common = waves(20, 6 * PI, 20, 2 * PI, x);
  const northM =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * sqrt(abs(x)) +
    common +
    waves(20, PI, 40, PI / 3, y) +
    waves(160, PI / 12, 320, PI / 30, y);
  const eastM =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * sqrt(abs(x)) +
    common +
    waves(20, PI, 40, PI / 3, x) +
    waves(150, PI / 12, 300, PI / 30, x);
  const phi = (at.lat * PI) / 180;
  const w = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2;
  const metresPerLat = ((AXIS_M * (1 - ECCENTRICITY_SQUARED)) / (w * sqrt(w)) / 180) * PI;
  const metresPerLon = ((AXIS_M / sqrt(w)) * cos(phi) * PI) / 180;
  return { lon: at.lon + eastM / metresPerLon, lat: at.lat + northM / metresPerLat };
}

function gcj02ToBd09({ lon, lat }: LonLat): LonLat {
  const k = (Math.PI * 3_000) / 180;
  const radius = Math.sqrt(lon * lon + lat * lat) + 0.00002 * Math.sin(lat * k);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * k);
  return { lon: radius * Math.cos(angle) + 0.0065, lat: radius * Math.sin(angle) + 0.006 };
}

/** Fixed-point iteration: the offsets change by far less than 1 per degree, so it converges within ten rounds. */
function invert(wanted: LonLat, forward: (at: LonLat) => LonLat): LonLat {
  let { lon, lat } = wanted;
  for (let round = 0; round < 20; round += 1) {
    const got = forward({ lon, lat });
    const east = wanted.lon - got.lon;
    const north = wanted.lat - got.lat;
    lon += east;
    lat += north;
    if (Math.abs(east) < 1e-9 && Math.abs(north) < 1e-9) break;
  }
  return { lon, lat };
}

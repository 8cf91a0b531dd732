/**
 * Coordinates as people write them: decimal degrees or degrees, minutes and seconds, with N, E, 北纬 or nothing, with any
 * comma, in either order. Reading never guesses silently: where two readings are possible both are answered.
 */
import { inChina, type LonLat } from './datum';

export const FORMATS = ['decimal', 'dms'] as const;
export type CoordinateFormat = (typeof FORMATS)[number];

type Axis = 'lon' | 'lat';

interface Angle {
  degrees: number;
  axis: Axis | null;
}

/** Full-width digits and letters become plain ones; Chinese words become signs. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/东经|東經|经度|經度|\blongitude\b|\blong?\b|\blng\b/gi, ' E ')
    .replace(/北纬|北緯|纬度|緯度|\blatitude\b|\blat\b/gi, ' N ')
    .replace(/西经|西經/g, ' W ')
    .replace(/南纬|南緯/g, ' S ')
    .replace(/[度º˚∘]/g, '°')
    .replace(/[分′‵’‘]/g, "'")
    .replace(/[秒″“”]|''/g, '"')
    .replace(/[−–—]/g, '-')
    .replace(/[,，、;；:：/|()[\]{}]/g, ' ')
    .toUpperCase()
    .trim();
}

const NUMBER = String.raw`\d+(?:\.\d+)?|\.\d+`;
const ANGLE = new RegExp(
  String.raw`^\s*([NSEW])?\s*([+-])?\s*(${NUMBER})\s*(?:°\s*(?:(${NUMBER})\s*'\s*)?(?:(${NUMBER})\s*"?\s*)?)?([NSEW])?(?=[\sNSEW]|$)`,
);

function takeAngle(text: string, before: Angle | null): { angle: Angle; rest: string } | null {
  const found = ANGLE.exec(text);
  if (!found) return null;
  const [whole, lead, sign, d, m, s, trail] = found;
  // "N30.6 E121.05": the E after the first number is the second's.
  const own = lead !== undefined ? lead : trail;
  const used = lead !== undefined && trail !== undefined ? whole.length - 1 : whole.length;
  const minutes = Number(m ?? 0);
  const seconds = Number(s ?? 0);
  if (minutes >= 60 || seconds >= 60) return null;
  const size = Number(d) + minutes / 60 + seconds / 3600;
  const south = own === 'S' || own === 'W';
  if (south && sign === '-') return null;
  const axis: Axis | null = own === undefined ? null : own === 'N' || own === 'S' ? 'lat' : 'lon';
  if (before?.axis != null && axis === before.axis) return null;
  return { angle: { degrees: south || sign === '-' ? -size : size, axis }, rest: text.slice(used) };
}

/** The positions that a text may mean, likeliest first; none when it is no pair of coordinates. */
export function readCoordinates(text: string): LonLat[] {
  const first = takeAngle(plain(text), null);
  const second = first && takeAngle(first.rest, first.angle);
  if (!first || !second || second.rest.trim() !== '') return [];
  const [a, b] = [first.angle, second.angle];
  if (a.axis === 'lon' || b.axis === 'lat') return within([{ lon: a.degrees, lat: b.degrees }]);
  if (a.axis === 'lat' || b.axis === 'lon') return within([{ lon: b.degrees, lat: a.degrees }]);
  const lonFirst = { lon: a.degrees, lat: b.degrees };
  const latFirst = { lon: b.degrees, lat: a.degrees };
  const both = within([lonFirst, latFirst]);
  // Longitude first, as everywhere in Cordon, unless only the other order lies in China.
  return both.length === 2 && !inChina(lonFirst) && inChina(latFirst) ? both.reverse() : both;
}

function within(places: LonLat[]): LonLat[] {
  return places.filter(({ lon, lat }) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90);
}

function dms(degrees: number, [plus, minus]: readonly [string, string]): string {
  // Tenths of a second are 3 m, about the accuracy of a vehicle's position; counted as whole tenths so that none becomes 60.
  const tenths = Math.round(Math.abs(degrees) * 36_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const d = Math.floor(tenths / 36_000);
  const m = Math.floor((tenths % 36_000) / 600);
  const s = (tenths % 600) / 10;
  return `${d}°${two(m)}′${s < 10 ? '0' : ''}${s.toFixed(1)}″${degrees < 0 ? minus : plus}`;
}

/** Longitude first in decimal degrees (6 decimals are 0.1 m); with letters in degrees, minutes and seconds. */
export function coordinatesText({ lon, lat }: LonLat, format: CoordinateFormat): string {
  if (format === 'decimal') return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
  return `${dms(lat, ['N', 'S'])} ${dms(lon, ['E', 'W'])}`;
}

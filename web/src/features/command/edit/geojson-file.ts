/**
 * GeoJSON files (RFC 7946) read in the page: what is in them, what is wrong with which feature, and whether longitude and
 * latitude look swapped. Nothing is sent before a person has seen it on the map.
 */
import type { Geometry } from 'geojson';
import type { Sketch } from '../../../api/edits';
import type { Feature, FeatureProperties } from '../../../api/types';

/** Larger files belong to `cordon import`: a page that parses them stands still. */
export const MOST_FILE_BYTES = 30 * 1024 * 1024;
/** The server's limit of one request (`server/src/api/features.rs`). */
export const MOST_FEATURES = 100_000;
/** More shown problems help nobody. */
export const MOST_PROBLEMS = 50;

export interface FileProblem {
  /** Its place in the file from 0; `null` when the file as a whole is meant. */
  index: number | null;
  key: 'json' | 'type' | 'empty' | 'many' | 'crs' | 'feature' | 'geometry' | 'coordinate' | 'ring';
  value: string;
}

export interface FileRead {
  features: Sketch[];
  /** Features that cannot be taken are left out of `features`. */
  problems: FileProblem[];
  /** `surely` when a latitude is over 90; `maybe` when only the swapped places lie in China. */
  swapped: 'no' | 'maybe' | 'surely';
  /** Names of members, the most frequent first. */
  members: string[];
  geometries: Record<string, number>;
}

const DEPTH: Record<string, number> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  Polygon: 2,
  MultiLineString: 2,
  MultiPolygon: 3,
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with nested coordinates; `null` when nothing is. Latitudes up to 180 pass: they may be swapped. */
function coordinateProblem(value: unknown, depth: number): Pick<FileProblem, 'key' | 'value'> | null {
  if (!Array.isArray(value)) return { key: 'coordinate', value: shortened(value) };
  if (depth === 0) {
    const [lon, lat] = value as unknown[];
    const fits = (degrees: unknown) => typeof degrees === 'number' && Math.abs(degrees) <= 180;
    return fits(lon) && fits(lat) ? null : { key: 'coordinate', value: shortened(value) };
  }
  for (const inner of value) {
    const problem = coordinateProblem(inner, depth - 1);
    if (problem) return problem;
  }
  return null;
}

function ringProblem(rings: unknown): Pick<FileProblem, 'key' | 'value'> | null {
  for (const ring of rings as number[][][]) {
    const [first, last] = [ring[0], ring.at(-1)];
    const closed = first && last && first[0] === last[0] && first[1] === last[1];
    if (ring.length < 4 || !closed) return { key: 'ring', value: shortened(first) };
  }
  return null;
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function geometryProblem(geometry: unknown): Pick<FileProblem, 'key' | 'value'> | null {
  if (!isObject(geometry)) return { key: 'geometry', value: shortened(geometry ?? null) };
  const type = String(geometry['type']);
  const depth = DEPTH[type];
  if (depth === undefined) return { key: 'geometry', value: type };
  const coordinates = geometry['coordinates'];
  const problem = coordinateProblem(coordinates, depth);
  if (problem) return problem;
  if (type === 'Polygon') return ringProblem(coordinates);
  if (type !== 'MultiPolygon') return null;
  for (const part of coordinates as unknown[]) {
    const wrong = ringProblem(part);
    if (wrong) return wrong;
  }
  return null;
}

/** The features of a text, whether it is a collection, one feature or a bare geometry. */
function rawFeatures(data: unknown): unknown[] | null {
  if (!isObject(data)) return null;
  if (data['type'] === 'FeatureCollection') return Array.isArray(data['features']) ? data['features'] : null;
  if (data['type'] === 'Feature') return [data];
  if (String(data['type']) in DEPTH) return [{ type: 'Feature', geometry: data, properties: {} }];
  return null;
}

/** A file may name its reference system, as old ones do; only longitude and latitude of WGS 84 or CGCS2000 are meant. */
function crsProblem(data: unknown): string | null {
  const crs = isObject(data) ? data['crs'] : null;
  if (!crs) return null;
  const text = JSON.stringify(crs);
  return ['CRS84', '4326', '4490'].some((known) => text.includes(known)) ? null : shortened(crs);
}

function idOf(raw: Record<string, unknown>): { id?: string } {
  const id = raw['id'];
  if (typeof id !== 'string' && typeof id !== 'number') return {};
  return /^[A-Za-z0-9_-]{1,64}$/.test(String(id)) ? { id: String(id) } : {};
}

/** Calls back with every position of a geometry. */
function eachPlace(geometry: Geometry | null, see: (lon: number, lat: number) => void): void {
  const walk = (coordinates: unknown): void => {
    if (!Array.isArray(coordinates)) return;
    if (typeof coordinates[0] === 'number') see(coordinates[0], coordinates[1] as number);
    else coordinates.forEach(walk);
  };
  if (geometry && geometry.type !== 'GeometryCollection') walk(geometry.coordinates);
}

/** China with its seas, roughly, degrees. */
const inChina = (lon: number, lat: number): boolean => lon >= 73 && lon <= 136 && lat >= 3 && lat <= 54;

function swapOf(features: readonly Sketch[]): FileRead['swapped'] {
  let [surely, asIs, turned, all] = [false, 0, 0, 0];
  for (const { geometry } of features) {
    eachPlace(geometry, (lon, lat) => {
      all += 1;
      if (Math.abs(lat) > 90) surely = true;
      if (inChina(lon, lat)) asIs += 1;
      if (inChina(lat, lon)) turned += 1;
    });
  }
  if (surely) return 'surely';
  return all > 0 && asIs === 0 && turned === all ? 'maybe' : 'no';
}

function failed(key: FileProblem['key'], value: string): FileRead {
  return { features: [], problems: [{ index: null, key, value }], swapped: 'no', members: [], geometries: {} };
}

export function readGeoJson(text: string): FileRead {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return failed('json', error instanceof Error ? error.message : String(error));
  }
  const crs = crsProblem(data);
  if (crs) return failed('crs', crs);
  const raw = rawFeatures(data);
  if (!raw) return failed('type', isObject(data) ? String(data['type'] ?? '') : shortened(data));
  if (raw.length === 0) return failed('empty', '');
  if (raw.length > MOST_FEATURES) return failed('many', String(raw.length));
  const features: Sketch[] = [];
  const problems: FileProblem[] = [];
  const members = new Map<string, number>();
  const geometries: Record<string, number> = {};
  raw.forEach((one, index) => {
    if (!isObject(one) || one['type'] !== 'Feature') {
      problems.push({ index, key: 'feature', value: shortened(one) });
      return;
    }
    const problem = geometryProblem(one['geometry']);
    if (problem) {
      problems.push({ index, ...problem });
      return;
    }
    const geometry = one['geometry'] as Geometry;
    const properties = (isObject(one['properties']) ? one['properties'] : {}) as FeatureProperties;
    for (const name of Object.keys(properties)) members.set(name, (members.get(name) ?? 0) + 1);
    geometries[geometry.type] = (geometries[geometry.type] ?? 0) + 1;
    features.push({ type: 'Feature', ...idOf(one), geometry, properties });
  });
  return {
    features,
    problems,
    swapped: swapOf(features),
    members: [...members].sort((a, b) => b[1] - a[1]).map(([name]) => name),
    geometries,
  };
}

/** Every position of a geometry turned into another one. */
export function converted(
  geometry: Geometry | null,
  convert: (lon: number, lat: number) => [number, number],
): Geometry | null {
  const walk = (coordinates: unknown): unknown => {
    if (!Array.isArray(coordinates)) return coordinates;
    if (typeof coordinates[0] !== 'number') return coordinates.map(walk);
    const [lon, lat, ...rest] = coordinates as number[];
    return [...convert(lon!, lat!), ...rest];
  };
  if (!geometry || geometry.type === 'GeometryCollection') return geometry;
  return { ...geometry, coordinates: walk(geometry.coordinates) } as Geometry;
}

/** Where the members that Cordon reads come from: a member of the file, or one value for all. */
export interface Mapping {
  name: string | null;
  kind: { member: string } | { value: string };
  level: { member: string } | { value: string };
  /** For points and lines among zones. */
  radius_m: number;
  width_m: number;
}

const LEVEL_WORDS: Record<string, string> = {
  重大: 'red',
  较大: 'orange',
  一般: 'yellow',
  低: 'blue',
  ⅰ: 'red',
  ⅱ: 'orange',
  ⅲ: 'yellow',
  ⅳ: 'blue',
  红: 'red',
  橙: 'orange',
  黄: 'yellow',
  蓝: 'blue',
  i: 'red',
  ii: 'orange',
  iii: 'yellow',
  iv: 'blue',
  1: 'red',
  2: 'orange',
  3: 'yellow',
  4: 'blue',
};

/** A level as files write it: in English, as a colour, as a numeral. */
export function levelOf(text: string): string | null {
  const word = text.trim().toLowerCase();
  if (['red', 'orange', 'yellow', 'blue'].includes(word)) return word;
  return LEVEL_WORDS[word] ?? LEVEL_WORDS[word.replace(/[级色]|风险|level/g, '').trim()] ?? null;
}

function given(from: Mapping['kind'], properties: FeatureProperties): string {
  return 'value' in from ? from.value : String(properties[from.member] ?? '');
}

/** A feature as it will be sent. */
export function mapped(feature: Sketch, mapping: Mapping, zones: boolean): Sketch {
  const { geometry } = feature;
  const properties: FeatureProperties = { ...feature.properties };
  const name = mapping.name === null ? undefined : properties[mapping.name];
  if (name !== undefined && name !== null && name !== '') properties.name = String(name).slice(0, 200);
  const kind = given(mapping.kind, properties);
  if (kind) properties.kind = kind;
  const level = levelOf(given(mapping.level, properties));
  if (level) properties.level = level as FeatureProperties['level'];
  else if (zones) delete properties.level;
  if (zones && geometry?.type === 'Point') properties['radius_m'] ??= mapping.radius_m;
  if (zones && geometry?.type === 'LineString') properties['width_m'] ??= mapping.width_m;
  return { ...feature, properties };
}

/** Which feature a refusal is about: `features[3].properties.kind` is the fourth. */
export function refusedIndex(field: string | undefined, count: number): number | null {
  const found = field?.match(/^features\[(\d+)\]/);
  if (found) return Number(found[1]);
  return count === 1 && field !== undefined ? 0 : null;
}

/** Gives features to the person as a file. */
export function saveFile(name: string, features: readonly (Feature | Sketch)[]): void {
  const text = JSON.stringify({ type: 'FeatureCollection', features }, null, 1);
  const url = URL.createObjectURL(new Blob([text], { type: 'application/geo+json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** What is to leave as a file, and the path that asks the server for it. Pure: choices in, path out. */

export const FORMATS = ['gpkg', 'shp', 'geojson', 'kml', 'fgb', 'csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

/** What happened in a span of time; everything else is a collection. */
export const HAPPENED = ['events', 'alarms', 'fixes', 'tracks'] as const;
export type Happened = (typeof HAPPENED)[number];

export function isHappened(what: string): what is Happened {
  return (HAPPENED as readonly string[]).includes(what);
}

/** How the names of the files end. */
const ENDINGS: Readonly<Partial<Record<Format, string>>> = { shp: 'zip' };

export function endingOf(format: Format): string {
  return ENDINGS[format] ?? format;
}

const OFFSET_MS = 8 * 3_600_000;

/** An instant as a field of the kind `datetime-local` has it, by the site's clock. */
export function toField(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 16);
}

/** With its offset; `null` where a person has not typed a whole time. */
export function fromField(text: string): string | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? `${text.length === 16 ? `${text}:00` : text}+08:00` : null;
}

/** Which of a collection's features. */
export type Which = { of: 'all' } | { of: 'filter'; filter: string } | { of: 'view'; bbox: readonly number[] };

export type ExportAsked =
  | { what: string; format: Format; which: Which }
  | { what: Happened; format: Format; from: string; to: string; vehicle: string | null };

export function exportPath(asked: ExportAsked): string {
  const query = new URLSearchParams({ f: asked.format });
  if ('which' in asked) {
    if (asked.which.of === 'filter') query.set('filter', asked.which.filter);
    if (asked.which.of === 'view') query.set('bbox', asked.which.bbox.map((degrees) => degrees.toFixed(6)).join(','));
  } else {
    query.set('from', asked.from);
    query.set('to', asked.to);
    if (asked.vehicle !== null && asked.what !== 'alarms') query.set('vehicle', asked.vehicle);
  }
  return `/api/export/${encodeURIComponent(asked.what)}?${query.toString()}`;
}

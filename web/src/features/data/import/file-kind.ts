/** Whether a file can be sent at all, by its name and size alone: what a person can put right is said before anything is sent. */
import type { Key } from '../../../i18n';

/** How names of files end that the server takes (`data/src/import/files/kind.rs`). */
export const ENDINGS = ['geojson', 'json', 'geojsonl', 'geojsons', 'ndjson', 'gpkg', 'zip', 'kml', 'kmz', 'gpx', 'fgb', 'dxf', 'csv', 'xlsx'] as const;
/** Largest file that the server takes, bytes. */
export const MOST_BYTES = 2 * 1024 ** 3;

/** Files that come near, and what to do with them. */
const ADVICE: Readonly<Record<string, Key>> = {
  shp: 'import.unfit.shp',
  shx: 'import.unfit.shp',
  dbf: 'import.unfit.shp',
  prj: 'import.unfit.shp',
  cpg: 'import.unfit.shp',
  sbn: 'import.unfit.shp',
  dwg: 'import.unfit.dwg',
  dgn: 'import.unfit.dwg',
  xls: 'import.unfit.xls',
  et: 'import.unfit.xls',
  rar: 'import.unfit.archive',
  '7z': 'import.unfit.archive',
  tar: 'import.unfit.archive',
  gz: 'import.unfit.archive',
  gdb: 'import.unfit.gdb',
  mdb: 'import.unfit.gdb',
};

type Sized = Pick<File, 'name' | 'size'>;

export function endingOf(name: string): string {
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
}

/** Why these files cannot be sent as they are; `null` when it is one that can. */
export function unfit(files: readonly Sized[]): Key | null {
  const shape = files.some(({ name }) => ADVICE[endingOf(name)] === 'import.unfit.shp');
  if (files.length > 1) return shape ? 'import.unfit.shp' : 'import.unfit.many';
  const file = files[0];
  if (!file) return 'import.unfit.none';
  const ending = endingOf(file.name);
  const advice = ADVICE[ending];
  if (advice) return advice;
  if (!(ENDINGS as readonly string[]).includes(ending)) return 'import.unfit.unknown';
  if (file.size === 0) return 'import.unfit.empty';
  return file.size > MOST_BYTES ? 'import.unfit.large' : null;
}

/** Files of these kinds never say their datum. */
export function needsDatum(name: string): boolean {
  return ['csv', 'xlsx', 'dxf'].includes(endingOf(name));
}

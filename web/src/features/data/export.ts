/** What is filtered, as a file that the page makes itself: GeoJSON with its shapes, or a table for a spreadsheet. */
import type { Api } from '../../api/client';
import { middleOf } from '../../map/extent';
import { csvOf } from '../../ui/csv';
import type { TableRow } from './rows';

export interface ExportColumn {
  name: string;
  label: string;
}

/** One line a row, in the order of the screen; a place as the middle of its box. */
export function csvTable(rows: readonly TableRow[], columns: readonly ExportColumn[], cell: (row: TableRow, column: string) => string): string {
  const head = ['id', ...columns.map(({ label }) => label), 'lon', 'lat'];
  return csvOf(
    head,
    rows.map((row) => {
      const [lon, lat] = row.extent ? middleOf(row.extent).map((degrees) => Number(degrees.toFixed(7))) : [null, null];
      const figure = (name: string) => (typeof row.properties[name] === 'number' ? row.properties[name] : undefined);
      // A figure as a spreadsheet reads it, without what groups its digits.
      return [row.id, ...columns.map(({ name }) => figure(name) ?? cell(row, name)), lon, lat];
    }),
  );
}

export interface GeoJsonAsked {
  api: Pick<Api, 'featurePage'>;
  collection: string;
  /** Those to be written. */
  ids: ReadonlySet<string>;
  signal: AbortSignal;
  onProgress: (read: number, total: number | null) => void;
}

/** The parts of a file: shapes are read again, since the table keeps none. Answers how many features are in it, too. */
export async function geoJsonParts({ api, collection, ids, signal, onProgress }: GeoJsonAsked): Promise<{ parts: string[]; count: number }> {
  const parts = [`{"type":"FeatureCollection","name":${JSON.stringify(collection)},"features":[\n`];
  let count = 0;
  let read = 0;
  for (let path: string | undefined; ; ) {
    const page: Awaited<ReturnType<Api['featurePage']>> = await api.featurePage(collection, path, signal);
    const wanted = page.features.filter(({ id }) => ids.has(String(id)));
    if (wanted.length > 0) parts.push(`${count > 0 ? ',\n' : ''}${wanted.map((feature) => JSON.stringify(feature)).join(',\n')}`);
    count += wanted.length;
    read += page.features.length;
    onProgress(read, page.matched);
    path = page.next;
    // What was asked for is there: the rest of the collection need not be read.
    if (path === undefined || count >= ids.size) break;
  }
  parts.push('\n]}\n');
  return { parts, count };
}

/**
 * Files in: sent whole, with how much of it really went, then followed until the server is through (`/api/imports`). It must
 * never read the file itself: what is in it is the server's to say.
 */
import { ApiError, problemOf, request } from './client';
import type { Feature, Page } from './types';

/** A field as the file has it, with the first value in it. */
export interface FileField {
  name: string;
  example: string;
}

/** A row that was not taken as it is. */
export interface RowReport {
  row: number;
  code: string;
  field: string;
  value: string;
  /** What is allowed; absent from an older server. */
  limit?: string;
  reason: string;
}

/** The data lies as if it were in another datum than the one it was read in. */
export interface SuspectedDatum {
  datum: string;
  median_shift_m: number;
  fits_m: number;
  without_m: number;
  reference: string;
}

export interface ImportReport {
  kind: string;
  layers: string[];
  encoding: string | null;
  rows: number;
  imported: number;
  repaired_count: number;
  /** The first of them, as of the refused. */
  repaired: RowReport[];
  refused_count: number;
  refused: RowReport[];
  fields: string[];
  file_fields?: FileField[];
  /** Of a trial: the first features as they would be kept. */
  features: Feature[];
  suspected_datum?: SuspectedDatum | null;
}

export interface ImportJob {
  id: string;
  collection: string;
  file: string;
  by?: string;
  at?: string;
  trial?: boolean;
  state: 'running' | 'done' | 'tried' | 'failed';
  /** Rows that were looked at. */
  done: number;
  /** Rows that there are; 0 while the file is being opened. */
  total: number;
  error: string | null;
  code?: string | null;
  report: ImportReport | null;
}

/** How a file is to be read, and into what. */
export interface ImportAsked {
  collection: string;
  name: string;
  trial: boolean;
  srs?: string | undefined;
  encoding?: string | undefined;
  layer?: string | undefined;
  /** `field=property,…` */
  map?: string | undefined;
  id_field?: string | undefined;
}

export interface Sending {
  /** How many bytes are on their way. */
  onSent: (bytes: number) => void;
  signal: AbortSignal;
}

/** What undoing an import did. */
export interface Undone {
  deleted: number;
  /** Somebody changed them since: they stay. */
  kept_changed: number;
}

export interface PropertySchema {
  /** "中文 English". */
  title?: string;
  type?: string;
  enum?: string[];
}

function queryOf(asked: ImportAsked): string {
  const given = Object.entries(asked).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** `fetch` does not say how much of a body went; this request does. */
function send(file: Blob, asked: ImportAsked, { onSent, signal }: Sending): Promise<ImportJob> {
  return new Promise((resolve, reject) => {
    const going = new XMLHttpRequest();
    going.open('POST', `/api/imports?${queryOf(asked)}`);
    going.setRequestHeader('accept', 'application/json, application/problem+json');
    going.setRequestHeader('content-type', 'application/octet-stream');
    going.upload.onprogress = ({ loaded }) => onSent(loaded);
    going.onload = () => {
      if (going.status === 202) {
        resolve(JSON.parse(going.responseText) as ImportJob);
        return;
      }
      const headers: [string, string][] = ['content-type', 'retry-after'].map((name) => [name, going.getResponseHeader(name) ?? '']);
      const answer = new Response(going.responseText, { status: going.status, statusText: going.statusText, headers });
      void problemOf(answer).then((problem) => reject(new ApiError(problem)));
    };
    going.onerror = () => reject(new ApiError({ status: 0, code: 'unreachable' }));
    going.onabort = () => reject(new DOMException('the person stopped it', 'AbortError'));
    signal.addEventListener('abort', () => going.abort(), { once: true });
    going.send(file);
  });
}

export const imports = {
  send,
  one: (id: string) => request<ImportJob>('GET', `/api/imports/${encodeURIComponent(id)}`),
  /** Those since the server's start, the last first, without the rows of their reports. */
  list: async () => (await request<Page<ImportJob>>('GET', '/api/imports')).items,
  undo: (id: string) => request<Undone>('DELETE', `/api/imports/${encodeURIComponent(id)}`),
  /** What the features of a collection hold, in the order of the data model. */
  schema: async (collection: string) =>
    (
      await request<{ properties: Record<string, PropertySchema> }>(
        'GET',
        `/ogc/collections/${encodeURIComponent(collection)}/schema?f=json`,
      )
    ).properties,
};

export type ImportsApi = typeof imports;

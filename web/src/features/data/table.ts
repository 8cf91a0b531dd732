/**
 * One collection, read page by page and kept up with what is edited anywhere. Plain TypeScript; the page reads immutable
 * pictures through `useSyncExternalStore`. It is kept while somebody is on the map, so that coming back reads nothing again.
 */
import { ApiError, type Api } from '../../api/client';
import type { Feature, FeatureChange } from '../../api/types';
import { rowOf, type TableRow } from './rows';

/** While it is read, the screen follows at this pace. */
const TOLD_EVERY_MS = 400;
/** Edits that come together are read together. */
const GATHER_MS = 300;
/** More of them than this, as an import makes, are read with the whole collection. */
const MOST_SINGLE = 100;

export interface TablePicture {
  rows: readonly TableRow[];
  reading: boolean;
  /** How many the server says there are; `null` before it did. */
  total: number | null;
  /** Why reading ended before its end. */
  error: unknown;
}

export interface TablePort {
  api: Pick<Api, 'featurePage'>;
  /** One feature; fails with 404 where it is no more. */
  read: (id: string) => Promise<Feature>;
  nowMs: () => number;
  setTimeout: (run: () => void, ms: number) => number;
  clearTimeout: (id: number) => void;
}

export class Table {
  readonly collection: string;
  readonly #port: TablePort;
  readonly #listeners = new Set<() => void>();
  #rows = new Map<string, TableRow>();
  /** All of it was read once. */
  #isWhole = false;
  /** What changed while all of it is being read, `null` where it was deleted: newer than any page. */
  #meanwhile: Map<string, TableRow | null> | null = null;
  #picture: TablePicture = { rows: [], reading: false, total: null, error: null };
  #toldAtMs = -Infinity;
  #stop: AbortController | null = null;
  readonly #edited = new Set<string>();
  #gathering: number | undefined;

  constructor(collection: string, port: TablePort) {
    this.collection = collection;
    this.#port = port;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly picture = (): TablePicture => this.#picture;

  row(id: string): TableRow | undefined {
    return this.#rows.get(id);
  }

  /** Reads all of it, anew; what was whole stays on the screen until then. */
  async read(): Promise<void> {
    this.#stop?.abort();
    const stopping = new AbortController();
    this.#stop = stopping;
    const rows = new Map<string, TableRow>();
    if (!this.#isWhole) this.#rows = rows;
    this.#meanwhile = new Map();
    this.#toldAtMs = -Infinity;
    this.#tell({ reading: true, error: null });
    try {
      for (let path: string | undefined; ; ) {
        const page: Awaited<ReturnType<Api['featurePage']>> = await this.#port.api.featurePage(this.collection, path, stopping.signal);
        if (stopping.signal.aborted) return;
        for (const feature of page.features) rows.set(String(feature.id), rowOf(feature));
        path = page.next;
        if (path === undefined) break;
        this.#tellSoon({ total: page.matched });
      }
      for (const [id, row] of this.#meanwhile) {
        if (row) rows.set(id, row);
        else rows.delete(id);
      }
      this.#rows = rows;
      this.#meanwhile = null;
      this.#isWhole = true;
      this.#tell({ reading: false, total: rows.size });
    } catch (error) {
      if (stopping.signal.aborted) return;
      this.#meanwhile = null;
      this.#tell({ reading: false, error });
    }
  }

  stop(): void {
    this.#stop?.abort();
    if (this.#gathering !== undefined) this.#port.clearTimeout(this.#gathering);
    this.#listeners.clear();
  }

  /** What the server kept last of a feature. */
  put(feature: Feature): void {
    this.#set(String(feature.id), feature);
    this.#tell({});
  }

  remove(id: string): void {
    if (this.#delete(id)) this.#tell({});
  }

  /** Somebody edited something. */
  apply({ collection, id }: Pick<FeatureChange, 'collection' | 'id'>): void {
    if (collection !== this.collection) return;
    this.#edited.add(id);
    this.#gathering ??= this.#port.setTimeout(() => {
      this.#gathering = undefined;
      void this.#readEdited();
    }, GATHER_MS);
  }

  async #readEdited(): Promise<void> {
    const ids = [...this.#edited];
    this.#edited.clear();
    if (ids.length > MOST_SINGLE) {
      await this.read();
      return;
    }
    try {
      await Promise.all(ids.map((id) => this.#readOne(id)));
      this.#tell({});
    } catch (error) {
      this.#tell({ error });
    }
  }

  async #readOne(id: string): Promise<void> {
    try {
      this.#set(id, await this.#port.read(id));
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.status !== 404) throw error;
      this.#delete(id);
    }
  }

  #set(id: string, feature: Feature): void {
    const row = rowOf(feature);
    this.#rows.set(id, row);
    this.#meanwhile?.set(id, row);
  }

  #delete(id: string): boolean {
    this.#meanwhile?.set(id, null);
    return this.#rows.delete(id);
  }

  #tellSoon(part: Partial<TablePicture>): void {
    if (this.#port.nowMs() - this.#toldAtMs >= TOLD_EVERY_MS) this.#tell(part);
  }

  #tell(part: Partial<TablePicture>): void {
    this.#toldAtMs = this.#port.nowMs();
    const total = part.total ?? (this.#picture.reading && part.reading !== false ? this.#picture.total : this.#rows.size);
    this.#picture = { ...this.#picture, ...part, total, rows: [...this.#rows.values()] };
    for (const listener of this.#listeners) listener();
  }
}

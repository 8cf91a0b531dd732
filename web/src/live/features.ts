/**
 * The map's features as the server keeps them: read once, then item by item as edits are announced.
 *
 * A collection that holds more than a desk can draw is not read whole: only what lies in the view, within a bound, and the
 * map says how many it left out. What was seen before stays for a while, so that going back shows no hole.
 */
import { ApiError, type Api } from '../api/client';
import { COLLECTIONS, type Collection, type Feature, type FeatureChange } from '../api/types';
import { cornersOf, type ViewBound } from '../api/view-pages';
import { Strays } from './strays';

/** A collection with more than this is read by view: 5,000 zones of a few dozen corners are a second of work for the map. */
export const WHOLE_UP_TO = 5_000;
/** Most that one view asks for: 100,000 corners are two megabytes, and some tenths of a second for the map. */
export const VIEW_BOUND: ViewBound = { features: 2_000, corners: 100_000 };
/** Most of one collection that is kept: a few views. */
export const CACHE_BOUND: ViewBound = { features: 6_000, corners: 200_000 };
/** Edits that come together lead to one reading. */
const AGAIN_MS = 1_000;

/** West, south, east, north, degrees. */
export type Bbox = readonly [number, number, number, number];

/** A view that holds more than it shows; `total` is `null` when the server only knows that it is many. */
export interface Cut {
  shown: number;
  total: number | null;
}

export type FeaturesApi = Pick<Api, 'features' | 'feature' | 'featureCount' | 'featuresIn'>;

interface Timers {
  setTimeout: (run: () => void, ms: number) => number;
  clearTimeout: (id: number) => void;
}

interface Held {
  items: Map<string, Feature>;
  /** Rises with every change. */
  version: number;
  /** How many the server holds in all, when the collection is read by view; `null` when all are here. */
  total: number | null;
  cut: Cut | null;
  /** The view that was read last, and whether it held everything there. */
  read: Bbox | null;
  reading: boolean;
  /** The view changed, or an edit came, while it was read. */
  again: boolean;
  timer: number | undefined;
}

export function isCollection(name: string): name is Collection {
  return (COLLECTIONS as readonly string[]).includes(name);
}

function missing(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 404;
}

function holds(outer: Bbox | null, inner: Bbox): boolean {
  return (
    outer !== null && outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
  );
}

export class Features {
  /** Rises with every change: readers compare it instead of the lists. */
  version = 0;
  readonly #api: FeaturesApi;
  readonly #changed: (collection: Collection) => void;
  readonly #timers: Timers;
  readonly #held = new Map<Collection, Held>();
  readonly #strays: Strays;
  #view: Bbox | null = null;

  constructor(api: FeaturesApi, changed: (collection: Collection) => void, timers: Timers) {
    this.#api = api;
    this.#changed = (collection) => {
      this.version += 1;
      changed(collection);
    };
    this.#timers = timers;
    this.#strays = new Strays((collection, id) => api.feature(collection, id), this.#changed);
  }

  list(collection: Collection): Feature[] {
    return [...(this.#held.get(collection)?.items.values() ?? [])];
  }

  /** Rises with every change of a collection: whoever counts it compares this first. */
  versionOf(collection: Collection): number {
    return this.#held.get(collection)?.version ?? 0;
  }

  /** `true` once a collection was read. */
  known(collection: Collection): boolean {
    return this.#held.has(collection);
  }

  /** What the view leaves out; `null` when all that lies there is shown. */
  cut(collection: Collection): Cut | null {
    return this.#held.get(collection)?.cut ?? null;
  }

  /** Whether it is read by view: there is more of it than is here. */
  inPart(collection: Collection): boolean {
    const total = this.#held.get(collection)?.total;
    return total !== null && total !== undefined;
  }

  /** `true` once it is known that nobody has drawn a park or a zone. */
  blank(): boolean {
    const empty = (collection: Collection) => {
      const held = this.#held.get(collection);
      return held !== undefined && held.items.size === 0 && !held.total;
    };
    return empty('parks') && empty('zones');
  }

  /** A feature; one of a collection that is read by view, and not seen yet, is asked for and comes later. */
  get(collection: Collection, id: string): Feature | undefined {
    const held = this.#held.get(collection);
    const found = held?.items.get(id);
    if (found || !held || held.total === null) return found;
    return this.#strays.get(collection, id);
  }

  /** A feature, asked for if it is not here; fails with what the server says. */
  async bring(collection: Collection, id: string): Promise<Feature> {
    return this.#held.get(collection)?.items.get(id) ?? this.#strays.bring(collection, id);
  }

  /** Reads every collection again; a collection that cannot be read keeps what it had. Answers whether all were read. */
  async load(): Promise<boolean> {
    return (await Promise.all(COLLECTIONS.map((collection) => this.#loadOne(collection)))).every(Boolean);
  }

  /** What the map shows: collections that are read by view follow it. */
  setView(bbox: Bbox): void {
    this.#view = bbox;
    for (const [collection, held] of this.#held) {
      const complete = held.cut === null && holds(held.read, bbox);
      if (held.total !== null && !complete) void this.#readView(collection, held);
    }
  }

  async apply(change: FeatureChange): Promise<void> {
    if (!isCollection(change.collection)) return;
    const collection = change.collection;
    const held = this.#held.get(collection) ?? this.#hold(collection, new Map(), null);
    this.#strays.forget(collection, change.id);
    if (change.deleted) {
      if (!held.items.delete(change.id)) return;
    } else if (held.total !== null && !held.items.has(change.id)) {
      this.#readSoon(collection, held);
      return;
    } else {
      try {
        held.items.set(change.id, await this.#api.feature(collection, change.id));
      } catch (error) {
        if (!missing(error)) throw error;
        held.items.delete(change.id);
      }
    }
    this.#tell(collection, held);
    // Somebody is filling it: from here on it is read by view.
    if (held.total === null && held.items.size > WHOLE_UP_TO) await this.#loadOne(collection);
  }

  stop(): void {
    for (const held of this.#held.values()) if (held.timer !== undefined) this.#timers.clearTimeout(held.timer);
  }

  async #loadOne(collection: Collection): Promise<boolean> {
    try {
      const total = await this.#api.featureCount(collection);
      if (total !== null && total > WHOLE_UP_TO) {
        const held = this.#hold(collection, this.#held.get(collection)?.items ?? new Map(), total);
        return await this.#readView(collection, held, true);
      }
      const features = await this.#api.features(collection);
      this.#tell(collection, this.#hold(collection, byId(features), null));
      return true;
    } catch (error) {
      if (!missing(error)) return false;
      // A server that has no such collection: nothing to draw, and nothing to try again.
      this.#tell(collection, this.#hold(collection, new Map(), null));
      return true;
    }
  }

  #hold(collection: Collection, items: Map<string, Feature>, total: number | null): Held {
    const before = this.#held.get(collection);
    const held: Held = before ?? {
      items,
      version: 0,
      total,
      cut: null,
      read: null,
      reading: false,
      again: false,
      timer: undefined,
    };
    held.items = items;
    held.total = total;
    if (total === null) held.cut = held.read = null;
    this.#held.set(collection, held);
    return held;
  }

  /** One reading at a time: what changes meanwhile leads to one more. `fresh` forgets what was seen before. */
  async #readView(collection: Collection, held: Held, fresh = false): Promise<boolean> {
    if (held.reading) {
      held.again = true;
      return true;
    }
    held.reading = true;
    try {
      do {
        held.again = false;
        const view = this.#view;
        const { features, matched, complete } = await this.#api.featuresIn(collection, view, VIEW_BOUND);
        if (held.total === null) return true;
        if (fresh) held.items = new Map();
        fresh = false;
        keep(held.items, features);
        held.read = view;
        // Without a view the first ones were read, to have something to look at: that is no picture of a place.
        held.cut = complete ? null : { shown: features.length, total: matched };
        this.#tell(collection, held);
      } while (held.again);
      return true;
    } catch {
      held.read = null;
      return false;
    } finally {
      held.reading = false;
    }
  }

  #readSoon(collection: Collection, held: Held): void {
    held.timer ??= this.#timers.setTimeout(() => {
      held.timer = undefined;
      void this.#readView(collection, held);
    }, AGAIN_MS);
  }

  #tell(collection: Collection, held: Held): void {
    held.version += 1;
    this.#changed(collection);
  }
}

function byId(features: readonly Feature[]): Map<string, Feature> {
  return new Map(features.map((feature) => [String(feature.id), feature]));
}

/** What was seen longest ago makes room. */
function keep(items: Map<string, Feature>, features: readonly Feature[]): void {
  for (const feature of features) {
    const id = String(feature.id);
    items.delete(id);
    items.set(id, feature);
  }
  let corners = 0;
  for (const feature of items.values()) corners += cornersOf(feature);
  for (const [id, feature] of items) {
    const fits = items.size <= CACHE_BOUND.features && corners <= CACHE_BOUND.corners;
    // What has just been read is shown, however large it is.
    if (fits || items.size <= features.length) return;
    items.delete(id);
    corners -= cornersOf(feature);
  }
}

/**
 * Editing over HTTP: features with the tag of the revision that was seen, their history, and what a rule would do. Every
 * write names the revision that it follows, so that nobody's work is lost unseen.
 */
import { ApiError, send } from './client';
import type { Feature, FeatureCollection } from './types';

/** A feature and the tag of its revision, for `If-Match`. */
export interface Kept {
  feature: Feature;
  tag: string;
}

/** A feature as it is sent: the server gives an id to one that has none. */
export type Sketch = Omit<Feature, 'id'> & { id?: string };

export interface Revision {
  revision: number;
  recorded_at: string;
  by?: string | null;
  action: 'created' | 'changed' | 'deleted' | 'restored';
  feature?: Feature | null;
}

export interface RevisionPage {
  items: Revision[];
  next?: string | null;
}

/** A feature that was deleted, and what it was called. */
export interface Deleted {
  id: string;
  /** The revision that deleted it. */
  revision: number;
  deleted_at: string;
  by: string;
  name?: string;
  name_en?: string;
  plate?: string;
}

export interface DeletedPage {
  items: Deleted[];
  next?: string | null;
}

export interface PreviewItem {
  vehicle: string;
  plate?: string | null;
  class?: string | null;
  company?: string | null;
  lon?: number;
  lat?: number;
  place: 'inside' | 'outside' | 'uncertain';
  rules: { rule: string; concerned: boolean; exempt?: string | null }[];
}

/** `POST /api/rules/preview`. */
export interface Preview {
  /** Whether the zone's dates and schedule have it in force now. */
  in_force: boolean;
  /** Whether each rule is watched now. */
  rules: { rule: string; when: string; watched: boolean }[];
  /** Those inside, those near the edge, and those that a rule asks to be inside. */
  items: PreviewItem[];
  counts: { vehicles: number; inside: number; concerned: number };
  /** More vehicles than are listed. */
  cut: boolean;
}

/** `POST /api/rules/try`. */
export interface Tried {
  zone: string;
  from: string;
  to: string;
  rules: { rule: string; when: string; priority: number; events: number; alarms: number; vehicles: number }[];
  not_tried: string[];
  vehicles: { vehicle: string; plate?: string | null; events: number; alarms: number }[];
  events: TriedEvent[];
  events_left_out: number;
  fixes_read: number;
  vehicles_asked: number;
  vehicles_judged: number;
  complete: boolean;
  cut: { by: 'fixes' | 'time_s' | 'events'; limit: number }[];
}

export interface TriedEvent {
  kind: string;
  rule: string;
  vehicle: string;
  at: string;
  ended_at?: string;
  certainty: 'certain' | 'uncertain' | 'unknown';
  lon?: number;
  lat?: number;
}

const itemsOf = (collection: string) => `/ogc/collections/${encodeURIComponent(collection)}/items`;
const itemOf = (collection: string, id: string) => `${itemsOf(collection)}/${encodeURIComponent(id)}`;

const deletionsOf = (collection: string) => `/ogc/collections/${encodeURIComponent(collection)}/deletions`;

async function kept(response: Response): Promise<Kept> {
  const tag = response.headers.get('etag');
  if (!tag) throw new ApiError({ status: response.status, code: 'no_etag', detail: 'the answer has no ETag' });
  return { feature: (await response.json()) as Feature, tag };
}

/** The revision of a tag. */
export function revisionOf(tag: string): number {
  return Number(tag.replaceAll('"', ''));
}

/** The tag of a numbered revision, as the server writes it. */
export function tagOf(revision: number): string {
  return `"${revision}"`;
}

export const edits = {
  read: async (collection: string, id: string) => kept(await send('GET', itemOf(collection, id))),
  create: async (collection: string, feature: Sketch) =>
    kept(await send('POST', itemsOf(collection), { body: feature })),
  /** All or none, in one transaction. */
  createAll: async (collection: string, features: readonly Sketch[]) => {
    const answer = await send('POST', itemsOf(collection), { body: { type: 'FeatureCollection', features } });
    return ((await answer.json()) as FeatureCollection).features;
  },
  replace: async (collection: string, id: string, feature: Sketch, tag: string) =>
    kept(await send('PUT', itemOf(collection, id), { body: feature, headers: { 'if-match': tag } })),
  /** Changes these members and leaves the others; `null` takes one away. */
  patch: async (collection: string, id: string, properties: Record<string, unknown>, tag: string) =>
    kept(await send('PATCH', itemOf(collection, id), { body: { properties }, headers: { 'if-match': tag } })),
  remove: async (collection: string, id: string, tag: string) => {
    await send('DELETE', itemOf(collection, id), { headers: { 'if-match': tag } });
  },
  /** All or none, in one transaction: each must have the revision that was seen. */
  removeAll: async (collection: string, items: readonly { id: string; revision: number }[]) => {
    await send('POST', deletionsOf(collection), { body: { items } });
  },
  /** As it was last, under its id; `tag` is that of the revision that deleted it. */
  restore: async (collection: string, id: string, tag: string) =>
    kept(await send('POST', `${itemOf(collection, id)}/restore`, { headers: { 'if-match': tag } })),
  deleted: async (collection: string, next?: string) =>
    (await (await send('GET', next ?? `${deletionsOf(collection)}?limit=50`)).json()) as DeletedPage,
  history: async (collection: string, id: string, next?: string) => {
    const path = next ?? `${itemOf(collection, id)}/history?limit=50`;
    return (await (await send('GET', path)).json()) as RevisionPage;
  },
  preview: async (zone: Sketch, signal: AbortSignal) =>
    (await (await send('POST', '/api/rules/preview', { body: { zone }, signal })).json()) as Preview,
  tryRules: async (zone: Sketch, from: string, to: string, signal: AbortSignal) =>
    (await (await send('POST', '/api/rules/try', { body: { zone, from, to }, signal })).json()) as Tried,
  /** Every feature of a collection, for a file or a list. */
  all: async (collection: string, most = 20_000): Promise<Feature[]> => {
    const all: Feature[] = [];
    let path: string | undefined = `${itemsOf(collection)}?limit=1000`;
    while (path !== undefined && all.length < most) {
      const page = (await (await send('GET', path)).json()) as FeatureCollection;
      all.push(...page.features);
      const next = page.links?.find((link) => link.rel === 'next')?.href;
      const url = next === undefined ? undefined : new URL(next, 'http://same.origin');
      path = url && url.pathname + url.search;
    }
    return all;
  },
};

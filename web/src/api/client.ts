/**
 * The one place that speaks HTTP with the server. It must never show anything: a failure becomes an `ApiError` that the
 * screen puts into the user's words.
 */
import type {
  Alarm,
  AlarmLoad,
  Collection,
  Event,
  Explanation,
  Feature,
  FeatureCollection,
  FeatureRevision,
  Found,
  Page,
  Problem,
  Session,
  TerminalAnswer,
  TerminalCommand,
  Track,
  TrackPage,
  Vehicle,
  VehicleFeature,
} from './types';
import { viewPages, type FeaturePage, type ViewBound, type ViewFeatures } from './view-pages';

/** The server refused, or could not be reached (`status` 0, code `unreachable`). */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.code ?? `status ${problem.status}`);
    this.name = 'ApiError';
  }
}

/** What a refusing answer says. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? '');
  const known = { status: response.status, ...(retryAfter > 0 ? { retry_after_s: retryAfter } : {}) };
  if ((response.headers.get('content-type') ?? '').includes('json')) {
    try {
      const body = (await response.json()) as Problem;
      return { ...body, ...known };
    } catch {
      // A cut or malformed body says no more than the status does.
    }
  }
  return { ...known, title: response.statusText };
}

/** What goes with a request beside its path. */
export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  /** Gives the request up; the error is then an `AbortError` and no `ApiError`. */
  signal?: AbortSignal;
}

/** One request; the answer if the server did what was asked, else an `ApiError`. */
export async function send(method: string, path: string, { body, headers: more, signal }: Sent = {}): Promise<Response> {
  const headers: Record<string, string> = {
    accept: 'application/json, application/geo+json, application/problem+json',
    ...more,
  };
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError({ status: 0, code: 'unreachable', detail: cause instanceof Error ? cause.message : '' });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return response;
}

/** The same, with the answer's body read as JSON. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const text = await (await send(method, path, { body, ...(signal ? { signal } : {}) })).text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Keeps a `next` link on this origin, whatever host the server believes to have. */
function pathOf(link: string): string {
  const url = new URL(link, 'http://same.origin');
  return url.pathname + url.search;
}

/** The path of a page's next one. */
function nextOf(page: FeatureCollection): string | undefined {
  const next = page.links?.find((link) => link.rel === 'next')?.href;
  return next === undefined ? undefined : pathOf(next);
}

/** Every page of a list, to at most so many items. */
export async function pages<T>(first: string, most: number, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let path: string | undefined = first;
  while (path !== undefined && all.length < most) {
    const page: Page<T> = await request<Page<T>>('GET', path, undefined, signal);
    all.push(...page.items);
    path = page.next ? pathOf(page.next) : undefined;
  }
  return all;
}

/** More than a park or a province holds: a list that goes on for ever ends here. */
const MOST_FEATURES = 200_000;
const MOST_ALARMS = 10_000;
/** Events of one question: a day of a busy park. */
const MOST_EVENTS = 20_000;
/** Revisions of one zone that are looked through. */
const MOST_REVISIONS = 2_000;

/** Which events are asked for; times in ms since 1970, `toMs` not included. */
export interface EventsAsked {
  fromMs: number;
  toMs: number;
  subject?: string | undefined;
  kind?: string | undefined;
  zone?: string | undefined;
}

function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
/** The server counts what lies in a box up to here. */
const MOST_COUNTED = 10_000;


export const api = {
  session: () => request<Session>('GET', '/api/session'),
  signIn: (name: string, password: string) => request<Session | undefined>('POST', '/api/session', { name, password }),
  signOut: () => request<void>('DELETE', '/api/session'),
  setupNeeded: async () => (await request<{ needed: boolean }>('GET', '/api/setup')).needed,
  setUp: (code: string, name: string, password: string) =>
    request<Session | undefined>('POST', '/api/setup', { code, name, password }),

  vehicle: (id: string) => request<Vehicle>('GET', `/api/vehicles/${encodeURIComponent(id)}`),
  vehicles: () => pages<Vehicle>('/api/vehicles?limit=5000', MOST_FEATURES),

  /** Alarms that still need somebody. */
  openAlarms: () =>
    pages<Alarm>('/api/alarms?state=unacknowledged,acknowledged,returned,shelved,suppressed&limit=1000', MOST_ALARMS),
  /** Alarms in any state that changed after `seq`. */
  alarmsAfter: (seq: number) => pages<Alarm>(`/api/alarms?after=${seq}&limit=1000`, MOST_ALARMS),
  alarm: (id: string) => request<Alarm>('GET', `/api/alarms/${encodeURIComponent(id)}`),
  /** Closed alarms whose last change came after `seq`, by that number, at most `limit` of them. */
  closedAlarmsAfter: async (seq: number, limit: number) =>
    (await request<Page<Alarm>>('GET', `/api/alarms?state=closed&after=${seq}&limit=${limit}`)).items,
  acknowledge: (id: string, note: string | undefined) =>
    request<Alarm>('POST', `/api/alarms/${encodeURIComponent(id)}/acknowledge`, note ? { note } : {}),
  close: (id: string, result: string) =>
    request<Alarm>('POST', `/api/alarms/${encodeURIComponent(id)}/close`, { result }),

  shelve: (id: string, reason: string, until: string) =>
    request<Alarm>('POST', `/api/alarms/${encodeURIComponent(id)}/shelve`, { reason, until }),
  alarmLoad: () => request<AlarmLoad>('GET', '/api/alarms/load'),

  eventsAfter: async (seq: number, limit: number) =>
    (await request<Page<Event>>('GET', `/api/events?after=${seq}&limit=${limit}`)).items,
  events: ({ fromMs, toMs, ...others }: EventsAsked, signal?: AbortSignal) =>
    pages<Event>(
      `/api/events?${queryOf({ from: timeOf(fromMs), to: timeOf(toMs), ...others, limit: 5_000 })}`,
      MOST_EVENTS,
      signal,
    ),
  event: (id: string) => request<Event>('GET', `/api/events/${encodeURIComponent(id)}`),
  explain: (id: string) => request<Explanation>('GET', `/api/events/${encodeURIComponent(id)}/explain`),

  /** One page of a vehicle's track: the fixes from `fromMs` to before `toMs`; `nextMs` is where the next page begins. */
  track: async (id: string, fromMs: number, toMs: number, signal?: AbortSignal): Promise<TrackPage> => {
    const query = queryOf({ from: timeOf(fromMs), to: timeOf(toMs), limit: 10_000 });
    const path = `/api/vehicles/${encodeURIComponent(id)}/track?${query}`;
    const track = await request<Track>('GET', path, undefined, signal);
    const next = track.next ? new URL(track.next, 'http://same.origin').searchParams.get('from') : null;
    return { fixes: track.properties.fixes, nextMs: next === null ? null : Date.parse(next) };
  },
  /** What is kept about a vehicle, its terminal among it. */
  vehicleFeature: (id: string) =>
    request<VehicleFeature>('GET', `/ogc/collections/vehicles/items/${encodeURIComponent(id)}`),
  command: (phone: string, command: TerminalCommand) =>
    request<TerminalAnswer>('POST', `/api/terminals/${encodeURIComponent(phone)}/commands`, command),
  /** A zone by one of its revisions; `undefined` when the server keeps that one no more. */
  zoneRevision: async (id: string, revision: number): Promise<Feature | undefined> => {
    const path = `/ogc/collections/zones/items/${encodeURIComponent(id)}/history?limit=200`;
    const all = await pages<FeatureRevision>(path, MOST_REVISIONS);
    return all.find((item) => item.revision === revision)?.feature ?? undefined;
  },

  /** The collections that the server has, and how many features each holds. */
  collections: async () =>
    (await request<{ collections: { id: string; itemCount: number }[] }>('GET', '/ogc/collections')).collections,
  /** One page of any collection: the first, or the one that the page before named. */
  featurePage: async (collection: string, path?: string, signal?: AbortSignal) => {
    const first = `/ogc/collections/${encodeURIComponent(collection)}/items?limit=1000`;
    const page = await request<FeaturePage>('GET', path ?? first, undefined, signal);
    return { features: page.features, matched: page.numberMatched ?? null, next: nextOf(page) };
  },
  features: async (collection: Collection): Promise<Feature[]> => {
    const all: Feature[] = [];
    let path: string | undefined = `/ogc/collections/${collection}/items?limit=1000`;
    while (path !== undefined && all.length < MOST_FEATURES) {
      const page: FeatureCollection = await request<FeatureCollection>('GET', path);
      all.push(...page.features);
      path = nextOf(page);
    }
    return all;
  },
  /** How many features a collection holds; `null` from a server that does not say. Counted up to a bound, as below. */
  featureCount: async (collection: Collection): Promise<number | null> =>
    (await request<{ numberMatched?: number }>('GET', `/ogc/collections/${collection}/items?limit=1`)).numberMatched ??
    null,
  /** The features in a box, within a bound; `matched` is how many lie there, `null` when it is more than the server counts. */
  featuresIn: async (collection: Collection, bbox: readonly number[] | null, bound: ViewBound): Promise<ViewFeatures> => {
    const box = bbox ? `?bbox=${bbox.map((degrees) => degrees.toFixed(7)).join(',')}` : '';
    const found = await viewPages(
      `/ogc/collections/${collection}/items${box}`,
      bound,
      (path) => request<FeaturePage>('GET', path),
      nextOf,
    );
    return { ...found, matched: found.matched !== null && found.matched > MOST_COUNTED ? null : found.matched };
  },
  /** Features of these collections by what people call them, at most `limit` of each. */
  find: (query: string, collections: readonly Collection[], limit: number, signal?: AbortSignal) =>
    request<Found>('GET', `/api/find?${queryOf({ q: query, collection: collections.join(), limit })}`, undefined, signal),
  feature: (collection: Collection, id: string) =>
    request<Feature>('GET', `/ogc/collections/${collection}/items/${encodeURIComponent(id)}`),
};

export type Api = typeof api;

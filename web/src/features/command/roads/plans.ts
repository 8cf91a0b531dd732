/**
 * The questions about roads that this desk has open: routes, who is nearest, what is reached. Each is asked again whenever it
 * is changed and whenever roads are closed or opened, until somebody closes it. Plain TypeScript: the panel and the map read
 * the same pictures.
 */
import { ApiError } from '../../../api/client';
import { waysOf } from '../../../api/roads';
import type { ClosuresAnswer, NearestAnswer, NearResource, Profile, ReachAnswer, RoadsApi, RouteAnswer } from '../../../api/roads';
import type { Problem } from '../../../api/types';
import type { LonLat } from '../../../map/datum';

export const MODES = ['route', 'nearest', 'reach'] as const;
export type Mode = (typeof MODES)[number];

/** Minutes that an isochrone is drawn for. */
export const REACH_MINUTES = [5, 10, 15] as const;
/** How many of the nearest are asked for. */
export const NEAREST = 3;
/** How many other ways are asked for where there is no place on the way. */
export const ALTERNATIVES = 2;
/** More open questions than anybody reads. */
export const MOST_PLANS = 8;
/** Most places on the way. */
export const MOST_VIA = 10;
/** What stands in the fields until somebody types: a beginning, no rule. */
export const USUAL_UPWIND: Upwind = { radius_m: 300, wind_from_deg: 0 };
/** How wide the sector around the wind is, degrees: what the server takes unless it is told. */
export const SECTOR_DEG = 120;
export const LEAST_RADIUS_M = 10;
export const MOST_RADIUS_M = 10_000;

/** To the ring around the end, from where the wind comes from. */
export interface Upwind {
  radius_m: number;
  wind_from_deg: number;
}

export type Answer =
  | { mode: 'route'; value: RouteAnswer }
  | { mode: 'nearest'; value: NearestAnswer }
  | { mode: 'reach'; value: ReachAnswer };

export interface Plan {
  id: number;
  mode: Mode;
  profile: Profile;
  /** Of a route its places in order, `null` where one is still to be chosen; of the others the one place. */
  points: readonly (LonLat | null)[];
  /** Of which kind the nearest are. */
  kind: string;
  /** Of a route without places on the way; `null` = to its end itself. */
  upwind: Upwind | null;
  /** The last answer; it stays while the next is asked for, and goes when there is none. */
  answer: Answer | null;
  /** Of a route which of its ways is looked at: 0 is the fastest. */
  chosen: number;
  problem: Problem | null;
  asking: boolean;
  /** How often it was answered anew because roads were closed or opened, and the answer before that. */
  turned: { times: number; before: Answer | null };
}

export interface Picture {
  plans: readonly Plan[];
  active: number | null;
  /** Which place of the active one the next click on the map gives; `null` = clicks choose things. */
  awaits: number | null;
  /** What is closed, as it was read last; `null` before that and where it cannot be read. */
  closures: ClosuresAnswer | null;
}

const FRESH: Record<Mode, readonly null[]> = { route: [null, null], nearest: [null], reach: [null] };
const USUAL: Record<Mode, Profile> = { route: 'fire_engine', nearest: 'ambulance', reach: 'fire_engine' };

/** The place that is missing first; `null` when none is. */
function firstMissing(points: Plan['points']): number | null {
  const at = points.indexOf(null);
  return at < 0 ? null : at;
}

/** How long the answer says that it takes. */
export function secondsOf(answer: Answer | null): number | null {
  if (answer?.mode === 'route') return answer.value.duration_s;
  return answer?.mode === 'nearest' ? (answer.value.items[0]?.duration_s ?? null) : null;
}

/** How long one of the nearest took before the roads changed; `null` where that is not known or was the same to the second. */
export function secondsBefore({ turned }: Pick<Plan, 'turned'>, { id, duration_s }: Pick<NearResource, 'id' | 'duration_s'>): number | null {
  if (turned.before?.mode !== 'nearest') return null;
  const then = turned.before.value.items.find((one) => one.id === id)?.duration_s;
  return then === undefined || Math.round(then) === Math.round(duration_s) ? null : then;
}

export class Plans {
  readonly #api: RoadsApi;
  readonly #listeners = new Set<() => void>();
  readonly #asked = new Map<number, AbortController>();
  #picture: Picture = { plans: [], active: null, awaits: null, closures: null };
  #next = 1;
  #version: number | null = null;
  #reading: AbortController | null = null;

  constructor(api: RoadsApi) {
    this.#api = api;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly picture = (): Picture => this.#picture;

  /** Begins a question; it is the active one, and the next clicks give its places. */
  begin(mode: Mode, points: Plan['points'] = FRESH[mode], profile: Profile = USUAL[mode]): void {
    if (this.#picture.plans.length >= MOST_PLANS) return;
    const id = this.#next++;
    const plan: Plan = {
      id,
      mode,
      profile,
      points,
      kind: 'ambulance',
      upwind: null,
      answer: null,
      chosen: 0,
      problem: null,
      asking: false,
      turned: { times: 0, before: null },
    };
    this.#show({ plans: [...this.#picture.plans, plan], active: id, awaits: firstMissing(points) });
    this.#ask(id);
  }

  activate(id: number): void {
    const plan = this.#plan(id);
    if (plan) this.#show({ active: id, awaits: firstMissing(plan.points) });
  }

  close(id: number): void {
    this.#asked.get(id)?.abort();
    this.#asked.delete(id);
    const plans = this.#picture.plans.filter((plan) => plan.id !== id);
    const active = this.#picture.active === id ? (plans.at(-1)?.id ?? null) : this.#picture.active;
    this.#show({ plans, active, awaits: null });
  }

  /** Nobody waits for a click any more. */
  rest(): void {
    if (this.#picture.awaits !== null) this.#show({ awaits: null });
  }

  change(id: number, change: Partial<Pick<Plan, 'profile' | 'kind' | 'upwind'>>): void {
    this.#put(id, { ...change, turned: { times: 0, before: null } });
    this.#ask(id);
  }

  /** The next click gives this place of the active question. */
  await(place: number): void {
    this.#show({ awaits: place });
  }

  /** A place of a question: chosen, moved, or cleared with `null`. */
  place(id: number, index: number, at: LonLat | null): void {
    const plan = this.#plan(id);
    if (!plan) return;
    const points = plan.points.map((point, i) => (i === index ? at : point));
    this.#put(id, { points, turned: { times: 0, before: null } });
    if (this.#picture.active === id) this.#show({ awaits: firstMissing(points) });
    this.#ask(id);
  }

  /** One more place on the way, before the end; the next click gives it. */
  addVia(id: number): void {
    const plan = this.#plan(id);
    if (!plan || plan.mode !== 'route' || plan.upwind || plan.points.length >= MOST_VIA + 2) return;
    const at = plan.points.length - 1;
    this.#put(id, { points: [...plan.points.slice(0, at), null, ...plan.points.slice(at)] });
    this.#show({ active: id, awaits: at });
  }

  removeVia(id: number, index: number): void {
    const plan = this.#plan(id);
    if (!plan || plan.points.length <= 2) return;
    const points = plan.points.filter((_, i) => i !== index);
    this.#put(id, { points });
    this.#show({ awaits: firstMissing(points) });
    this.#ask(id);
  }

  /** Looks at another way of a route; one that the answer does not have is none. */
  choose(id: number, way: number): void {
    const answer = this.#plan(id)?.answer;
    if (answer?.mode === 'route' && waysOf(answer.value)[way]) this.#put(id, { chosen: way });
  }

  /** The way back. */
  reverse(id: number): void {
    const plan = this.#plan(id);
    if (!plan || plan.mode !== 'route') return;
    this.#put(id, { points: [...plan.points].reverse(), turned: { times: 0, before: null } });
    this.#ask(id);
  }

  /** Roads were closed or opened: everything that is open is asked again. */
  follow(version: number): void {
    if (version === this.#version) return;
    const first = this.#version === null;
    this.#version = version;
    if (first) return;
    for (const { id } of this.#picture.plans) this.#ask(id, true);
    if (this.#picture.plans.length > 0 || this.#picture.closures) void this.readClosures();
  }

  async readClosures(): Promise<void> {
    this.#reading?.abort();
    const reading = (this.#reading = new AbortController());
    try {
      const closures = await this.#api.closures(reading.signal);
      if (!reading.signal.aborted) this.#show({ closures });
    } catch {
      // Whoever asks for a route is told what is wrong; what is closed is then not drawn.
      if (!reading.signal.aborted) this.#show({ closures: null });
    }
  }

  #plan(id: number): Plan | undefined {
    return this.#picture.plans.find((plan) => plan.id === id);
  }

  #put(id: number, change: Partial<Plan>): void {
    this.#show({ plans: this.#picture.plans.map((plan) => (plan.id === id ? { ...plan, ...change } : plan)) });
  }

  #show(change: Partial<Picture>): void {
    this.#picture = { ...this.#picture, ...change };
    for (const listener of this.#listeners) listener();
  }

  #ask(id: number, turning = false): void {
    this.#asked.get(id)?.abort();
    const plan = this.#plan(id);
    if (!plan) return;
    const points = plan.points.filter((point): point is LonLat => point !== null);
    if (points.length < plan.points.length) {
      this.#put(id, { answer: null, problem: null, asking: false });
      return;
    }
    const asked = new AbortController();
    this.#asked.set(id, asked);
    this.#put(id, { asking: true });
    this.#answer(plan, points, asked.signal).then(
      (answer) => {
        if (asked.signal.aborted) return;
        const { answer: before, turned } = this.#plan(id) ?? plan;
        const next = turning ? { times: turned.times + 1, before } : turned;
        this.#put(id, { answer, chosen: 0, problem: null, asking: false, turned: next });
      },
      (error: unknown) => {
        if (asked.signal.aborted) return;
        const problem: Problem =
          error instanceof ApiError ? error.problem : { status: 0, detail: error instanceof Error ? error.message : '' };
        // What was true before the roads changed must not be read as true now.
        this.#put(id, { answer: null, problem, asking: false });
      },
    );
  }

  async #answer({ mode, profile, kind, upwind }: Plan, points: readonly LonLat[], signal: AbortSignal): Promise<Answer> {
    const at = points[0]!;
    switch (mode) {
      case 'route': {
        const via = points.slice(1, -1);
        if (upwind) {
          const toRing = { from: at, approach: { centre: points.at(-1)!, ...upwind, sector_deg: SECTOR_DEG }, via, profile, alternatives: 0 };
          return { mode, value: await this.#api.route(toRing, signal) };
        }
        const asked = { from: at, to: points.at(-1)!, via, profile, alternatives: via.length > 0 ? 0 : ALTERNATIVES };
        return { mode, value: await this.#api.route(asked, signal) };
      }
      case 'nearest':
        return { mode, value: await this.#api.nearest(at, profile, kind, NEAREST, signal) };
      case 'reach':
        return { mode, value: await this.#api.reach(at, profile, REACH_MINUTES.map((m) => m * 60), signal) };
    }
  }
}

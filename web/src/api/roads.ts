/** What the server answers about roads, and how it is asked (`/api/roads/*`). */
import type { LineString, MultiLineString, MultiPolygon } from 'geojson';
import type { LonLat } from '../map/datum';
import { request } from './client';

export const PROFILES = ['fire_engine', 'ambulance', 'hazmat_truck', 'car', 'foot'] as const;
export type Profile = (typeof PROFILES)[number];

/** A sentence of the server's in both languages. */
export interface TextPair {
  zh: string;
  en: string;
}

/** What closes a road: a feature, or an area that the question itself avoids. */
export type ClosedBy =
  | { collection: string; id: string; name?: string; name_en?: string; reason?: string }
  | { avoid: number }
  | number;

export interface RefusedRoad {
  road: string;
  length_m: number;
  geometry: MultiLineString;
  reason?: string;
  closures: ClosedBy[];
  text: TextPair;
}

export interface Instruction {
  manoeuvre: string;
  lon: number;
  lat: number;
  length_m: number;
  duration_s: number;
  text: TextPair;
}

/** One way from the first place to the last. */
export interface Way {
  length_m: number;
  duration_s: number;
  geometry: LineString;
  instructions: Instruction[];
}

/** The fastest way first, then the others. */
export function waysOf(route: RouteAnswer): Way[] {
  return [route, ...(route.alternatives ?? [])];
}

/** A place where a road comes to the ring around a source. */
export interface RingPlace {
  lon: number;
  lat: number;
  road: string;
  road_en: string;
  bearing_deg: number;
  off_wind_deg: number;
  side: 'upwind' | 'crosswind' | 'downwind';
  duration_s?: number;
}

export interface OtherPlace extends RingPlace {
  why: string;
  text: TextPair;
}

export interface RouteAnswer {
  length_m: number;
  duration_s: number;
  geometry: LineString;
  closure_epoch: number;
  instructions: Instruction[];
  refused: RefusedRoad[];
  /** Other ways; absent from a server that knows none. */
  alternatives?: Way[];
  /** Where it comes to the ring, if one was asked for. */
  approach?: { place: RingPlace; others: OtherPlace[]; other_count: number };
  attribution: string;
}

export interface NearResource {
  id?: string;
  name?: string;
  name_en?: string;
  kind?: string;
  lon: number;
  lat: number;
  duration_s: number;
  route?: RouteAnswer;
}

export interface NearestAnswer {
  items: NearResource[];
  asked: number;
  of: number;
  reachable: 'enough' | 'fewer';
  left_out: (Omit<NearResource, 'duration_s'> & { why: 'closed' | 'no_road'; closures: ClosedBy[] })[];
  closure_epoch: number;
  attribution: string;
}

export interface ReachAnswer {
  items: { limit_s: number; length_m: number; area: MultiPolygon }[];
  closure_epoch: number;
  attribution: string;
}

export interface RoadClosure {
  feature: { collection: string; id: string; name?: string; name_en?: string; reason?: string };
  audience: Profile[];
  in_force: boolean;
  since?: string;
  next?: string;
  until?: string;
  edges: number;
  length_m: number;
  geometry: MultiLineString;
}

export interface ClosuresAnswer {
  items: RoadClosure[];
  closure_epoch: number;
  cut: boolean;
  attribution: string;
}

/** What may look wrong in a network when it is made. */
export type NetworkFinding =
  | 'way_without_length'
  | 'place_missing'
  | 'edge_without_length'
  | 'barrier_not_between'
  | 'restriction_unresolved'
  | 'restriction_contradicts'
  | 'restriction_conditional'
  | 'value_unread'
  | 'rule_conditional'
  | 'nearly_joined'
  | 'doubled';

/** A road or gate of the park that does not join the network, or says something that cannot be read. */
export interface OwnFinding {
  kind: string;
  collection: string;
  id: string;
  name?: string;
  name_en?: string;
  lon?: number;
  lat?: number;
  text: TextPair;
}

export interface NetworkAnswer {
  source: string;
  attribution: string;
  junctions: number;
  edges: number;
  length_m: number;
  part_count: number;
  dead_ends: number;
  findings: { kind: NetworkFinding; count: number; places: { lon: number; lat: number }[] }[];
  own: {
    roads: number;
    roads_along: number;
    added_m: number;
    gates: number;
    gates_on_roads: number;
    is_joining: boolean;
    findings: OwnFinding[];
    finding_count: number;
  };
}

/** A circle to arrive at from where the wind comes from. */
export interface ApproachAsked {
  centre: LonLat;
  radius_m: number;
  wind_from_deg: number;
  sector_deg: number;
}

export interface RouteAsked {
  from: LonLat;
  /** One of the two. */
  to?: LonLat;
  approach?: ApproachAsked;
  via: readonly LonLat[];
  profile: Profile;
  alternatives: number;
}

export const roads = {
  route: (asked: RouteAsked, signal?: AbortSignal) => request<RouteAnswer>('POST', '/api/roads/route', asked, signal),
  nearest: (to: LonLat, profile: Profile, kind: string, count: number, signal?: AbortSignal) => {
    const asked = { to, profile, kinds: [kind], count, routes: true };
    return request<NearestAnswer>('POST', '/api/roads/nearest', asked, signal);
  },
  reach: (from: LonLat, profile: Profile, limits: readonly number[], signal?: AbortSignal) =>
    request<ReachAnswer>('POST', '/api/roads/isochrone', { from: [from], profile, limits_s: limits }, signal),
  network: (signal?: AbortSignal) => request<NetworkAnswer>('GET', '/api/roads/network', undefined, signal),
  closures: (signal?: AbortSignal) => request<ClosuresAnswer>('GET', '/api/roads/closures', undefined, signal),
};

export type RoadsApi = typeof roads;

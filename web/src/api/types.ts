/**
 * What goes over the wire, as the server writes it (HTTP JSON, GeoJSON and the text frames of `/live`).
 *
 * These types describe and never check: a field that the server may leave out is optional here, and every reader must
 * live without it. Times are RFC 3339 texts, positions are WGS 84 degrees.
 */

import type { Geometry } from 'geojson';

export type Role = 'commander' | 'monitor' | 'guard' | 'supervisor' | 'admin' | 'device';

/** Who is signed in. */
export interface Session {
  name: string;
  role: Role;
}

/** RFC 9457; `code` is stable, `detail` is for the person. */
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code?: string;
  detail?: string;
  trace_id?: string;
  field?: string;
  value?: unknown;
  limit?: unknown;
  /** From the header of that name: when trying again makes sense. */
  retry_after_s?: number;
}

/** One page of a list; `next` is a path with its query. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}

export type VehicleClass = 'hazmat' | 'goods' | 'ordinary' | 'resident' | 'emergency';
export type Certainty = 'certain' | 'uncertain' | 'unknown';

export interface VehicleFix {
  fixed_at: string;
  received_at: string;
  lon: number;
  lat: number;
  speed_kph?: number | null;
  heading_deg?: number | null;
  marks?: string[];
}

export interface VehicleZone {
  zone: string;
  since: string;
  certainty: Certainty;
}

/** An item of `GET /api/vehicles`; `key` is the number that the binary frames use. */
export interface Vehicle {
  id: string;
  key: number;
  plate?: string | null;
  class?: VehicleClass | null;
  company?: string | null;
  online?: boolean;
  /** Registered itself and was checked by nobody yet. */
  unchecked?: boolean;
  last?: VehicleFix | null;
  zones?: VehicleZone[];
}

export type EventKind =
  | 'enter'
  | 'exit'
  | 'cross'
  | 'dwell'
  | 'must_be_inside'
  | 'speed'
  | 'count'
  | 'zone_changed'
  | 'inside_at_start'
  | 'rule_ended'
  | 'unknown'
  | 'silence'
  | 'frozen'
  | 'clock_wrong'
  | 'engine_mismatch'
  | 'database_lost'
  | 'terminal_alarm';

export interface Subject {
  kind: 'vehicle' | 'person' | 'zone' | 'terminal' | 'sensor' | 'system';
  id?: string | null;
}

export interface Event {
  id: string;
  seq: number;
  kind: EventKind;
  at: string;
  ended_at?: string | null;
  detected_at: string;
  subject: Subject;
  zone?: string | null;
  zone_revision?: number | null;
  rule?: string | null;
  rule_revision?: number | null;
  certainty: Certainty;
  status: 'provisional' | 'final' | 'retracted';
  revises?: string | null;
  late: boolean;
  /** Absent when it has no place. */
  lon?: number;
  lat?: number;
  alarm?: string | null;
  evidence?: Evidence;
}

/** What is known of a silent vehicle's terminal. */
export type SilenceReason = 'lost_signal' | 'connected_without_fix';

/** A fix that an event rests on, as it was judged. */
export interface JudgedFix {
  fixed_at: string;
  lon: number;
  lat: number;
  speed_kph?: number;
  marks: string[];
}

/** Where and when a boundary was met; `margin_m` is how far the deciding fix was from it. */
export interface Crossing {
  at: string;
  lon: number;
  lat: number;
  margin_m: number;
}

/** Why an event stands, as far as the console reads it. */
export interface Evidence {
  fixes?: JudgedFix[];
  crossing?: Crossing;
  /** For `speed`: the highest speed of the interval so far. */
  peak_kph?: number;
  /** Of a silence; absent in events from before it was asked. */
  silence?: SilenceReason;
  /** Of a wrong clock: how far it is ahead, ms; negative when behind. */
  clock_ahead_ms?: number;
}

/** The same said in both languages. */
export interface BothTexts {
  zh: string;
  en: string;
}

/** One figure by which an event was judged. */
export interface Threshold {
  name: string;
  value: number;
  unit: string;
  /** Whether it decided this event; the others were in force beside it. */
  decided: boolean;
  from: 'fix' | 'zone' | 'rule' | 'setting';
  text: BothTexts;
}

export interface ExplainedFix extends JudgedFix {
  place: 'before' | 'after';
  received_at?: string;
  accuracy_m?: number;
  source?: string;
}

/** `GET /api/events/{id}/explain`, as far as the console shows it. */
export interface Explanation {
  event: Event;
  subject: Subject & { plate?: string; class?: VehicleClass; company?: string; goods_class?: string };
  zone?: {
    id: string;
    /** The revision that judged, and the one that stands. */
    revision: number;
    current_revision?: number;
    stored: boolean;
    deleted: boolean;
    name?: string;
    recorded_at?: string;
  };
  rule?: Rule & { stored: boolean };
  fixes: ExplainedFix[];
  crossing?: Crossing;
  path: { reading: 'straight' | 'unknown' | 'standing'; text: BothTexts };
  thresholds: Threshold[];
  alarm: { id?: string; state?: AlarmState; priority?: Priority; why?: string; text: BothTexts };
  why_not_suppressed: { respected: string[]; exemptions: { id: string; why: string; text: BothTexts }[]; text: BothTexts };
  /** Sentences, one a line. */
  text: BothTexts;
}

/** A fix of a track; the line goes through those that say `on_line`. */
export interface TrackFix extends VehicleFix {
  on_line: boolean;
}

/** `GET /api/vehicles/{id}/track`. */
export interface Track {
  properties: { fixes: TrackFix[] };
  next?: string | null;
}

export interface TrackPage {
  fixes: TrackFix[];
  nextMs: number | null;
}

/** A vehicle as a feature: what people keep about it. */
export interface VehicleFeature {
  id: string;
  properties: {
    plate?: string | null;
    /** By name, or by its code in JT/T 697.7. */
    plate_colour?: number | string | null;
    goods_class?: string | null;
    terminal_phone?: string | null;
    tags?: string[];
  };
}

export type TerminalCommand = { kind: 'locate' } | { kind: 'text'; text: string; urgent: boolean };

/** What a terminal answered to a command. */
export interface TerminalAnswer {
  serial: number;
  result: 'done' | 'failed' | 'bad' | 'unsupported';
  position?: { fixed_at: string; lon: number; lat: number; fix_valid: boolean; speed_kph?: number };
}

/** One revision of a feature, as its history lists it. */
export interface FeatureRevision {
  revision: number;
  recorded_at: string;
  by?: string | null;
  action: 'created' | 'changed' | 'deleted';
  feature?: Feature | null;
}

export type AlarmState = 'unacknowledged' | 'acknowledged' | 'returned' | 'shelved' | 'suppressed' | 'closed';
export type Priority = 1 | 2 | 3 | 4;

export interface AlarmLine {
  at: string;
  who?: string | null;
  what: string;
  note?: string | null;
}

export interface Alarm {
  id: string;
  seq: number;
  state: AlarmState;
  priority: Priority;
  kind: EventKind;
  subject: Subject;
  zone?: string | null;
  rule?: string | null;
  late: boolean;
  raised_at: string;
  returned_at?: string | null;
  acknowledged_at?: string | null;
  acknowledged_by?: string | null;
  shelved_until?: string | null;
  closed_at?: string | null;
  result?: string | null;
  events?: string[];
  history?: AlarmLine[];
}

/** How many alarms in a span of time. */
export interface AlarmCount {
  raised: number;
  acknowledged: number;
  closed: number;
}

export interface WaitingAlarm {
  id: string;
  priority: Priority;
  raised_at: string;
  seconds: number;
}

/** How many alarms from an instant on. */
export interface AlarmSpan extends AlarmCount {
  from: string;
}

/** `GET /api/alarms/load`. */
export interface AlarmLoad {
  now: string;
  /** The last 24 hours, the ten minutes that go on last. */
  ten_minutes: AlarmSpan[];
  last: { ten_minutes: AlarmCount; hour: AlarmCount; day: AlarmCount };
  flood: boolean;
  open: number;
  unacknowledged: number;
  shelved: number;
  longest_unacknowledged?: WaitingAlarm;
  oldest_open?: WaitingAlarm;
  benchmarks: { per: 'ten_minutes' | 'hour' | 'day'; acceptable: number; too_much: number; source: string }[];
}

export const COLLECTIONS = [
  'ground',
  'parks',
  'plants',
  'closed-areas',
  'roads',
  'routes',
  'zones',
  'closures',
  'protection-targets',
  'resources',
  'gates',
  'hazard-sources',
] as const;
/** The collections that the map draws, bottom first. */
export type Collection = (typeof COLLECTIONS)[number];

export type ZoneKind = 'hazard' | 'restricted' | 'closed' | 'no_stop' | 'speed' | 'parking' | 'evacuation' | 'staging';
export type RiskLevel = 'red' | 'orange' | 'yellow' | 'blue';

export interface ScheduleItem {
  days: number[];
  from: string;
  to: string;
}

export interface Subjects {
  classes?: VehicleClass[];
  goods?: string[];
  companies?: string[];
  tags?: string[];
}

export interface Rule {
  id: string;
  when: 'enter' | 'exit' | 'cross' | 'dwell' | 'must_be_inside' | 'speed' | 'count';
  subjects?: Subjects | null;
  except?: Subjects | null;
  limit_s?: number | null;
  limit_kph?: number | null;
  limit_n?: number | null;
  window?: ScheduleItem | null;
  exempt?: string[] | null;
  priority: Priority;
  on_delay_s?: number | null;
  off_delay_s?: number | null;
}

/** What Cordon keeps about a feature beside its geometry; which fields stand depends on the collection. */
export interface FeatureProperties {
  name?: string | null;
  /** The name on the English page, where somebody wrote one. */
  name_en?: unknown;
  kind?: string | null;
  level?: RiskLevel | null;
  valid_from?: string | null;
  valid_to?: string | null;
  schedule?: ScheduleItem[] | null;
  rules?: Rule[] | null;
  [other: string]: unknown;
}

export interface Feature {
  type: 'Feature';
  id: string;
  geometry: Geometry | null;
  properties: FeatureProperties;
}

export interface FeatureCollection {
  type: 'FeatureCollection';
  features: Feature[];
  links?: { rel: string; href: string }[];
}

/** What `GET /api/find` found in a collection that the console draws. */
export interface FoundFeature {
  collection: Collection;
  id: string;
  name?: string;
  name_en?: string;
  kind?: string;
  level?: RiskLevel;
}

export interface Found {
  items: FoundFeature[];
  /** How many of each collection fit, listed or not. */
  totals: Partial<Record<Collection, number>>;
  /** Everything was looked at. */
  complete: boolean;
}

/**
 * The text frames of `/live`. `seq` in a frame means: every change of an event or alarm up to this one has been sent.
 */
export type TextFrame =
  | { type: 'hello'; seq: number; now: string; user?: string; role?: Role; alarms?: Alarm[] }
  | { type: 'alarms'; seq: number; items: Alarm[] }
  | { type: 'events'; seq: number; items: Event[] }
  | { type: 'features'; seq?: number; items: FeatureChange[] }
  | { type: 'closures'; seq?: number; epoch: number }
  | {
      type: 'health';
      seq?: number;
      now: string;
      ingest_rate?: number;
      lag_ms?: number;
      /** Why nothing is taken in. */
      not_ready?: string[];
      /** What is doubtful though the server works. */
      warnings?: string[];
    }
  /** The server did not understand what the console sent. */
  | { type: 'error'; code: string; detail: string };

export interface FeatureChange {
  collection: string;
  id: string;
  revision: number;
  deleted: boolean;
}

/**
 * A feature while somebody edits it: what they typed and drew, apart from what the server keeps. Every change is a fresh draft,
 * so that each step can be taken back.
 */
import type { Feature, FeatureProperties } from '../../../api/types';
import type { Editable } from '../editable';
import { DRAWING_MEMBERS, geometryOf, sameShape, shapeOf, type Shape } from './shape';

export interface Draft {
  collection: Editable;
  /** `null` for one that the server does not know yet. */
  id: string | null;
  /** Without what says how it was drawn: that is the shape. */
  properties: FeatureProperties;
  shape: Shape | null;
}

/** What the server keeps, as it was read: the text of its revision, for `If-Match`. */
export interface Base {
  feature: Feature;
  tag: string;
}

export function emptyDraft(collection: Editable): Draft {
  const properties: FeatureProperties =
    collection === 'zones'
      ? { name: '', kind: 'restricted', rules: [] }
      : collection === 'closures'
        ? { name: '', audience: 'all' }
        : { name: '' };
  return { collection, id: null, properties, shape: null };
}

function withoutDrawing(properties: FeatureProperties): FeatureProperties {
  const rest = { ...properties };
  for (const name of DRAWING_MEMBERS) delete rest[name];
  return rest;
}

export function draftOf(collection: Editable, feature: Feature): Draft {
  return {
    collection,
    id: feature.id,
    properties: withoutDrawing(feature.properties),
    shape: shapeOf(feature),
  };
}

/** A member that says nothing is left away: `null`, an empty text, an empty list. */
function saysNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** What is sent. A shape that nobody touched goes back as the geometry that it came as. */
export function featureOf(draft: Draft, base: Feature | null): Omit<Feature, 'id'> & { id?: string } {
  const properties: FeatureProperties = {};
  for (const [name, value] of Object.entries(draft.properties)) if (!saysNothing(value)) properties[name] = value;
  const id = draft.id === null ? {} : { id: draft.id };
  if (base && sameShape(draft.shape, shapeOf(base))) {
    for (const name of DRAWING_MEMBERS) if (name in base.properties) properties[name] = base.properties[name];
    return { type: 'Feature', ...id, geometry: base.geometry, properties };
  }
  if (!draft.shape) return { type: 'Feature', ...id, geometry: null, properties };
  const { geometry, members } = geometryOf(draft.shape);
  return { type: 'Feature', ...id, geometry, properties: { ...properties, ...members } };
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => !saysNothing(member));
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, normal(member)]));
}

/** Whether two values say the same, whatever the order of their members and what is absent or empty. */
export function same(a: unknown, b: unknown): boolean {
  if (saysNothing(a) && saysNothing(b)) return true;
  return JSON.stringify(normal(a)) === JSON.stringify(normal(b));
}

export function sameDraft(a: Draft, b: Draft): boolean {
  return a.id === b.id && sameShape(a.shape, b.shape) && same(a.properties, b.properties);
}

/** Sane limits, those of the server (`data/src/feature/zone.rs`, `rule.rs`). */
export const LIMITS = {
  reach_m: { least: 0.1, most: 100_000 },
  dwell_s: { least: 1, most: 31_536_000 },
  speed_kph: { least: 0.1, most: 500 },
  count_n: { least: 1, most: 100_000 },
  delay_s: { least: 0, most: 86_400 },
  name_chars: 200,
  rules: 50,
  windows: 50,
} as const;

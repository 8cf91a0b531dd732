/** What can be edited: the collections, how each is drawn, and which kinds of thing it holds. */
import type { Shape } from './shape';

export const EDITABLE = [
  'zones',
  'gates',
  'hazard-sources',
  'protection-targets',
  'resources',
  'closed-areas',
  'plants',
  'roads',
  'routes',
  'parks',
] as const;
export type Editable = (typeof EDITABLE)[number];

export function isEditable(name: string): name is Editable {
  return (EDITABLE as readonly string[]).includes(name);
}

/** How a thing may be drawn. */
export type Way = Exclude<Shape['kind'], 'foreign'>;

const AREA: readonly Way[] = ['polygon'];

/** How each collection is drawn, the usual way first. Only zones know circles and corridors; the server keeps the rest as drawn. */
export const WAYS: Record<Editable, readonly Way[]> = {
  zones: ['polygon', 'circle', 'corridor', 'sector'],
  gates: ['point'],
  'hazard-sources': ['point', 'polygon'],
  'protection-targets': ['point', 'polygon'],
  resources: ['point'],
  'closed-areas': AREA,
  plants: ['polygon', 'point'],
  roads: ['line'],
  routes: ['line'],
  parks: AREA,
};

export const ZONE_KINDS = [
  'hazard',
  'restricted',
  'closed',
  'no_stop',
  'speed',
  'parking',
  'evacuation',
  'staging',
] as const;

/** Kinds that are offered; another one may be typed where the server asks for none of its own. */
export const KINDS: Record<Editable, readonly string[]> = {
  zones: ZONE_KINDS,
  gates: ['entrance', 'exit', 'both', 'internal', 'emergency'],
  'hazard-sources': ['tank', 'tank_farm', 'reactor', 'warehouse', 'loading', 'pipeline'],
  'protection-targets': ['village', 'school', 'hospital', 'residence', 'public', 'water'],
  resources: ['fire_station', 'gas_rescue', 'ambulance', 'hospital', 'store', 'water_source', 'shelter'],
  'closed-areas': ['production', 'storage', 'core'],
  plants: ['chemical', 'storage', 'utility', 'logistics'],
  roads: ['main', 'branch', 'fire', 'internal'],
  routes: ['hazmat', 'ordinary', 'emergency'],
  parks: ['chemical_park'],
};

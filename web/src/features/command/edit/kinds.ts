/** How the things of each collection are drawn, and which kinds of them there are. */
import type { Editable } from '../editable';
import type { Shape } from './shape';

/** How a thing may be drawn. */
export type Way = Exclude<Shape['kind'], 'foreign'>;

const AREA: readonly Way[] = ['polygon'];
/** Profiles of the roads, as a closure's audience names them. */
const AUDIENCES = ['all', 'non_emergency', 'hazmat_truck', 'car', 'foot'] as const;

/** How each collection is drawn, the usual way first. Only zones and closures know circles and corridors; the server keeps the rest as drawn. */
export const WAYS: Record<Editable, readonly Way[]> = {
  zones: ['polygon', 'circle', 'corridor', 'sector'],
  closures: ['polygon', 'circle', 'corridor'],
  gates: ['point'],
  'hazard-sources': ['point', 'polygon'],
  'protection-targets': ['point', 'polygon'],
  resources: ['point'],
  'closed-areas': AREA,
  plants: ['polygon', 'point'],
  roads: ['line'],
  routes: ['line', 'corridor'],
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

/** Kinds that are offered, as the demo's park and DOMAIN's model name them; a feature keeps another one that it has. */
export const KINDS: Record<Editable, readonly string[]> = {
  zones: ZONE_KINDS,
  closures: [],
  gates: ['ordinary', 'hazmat', 'goods', 'people', 'emergency'],
  'hazard-sources': ['production', 'storage', 'tank', 'tank_farm', 'warehouse'],
  'protection-targets': [
    'village',
    'residential',
    'school',
    'kindergarten',
    'hospital',
    'care_home',
    'market',
    'office',
    'water_source',
    'nature',
  ],
  resources: [
    'fire_station',
    'fire_team',
    'gas_rescue',
    'ambulance',
    'hospital',
    'store',
    'water_source',
    'hydrant',
    'fire_pond',
    'shelter',
    'team',
    'equipment',
  ],
  'closed-areas': ['general', 'critical', 'core'],
  plants: ['works', 'storage', 'warehouse', 'plant'],
  roads: ['road'],
  routes: ['hazmat', 'evacuation', 'emergency', 'ordinary'],
  parks: ['park'],
};

/** Further members with a fixed choice of words. */
export const CHOICES: Partial<Record<Editable, Record<string, readonly string[]>>> = {
  gates: { direction: ['in', 'out', 'both'], state: ['open', 'controlled', 'closed'] },
  closures: { audience: AUDIENCES },
  resources: { state: ['available', 'committed', 'out'] },
};

/**
 * What sort of thing a feature is, from what people wrote about it: its sign and the layer that it is switched with.
 *
 * People name kinds in their own ways ("fire_station", "fire-station", UN class 2.3), so words are looked for. What nobody
 * can read gets the plain sign of its collection: a thing without a sign of its own is still a thing.
 */
import type { Collection, Feature, FeatureProperties, VehicleClass } from '../api/types';
import { GATE_CLASSES, GATE_STATES } from './signs';

/** Words, in the order in which they are looked for, and what they say. */
type Words = readonly (readonly [RegExp, string])[];

const HAZARDS: Words = [
  [/explos|^1(\.|$)|爆/, 'explosive'],
  [/toxic|poison|^2\.3|^6\.1|毒/, 'toxic'],
  [/oxidi|^5\.|氧化/, 'oxidising'],
  [/corros|^8(\.|$)|腐蚀/, 'corrosive'],
  [/flammable[_ ]gas|^2\.1|可燃气|易燃气/, 'gas'],
  [/flammable|^3(\.|$)|^4\.|易燃|可燃/, 'flammable'],
];

const RESOURCES: Words = [
  [/gas|气防/, 'gas-rescue'],
  [/ambulance|first_aid|120|急救/, 'ambulance'],
  [/hospital|clinic|medical|医院/, 'hospital'],
  [/hydrant|water|pond|intake|水/, 'water'],
  [/store|stock|warehouse|suppl|material|foam|库/, 'store'],
  [/shelter|muster|assembly|staging|避难|集结|集合/, 'shelter'],
  [/engine|equipment|vehicle|truck|crane|车/, 'engine'],
  [/fire|消防/, 'fire'],
  [/team|expert|crew|队|专家/, 'team'],
];

const TARGETS: Words = [
  [/school|kinder|college|学校|幼儿园/, 'school'],
  [/hospital|clinic|医院/, 'clinic'],
  [/village|care_home|elder|resident|home|housing|communit|town|村|居民|小区/, 'homes'],
  [/office|government|station|market|mall|办公|车站/, 'office'],
  [/water|river|intake|reservoir|水/, 'waters'],
  [/nature|wetland|forest|park|保护区/, 'nature'],
];

function find(words: Words, texts: readonly unknown[], otherwise: string): string {
  for (const text of texts) {
    if (typeof text !== 'string' && typeof text !== 'number') continue;
    const said = String(text).trim().toLowerCase().replaceAll(/[\s-]+/g, '_');
    const known = words.find(([word]) => word.test(said));
    if (known) return known[1];
  }
  return otherwise;
}

/** The goods classes of what a hazard source holds. */
function substanceClasses({ substances }: FeatureProperties): unknown[] {
  if (!Array.isArray(substances)) return [];
  return substances.map((held: unknown) =>
    typeof held === 'object' && held !== null ? ((held as Record<string, unknown>)['goods_class'] ?? held) : held,
  );
}

/** The worst of several substances, in the order of the words above. */
function worst(classes: readonly unknown[]): string | undefined {
  const named = classes.map((one) => find(HAZARDS, [one], ''));
  return HAZARDS.map(([, name]) => name).find((name) => named.includes(name));
}

/** The substance class of a hazard source, by UN class or by words; of several substances the worst. */
export function hazardClass(properties: FeatureProperties): string {
  const held = worst(substanceClasses(properties));
  if (held) return held;
  const { substance_class, goods_class, un_class, class: named, hazard, kind } = properties;
  return find(HAZARDS, [substance_class, goods_class, un_class, named, hazard, kind], 'tank');
}

export function resourceKind({ kind, class: named, type }: FeatureProperties): string {
  return find(RESOURCES, [kind, named, type], 'help');
}

export function targetKind({ kind, class: named, type }: FeatureProperties): string {
  return find(TARGETS, [kind, named, type], 'place');
}

export function gateClass(properties: FeatureProperties): string {
  const words: Words = [
    [/hazmat|dangerous|危/, 'hazmat'],
    [/goods|cargo|freight|货/, 'goods'],
    [/person|people|pedestrian|staff|人/, 'person'],
    [/emergency|fire|应急|消防/, 'emergency'],
  ];
  const { gate_class, class: named, kind } = properties;
  return find(words, [gate_class, named, kind], GATE_CLASSES[0]);
}

/** A gate of which nobody said anything is one that is watched. */
export function gateState({ state, status }: FeatureProperties): string {
  const said = [state, status].find((text) => typeof text === 'string');
  return GATE_STATES.find((known) => known === said) ?? 'controlled';
}

/** The sign of a feature; `null` for what is drawn as ground. */
export function signOf(collection: Collection, properties: FeatureProperties): string | null {
  switch (collection) {
    case 'hazard-sources':
      return `hazard-${hazardClass(properties)}`;
    case 'resources':
      return `resource-${resourceKind(properties)}`;
    case 'protection-targets':
      return `target-${targetKind(properties)}`;
    case 'gates':
      return `gate-${gateClass(properties)}-${gateState(properties)}`;
    default:
      return null;
  }
}

/** Layers of the tree, by group. A leaf is `group.name`. The order is that of the tree and of the number keys. */
export const GROUPS = {
  zones: ['red', 'orange', 'yellow', 'blue', 'plain'],
  hazards: ['toxic', 'gas', 'flammable', 'corrosive', 'oxidising', 'explosive', 'tank'],
  access: ['gates', 'closed-areas', 'closures', 'routes'],
  vehicles: ['hazmat', 'goods', 'ordinary', 'resident', 'emergency', 'unknown', 'moving', 'standing', 'quiet'],
  resources: ['fire', 'gas-rescue', 'ambulance', 'hospital', 'store', 'water', 'shelter', 'team', 'engine', 'help'],
  targets: ['homes', 'school', 'clinic', 'office', 'waters', 'nature', 'place'],
  ground: ['plants', 'roads', 'buildings'],
} as const;
export type Group = keyof typeof GROUPS;
export type Leaf = { [G in Group]: `${G}.${(typeof GROUPS)[G][number]}` }[Group];
export const GROUP_NAMES = Object.keys(GROUPS) as readonly Group[];
export const LEAVES: readonly Leaf[] = GROUP_NAMES.flatMap((group) => leavesOf(group));

export function leavesOf(group: Group): readonly Leaf[] {
  return GROUPS[group].map((name) => `${group}.${name}` as Leaf);
}

/** Ground that carries the picture: it is never switched off. */
const CARRIES = /^(sea|water|river|pond|land|coast|green|field|wood|wetland|park|quay|beach)$/;

/** The leaf that a feature is switched with; `null` for what is always shown. */
export function leafOf(collection: Collection, { properties }: Pick<Feature, 'properties'>): Leaf | null {
  switch (collection) {
    case 'zones':
      return `zones.${properties.level ?? 'plain'}`;
    case 'hazard-sources':
      return `hazards.${hazardClass(properties)}` as Leaf;
    case 'resources':
      return `resources.${resourceKind(properties)}` as Leaf;
    case 'protection-targets':
      return `targets.${targetKind(properties)}` as Leaf;
    case 'gates':
    case 'closed-areas':
    case 'closures':
    case 'routes':
      return `access.${collection}`;
    case 'plants':
    case 'roads':
      return `ground.${collection}`;
    case 'ground':
      return CARRIES.test(String(properties.kind ?? '')) ? null : 'ground.buildings';
    case 'parks':
      return null;
  }
}

/** Classes of vehicles as the fleet's column counts them; 0 is a vehicle of which no class is known. */
export const VEHICLE_CLASSES = ['unknown', 'hazmat', 'goods', 'ordinary', 'resident', 'emergency'] as const;

export function classCode(name: VehicleClass | null | undefined): number {
  return Math.max(0, VEHICLE_CLASSES.indexOf(name ?? 'unknown'));
}

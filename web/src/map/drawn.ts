/**
 * Features as the map's sources take them: the geometry, and the few words that the style reads. Everything that needs a
 * thought (sort, sign, name in the page's language, whether a zone holds now) is decided here, so that the style only paints.
 *
 * A feature that carries a sign or a name gets a point of its own beside its area or line, so that it is named once.
 */
import type { Feature as GeoFeature, FeatureCollection } from 'geojson';
import type { Collection, Feature, FeatureProperties } from '../api/types';
import type { Language } from '../i18n';
import { anchorOf, cornerOf } from './anchor';
import { holdsAt } from './open-hours';
import { levelBadge } from './patterns';
import { leafOf, signOf, type Leaf } from './sort-of';

export interface DrawnInput {
  language: Language;
  /** The server's time, ms: zones with opening hours look otherwise outside them. */
  nowMs: number;
  shows: (leaf: Leaf | null) => boolean;
  /** Shown whatever is switched off. */
  chosen: string | null;
}

/** What people call a feature, in the page's language where somebody wrote it. */
export function nameOf(properties: FeatureProperties, language: Language): string {
  const { name, name_en } = properties;
  const english = typeof name_en === 'string' && name_en !== '' ? name_en : undefined;
  return (language === 'en' ? english : undefined) ?? name ?? english ?? '';
}

/** Collections whose lines and areas carry a name at a point. Roads and routes are named along their line. */
const NAMED: readonly Collection[] = [
  'parks',
  'plants',
  'closed-areas',
  'zones',
  'closures',
  'hazard-sources',
  'protection-targets',
  'resources',
  'gates',
  'ground',
];

const GRADES: readonly unknown[] = ['I', 'II', 'III', 'IV'];
/** A hazard source's grade in words: as a bare numeral it would be taken for the level of the zone around it. */
const GRADE_WORDS: Record<Language, readonly string[]> = {
  'zh-CN': ['一级', '二级', '三级', '四级'],
  en: ['grade I', 'grade II', 'grade III', 'grade IV'],
};

/** The grade of a hazard source, however it was written. */
function grade({ grade: written, r_grade, hazard_grade }: FeatureProperties, language: Language): string {
  const said = [written, r_grade, hazard_grade].find((value) => value !== undefined && value !== null);
  const at = typeof said === 'number' ? said - 1 : GRADES.indexOf(said);
  return GRADE_WORDS[language][at] ?? '';
}

function truth(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value !== '' && value !== 'no' && value !== 'false');
}

function roadWords(properties: FeatureProperties): Record<string, unknown> {
  const { class: named, highway, kind, structure, bridge, tunnel, tunnel_category } = properties;
  const road = [named, highway, kind].find((value) => typeof value === 'string' && value !== 'road') ?? 'road';
  const under = structure === 'tunnel' || truth(tunnel) || truth(tunnel_category);
  return {
    road,
    lies: under ? 'tunnel' : structure === 'bridge' || truth(bridge) ? 'bridge' : 'ground',
  };
}

function words(collection: Collection, feature: Feature, input: DrawnInput): Record<string, unknown> {
  const { properties } = feature;
  const common = {
    id: feature.id,
    name: nameOf(properties, input.language),
    kind: String(properties.kind ?? ''),
  };
  switch (collection) {
    case 'zones':
      return { ...common, level: properties.level ?? '', holds: holdsAt(properties, input.nowMs) };
    case 'closures':
      return { ...common, holds: holdsAt(properties, input.nowMs) };
    case 'roads':
      return { ...common, ...roadWords(properties) };
    case 'hazard-sources':
      return { ...common, sign: signOf(collection, properties), grade: grade(properties, input.language) };
    default:
      return { ...common, sign: signOf(collection, properties) ?? '' };
  }
}

/** The features of a collection that are to be drawn. Those without a geometry are not. */
export function drawn(collection: Collection, features: readonly Feature[], input: DrawnInput): FeatureCollection {
  const out: GeoFeature[] = [];
  for (const feature of features) {
    const { geometry } = feature;
    if (!geometry) continue;
    if (!input.shows(leafOf(collection, feature)) && feature.id !== input.chosen) continue;
    const properties = words(collection, feature, input);
    out.push({ type: 'Feature', geometry, properties });
    if (geometry.type === 'Point' || !NAMED.includes(collection)) continue;
    // Most of the ground, a house or a field, has neither name nor sign.
    if (collection === 'ground' && properties['name'] === '') continue;
    const at = anchorOf(geometry);
    if (at) out.push({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties });
    const corner = collection === 'zones' && properties['level'] !== '' ? cornerOf(geometry) : null;
    if (corner) {
      const badge = { ...properties, badge: levelBadge(String(properties['level'])) };
      out.push({ type: 'Feature', geometry: { type: 'Point', coordinates: corner }, properties: badge });
    }
  }
  return { type: 'FeatureCollection', features: out };
}

/** Whether what is drawn of these zones changes with the clock alone. */
export function followsClock(features: readonly Feature[]): boolean {
  return features.some(({ properties }) => properties.schedule?.length || properties.valid_from || properties.valid_to);
}

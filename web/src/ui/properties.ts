/** What somebody wrote about a feature, as rows of a card in the page's language. Pure: words in, words out. */
import type { Collection, FeatureProperties } from '../api/types';
import { translateName, type Key, type Language, type Translate } from '../i18n';

export interface PropertyRow {
  name: string;
  value: string;
}

/** Shown elsewhere on the card, or nothing that a person reads. */
const SILENT = new Set(['name', 'name_en', 'rules', 'revision', 'etag']);
/** What somebody asks first stands first: the server keeps members by their names, which is no order for a reader. */
const FIRST = [
  'kind',
  'class',
  'grade',
  'level',
  'state',
  'status',
  'substance',
  'substances',
  'goods_class',
  'un',
  'inventory_t',
  'quantity_t',
  'people',
  'population',
  'persons',
  'people_day',
  'people_night',
  'people_500m',
  'phone',
  'duty_phone',
  'contact',
  'responsible',
  'company',
  'enterprise',
  'plant',
  'direction',
];
/** More text than this is a document, not a property. */
const LONGEST = 400;
/** Between things that have parts of their own. */
const APART = ' · ';

export function collectionName(collection: Collection, t: Translate): string {
  return t(`collection.${collection}` as Key);
}

/** Properties that hold the id of another feature, and where that one is kept. */
export const REFERENCES: Readonly<Record<string, Collection>> = {
  plant: 'plants',
  enterprise: 'plants',
  park: 'parks',
  parent: 'closed-areas',
  closed_area: 'closed-areas',
  zone: 'zones',
  gate: 'gates',
  route: 'routes',
};

/** Looks up what an id in a property names; `undefined` when nobody is called so. */
export type Referred = (property: string, id: string) => string | undefined;

/** "pump_l_s" is what the interface calls it; a name that the dictionary does not have is shown as it was written. */
export function propertyName(name: string, t: Translate): string {
  return translateName(t, 'property', name, () => name.replaceAll('_', ' '));
}

// Made once: a table asks for thousands of them.
const NUMBERS: Readonly<Record<Language, Intl.NumberFormat>> = {
  'zh-CN': new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 6 }),
  en: new Intl.NumberFormat('en', { maximumFractionDigits: 6 }),
};

/** A word of the interface ("fire_station") in the page's language; everything else as it was written. */
function wordOf(text: string, t: Translate): string {
  const known = translateName(t, 'word', text.toLowerCase().replaceAll(/[\s-]+/g, '_'), () => text);
  return known.length > LONGEST ? `${known.slice(0, LONGEST)}…` : known;
}

export function valueText(value: unknown, language: Language, t: Translate): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return t(value ? 'word.yes' : 'word.no');
  if (typeof value === 'number') return NUMBERS[language].format(value);
  if (typeof value === 'string') return wordOf(value, t);
  if (Array.isArray(value)) {
    const parts = value.flatMap((one) => valueText(one, language, t) ?? []);
    const things = value.some((one) => typeof one === 'object');
    return parts.length ? parts.join(things ? APART : t('list.separator')) : null;
  }
  return partsText(value as Record<string, unknown>, language, t);
}

/** A thing within a thing: its name, then what is said of it. */
function partsText(value: Record<string, unknown>, language: Language, t: Translate): string | null {
  const { name, name_en } = value;
  const called = (language === 'en' ? name_en : undefined) ?? name;
  const parts = Object.entries(value).flatMap(([property, inner]) => {
    if (SILENT.has(property) || property.endsWith('_en')) return [];
    const text = valueText(inner, language, t);
    return text === null ? [] : [`${propertyName(property, t)} ${text}`];
  });
  if (typeof called !== 'string') return parts.length ? parts.join(t('list.separator')) : null;
  return parts.length ? t('card.part', { name: called, parts: parts.join(t('list.separator')) }) : called;
}

/** Its place among what somebody asks first. */
export function rankOf(name: string): number {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
}

/** What is asked first, then the rest in the order in which it came; `…_en` stands in for its Chinese in English. */
export function propertyRows(
  properties: FeatureProperties,
  language: Language,
  t: Translate,
  referred: Referred = () => undefined,
): PropertyRow[] {
  const rows: PropertyRow[] = [];
  const ranked = Object.entries(properties).sort(([a], [b]) => rankOf(a) - rankOf(b));
  for (const [name, value] of ranked) {
    if (SILENT.has(name) || name.endsWith('_en')) continue;
    const english = properties[`${name}_en`];
    const named = typeof value === 'string' ? referred(name, value) : undefined;
    const text = named ?? valueText(language === 'en' && english ? english : value, language, t);
    if (text !== null) rows.push({ name: propertyName(name, t), value: text });
  }
  return rows;
}

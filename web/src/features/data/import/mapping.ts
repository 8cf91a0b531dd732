/** Which property each field of a file becomes: guessed by equal names, corrected by hand, remembered on this desk. */
import type { FileField, PropertySchema } from '../../../api/imports';

/** Where a field goes: a property's name; or one of the two below. */
export type Target = string;
/** It is left out. */
export const LEFT_OUT = '';
/** It holds the features' ids. */
export const AS_ID = '#id';

export type Mapping = Readonly<Record<string, Target>>;

/** What surveys call things beside the titles of the data model. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  kind: ['类型', '种类', 'type'],
  level: ['等级', '级别'],
  grade: ['等级', '级别'],
  name: ['名字', '标题', 'title'],
  contact: ['电话', '联系电话'],
  owner: ['单位', '负责单位'],
};
const ALSO_ID: readonly string[] = ['id', '编号', '编码', 'fid'];

/** "名称 Name" in its two languages. */
export function titlesOf(title: string): { zh: string; en: string } {
  const parts = /^(.*[\u2e80-\u9fff\uff00-\uffef])\s+(.*)$/.exec(title);
  return parts ? { zh: parts[1]!, en: parts[2]! } : { zh: title, en: title };
}

/** Without what people write in one way or another: case, blanks, signs, the unit in brackets. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[（(].*?[)）]/g, '')
    .replace(/[\s_\-,，.]/g, '');
}

/** A field's name that the wire can carry: `field=property,…` has no way to write these. */
export function isSendable(field: string): boolean {
  return !/[,=]/.test(field) && field.trim() === field && field !== '';
}

/** A property that is called as the field is; else the field keeps its name. No property is given twice. */
export function guessed(fields: readonly FileField[], schema: Readonly<Record<string, PropertySchema>>): Mapping {
  const taken = new Set<Target>();
  const found: Record<string, Target> = {};
  const called = new Map<string, string[]>();
  const call = (name: string, property: string) => called.set(plain(name), [...(called.get(plain(name)) ?? []), property]);
  for (const [property, { title }] of Object.entries(schema)) {
    call(property, property);
    const { zh, en } = titlesOf(title ?? property);
    for (const name of [zh, en, ...(ALSO[property] ?? [])]) call(name, property);
  }
  // Exactly the property's name before all that is merely like it.
  for (const { name } of fields) {
    if (schema[name] && !taken.has(name)) {
      taken.add(name);
      found[name] = name;
    }
  }
  for (const { name } of fields) {
    if (found[name] !== undefined || !isSendable(name)) continue;
    const property = (called.get(plain(name)) ?? []).find((one) => !taken.has(one));
    if (property !== undefined) {
      taken.add(property);
      found[name] = property;
    }
  }
  const id = fields.find(({ name }) => found[name] === undefined && ALSO_ID.includes(plain(name)) && isSendable(name));
  if (id) found[id.name] = AS_ID;
  for (const { name } of fields) found[name] ??= name;
  return found;
}

/** What is sent of it: only what differs from the server's own reading. */
export function queryOf(mapping: Mapping): { map: string | undefined; id_field: string | undefined } {
  const entries = Object.entries(mapping).filter(([field]) => isSendable(field));
  const id = entries.find(([, target]) => target === AS_ID)?.[0];
  const pairs = entries.filter(([field, target]) => target !== AS_ID && target !== field).map(([field, target]) => `${field}=${target}`);
  // Where no field holds ids, one called `id` must not be taken for it: a name that no field has.
  const none = id === undefined && mapping['id'] !== undefined ? '#' : undefined;
  return { map: pairs.length > 0 ? pairs.join(',') : undefined, id_field: id === 'id' ? undefined : (id ?? none) };
}

/** Properties that more than one field would become: the last one would win unseen. */
export function twice(mapping: Mapping): string[] {
  const targets = Object.values(mapping).filter((target) => target !== LEFT_OUT);
  return [...new Set(targets.filter((target, i) => targets.indexOf(target) !== i))];
}

const STORED_AS = 'cordon.import.mappings';
/** The oldest are forgotten. */
const MOST_REMEMBERED = 40;

type Stored = [key: string, mapping: Mapping][];

function keyOf(collection: string, fields: readonly FileField[]): string {
  return [collection, ...fields.map(({ name }) => name).sort()].join('\n');
}

function stored(): Stored {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '[]');
    return Array.isArray(kept) ? (kept as Stored) : [];
  } catch {
    // Storage may be forbidden, or hold what another version wrote: what is guessed serves.
    return [];
  }
}

/** What a person chose for this collection and this set of fields. */
export function recalled(collection: string, fields: readonly FileField[]): Mapping | null {
  const kept = stored().find((entry) => Array.isArray(entry) && entry[0] === keyOf(collection, fields))?.[1];
  const fits = kept !== undefined && fields.every(({ name }) => typeof kept[name] === 'string');
  return fits ? kept : null;
}

export function remember(collection: string, fields: readonly FileField[], mapping: Mapping): void {
  const key = keyOf(collection, fields);
  const others = stored().filter((entry) => Array.isArray(entry) && entry[0] !== key);
  try {
    localStorage.setItem(STORED_AS, JSON.stringify([[key, mapping], ...others].slice(0, MOST_REMEMBERED)));
  } catch {
    // It holds for this file; the next one is guessed again.
  }
}

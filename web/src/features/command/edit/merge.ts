/**
 * Two people changed the same feature: what each of them changed since the revision that both began from, and what stands in
 * the end. Fields are the smallest parts that make sense alone: a member, the drawing as a whole, each rule by its id.
 */
import type { Rule } from '../../../api/types';
import { same, type Draft } from './draft';
import { sameShape, type Shape } from './shape';

/** `shape`, the name of a member, or `rules/` and a rule's id. */
export type Field = string;
export type Side = 'mine' | 'theirs';

export interface FieldChange {
  field: Field;
  base: unknown;
  mine: unknown;
  theirs: unknown;
  /** Who touched it. `both` where both did the same. */
  by: Side | 'both' | 'conflict';
}

const RULE = 'rules/';

function rulesOf(draft: Draft): readonly Rule[] {
  return draft.properties.rules ?? [];
}

export function valueOf(draft: Draft, field: Field): unknown {
  if (field === 'shape') return draft.shape;
  if (field.startsWith(RULE)) return rulesOf(draft).find((rule) => rule.id === field.slice(RULE.length));
  return draft.properties[field];
}

function equal(field: Field, a: unknown, b: unknown): boolean {
  return field === 'shape' ? sameShape(a as Shape | null, b as Shape | null) : same(a, b);
}

export function fieldsOf(...drafts: readonly Draft[]): Field[] {
  const fields = new Set<Field>(['shape']);
  for (const draft of drafts) {
    for (const name of Object.keys(draft.properties)) if (name !== 'rules') fields.add(name);
    for (const rule of rulesOf(draft)) fields.add(RULE + rule.id);
  }
  return [...fields];
}

/** The fields in which two drafts differ. */
export function changedFields(from: Draft, to: Draft): Field[] {
  return fieldsOf(from, to).filter((field) => !equal(field, valueOf(from, field), valueOf(to, field)));
}

/** What each of the two changed. */
export function compare(base: Draft, mine: Draft, theirs: Draft): FieldChange[] {
  return fieldsOf(base, mine, theirs).flatMap((field) => {
    const [b, m, t] = [base, mine, theirs].map((draft) => valueOf(draft, field));
    const [byMe, byThem] = [!equal(field, b, m), !equal(field, b, t)];
    if (!byMe && !byThem) return [];
    const by = byMe && byThem ? (equal(field, m, t) ? 'both' : 'conflict') : byMe ? 'mine' : 'theirs';
    return [{ field, base: b, mine: m, theirs: t, by } satisfies FieldChange];
  });
}

/** Whose value stands: of what only one touched theirs, of what both touched as is chosen, mine unless said. */
export function merge(base: Draft, mine: Draft, theirs: Draft, choices: Readonly<Record<Field, Side>>): Draft {
  const sideOf = (change: FieldChange): Side => choices[change.field] ?? (change.by === 'theirs' ? 'theirs' : 'mine');
  const chosen = new Map(compare(base, mine, theirs).map((change) => [change.field, sideOf(change)]));
  const pick = (field: Field): unknown => valueOf(chosen.get(field) === 'theirs' ? theirs : mine, field);
  const properties: Draft['properties'] = {};
  for (const field of fieldsOf(base, mine, theirs)) {
    if (field === 'shape' || field.startsWith(RULE)) continue;
    const value = pick(field);
    if (value !== undefined) properties[field] = value;
  }
  const order = [...new Set([...rulesOf(mine), ...rulesOf(theirs)].map((rule) => rule.id))];
  const rules = order.map((id) => pick(RULE + id) as Rule | undefined).filter((rule) => rule !== undefined);
  if (rules.length || mine.properties.rules) properties.rules = rules;
  return { ...mine, properties, shape: pick('shape') as Shape | null };
}

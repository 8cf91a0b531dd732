/**
 * What the server says of a refusal in words that a person knows: which field by the name it has on the screen, what is
 * allowed without the codes of the data. What it says in another way stays as it says it.
 */
import type { Problem } from '../api/types';
import { isKey, translateName, type Translate } from '../i18n';
import { problemText } from './problem';

/** Words that a field may hold, by its last member. */
const VOCABULARY: Readonly<Record<string, readonly string[]>> = {
  kind: ['zonekind', 'word'],
  level: ['level'],
  when: ['kindname'],
  class: ['class'],
  classes: ['class'],
  goods: ['goods'],
  goods_class: ['goods'],
  exempt: ['exempt'],
  type: ['geometry'],
};

/** How the limits of the data model begin, and what they are on the screen. */
const SHAPES = [
  ['a number that is not negative', 'edit.limit.amount'],
  ['true or false', 'edit.limit.flag'],
  ['a date such as', 'edit.limit.date'],
  ['18 characters of', 'edit.limit.uscc'],
  ['a CAS number', 'edit.limit.cas'],
  ['four digits', 'edit.limit.un'],
] as const;

/** The member that a path ends with, without its place in a list. */
function lastOf(path: string): string {
  return path.split('.').at(-1)!.replace(/\[\d+\]$/, '');
}

function memberText(path: string, t: Translate): string {
  const name = lastOf(path);
  for (const prefix of ['edit.field', 'edit.member']) if (isKey(`${prefix}.${name}`)) return translateName(t, prefix, name, () => name);
  return name;
}

/** `properties.rules[1].limit_kph` is the speed limit of the second rule. */
export function placeText(path: string, t: Translate): string {
  if (/^geometry\b/.test(path)) return t('edit.field.shape');
  const rule = /^properties\.rules\[(\d+)\](?:\.(.+))?$/.exec(path);
  if (rule) {
    const n = Number(rule[1]) + 1;
    return rule[2] === undefined ? t('edit.where.rule', { n }) : t('edit.where.of.rule', { n, what: memberText(rule[2], t) });
  }
  const window = /^properties\.schedule\[(\d+)\](?:\.(.+))?$/.exec(path);
  if (window) {
    const n = Number(window[1]) + 1;
    return window[2] === undefined
      ? t('edit.where.window', { n })
      : t('edit.where.of.window', { n, what: memberText(window[2], t) });
  }
  return memberText(path, t);
}

/** One word of a field, as the screen calls it. */
function wordText(path: string, word: string, t: Translate): string {
  for (const prefix of VOCABULARY[lastOf(path)] ?? []) if (isKey(`${prefix}.${word}`)) return translateName(t, prefix, word, () => word);
  return word;
}

/** The value that was refused. */
export function refusedValue(path: string, value: unknown, t: Translate): string {
  const text = String(value ?? '').replace(/^"(.*)"$/, '$1');
  return wordText(path, text, t);
}

/** What is allowed. */
export function limitText(path: string, limit: string, t: Translate): string {
  const range = /^(a number|a whole number|whole seconds|km\/h) from (\S+) to (\S+)$/.exec(limit);
  if (range) {
    const [, what, from = '', to = ''] = range;
    const unit = { 'a number': 'number', 'a whole number': 'whole', 'whole seconds': 'seconds' }[what ?? ''] ?? 'kph';
    return t(`edit.limit.${unit as 'number' | 'whole' | 'seconds' | 'kph'}`, { from, to });
  }
  const metres = /in metres, (\S+) to (\S+)$/.exec(limit);
  if (metres) return t('edit.limit.metres', { from: metres[1]!, to: metres[2]! });
  const most = /^at most (\d+) (characters|entries|bytes|geometries)$/.exec(limit);
  if (most) return t(`edit.limit.${most[2] as 'characters' | 'entries' | 'bytes' | 'geometries'}`, { n: most[1]! });
  if (limit.startsWith('a time with its offset by RFC 3339')) return t('edit.limit.time');
  if (limit === 'a time after properties.valid_from') return t('edit.limit.after');
  const meant = /^properties(?:\.\w+(?:\[\d+\])?)+$/.test(limit);
  if (meant) return t('edit.limit.meant', { what: placeText(limit, t), name: lastOf(limit) });
  const reference = /^the id of a feature of ([\w-]+) that (exists|is not this one, nor part of it)$/.exec(limit);
  if (reference) {
    const of = translateName(t, 'data.of', reference[1]!, () => reference[1]!);
    return t(reference[2] === 'exists' ? 'edit.limit.reference' : 'edit.limit.whole_of', { of });
  }
  const other = /^(more than|at least) (properties\.\w+)$/.exec(limit);
  if (other) return t(other[1] === 'more than' ? 'edit.limit.above' : 'edit.limit.least', { what: memberText(other[2]!, t) });
  const shape = SHAPES.find(([begin]) => limit.startsWith(begin));
  if (shape) return t(shape[1]);
  if (limit === 'a number') return t('edit.limit.any_number');
  const kind = { 'a text': 'text', 'a list': 'list', 'an object': 'object' }[limit];
  if (kind) return t(`edit.limit.${kind as 'text' | 'list' | 'object'}`);
  if (/^\w+(?:, \w+)*(?: or \w+)?$/.test(limit)) {
    const words = limit.split(/, | or /);
    return words.map((word) => wordText(path, word, t)).join(t('list.separator'));
  }
  return limit;
}

/** The field of a problem without what stands around a feature in a collection. */
export function fieldOf(problem: Problem | null): string {
  return (problem?.field ?? '').replace(/^(zone\.|features\[\d+\]\.)/, '');
}

/** What is wrong, with the value and what is allowed. */
export function refusalText(problem: Problem, t: Translate): string {
  const key = `edit.refused.${problem.code ?? ''}`;
  if (problem.field === undefined || !isKey(key)) {
    return problem.field === undefined || problem.limit === undefined
      ? problemText(problem, t)
      : t('edit.refused.other', { detail: problem.detail ?? '' });
  }
  const field = fieldOf(problem);
  return t(key, {
    field: placeText(field, t),
    value: refusedValue(field, problem.value, t),
    limit: limitText(field, String(problem.limit ?? ''), t),
    detail: problem.detail ?? '',
  });
}

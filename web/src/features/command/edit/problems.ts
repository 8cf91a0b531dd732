/** Where a refusal of the server belongs in the form: `properties.rules[2].limit_s` is the third rule's limit. */
import type { Problem } from '../../../api/types';
import { isKey, type Translate } from '../../../i18n';
import { problemText } from '../../../ui/problem';
import { limitText, placeText, refusedValue } from './refused-words';

export const TABS = ['shape', 'form', 'time', 'rules', 'check', 'history'] as const;
export type Tab = (typeof TABS)[number];

/** The field of a problem without what stands around a feature in a collection. */
export function fieldOf(problem: Problem | null): string {
  return (problem?.field ?? '').replace(/^(zone\.|features\[\d+\]\.)/, '');
}

export function tabOf(problem: Problem): Tab | null {
  const field = fieldOf(problem);
  if (/^geometry|^properties\.(radius_m|width_m|drawn|sector)/.test(field)) return 'shape';
  if (field.startsWith('properties.rules')) return 'rules';
  if (/^properties\.(schedule|valid_)/.test(field)) return 'time';
  return field.startsWith('properties') || field === 'id' ? 'form' : null;
}

export function isAt(problem: Problem | null, place: string): boolean {
  const field = fieldOf(problem);
  return field === place || field.startsWith(`${place}.`) || field.startsWith(`${place}[`);
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

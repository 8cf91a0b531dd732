/** Where a refusal of the server belongs in the form: `properties.rules[2].limit_s` is the third rule's limit. */
import type { Problem } from '../../../api/types';
import { fieldOf } from '../../../ui/refused-words';

export const TABS = ['shape', 'form', 'time', 'rules', 'check', 'history'] as const;
export type Tab = (typeof TABS)[number];

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

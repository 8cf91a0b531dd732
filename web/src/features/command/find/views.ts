/** Views of the map that a person keeps on this desk: name, place, zoom, and the layers that were shown. */
import type { Resting } from '../../../map/first-view';

export interface SavedView extends Resting {
  /** Its own for as long as it is kept. */
  id: string;
  name: string;
  /** What was hidden, as the address says it behind `layers=`; empty = all was shown. */
  layers: string;
}

/** More than a person can tell apart by name. */
export const MOST_VIEWS = 40;

const storedAs = (person: string) => `cordon.views.${person}`;

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, lon, lat, zoom, layers } = value as Record<string, unknown>;
  const within = (n: unknown, most: number) => typeof n === 'number' && Math.abs(n) <= most;
  return (
    typeof id === 'string' &&
    typeof name === 'string' &&
    within(lon, 180) &&
    within(lat, 85) &&
    within(zoom, 24) &&
    typeof layers === 'string'
  );
}

/** What cannot be read is left out; the rest stands. */
export function loadViews(person: string): SavedView[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storedAs(person)) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

/** Answers whether they were kept: a browser may forbid it. */
export function keepViews(person: string, views: readonly SavedView[]): boolean {
  try {
    localStorage.setItem(storedAs(person), JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}

/** The views with one a step further up or down; the ends hold. */
export function moved(views: readonly SavedView[], id: string, step: 1 | -1): SavedView[] {
  const from = views.findIndex((view) => view.id === id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= views.length) return [...views];
  const next = [...views];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
}

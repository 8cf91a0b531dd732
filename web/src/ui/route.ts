/**
 * Which page is open and what it shows, as the address says it behind `#`: so that a page can be sent to somebody, kept as a
 * bookmark, and reached with the browser's own back button. Nothing in it is secret: `#/map?vehicle=truck-07`.
 */
import { useSyncExternalStore } from 'react';

export const PAGES = ['map', 'data', 'health', 'accounts', 'help'] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  page: Page;
  params: ReadonlyMap<string, string>;
}

/** Understands what stands behind `#`; whatever it cannot read is the map. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return {
    page: PAGES.find((page) => page === path) ?? 'map',
    params: new Map(new URLSearchParams(query)),
  };
}

export function formatRoute({ page, params }: Route): string {
  // Commas and slashes mean nothing behind `#`: left as they are, a person can read the address.
  const query = new URLSearchParams([...params]).toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return query === '' ? `#/${page}` : `#/${page}?${query}`;
}

let current: { hash: string; route: Route } | undefined;
const listeners = new Set<() => void>();

/** By the address itself and not by its events, which come later: what is noted meanwhile must not undo a step to another page. */
function read(): Route {
  const { hash } = location;
  if (current?.hash !== hash) current = { hash, route: parseRoute(hash) };
  return current.route;
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('hashchange', changed);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('hashchange', changed);
  };
}

function changed(): void {
  for (const listener of listeners) listener();
}

export function currentRoute(): Route {
  return read();
}

/** Opens a page, as a step that the back button takes back. */
export function go(page: Page, params: Iterable<readonly [string, string]> = []): void {
  location.hash = formatRoute({ page, params: new Map(params) });
}

/** Says in the address what is shown, without a step of its own; `null` takes a parameter away. */
export function noteInRoute(changes: Readonly<Record<string, string | null>>): void {
  const { page, params } = read();
  const next = new Map(params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  history.replaceState(history.state, '', formatRoute({ page, params: next }));
  changed();
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, read);
}

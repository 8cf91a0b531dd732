/**
 * Which layers a person switched off. Remembered for each person on this desk and said in the address, where it wins: who
 * opens an address that somebody sent sees what they saw.
 *
 * Only what is hidden is written down, so that a layer that comes later is seen by everybody. Vehicles in alarm and what
 * is chosen are shown whatever this says; the map reads that rule from whoever draws.
 */
import { currentRoute, noteInRoute } from '../ui/route';
import { GROUP_NAMES, GROUPS, LEAVES, leavesOf, type Group, type Leaf } from './sort-of';

export const PARAMETER = 'layers';

export type Switched = 'all' | 'some' | 'none';

/** `-zones.red,-ground`: a group of which all is hidden stands by its own name. */
export function formatHidden(hidden: ReadonlySet<Leaf>): string {
  return GROUP_NAMES.flatMap((group) => {
    const leaves = leavesOf(group);
    const off = leaves.filter((leaf) => hidden.has(leaf));
    return off.length === leaves.length ? [`-${group}`] : off.map((leaf) => `-${leaf}`);
  }).join(',');
}

/** Understands what `formatHidden` wrote; a name that nobody knows is left out. */
export function parseHidden(text: string): Set<Leaf> {
  const names = new Set(text.split(',').map((name) => name.replace(/^-/, '')));
  return new Set(LEAVES.filter((leaf) => names.has(leaf) || names.has(leaf.split('.')[0]!)));
}

/** The vehicles that are switched off, as the server is told. */
export function hiddenVehicles(visibility: Pick<Visibility, 'shows'>): string[] {
  return GROUPS.vehicles.filter((name) => !visibility.shows(`vehicles.${name}`));
}

const storedAs = (person: string) => `cordon.layers.${person}`;

function recalled(person: string): string {
  try {
    return localStorage.getItem(storedAs(person)) ?? '';
  } catch {
    // Storage may be forbidden: everything is shown.
    return '';
  }
}

export class Visibility {
  readonly #person: string;
  readonly #listeners = new Set<() => void>();
  #hidden: ReadonlySet<Leaf>;

  constructor(person: string) {
    this.#person = person;
    this.#hidden = parseHidden(currentRoute().params.get(PARAMETER) ?? recalled(person));
  }

  /** A new set after every change. */
  readonly hidden = (): ReadonlySet<Leaf> => this.#hidden;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  shows(leaf: Leaf | null): boolean {
    return leaf === null || !this.#hidden.has(leaf);
  }

  group(group: Group): Switched {
    const leaves = leavesOf(group);
    const off = leaves.filter((leaf) => this.#hidden.has(leaf)).length;
    if (off === 0) return 'all';
    return off === leaves.length ? 'none' : 'some';
  }

  toggle(leaf: Leaf): void {
    const next = new Set(this.#hidden);
    if (!next.delete(leaf)) next.add(leaf);
    this.#set(next);
  }

  /** A group of which something is hidden is shown whole; only one that is shown whole is hidden. */
  toggleGroup(group: Group): void {
    const hide = this.group(group) === 'all';
    const next = new Set(this.#hidden);
    for (const leaf of leavesOf(group)) {
      if (hide) next.add(leaf);
      else next.delete(leaf);
    }
    this.#set(next);
  }

  showAll(): void {
    this.#set(new Set());
  }

  /** The address changed by hand or by the back button: what it says holds. An address that says nothing changes nothing. */
  follow(text: string | undefined): void {
    if (text === undefined || text === formatHidden(this.#hidden)) return;
    this.#set(parseHidden(text));
  }

  /** Says in the address what is hidden. */
  note(): void {
    const text = formatHidden(this.#hidden);
    if ((currentRoute().params.get(PARAMETER) ?? '') !== text) noteInRoute({ [PARAMETER]: text === '' ? null : text });
  }

  #set(next: ReadonlySet<Leaf>): void {
    this.#hidden = next;
    try {
      localStorage.setItem(storedAs(this.#person), formatHidden(next));
    } catch {
      // It holds until the page is closed.
    }
    this.note();
    for (const listener of this.#listeners) listener();
  }
}

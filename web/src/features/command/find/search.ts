/**
 * Finds things by what people call them, quickly enough to follow the typing with 50,000 vehicles: a plain pass over texts
 * that were folded once. It knows nothing of the map.
 */
import { fold, initials } from './fold';

/** What can be found. `T` is whatever the caller needs to show it. */
export interface Entry<T> {
  /** Its own among the entries of a group. */
  id: string;
  group: string;
  title: string;
  /** Shown under the title, and searched after it. */
  detail: string;
  /** Searched last and not shown: the id, a name in another language. */
  more: readonly string[];
  target: T;
  /** Nobody gave it a name: the title is its id, which is no better than a part of a name. */
  nameless?: boolean;
}

interface Row<T> {
  entry: Entry<T>;
  /** Folded title, detail and the rest, a line each, between line breaks. */
  text: string;
  titleEnd: number;
  initials: string;
}

/** How well something fits, best first. */
const EXACT = 0;
const TITLE_BEGINS = 1;
const TITLE_HAS = 2;
const BEGINS = 3;
const HAS = 4;
const WORDS = 5;
const INITIALS = 6;
const RANKS = 7;

export interface Found<T> {
  group: string;
  entries: Entry<T>[];
  /** How many fit, shown or not. */
  total: number;
  best: number;
}

/** Folds each entry once; entries that are the same objects as before keep what was folded. */
export class Index<T> {
  #rows: Row<T>[] = [];
  #known = new Map<Entry<T>, Row<T>>();

  get size(): number {
    return this.#rows.length;
  }

  put(entries: Iterable<Entry<T>>): void {
    const known = new Map<Entry<T>, Row<T>>();
    for (const entry of entries) known.set(entry, this.#known.get(entry) ?? row(entry));
    this.#known = known;
    this.#rows = [...known.values()];
  }

  /** The groups that have something, the best first; of each at most `limit(group)` entries, in the order of `put`. */
  find(query: string, limit: (group: string) => number): Found<T>[] {
    const { whole, words } = wordsOf(query);
    if (whole === '') return [];
    const byInitials = /^[a-z]{2,}[a-z0-9]*$/.test(whole);
    const buckets = new Map<string, { total: number; ranks: Entry<T>[][] }>();
    for (const candidate of this.#rows) {
      const rank = fit(candidate, whole, words, byInitials);
      if (rank === null) continue;
      const { group } = candidate.entry;
      let bucket = buckets.get(group);
      if (!bucket) buckets.set(group, (bucket = { total: 0, ranks: Array.from({ length: RANKS }, () => []) }));
      bucket.total += 1;
      if (bucket.ranks[rank]!.length < limit(group)) bucket.ranks[rank]!.push(candidate.entry);
    }
    return [...buckets]
      .map(([group, { total, ranks }]) => ({
        group,
        total,
        entries: ranks.flat().slice(0, limit(group)),
        best: ranks.findIndex((entries) => entries.length > 0),
      }))
      .sort((a, b) => a.best - b.best);
  }
}

/** A query as it is compared: all of it without spaces, and its words. */
export function wordsOf(query: string): { whole: string; words: string[] } {
  const words = query.split(/[\s，,;；]+/).map(fold).filter((word) => word !== '');
  return { whole: words.join(''), words };
}

function row<T>(entry: Entry<T>): Row<T> {
  const title = fold(entry.title);
  const rest = [entry.detail, ...entry.more].map(fold);
  return {
    entry,
    text: `\n${[title, ...rest].join('\n')}\n`,
    titleEnd: title.length + 1,
    initials: initials(entry.title),
  };
}

function fit<T>(candidate: Row<T>, whole: string, words: string[], byInitials: boolean): number | null {
  const { text, titleEnd, initials: letters, entry } = candidate;
  const at = text.indexOf(whole);
  if (at >= 0 && entry.nameless) return text[at + whole.length] === '\n' && at === 1 ? TITLE_BEGINS : HAS;
  if (at === 1) return text[at + whole.length] === '\n' ? EXACT : TITLE_BEGINS;
  if (at > 0) {
    if (at < titleEnd) return TITLE_HAS;
    return text[at - 1] === '\n' ? BEGINS : HAS;
  }
  if (words.length > 1 && words.every((word) => text.includes(word))) return WORDS;
  return byInitials && letters.includes(whole) ? INITIALS : null;
}

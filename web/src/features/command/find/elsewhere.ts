/**
 * Collections of which there is more than a desk holds are searched by the server too: what is in view is found at once, the
 * rest a moment after the typing pauses.
 */
import { useEffect, useState } from 'react';
import { api } from '../../../api/client';
import type { Collection, Found } from '../../../api/types';
import type { I18n } from '../../../i18n';
import { featureEntry, type Target } from './entries';
import { Index, wordsOf, type Entry, type Found as Group } from './search';

/** The server is asked when nobody has typed for so long. */
const PAUSE_MS = 150;
/** Most of each collection: what the list shows when it is widened. */
const MOST = 100;

export interface Elsewhere {
  /** The server's answer to this very question; `null` while there is none. */
  found: Found | null;
  /** The answer has not come yet. */
  asking: boolean;
  /** It was asked and did not answer. */
  failed: boolean;
}

export function useElsewhere(query: string, parts: readonly Collection[]): Elsewhere {
  const [answer, setAnswer] = useState<{ found: Found | null; asked: string }>({ found: null, asked: '' });
  const wanted = wordsOf(query).whole === '' || parts.length === 0 ? '' : `${parts.join()}\n${query}`;
  useEffect(() => {
    if (wanted === '') return;
    const left = new AbortController();
    const timer = window.setTimeout(() => {
      api.find(query, parts, MOST, left.signal).then(
        (found) => setAnswer({ found, asked: wanted }),
        () => !left.signal.aborted && setAnswer({ found: null, asked: wanted }),
      );
    }, PAUSE_MS);
    return () => {
      window.clearTimeout(timer);
      left.abort();
    };
  }, [wanted]);
  if (wanted === '' || answer.asked !== wanted) return { found: null, asking: wanted !== '', failed: false };
  return { found: answer.found, asking: false, failed: answer.found === null };
}

/** What was found here and elsewhere, each feature once; what is here is as new as its announcement, so it wins. */
export function joined(
  here: readonly Group<Target>[],
  found: Found,
  query: string,
  limit: (group: string) => number,
  { language, t }: Pick<I18n, 'language' | 't'>,
): Group<Target>[] {
  const groups = new Map(here.map((group) => [group.group, group]));
  const elsewhere = new Map<string, Entry<Target>[]>();
  for (const { collection, id, ...properties } of found.items) {
    const entry = featureEntry(collection, { id, properties }, language, t);
    elsewhere.set(collection, [...(elsewhere.get(collection) ?? []), entry]);
  }
  for (const [group, others] of elsewhere) {
    const known = groups.get(group);
    const own = known?.entries ?? [];
    const ids = new Set(own.map((entry) => entry.id));
    const all = [...own, ...others.filter((entry) => !ids.has(entry.id))];
    const index = new Index<Target>();
    index.put(all);
    const ranked = index.find(query, () => all.length)[0];
    // What fits by something that the answer does not say, such as an address, comes last.
    const rest = all.filter((entry) => !ranked?.entries.includes(entry));
    groups.set(group, {
      group,
      entries: [...(ranked?.entries ?? []), ...rest].slice(0, limit(group)),
      total: Math.max(known?.total ?? 0, found.totals[group as Collection] ?? 0, all.length),
      best: ranked?.best ?? Infinity,
    });
  }
  return [...groups.values()].sort((a, b) => a.best - b.best);
}

/** The table of a collection, kept for this site while somebody is on another page. */
import { useEffect, useSyncExternalStore } from 'react';
import { api } from '../../api/client';
import { edits } from '../../api/edits';
import type { Site } from '../../live/site';
import { Table, type TablePicture } from './table';

interface Kept {
  table: Table;
  stop: () => void;
}

/** One a site: the collection that was looked at last. */
const kept = new WeakMap<Site, Kept>();

function tableOf(site: Site, collection: string): Table {
  const known = kept.get(site);
  if (known?.table.collection === collection) return known.table;
  known?.stop();
  const table = new Table(collection, {
    api,
    read: async (id) => (await edits.read(collection, id)).feature,
    nowMs: () => performance.now(),
    setTimeout: (run, ms) => window.setTimeout(run, ms),
    clearTimeout: (id) => window.clearTimeout(id),
  });
  const undoEdits = site.onEdit((change) => table.apply(change));
  let lost = false;
  const undoSite = site.subscribe(() => {
    const { connection } = site.picture();
    // What was edited during a break was not told.
    if (connection === 'live' && lost) void table.read();
    lost = connection === 'lost';
  });
  const stop = () => {
    undoEdits();
    undoSite();
    table.stop();
  };
  kept.set(site, { table, stop });
  return table;
}

export function useTable(site: Site, collection: string): { table: Table; picture: TablePicture } {
  const table = tableOf(site, collection);
  const picture = useSyncExternalStore(table.subscribe, table.picture);
  useEffect(() => {
    if (table.picture().total === null && !table.picture().reading) void table.read();
  }, [table]);
  return { table, picture };
}

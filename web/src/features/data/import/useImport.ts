/** The file that is on its way in, kept for this site while somebody is on another page. */
import { useSyncExternalStore } from 'react';
import { imports } from '../../../api/imports';
import type { Site } from '../../../live/site';
import { ImportWork, type ImportPicture } from './work';

const kept = new WeakMap<Site, ImportWork>();

export function useImport(site: Site, collection: string): { work: ImportWork; picture: ImportPicture } {
  let work = kept.get(site);
  if (!work) {
    work = new ImportWork(collection, { api: imports, setTimeout: (run, ms) => window.setTimeout(run, ms) });
    kept.set(site, work);
  }
  return { work, picture: useSyncExternalStore(work.subscribe, work.picture) };
}

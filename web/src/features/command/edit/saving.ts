/**
 * Saving, deleting, and taking either back. Every write names the revision that was seen; what somebody else did meanwhile comes
 * back as a conflict with their revision, and nothing of this draft is lost.
 */
import { ApiError } from '../../../api/client';
import { edits, revisionOf, tagOf, type Kept, type Revision } from '../../../api/edits';
import type { Feature, Problem } from '../../../api/types';
import { nameOf } from '../../../map/drawn';
import type { Done } from '../../../ui/undo-notice';
import { draftOf, featureOf, type Base, type Draft } from './draft';

/** What somebody else did to the feature since it was read. */
export interface Conflict {
  theirs: Kept;
  origin: Draft;
  /** Who did it and when, if the history tells. */
  last: Revision | null;
}

export type Saved =
  | { kind: 'done'; done: Done; kept: Kept | null }
  | { kind: 'conflict'; conflict: Conflict }
  /** Somebody deleted it. */
  | { kind: 'gone' }
  | { kind: 'problem'; problem: Problem };

function callOf({ properties }: Pick<Feature, 'properties'>, id: string): Done['called'] {
  return (language) => nameOf(properties, language) || id;
}

function failed(error: unknown): Saved {
  if (error instanceof ApiError) return { kind: 'problem', problem: error.problem };
  return { kind: 'problem', problem: { status: 0, detail: error instanceof Error ? error.message : String(error) } };
}

/** The newest line of a feature's history; `null` where the server keeps none or does not say. */
async function lastOf(collection: string, id: string): Promise<Revision | null> {
  try {
    return (await edits.history(collection, id)).items[0] ?? null;
  } catch {
    return null;
  }
}

/** Their revision beside this one, or that it is gone. */
export async function conflictOf(draft: Draft, id: string): Promise<Saved> {
  try {
    const theirs = await edits.read(draft.collection, id);
    const last = await lastOf(draft.collection, id);
    return { kind: 'conflict', conflict: { theirs, origin: draftOf(draft.collection, theirs.feature), last } };
  } catch (error) {
    return error instanceof ApiError && error.problem.status === 404 ? { kind: 'gone' } : failed(error);
  }
}

async function create(draft: Draft): Promise<Saved> {
  const { collection } = draft;
  const kept = await edits.create(collection, featureOf({ ...draft, id: null }, null));
  const { id } = kept.feature;
  const undo = () => edits.remove(collection, id, kept.tag);
  return { kind: 'done', kept, done: { act: 'created', collection, id, called: callOf(kept.feature, id), undo } };
}

async function change(draft: Draft, id: string, base: Base): Promise<Saved> {
  const { collection } = draft;
  const kept = await edits.replace(collection, id, featureOf(draft, base.feature), base.tag);
  const undo = async () => {
    await edits.replace(collection, id, base.feature, kept.tag);
  };
  return { kind: 'done', kept, done: { act: 'changed', collection, id, called: callOf(kept.feature, id), undo } };
}

/** Whether the server says that the feature is not as it was seen, or is no more. */
function movedOn(error: unknown): boolean {
  return error instanceof ApiError && (error.problem.status === 412 || error.problem.status === 404);
}

export async function save(draft: Draft, base: Base | null): Promise<Saved> {
  try {
    return draft.id !== null && base ? await change(draft, draft.id, base) : await create(draft);
  } catch (error) {
    if (draft.id !== null && base && movedOn(error)) return conflictOf(draft, draft.id);
    return failed(error);
  }
}

export async function remove(draft: Draft, id: string, base: Base): Promise<Saved> {
  const { collection } = draft;
  try {
    await edits.remove(collection, id, base.tag);
  } catch (error) {
    return movedOn(error) ? conflictOf(draft, id) : failed(error);
  }
  const undo = async () => {
    await edits.restore(collection, id, tagOf(revisionOf(base.tag) + 1));
  };
  return { kind: 'done', kept: null, done: { act: 'deleted', collection, id, called: callOf(base.feature, id), undo } };
}

/** Brings a deleted feature back; `tag` is that of the revision that deleted it. */
export async function restore(collection: string, id: string, tag: string): Promise<Done> {
  const kept = await edits.restore(collection, id, tag);
  const undo = () => edits.remove(collection, id, kept.tag);
  return { act: 'restored', collection, id, called: callOf(kept.feature, id), undo };
}

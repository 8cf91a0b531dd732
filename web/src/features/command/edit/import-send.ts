/** Many features in one transaction, and what is done with those that the server refuses. */
import { ApiError } from '../../../api/client';
import { edits, type Sketch } from '../../../api/edits';
import type { Feature, Problem } from '../../../api/types';
import { translate, type Language, type Translate } from '../../../i18n';
import type { Editable } from '../editable';
import { refusedIndex } from './geojson-file';
import type { Done } from '../../../ui/undo-notice';

export interface Refusal {
  /** Its place in the file from 0. */
  index: number;
  name: string;
  problem: Problem;
}

export interface Sent {
  /** `null` when nothing was kept. */
  made: Feature[] | null;
  refusals: Refusal[];
  /** What is no feature's fault. */
  failure: unknown;
}

/** The server keeps all or none and names the first that it refuses. To skip, that one is left out and the rest sent again. */
export async function sendAll(collection: Editable, features: readonly Sketch[], skip: boolean): Promise<Sent> {
  const refusals: Refusal[] = [];
  const left = features.map((feature, index) => ({ feature, index }));
  while (left.length > 0) {
    try {
      const made = await edits.createAll(
        collection,
        left.map(({ feature }) => feature),
      );
      return { made, refusals, failure: null };
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : null;
      const at =
        refusedIndex(problem?.field, left.length) ??
        takenAt(
          problem,
          left.map(({ feature }) => feature),
        );
      const item = at === null ? undefined : left[at];
      if (!problem || at === null || !item || refusals.length >= MAX_SKIPPED)
        return { made: null, refusals, failure: error };
      refusals.push({ index: item.index, name: item.feature.properties.name ?? '', problem });
      if (!skip) return { made: null, refusals, failure: null };
      left.splice(at, 1);
    }
  }
  return { made: null, refusals, failure: null };
}

/** A file with more wrong features than this is the wrong file. */
const MAX_SKIPPED = 200;

/** An id that is taken is named by itself and not by its place. */
function takenAt(problem: Problem | null, features: readonly Sketch[]): number | null {
  if (problem?.code !== 'taken' && problem?.code !== 'id_used') return null;
  const at = features.findIndex(
    ({ id }) => id !== undefined && (id === problem.value || problem.detail?.includes(` ${id} `)),
  );
  return at < 0 ? null : at;
}

export function importUndo(collection: Editable, made: readonly Feature[], t: Translate): Done {
  const undo = async () => {
    try {
      await edits.removeAll(
        collection,
        made.map(({ id }) => ({ id, revision: 1 })),
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.code !== 'changed') throw error;
      throw new Error(t('edit.file.undo.changed', { id: String(error.problem.value) }));
    }
  };
  const called = (language: Language) =>
    translate(language, 'edit.file.made', {
      n: made.length,
      collection: translate(language, `collection.${collection}`),
    });
  return { act: 'created', collection, id: made[0]?.id ?? '', called, undo };
}

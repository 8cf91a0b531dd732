/** The imports since the server's start, with the way back out of each. */
import { useEffect, useState } from 'react';
import { imports, type ImportJob, type Undone } from '../../../api/imports';
import { translateName, useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import { Dialog } from '../../../ui/Dialog';
import { errorText } from '../../../ui/problem';
import { useAsked } from '../../../ui/useAsked';
import { failureText } from './words';

/** Somebody else may import too. */
const LOOK_EVERY_MS = 15_000;

export function PastImports({ listed, connected }: { listed: number; connected: boolean }) {
  const { language, t } = useI18n();
  const asked = useAsked(imports.list, LOOK_EVERY_MS);
  const { ask } = asked;
  const [asking, setAsking] = useState<ImportJob | null>(null);
  const [undone, setUndone] = useState<ReadonlyMap<string, Undone>>(new Map());
  useEffect(() => {
    if (listed > 0) void ask();
  }, [listed, ask]);
  const shown = asked.value?.filter(({ state, trial }) => state !== 'tried' && !trial);
  const figure = (n: number | undefined) => (n === undefined ? '' : n.toLocaleString(language));
  const became = (job: ImportJob) => {
    const back = undone.get(job.id);
    if (back) return t('import.undone', { n: figure(back.deleted), kept: figure(back.kept_changed) });
    if (job.state === 'running') return t('import.state.running', { done: figure(job.done), total: job.total ? figure(job.total) : '?' });
    if (job.state === 'failed') return t('import.state.failed', { why: failureText(job, t) });
    return t('import.state.done', { n: figure(job.report?.imported ?? job.done), refused: figure(job.report?.refused_count ?? 0) });
  };
  return (
    <section className="import-past" aria-labelledby="import-past-title" data-testid="import-past">
      <h2 id="import-past-title">{t('import.past')}</h2>
      {asked.error !== null && (
        <p className="problem" role="alert">
          {t('import.past.failed', { why: errorText(asked.error, t) })}{' '}
          <button type="button" onClick={() => void ask()}>
            {t('data.again')}
          </button>
        </p>
      )}
      {shown?.length === 0 && <p className="hint">{t('import.past.none')}</p>}
      {shown && shown.length > 0 && (
        <div className="import-table" tabIndex={0} role="region" aria-labelledby="import-past-title">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('import.past.at')}</th>
                <th scope="col">{t('import.past.by')}</th>
                <th scope="col">{t('import.past.file')}</th>
                <th scope="col">{t('import.into')}</th>
                <th scope="col">{t('import.past.became')}</th>
                <th scope="col">
                  <span className="unseen">{t('import.undo')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((job) => (
                <tr key={job.id} data-testid="import-past-row" data-state={undone.has(job.id) ? 'undone' : job.state}>
                  <td>{job.at ? dateText(Date.parse(job.at)) : ''}</td>
                  <td>{job.by}</td>
                  <th scope="row">{job.file}</th>
                  <td>{translateName(t, 'data.of', job.collection, () => job.collection)}</td>
                  <td>{became(job)}</td>
                  <td>
                    {job.state === 'done' && !undone.has(job.id) && (job.report?.imported ?? 1) > 0 && (
                      <button type="button" disabled={!connected} data-testid="import-undo" onClick={() => setAsking(job)}>
                        {t('import.undo')}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="hint">{t('import.past.hint')}</p>
      {asking && (
        <UndoDialog
          job={asking}
          onDone={(back) => setUndone((before) => new Map(before).set(asking.id, back))}
          onClose={() => setAsking(null)}
        />
      )}
    </section>
  );
}

/** Asks first, and tells what stayed. */
export function UndoDialog({ job, onDone, onClose }: { job: ImportJob; onDone: (undone: Undone) => void; onClose: () => void }) {
  const { language, t } = useI18n();
  const [state, setState] = useState<'asks' | 'busy' | Undone>('asks');
  const [problem, setProblem] = useState<unknown>(null);
  const undo = async () => {
    setState('busy');
    setProblem(null);
    try {
      const undone = await imports.undo(job.id);
      onDone(undone);
      setState(undone);
    } catch (error) {
      setProblem(error);
      setState('asks');
    }
  };
  const name = translateName(t, 'data.of', job.collection, () => job.collection);
  return (
    <Dialog title={t('import.undo.title', { file: job.file })} testId="import-undo-dialog" onClose={onClose}>
      {typeof state === 'object' ? (
        <p role="status" data-testid="import-undone">
          {t('import.undone', { n: state.deleted.toLocaleString(language), kept: state.kept_changed.toLocaleString(language) })}
        </p>
      ) : (
        <p>{t('import.undo.asks', { n: (job.report?.imported ?? job.done).toLocaleString(language), name })}</p>
      )}
      {problem !== null && (
        <p className="problem" role="alert">
          {errorText(problem, t)}
        </p>
      )}
      <div className="dialog-acts">
        <button type="button" autoFocus onClick={onClose}>
          {t(typeof state === 'object' ? 'card.close' : 'dialog.cancel')}
        </button>
        {typeof state !== 'object' && (
          <button type="button" className="danger" disabled={state === 'busy'} data-testid="import-undo-sure" onClick={() => void undo()}>
            {t(state === 'busy' ? 'import.undo.busy' : 'import.undo')}
          </button>
        )}
      </div>
    </Dialog>
  );
}

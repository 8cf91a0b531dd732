/** One feature in work: its tabs, the bar that saves it, and what happens when somebody else was faster. */
import { useEffect, useMemo, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import type { Problem } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { isCollection } from '../../../live/features';
import { nameOf } from '../../../map/drawn';
import type { Desk } from '../desk';
import { useAction } from '../useKeys';
import type { Editable } from '../editable';
import { Ask } from './Ask';
import { CheckTab } from './CheckTab';
import { ConflictView } from './ConflictView';
import { draftOf, same } from './draft';
import { FieldProblem } from './FieldProblem';
import { FormTab } from './FormTab';
import { HistoryTab } from './HistoryTab';
import { refusalText } from '../../../ui/refused-words';
import { isAt, tabOf, TABS, type Tab } from './problems';
import { RulesTab } from './RulesTab';
import { conflictOf, remove, save, type Conflict, type Saved } from './saving';
import type { Session } from './session';
import { ShapeTab } from './ShapeTab';
import { TimeTab } from './TimeTab';
import { offerUndo } from '../../../ui/undo-notice';
import { useEditKeys } from './useEditKeys';

export interface DraftViewProps {
  desk: Desk;
  work: Session;
  onEnd: () => void;
  onOpen: (collection: Editable, id: string) => Promise<void>;
}

type Question = 'leave' | 'stroke' | 'delete';

export function DraftView({ desk, work, onEnd, onOpen }: DraftViewProps) {
  const { language, t } = useI18n();
  const picture = useSyncExternalStore(work.subscribe, work.picture);
  const { draft, base, dirty, drawing, stroke } = picture;
  const [tab, setTab] = useState<Tab>('shape');
  const [question, setQuestion] = useState<Question | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const zones = draft.collection === 'zones';
  const tabs = TABS.filter(
    (name) =>
      (zones || ['shape', 'form', 'history'].includes(name) || (name === 'time' && draft.collection === 'closures')) &&
      (name !== 'history' || draft.id !== null),
  );

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (work.picture().dirty) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [work]);

  const leave = () => {
    if (stroke) {
      if (drawing) setQuestion('stroke');
      else work.cancelStroke();
    } else if (dirty) setQuestion('leave');
    else onEnd();
  };
  useEditKeys({
    drawing: stroke !== null,
    onUndo: () => work.undo(),
    onRedo: () => work.redo(),
  });
  // What was begun later, a playback, ends before the editor does.
  useAction('back', () => (question ? setQuestion(null) : leave()));

  const settle = (saved: Saved) => {
    setBusy(false);
    if (saved.kind === 'conflict') setConflict(saved.conflict);
    else if (saved.kind === 'gone') setProblem({ status: 404, code: 'gone', detail: t('edit.gone') });
    else if (saved.kind === 'problem') {
      setProblem(saved.problem);
      const place = tabOf(saved.problem);
      if (place && tabs.includes(place)) setTab(place);
    } else {
      offerUndo(saved.done);
      onEnd();
      if (saved.kept && isCollection(draft.collection)) {
        desk.choose({ kind: 'feature', collection: draft.collection, id: saved.done.id });
      }
    }
  };
  const run = async (act: () => Promise<Saved>) => {
    setBusy(true);
    setProblem(null);
    setQuestion(null);
    settle(await act());
  };
  const trySave = () => {
    if (stroke) {
      work.finishStroke();
      return;
    }
    void run(() => save(draft, base));
  };

  if (conflict && base) {
    return (
      <ConflictView
        desk={desk}
        work={work}
        conflict={conflict}
        onSettled={() => setConflict(null)}
        onTheirs={() => {
          onEnd();
          void onOpen(draft.collection, conflict.theirs.feature.id);
        }}
      />
    );
  }
  const turnTabs = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]!;
    setTab(next);
    document.getElementById(`edit-tab-${next}`)?.focus();
    event.preventDefault();
  };
  const shownElsewhere = problem?.field !== undefined && tabOf(problem) === tab;
  const canSave = dirty && draft.shape !== null && !busy && !stroke && picture.crossings.length === 0;
  return (
    <>
      <header className="editor-head">
        <h2>
          {draft.id === null
            ? t('edit.fresh', { what: t(`edit.one.${draft.collection}`) })
            : nameOf(draft.properties, language) || draft.id}
          {dirty && <span className="edit-dirty"> {t('edit.unsaved')}</span>}
        </h2>
        <button type="button" className="quiet" aria-label={t('edit.close')} data-testid="edit-close" onClick={leave}>
          ✕
        </button>
      </header>
      <Changed desk={desk} work={work} onCompare={(id) => void run(() => conflictOf(draft, id))} />
      <div className="edit-tabs" role="tablist" aria-label={t('edit.tabs')} onKeyDown={turnTabs}>
        {tabs.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`edit-tab-${name}`}
            aria-selected={tab === name}
            tabIndex={tab === name ? 0 : -1}
            aria-controls="edit-tabpanel"
            data-testid={`edit-tab-${name}`}
            onClick={() => setTab(name)}
          >
            {t(`edit.tab.${name}`)}
            {problem && tabOf(problem) === name && <span aria-label={t('edit.tab.problem')}> ⚠</span>}
          </button>
        ))}
      </div>
      <div className="edit-body" role="tabpanel" id="edit-tabpanel" aria-labelledby={`edit-tab-${tab}`}>
        {tab === 'shape' && <ShapeTab work={work} picture={picture} problem={problem} canDraw={desk.park !== null} />}
        {tab === 'form' && <FormTab work={work} picture={picture} problem={problem} />}
        {tab === 'time' && <TimeTab work={work} draft={draft} problem={problem} />}
        {tab === 'rules' && <RulesTab desk={desk} work={work} draft={draft} problem={problem} />}
        {tab === 'check' && <CheckTab desk={desk} work={work} picture={picture} />}
        {tab === 'history' && <HistoryTab work={work} picture={picture} onRestored={() => setTab('form')} />}
      </div>
      <div className="edit-bar">
        {problem && !shownElsewhere && (
          <p className="problem" role="alert" data-testid="edit-problem">
            {refusalText(problem, t)}
          </p>
        )}
        {problem?.code === 'gone' && draft.id !== null && (
          <button
            type="button"
            data-testid="edit-afresh"
            onClick={() => {
              setProblem(null);
              work.startAfresh();
            }}
          >
            {t('edit.gone.afresh')}
          </button>
        )}
        {problem && shownElsewhere && !isAt(problem, 'geometry') && <FieldProblem problem={problem} at="id" />}
        {question === 'leave' && (
          <Ask text={t('edit.ask.leave')} yes={t('edit.ask.discard')} onYes={onEnd} onNo={() => setQuestion(null)} />
        )}
        {question === 'stroke' && (
          <Ask
            text={t('edit.ask.stroke')}
            yes={t('edit.ask.discard')}
            onYes={() => {
              setQuestion(null);
              work.cancelStroke();
            }}
            onNo={() => setQuestion(null)}
          />
        )}
        {question === 'delete' && base && draft.id !== null && (
          <Ask
            text={t('edit.ask.delete', { name: base.feature.properties.name || draft.id })}
            yes={t('edit.delete')}
            onYes={() => void run(() => remove(draft, draft.id!, base))}
            onNo={() => setQuestion(null)}
          />
        )}
        <div className="edit-row">
          <button
            type="button"
            data-testid="edit-undo"
            disabled={!picture.canUndo}
            title="Ctrl-Z"
            onClick={() => work.undo()}
          >
            ↶ {t('edit.undo')}
          </button>
          <button
            type="button"
            data-testid="edit-redo"
            disabled={!picture.canRedo}
            title="Ctrl-Shift-Z"
            onClick={() => work.redo()}
          >
            ↷ {t('edit.redo')}
          </button>
          <span className="spring" />
          {draft.id !== null && base && (
            <button type="button" data-testid="edit-delete" disabled={busy} onClick={() => setQuestion('delete')}>
              {t('edit.delete')}
            </button>
          )}
          <button type="button" className="primary" data-testid="edit-save" disabled={!canSave} onClick={trySave}>
            {busy ? t('edit.saving') : t('edit.save')}
          </button>
        </div>
        {!canSave && !busy && <p className="edit-dim">{whyNot(picture, t)}</p>}
      </div>
    </>
  );
}

/** Why there is nothing to save yet. */
function whyNot(picture: ReturnType<Session['picture']>, t: ReturnType<typeof useI18n>['t']): string {
  if (picture.stroke) return t('edit.not.stroke');
  if (!picture.draft.shape) return t('edit.not.shape');
  if (picture.crossings.length > 0) return t('edit.not.crossing');
  return t('edit.not.changed');
}

/** Says as soon as it is known that somebody else has changed or deleted the feature. */
function Changed({ desk, work, onCompare }: { desk: Desk; work: Session; onCompare: (id: string) => void }) {
  const { t } = useI18n();
  useSyncExternalStore(desk.site.subscribe, desk.site.picture);
  const { draft, base, origin } = work.picture();
  const { collection, id } = draft;
  const known = base && id !== null && isCollection(collection) && desk.site.features.known(collection);
  const theirs = known ? desk.site.features.get(collection, id) : undefined;
  const differs = useMemo(() => {
    if (!theirs) return false;
    const now = draftOf(collection, theirs);
    return !same(now.properties, origin.properties) || !same(now.shape, origin.shape);
  }, [collection, origin, theirs]);
  if (!known) return null;
  // Of a collection that is read by view, one that is not here may only be out of sight.
  if (!theirs) return desk.site.features.cut(collection) ? null : <p className="edit-note">{t('edit.gone')}</p>;
  if (!differs) return null;
  return (
    <div className="edit-note" role="status" data-testid="edit-changed">
      <p>{t('edit.changed')}</p>
      <button type="button" onClick={() => onCompare(id)}>
        {t('edit.changed.compare')}
      </button>
    </div>
  );
}

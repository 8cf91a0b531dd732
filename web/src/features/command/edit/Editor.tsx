/** The editor: what to draw or change, one feature at a time, and files. It owns the session on the map. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { edits } from '../../../api/edits';
import { COLLECTIONS } from '../../../api/types';
import { useI18n } from '../../../i18n';
import type { Features } from '../../../live/features';
import { errorText } from '../../../ui/problem';
import { isEditable, type Editable } from '../editable';
import { DraftView } from './DraftView';
import { draftOf, emptyDraft, type Base, type Draft } from './draft';
import './edit.css';
import type { Editing, EditPanelProps } from './EditPanel';
import { ImportView } from './ImportView';
import { keepWork, leftWork } from './left-work';
import { Session } from './session';
import { cornersOf } from './snap';
import { StartView } from './StartView';
import type { Stroke } from './pen';
import type { Place } from './places';

/** `zone-1` is a zone, `gates/g1` something else. */
function targetOf(text: string): { collection: Editable; id: string } {
  const [first = '', second] = text.split('/', 2);
  return second !== undefined && isEditable(first)
    ? { collection: first, id: second }
    : { collection: 'zones', id: text };
}

/** Corners of what the map knows; gathered again when that has changed and not for every move of the pointer. */
function cornersIn(features: Features): () => readonly Place[] {
  let version = -1;
  let corners: readonly Place[] = [];
  return () => {
    if (features.version !== version) {
      version = features.version;
      corners = cornersOf(COLLECTIONS.flatMap((name) => features.list(name)));
    }
    return corners;
  };
}

export default function Editor({ desk, editing, onDone }: EditPanelProps) {
  const { t } = useI18n();
  const { site, park, session: person } = desk;
  const [work, setWork] = useState<Session | null>(null);
  const [collection, setCollection] = useState<Editable>('zones');
  const [importing, setImporting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [left, setLeft] = useState(() => leftWork(person.name));
  const current = useRef<Session | null>(null);
  current.current = work;

  const begin = useCallback(
    (origin: Draft, base: Base | null, draft: Draft = origin): Session => {
      current.current?.destroy();
      const next = new Session({ park, corners: cornersIn(site.features) }, origin, base, draft);
      current.current = next;
      setWork(next);
      setProblem(null);
      setLeft(null);
      return next;
    },
    [park, site],
  );

  const open = useCallback(
    async (of: Editable, id: string) => {
      setProblem(null);
      try {
        const base = await edits.read(of, id);
        begin(draftOf(of, base.feature), base).show();
      } catch (error) {
        setProblem(errorText(error, t));
      }
    },
    [begin, t],
  );

  const start = useCallback(
    (of: Editable, stroke: Stroke | null) => {
      const next = begin(emptyDraft(of), null);
      if (stroke) next.draw(stroke);
    },
    [begin],
  );

  const end = useCallback(() => {
    current.current?.destroy();
    current.current = null;
    setWork(null);
    keepWork(person.name, null);
    desk.choose(null);
  }, [desk, person.name]);

  // Asked for from outside: unless something unsaved would be lost, it is opened.
  const asked = useRef<Editing | null>(null);
  useEffect(() => {
    if (editing === asked.current) return;
    asked.current = editing;
    if (editing === null) return;
    if (current.current?.picture().dirty) {
      setProblem(t('edit.busy.unsaved'));
      return;
    }
    const { collection: of, id } = targetOf(editing.target);
    setCollection(of);
    if (id !== '') void open(of, id);
  }, [editing, open, t]);

  useEffect(
    () => () => {
      current.current?.destroy();
    },
    [],
  );

  useEffect(() => {
    if (!work) return;
    let kept: Draft | null = null;
    const keep = () => {
      const { draft, origin, base, dirty } = work.picture();
      if (draft === kept) return;
      kept = draft;
      keepWork(person.name, dirty ? { draft, origin, base } : null);
    };
    keep();
    return work.subscribe(keep);
  }, [person.name, work]);

  return (
    <div className="editor" data-testid="editor">
      {problem !== null && (
        <p className="problem" role="alert" data-testid="edit-problem">
          {problem}
        </p>
      )}
      {work ? (
        <DraftView key={work.picture().draft.id ?? 'fresh'} desk={desk} work={work} onEnd={end} onOpen={open} />
      ) : importing ? (
        <ImportView desk={desk} onBack={() => setImporting(false)} />
      ) : (
        <StartView
          desk={desk}
          collection={collection}
          left={left}
          onCollection={setCollection}
          onResume={() => left && begin(left.origin, left.base, left.draft).show()}
          onForget={() => {
            keepWork(person.name, null);
            setLeft(null);
          }}
          onStart={start}
          onOpen={(of, id) => void open(of, id)}
          onImport={() => setImporting(true)}
          onClose={onDone}
        />
      )}
    </div>
  );
}

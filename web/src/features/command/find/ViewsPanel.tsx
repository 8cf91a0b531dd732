/** Views that a person saved on this desk, and the link to what the map shows. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useI18n } from '../../../i18n';
import { formatRoute, noteInRoute, currentRoute } from '../../../ui/route';
import { copyText } from '../../../ui/copy';
import type { Desk } from '../desk';
import { useAction } from '../useKeys';
import { formatAt } from '../../../ui/map-link';
import { keepViews, loadViews, MOST_VIEWS, moved, type SavedView } from './views';
import './views.css';

export function ViewsPanel({ desk, onDone }: { desk: Desk; onDone: () => void }) {
  const { t } = useI18n();
  const person = desk.session.name;
  const [views, setViews] = useState(() => loadViews(person));
  const [kept, setKept] = useState(true);
  const [name, setName] = useState('');
  const [renaming, setRenaming] = useState<{ id: string; name: string } | null>(null);
  const [deleted, setDeleted] = useState<{ view: SavedView; before: readonly SavedView[] } | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);

  useEffect(() => first.current?.focus(), []);
  useAction('views', () => first.current?.focus());
  useAction('back', () => (renaming ? setRenaming(null) : onDone()));

  const put = (next: SavedView[]) => {
    setViews(next);
    setKept(keepViews(person, next));
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!desk.park || name.trim() === '') return;
    const layers = currentRoute().params.get('layers') ?? '';
    // Not crypto.randomUUID: a page on plain HTTP has none.
    const id = `${Date.now()}-${views.length}`;
    put([...views, { id, name: name.trim(), ...desk.park.resting(), layers }]);
    setName('');
    setDeleted(null);
  };
  const remove = (view: SavedView) => {
    setDeleted({ view, before: views });
    put(views.filter((other) => other !== view));
  };
  const rename = (event: FormEvent) => {
    event.preventDefault();
    if (!renaming) return;
    const called = renaming.name.trim();
    if (called !== '') put(views.map((view) => (view.id === renaming.id ? { ...view, name: called } : view)));
    setRenaming(null);
  };
  const open = (view: SavedView) => {
    noteInRoute({ layers: view.layers });
    desk.park?.restAt(view);
  };
  const link = async () => {
    if (desk.park) noteInRoute({ at: formatAt(desk.park.resting()) });
    const address = new URL(formatRoute(currentRoute()), location.href).href;
    setSaid(t((await copyText(address)) ? 'views.link.copied' : 'views.link.notcopied'));
  };

  return (
    <div className="views" data-testid="views">
      <h2>{t('views.title')}</h2>
      <p className="views-hint">{t('views.hint', { name: person })}</p>
      <form onSubmit={save} className="views-save">
        <label className="field">
          <span>{t('views.name')}</span>
          <input
            ref={first}
            value={name}
            maxLength={60}
            placeholder={t('views.name.example')}
            data-testid="views-name"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <button
          type="submit"
          disabled={!desk.park || name.trim() === '' || views.length >= MOST_VIEWS}
          data-testid="views-save"
        >
          {t('views.save')}
        </button>
      </form>
      {views.length >= MOST_VIEWS && <p className="problem">{t('views.full', { most: MOST_VIEWS })}</p>}
      {!kept && (
        <p className="problem" role="alert">
          {t('views.unsaved')}
        </p>
      )}
      {deleted && (
        <p role="status" className="views-deleted">
          {t('views.deleted', { name: deleted.view.name })}{' '}
          <button
            type="button"
            data-testid="views-undo"
            onClick={() => {
              put([...deleted.before]);
              setDeleted(null);
            }}
          >
            {t('views.undo')}
          </button>
        </p>
      )}
      {views.length === 0 && <p className="views-hint">{t('views.empty')}</p>}
      <ol>
        {views.map((view, i) => (
          <li key={view.id} data-testid="views-item">
            {renaming?.id === view.id ? (
              <form onSubmit={rename} className="views-rename">
                <input
                  autoFocus
                  aria-label={t('views.name')}
                  value={renaming.name}
                  maxLength={60}
                  onChange={(event) => setRenaming({ id: view.id, name: event.target.value })}
                />
                <button type="submit">{t('views.rename.done')}</button>
              </form>
            ) : (
              <>
                <button
                  type="button"
                  className="views-open"
                  title={t('views.open', { name: view.name })}
                  onClick={() => open(view)}
                >
                  {view.name}
                </button>
                <IconButton sign="↑" label={t('views.up', { name: view.name })} disabled={i === 0} onPress={() => put(moved(views, view.id, -1))} />
                <IconButton
                  sign="↓"
                  label={t('views.down', { name: view.name })}
                  disabled={i === views.length - 1}
                  onPress={() => put(moved(views, view.id, 1))}
                />
                <IconButton
                  sign="✎"
                  label={t('views.rename', { name: view.name })}
                  onPress={() => setRenaming({ id: view.id, name: view.name })}
                />
                <IconButton sign="✕" label={t('views.delete', { name: view.name })} onPress={() => remove(view)} />
              </>
            )}
          </li>
        ))}
      </ol>
      <div className="views-link">
        <button type="button" data-testid="views-link" onClick={() => void link()}>
          {t('views.link')}
        </button>
        <p className="views-hint">{said ?? t('views.link.hint')}</p>
        <p role="status" className="unseen">
          {said}
        </p>
      </div>
    </div>
  );
}

interface IconButtonProps {
  sign: string;
  label: string;
  disabled?: boolean;
  onPress: () => void;
}

function IconButton({ sign, label, disabled = false, onPress }: IconButtonProps) {
  return (
    <button type="button" className="quiet" aria-label={label} title={label} disabled={disabled} onClick={onPress}>
      {sign}
    </button>
  );
}

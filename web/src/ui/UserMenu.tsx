/** Who is signed in, and what concerns only them: their password, and leaving. */
import { useRef, useState, type FormEvent } from 'react';
import { adminApi } from '../api/admin';
import { ApiError } from '../api/client';
import type { Session } from '../api/types';
import { useI18n } from '../i18n';
import { Dialog } from './Dialog';
import { NewPassword } from './NewPassword';
import { routeErrorText } from './problem';
import './password.css';

export function UserMenu({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const { t } = useI18n();
  const menu = useRef<HTMLDetailsElement>(null);
  const [asking, setAsking] = useState(false);
  const fold = () => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <>
      <details
        ref={menu}
        className="user-menu"
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !menu.current?.open) return;
          event.stopPropagation();
          fold();
          menu.current.querySelector('summary')?.focus();
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) fold();
        }}
      >
        <summary data-testid="user">{session.name}</summary>
        <div>
          <p>{t('top.user', { name: session.name, role: t(`role.${session.role}`) })}</p>
          <button
            type="button"
            data-testid="own-password"
            onClick={() => {
              menu.current?.querySelector('summary')?.focus();
              fold();
              setAsking(true);
            }}
          >
            {t('password.change')}
          </button>
          <button type="button" data-testid="sign-out" onClick={onSignOut}>
            {t('signin.out')}
          </button>
        </div>
      </details>
      {asking && <OwnPassword session={session} onClose={() => setAsking(false)} />}
    </>
  );
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === 'bad_credentials';
}

function OwnPassword({ session, onClose }: { session: Session; onClose: () => void }) {
  const { t } = useI18n();
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    adminApi
      .changeOwnPassword(old, next)
      .then(() => setDone(true))
      .catch((error: unknown) => setProblem(isWrongPassword(error) ? t('password.wrong') : routeErrorText(error, t)))
      .finally(() => setBusy(false));
  };
  return (
    <Dialog title={t('password.change')} testId="own-password-dialog" onClose={onClose}>
      {done ? (
        <>
          <p role="status">{t('password.changed')}</p>
          <div className="dialog-acts">
            <button type="button" className="primary" autoFocus onClick={onClose}>
              {t('card.close')}
            </button>
          </div>
        </>
      ) : (
        <form onSubmit={send}>
          {/* Tells the browser's password store whose password it is. */}
          <input hidden type="text" autoComplete="username" value={session.name} readOnly />
          <label className="field">
            <span>{t('password.old')}</span>
            <input
              required
              autoFocus
              type="password"
              autoComplete="current-password"
              value={old}
              data-testid="old-password"
              onChange={(event) => setOld(event.target.value)}
            />
          </label>
          <NewPassword user={session.name} value={next} onChange={setNext} />
          {problem !== null && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          <div className="dialog-acts">
            <button type="button" onClick={onClose}>
              {t('dialog.cancel')}
            </button>
            <button type="submit" className="primary" disabled={busy} data-testid="own-password-submit">
              {t('password.change.do')}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

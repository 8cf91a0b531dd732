/** Asks before something is done that cannot be taken back; says what the server refused and stays open then. */
import { useState, type ReactNode } from 'react';
import { useI18n } from '../../i18n';
import { Dialog } from '../../ui/Dialog';
import { routeErrorText } from '../../ui/problem';

export interface ConfirmProps {
  title: string;
  /** The word on the button that does it. */
  act: string;
  danger?: boolean;
  /** Sends it; closing is the caller's. */
  send: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

export function Confirm({ title, act, danger = false, send, onClose, children }: ConfirmProps) {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await send();
    } catch (error) {
      setProblem(routeErrorText(error, t));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} testId="confirm" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        {problem !== null && (
          <p className="problem" role="alert" data-testid="confirm-problem">
            {problem}
          </p>
        )}
        <div className="dialog-acts">
          <button type="button" autoFocus={danger} onClick={onClose}>
            {t('dialog.cancel')}
          </button>
          <button type="submit" className={danger ? 'danger' : 'primary'} disabled={busy} data-testid="confirm-submit">
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

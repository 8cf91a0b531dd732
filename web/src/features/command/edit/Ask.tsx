/** A question that is answered before anything is thrown away. */
import { useEffect, useId, useRef } from 'react';
import { useI18n } from '../../../i18n';

export interface AskProps {
  text: string;
  yes: string;
  no?: string;
  onYes: () => void;
  onNo: () => void;
}

export function Ask({ text, yes, no, onYes, onNo }: AskProps) {
  const { t } = useI18n();
  const id = useId();
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    stay.current?.focus();
    // Whoever goes on is where they were.
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div className="edit-ask" role="alertdialog" aria-labelledby={id} data-testid="edit-ask">
      <p id={id}>{text}</p>
      <div className="edit-row">
        <button type="button" className="danger" data-testid="ask-yes" onClick={onYes}>
          {yes}
        </button>
        <button ref={stay} type="button" data-testid="ask-no" onClick={onNo}>
          {no ?? t('edit.ask.stay')}
        </button>
      </div>
    </div>
  );
}

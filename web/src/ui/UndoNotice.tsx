/** Says that something was saved or deleted, and offers to take it back. */
import { useI18n } from '../i18n';
import { errorText } from './problem';
import './undo-notice.css';
import { dismissNotice, undoIt, useNotice } from './undo-notice';

export function UndoNotice() {
  const { language, t } = useI18n();
  const notice = useNotice();
  if (!notice) return null;
  const { done, state } = notice;
  const name = done.called(language);
  const text = t(`edit.${state === 'undone' ? 'undone' : 'done'}.${done.act}`, { name });
  return (
    <div className="undo-notice" role="status" data-testid="undo-notice" data-state={state}>
      <p>
        {text}
        {state === 'failed' && (
          <span className="undo-failed"> {t('edit.undo.failed', { why: errorText(notice.error, t) })}</span>
        )}
      </p>
      {(state === 'offered' || state === 'busy') && (
        <button type="button" data-testid="undo-last" disabled={state === 'busy'} onClick={() => void undoIt()}>
          {t('edit.undo.saved')}
        </button>
      )}
      <button type="button" className="quiet" aria-label={t('edit.notice.close')} onClick={dismissNotice}>
        ✕
      </button>
    </div>
  );
}

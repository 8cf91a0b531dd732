/** What becomes of the causes that are acknowledged as a whole: how far it is, and in the end what failed and why. */
import { useI18n } from '../../../i18n';
import { errorText } from '../../../ui/problem';
import { causeText } from './cause-text';
import type { ManyAtOnce } from './useManyAtOnce';
import { whatText, type Names } from '../words';

/** More names than this are not read; the alarms themselves still stand in the list. */
const MOST_NAMED = 5;

export function Runs({ many, names }: { many: ManyAtOnce; names: Names }) {
  const { t } = useI18n();
  return many.runs.map(({ group, progress }) => {
    const { done, of, failed, over } = progress;
    const cause = causeText(group.cause, names, t);
    if (!over) {
      return (
        <p key={group.key} className="run" role="status">
          {t('group.running', { cause, done, of })} <progress value={done + failed.length} max={of} />
          <button type="button" onClick={() => many.stop(group.key)}>
            {t('group.stop')}
          </button>
        </p>
      );
    }
    return (
      <div key={group.key} className={failed.length ? 'run run-failed' : 'run'} role="status" data-testid="group-summary">
        <span>
          {t('group.done', { cause, done, of })}
          {failed.length > 0 && ` ${t('group.failed', { failed: failed.length, why: errorText(failed[0]!.error, t) })}`}
          {failed.slice(0, MOST_NAMED).map(({ id }) => {
            const alarm = group.alarms.find((one) => one.id === id);
            return alarm && <span key={id} className="run-name">{whatText(alarm, names, t)}</span>;
          })}
        </span>
        <button type="button" className="quiet" onClick={() => many.dismiss(group.key)} aria-label={t('card.close')}>
          ✕
        </button>
      </div>
    );
  });
}

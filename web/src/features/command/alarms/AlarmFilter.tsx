/** Which alarms of the list are shown: by state and priority. How many are not is always said. */
import type { Alarm, AlarmState, Priority } from '../../../api/types';
import { useI18n } from '../../../i18n';

/** The states of an alarm that is not done; a list of open alarms has no others. */
const STATES = ['unacknowledged', 'returned', 'acknowledged', 'shelved', 'suppressed'] as const satisfies readonly AlarmState[];
const PRIORITIES = [1, 2, 3, 4] as const satisfies readonly Priority[];

export interface Filter {
  state: AlarmState | null;
  priority: Priority | null;
}

export const ALL: Filter = { state: null, priority: null };

export function passes(alarm: Pick<Alarm, 'state' | 'priority'>, filter: Filter): boolean {
  return (
    (filter.state === null || alarm.state === filter.state) &&
    (filter.priority === null || alarm.priority === filter.priority)
  );
}

export interface AlarmFilterProps {
  filter: Filter;
  /** How many alarms it leaves out. */
  hidden: number;
  onFilter: (filter: Filter) => void;
}

export function AlarmFilter({ filter, hidden, onFilter }: AlarmFilterProps) {
  const { t } = useI18n();
  return (
    <div className="alarm-filter" role="group" aria-label={t('filter.title')}>
      <select
        value={filter.state ?? ''}
        aria-label={t('filter.state')}
        data-testid="filter-state"
        onChange={(event) => onFilter({ ...filter, state: STATES.find((s) => s === event.target.value) ?? null })}
      >
        <option value="">{t('filter.state.all')}</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {t(`alarmstate.${state}`)}
          </option>
        ))}
      </select>
      <select
        value={filter.priority ?? ''}
        aria-label={t('filter.priority')}
        data-testid="filter-priority"
        onChange={(event) =>
          onFilter({ ...filter, priority: PRIORITIES.find((p) => String(p) === event.target.value) ?? null })
        }
      >
        <option value="">{t('filter.priority.all')}</option>
        {PRIORITIES.map((priority) => (
          <option key={priority} value={priority}>
            P{priority} {t(`priority.${priority}`)}
          </option>
        ))}
      </select>
      {hidden > 0 && (
        <button type="button" className="quiet" onClick={() => onFilter(ALL)}>
          {t('filter.hidden', { hidden })}
        </button>
      )}
    </div>
  );
}

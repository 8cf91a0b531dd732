/** One weekly window exactly: its days and its hours, to the minute. */
import type { ScheduleItem } from '../../../api/types';
import { useI18n, type Key } from '../../../i18n';

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

export function WindowFields({ window, onChange }: { window: ScheduleItem; onChange: (window: ScheduleItem) => void }) {
  const { t } = useI18n();
  const toggle = (day: number) => {
    const days = window.days.includes(day)
      ? window.days.filter((other) => other !== day)
      : [...window.days, day].sort();
    onChange({ ...window, days });
  };
  return (
    <div className="edit-window">
      <div className="edit-days" role="group" aria-label={t('edit.window.of')}>
        {DAYS.map((day) => (
          <button key={day} type="button" aria-pressed={window.days.includes(day)} onClick={() => toggle(day)}>
            {t(`day.${day}` as Key)}
          </button>
        ))}
      </div>
      <span className="edit-inline">
        {(['from', 'to'] as const).map((side) => (
          <input
            key={side}
            aria-label={t(`edit.window.${side}`)}
            value={window[side]}
            maxLength={5}
            size={5}
            placeholder="08:00"
            inputMode="numeric"
            onChange={(event) => onChange({ ...window, [side]: event.target.value.replace('：', ':') })}
          />
        ))}
      </span>
    </div>
  );
}

/** Urgent alarms that nobody has taken note of: counted above the list at all times, wherever it is scrolled to. */
import type { Alarm } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { roughText } from '../../../i18n/time';
import { raisedAtMs } from '../../../live/alarm-book';
import { PriorityShape } from '../../../ui/PriorityBadge';
import { Ticked } from '../../../ui/Ticked';
import type { Ticking } from '../../../ui/ticker';

export interface UrgentBarProps {
  /** Unacknowledged, of priority 1, in the order of the list. */
  urgent: readonly Alarm[];
  /** How many of them cannot be seen: scrolled away, filtered out or in a closed group. */
  unseen: number;
  /** The server's. */
  clock: Ticking;
  onJump: () => void;
}

export function UrgentBar({ urgent, unseen, clock, onJump }: UrgentBarProps) {
  const { t } = useI18n();
  if (urgent.length === 0) return null;
  const since = urgent.reduce((first, alarm) => Math.min(first, raisedAtMs(alarm)), Infinity);
  return (
    <button type="button" className="urgent" onClick={onJump} data-testid="urgent" data-unseen={unseen}>
      <PriorityShape priority={1} />
      <span>
        <Ticked
          clock={clock}
          everyMs={1_000}
          text={(now) => t('urgent.count', { count: urgent.length, age: roughText(now - since, t) })}
        />
      </span>
      <span className="urgent-jump">{unseen > 0 ? t('urgent.unseen', { unseen }) : t('urgent.jump')}</span>
    </button>
  );
}

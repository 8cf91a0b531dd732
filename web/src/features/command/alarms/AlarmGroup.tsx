/** The head of a cause in a flood: what, how many, since when; all of it acknowledged at one press, one after the other. */
import { useI18n } from '../../../i18n';
import { nearText } from '../../../i18n/time';
import { PriorityShape } from '../../../ui/PriorityBadge';
import { causeText } from './cause-text';
import type { Group } from './causes';
import { needsAcknowledgement, type Names } from '../words';

export interface AlarmGroupProps {
  group: Group;
  open: boolean;
  now: number;
  names: Names;
  /** It is being acknowledged. */
  running: boolean;
  /** Absent for roles that may only look. */
  onAcknowledgeAll: (() => void) | null;
  onOpen: (open: boolean) => void;
}

export function AlarmGroup({ group, open, now, names, running, onAcknowledgeAll, onOpen }: AlarmGroupProps) {
  const { language, t } = useI18n();
  const unseen = group.alarms.filter(needsAcknowledgement).length;
  const worst = Math.min(...group.alarms.map(({ priority }) => priority)) as Group['first']['priority'];
  return (
    <>
      <button
        type="button"
        className="group-head"
        aria-expanded={open}
        data-testid="group-open"
        onClick={() => onOpen(!open)}
      >
        <PriorityShape priority={worst} />
        <strong>{causeText(group.cause, names, t)}</strong>
        <span className="group-count">{t('group.count', { all: group.alarms.length, unseen })}</span>
        <span>{t(open ? 'group.close' : 'group.open')}</span>
      </button>
      <div className="group-line">
        <span className="group-first">
          {t('group.first', { time: nearText(Date.parse(group.first.raised_at), now, language) })}
        </span>
        {onAcknowledgeAll && unseen > 0 && (
          <button
            type="button"
            className="primary"
            disabled={running}
            onClick={onAcknowledgeAll}
            data-testid="group-ack"
          >
            {t('group.acknowledge', { unseen })}
          </button>
        )}
      </div>
    </>
  );
}

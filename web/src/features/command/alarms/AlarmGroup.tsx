/** The head of a cause in a flood: what, how many, since when; all of it acknowledged at one press, one after the other. */
import { useI18n } from '../../../i18n';
import { nearText } from '../../../i18n/time';
import { PriorityShape } from '../../../ui/PriorityBadge';
import { errorText } from '../../../ui/problem';
import type { Group } from './causes';
import type { Progress } from './one-by-one';
import { kindName, needsAcknowledgement, whatText, type Names } from '../words';

export interface AlarmGroupProps {
  group: Group;
  open: boolean;
  now: number;
  names: Names;
  progress: Progress | undefined;
  /** Absent for roles that may only look. */
  onAcknowledgeAll: (() => void) | null;
  onStop: () => void;
  onOpen: (open: boolean) => void;
}

export function AlarmGroup(props: AlarmGroupProps) {
  const { group, open, now, names, progress } = props;
  const { language, t } = useI18n();
  const unseen = group.alarms.filter(needsAcknowledgement).length;
  const running = progress !== undefined && !progress.over;
  const worst = Math.min(...group.alarms.map(({ priority }) => priority)) as Group['first']['priority'];
  return (
    <>
      <button
        type="button"
        className="group-head"
        aria-expanded={open}
        data-testid="group-open"
        onClick={() => props.onOpen(!open)}
      >
        <PriorityShape priority={worst} />
        <strong>{causeText(group, names, t)}</strong>
        <span className="group-count">{t('group.count', { all: group.alarms.length, unseen })}</span>
        <span>{t(open ? 'group.close' : 'group.open')}</span>
      </button>
      <div className="group-line">
        <span className="group-first">
          {t('group.first', { time: nearText(Date.parse(group.first.raised_at), now, language) })}
        </span>
        {props.onAcknowledgeAll && unseen > 0 && !running && (
          <button type="button" className="primary" onClick={props.onAcknowledgeAll} data-testid="group-ack">
            {t('group.acknowledge', { unseen })}
          </button>
        )}
      </div>
      {running && (
        <p className="group-progress" role="status">
          <progress value={progress.done + progress.failed.length} max={progress.of} />{' '}
          {t('group.running', { done: progress.done, of: progress.of })}
          <button type="button" onClick={props.onStop}>
            {t('group.stop')}
          </button>
        </p>
      )}
      {progress?.over && (
        <div role="status" className={progress.failed.length ? 'problem' : 'group-done'} data-testid="group-summary">
          {t('group.done', { done: progress.done, of: progress.of })}
          {progress.failed.length > 0 && (
            <>
              {' '}
              {t('group.failed', { failed: progress.failed.length, why: errorText(progress.failed[0]!.error, t) })}
              <ul>
                {progress.failed.slice(0, MOST_NAMED).map(({ id }) => {
                  const alarm = group.alarms.find((one) => one.id === id);
                  return alarm && <li key={id}>{whatText(alarm, names, t)}</li>;
                })}
              </ul>
            </>
          )}
        </div>
      )}
    </>
  );
}

/** More names than this are not read; the alarms themselves still stand in the list. */
const MOST_NAMED = 5;

type Translate = ReturnType<typeof useI18n>['t'];

function causeText({ cause }: Group, names: Names, t: Translate): string {
  switch (cause.of) {
    case 'lost':
      return t('cause.lost');
    case 'zone':
      return t('cause.zone', { zone: names.zone(cause.zone) ?? cause.zone, kind: kindName(cause.kind, t) });
    case 'company':
      return t('cause.company', { company: cause.company, kind: kindName(cause.kind, t) });
    case 'kind':
      return kindName(cause.kind, t);
  }
}

/** One alarm: what, where, since when, in which state; opened, it takes a note and a result. */
import type { Alarm, Evidence } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { nearText, spanText } from '../../../i18n/time';
import { PriorityBadge } from '../../../ui/PriorityBadge';
import { AcknowledgeForm, CloseForm, ShelveForm } from './AlarmForms';
import { AlarmWhy } from './AlarmWhy';
import { kindText, needsAcknowledgement, saysWhereLast, subjectText, tellingEvent, type Names } from '../words';

export interface AlarmItemProps {
  alarm: Alarm;
  /** That of the event that says how it stands now, where the console knows it. */
  evidence: Evidence | undefined;
  /** The server's time, ms. */
  now: number;
  names: Names;
  selected: boolean;
  busy: boolean;
  problem: string | null;
  onSelect: () => void;
  onLocate: () => void;
  onAcknowledge: (note: string | undefined) => void;
  onShelve: (reason: string, forMs: number) => void;
  onClose: (result: string) => void;
}

export function AlarmItem(props: AlarmItemProps) {
  const { alarm, now, names, selected, busy } = props;
  const { language, t } = useI18n();
  const raisedMs = Date.parse(alarm.raised_at);
  const returnedMs = alarm.returned_at ? Date.parse(alarm.returned_at) : null;
  const shelved = alarm.state === 'shelved';
  const open = needsAcknowledgement(alarm);
  const why = tellingEvent(alarm);
  const lasted =
    returnedMs === null
      ? t('alarm.since', { age: spanText(now - raisedMs, t) })
      : t('alarm.lasted', { age: spanText(returnedMs - raisedMs, t) });
  return (
    <li
      className={`alarm alarm-p${alarm.priority} alarm-${alarm.state}`}
      aria-current={selected}
      data-testid="alarm-item"
      data-alarm-id={alarm.id}
      data-state={alarm.state}
    >
      <button
        type="button"
        className="alarm-body"
        onClick={props.onLocate}
        onFocus={props.onSelect}
        title={t('alarm.locate')}
      >
        <span className="alarm-head">
          <PriorityBadge priority={alarm.priority} flashing={alarm.state === 'unacknowledged' && !alarm.late} />
          <span className="alarm-state">{t(`alarmstate.${alarm.state}`)}</span>
          {alarm.late && (
            <span className="late" title={t('alarm.late.hint', { time: nearText(raisedMs, now, language) })}>
              {t('alarm.late')}
            </span>
          )}
          <time className="alarm-time">{nearText(raisedMs, now, language)}</time>
        </span>
        <span className="alarm-what">
          <strong>{subjectText(alarm.subject, names, t)}</strong> {kindText(alarm.kind, alarm.rule, t, props.evidence)}
          {alarm.zone && saysWhereLast(alarm.kind) && t('alarm.last.in')}
          {alarm.zone && alarm.subject.id !== alarm.zone && <strong> {names.zone(alarm.zone) ?? alarm.zone}</strong>}
        </span>
        <span className="alarm-when">
          {lasted}
          {alarm.shelved_until && shelved && (
            <>
              {' · '}
              {t('alarm.shelved.until', { time: nearText(Date.parse(alarm.shelved_until), now, language) })}
            </>
          )}
          {alarm.acknowledged_at && alarm.acknowledged_by && (
            <>
              {' · '}
              {t('alarm.acknowledged.by', {
                who: alarm.acknowledged_by,
                time: nearText(Date.parse(alarm.acknowledged_at), now, language),
              })}
            </>
          )}
        </span>
      </button>
      {(open || (selected && shelved)) && (
        <AcknowledgeForm busy={busy} withNote={selected} takesBack={shelved} onAcknowledge={props.onAcknowledge} />
      )}
      {selected && <ShelveForm busy={busy} onShelve={props.onShelve} />}
      {selected && <CloseForm busy={busy} onClose={props.onClose} />}
      {selected && why && <AlarmWhy key={why} event={why} />}
      {selected && <History alarm={alarm} now={now} />}
      {props.problem !== null && (
        <p className="problem" role="alert">
          {props.problem}
        </p>
      )}
    </li>
  );
}

function History({ alarm, now }: { alarm: Alarm; now: number }) {
  const { language, t } = useI18n();
  if (!alarm.history?.length) return null;
  return (
    <ol className="history" aria-label={t('alarm.history')}>
      {alarm.history.map((line, index) => (
        <li key={index}>
          <time>{nearText(Date.parse(line.at), now, language)}</time>{' '}
          {translateName(t, 'step', line.what, () => t('step.other', { what: line.what }))}
          {line.who && ` · ${line.who}`}
          {line.note && `：${line.note}`}
        </li>
      ))}
    </ol>
  );
}

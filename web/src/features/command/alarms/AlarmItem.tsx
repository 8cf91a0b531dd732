/** One alarm: what, where, since when, in which state; chosen, it offers what a person can do about it. */
import { useState } from 'react';
import type { Alarm, Evidence } from '../../../api/types';
import { useI18n, type Language, type Translate } from '../../../i18n';
import { nearText, spanText } from '../../../i18n/time';
import { PriorityBadge } from '../../../ui/PriorityBadge';
import { Ticked } from '../../../ui/Ticked';
import type { Ticking } from '../../../ui/ticker';
import { CloseForm, NoteForm, ShelveForm } from './AlarmForms';
import { AlarmHistory } from './AlarmHistory';
import { AlarmWhy } from './AlarmWhy';
import { kindText, needsAcknowledgement, saysWhereLast, subjectText, tellingEvent, wasRetracted, type Names } from '../words';

/** What is done to alarms; each answers when the server has, and whether it is done. What went wrong stands at the alarm. */
export interface AlarmActs {
  acknowledge: (id: string, note?: string) => Promise<boolean>;
  /** The same for one of many: what went wrong is the caller's to tell. */
  acknowledgeOrThrow: (id: string) => Promise<void>;
  shelve: (id: string, reason: string, forMs: number) => Promise<boolean>;
  close: (id: string, result: string) => Promise<boolean>;
}

export interface AlarmItemProps {
  alarm: Alarm;
  /** That of the event that says how it stands now, where the console knows it. */
  evidence: Evidence | undefined;
  /** The server's time, ms, a minute old at most. */
  now: number;
  /** The same as it goes on. */
  clock: Ticking;
  names: Names;
  selected: boolean;
  busy: boolean;
  problem: string | null;
  /** Absent for roles that may only look. */
  acts: AlarmActs | null;
  onSelect: () => void;
  onLocate: () => void;
  onExplain: (event: string) => void;
}

export function AlarmItem(props: AlarmItemProps) {
  const { alarm, now, names, selected, busy, acts } = props;
  const { language, t } = useI18n();
  const raisedMs = Date.parse(alarm.raised_at);
  const unseen = needsAcknowledgement(alarm);
  return (
    <>
      <div className="alarm-row">
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
          <Ticked clock={props.clock} everyMs={1_000} text={(atMs) => sinceText(alarm, atMs, language, t)} />
        </span>
      </button>
      {acts && unseen && (
        <button
          type="button"
          className="primary alarm-quick"
          disabled={busy}
          data-testid="alarm-ack"
          onClick={() => void acts.acknowledge(alarm.id)}
        >
          {busy ? t('alarm.busy') : t('alarm.acknowledge')}
        </button>
      )}
      </div>
      {selected && <Chosen {...props} />}
      {props.problem !== null && (
        <p className="problem" role="alert">
          {props.problem}
        </p>
      )}
    </>
  );
}

function lastedText(alarm: Alarm, now: number, t: Translate): string {
  if (wasRetracted(alarm)) return t('alarm.retracted');
  const raisedMs = Date.parse(alarm.raised_at);
  if (!alarm.returned_at) return t('alarm.since', { age: spanText(now - raisedMs, t) });
  return t('alarm.lasted', { age: spanText(Date.parse(alarm.returned_at) - raisedMs, t) });
}

function sinceText(alarm: Alarm, now: number, language: Language, t: Translate): string {
  const parts = [lastedText(alarm, now, t)];
  if (alarm.state === 'shelved' && alarm.shelved_until) {
    const untilMs = Date.parse(alarm.shelved_until);
    const left = spanText(untilMs - now, t);
    parts.push(t('alarm.shelved.until', { time: nearText(untilMs, now, language), left }));
  }
  if (alarm.acknowledged_at && alarm.acknowledged_by) {
    const time = nearText(Date.parse(alarm.acknowledged_at), now, language);
    parts.push(t('alarm.acknowledged.by', { who: alarm.acknowledged_by, time }));
  }
  return parts.join(' · ');
}

type Act = 'note' | 'shelve' | 'close';

/** What a chosen alarm offers. The names in `data-act` are those that the keys press. */
function Chosen({ alarm, now, busy, acts, onExplain }: AlarmItemProps) {
  const { t } = useI18n();
  const [act, setAct] = useState<Act | null>(null);
  const shelved = alarm.state === 'shelved';
  const why = tellingEvent(alarm);
  /** A form is left when its act is done; one that failed keeps what was written. */
  const done = async (answer: Promise<boolean>) => {
    if (await answer) setAct(null);
  };
  const leave = () => {
    setAct(null);
    document.querySelector<HTMLElement>('.alarm[aria-current="true"] .alarm-body')?.focus();
  };
  const button = (name: Act, text: string) => (
    <button type="button" aria-expanded={act === name} data-act={name} onClick={() => setAct(act === name ? null : name)}>
      {text}
    </button>
  );
  return (
    <div className="alarm-chosen">
      <div className="alarm-acts">
        {acts && (needsAcknowledgement(alarm) || shelved) && (
          <>{button('note', t(shelved ? 'alarm.unshelve' : 'alarm.acknowledge.note'))}</>
        )}
        {acts && button('shelve', t(shelved ? 'alarm.shelve.again' : 'alarm.shelve'))}
        {acts && button('close', t('alarm.close'))}
        {why && (
          <button type="button" data-act="explain" data-testid="alarm-evidence" onClick={() => onExplain(why)}>
            {t('alarm.evidence')}
          </button>
        )}
      </div>
      {acts && act === 'note' && (
        <NoteForm
          busy={busy}
          takesBack={shelved}
          onAcknowledge={(note) => void done(acts.acknowledge(alarm.id, note))}
          onLeave={leave}
        />
      )}
      {acts && act === 'shelve' && (
        <ShelveForm
          busy={busy}
          onShelve={(reason, forMs) => void done(acts.shelve(alarm.id, reason, forMs))}
          onLeave={leave}
        />
      )}
      {acts && act === 'close' && (
        <CloseForm busy={busy} onClose={(result) => void done(acts.close(alarm.id, result))} onLeave={leave} />
      )}
      {why && <AlarmWhy key={why} event={why} />}
      <AlarmHistory alarm={alarm} now={now} />
    </div>
  );
}

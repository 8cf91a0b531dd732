/** The alarms that were closed today, the last first: what was found, by whom. Further back when it is asked for. */
import { useEffect, useState } from 'react';
import { api } from '../../../api/client';
import type { Alarm } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { nearText, startOfDay } from '../../../i18n/time';
import type { Site } from '../../../live/site';
import { PriorityBadge } from '../../../ui/PriorityBadge';
import { errorText } from '../../../ui/problem';
import { AlarmHistory } from './AlarmHistory';
import { knownBy, saysAll } from './filter';
import { handledBefore } from './handled';
import { tellingEvent, whatText, type Names } from '../words';

const PAGE = 50;

interface Read {
  alarms: readonly Alarm[];
  /** Where the next page goes on; 0 = there is no more. */
  downTo: number;
  reading: boolean;
  error: unknown;
}

export interface HandledProps {
  site: Site;
  names: Names;
  now: number;
  onLocate: (alarm: Alarm) => void;
  onExplain: (event: string) => void;
}

export function Handled({ site, names, now, onLocate, onExplain }: HandledProps) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [allDays, setAllDays] = useState(false);
  const [read, setRead] = useState<Read>({ alarms: [], downTo: 0, reading: true, error: null });
  const more = async (before: readonly Alarm[], from: number, sinceMs: number, gone: () => boolean) => {
    setRead({ alarms: before, downTo: from, reading: true, error: null });
    try {
      const page = await handledBefore(api.closedAlarmsAfter, from, PAGE, sinceMs);
      if (!gone()) setRead({ alarms: [...before, ...page.alarms], downTo: page.downTo, reading: false, error: null });
    } catch (error) {
      if (!gone()) setRead({ alarms: before, downTo: from, reading: false, error });
    }
  };
  useEffect(() => {
    let gone = false;
    const sinceMs = allDays ? 0 : startOfDay(site.clock.now());
    void more([], site.seq, sinceMs, () => gone);
    return () => {
      gone = true;
    };
  }, [site, allDays]);
  const said = (alarm: Alarm) => {
    const vehicle = site.directory.byId(alarm.subject.id ?? '');
    return `${knownBy(alarm, whatText(alarm, names, t), vehicle)} ${alarm.result ?? ''} ${alarm.acknowledged_by ?? ''}`;
  };
  const shown = read.alarms.filter((alarm) => text.trim() === '' || saysAll(said(alarm), text.trim()));
  const since = allDays ? 0 : startOfDay(now);
  return (
    <div className="handled" data-testid="handled">
      <div className="alarm-filter">
        <input
          type="search"
          value={text}
          placeholder={t('handled.find')}
          aria-label={t('handled.find')}
          data-testid="handled-find"
          onChange={(event) => setText(event.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={allDays} onChange={(event) => setAllDays(event.target.checked)} />{' '}
          {t('handled.all')}
        </label>
      </div>
      <ul>
        {shown.map((alarm) => (
          <HandledItem
            key={alarm.id}
            alarm={alarm}
            what={whatText(alarm, names, t)}
            now={now}
            open={alarm.id === chosen}
            onOpen={() => {
              setChosen(alarm.id === chosen ? null : alarm.id);
              onLocate(alarm);
            }}
            onExplain={onExplain}
          />
        ))}
      </ul>
      {read.error !== null && (
        <p className="problem" role="alert">
          {errorText(read.error, t)}
        </p>
      )}
      {!read.reading && read.error === null && shown.length === 0 && (
        <p className="hint">{t(read.alarms.length ? 'handled.nothing' : 'handled.empty')}</p>
      )}
      {read.reading ? (
        <p className="hint">{t('app.loading')}</p>
      ) : (
        (read.downTo > 0 || read.error !== null) && (
          <p className="hint">
            <button type="button" onClick={() => void more(read.alarms, read.downTo || site.seq, since, () => false)}>
              {t('handled.more')}
            </button>
          </p>
        )
      )}
    </div>
  );
}

function HandledItem(props: {
  alarm: Alarm;
  what: string;
  now: number;
  open: boolean;
  onOpen: () => void;
  onExplain: (event: string) => void;
}) {
  const { alarm, now, open } = props;
  const { language, t } = useI18n();
  const closer = alarm.history?.findLast((line) => line.what === 'closed')?.who ?? alarm.acknowledged_by;
  const why = tellingEvent(alarm);
  return (
    <li className="alarm" data-testid="handled-item" data-alarm-id={alarm.id}>
      <button type="button" className="alarm-body" aria-expanded={open} onClick={props.onOpen}>
        <span className="alarm-head">
          <PriorityBadge priority={alarm.priority} flashing={false} />
          {alarm.closed_at && (
            <time className="alarm-time">
              {t('handled.closed', { time: nearText(Date.parse(alarm.closed_at), now, language) })}
            </time>
          )}
        </span>
        <span className="alarm-what">{props.what}</span>
        <span className="alarm-when">
          {alarm.result ? t('handled.result', { result: alarm.result }) : t('handled.by.itself')}
          {closer && ` · ${closer}`}
        </span>
      </button>
      {open && (
        <div className="alarm-chosen">
          {why && (
            <div className="alarm-acts">
              <button type="button" onClick={() => props.onExplain(why)}>
                {t('alarm.evidence')}
              </button>
            </div>
          )}
          <AlarmHistory alarm={alarm} now={now} />
        </div>
      )}
    </li>
  );
}

/** The open alarms, the most urgent first. Nothing here can be deleted; it can be acknowledged and closed. */
import { useEffect, useRef, useState } from 'react';
import type { Alarm } from '../../../api/types';
import { useI18n } from '../../../i18n';
import type { Picture, Site } from '../../../live/site';
import { problemText } from '../../../ui/problem';
import { useServerNow } from '../../../ui/useServerNow';
import { AlarmItem } from './AlarmItem';
import { AlarmFilter, ALL, passes, type Filter } from './AlarmFilter';
import { LoadFigure } from './LoadFigure';
import { needsAcknowledgement, tellingEvent, type Names } from '../words';

/** A flood is shown in pieces: nobody reads more than this at once, and a slow desk must still answer. */
const PIECE = 100;

export interface AlarmListProps {
  site: Site;
  picture: Picture;
  names: Names;
  selected: string | null;
  busy: ReadonlySet<string>;
  problem: { id: string; text: string } | null;
  onSelect: (id: string) => void;
  onLocate: (alarm: Alarm) => void;
  onAcknowledge: (id: string, note: string | undefined) => void;
  onShelve: (id: string, reason: string, forMs: number) => void;
  onClose: (id: string, result: string) => void;
  onHelp: () => void;
}

export function AlarmList(props: AlarmListProps) {
  const { site, picture, selected } = props;
  const { t } = useI18n();
  const now = useServerNow(site.clock, 1_000);
  const list = useRef<HTMLUListElement>(null);
  const [room, setRoom] = useState(PIECE);
  const [filter, setFilter] = useState<Filter>(ALL);
  const passing = picture.alarms.filter((alarm) => passes(alarm, filter) || alarm.id === selected);
  const chosenAt = passing.findIndex((alarm) => alarm.id === selected);
  const shown = passing.slice(0, Math.max(room, chosenAt + 1));
  const hidden = passing.length - shown.length;
  const unacknowledged = picture.alarms.filter(needsAcknowledgement).length;

  useEffect(() => {
    const item = list.current?.querySelector('[aria-current="true"]');
    if (!item) return;
    item.scrollIntoView({ block: 'nearest' });
    // Chosen by key: the focus goes along, so that a screen reader reads it and Enter opens it.
    if (!item.contains(document.activeElement)) item.querySelector<HTMLElement>('.alarm-body')?.focus();
  }, [selected]);

  return (
    <section className="alarms" id="alarms" tabIndex={-1} aria-labelledby="alarms-title">
      <header>
        <h2 id="alarms-title">{t('alarms.title')}</h2>
        {picture.alarmsKnown && <span>{t('alarms.count', { open: picture.alarms.length, unacknowledged })}</span>}
        <button type="button" className="quiet" onClick={props.onHelp}>
          {t('alarms.keys')}
        </button>
      </header>
      <LoadFigure site={site} />
      <AlarmFilter filter={filter} hidden={picture.alarms.length - passing.length} onFilter={setFilter} />
      {picture.alarmsProblem && (
        <p className="problem" role="alert">
          {t('alarms.error', { why: problemText(picture.alarmsProblem, t) })}
        </p>
      )}
      {!picture.alarmsKnown && !picture.alarmsProblem && <p className="hint">{t('alarms.loading')}</p>}
      {picture.alarmsKnown && picture.alarms.length === 0 && (
        <p className="hint">{t(picture.connection === 'lost' ? 'alarms.empty.lost' : 'alarms.empty')}</p>
      )}
      <ul ref={list} data-testid="alarm-list">
        {shown.map((alarm) => (
          <AlarmItem
            key={alarm.id}
            alarm={alarm}
            evidence={site.event(tellingEvent(alarm) ?? '')?.evidence}
            now={now}
            names={props.names}
            selected={alarm.id === selected}
            busy={props.busy.has(alarm.id)}
            problem={props.problem?.id === alarm.id ? props.problem.text : null}
            onSelect={() => props.onSelect(alarm.id)}
            onLocate={() => props.onLocate(alarm)}
            onAcknowledge={(note) => props.onAcknowledge(alarm.id, note)}
            onShelve={(reason, forMs) => props.onShelve(alarm.id, reason, forMs)}
            onClose={(result) => props.onClose(alarm.id, result)}
          />
        ))}
        {hidden > 0 && (
          <li className="hint">
            <button type="button" onClick={() => setRoom(shown.length + PIECE)}>
              {t('alarms.more', { hidden })}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

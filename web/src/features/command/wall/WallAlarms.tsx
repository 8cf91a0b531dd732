/** The open alarms for a wall: large, nothing to press. What is urgent and seen by nobody stands first, as in the list. */
import { useLayoutEffect, useRef, useState } from 'react';
import { translateName, useI18n } from '../../../i18n';
import { nearText, spanText } from '../../../i18n/time';
import type { Picture, Site } from '../../../live/site';
import { PriorityBadge } from '../../../ui/PriorityBadge';
import { Ticked } from '../../../ui/Ticked';
import { useServerNow } from '../../../ui/useServerNow';
import { useFlood } from '../flood';
import { useLoad } from '../useLoad';
import { tellingEvent, whatText, type Names } from '../words';

/** More does not fit on any wall. */
const MOST = 16;

export function WallAlarms({ site, picture, names }: { site: Site; picture: Picture; names: Names }) {
  const { language, t } = useI18n();
  // How a time of day is written depends on it; what counts up is `Ticked`.
  const now = useServerNow(site.clock, 60_000);
  const alarms = picture.alarms.filter(({ state }) => state !== 'shelved' && state !== 'suppressed');
  const flood = useFlood(site, picture.alarms, useLoad(site)?.last.ten_minutes.raised ?? 0);
  const list = useRef<HTMLUListElement>(null);
  const [fits, setFits] = useState(MOST);
  useLayoutEffect(() => {
    const bottom = list.current?.getBoundingClientRect().bottom ?? 0;
    const rows = [...(list.current?.children ?? [])];
    const cut = rows.findIndex((row) => row.getBoundingClientRect().bottom > bottom + 1);
    setFits(cut < 0 ? MOST : cut);
  });
  // Those that do not fit are laid out and not seen: the list knows by them when there is room.
  const laidOut = alarms.slice(0, MOST);
  const left = alarms.length - Math.min(fits, laidOut.length);
  return (
    <section className="wall-alarms" id="alarms" aria-labelledby="wall-title" data-testid="wall-alarms">
      <h2 id="wall-title">
        {t('wall.alarms')} <strong>{picture.alarmsKnown ? alarms.length : '?'}</strong>
      </h2>
      {flood.on && (
        <p className="wall-flood" role="status" data-testid="wall-flood">
          {t('wall.flood', { raised: flood.raised })}
        </p>
      )}
      {picture.alarmsKnown && alarms.length === 0 && (
        <p className="hint">{t(picture.connection === 'lost' ? 'alarms.empty.lost' : 'wall.none')}</p>
      )}
      <ul ref={list}>
        {laidOut.map((alarm, index) => {
          const raisedMs = Date.parse(alarm.raised_at);
          const returnedMs = alarm.returned_at ? Date.parse(alarm.returned_at) : null;
          const evidence = site.event(tellingEvent(alarm) ?? '')?.evidence;
          return (
            <li
              key={alarm.id}
              className={`alarm alarm-p${alarm.priority} alarm-${alarm.state}`}
              data-fits={index < fits}
            >
              <span className="alarm-head">
                <PriorityBadge
                  priority={alarm.priority}
                  flashing={alarm.state === 'unacknowledged' && !alarm.late}
                />
                <span className="alarm-state">
                  {translateName(t, 'alarmstate', alarm.state, () => alarm.state)}
                </span>
                <time className="alarm-time">{nearText(raisedMs, now, language)}</time>
              </span>
              <span className="alarm-what">{whatText({ ...alarm, ...(evidence && { evidence }) }, names, t)}</span>
              <span className="alarm-when">
                {returnedMs === null ? (
                  <Ticked
                    clock={site.clock}
                    everyMs={1_000}
                    text={(atMs) => t('alarm.since', { age: spanText(atMs - raisedMs, t) })}
                  />
                ) : (
                  t('alarm.lasted', { age: spanText(returnedMs - raisedMs, t) })
                )}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="hint" data-testid="wall-more">
        {left > 0 && t('wall.more', { n: left })}
      </p>
    </section>
  );
}

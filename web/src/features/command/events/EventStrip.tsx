/** The latest events in words, what happened last on top; held still while somebody reads, and taken along as a table. */
import { memo, useRef, useState } from 'react';
import { api } from '../../../api/client';
import type { Event } from '../../../api/types';
import { useI18n, type Translate } from '../../../i18n';
import { dateText, nearText, startOfDay, toFileName } from '../../../i18n/time';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import { doubtTexts, kindName, subjectText, whatText } from '../words';
import { csvOf, saveAs, type Row } from '../../../ui/csv';
import { EVERY, passes, type EventFilter } from './event-filter';
import './events.css';

/** A playback begins a little before what is looked for. */
const BEFORE_MS = 30_000;

export interface EventStripProps {
  desk: Desk;
  events: readonly Event[];
  /** Changes when plates or names of zones do. */
  named: string;
  onLocate: (event: Event) => void;
}

/** Drawn again when there is something else to say, not with every picture: it is the longest list of the screen. */
export const EventStrip = memo(function EventStrip({ desk, events, onLocate }: EventStripProps) {
  const { site, names } = desk;
  const { language, t } = useI18n();
  const now = site.clock.now();
  const [filter, setFilter] = useState<EventFilter>(EVERY);
  /** What stood there when somebody began to read. */
  const [held, setHeld] = useState<readonly Event[] | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const listed = held ?? events;
  const said = (event: Event) => {
    const company = site.directory.byId(event.subject.id ?? '')?.company ?? '';
    return `${whatText(event, names, t)} ${company} ${event.subject.id ?? ''}`;
  };
  const shown = listed.filter((event) => passes(event, filter, () => said(event)));
  const fresh = held ? events.filter((event) => !held.some((other) => other.id === event.id)).length : 0;
  const filtered = filter.kind !== null || filter.zone !== null || filter.text.trim() !== '';
  const goOn = () => {
    setHeld(null);
    list.current?.scrollTo({ top: 0 });
  };
  const kinds = [...new Set([...events.map(({ kind }) => kind), ...(filter.kind ? [filter.kind] : [])])];
  const zones = [...new Set([...events.map(({ zone }) => zone), filter.zone])].filter((zone) => zone !== null && zone !== undefined);
  return (
    <section className="events" id="events" aria-labelledby="events-title">
      <header>
        <h2 id="events-title">{t('events.title')}</h2>
        <input
          type="search"
          value={filter.text}
          placeholder={t('filter.text')}
          aria-label={t('filter.text')}
          data-testid="events-text"
          onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        />
        <select
          value={filter.kind ?? ''}
          aria-label={t('filter.kind')}
          data-testid="events-kind"
          onChange={(event) => setFilter({ ...filter, kind: kinds.find((kind) => kind === event.target.value) ?? null })}
        >
          <option value="">{t('filter.kind.all')}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {kindName(kind, t)}
            </option>
          ))}
        </select>
        <select
          value={filter.zone ?? ''}
          aria-label={t('filter.zone')}
          onChange={(event) => setFilter({ ...filter, zone: event.target.value || null })}
        >
          <option value="">{t('filter.zone.all')}</option>
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {names.zone(zone) ?? zone}
            </option>
          ))}
        </select>
        {filtered && (
          <button type="button" onClick={() => setFilter(EVERY)}>
            {t('events.all')}
          </button>
        )}
        <button type="button" aria-pressed={held !== null} data-testid="events-hold" onClick={held ? goOn : () => setHeld(events)}>
          {held ? t('events.go.on', { fresh }) : t('events.hold')}
        </button>
        <SaveButton desk={desk} filter={filter} said={said} />
      </header>
      {shown.length === 0 && <p className="hint">{t(filtered ? 'events.nothing' : 'events.empty')}</p>}
      <ol
        ref={list}
        data-testid="event-list"
        // Whoever scrolls down reads: nothing may move under their eyes.
        onScroll={(event) => event.currentTarget.scrollTop > 0 && held === null && setHeld(events)}
      >
        {shown.map((event) => (
          <li key={event.id} className={event.status === 'retracted' ? 'retracted' : ''} data-testid="event-item">
            <button type="button" className="event-row" onClick={() => onLocate(event)} title={t('alarm.locate')}>
              <time>{nearText(Date.parse(event.at), now, language)}</time>
              <span className="event-what">{whatText(event, names, t)}</span>
              {event.ended_at && event.ended_at !== event.at && (
                <span className="event-note">
                  {t('events.ended', { time: nearText(Date.parse(event.ended_at), now, language) })}
                </span>
              )}
              {doubtTexts(event, t).map((word) => (
                <span key={word} className="event-doubt">
                  {word}
                </span>
              ))}
            </button>
            <button type="button" className="quiet" data-testid="event-evidence" onClick={() => desk.explain(event.id)}>
              {t('alarm.evidence')}
            </button>
            {event.subject.kind === 'vehicle' && event.subject.id && (
              <button
                type="button"
                className="quiet"
                data-testid="event-replay"
                onClick={() => desk.replay(Date.parse(event.at) - BEFORE_MS, [event.subject.id ?? ''])}
              >
                {t('replay.from.here')}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
});

/** Takes today's events that the filter names along as a file. */
function SaveButton({ desk, filter, said }: { desk: Desk; filter: EventFilter; said: (event: Event) => string }) {
  const { t } = useI18n();
  const [state, setState] = useState<{ busy: boolean; text: string | null }>({ busy: false, text: null });
  const save = async () => {
    setState({ busy: true, text: null });
    const nowMs = desk.site.clock.now();
    try {
      const all = await api.events({
        fromMs: startOfDay(nowMs),
        toMs: nowMs + 60_000,
        kind: filter.kind ?? undefined,
        zone: filter.zone ?? undefined,
      });
      const rows = all
        .filter((event) => passes(event, filter, () => said(event)))
        .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
        .map((event) => rowOf(event, desk, t));
      const head = HEAD.map((name) => t(`csv.${name}`));
      saveAs(`cordon-events-${toFileName(nowMs)}.csv`, [csvOf(head, rows)], 'text/csv');
      setState({ busy: false, text: t('events.saved', { count: rows.length }) });
    } catch (error) {
      setState({ busy: false, text: errorText(error, t) });
    }
  };
  return (
    <>
      <button type="button" disabled={state.busy} data-testid="events-save" title={t('events.save.hint')} onClick={() => void save()}>
        {t(state.busy ? 'app.loading' : 'events.save')}
      </button>
      <span role="status" className="events-saved">
        {state.text}
      </span>
    </>
  );
}

const HEAD = ['at', 'ended', 'kind', 'subject', 'company', 'zone', 'lon', 'lat', 'certainty', 'status', 'late', 'alarm', 'id'] as const;

function rowOf(event: Event, { site, names }: Desk, t: Translate): Row {
  // The same notation in both languages, which a spreadsheet reads as a time.
  const time = (iso: string | null | undefined) => (iso ? dateText(Date.parse(iso)) : '');
  return [
    time(event.at),
    time(event.ended_at),
    kindName(event.kind, t),
    subjectText(event.subject, names, t),
    site.directory.byId(event.subject.id ?? '')?.company,
    event.zone ? (names.zone(event.zone) ?? event.zone) : '',
    event.lon,
    event.lat,
    t(`certainty.${event.certainty}`),
    t(`eventstatus.${event.status}`),
    event.late ? t('events.late') : '',
    event.alarm,
    event.id,
  ];
}

/** What the rules as drawn would have found in the past: by rule, by vehicle, on the map, and back to the moment itself. */
import { useEffect, useRef, useState } from 'react';
import type { Sketch, Tried, TriedEvent } from '../../../api/edits';
import type { EventKind, Rule } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import { kindName } from '../words';
import { describe } from './in-words';
import { dayOf } from './local-time';
import type { Session } from './session';
import { tryPatiently } from './trial';

const SPANS = ['yesterday', 'today', 'week'] as const;
type Span = (typeof SPANS)[number];
/** Longest that the server takes (`server/src/api/try_rules.rs`). */
const WEEK_MS = 7 * 86_400_000;
/** The server's own bound on a trial. */
const LONGEST_S = 30;
const MOST_LISTED = 200;

function spanOf(span: Span, nowMs: number): { from: string; to: string } {
  if (span === 'yesterday') return dayOf(nowMs, 1);
  if (span === 'today') return { ...dayOf(nowMs, 0), to: new Date(nowMs).toISOString() };
  return { from: new Date(nowMs - WEEK_MS).toISOString(), to: new Date(nowMs).toISOString() };
}

export interface PastCheckProps {
  desk: Desk;
  work: Session;
  zone: Sketch;
  rules: readonly Rule[];
}

export function PastCheck({ desk, work, zone, rules }: PastCheckProps) {
  const { t } = useI18n();
  const [span, setSpan] = useState<Span>('yesterday');
  const [since, setSince] = useState<number | null>(null);
  const [waiting, setWaiting] = useState(false);
  const [tried, setTried] = useState<{ tried: Tried; of: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef<AbortController | null>(null);
  const text = JSON.stringify(zone);

  useEffect(
    () => () => {
      running.current?.abort();
      work.mark([]);
    },
    [work],
  );

  const run = async () => {
    const given = new AbortController();
    running.current = given;
    setSince(Date.now());
    setProblem(null);
    setTried(null);
    try {
      const { from, to } = spanOf(span, desk.site.clock.now());
      const found = await tryPatiently(zone, { from, to }, given.signal, setWaiting);
      setTried({ tried: found, of: text });
      work.mark(
        found.events.flatMap(({ lon, lat }) =>
          lon === undefined || lat === undefined
            ? []
            : [{ at: [lon, lat] as [number, number], look: 'event' as const }],
        ),
      );
    } catch (error) {
      if (!given.signal.aborted) setProblem(errorText(error, t));
    } finally {
      setSince(null);
    }
  };
  return (
    <>
      {rules.length === 0 && <p className="edit-dim">{t('edit.past.no_rules')}</p>}
      <div className="edit-row">
        <select
          aria-label={t('edit.past.span')}
          data-testid="past-span"
          value={span}
          disabled={since !== null}
          onChange={(event) => setSpan(event.target.value as Span)}
        >
          {SPANS.map((name) => (
            <option key={name} value={name}>
              {t(`edit.past.${name}`)}
            </option>
          ))}
        </select>
        {since === null ? (
          <button
            type="button"
            className="primary"
            data-testid="past-run"
            disabled={rules.length === 0}
            onClick={() => void run()}
          >
            {t('edit.past.run')}
          </button>
        ) : (
          <button type="button" data-testid="past-cancel" onClick={() => running.current?.abort()}>
            {t('edit.past.cancel')}
          </button>
        )}
      </div>
      {since !== null && <Progress since={since} waiting={waiting} />}
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {tried && <Result desk={desk} tried={tried.tried} old={tried.of !== text} rules={rules} />}
    </>
  );
}

function Progress({ since, waiting }: { since: number; waiting: boolean }) {
  const { t } = useI18n();
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - since) / 1_000));
  return (
    <div data-testid="past-progress" data-waiting={waiting}>
      <progress
        max={LONGEST_S}
        {...(waiting ? {} : { value: Math.min(seconds, LONGEST_S) })}
        aria-label={t('edit.past.run')}
      />
      <p className="edit-dim" role="status">
        {waiting ? t('edit.past.busy') : t('edit.past.running', { s: seconds, most: LONGEST_S })}
      </p>
    </div>
  );
}

interface ResultProps {
  desk: Desk;
  tried: Tried;
  /** The draft has changed since. */
  old: boolean;
  rules: readonly Rule[];
}

function Result({ desk, tried, old, rules }: ResultProps) {
  const { t } = useI18n();
  const [vehicle, setVehicle] = useState<string | null>(null);
  const plates = new Map(tried.vehicles.map((item) => [item.vehicle, item.plate ?? item.vehicle]));
  const events = tried.events.filter((event) => vehicle === null || event.vehicle === vehicle);
  const total = tried.rules.reduce((sum, rule) => sum + rule.alarms, 0);
  return (
    <div className="edit-tried" data-testid="past-result">
      {old && <p className="edit-note">{t('edit.past.old')}</p>}
      <p role="status">
        <strong data-testid="past-alarms">{t('edit.past.total', { n: total })}</strong>{' '}
        {t('edit.past.of', {
          from: dateText(Date.parse(tried.from)),
          to: dateText(Date.parse(tried.to)),
          judged: tried.vehicles_judged,
          asked: tried.vehicles_asked,
          fixes: tried.fixes_read,
        })}
      </p>
      {tried.fixes_read === 0 && (
        <p className="edit-note" data-testid="past-nothing">
          {t('edit.past.nothing')}
        </p>
      )}
      {tried.cut.map(({ by, limit }) => (
        <p key={by} className="edit-note" data-testid="past-cut">
          {t(`edit.past.cut.${by}`, { limit })}
        </p>
      ))}
      {tried.not_tried.map((rule) => (
        <p key={rule} className="edit-note" data-testid="past-not-tried">
          {t('edit.past.not_tried', { rule: describe(rule, rules, t) })}
        </p>
      ))}
      <ul className="edit-diff">
        {tried.rules.map((rule) => (
          <li key={rule.rule}>
            {t('edit.past.rule', {
              alarms: rule.alarms,
              events: rule.events,
              vehicles: rule.vehicles,
              rule: describe(rule.rule, rules, t),
            })}
          </li>
        ))}
      </ul>
      {tried.vehicles.length > 0 && (
        <label className="field">
          <span>{t('edit.past.vehicle')}</span>
          <select value={vehicle ?? ''} onChange={(event) => setVehicle(event.target.value || null)}>
            <option value="">{t('edit.past.all', { n: tried.vehicles.length })}</option>
            {tried.vehicles.map((item) => (
              <option key={item.vehicle} value={item.vehicle}>
                {t('edit.past.option', { plate: item.plate ?? item.vehicle, alarms: item.alarms, events: item.events })}
              </option>
            ))}
          </select>
        </label>
      )}
      <ul className="edit-list">
        {events.slice(0, MOST_LISTED).map((event, i) => (
          <li key={i} className="edit-event">
            <EventLine desk={desk} event={event} plate={plates.get(event.vehicle) ?? event.vehicle} />
          </li>
        ))}
      </ul>
      {(events.length > MOST_LISTED || tried.events_left_out > 0) && (
        <p className="edit-dim">
          {t('edit.more', { n: Math.max(0, events.length - MOST_LISTED) + tried.events_left_out })}
        </p>
      )}
    </div>
  );
}

function EventLine({ desk, event, plate }: { desk: Desk; event: TriedEvent; plate: string }) {
  const { t } = useI18n();
  const { lon, lat } = event;
  return (
    <>
      <button
        type="button"
        disabled={lon === undefined}
        onClick={() => lon !== undefined && lat !== undefined && desk.park?.flyTo(lon, lat)}
      >
        <span>{dateText(Date.parse(event.at))}</span>
        <span>
          {plate} {kindName(event.kind as EventKind, t)}
          {event.certainty !== 'certain' && <span className="event-doubt">{t(`events.${event.certainty}`)}</span>}
        </span>
      </button>
      <button
        type="button"
        className="quiet"
        aria-label={t('edit.past.replay.of', { plate })}
        onClick={() => desk.replay(Date.parse(event.at), [event.vehicle])}
      >
        {t('edit.past.replay')}
      </button>
    </>
  );
}

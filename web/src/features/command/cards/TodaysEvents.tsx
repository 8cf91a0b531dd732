/** What happened to a vehicle today, the last first. */
import { useEffect, useState } from 'react';
import { api } from '../../../api/client';
import type { Event } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { clockText, startOfDay } from '../../../i18n/time';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import { doubtTexts, kindText } from '../words';

/** A list that is looked at while something happens is read again. */
const READ_EVERY_MS = 10_000;

export function TodaysEvents({ desk, vehicle }: { desk: Desk; vehicle: string }) {
  const { language, t } = useI18n();
  const [events, setEvents] = useState<readonly Event[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { site } = desk;
  useEffect(() => {
    const gone = new AbortController();
    const read = async () => {
      const nowMs = site.clock.now();
      try {
        const all = await api.events({ fromMs: startOfDay(nowMs), toMs: nowMs + 60_000, subject: vehicle }, gone.signal);
        setEvents(all.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)));
        setError(null);
      } catch (failed) {
        if (!gone.signal.aborted) setError(failed);
      }
    };
    void read();
    const timer = window.setInterval(() => void read(), READ_EVERY_MS);
    return () => {
      gone.abort();
      window.clearInterval(timer);
    };
  }, [site, vehicle]);
  if (error !== null) {
    return (
      <p className="problem" role="alert">
        {errorText(error, t)}
      </p>
    );
  }
  if (events === null) return <p className="hint">{t('app.loading')}</p>;
  if (events.length === 0) return <p className="hint">{t('vehicle.events.none')}</p>;
  return (
    <ul className="vehicle-events" data-testid="vehicle-events-list">
      {events.map((event) => (
        <li key={event.id} className={event.status === 'retracted' ? 'retracted' : ''}>
          <button type="button" onClick={() => desk.explain(event.id)} title={t('alarm.evidence')}>
            <time>{clockText(Date.parse(event.at), language)}</time>
            <span className="event-what">
              {kindText(event.kind, event.rule, t, event.evidence)}{' '}
              {event.zone && (desk.names.zone(event.zone) ?? event.zone)}
            </span>
            {event.alarm && <span className="vehicle-alarm">{t('vehicle.events.alarm')}</span>}
            {doubtTexts(event, t).map((word) => (
              <span key={word} className="event-doubt">
                {word}
              </span>
            ))}
          </button>
        </li>
      ))}
    </ul>
  );
}

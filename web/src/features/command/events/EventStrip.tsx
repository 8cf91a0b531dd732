/** The latest events in words, what happened last on top. A click shows where. */
import type { Event } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { nearText } from '../../../i18n/time';
import type { Site } from '../../../live/site';
import { doubtTexts, whatText, type Names } from '../words';

export function EventStrip({
  site,
  events,
  names,
  onLocate,
}: {
  site: Site;
  events: readonly Event[];
  names: Names;
  onLocate: (event: Event) => void;
}) {
  const { language, t } = useI18n();
  const now = site.clock.now();
  return (
    <section className="events" aria-labelledby="events-title">
      <h2 id="events-title">{t('events.title')}</h2>
      {events.length === 0 && <p className="hint">{t('events.empty')}</p>}
      <ol data-testid="event-list">
        {events.map((event) => (
          <li key={event.id} className={event.status === 'retracted' ? 'retracted' : ''} data-testid="event-item">
            <button type="button" onClick={() => onLocate(event)}>
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
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Whom the zone as drawn would concern at this moment, on the map and by plate. */
import { useEffect, useState } from 'react';
import { ApiError } from '../../../api/client';
import { edits, type Preview, type PreviewItem, type Sketch } from '../../../api/edits';
import type { Rule } from '../../../api/types';
import { translateName, useI18n, type Translate } from '../../../i18n';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import { describe } from './in-words';
import type { Session } from './session';
import type { Mark } from './sketch';

/** Typing settles before the server is asked. */
const REST_MS = 500;

export interface NowCheckProps {
  desk: Desk;
  work: Session;
  zone: Sketch;
  rules: readonly Rule[];
}

/** Those inside and concerned first, then whoever is outside. */
function urgency(item: PreviewItem): number {
  const concerned = item.rules.some((rule) => rule.concerned && !rule.exempt) ? 0 : 1;
  return { inside: 0, uncertain: 2, outside: 4 }[item.place] + concerned;
}

function marksOf(items: readonly PreviewItem[]): Mark[] {
  return items.flatMap(({ lon, lat, place }) =>
    lon === undefined || lat === undefined ? [] : [{ at: [lon, lat], look: place }],
  );
}

export function NowCheck({ desk, work, zone, rules }: NowCheckProps) {
  const { t } = useI18n();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  const text = JSON.stringify(zone);

  useEffect(() => {
    const given = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        const found = await edits.preview(JSON.parse(text) as Sketch, given.signal);
        setPreview({ ...found, items: [...found.items].sort((a, b) => urgency(a) - urgency(b)) });
        setProblem(null);
        work.mark(marksOf(found.items));
      } catch (error) {
        if (given.signal.aborted) return;
        const missing = error instanceof ApiError && error.problem.status === 404;
        setProblem(missing ? t('edit.check.missing') : errorText(error, t));
        setPreview(null);
        work.mark([]);
      }
    }, REST_MS);
    return () => {
      given.abort();
      window.clearTimeout(timer);
    };
  }, [asked, t, text, work]);
  useEffect(() => () => work.mark([]), [work]);

  if (problem !== null) {
    return (
      <p className="problem" role="alert" data-testid="preview-problem">
        {problem}
      </p>
    );
  }
  if (!preview) return <p className="edit-dim">{t('app.loading')}</p>;
  const { vehicles, inside, concerned } = preview.counts;
  return (
    <>
      <p role="status" data-testid="preview-counts">
        {t('edit.now.counts', { vehicles, inside, concerned })}
        {preview.cut && ` ${t('edit.now.cut', { n: preview.items.length })}`}
      </p>
      {!preview.in_force && <p className="edit-note">{t('edit.now.not_in_force')}</p>}
      <ol className="edit-numbered">
        {preview.rules.map(({ rule, watched }) => (
          <li key={rule}>
            {describe(rule, rules, t)}
            {preview.in_force && !watched && <span className="event-doubt">{t('edit.now.not_watched')}</span>}
          </li>
        ))}
      </ol>
      <button type="button" className="edit-now" onClick={() => setAsked((n) => n + 1)}>
        {t('edit.now.again')}
      </button>
      <ul className="edit-list" data-testid="preview-list">
        {preview.items.map((item) => (
          <li key={item.vehicle}>
            <button
              type="button"
              onClick={() => item.lon !== undefined && item.lat !== undefined && desk.park?.flyTo(item.lon, item.lat)}
            >
              <span>
                {item.plate ?? item.vehicle} <span className="edit-dim">{item.company ?? ''}</span>
              </span>
              <span className={`edit-place edit-place-${item.place}`}>{t(`edit.place.${item.place}`)}</span>
              <span className="edit-dim edit-whole">{rulesText(item, t)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Which rules concern a vehicle, by their numbers in the list above. */
function rulesText(item: PreviewItem, t: Translate): string {
  const words = item.rules.flatMap(({ concerned, exempt }, i) => {
    if (exempt) return [t('edit.now.exempt', { n: i + 1, kind: translateName(t, 'exempt', exempt, () => exempt) })];
    return concerned ? [String(i + 1)] : [];
  });
  return words.length ? t('edit.now.rules', { rules: words.join(t('list.separator')) }) : t('edit.now.nobody');
}

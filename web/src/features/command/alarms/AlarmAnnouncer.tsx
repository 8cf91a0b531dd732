/**
 * Tells of alarms that were not there before or come back from being put aside: a screen reader of each, a short sound of
 * urgent ones alone: those that came while the desk was quiet when that is over. Late ones and those that are put aside are
 * listed, never announced.
 */
import { useEffect, useRef, useState } from 'react';
import type { Alarm } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { chime } from './chime';
import { newsOf, toldOf, unheard } from './news';
import { useQuietUntil } from './quiet';
import { priorityText, sirens, whatText, type Names } from '../words';

export function AlarmAnnouncer({ alarms, known, names }: { alarms: readonly Alarm[]; known: boolean; names: Names }) {
  const { t } = useI18n();
  const told = useRef<ReadonlySet<string> | null>(null);
  /** Urgent ones that came while this desk was quiet. */
  const missed = useRef(new Set<string>());
  const quiet = useQuietUntil() > 0;
  const [text, setText] = useState('');
  useEffect(() => {
    if (!known) return;
    const before = told.current;
    told.current = toldOf(alarms);
    if (before === null) return;
    const news = newsOf(alarms, before);
    const urgent = news.filter(sirens);
    if (quiet) for (const { id } of urgent) missed.current.add(id);
    else if (urgent.length > 0) chime();
    const [first] = news;
    if (first) setText(t('alarms.new', { priority: priorityText(first.priority, t), what: whatText(first, names, t) }));
  }, [alarms, known, names, quiet, t]);
  useEffect(() => {
    if (quiet) return;
    const late = unheard(alarms, missed.current);
    missed.current.clear();
    if (late.length === 0) return;
    chime();
    setText(t('alarms.missed', { count: late.length, what: whatText(late[0]!, names, t) }));
    // The alarms are those of the moment at which the silence ends.
  }, [quiet]);
  return (
    <p className="unseen" role="status" aria-live="assertive">
      {text}
    </p>
  );
}

/**
 * Tells of alarms that were not there before or come back from being put aside: a screen reader of each, a short sound of
 * urgent ones alone. Late ones and those that are put aside are listed, never announced.
 */
import { useEffect, useRef, useState } from 'react';
import type { Alarm } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { chime } from './chime';
import { newsOf, toldOf } from './news';
import { isQuiet } from './quiet';
import { priorityText, sirens, whatText, type Names } from '../words';

export function AlarmAnnouncer({ alarms, known, names }: { alarms: readonly Alarm[]; known: boolean; names: Names }) {
  const { t } = useI18n();
  const told = useRef<ReadonlySet<string> | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!known) return;
    const before = told.current;
    told.current = toldOf(alarms);
    if (before === null) return;
    const news = newsOf(alarms, before);
    if (!isQuiet() && news.some(sirens)) chime();
    const [first] = news;
    if (first) setText(t('alarms.new', { priority: priorityText(first.priority, t), what: whatText(first, names, t) }));
  }, [alarms, known, names, t]);
  return (
    <p className="unseen" role="status" aria-live="assertive">
      {text}
    </p>
  );
}

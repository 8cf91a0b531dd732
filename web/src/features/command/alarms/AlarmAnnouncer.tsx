/**
 * Tells of alarms that were not there before: a screen reader of each, a short sound of urgent ones alone. Late ones and
 * those that are put aside are listed, never announced.
 */
import { useEffect, useRef, useState } from 'react';
import type { Alarm } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { chime } from './chime';
import { isQuiet } from './quiet';
import { priorityText, sirens, whatText, type Names } from '../words';

export function AlarmAnnouncer({ alarms, known, names }: { alarms: readonly Alarm[]; known: boolean; names: Names }) {
  const { t } = useI18n();
  const told = useRef<Set<string> | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!known) return;
    const before = told.current;
    told.current = new Set(alarms.map((alarm) => alarm.id));
    if (before === null) return;
    const isNew = (alarm: Alarm) => !before.has(alarm.id);
    if (!isQuiet() && alarms.some((alarm) => isNew(alarm) && sirens(alarm))) chime();
    const fresh = alarms.find((alarm) => isNew(alarm) && alarm.state === 'unacknowledged' && !alarm.late);
    if (fresh) setText(t('alarms.new', { priority: priorityText(fresh.priority, t), what: whatText(fresh, names, t) }));
  }, [alarms, known, names, t]);
  return (
    <p className="unseen" role="status" aria-live="assertive">
      {text}
    </p>
  );
}

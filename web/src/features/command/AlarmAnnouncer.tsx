/** Tells a screen reader of alarms that were not there before. Late ones are listed, never announced. */
import { useEffect, useRef, useState } from 'react';
import type { Alarm } from '../../api/types';
import { useI18n } from '../../i18n';
import { priorityText, whatText, type Names } from './words';

export function AlarmAnnouncer({ alarms, known, names }: { alarms: readonly Alarm[]; known: boolean; names: Names }) {
  const { t } = useI18n();
  const told = useRef<Set<string> | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!known) return;
    const before = told.current;
    told.current = new Set(alarms.map((alarm) => alarm.id));
    if (before === null) return;
    const fresh = alarms.find((alarm) => !before.has(alarm.id) && alarm.state === 'unacknowledged' && !alarm.late);
    if (fresh) setText(t('alarms.new', { priority: priorityText(fresh.priority, t), what: whatText(fresh, names, t) }));
  }, [alarms, known, names, t]);
  return (
    <p className="unseen" role="status" aria-live="assertive">
      {text}
    </p>
  );
}

/** Everything that happened to one alarm, and who did it. */
import type { Alarm } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { nearText } from '../../../i18n/time';

export function AlarmHistory({ alarm, now }: { alarm: Alarm; now: number }) {
  const { language, t } = useI18n();
  if (!alarm.history?.length) return null;
  return (
    <ol className="history" aria-label={t('alarm.history')}>
      {alarm.history.map((line, index) => (
        <li key={index}>
          <time>{nearText(Date.parse(line.at), now, language)}</time>{' '}
          {translateName(t, 'step', line.what, () => t('step.other', { what: line.what }))}
          {line.who && ` · ${line.who}`}
          {line.note && t('alarm.history.note', { note: line.note })}
        </li>
      ))}
    </ol>
  );
}

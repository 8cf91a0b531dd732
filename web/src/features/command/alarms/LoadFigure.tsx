/** How much the alarms ask of the desk, beside what one operator can bear. Never hidden: a flood is seen as one. */
import { memo } from 'react';
import type { AlarmLoad } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { spanText } from '../../../i18n/time';
import { LoadPicture } from './LoadPicture';

export const LoadFigure = memo(function LoadFigure({ load }: { load: AlarmLoad | null }) {
  const { t } = useI18n();
  if (load === null) return <p className="load">{t('load.unknown')}</p>;
  const bearable = load.benchmarks.find((benchmark) => benchmark.per === 'ten_minutes');
  const raised = load.last.ten_minutes.raised;
  const tooMany = bearable !== undefined && raised > bearable.acceptable;
  const waiting = load.longest_unacknowledged;
  return (
    <div className="load" data-testid="alarm-load" data-raised={raised} title={bearable?.source}>
      <span className={load.flood ? 'load-flood' : tooMany ? 'load-many' : ''}>
        {t('load.ten', { raised, acceptable: bearable?.acceptable ?? '–' })}
        {load.flood && ` ${t('load.flood')}`}
      </span>
      <span>{t('load.day', { raised: load.last.day.raised })}</span>
      <span>{waiting ? t('load.waiting', { age: spanText(waiting.seconds * 1000, t) }) : t('load.waiting.none')}</span>
      {load.shelved > 0 && <span>{t('load.shelved', { shelved: load.shelved })}</span>}
      <LoadPicture load={load} />
    </div>
  );
});

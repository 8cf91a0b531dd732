/** The few signs that a wall shows the meaning of. At a desk the layer tree is the legend. */
import { useI18n, type Key } from '../../../i18n';
import { LEVELS, NUMERAL } from '../../../map/style';
import { VEHICLE_STATES, VehicleSample } from '../../../ui/Samples';
import './layers.css';

export function Legend() {
  const { t } = useI18n();
  return (
    <ul className="legend" aria-label={t('legend.title')}>
      {VEHICLE_STATES.map((state) => (
        <li key={state}>
          <VehicleSample state={state} />
          {t(`legend.${state === 'quiet' ? 'stale' : state}` as Key)}
        </li>
      ))}
      {LEVELS.map((level) => (
        <li key={level}>
          <span className={`level-swatch level-${level}`}>{NUMERAL[level]}</span>
          {t(`leaf.zones.${level}`)}
        </li>
      ))}
    </ul>
  );
}

/** What the shapes on the map mean. */
import { useI18n, type Key } from '../../../i18n';
import { LEVELS, NUMERAL } from '../../../map/style';

export const VEHICLE_STATES = ['moving', 'standing', 'stale', 'alarm'] as const;

export function VehicleShape({ state }: { state: (typeof VEHICLE_STATES)[number] }) {
  return (
    <svg viewBox="-12 -12 24 24" className={`legend-vehicle legend-${state}`} aria-hidden="true">
      {state === 'alarm' && <polygon points="-4,-10 4,-10 10,-4 10,4 4,10 -4,10 -10,4 -10,-4" />}
      {(state === 'moving' || state === 'alarm') && (
        <path transform={state === 'alarm' ? 'scale(.6)' : ''} d="M0-10 7 8 0 4-7 8z" />
      )}
      {state === 'standing' && <circle r="6" />}
      {state === 'stale' && <circle r="6" className="hollow" />}
    </svg>
  );
}

export function Legend() {
  const { t } = useI18n();
  return (
    <details className="legend">
      <summary>{t('legend.title')}</summary>
      <ul>
        {VEHICLE_STATES.map((state) => (
          <li key={state}>
            <VehicleShape state={state} />
            {t(`legend.${state}` as Key)}
          </li>
        ))}
        {LEVELS.map((level) => (
          <li key={level}>
            <span className={`level-swatch level-${level}`}>{NUMERAL[level]}</span>
            {t(`level.${level}`)}
          </li>
        ))}
      </ul>
    </details>
  );
}

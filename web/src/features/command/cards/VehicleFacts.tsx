/** What is known of a vehicle now, and how old it is. */
import type { VehicleFeature } from '../../../api/types';
import { translateName, useI18n, type Key } from '../../../i18n';
import { clockText, spanText } from '../../../i18n/time';
import { FLAG } from '../../../live/frame';
import { Row } from '../../../ui/Card';
import { useServerNow } from '../../../ui/useServerNow';
import type { Desk } from '../desk';
import { headingText } from '../words';

const FLAGS: readonly [number, Key][] = [
  [FLAG.alarm, 'flag.alarm'],
  [FLAG.stale, 'flag.stale'],
  [FLAG.silent, 'flag.silent'],
  [FLAG.clockWrong, 'flag.clock_wrong'],
  [FLAG.unchecked, 'flag.unchecked'],
];

export interface VehicleFactsProps {
  desk: Desk;
  vehicleKey: number;
  kept: VehicleFeature | undefined;
}

export function VehicleFacts({ desk: { site, names }, vehicleKey, kept }: VehicleFactsProps) {
  const { language, t } = useI18n();
  const now = useServerNow(site.clock, 1_000);
  const named = site.directory.byKey(vehicleKey);
  const live = site.fleet.vehicle(vehicleKey);
  const fixedAtMs = live?.fixedAtMs ?? (named?.last ? Date.parse(named.last.fixed_at) : null);
  const speed = live ? live.speedKph : (named?.last?.speed_kph ?? null);
  const heading = live ? live.headingDeg : (named?.last?.heading_deg ?? null);
  const doubts = [
    ...FLAGS.filter(([bit]) => live && live.flags & bit).map(([, key]) => t(key)),
    ...(named?.last?.marks ?? []).map((mark) => translateName(t, 'mark', mark, () => mark)),
  ];
  const { goods_class: goods, plate_colour: colour } = kept?.properties ?? {};
  return (
    <dl>
      <Row name={t('card.fix')}>
        {fixedAtMs === null ? (
          t('card.fix.none')
        ) : (
          <>
            <strong>{t('age.ago', { age: spanText(now - fixedAtMs, t) })}</strong> ({clockText(fixedAtMs, language)})
          </>
        )}
        {!live && <span className="vehicle-note">{t('card.offscreen')}</span>}
      </Row>
      <Row name={t('card.speed')}>
        {speed === null ? t('card.unknown') : `${speed.toFixed(0)} km/h`}
        {heading !== null && ` · ${headingText(heading, t)}`}
      </Row>
      <Row name={t('card.zones')}>
        {named?.zones?.length ? (
          <ul>
            {named.zones.map((zone) => (
              <li key={zone.zone}>
                {t('vehicle.zone.since', {
                  zone: names.zone(zone.zone) ?? zone.zone,
                  time: clockText(Date.parse(zone.since), language),
                  age: spanText(now - Date.parse(zone.since), t),
                })}
                {zone.certainty !== 'certain' && (
                  <>
                    {' '}
                    <span className="event-doubt">{t('events.uncertain')}</span>
                  </>
                )}
              </li>
            ))}
          </ul>
        ) : (
          t('card.zones.none')
        )}
      </Row>
      {doubts.length > 0 && (
        <Row name={t('card.marks')}>
          <ul>
            {doubts.map((doubt) => (
              <li key={doubt}>{doubt}</li>
            ))}
          </ul>
        </Row>
      )}
      <Row name={t('card.class')}>
        {named?.class ? translateName(t, 'class', named.class, () => String(named.class)) : t('card.unknown')}
      </Row>
      {goods && <Row name={t('vehicle.goods')}>{translateName(t, 'goods', goods, () => goods)}</Row>}
      <Row name={t('card.company')}>{named?.company ?? t('card.unknown')}</Row>
      {colour !== null && colour !== undefined && (
        <Row name={t('vehicle.colour')}>{translateName(t, 'colour', String(colour), () => String(colour))}</Row>
      )}
      {named?.online !== undefined && (
        <Row name={t(kept?.properties.terminal_phone ? 'vehicle.terminal' : 'card.online')}>
          {named.online ? t('card.online.yes') : t('card.online.no')}
        </Row>
      )}
    </dl>
  );
}

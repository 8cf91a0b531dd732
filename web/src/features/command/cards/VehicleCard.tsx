/** One vehicle: who, whose, how old its last position is, and what is doubtful about it. */
import { useEffect } from 'react';
import { translateName, useI18n, type Key } from '../../../i18n';
import { spanText } from '../../../i18n/time';
import { FLAG } from '../../../live/frame';
import type { Site } from '../../../live/site';
import { Card, Row } from '../../../ui/Card';
import { useServerNow } from '../../../ui/useServerNow';
import { headingText, type Names } from '../words';

/** Zones and marks do not come with the positions, so they are read again this often while a card is open. */
const REFRESH_MS = 2_000;

const FLAGS: readonly [number, Key][] = [
  [FLAG.alarm, 'flag.alarm'],
  [FLAG.stale, 'flag.stale'],
  [FLAG.silent, 'flag.silent'],
  [FLAG.clockWrong, 'flag.clock_wrong'],
  [FLAG.unchecked, 'flag.unchecked'],
];

export interface VehicleCardProps {
  site: Site;
  vehicleKey: number;
  names: Names;
  following: boolean;
  onFollow: (follow: boolean) => void;
  onClose: () => void;
}

export function VehicleCard({ site, vehicleKey, names, following, onFollow, onClose }: VehicleCardProps) {
  const { t } = useI18n();
  const now = useServerNow(site.clock, 1_000);
  useEffect(() => {
    void site.directory.refreshOne(vehicleKey);
    const timer = window.setInterval(() => void site.directory.refreshOne(vehicleKey), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [site, vehicleKey]);

  const named = site.directory.byKey(vehicleKey);
  const live = site.fleet.vehicle(vehicleKey);
  const fixedAtMs = live?.fixedAtMs ?? (named?.last ? Date.parse(named.last.fixed_at) : null);
  const speed = live ? live.speedKph : (named?.last?.speed_kph ?? null);
  const heading = live ? live.headingDeg : (named?.last?.heading_deg ?? null);
  const doubts = [
    ...FLAGS.filter(([bit]) => live && live.flags & bit).map(([, key]) => t(key)),
    ...(named?.last?.marks ?? []).map((mark) => translateName(t, 'mark', mark, () => mark)),
  ];
  return (
    <Card
      title={named?.plate ?? named?.id ?? t('card.unnamed', { key: vehicleKey })}
      testId="vehicle-card"
      onClose={onClose}
    >
      <dl>
        <Row name={t('card.class')}>
          {named?.class ? translateName(t, 'class', named.class, () => String(named.class)) : t('card.unknown')}
        </Row>
        <Row name={t('card.company')}>{named?.company ?? t('card.unknown')}</Row>
        {named?.online !== undefined && (
          <Row name={t('card.online')}>{named.online ? t('card.online.yes') : t('card.online.no')}</Row>
        )}
        <Row name={t('card.fix')}>
          {fixedAtMs === null ? t('card.fix.none') : t('age.ago', { age: spanText(now - fixedAtMs, t) })}
          {!live && <span className="event-doubt">{t('card.offscreen')}</span>}
        </Row>
        <Row name={t('card.speed')}>{speed === null ? t('card.unknown') : `${speed.toFixed(0)} km/h`}</Row>
        <Row name={t('card.heading')}>{heading === null ? t('card.unknown') : headingText(heading, t)}</Row>
        <Row name={t('card.zones')}>
          {named?.zones?.length ? (
            <ul>
              {named.zones.map((zone) => (
                <li key={zone.zone}>
                  {t('card.zones.since', {
                    zone: names.zone(zone.zone) ?? zone.zone,
                    age: spanText(now - Date.parse(zone.since), t),
                  })}
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
      </dl>
      <label className="check">
        <input type="checkbox" checked={following} onChange={(event) => onFollow(event.target.checked)} />{' '}
        {t('card.follow')}
      </label>
    </Card>
  );
}

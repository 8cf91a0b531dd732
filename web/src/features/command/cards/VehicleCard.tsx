/** One vehicle: who, whose, how old its last position is, what is doubtful about it; its day, and a word with its driver. */
import { useEffect, useState } from 'react';
import { api } from '../../../api/client';
import type { VehicleFeature } from '../../../api/types';
import { useI18n, type Key } from '../../../i18n';
import { Card } from '../../../ui/Card';
import { CopyLink } from '../../../ui/CopyLink';
import { mayCommandTerminals, type Desk } from '../desk';
import { DayTrack } from './DayTrack';
import { TerminalTalk } from './TerminalTalk';
import { TodaysEvents } from './TodaysEvents';
import { VehicleFacts } from './VehicleFacts';
import './vehicle.css';

/** Zones and marks do not come with the positions, so they are read again this often while a card is open. */
const REFRESH_MS = 2_000;
/** A playback that is opened at a vehicle begins so long before it was last heard of. */
const BACK_MS = 15 * 60_000;

const PARTS = ['facts', 'events', 'track', 'terminal'] as const;
type Part = (typeof PARTS)[number];

export interface VehicleCardProps {
  desk: Desk;
  vehicleKey: number;
  following: boolean;
  onFollow: (follow: boolean) => void;
  onClose: () => void;
}

export function VehicleCard({ desk, vehicleKey, following, onFollow, onClose }: VehicleCardProps) {
  const { site } = desk;
  const { t } = useI18n();
  const [part, setPart] = useState<Part>('facts');
  useEffect(() => {
    void site.directory.refreshOne(vehicleKey);
    const timer = window.setInterval(() => void site.directory.refreshOne(vehicleKey), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [site, vehicleKey]);
  const named = site.directory.byKey(vehicleKey);
  const id = named?.id;
  const kept = useKept(id);
  const lastMs = () => {
    const last = named?.last ? Date.parse(named.last.fixed_at) : undefined;
    return site.fleet.vehicle(vehicleKey)?.fixedAtMs ?? last ?? site.clock.now();
  };
  const phone = kept?.properties.terminal_phone ?? null;
  const offered = PARTS.filter((name) => name !== 'terminal' || (phone !== null && mayCommandTerminals(desk.session)));
  return (
    <div className="vehicle">
      <Card
        title={named?.plate ?? named?.id ?? t('card.unnamed', { key: vehicleKey })}
        testId="vehicle-card"
        onClose={onClose}
      >
        <div className="vehicle-acts">
          <label className="check">
            <input type="checkbox" checked={following} onChange={(event) => onFollow(event.target.checked)} />{' '}
            {t('card.follow')}
          </label>
          {id !== undefined && (
            <>
              <button
                type="button"
                data-testid="vehicle-replay"
                onClick={() => desk.replay(lastMs() - BACK_MS, [id])}
              >
                {t('vehicle.replay')}
              </button>
              <CopyLink params={{ vehicle: id }} />
            </>
          )}
        </div>
        {id !== undefined && (
          <div className="vehicle-parts" role="group" aria-label={t('vehicle.parts')}>
            {offered.map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={part === name}
                data-testid={`vehicle-${name}`}
                onClick={() => setPart(name)}
              >
                {t(`vehicle.part.${name}` as Key)}
              </button>
            ))}
          </div>
        )}
        {(part === 'facts' || id === undefined) && <VehicleFacts desk={desk} vehicleKey={vehicleKey} kept={kept} />}
        {part === 'events' && id !== undefined && <TodaysEvents key={id} desk={desk} vehicle={id} />}
        {part === 'track' && id !== undefined && <DayTrack key={id} desk={desk} vehicle={id} />}
        {part === 'terminal' && phone !== null && (
          <TerminalTalk key={phone} phone={phone} plate={named?.plate ?? id ?? ''} online={named?.online ?? false} />
        )}
      </Card>
    </div>
  );
}

/** What people keep about a vehicle; `undefined` until it is read and where it cannot be. */
function useKept(id: string | undefined): VehicleFeature | undefined {
  const [kept, setKept] = useState<VehicleFeature>();
  useEffect(() => {
    setKept(undefined);
    if (id === undefined) return;
    let gone = false;
    api.vehicleFeature(id).then(
      (feature) => !gone && setKept(feature),
      // The card says less; nothing that it says becomes wrong.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [id]);
  return kept;
}

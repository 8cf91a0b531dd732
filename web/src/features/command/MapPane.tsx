/** The box in which the map lives. React never touches what is inside. */
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import type { ConnectionState } from '../../live/socket';
import { ParkMap, type Choice, type Several } from '../../map/park-map';
import type { Desk } from './desk';
import { EmptySite } from './EmptySite';
import { Legend } from './layers/Legend';
import { MapNotes } from './layers/MapNotes';

export interface MapPaneProps {
  desk: Desk;
  wall: boolean;
  following: boolean;
  connection: ConnectionState;
  /** The map that stands, or that there is none any more. */
  onMap: (map: ParkMap | null) => void;
  onChoice: (choice: Choice) => void;
  onSeveral: (several: Several | null) => void;
  onMovedByHand: () => void;
  onPrint: () => void;
}

export function MapPane(props: MapPaneProps) {
  const { desk, wall, following, connection, onMap, onPrint } = props;
  const { site, choice, visibility } = desk;
  const person = desk.session.name;
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<ParkMap | null>(null);
  const [noGl, setNoGl] = useState(false);
  const handlers = useRef(props);
  handlers.current = props;
  const title = useRef(t('map.label'));

  useEffect(() => {
    if (!box.current) return;
    let made: ParkMap;
    try {
      made = new ParkMap(
        box.current,
        { site, person, visibility, title: title.current },
        {
          onChoice: (next) => handlers.current.onChoice(next),
          onSeveral: (several) => handlers.current.onSeveral(several),
          onMovedByHand: () => handlers.current.onMovedByHand(),
        },
      );
    } catch (error) {
      console.error(error);
      setNoGl(true);
      return;
    }
    setMap(made);
    onMap(made);
    return () => {
      setMap(null);
      onMap(null);
      made.destroy();
    };
  }, [site, person, visibility, onMap]);

  useEffect(() => map?.choose(choice), [map, choice]);
  useEffect(() => map?.follow(following && choice?.kind === 'vehicle' ? choice.key : null), [map, choice, following]);
  useEffect(() => map?.repaint(), [map, connection]);
  return (
    <>
      <div ref={box} className="map" data-testid="map" />
      {!noGl && site.features.blank() && site.vehicleCount === 0 && <EmptySite />}
      {noGl && <p className="map-message">{t('map.nogl')}</p>}
      {!wall && (
        <div className="map-buttons">
          <button type="button" onClick={() => map?.zoomBy(1)} aria-label={t('map.zoom.in')} title={t('map.zoom.in')}>
            +
          </button>
          <button
            type="button"
            onClick={() => map?.zoomBy(-1)}
            aria-label={t('map.zoom.out')}
            title={t('map.zoom.out')}
          >
            −
          </button>
          <button type="button" onClick={() => map?.fit()} aria-label={t('map.fit')} title={t('map.fit')}>
            <MapIcon path="M3 9V3h6M15 3h6v6M21 15v6h-6M9 21H3v-6" />
          </button>
          <button
            type="button"
            onClick={onPrint}
            aria-label={t('print.open')}
            title={t('print.open')}
            data-testid="print-open"
          >
            <MapIcon path="M7 8V3h10v5M7 17H3V8h18v9h-4M7 14h10v7H7z" />
          </button>
        </div>
      )}
      <MapNotes desk={desk} />
      {wall && <Legend />}
    </>
  );
}

function MapIcon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

/** The box in which the map lives. React never touches what is inside. */
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import type { Site } from '../../live/site';
import type { ConnectionState } from '../../live/socket';
import { ParkMap, type Choice } from '../../map/park-map';
import { EmptySite } from './EmptySite';
import { Legend } from './layers/Legend';

export interface MapPaneProps {
  site: Site;
  /** Whose view of the map is remembered. */
  person: string;
  choice: Choice;
  following: boolean;
  connection: ConnectionState;
  /** The map that stands, or that there is none any more. */
  onMap: (map: ParkMap | null) => void;
  onChoice: (choice: Choice) => void;
  onMovedByHand: () => void;
}

export function MapPane(props: MapPaneProps) {
  const { site, person, choice, following, connection, onMap, onChoice, onMovedByHand } = props;
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<ParkMap | null>(null);
  const [noGl, setNoGl] = useState(false);
  const handlers = useRef({ onChoice, onMovedByHand });
  handlers.current = { onChoice, onMovedByHand };
  const title = useRef(t('map.label'));

  useEffect(() => {
    if (!box.current) return;
    let made: ParkMap;
    try {
      made = new ParkMap(
        box.current,
        site,
        person,
        {
          onChoice: (next) => handlers.current.onChoice(next),
          onMovedByHand: () => handlers.current.onMovedByHand(),
        },
        title.current,
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
  }, [site, person, onMap]);

  useEffect(() => map?.choose(choice), [map, choice]);
  useEffect(() => map?.follow(following && choice?.kind === 'vehicle' ? choice.key : null), [map, choice, following]);
  useEffect(() => map?.repaint(), [map, connection]);
  return (
    <>
      <div ref={box} className="map" data-testid="map" />
      {!noGl && site.features.blank() && site.fleet.size === 0 && <EmptySite />}
      {noGl && <p className="map-message">{t('map.nogl')}</p>}
      <div className="map-buttons">
        <button type="button" onClick={() => map?.zoomBy(1)} aria-label={t('map.zoom.in')} title={t('map.zoom.in')}>
          +
        </button>
        <button type="button" onClick={() => map?.zoomBy(-1)} aria-label={t('map.zoom.out')} title={t('map.zoom.out')}>
          −
        </button>
        <button type="button" onClick={() => map?.fit()} aria-label={t('map.fit')} title={t('map.fit')}>
          ⤢
        </button>
      </div>
      <Legend />
    </>
  );
}

/** The box in which the map lives. React never touches what is inside. */
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import type { Alarm } from '../../api/types';
import { useI18n } from '../../i18n';
import type { Site } from '../../live/site';
import type { ConnectionState } from '../../live/socket';
import { ParkMap, type Choice } from '../../map/park-map';
import { EmptySite } from './EmptySite';
import { Legend } from './Legend';
import type { Place } from './place';

export interface MapHandle {
  flyTo: (lon: number, lat: number) => void;
  showAlarm: (alarm: Alarm, place: Place) => void;
  clearMark: () => void;
}

export interface MapPaneProps {
  ref: Ref<MapHandle>;
  site: Site;
  /** Whose view of the map is remembered. */
  person: string;
  choice: Choice;
  following: boolean;
  connection: ConnectionState;
  onChoice: (choice: Choice) => void;
  onMovedByHand: () => void;
}

function alarmMark(alarm: Alarm): HTMLElement {
  const mark = document.createElement('div');
  mark.className = `alarm-mark alarm-mark-p${alarm.priority}`;
  mark.textContent = `P${alarm.priority}`;
  return mark;
}

export function MapPane({ ref, site, person, choice, following, connection, onChoice, onMovedByHand }: MapPaneProps) {
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
    return () => {
      setMap(null);
      made.destroy();
    };
  }, [site, person]);

  useEffect(() => map?.choose(choice), [map, choice]);
  useEffect(() => map?.follow(following && choice?.kind === 'vehicle' ? choice.key : null), [map, choice, following]);
  useEffect(() => map?.repaint(), [map, connection]);
  useImperativeHandle(
    ref,
    () => ({
      flyTo: (lon, lat) => map?.flyTo(lon, lat),
      showAlarm: (alarm, [lon, lat]) => map?.flyTo(lon, lat, alarmMark(alarm)),
      clearMark: () => map?.clearMark(),
    }),
    [map],
  );

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

/** Which vehicles are played: whose track could not be read or was too long is said; more are added by plate or by view. */
import { useId, useState } from 'react';
import { useI18n } from '../../../i18n';
import { clockText } from '../../../i18n/time';
import type { Site } from '../../../live/site';
import { errorText } from '../../../ui/problem';
import { MOST_PLAYED } from '../track-load';
import type { PlayedTrack } from './useTracks';

/** Plates that are offered while somebody types. */
const OFFERED = 30;

export interface CastProps {
  site: Site;
  vehicles: readonly string[];
  tracks: ReadonlyMap<string, PlayedTrack>;
  lead: string | null;
  plate: (id: string) => string;
  onVehicles: (vehicles: readonly string[]) => void;
  onLead: (id: string) => void;
  onAddInView: () => void;
}

export function Cast(props: CastProps) {
  const { site, vehicles, tracks, lead, plate } = props;
  const { language, t } = useI18n();
  const [typed, setTyped] = useState('');
  const listId = useId();
  const full = vehicles.length >= MOST_PLAYED;
  const like = typed.trim().toLowerCase();
  const found =
    like === '' ? [] : [...site.directory.all()].filter((one) => (one.plate ?? one.id).toLowerCase().includes(like));
  const exact = found.find((one) => (one.plate ?? one.id).toLowerCase() === like) ?? (found.length === 1 ? found[0] : undefined);
  const state = (track: PlayedTrack | undefined) => {
    if (!track) return '';
    if (track.error !== null) return errorText(track.error, t);
    if (track.points.length === 0) return t('play.cast.none');
    return track.cutAtMs === null ? '' : t('play.cast.cut', { time: clockText(track.cutAtMs, language) });
  };
  return (
    <div className="cast">
      <ul aria-label={t('play.cast')}>
        {vehicles.map((id) => (
          <li key={id} className={id === lead ? 'cast-lead' : ''} data-testid="cast" data-vehicle={id}>
            <button type="button" aria-pressed={id === lead} onClick={() => props.onLead(id)} title={t('play.cast.lead')}>
              {plate(id)}
            </button>
            <span className="cast-note">{state(tracks.get(id))}</span>
            <button
              type="button"
              className="quiet"
              aria-label={t('play.cast.remove', { plate: plate(id) })}
              onClick={() => props.onVehicles(vehicles.filter((other) => other !== id))}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!exact || full) return;
          if (!vehicles.includes(exact.id)) props.onVehicles([...vehicles, exact.id]);
          setTyped('');
        }}
      >
        <input
          value={typed}
          list={listId}
          placeholder={t('play.cast.add')}
          aria-label={t('play.cast.add')}
          disabled={full}
          title={full ? t('play.cast.full', { most: MOST_PLAYED }) : ''}
          data-testid="cast-add"
          onChange={(event) => setTyped(event.target.value)}
        />
        <datalist id={listId}>
          {found.slice(0, OFFERED).map((one) => (
            <option key={one.id} value={one.plate ?? one.id} />
          ))}
        </datalist>
      </form>
      <button
        type="button"
        disabled={full}
        title={full ? t('play.cast.full', { most: MOST_PLAYED }) : ''}
        onClick={props.onAddInView}
        data-testid="cast-view"
      >
        {t('play.cast.view')}
      </button>
    </div>
  );
}

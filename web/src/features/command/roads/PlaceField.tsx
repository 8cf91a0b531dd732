/** One place of a question: by typing a name or coordinates, by the arrow keys and Enter, or by a click on the map. */
import { useId, useState, type KeyboardEvent } from 'react';
import { useI18n } from '../../../i18n';
import type { LonLat } from '../../../map/datum';
import type { Desk } from '../desk';
import { placeName, search, type Known } from './places';

export interface PlaceFieldProps {
  desk: Desk;
  label: string;
  /** What stands at it on the map. */
  sign: string;
  at: LonLat | null;
  /** The next click on the map gives it. */
  awaited: boolean;
  testId: string;
  onPlace: (at: LonLat) => void;
  onAwait: () => void;
  /** Absent where it cannot be taken away. */
  onRemove?: () => void;
}

export function PlaceField({ desk, label, sign, at, awaited, testId, onPlace, onAwait, onRemove }: PlaceFieldProps) {
  const { language, t } = useI18n();
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const id = useId();
  const found = typed === null ? [] : search(desk.site, typed, language);
  const chosen = Math.min(active, found.length - 1);
  const take = ({ at: there }: Known) => {
    setTyped(null);
    onPlace(there);
    desk.park?.flyTo(there.lon, there.lat);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter' && found[chosen]) take(found[chosen]);
    else if (event.key === 'Escape' && typed !== null) setTyped(null);
    else if (step !== undefined && found.length > 0) setActive((chosen + step + found.length) % found.length);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={awaited ? 'roads-place awaited' : 'roads-place'}>
      <label className="field" htmlFor={`${id}-input`}>
        <span>
          {sign !== '' && <b className="roads-sign">{sign}</b>} {label}
        </span>
      </label>
      <span className="roads-place-row">
        <input
          id={`${id}-input`}
          role="combobox"
          autoComplete="off"
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={found[chosen] ? `${id}-${chosen}` : undefined}
          value={typed ?? (at ? placeName(desk.site, at, language) : '')}
          placeholder={t(awaited ? 'roads.place.awaited' : 'roads.place.type')}
          data-testid={testId}
          onFocus={onAwait}
          onChange={(event) => {
            setTyped(event.target.value);
            setActive(0);
          }}
          onBlur={() => setTyped(null)}
          onKeyDown={press}
        />
        {onRemove && (
          <button type="button" className="quiet" aria-label={t('roads.place.remove', { label })} onClick={onRemove}>
            ✕
          </button>
        )}
      </span>
      <ul id={`${id}-list`} role="listbox" aria-label={label} className="roads-found" hidden={found.length === 0}>
        {found.map((one, i) => (
          <li
            key={one.key}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            data-testid="roads-found"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(one)}
          >
            {one.name}
          </li>
        ))}
      </ul>
      {typed !== null && typed.trim() !== '' && found.length === 0 && <p className="hint">{t('roads.place.none')}</p>}
    </div>
  );
}

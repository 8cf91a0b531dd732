/** Corners as lines of text, for whoever has no pointer or a list from elsewhere. */
import { useEffect, useState } from 'react';
import { useI18n } from '../../../i18n';
import { fromText, toText } from './coordinates-text';
import type { Place } from './places';

export interface PlacesTextProps {
  label: string;
  places: readonly Place[];
  least: number;
  onApply: (places: Place[]) => void;
}

export function PlacesText({ label, places, least, onApply }: PlacesTextProps) {
  const { t } = useI18n();
  const standing = toText(places);
  const [text, setText] = useState(standing);
  useEffect(() => setText(standing), [standing]);
  const { places: typed, wrongLine } = fromText(text);
  const changed = text !== standing;
  const wrong =
    wrongLine !== null
      ? t('edit.places.wrong', { line: wrongLine })
      : typed.length < least
        ? t('edit.places.few', { least })
        : null;
  return (
    <div className="edit-places">
      <label className="field">
        <span>{label}</span>
        <textarea
          rows={Math.min(8, Math.max(4, places.length + 1))}
          value={text}
          spellCheck={false}
          data-testid="edit-places"
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {changed && wrong && <p className="edit-wrong">{wrong}</p>}
      {changed && (
        <button type="button" data-testid="places-apply" disabled={wrong !== null} onClick={() => onApply(typed)}>
          {t('edit.numbers.apply')}
        </button>
      )}
    </div>
  );
}

/** A number that may be typed halfway: it counts as soon as it is one within its bounds, and says so while it is not. */
import { useEffect, useId, useState } from 'react';
import { useI18n } from '../../../i18n';

export interface NumberFieldProps {
  label: string;
  /** After the number: m, °, s. */
  unit?: string;
  value: number | null;
  least?: number;
  most?: number;
  step?: number;
  testId?: string;
  /** Without its name in sight, within a sentence. */
  inline?: boolean;
  onChange: (value: number) => void;
}

export function NumberField(props: NumberFieldProps) {
  const { label, unit, value, least = -Infinity, most = Infinity, step, testId, inline, onChange } = props;
  const { t } = useI18n();
  const id = useId();
  const [text, setText] = useState(value === null ? '' : String(value));
  const typed = Number(text);
  const wrong = text.trim() === '' || !Number.isFinite(typed) || typed < least || typed > most;
  useEffect(() => {
    // What is shown follows what stands, unless that is what is being typed.
    setText((shown) => (shown.trim() !== '' && Number(shown) === value ? shown : value === null ? '' : String(value)));
  }, [value]);
  const take = (next: string) => {
    setText(next);
    const number = Number(next);
    if (next.trim() !== '' && Number.isFinite(number) && number >= least && number <= most && number !== value)
      onChange(number);
  };
  const box = (
    <input
      id={id}
      type="number"
      inputMode="decimal"
      step={step ?? 'any'}
      value={text}
      aria-label={inline ? label : undefined}
      aria-invalid={wrong}
      aria-describedby={wrong ? `${id}-why` : undefined}
      data-testid={testId}
      onChange={(event) => take(event.target.value)}
    />
  );
  const why = wrong && text !== '' && Number.isFinite(least + most) && (
    <span id={`${id}-why`} className="edit-wrong">
      {t('edit.number.range', { least, most })}
    </span>
  );
  if (inline) {
    return (
      <span className="edit-inline">
        {box}
        {unit && <span>{unit}</span>}
        {why}
      </span>
    );
  }
  return (
    <div className="edit-number">
      <label htmlFor={id}>{label}</label>
      <span className="edit-inline">
        {box}
        {unit && <span className="edit-dim">{unit}</span>}
      </span>
      {why}
    </div>
  );
}

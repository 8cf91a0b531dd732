/** A cell while somebody writes in it: Enter keeps, Esc gives up, leaving it unchanged gives up too. */
import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../../i18n';
import { columnName, wordText, type Column } from './columns';

/** Words that the server takes in a member, and no others. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  level: ['red', 'orange', 'yellow', 'blue'],
  'zones/kind': ['hazard', 'restricted', 'closed', 'no_stop', 'speed', 'parking', 'evacuation', 'staging'],
  'vehicles/class': ['hazmat', 'goods', 'ordinary', 'resident', 'emergency'],
};

export interface CellInputProps {
  collection: string;
  column: Column;
  value: unknown;
  busy: boolean;
  onSave: (typed: string) => void;
  onCancel: () => void;
}

export function CellInput({ collection, column, value, busy, onSave, onCancel }: CellInputProps) {
  const { t } = useI18n();
  const before = value === null || value === undefined ? '' : String(value);
  const [typed, setTyped] = useState(before);
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  useEffect(() => {
    input.current?.focus();
    if (input.current instanceof HTMLInputElement) input.current.select();
  }, []);
  const choices = CHOICES[column.name] ?? CHOICES[`${collection}/${column.name}`] ?? (column.holds === 'yes_no' ? ['true', 'false'] : null);
  const common = {
    ref: input,
    value: typed,
    disabled: busy,
    'aria-label': t('data.edit', { column: columnName(column.name, t) }),
    'data-testid': 'cell-input',
    onKeyDown: (event: React.KeyboardEvent) => {
      // The grid's own keys are not for whoever writes.
      event.stopPropagation();
      if (event.key === 'Enter' && !event.nativeEvent.isComposing) onSave(typed);
      else if (event.key === 'Escape') onCancel();
    },
    onBlur: () => typed === before && !busy && onCancel(),
  };
  if (choices) {
    const said = (word: string) =>
      column.holds === 'yes_no' ? t(word === 'true' ? 'word.yes' : 'word.no') : wordText(collection, column.name, word, t);
    return (
      <select {...common} onChange={(event) => setTyped(event.target.value)}>
        <option value="">{t('data.blank')}</option>
        {/* What is no choice stays what it is until another is made. */}
        {[...new Set([...choices, ...(before ? [before] : [])])].map((word) => (
          <option key={word} value={word}>
            {said(word)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      {...common}
      inputMode={column.holds === 'number' ? 'decimal' : undefined}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

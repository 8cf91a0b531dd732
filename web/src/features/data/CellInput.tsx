/** A cell while somebody writes in it: Enter keeps, Esc gives up, leaving it unchanged gives up too. */
import { useEffect, useRef } from 'react';
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
  /** What the server keeps, as text. */
  before: string;
  typed: string;
  busy: boolean;
  onType: (typed: string) => void;
  onSave: () => void;
  onCancel: () => void;
}

export function CellInput({ collection, column, before, typed, busy, onType, onSave, onCancel }: CellInputProps) {
  const { t } = useI18n();
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  useEffect(() => {
    input.current?.focus();
    // What was typed already is gone on with.
    if (typed === before && input.current instanceof HTMLInputElement) input.current.select();
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
      if (event.key === 'Enter' && !event.nativeEvent.isComposing) onSave();
      else if (event.key === 'Escape') onCancel();
    },
    onBlur: () => typed === before && !busy && onCancel(),
  };
  if (choices) {
    const said = (word: string) =>
      column.holds === 'yes_no' ? t(word === 'true' ? 'word.yes' : 'word.no') : wordText(collection, column.name, word, t);
    return (
      <select {...common} onChange={(event) => onType(event.target.value)}>
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
      onChange={(event) => onType(event.target.value)}
    />
  );
}

/** What a person does to an alarm: takes note of it with a word or without, ends it with what was found. */
import { useState } from 'react';
import { useI18n } from '../../i18n';

export interface AcknowledgeFormProps {
  busy: boolean;
  /** Whether there is room for a note; without, one click is enough. */
  withNote: boolean;
  onAcknowledge: (note: string | undefined) => void;
}

export function AcknowledgeForm({ busy, withNote, onAcknowledge }: AcknowledgeFormProps) {
  const { t } = useI18n();
  const [note, setNote] = useState('');
  return (
    <form
      className="alarm-acts"
      onSubmit={(event) => {
        event.preventDefault();
        onAcknowledge(note.trim() || undefined);
      }}
    >
      {withNote && (
        <input
          value={note}
          onChange={(event) => setNote(event.target.value)}
          placeholder={t('alarm.note')}
          aria-label={t('alarm.note')}
        />
      )}
      <button type="submit" className="primary" disabled={busy} data-testid="alarm-ack">
        {busy ? t('alarm.busy') : t('alarm.acknowledge')}
      </button>
    </form>
  );
}

export function CloseForm({ busy, onClose }: { busy: boolean; onClose: (result: string) => void }) {
  const { t } = useI18n();
  const [result, setResult] = useState('');
  return (
    <form
      className="alarm-acts"
      onSubmit={(event) => {
        event.preventDefault();
        if (result.trim()) onClose(result.trim());
      }}
    >
      <input
        required
        value={result}
        onChange={(event) => setResult(event.target.value)}
        placeholder={t('alarm.result')}
        aria-label={t('alarm.result')}
      />
      <button type="submit" disabled={busy} data-testid="alarm-close">
        {busy ? t('alarm.busy') : t('alarm.close')}
      </button>
    </form>
  );
}

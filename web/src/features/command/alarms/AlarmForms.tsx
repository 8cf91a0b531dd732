/** What a person does to an alarm: takes note of it with a word or without, ends it with what was found. */
import { useState } from 'react';
import { useI18n } from '../../../i18n';
import { spanText } from '../../../i18n/time';

export interface AcknowledgeFormProps {
  busy: boolean;
  /** Whether there is room for a note; without, one click is enough. */
  withNote: boolean;
  /** Whether it takes back what was put aside. */
  takesBack: boolean;
  onAcknowledge: (note: string | undefined) => void;
}

export function AcknowledgeForm({ busy, withNote, takesBack, onAcknowledge }: AcknowledgeFormProps) {
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
        {busy ? t('alarm.busy') : t(takesBack ? 'alarm.unshelve' : 'alarm.acknowledge')}
      </button>
    </form>
  );
}

/** For how long an alarm may be put aside, minutes; the server allows up to a shift of eight hours. */
export const SHELF_MINUTES = [15, 30, 60, 120, 240, 480] as const;
/** The server's clock may be a moment ahead of what the page believes: the longest choice must still be allowed. */
const CLOCK_ROOM_MS = 30_000;

export function ShelveForm({ busy, onShelve }: { busy: boolean; onShelve: (reason: string, forMs: number) => void }) {
  const { t } = useI18n();
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState<number>(SHELF_MINUTES[1]);
  return (
    <form
      className="alarm-acts"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) onShelve(reason.trim(), minutes * 60_000 - CLOCK_ROOM_MS);
      }}
    >
      <input
        required
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        placeholder={t('alarm.shelve.reason')}
        aria-label={t('alarm.shelve.reason')}
      />
      <select
        value={minutes}
        onChange={(event) => setMinutes(Number(event.target.value))}
        aria-label={t('alarm.shelve.time')}
      >
        {SHELF_MINUTES.map((choice) => (
          <option key={choice} value={choice}>
            {spanText(choice * 60_000, t)}
          </option>
        ))}
      </select>
      <button type="submit" disabled={busy} data-testid="alarm-shelve">
        {busy ? t('alarm.busy') : t('alarm.shelve')}
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

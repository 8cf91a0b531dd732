/** What a person does to an alarm: takes note of it, puts it aside with a reason, ends it with what was found. */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useI18n } from '../../../i18n';
import { spanText } from '../../../i18n/time';

/** One text and a button; Escape leaves it. The focus goes into the text, since somebody has just asked for it. */
function TextForm(props: {
  testId: string;
  label: string;
  submit: string;
  busy: boolean;
  required: boolean;
  suggestions?: readonly string[];
  onSubmit: (text: string) => void;
  onLeave: () => void;
  children?: ReactNode;
}) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const listId = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    void form.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <form
      ref={form}
      className="alarm-form"
      data-testid={`form-${props.testId}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!props.busy && (text.trim() || !props.required)) props.onSubmit(text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
        event.stopPropagation();
        props.onLeave();
      }}
    >
      <label>
        {props.label}
        <input
          autoFocus
          required={props.required}
          // The server takes no longer text.
          maxLength={2_000}
          value={text}
          list={props.suggestions ? listId : undefined}
          data-testid={`${props.testId}-text`}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {props.suggestions && (
        <datalist id={listId}>
          {props.suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      {props.children}
      <span className="alarm-acts">
        <button type="submit" className="primary" disabled={props.busy} data-testid={`${props.testId}-submit`}>
          {props.busy ? t('alarm.busy') : props.submit}
        </button>
        <button type="button" onClick={props.onLeave}>
          {t('alarm.leave')}
        </button>
      </span>
    </form>
  );
}

export interface NoteFormProps {
  busy: boolean;
  /** Whether it takes back what was put aside. */
  takesBack: boolean;
  onAcknowledge: (note: string | undefined) => void;
  onLeave: () => void;
}

export function NoteForm({ busy, takesBack, onAcknowledge, onLeave }: NoteFormProps) {
  const { t } = useI18n();
  return (
    <TextForm
      testId="note"
      label={t('alarm.note')}
      submit={t(takesBack ? 'alarm.unshelve' : 'alarm.acknowledge')}
      busy={busy}
      required={false}
      onSubmit={(note) => onAcknowledge(note || undefined)}
      onLeave={onLeave}
    />
  );
}

/** For how long an alarm may be put aside, minutes; the server allows up to a shift of eight hours. */
export const SHELF_MINUTES = [15, 30, 60, 120, 240, 480] as const;
/** The server's clock may be a moment ahead of what the page believes: the longest choice must still be allowed. */
const LONGEST_MS = SHELF_MINUTES.at(-1)! * 60_000 - 30_000;

/** For how long such a choice asks, ms. */
export function shelfMs(minutes: number): number {
  return Math.min(minutes * 60_000, LONGEST_MS);
}

export interface ShelveFormProps {
  busy: boolean;
  onShelve: (reason: string, forMs: number) => void;
  onLeave: () => void;
}

export function ShelveForm({ busy, onShelve, onLeave }: ShelveFormProps) {
  const { t } = useI18n();
  const [minutes, setMinutes] = useState<number>(SHELF_MINUTES[1]);
  return (
    <TextForm
      testId="shelve"
      label={t('alarm.shelve.reason')}
      submit={t('alarm.shelve')}
      busy={busy}
      required
      suggestions={[t('alarm.shelve.known'), t('alarm.shelve.works'), t('alarm.shelve.device')]}
      onSubmit={(reason) => onShelve(reason, shelfMs(minutes))}
      onLeave={onLeave}
    >
      <label>
        {t('alarm.shelve.time')}
        <select value={minutes} data-testid="shelve-time" onChange={(event) => setMinutes(Number(event.target.value))}>
          {SHELF_MINUTES.map((choice) => (
            <option key={choice} value={choice}>
              {spanText(choice * 60_000, t)}
            </option>
          ))}
        </select>
      </label>
    </TextForm>
  );
}

export interface CloseFormProps {
  busy: boolean;
  onClose: (result: string) => void;
  onLeave: () => void;
}

export function CloseForm({ busy, onClose, onLeave }: CloseFormProps) {
  const { t } = useI18n();
  return (
    <TextForm
      testId="close"
      label={t('alarm.result')}
      submit={t('alarm.close')}
      busy={busy}
      required
      suggestions={[t('alarm.result.driver'), t('alarm.result.patrol'), t('alarm.result.false')]}
      onSubmit={onClose}
      onLeave={onLeave}
    />
  );
}

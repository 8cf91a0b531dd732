/** A word with a vehicle's terminal: where are you, or a text for the driver. Asked twice, and what it answered is said. */
import { useState } from 'react';
import { api } from '../../../api/client';
import type { TerminalAnswer, TerminalCommand } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { clockText } from '../../../i18n/time';
import { errorText } from '../../../ui/problem';

/** The server takes 1,000 bytes of GBK: 500 characters in any case. */
const LONGEST_TEXT = 500;

type Talk =
  | { of: 'nothing' }
  /** Asked once; a person must confirm. */
  | { of: 'confirm'; command: TerminalCommand }
  | { of: 'waiting'; command: TerminalCommand }
  | { of: 'answered'; command: TerminalCommand; answer: TerminalAnswer }
  | { of: 'failed'; error: unknown };

export function TerminalTalk({ phone, plate, online }: { phone: string; plate: string; online: boolean }) {
  const { t } = useI18n();
  const [talk, setTalk] = useState<Talk>({ of: 'nothing' });
  const [text, setText] = useState('');
  const [urgent, setUrgent] = useState(false);
  const send = async (command: TerminalCommand) => {
    setTalk({ of: 'waiting', command });
    try {
      const answer = await api.command(phone, command);
      setTalk({ of: 'answered', command, answer });
      if (command.kind === 'text' && answer.result === 'done') setText('');
    } catch (error) {
      setTalk({ of: 'failed', error });
    }
  };
  const waiting = talk.of === 'waiting';
  return (
    <div className="terminal">
      <p>{t(online ? 'terminal.online' : 'terminal.offline', { phone })}</p>
      <button
        type="button"
        disabled={!online || waiting}
        data-testid="terminal-locate"
        onClick={() => setTalk({ of: 'confirm', command: { kind: 'locate' } })}
      >
        {t('terminal.locate')}
      </button>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) setTalk({ of: 'confirm', command: { kind: 'text', text: text.trim(), urgent } });
        }}
      >
        <label>
          {t('terminal.text')}
          <textarea
            value={text}
            rows={3}
            maxLength={LONGEST_TEXT}
            data-testid="terminal-text"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <label className="check">
          <input type="checkbox" checked={urgent} onChange={(event) => setUrgent(event.target.checked)} />{' '}
          {t('terminal.urgent')}
        </label>
        <button type="submit" disabled={!online || waiting || !text.trim()} data-testid="terminal-send">
          {t('terminal.send')}
        </button>
      </form>
      {talk.of === 'confirm' && (
        <div className="terminal-confirm" role="alertdialog" aria-label={t('terminal.confirm')}>
          <p>
            {talk.command.kind === 'locate'
              ? t('terminal.confirm.locate', { plate })
              : t('terminal.confirm.text', { plate, text: talk.command.text })}
          </p>
          <button
            type="button"
            className="primary"
            autoFocus
            data-testid="terminal-confirm"
            onClick={() => void send(talk.command)}
          >
            {t('terminal.confirm')}
          </button>{' '}
          <button type="button" onClick={() => setTalk({ of: 'nothing' })}>
            {t('alarm.leave')}
          </button>
        </div>
      )}
      <div role="status" data-testid="terminal-answer">
        {waiting && t('terminal.waiting')}
        {talk.of === 'answered' && <Answer answer={talk.answer} command={talk.command} />}
      </div>
      {talk.of === 'failed' && (
        <p className="problem" role="alert">
          {errorText(talk.error, t)}
        </p>
      )}
    </div>
  );
}

function Answer({ answer, command }: { answer: TerminalAnswer; command: TerminalCommand }) {
  const { language, t } = useI18n();
  const { position } = answer;
  if (answer.result !== 'done') return <p className="problem">{t(`terminal.answer.${answer.result}`)}</p>;
  if (command.kind === 'text') return <p>{t('terminal.answer.text')}</p>;
  if (!position) return <p>{t('terminal.answer.done')}</p>;
  const time = clockText(Date.parse(position.fixed_at), language);
  return (
    <p>
      {t(position.fix_valid ? 'terminal.answer.place' : 'terminal.answer.no_fix', {
        time,
        place: `${position.lon.toFixed(6)}, ${position.lat.toFixed(6)}`,
        kph: position.speed_kph?.toFixed(0) ?? '–',
      })}
    </p>
  );
}

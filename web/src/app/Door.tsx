/** What stands before the console: the name, the language, and one form or message. */
import { useState, type ReactNode } from 'react';
import { useI18n } from '../i18n';
import { LanguageSwitch } from '../ui/LanguageSwitch';
import { Field } from './Field';
import { useSubmit } from './useSubmit';

export function Door({ children }: { children: ReactNode }) {
  return (
    <main className="whole">
      <div className="panel">
        <header>
          <h1>Cordon</h1>
          <LanguageSwitch />
        </header>
        {children}
      </div>
    </main>
  );
}

export interface DoorFormProps {
  /** Which form: the first part of its texts' keys and of its test ids. */
  form: 'signin' | 'setup';
  /** What the browser's password store is told of the password. */
  password: 'current-password' | 'new-password';
  send: (name: string, password: string) => Promise<void>;
  /** Why the person is here, until the server refuses what they sent. */
  notice?: string | null;
  /** What is asked before name and password; its first field has the focus. */
  children?: ReactNode;
}

/** Name, password and a button; what the server refused is said above it. */
export function DoorForm({ form, password: passwordIs, send, notice = null, children }: DoorFormProps) {
  const { t } = useI18n();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { busy, submit, problem } = useSubmit(() => send(name, password));
  const why = problem ?? notice;
  return (
    <Door>
      <form className="door-form" onSubmit={submit}>
        <h2>{t(`${form}.title`)}</h2>
        {children}
        <Field
          label={t(`${form}.name`)}
          value={name}
          onChange={setName}
          testId={`${form}-name`}
          autoComplete="username"
          autoFocus={children === undefined}
        />
        <Field
          label={t(`${form}.password`)}
          value={password}
          onChange={setPassword}
          testId={`${form}-password`}
          type="password"
          autoComplete={passwordIs}
        />
        {why !== null && (
          <p className="problem" role="alert" data-testid={`${form}-problem`}>
            {why}
          </p>
        )}
        <button type="submit" className="primary" disabled={busy} data-testid={`${form}-submit`}>
          {busy ? t(`${form}.busy`) : t(`${form}.submit`)}
        </button>
      </form>
    </Door>
  );
}

/** The door for people who have an account. */
import { useState } from 'react';
import { api } from '../api/client';
import { useI18n } from '../i18n';
import type { Refusal } from '../live/site';
import { LanguageSwitch } from '../ui/LanguageSwitch';
import { Field } from './Field';
import { useSubmit } from './useSubmit';

export function SignIn({ refusal, onDone }: { refusal: Refusal | null; onDone: () => void }) {
  const { t } = useI18n();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { busy, submit, problem } = useSubmit(async () => {
    await api.signIn(name, password);
    onDone();
  });
  const why =
    problem ?? (refusal === 'signed_out' ? t('signin.ended') : refusal === 'forbidden' ? t('signin.forbidden') : null);
  return (
    <main className="whole">
      <form className="panel" onSubmit={submit}>
        <header>
          <h1>Cordon</h1>
          <LanguageSwitch />
        </header>
        <h2>{t('signin.title')}</h2>
        <Field
          label={t('signin.name')}
          value={name}
          onChange={setName}
          testId="signin-name"
          autoComplete="username"
          autoFocus
        />
        <Field
          label={t('signin.password')}
          value={password}
          onChange={setPassword}
          testId="signin-password"
          type="password"
          autoComplete="current-password"
        />
        {why !== null && (
          <p className="problem" role="alert" data-testid="signin-problem">
            {why}
          </p>
        )}
        <button type="submit" className="primary" disabled={busy} data-testid="signin-submit">
          {busy ? t('signin.busy') : t('signin.submit')}
        </button>
      </form>
    </main>
  );
}

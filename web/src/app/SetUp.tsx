/** The first administrator of a fresh server: proves by the set-up code that the server's terminal is theirs. */
import { useState } from 'react';
import { api, ApiError } from '../api/client';
import { useI18n } from '../i18n';
import { LanguageSwitch } from '../ui/LanguageSwitch';
import { Field } from './Field';
import { useSubmit } from './useSubmit';

export function SetUp({ onDone }: { onDone: () => void }) {
  const { t } = useI18n();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { busy, submit, problem } = useSubmit(async () => {
    await api.setUp(code.trim(), name, password);
    try {
      await api.session();
    } catch (error) {
      // The server may make the account without opening a session.
      if (!(error instanceof ApiError) || error.problem.status !== 401) throw error;
      await api.signIn(name, password);
    }
    onDone();
  });
  return (
    <main className="whole">
      <form className="panel" onSubmit={submit}>
        <header>
          <h1>Cordon</h1>
          <LanguageSwitch />
        </header>
        <h2>{t('setup.title')}</h2>
        <p>{t('setup.lead')}</p>
        <Field
          label={t('setup.code')}
          value={code}
          onChange={setCode}
          testId="setup-code"
          autoComplete="one-time-code"
          autoFocus
        />
        <Field label={t('setup.name')} value={name} onChange={setName} testId="setup-name" autoComplete="username" />
        <Field
          label={t('setup.password')}
          value={password}
          onChange={setPassword}
          testId="setup-password"
          type="password"
          autoComplete="new-password"
        />
        {problem !== null && (
          <p className="problem" role="alert" data-testid="setup-problem">
            {problem}
          </p>
        )}
        <button type="submit" className="primary" disabled={busy} data-testid="setup-submit">
          {busy ? t('setup.busy') : t('setup.submit')}
        </button>
      </form>
    </main>
  );
}

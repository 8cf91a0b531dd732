/** The first administrator of a fresh server: proves by the set-up code that the server's terminal is theirs. */
import { useState } from 'react';
import { api, ApiError } from '../api/client';
import { useI18n } from '../i18n';
import { DoorForm } from './Door';
import { Field } from './Field';

export function SetUp({ onDone }: { onDone: () => void }) {
  const { t } = useI18n();
  const [code, setCode] = useState('');
  const send = async (name: string, password: string) => {
    await api.setUp(code.trim(), name, password);
    try {
      await api.session();
    } catch (error) {
      // The server may make the account without opening a session.
      if (!(error instanceof ApiError) || error.problem.status !== 401) throw error;
      await api.signIn(name, password);
    }
    onDone();
  };
  return (
    <DoorForm form="setup" password="new-password" send={send}>
      <p>{t('setup.lead')}</p>
      <Field
        label={t('setup.code')}
        value={code}
        onChange={setCode}
        testId="setup-code"
        autoComplete="one-time-code"
        autoFocus
      />
    </DoorForm>
  );
}

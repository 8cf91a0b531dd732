/** A form that is sent: busy while it is, the problem in words when it was refused. */
import { useState, type FormEvent } from 'react';
import { useI18n } from '../i18n';
import { errorText } from '../ui/problem';

export function useSubmit(send: () => Promise<void>) {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    send()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return { busy, submit, problem: error === null ? null : errorText(error, t) };
}

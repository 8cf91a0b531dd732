/** The door for people who have an account. */
import { api } from '../api/client';
import { useI18n } from '../i18n';
import type { Refusal } from '../live/site';
import { DoorForm } from './Door';

export function SignIn({ refusal, onDone }: { refusal: Refusal | null; onDone: () => void }) {
  const { t } = useI18n();
  const notice = { signed_out: t('signin.ended'), forbidden: t('signin.forbidden') };
  const send = async (name: string, password: string) => {
    await api.signIn(name, password);
    onDone();
  };
  return <DoorForm form="signin" password="current-password" send={send} notice={refusal && notice[refusal]} />;
}

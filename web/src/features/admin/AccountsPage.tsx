/** Who may sign in, and which programs may speak with the server. */
import { useI18n } from '../../i18n';

export function AccountsPage() {
  const { t } = useI18n();
  return <h1>{t('page.accounts')}</h1>;
}

/** What the server is doing and how it feels. */
import { useI18n } from '../../i18n';

export function HealthPage() {
  const { t } = useI18n();
  return <h1>{t('page.health')}</h1>;
}

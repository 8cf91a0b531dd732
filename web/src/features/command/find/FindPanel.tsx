/** Finds a vehicle, a company, a zone or a place, and shows it. */
import { useI18n } from '../../../i18n';
import type { Desk } from '../desk';

export function FindPanel(_: { desk: Desk }) {
  const { t } = useI18n();
  return <h2>{t('side.find')}</h2>;
}

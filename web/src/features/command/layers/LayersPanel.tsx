/** What the map shows, and what its signs mean. */
import { useI18n } from '../../../i18n';
import type { Desk } from '../desk';

export function LayersPanel(_: { desk: Desk }) {
  const { t } = useI18n();
  return <h2>{t('side.layers')}</h2>;
}

/** A site on which nothing was drawn and nothing reports: what to do next, instead of an empty map. */
import { useI18n } from '../../i18n';

export function EmptySite() {
  const { t } = useI18n();
  return (
    <section className="map-message empty-site" data-testid="empty-site">
      <h2>{t('empty.title')}</h2>
      <ul>
        <li>{t('empty.zones')}</li>
        <li>{t('empty.vehicles', { host: location.hostname })}</li>
      </ul>
      <p>{t('empty.then')}</p>
    </section>
  );
}

/** What the map does not show, said on the map: somebody who forgot a switched-off layer must not take a blank for calm. */
import { useSyncExternalStore } from 'react';
import { COLLECTIONS } from '../../../api/types';
import { useI18n, type Key } from '../../../i18n';
import type { Desk } from '../desk';
import './layers.css';

export function MapNotes({ desk }: { desk: Desk }) {
  const { t } = useI18n();
  const { visibility, site } = desk;
  const hidden = useSyncExternalStore(visibility.subscribe, visibility.hidden);
  useSyncExternalStore(site.subscribe, site.picture);
  const cut = COLLECTIONS.flatMap((collection) => {
    const bound = site.features.cut(collection);
    return bound ? [{ collection, ...bound }] : [];
  });
  if (hidden.size === 0 && cut.length === 0) return null;
  return (
    <div className="map-notes">
      {hidden.size > 0 && (
        <p className="map-note" role="status" data-testid="layers-hidden" data-hidden={hidden.size}>
          {t('layers.hidden', { n: hidden.size })}
          <button type="button" onClick={() => visibility.showAll()}>
            {t('layers.all')}
          </button>
        </p>
      )}
      {cut.map(({ collection, shown, total }) => (
        <p key={collection} className="map-note" role="status" data-testid="features-cut">
          {t('layers.cut', { name: t(`collection.${collection}` as Key), shown, total: total ?? t('layers.many') })}
        </p>
      ))}
    </div>
  );
}

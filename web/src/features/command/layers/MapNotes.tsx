/** What the map does not show, said on the map: somebody who forgot a switched-off layer must not take a blank for calm. */
import { useSyncExternalStore } from 'react';
import { COLLECTIONS } from '../../../api/types';
import { useI18n, type Key, type Translate } from '../../../i18n';
import { GROUP_NAMES, leavesOf } from '../../../map/sort-of';
import type { Visibility } from '../../../map/visibility';
import { leafName } from '../../../ui/leaf-name';
import type { Desk } from '../desk';
import './layers.css';

/** More names than this are counted. */
const NAMED = 3;

/** Whole groups by their own name, then single layers. */
function hiddenText(visibility: Visibility, t: Translate): string {
  const names = GROUP_NAMES.flatMap((group) =>
    visibility.group(group) === 'none'
      ? [t(`layers.${group}`)]
      : leavesOf(group)
          .filter((leaf) => !visibility.shows(leaf))
          .map((leaf) => leafName(leaf, t)),
  );
  const first = names.slice(0, NAMED).join(t('list.separator'));
  return names.length > NAMED ? t('layers.hidden.more', { names: first, n: names.length }) : t('layers.hidden', { names: first });
}

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
          {hiddenText(visibility, t)}
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

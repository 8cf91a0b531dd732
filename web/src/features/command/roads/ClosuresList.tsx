/** What is closed now and later, by which feature and for whom. */
import { PROFILES, type ClosuresAnswer, type RoadClosure } from '../../../api/roads';
import { useI18n } from '../../../i18n';
import { isCollection } from '../../../live/features';
import { dateText } from '../../../i18n/time';
import type { Desk } from '../desk';
import { closureName, wayText } from './words';

/** More than anybody reads at a glance. */
const MOST = 12;

export function ClosuresList({ desk, closures }: { desk: Desk; closures: ClosuresAnswer | null }) {
  const { t } = useI18n();
  if (!closures) return null;
  const { items } = closures;
  return (
    <section className="roads-closures" data-testid="roads-closures">
      <h3>{t('roads.closures', { n: items.filter(({ in_force }) => in_force).length })}</h3>
      {items.length === 0 && <p className="hint">{t('roads.closures.none')}</p>}
      <ul>
        {items.slice(0, MOST).map((item) => (
          <Line key={`${item.feature.collection}/${item.feature.id}`} desk={desk} item={item} />
        ))}
      </ul>
      {items.length > MOST && <p className="hint">{t('roads.closures.more', { n: items.length - MOST })}</p>}
    </section>
  );
}

function Line({ desk, item }: { desk: Desk; item: RoadClosure }) {
  const { language, t } = useI18n();
  const { collection, id } = item.feature;
  const everybody = item.audience.length === PROFILES.length;
  const when = item.in_force ? item.until : item.next;
  return (
    <li className={item.in_force ? 'in-force' : ''}>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          if (isCollection(collection)) desk.choose({ kind: 'feature', collection, id });
          const at = item.geometry.coordinates[0]?.[0];
          if (at) desk.park?.flyTo(at[0]!, at[1]!);
        }}
      >
        {closureName(item, language)}
      </button>{' '}
      <span className="hint">
        {everybody ? t('word.all') : item.audience.map((profile) => t(`roads.profile.${profile}`)).join(t('list.separator'))}
        {' · '}
        {item.edges === 0 ? t('roads.closures.noroad') : wayText(item.length_m, t)}
        {when !== undefined && ` · ${t(item.in_force ? 'roads.closures.until' : 'roads.closures.from', { time: dateText(Date.parse(when)) })}`}
      </span>
    </li>
  );
}

/** The sheet that is printed: the map with its title, legend, scale, north, time and author, in a border. Always light. */
import { useState, useSyncExternalStore } from 'react';
import { useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import { roundLength, type MapPicture, type PictureSize } from '../../../map/picture';
import { GROUP_NAMES, leavesOf, LEAVES } from '../../../map/sort-of';
import { leafName } from '../../../ui/leaf-name';
import { LeafSample, VehicleSample } from '../../../ui/Samples';
import type { Desk } from '../desk';
import { countsOf } from '../layer-counts';

export const PAPERS = ['a4', 'a3'] as const;
export type Paper = (typeof PAPERS)[number];

/** The room for the map on each paper, in proportion to print.css: about 4 CSS pixels a millimetre, so that names are 3.5 mm high. */
export const PICTURE_SIZE: Record<Paper, PictureSize> = {
  a4: { widthPx: 880, heightPx: 690 },
  a3: { widthPx: 1_300, heightPx: 1_020 },
};

/** The longest scale bar, as a share of the picture's width. */
const BAR_SHARE = 0.22;

export interface PrintSheetProps {
  desk: Desk;
  picture: MapPicture;
  heading: string;
  paper: Paper;
}

export function PrintSheet({ desk, picture, heading, paper }: PrintSheetProps) {
  const { t } = useI18n();
  const { site, session, visibility } = desk;
  const [printedAt] = useState(() => site.clock.now());
  const [state] = useState(() => ({ connection: site.picture().connection, heardAtMs: site.heardAtMs }));
  const hidden = useSyncExternalStore(visibility.subscribe, visibility.hidden);
  return (
    <article className={`paper sheet sheet-${paper}`} data-testid="print-sheet">
      <header>
        <h1>{heading}</h1>
        <p>{t('print.at', { time: dateText(printedAt) })}</p>
      </header>
      <div className="sheet-map">
        <img src={picture.url} alt={t('map.label')} />
        <North label={t('print.north')} />
        <ScaleBar picture={picture} />
      </div>
      <aside>
        <h2>{t('print.legend')}</h2>
        <SheetLegend desk={desk} />
      </aside>
      <footer>
        <p>
          {state.heardAtMs === null
            ? t('print.age.none')
            : t('print.age', {
                time: dateText(state.heardAtMs),
                state: t(`connection.${state.connection}`),
              })}
          {' · '}
          {t('print.by', { name: session.name, role: t(`role.${session.role}`) })}
        </p>
        {picture.unsaved && (
          <p>
            <strong>{t('print.unsaved')}</strong>
          </p>
        )}
        <p>
          {hidden.size > 0 && (
            <strong>
              {t('print.hidden', {
                names: LEAVES.filter((leaf) => hidden.has(leaf))
                  .map((leaf) => leafName(leaf, t))
                  .join(t('list.separator')),
              })}
              {' · '}
            </strong>
          )}
          {t('print.source')}
        </p>
      </footer>
    </article>
  );
}

/** Only what is shown and there: a legend of everything would leave no room for the map. */
function SheetLegend({ desk: { site, visibility } }: { desk: Desk }) {
  const { t } = useI18n();
  const [counts] = useState(() => countsOf(site));
  return (
    <div className="sheet-legend">
      {GROUP_NAMES.map((group) => {
        const leaves = leavesOf(group).filter((leaf) => visibility.shows(leaf) && counts.get(leaf));
        if (leaves.length === 0) return null;
        return (
          <section key={group}>
            <h3>{t(`layers.${group}`)}</h3>
            <ul>
              {leaves.map((leaf) => (
                <li key={leaf}>
                  <LeafSample leaf={leaf} theme="light" /> {leafName(leaf, t)}
                </li>
              ))}
              {group === 'vehicles' && (
                <li>
                  <VehicleSample state="alarm" /> {t('legend.alarm')}
                </li>
              )}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function ScaleBar({ picture }: { picture: MapPicture }) {
  const lengthM = roundLength(picture.metresPerPx * picture.widthPx * BAR_SHARE);
  const share = lengthM / (picture.metresPerPx * picture.widthPx);
  const label = lengthM >= 1_000 ? `${lengthM / 1_000} km` : `${lengthM} m`;
  return (
    <p className="sheet-scale" style={{ width: `${share * 100}%` }}>
      <svg viewBox="0 0 100 2" preserveAspectRatio="none">
        <path d="M0 0h50v2H0zM50 0h50v2H50z" fill="none" stroke="#000" strokeWidth="0.4" />
        <path d="M0 0h50v2H0z" fill="#000" />
      </svg>
      {label}
    </p>
  );
}

function North({ label }: { label: string }) {
  return (
    <svg className="sheet-north" viewBox="0 0 24 36" aria-hidden="true">
      <path d="M12 1l8 24-8-5-8 5z" fill="#fff" stroke="#000" strokeWidth="1.4" />
      <path d="M12 1v19l-8 5z" fill="#000" />
      <text x="12" y="35" textAnchor="middle" fontSize="10" fontWeight="700">
        {label}
      </text>
    </svg>
  );
}

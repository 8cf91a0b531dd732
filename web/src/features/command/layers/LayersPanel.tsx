/** What the map shows: a tree of layers, each with its sign and how many things it holds. It is the legend as well. */
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { COLLECTIONS } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { GROUP_NAMES, leavesOf, type Group, type Leaf } from '../../../map/sort-of';
import type { Switched } from '../../../map/visibility';
import { ExportDialog } from '../../../ui/export/ExportDialog';
import { leafName } from '../../../ui/leaf-name';
import { LeafSample, VehicleSample } from '../../../ui/Samples';
import { useServerNow } from '../../../ui/useServerNow';
import { useCharacterKeys } from '../character-keys';
import type { Desk } from '../desk';
import { countsOf, type Counts } from '../layer-counts';
import './layers.css';

/** Leaves that are offered although nothing of them is there: people look for them. */
const ALWAYS: readonly Group[] = ['zones', 'vehicles'];

/** What leaves as a file: what the map draws, and the vehicles. */
const EXPORTED = [...COLLECTIONS, 'vehicles'];
/** Where the features of a group are kept, or most of them. */
const HOLDS: Readonly<Record<Group, string>> = {
  zones: 'zones',
  hazards: 'hazard-sources',
  access: 'gates',
  vehicles: 'vehicles',
  resources: 'resources',
  targets: 'protection-targets',
  ground: 'ground',
};

export function LayersPanel({ desk }: { desk: Desk }) {
  const { t } = useI18n();
  const { site, visibility } = desk;
  const hidden = useSyncExternalStore(visibility.subscribe, visibility.hidden);
  // Counts change with every fix; once a second is often enough to read.
  useServerNow(site.clock, 1_000);
  const counts = countsOf(site);
  const { far, vehicleCount } = site;
  const [exported, setExported] = useState<string | null>(null);
  return (
    <section className="layers" aria-labelledby="layers-title" data-testid="layers">
      <header>
        <h2 id="layers-title">{t('side.layers')}</h2>
        <span className="layers-acts">
          <button type="button" onClick={() => visibility.showAll()} disabled={hidden.size === 0} data-testid="layers-all">
            {t('layers.all')}
          </button>
          <button type="button" onClick={() => setExported('zones')} data-testid="layers-export">
            {t('export.open')}
          </button>
        </span>
      </header>
      {GROUP_NAMES.map((group, at) => (
        <LayerGroup key={group} group={group} number={at + 1} counts={counts} counted={far ? vehicleCount : null} desk={desk} hidden={hidden} onExport={setExported} />
      ))}
      <h3>{t('layers.marks')}</h3>
      <ul className="layers-marks">
        {(['alarm', 'square', 'silent'] as const).map((state) => (
          <li key={state}>
            <VehicleSample state={state} />
            {t(`legend.${state}`)}
          </li>
        ))}
      </ul>
      <p className="layers-hint">{t('layers.hint')}</p>
      {exported !== null && (
        <ExportDialog site={site} what={exported} collections={EXPORTED} bbox={desk.park?.shown()} onClose={() => setExported(null)} />
      )}
    </section>
  );
}

interface LayerGroupProps {
  desk: Desk;
  group: Group;
  /** The key that switches it. */
  number: number;
  counts: Counts;
  /** How many vehicles the server counts from far away; nothing is then known of their layers. */
  counted: number | null;
  hidden: ReadonlySet<Leaf>;
  onExport: (collection: string) => void;
}

function LayerGroup({ desk: { visibility }, group, number, counts, counted, hidden, onExport }: LayerGroupProps) {
  const { t } = useI18n();
  const withCharacters = useCharacterKeys();
  const [open, setOpen] = useState(group === 'zones' || group === 'vehicles');
  const leaves = leavesOf(group).filter((leaf) => ALWAYS.includes(group) || counts.get(leaf) || hidden.has(leaf));
  const far = group === 'vehicles' && counted !== null;
  const total = far ? counted : totalOf(group, counts);
  return (
    <div className="layer-group" data-testid={`layer-group-${group}`} data-switched={visibility.group(group)}>
      <div className="layer-head">
        <TriState
          state={visibility.group(group)}
          label={t(`layers.${group}`)}
          onToggle={() => visibility.toggleGroup(group)}
        />
        <button
          type="button"
          className="quiet layer-open"
          aria-expanded={open}
          aria-label={t(open ? 'layers.close' : 'layers.open', { name: t(`layers.${group}`) })}
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden="true">{open ? '▼' : '▶'}</span>
        </button>
        <span className="layer-count">{total}</span>
        {withCharacters && <kbd title={t('layers.key', { key: number })}>{number}</kbd>}
      </div>
      {open && (
        <ul>
          {leaves.map((leaf) => (
            <li key={leaf}>
              <label className="layer-leaf">
                <input
                  type="checkbox"
                  checked={!hidden.has(leaf)}
                  onChange={() => visibility.toggle(leaf)}
                  data-testid={`layer-${leaf}`}
                />
                <LeafSample leaf={leaf} />
                <span className="layer-words">{leafName(leaf, t)}</span>
                <span className="layer-count" title={far ? t('layers.far') : undefined}>
                  {far ? '–' : (counts.get(leaf) ?? 0)}
                </span>
              </label>
            </li>
          ))}
          {leaves.length === 0 && <li className="layer-none">{t('layers.none')}</li>}
          <li>
            <button type="button" className="quiet layer-export" data-testid={`layers-export-${group}`} onClick={() => onExport(HOLDS[group])}>
              {t('export.of', { name: t(`layers.${group}`) })}
            </button>
          </li>
        </ul>
      )}
    </div>
  );
}

/** Vehicles are counted by class and by state: the group's number is that of the vehicles. */
function totalOf(group: Group, counts: Counts): number {
  const counted = group === 'vehicles' ? leavesOf(group).slice(0, 6) : leavesOf(group);
  return counted.reduce((sum, leaf) => sum + (counts.get(leaf) ?? 0), 0);
}

function TriState({ state, label, onToggle }: { state: Switched; label: string; onToggle: () => void }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = state === 'some';
  }, [state]);
  return (
    <label className="layer-name">
      <input ref={box} type="checkbox" checked={state === 'all'} onChange={onToggle} />
      {label}
    </label>
  );
}

/** Where the editor begins: what to draw, what to change, and files. */
import { useEffect, useMemo, useState } from 'react';
import { edits } from '../../../api/edits';
import type { Feature } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { isCollection } from '../../../live/features';
import { nameOf } from '../../../map/drawn';
import { NUMERAL } from '../../../map/style';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import type { Editable } from '../editable';
import { CollectionChoice } from './CollectionChoice';
import { DeletedList } from './DeletedList';
import { saveFile } from './geojson-file';
import { WAYS } from './kinds';
import type { Left } from './left-work';
import type { Stroke } from './pen';
import { strokeOf } from './stroke';

/** More names than anybody reads: the search finds the others. */
const MOST_LISTED = 60;
export interface StartViewProps {
  desk: Desk;
  collection: Editable;
  left: Left | null;
  onCollection: (collection: Editable) => void;
  onResume: () => void;
  onForget: () => void;
  onStart: (collection: Editable, stroke: Stroke | null) => void;
  onOpen: (collection: Editable, id: string) => void;
  onImport: () => void;
  onClose: () => void;
}

export function StartView(props: StartViewProps) {
  const { desk, collection, left, onCollection, onResume, onForget, onStart, onOpen, onImport, onClose } = props;
  const { t } = useI18n();
  return (
    <>
      <header className="editor-head">
        <h2>{t('edit.title')}</h2>
        <button type="button" className="quiet" aria-label={t('edit.close')} onClick={onClose}>
          ✕
        </button>
      </header>
      {left && (
        <div className="edit-note" data-testid="left-work">
          <p>{t('edit.left', { name: left.draft.properties.name || t('edit.unnamed') })}</p>
          <div className="edit-row">
            <button type="button" className="primary" onClick={onResume}>
              {t('edit.left.resume')}
            </button>
            <button type="button" onClick={onForget}>
              {t('edit.left.forget')}
            </button>
          </div>
        </div>
      )}
      <CollectionChoice
        label={t('edit.collection')}
        testId="edit-collection"
        collection={collection}
        onCollection={onCollection}
      />
      <section>
        <h3>{t('edit.new')}</h3>
        <div className="edit-tools">
          {WAYS[collection].map((way) => (
            <button
              key={way}
              type="button"
              data-testid={`draw-${way}`}
              onClick={() => onStart(collection, strokeOf(way))}
            >
              {t(`edit.way.${way}`)}
            </button>
          ))}
          <button type="button" data-testid="draw-numbers" onClick={() => onStart(collection, null)}>
            {t('edit.way.numbers')}
          </button>
        </div>
      </section>
      <FeatureList desk={desk} collection={collection} onOpen={(id) => onOpen(collection, id)} />
      <DeletedList key={collection} collection={collection} />
      <section>
        <h3>{t('edit.files')}</h3>
        <div className="edit-tools">
          <button type="button" data-testid="edit-import" onClick={onImport}>
            {t('edit.import')}
          </button>
          <ExportButton collection={collection} />
        </div>
      </section>
    </>
  );
}

function ExportButton({ collection }: { collection: Editable }) {
  const { t } = useI18n();
  const [state, setState] = useState<{ busy: boolean; problem: string | null }>({ busy: false, problem: null });
  const run = async () => {
    setState({ busy: true, problem: null });
    try {
      saveFile(`${collection}.geojson`, await edits.all(collection, Infinity));
      setState({ busy: false, problem: null });
    } catch (error) {
      setState({ busy: false, problem: errorText(error, t) });
    }
  };
  return (
    <>
      <button type="button" data-testid="edit-export" disabled={state.busy} onClick={() => void run()}>
        {t('edit.export', { collection: t(`collection.${collection}`) })}
      </button>
      {state.problem && <p className="problem">{state.problem}</p>}
    </>
  );
}

/** What the map knows already; of other collections what the server says. */
function useFeatures(desk: Desk, collection: Editable): { features: readonly Feature[]; problem: string | null } {
  const { t } = useI18n();
  const [read, setRead] = useState<{ of: Editable; features: Feature[]; problem: string | null } | null>(null);
  const known = isCollection(collection);
  useEffect(() => {
    if (known) return;
    let wanted = true;
    edits
      .all(collection)
      .then((features) => wanted && setRead({ of: collection, features, problem: null }))
      .catch((error: unknown) => wanted && setRead({ of: collection, features: [], problem: errorText(error, t) }));
    return () => {
      wanted = false;
    };
  }, [collection, known, t]);
  if (isCollection(collection)) return { features: desk.site.features.list(collection), problem: null };
  return read?.of === collection ? read : { features: [], problem: null };
}

function FeatureList({ desk, collection, onOpen }: { desk: Desk; collection: Editable; onOpen: (id: string) => void }) {
  const { language, t } = useI18n();
  const [search, setSearch] = useState('');
  const { features, problem } = useFeatures(desk, collection);
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const texts = (feature: Feature) =>
      `${feature.properties.name ?? ''} ${feature.properties['name_en'] ?? ''} ${feature.id}`.toLowerCase();
    return features.filter((feature) => wanted === '' || texts(feature).includes(wanted));
  }, [features, search]);
  return (
    <section>
      <h3>{t('edit.existing', { n: features.length })}</h3>
      {problem && <p className="problem">{problem}</p>}
      <input
        type="search"
        value={search}
        placeholder={t('edit.search')}
        aria-label={t('edit.search')}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="edit-list">
        {found.slice(0, MOST_LISTED).map((feature) => {
          const { kind, level } = feature.properties;
          return (
            <li key={feature.id}>
              <button type="button" data-testid={`open-${feature.id}`} onClick={() => onOpen(feature.id)}>
                <span>{nameOf(feature.properties, language) || feature.id}</span>
                <span className="edit-dim">
                  {level && <span className={`level-swatch level-${level}`}>{NUMERAL[level]}</span>}{' '}
                  {kind ? translateName(t, collection === 'zones' ? 'zonekind' : 'word', kind, () => kind) : ''}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {isCollection(collection) && desk.site.features.cut(collection) && (
        <p className="edit-dim">{t('edit.existing.view')}</p>
      )}
      {found.length > MOST_LISTED && <p className="edit-dim">{t('edit.more', { n: found.length - MOST_LISTED })}</p>}
      {found.length === 0 && <p className="edit-dim">{t(features.length ? 'edit.none.found' : 'edit.none')}</p>}
    </section>
  );
}

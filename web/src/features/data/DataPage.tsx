/** The table of a collection: what the map knows as rows, found, sorted, changed in place, and taken along as a file. */
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../../api/client';
import { nameOf } from '../../map/drawn';
import type { Session } from '../../api/types';
import { translateName, useI18n, type Language } from '../../i18n';
import type { Site } from '../../live/site';
import { formatOn } from '../../ui/map-link';
import { ExportDialog } from '../../ui/export/ExportDialog';
import { later } from '../../ui/later';
import { mayEdit } from '../../ui/may';
import { errorText } from '../../ui/problem';
import { REFERENCES } from '../../ui/properties';
import { go, noteInRoute, useRoute } from '../../ui/route';
import { UndoNotice } from '../../ui/UndoNotice';
import { useAsked } from '../../ui/useAsked';
import { CellInput } from './CellInput';
import { CellWords } from './CellWords';
import { cellText, columnName, columnsOf, widthsOf, type Column } from './columns';
import { filterOf } from './export-filter';
import { Exports } from './Exports';
import { Grid } from './Grid';
import { placeOf } from './map-place';
import { arranged, wholeTexts, type Asked, type Sort } from './order';
import type { TableRow } from './rows';
import { RowHistory } from './RowHistory';
import { useCellEdit, writtenIn } from './useCellEdit';
import { useTable } from './useTable';
import './data.css';

// Whoever looks at a table needs none of it.
const ImportPage = later(() => import('./import/ImportPage'));
const CataloguePage = later(() => import('./catalogue/CataloguePage'));

const FIRST_COLLECTION = 'zones';
/** What was typed above a column stands in the address as `f.NAME`. */
const ABOVE = 'f.';
/** Drawn by nobody at a desk: it comes with the park. */
const READ_ONLY = new Set(['ground']);
/** Beside the table of a collection; the address says `view=import`. */
const VIEWS = ['catalogue', 'import'] as const;
type View = (typeof VIEWS)[number];
/** Counts on the list of collections. */
const COUNTS_EVERY_MS = 30_000;

function sortFrom(text: string | undefined): Sort | null {
  if (!text) return null;
  return text.startsWith('-') ? { column: text.slice(1), down: true } : { column: text, down: false };
}

export default function DataPage({ site, session }: { site: Site; session: Session }) {
  const { t } = useI18n();
  const { params } = useRoute();
  const asked = useAsked(api.collections, COUNTS_EVERY_MS);
  const collection = params.get('of') ?? FIRST_COLLECTION;
  const view = VIEWS.find((name) => name === params.get('view') && mayView(name, session));
  // What was asked of one table is not asked of the next.
  const ofTable = [...params.keys()].filter((name) => name === 'q' || name === 'sort' || name === 'ids' || name.startsWith(ABOVE));
  const show = (of: string, next: View | null) =>
    noteInRoute({ ...Object.fromEntries(ofTable.map((name) => [name, null])), of, view: next });
  const known = asked.value ?? [{ id: collection, itemCount: null }];
  // What is said of the collections has a page of its own.
  const listed = known.filter(({ id }) => id !== 'datasets' || id === collection);
  const ids = listed.map(({ id }) => id);
  return (
    <article className="data" data-testid="data">
      <nav className="data-collections" aria-label={t('data.collections')}>
        <h1>{t('page.data')}</h1>
        <ul className="data-views">
          {VIEWS.filter((name) => mayView(name, session)).map((name) => (
            <li key={name}>
              <button
                type="button"
                className="quiet"
                aria-pressed={view === name}
                data-testid={`data-view-${name}`}
                onClick={() => show(collection, name)}
              >
                {t(`${name}.nav`)}
              </button>
            </li>
          ))}
        </ul>
        <h2>{t('data.collections')}</h2>
        {asked.error !== null && (
          <p className="problem" role="alert">
            {t('data.collections.failed', { why: errorText(asked.error, t) })}{' '}
            <button type="button" onClick={() => void asked.ask()}>
              {t('data.again')}
            </button>
          </p>
        )}
        <ul>
          {listed.map(({ id, itemCount }) => (
            <li key={id}>
              <button
                type="button"
                className="quiet"
                aria-pressed={view === undefined && id === collection}
                data-testid={`collection-${id}`}
                onClick={() => show(id, null)}
              >
                {translateName(t, 'data.of', id, () => id)} <span className="data-items">{itemCount}</span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {view === 'catalogue' ? (
        <CataloguePage site={site} session={session} />
      ) : view === 'import' ? (
        <ImportPage site={site} collection={collection} collections={ids} />
      ) : (
        <Attributes key={`${collection} ${params.get('ids') ?? ''}`} site={site} session={session} collection={collection} collections={ids} />
      )}
      <UndoNotice />
    </article>
  );
}

function mayView(view: View, session: Session): boolean {
  return view !== 'import' || mayEdit(session);
}

/** What the address says is asked of the table. */
function askedIn(params: ReadonlyMap<string, string>): Asked {
  const above = Object.fromEntries(
    [...params].filter(([name]) => name.startsWith(ABOVE)).map(([name, typed]) => [name.slice(ABOVE.length), typed]),
  );
  return { text: params.get('q') ?? '', above, sort: sortFrom(params.get('sort')) };
}

interface AttributesProps {
  site: Site;
  session: Session;
  collection: string;
  collections: readonly string[];
}

function Attributes({ site, session, collection, collections }: AttributesProps) {
  const { language, t } = useI18n();
  const { params } = useRoute();
  const { table, picture } = useTable(site, collection);
  const editing = useCellEdit(table);
  const [history, setHistory] = useState<string | null>(null);
  const [exporting, setExporting] = useState(false);
  const entry = useRef<{ enter: () => void }>({ enter: () => {} });
  const [wanted, setWanted] = useState<Asked>(() => askedIn(params));
  const ask = (change: Partial<Asked>) => setWanted((before) => ({ ...before, ...change }));
  const { text, above, sort } = wanted;
  useEffect(() => {
    // What is typed letter by letter is worth an address when it rests.
    const timer = window.setTimeout(() => {
      const gone = [...params.keys()].filter((name) => name.startsWith(ABOVE) && !above[name.slice(ABOVE.length)]);
      noteInRoute({
        of: collection,
        q: text || null,
        sort: sort && `${sort.down ? '-' : ''}${sort.column}`,
        ...Object.fromEntries(gone.map((name) => [name, null])),
        ...Object.fromEntries(Object.entries(above).map(([name, typed]) => [ABOVE + name, typed || null])),
      });
    }, 300);
    return () => window.clearTimeout(timer);
  }, [text, above, sort, collection]);

  // What the catalogue found wanting names its features.
  const only = params.get('ids');
  const sought = useMemo(() => {
    const ids = new Set(only?.split(','));
    return only ? picture.rows.filter(({ id }) => ids.has(id)) : picture.rows;
  }, [picture.rows, only]);
  const columns = useMemo(() => columnsOf(picture.rows), [picture.rows]);
  const said = useCallback(
    (row: TableRow, column: string) => {
      const value = row.properties[column];
      return (typeof value === 'string' && referred(site, column, value, language)) || cellText(collection, column, value, language, t);
    },
    [collection, language, site, t],
  );
  // A long table is sifted when the keys rest.
  const quiet = useDeferredValue(wanted);
  const finds = quiet.text.trim() !== '';
  const texts = useMemo(() => (finds ? wholeTexts(sought, columns, said) : []), [finds, sought, columns, said]);
  const rows = useMemo(
    () => arranged(sought, columns, quiet, said, texts),
    [sought, columns, quiet, said, texts],
  );
  const widths = useMemo(() => widthsOf(columns, picture.rows, said, t), [columns, picture.rows, said, t]);

  const called = (id: string) => {
    const properties = table.row(id)?.properties ?? {};
    return nameOf(properties, language) || String(properties['plate'] ?? id);
  };
  const writes = mayEdit(session) && !READ_ONLY.has(collection);
  const { open } = editing;
  const cell = open && {
    id: open.id,
    column: open.column,
    input: (
      <CellInput
        key={`${open.id} ${open.column}`}
        collection={collection}
        column={columns.find(({ name }) => name === open.column) ?? { name: open.column, holds: 'text', filled: 0 }}
        before={writtenIn(open.seen, open.column)}
        typed={open.typed}
        busy={open.busy}
        onType={editing.type}
        onSave={() => {
          const column = columns.find(({ name }) => name === open.column);
          if (column) void editing.save(column);
        }}
        onCancel={editing.cancel}
      />
    ),
  };
  const filtered = only !== undefined || text.trim() !== '' || Object.values(above).some((typed) => typed.trim() !== '');
  const name = translateName(t, 'data.of', collection, () => collection);
  return (
    <section className="data-table" aria-label={t('data.table', { name })}>
      <div className="data-bar">
        <input
          type="search"
          value={text}
          placeholder={t('data.find')}
          aria-label={t('data.find')}
          title={t(writes ? 'data.keys' : 'data.keys.look')}
          data-testid="data-find"
          onChange={(event) => ask({ text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return;
            event.preventDefault();
            entry.current.enter();
          }}
        />
        {filtered && (
          <button type="button" data-testid="data-clear" onClick={() => {
              ask({ text: '', above: {} });
              if (only !== undefined) noteInRoute({ ids: null });
            }}>
            {t('data.clear')}
          </button>
        )}
        <span role="status" data-testid="data-count">
          {picture.reading
            ? picture.total === null
              ? t('data.reading.some', { read: picture.rows.length })
              : t('data.reading', { read: picture.rows.length, total: picture.total })
            : rows.length < picture.rows.length
              ? t('data.count.of', { n: rows.length, all: picture.rows.length })
              : t('data.count', { n: rows.length })}
        </span>
        <span className="spring" />
        <Exports
          collection={collection}
          rows={rows}
          columns={columns.map((column) => ({ name: column.name, label: columnName(column.name, t) }))}
          cell={said}
          nowMs={() => site.clock.now()}
          onOthers={() => setExporting(true)}
        />
      </div>
      {picture.error !== null && (
        <p className="problem" role="alert" data-testid="data-failed">
          {t('data.failed', { read: picture.rows.length, why: errorText(picture.error, t) })}{' '}
          <button type="button" onClick={() => void table.read()}>
            {t('data.again')}
          </button>
        </p>
      )}
      <CellWords collection={collection} editing={editing} called={called} />
      {picture.rows.length > 0 && (
        <Grid
          label={t('data.table', { name })}
          columns={columns}
          rows={rows}
          total={picture.rows.length}
          widths={widths}
          sort={sort}
          above={above}
          said={said}
          editing={cell}
          mayWrite={(column: Column) => writes && column.holds !== 'thing'}
          entry={entry}
          onSort={(next) => ask({ sort: next })}
          onAbove={(column, typed) => ask({ above: { ...above, [column]: typed } })}
          onEdit={(row, column) => void editing.begin(row.id, column.name)}
          onMap={(row) => row.extent && go('map', mapLink(collection, row))}
          onHistory={(row) => setHistory(row.id)}
        />
      )}
      {!picture.reading && picture.error === null && rows.length === 0 && (
        <p className="hint" data-testid="data-none">
          {t(picture.rows.length === 0 ? 'data.empty' : 'data.nothing')}
        </p>
      )}
      {picture.rows.length > 0 && <p className="data-keys">{t(writes ? 'data.keys' : 'data.keys.look')}</p>}
      {exporting && (
        <ExportDialog
          site={site}
          what={collection}
          collections={collections}
          sifted={filtered ? { filter: filterOf(wanted, columns, rows.map(({ id }) => id)), rows: rows.length } : undefined}
          onClose={() => setExporting(false)}
        />
      )}
      {history !== null && (
        <RowHistory collection={collection} id={history} name={called(history)} onClose={() => setHistory(null)} />
      )}
    </section>
  );
}

/** What an id in a cell names; nothing is asked of the server for it. */
function referred(site: Site, column: string, id: string, language: Language): string | undefined {
  if (column === 'subject') return site.directory.byId(id)?.plate ?? undefined;
  const kept = REFERENCES[column];
  const other = kept && !site.features.inPart(kept) ? site.features.get(kept, id) : undefined;
  return other && nameOf(other.properties, language);
}

function mapLink(collection: string, { id, extent }: TableRow): [string, string][] {
  return [
    ['at', placeOf(extent!)],
    ['on', formatOn(collection, id)],
  ];
}

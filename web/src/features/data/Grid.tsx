/**
 * The rows of a table, of which only those in sight are drawn: 100,000 cost no more than thirty. One cell has the focus; the
 * arrows move it, as in every spreadsheet.
 */
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { useI18n } from '../../i18n';
import { columnName, type Column } from './columns';
import { ID, nextSort, testOf, type Sort } from './order';
import type { TableRow } from './rows';

const ROW_PX = 34;
/** The names and the line of filters. */
const HEAD_PX = 72;
const MARGIN_ROWS = 8;
/** Two buttons and the id stand before the members. */
const BEFORE = 3;
const ID_PX = 150;

export interface GridProps {
  label: string;
  columns: readonly Column[];
  rows: readonly TableRow[];
  /** How many there are before anything is left out. */
  total: number;
  /** How wide each column is, pixels. */
  widths: ReadonlyMap<string, number>;
  sort: Sort | null;
  above: Readonly<Record<string, string>>;
  said: (row: TableRow, column: string) => string;
  /** The cell that is being written in, and what stands in it. */
  editing: { id: string; column: string; input: ReactNode } | null;
  mayWrite: (column: Column) => boolean;
  /** Takes the focus to the first cell. */
  entry: Ref<{ enter: () => void }>;
  onSort: (sort: Sort | null) => void;
  onAbove: (column: string, typed: string) => void;
  onEdit: (row: TableRow, column: Column) => void;
  onMap: (row: TableRow) => void;
  onHistory: (row: TableRow) => void;
}

interface Place {
  row: number;
  column: number;
}

export function Grid(props: GridProps) {
  const { columns, rows, sort, above, said, editing, mayWrite } = props;
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [at, setAt] = useState<Place>({ row: 0, column: BEFORE });
  /** The focus goes to the cell once it is drawn. */
  const [take, setTake] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    look();
    const size = new ResizeObserver(look);
    size.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      size.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  const last = { row: Math.max(0, rows.length - 1), column: columns.length + BEFORE - 1 };
  const active = { row: Math.min(at.row, last.row), column: Math.min(at.column, last.column) };
  const go = (row: number, column: number) => {
    const next = { row: Math.min(last.row, Math.max(0, row)), column: Math.min(last.column, Math.max(0, column)) };
    setAt(next);
    setTake((count) => count + 1);
    const element = box.current;
    if (!element) return;
    const top = next.row * ROW_PX;
    const room = element.clientHeight - HEAD_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + room) element.scrollTop = top + ROW_PX - room;
  };
  useLayoutEffect(() => {
    if (take === 0) return;
    const cell = box.current?.querySelector<HTMLElement>('[data-active="true"]');
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [take]);
  // Written or given up: the keys go on from the cell.
  const was = useRef(editing !== null);
  useLayoutEffect(() => {
    if (was.current && editing === null && !box.current?.contains(document.activeElement)) setTake((count) => count + 1);
    was.current = editing !== null;
  }, [editing]);
  if (typeof props.entry === 'object' && props.entry) props.entry.current = { enter: () => go(active.row, active.column) };

  const press = (event: KeyboardEvent) => {
    const { row, column } = active;
    const page = Math.max(1, Math.floor((view.height - HEAD_PX) / ROW_PX) - 1);
    const whole = event.ctrlKey || event.metaKey;
    const to: Record<string, Place> = {
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      PageUp: { row: row - page, column },
      PageDown: { row: row + page, column },
      Home: { row: whole ? 0 : row, column: 0 },
      End: { row: whole ? last.row : row, column: last.column },
    };
    const next = to[event.key];
    if (next) go(next.row, next.column);
    else if (event.key === 'Enter' || event.key === 'F2') act(row, column);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const act = (index: number, place: number) => {
    const row = rows[index];
    if (!row) return;
    if (place === 0) props.onMap(row);
    else if (place === 1) props.onHistory(row);
    const column = columns[place - BEFORE];
    if (column && mayWrite(column)) props.onEdit(row, column);
  };

  const from = Math.max(0, Math.floor((view.top - HEAD_PX) / ROW_PX) - MARGIN_ROWS);
  const to = Math.min(rows.length, Math.ceil((view.top + view.height) / ROW_PX) + MARGIN_ROWS);
  const shown = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  // The cell with the focus, and the one that is written in, stay there however far somebody scrolls.
  const written = editing ? rows.findIndex(({ id }) => id === editing.id) : -1;
  for (const index of [active.row, written]) if (index >= 0 && index < rows.length && !shown.includes(index)) shown.push(index);
  const style = { gridTemplateColumns: `44px 44px ${ID_PX}px ${columns.map(({ name }) => `${props.widths.get(name)}px`).join(' ')}` };
  const head = [{ name: ID, holds: 'text' } as const, ...columns];
  return (
    <div
      ref={box}
      className={rows.length === 0 ? 'grid grid-empty' : 'grid'}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + BEFORE}
      data-testid="grid"
    >
      <div className="grid-inner" style={{ height: HEAD_PX + rows.length * ROW_PX, minWidth: 'max-content' }}>
        <div className="grid-head" role="row" aria-rowindex={1} style={style}>
          <span role="columnheader" aria-colindex={1}>
            <span className="unseen">{t('data.map.column')}</span>
          </span>
          <span role="columnheader" aria-colindex={2}>
            <span className="unseen">{t('data.history')}</span>
          </span>
          {head.map((column, i) => {
            const name = column.name === ID && i === 0 ? t('data.id') : columnName(column.name, t);
            const sorted = sort?.column === column.name ? (sort.down ? 'descending' : 'ascending') : undefined;
            const typed = above[column.name] ?? '';
            const bad = i > 0 && typed.trim() !== '' && testOf(column, typed) === null;
            return (
              <span key={column.name} role="columnheader" aria-colindex={i + BEFORE} aria-sort={sorted}>
                <button
                  type="button"
                  className="grid-sort"
                  title={i === 0 ? t('data.sort', { name }) : `${t('data.sort', { name })}\n${t('data.filled', { n: columns[i - 1]!.filled, all: props.total })}`}
                  data-testid={`sort-${column.name}`}
                  onClick={() => props.onSort(nextSort(sort, column.name))}
                >
                  {name}
                  <span aria-hidden="true">{sorted === 'ascending' ? ' ▲' : sorted === 'descending' ? ' ▼' : ''}</span>
                </button>
                {i > 0 && (
                  <input
                    value={typed}
                    aria-label={t('data.filter.above', { name })}
                    aria-invalid={bad}
                    title={t(bad ? 'data.filter.bad' : column.holds === 'number' ? 'data.filter.hint.number' : 'data.filter.hint.text')}
                    data-testid={`above-${column.name}`}
                    onChange={(event) => props.onAbove(column.name, event.target.value)}
                  />
                )}
              </span>
            );
          })}
        </div>
        {shown.map((index) => {
          const row = rows[index]!;
          const cell = (column: number) => {
            const isActive = index === active.row && column === active.column;
            return {
              role: 'gridcell',
              'aria-colindex': column + 1,
              tabIndex: isActive ? 0 : -1,
              'data-active': isActive,
              onMouseDown: () => setAt({ row: index, column }),
              onFocus: () => setAt({ row: index, column }),
            };
          };
          return (
            <div
              key={row.id}
              className={index % 2 ? 'grid-row grid-odd' : 'grid-row'}
              role="row"
              aria-rowindex={index + 2}
              data-testid="grid-row"
              data-id={row.id}
              style={{ ...style, top: HEAD_PX + index * ROW_PX }}
              onKeyDown={press}
            >
              <button
                type="button"
                className="quiet grid-act"
                {...cell(0)}
                aria-label={t(row.extent ? 'data.map' : 'data.map.none')}
                title={t(row.extent ? 'data.map' : 'data.map.none')}
                aria-disabled={row.extent === null}
                data-testid="row-map"
                onClick={() => props.onMap(row)}
              >
                <Sign path="M12 21c-4-5-7-8-7-12a7 7 0 0 1 14 0c0 4-3 7-7 12zM12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z" faint={row.extent === null} />
              </button>
              <button
                type="button"
                className="quiet grid-act"
                {...cell(1)}
                aria-label={t('data.history')}
                title={t('data.history')}
                data-testid="row-history"
                onClick={() => props.onHistory(row)}
              >
                <Sign path="M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4M12 8v4.5l3 2" />
              </button>
              <span {...cell(2)} className="grid-cell grid-id" title={row.id}>
                {row.id}
              </span>
              {columns.map((column, i) => {
                const writing = editing?.id === row.id && editing.column === column.name;
                const text = writing ? '' : said(row, column.name);
                return (
                  <span
                    key={column.name}
                    {...cell(i + BEFORE)}
                    className={column.holds === 'number' ? 'grid-cell grid-number' : 'grid-cell'}
                    title={column.holds === 'thing' ? `${text}\n${t('data.thing')}` : text}
                    aria-readonly={!mayWrite(column)}
                    data-column={column.name}
                    onDoubleClick={() => mayWrite(column) && !writing && props.onEdit(row, column)}
                  >
                    {writing ? editing.input : text}
                  </span>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Sign({ path, faint = false }: { path: string; faint?: boolean }) {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="2" opacity={faint ? 0.3 : 1} aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

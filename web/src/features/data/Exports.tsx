/** Takes what is filtered along as a file that the page makes itself. */
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api/client';
import { useI18n } from '../../i18n';
import { toFileName } from '../../i18n/time';
import { saveAs } from '../../ui/csv';
import { errorText } from '../../ui/problem';
import { csvTable, geoJsonParts, type ExportColumn } from './export';
import type { TableRow } from './rows';

export interface ExportsProps {
  collection: string;
  rows: readonly TableRow[];
  columns: readonly ExportColumn[];
  cell: (row: TableRow, column: string) => string;
  nowMs: () => number;
  /** Other formats, which the server makes. */
  onOthers: () => void;
}

type State = { of: 'rest'; text: string | null; failed: boolean } | { of: 'busy'; read: number; total: number | null };

export function Exports({ collection, rows, columns, cell, nowMs, onOthers }: ExportsProps) {
  const { t } = useI18n();
  const [state, setState] = useState<State>({ of: 'rest', text: null, failed: false });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const named = (ending: string) => `cordon-${collection}-${toFileName(nowMs())}.${ending}`;
  const done = (n: number) => setState({ of: 'rest', text: t('data.export.done', { n }), failed: false });
  const csv = () => {
    saveAs(named('csv'), [csvTable(rows, columns, cell)], 'text/csv');
    done(rows.length);
  };
  const geoJson = async () => {
    const stopping = new AbortController();
    stop.current = stopping;
    setState({ of: 'busy', read: 0, total: null });
    try {
      const { parts, count } = await geoJsonParts({
        api,
        collection,
        ids: new Set(rows.map(({ id }) => id)),
        signal: stopping.signal,
        onProgress: (read, total) => setState({ of: 'busy', read, total }),
      });
      saveAs(named('geojson'), parts, 'application/geo+json');
      done(count);
    } catch (error) {
      setState({ of: 'rest', text: stopping.signal.aborted ? null : errorText(error, t), failed: !stopping.signal.aborted });
    }
  };
  const busy = state.of === 'busy';
  return (
    <span className="data-exports" role="group" aria-label={t('data.export.hint')}>
      <button type="button" disabled={busy || rows.length === 0} title={t('data.export.hint')} data-testid="export-csv" onClick={csv}>
        {t('data.export.csv')}
      </button>
      <button
        type="button"
        disabled={busy || rows.length === 0}
        title={t('data.export.hint')}
        data-testid="export-geojson"
        onClick={() => void geoJson()}
      >
        {t('data.export.geojson')}
      </button>
      <button type="button" disabled={busy} data-testid="export-others" onClick={onOthers}>
        {t('data.export.others')}
      </button>
      <span role="status" className={state.of === 'rest' && state.failed ? 'data-failed' : ''} data-testid="export-state">
        {busy ? t('data.export.busy', { read: state.read, total: state.total ?? '?' }) : state.text}
      </span>
      {busy && (
        <button type="button" onClick={() => stop.current?.abort()}>
          {t('data.export.stop')}
        </button>
      )}
    </span>
  );
}

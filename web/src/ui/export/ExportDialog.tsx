/** Anything that the site has as a file in a format of one's choice, made by the server. */
import { useEffect, useId, useRef, useState } from 'react';
import { send } from '../../api/client';
import { translateName, useI18n } from '../../i18n';
import { toFileName } from '../../i18n/time';
import type { Site } from '../../live/site';
import { saveAs } from '../csv';
import { Dialog } from '../Dialog';
import { errorText } from '../problem';
import { endingOf, exportPath, FORMATS, fromField, HAPPENED, isHappened, toField, type Format, type Which } from './asked';
import './export.css';

const A_DAY_MS = 86_400_000;
/** Plates that the field offers while somebody types. */
const MOST_OFFERED = 500;

export interface ExportDialogProps {
  site: Site;
  /** What is chosen at first. */
  what: string;
  collections: readonly string[];
  /** What the page sifted of `what`: a filter that the server understands, or `null` where there is none such. */
  sifted?: { filter: string | null; rows: number } | undefined;
  /** What the map shows, degrees. */
  bbox?: readonly number[] | undefined;
  onClose: () => void;
}

type State =
  | { of: 'rest' }
  | { of: 'busy'; bytes: number; total: number | null }
  | { of: 'done'; n: string | null; bytes: number }
  | { of: 'failed'; error: unknown };

/** How much of a file is here. */
function sizeText(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

export function ExportDialog({ site, what: first, collections, sifted, bbox, onClose }: ExportDialogProps) {
  const { t } = useI18n();
  const [what, setWhat] = useState(first);
  const [format, setFormat] = useState<Format>('gpkg');
  const [which, setWhich] = useState<Which['of']>(sifted && sifted.filter !== null ? 'filter' : 'all');
  const [span, setSpan] = useState(() => ({ from: toField(site.clock.now() - A_DAY_MS), to: toField(site.clock.now() + 60_000) }));
  const [plate, setPlate] = useState('');
  const [state, setState] = useState<State>({ of: 'rest' });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const plates = useId();
  const happened = isHappened(what);
  const [from, to] = [fromField(span.from), fromField(span.to)];
  const badSpan = happened && (from === null || to === null || Date.parse(from) > Date.parse(to));
  const vehicles = happened && what !== 'alarms' ? [...site.directory.all()] : [];
  const asksVehicle = plate.trim() !== '' && what !== 'alarms';
  const vehicle = asksVehicle ? vehicles.find((one) => one.plate === plate.trim() || one.id === plate.trim()) : undefined;
  const badVehicle = happened && asksVehicle && !vehicle;
  const offersFilter = sifted !== undefined && what === first;
  const taken: Which =
    which === 'filter' && offersFilter && sifted.filter !== null
      ? { of: 'filter', filter: sifted.filter }
      : which === 'view' && bbox
        ? { of: 'view', bbox }
        : { of: 'all' };

  const make = async () => {
    const stopping = new AbortController();
    stop.current = stopping;
    setState({ of: 'busy', bytes: 0, total: null });
    try {
      const path = happened
        ? exportPath({ what, format, from: from!, to: to!, vehicle: vehicle?.id ?? null })
        : exportPath({ what, format, which: taken });
      const answer = await send('GET', path, { headers: { accept: '*/*, application/problem+json' }, signal: stopping.signal });
      const total = Number(answer.headers.get('content-length') ?? '') || null;
      const parts: Blob[] = [];
      let bytes = 0;
      const reader = answer.body?.getReader();
      for (;;) {
        const piece = await reader?.read();
        if (!piece || piece.done) break;
        parts.push(new Blob([piece.value]));
        bytes += piece.value.byteLength;
        setState({ of: 'busy', bytes, total });
      }
      saveAs(`cordon-${what}-${toFileName(site.clock.now())}.${endingOf(format)}`, parts, answer.headers.get('content-type') ?? 'application/octet-stream');
      setState({ of: 'done', n: answer.headers.get('x-cordon-features'), bytes });
    } catch (error) {
      setState(stopping.signal.aborted ? { of: 'rest' } : { of: 'failed', error });
    }
  };
  const busy = state.of === 'busy';
  const radio = (value: Which['of'], text: string, disabled = false) => (
    <label className="check">
      <input type="radio" name="which" checked={taken.of === value} disabled={disabled || busy} data-testid={`export-which-${value}`} onChange={() => setWhich(value)} />
      {text}
    </label>
  );
  return (
    <Dialog title={t('export.title')} testId="export-dialog" onClose={onClose}>
      <form
        className="export-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && !badSpan && !badVehicle) void make();
        }}
      >
        <label className="field">
          <span>{t('export.what')}</span>
          <select value={what} disabled={busy} data-testid="export-what" onChange={(event) => setWhat(event.target.value)}>
            <optgroup label={t('data.collections')}>
              {collections.map((id) => (
                <option key={id} value={id}>
                  {translateName(t, 'data.of', id, () => id)}
                </option>
              ))}
            </optgroup>
            <optgroup label={t('export.happened')}>
              {HAPPENED.map((id) => (
                <option key={id} value={id}>
                  {t(`export.of.${id}`)}
                </option>
              ))}
            </optgroup>
          </select>
        </label>
        <label className="field">
          <span>{t('export.format')}</span>
          <select value={format} disabled={busy} data-testid="export-format" onChange={(event) => setFormat(event.target.value as Format)}>
            {FORMATS.map((name) => (
              <option key={name} value={name}>
                {t(`export.format.${name}`)}
              </option>
            ))}
          </select>
        </label>
        {!happened && (offersFilter || bbox) && (
          <fieldset className="export-which">
            <legend className="unseen">{t('export.which')}</legend>
            {radio('all', t('export.which.all'))}
            {offersFilter && radio('filter', t('export.which.filter', { n: sifted.rows }), sifted.filter === null)}
            {bbox && radio('view', t('export.which.view'))}
            {offersFilter && sifted.filter === null && <p className="export-dim">{t('export.which.wordy')}</p>}
          </fieldset>
        )}
        {happened && (
          <>
            <div className="export-span">
              <label className="field">
                <span>{t('export.from')}</span>
                <input type="datetime-local" value={span.from} disabled={busy} data-testid="export-from" onChange={(event) => setSpan({ ...span, from: event.target.value })} />
              </label>
              <label className="field">
                <span>{t('export.to')}</span>
                <input type="datetime-local" value={span.to} disabled={busy} data-testid="export-to" onChange={(event) => setSpan({ ...span, to: event.target.value })} />
              </label>
            </div>
            {badSpan && (
              <p className="problem" role="alert">
                {t('export.span.bad')}
              </p>
            )}
            {what !== 'alarms' && (
              <label className="field">
                <span>{t('export.vehicle')}</span>
                <input value={plate} list={plates} disabled={busy} placeholder={t('export.vehicle.all')} data-testid="export-vehicle" onChange={(event) => setPlate(event.target.value)} />
                <datalist id={plates}>
                  {vehicles.slice(0, MOST_OFFERED).map((one) => (
                    <option key={one.id} value={one.plate ?? one.id} />
                  ))}
                </datalist>
              </label>
            )}
            {badVehicle && (
              <p className="problem" role="alert" data-testid="export-no-vehicle">
                {t('export.vehicle.none')}
              </p>
            )}
          </>
        )}
        {busy && (
          <>
            <progress aria-label={t('export.busy')} max={1} {...(state.total ? { value: state.bytes / state.total } : {})} />
            <p role="status">{state.bytes === 0 ? t('export.making') : t('export.coming', { bytes: sizeText(state.bytes), total: state.total ? sizeText(state.total) : '?' })}</p>
          </>
        )}
        {state.of === 'done' && (
          <p role="status" data-testid="export-done">
            {t('export.done', { n: state.n ?? '?', size: sizeText(state.bytes) })}
          </p>
        )}
        {state.of === 'failed' && (
          <p className="problem" role="alert" data-testid="export-failed">
            {errorText(state.error, t)}
          </p>
        )}
        <div className="dialog-acts">
          {busy ? (
            <button type="button" onClick={() => stop.current?.abort()}>
              {t('data.export.stop')}
            </button>
          ) : (
            <button type="button" onClick={onClose}>
              {t('card.close')}
            </button>
          )}
          <button type="submit" className="primary" disabled={busy || badSpan || badVehicle} data-testid="export-make">
            {t('export.make')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

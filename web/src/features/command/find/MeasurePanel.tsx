/**
 * Measures on the map: the way along a line with its legs, the area of a polygon, rings around a point. By clicks, or by
 * typed coordinates for whoever has no mouse.
 */
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import { useI18n } from '../../../i18n';
import { readCoordinates } from '../../../map/coordinates';
import { toWgs84, type LonLat } from '../../../map/datum';
import { copyText } from '../../../ui/copy';
import { useCoordinates } from '../../../ui/coordinates';
import type { Desk } from '../desk';
import { useAction } from '../useKeys';
import { MODES, measuredText, readRadii, type Measuring, type Mode } from './measure';
import { MeasureResult } from './MeasureResult';
import { useMeasureMap } from './useMeasureMap';
import './measure.css';

const RADII = '500, 1000, 2000';

export function MeasurePanel({ desk, onDone }: { desk: Desk; onDone: () => void }) {
  const { t } = useI18n();
  const { datum } = useCoordinates();
  const [mode, setMode] = useState<Mode>('line');
  const [points, setPoints] = useState<readonly LonLat[]>([]);
  const [pointer, setPointer] = useState<LonLat | null>(null);
  const [finished, setFinished] = useState(false);
  const [radii, setRadii] = useState(RADII);
  const [typed, setTyped] = useState('');
  const [said, setSaid] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const radiiM = readRadii(radii);
  const measuring: Measuring = useMemo(
    () => ({ mode, points, pointer: finished ? null : pointer, radiiM: readRadii(radii) ?? [] }),
    [mode, points, pointer, finished, radii],
  );

  useEffect(() => first.current?.focus(), []);
  const begin = (next: Mode) => {
    setMode(next);
    setPoints([]);
    setFinished(false);
    setSaid(null);
  };
  const add = (at: LonLat) => {
    if (mode === 'rings') {
      setPoints([at]);
      setFinished(true);
    } else setPoints((before) => [...before, at]);
  };
  const undo = () => {
    setFinished(false);
    setPoints((before) => before.slice(0, -1));
  };
  useMeasureMap(desk.park, measuring, finished, { onPoint: add, onPointer: setPointer, onFinish: () => setFinished(true) });
  useAction('measure.undo', () => (points.length > 0 ? undo() : false));
  useAction('enter', () => (points.length > 0 && !finished ? setFinished(true) : false));
  useAction('back', () => (points.length > 0 ? begin(mode) : onDone()));
  useAction('measure', () => begin(mode));

  const addTyped = (event: FormEvent) => {
    event.preventDefault();
    const [place] = readCoordinates(typed);
    if (!place) {
      setSaid(t('measure.add.bad'));
      return;
    }
    const at = toWgs84(datum, place);
    setSaid(null);
    setTyped('');
    setFinished(false);
    add(at);
    desk.park?.flyTo(at.lon, at.lat);
  };
  const copy = async () => {
    const text = measuredText(measuring, t);
    setSaid((await copyText(text)) ? t('readout.copied', { text: '' }) : t('readout.notcopied', { text }));
  };

  return (
    <div className="measure" data-testid="measure">
      <h2>{t('measure.title')}</h2>
      <fieldset className="choices">
        <legend>{t('measure.mode')}</legend>
        {MODES.map((name, i) => (
          <label key={name}>
            <input
              ref={i === 0 ? first : undefined}
              type="radio"
              name="measure-mode"
              checked={mode === name}
              onChange={() => begin(name)}
            />{' '}
            {t(`measure.mode.${name}`)}
          </label>
        ))}
      </fieldset>
      {mode === 'rings' && (
        <label className="field">
          <span>{t('measure.radii')}</span>
          <input
            value={radii}
            inputMode="decimal"
            aria-invalid={radiiM === null}
            onChange={(event) => setRadii(event.target.value)}
          />
          {radiiM === null && <span className="problem">{t('measure.radii.bad')}</span>}
        </label>
      )}
      {!finished && <p className="measure-hint">{t(`measure.hint.${mode}`)}</p>}
      <MeasureResult measuring={measuring} />
      <div className="measure-acts">
        <button type="button" disabled={points.length === 0} onClick={undo}>
          {t('measure.undo')}
        </button>
        {finished || mode === 'rings' ? (
          <button type="button" onClick={() => begin(mode)}>
            {t('measure.again')}
          </button>
        ) : (
          <button type="button" disabled={points.length === 0} onClick={() => setFinished(true)}>
            {t('measure.finish')}
          </button>
        )}
        <button type="button" disabled={points.length === 0} onClick={() => void copy()}>
          {t('measure.copy')}
        </button>
      </div>
      <form onSubmit={addTyped} className="measure-add">
        <label className="field">
          <span>
            {t('measure.add')} ({t(`datum.${datum}`)})
          </span>
          <input value={typed} placeholder="121.05, 30.6" onChange={(event) => setTyped(event.target.value)} />
        </label>
        <button type="submit">{t('measure.add.do')}</button>
      </form>
      <p role="status" className={said ? 'measure-said' : 'unseen'}>
        {said}
      </p>
      <p className="measure-hint">{t('measure.accuracy')}</p>
    </div>
  );
}

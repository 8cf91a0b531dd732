/** A GeoJSON file into a collection: read here, looked at on the map, sent in one transaction, refused by feature. */
import { useEffect, useMemo, useRef, useState, type DragEvent } from 'react';
import { ApiError } from '../../../api/client';
import { edits, tagOf, type Sketch as SketchFeature } from '../../../api/edits';
import type { Feature, Problem } from '../../../api/types';
import { translateName, useI18n, type Key, type Translate } from '../../../i18n';
import { DATUMS, toWgs84, type Datum } from '../../../map/datum';
import { extentOf } from '../../../map/extent';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import {
  converted,
  mapped,
  MOST_FEATURES,
  MOST_FILE_BYTES,
  readGeoJson,
  refusedIndex,
  type FileProblem,
  type FileRead,
  type Mapping,
} from './geojson-file';
import { EDITABLE, KINDS, type Editable } from './kinds';
import { NumberField } from './NumberField';
import { refusalText } from './problems';
import { LIMITS } from './draft';
import { shapeOf } from './shape';
import { Sketch } from './sketch';
import { offerUndo } from './undo-notice';

/** More shown problems help nobody. */
const MOST_PROBLEMS = 50;
/** Features that are drawn before they are sent; the others are counted. */
const MOST_DRAWN = 5_000;
/** More than this are not taken back one by one. */
const MOST_UNDONE = 500;

interface Refusal {
  index: number;
  name: string;
  problem: Problem;
}

function firstMember(members: readonly string[], wishes: readonly string[]): string | null {
  return wishes.find((wish) => members.includes(wish)) ?? null;
}

function usualMapping({ members }: FileRead, collection: Editable): Mapping {
  const kind = firstMember(members, ['kind', '类型']);
  const level = firstMember(members, ['level', '等级', '风险等级']);
  return {
    name: firstMember(members, ['name', '名称', 'NAME', 'Name', 'title']),
    kind:
      kind !== null && collection !== 'zones'
        ? { member: kind }
        : kind === 'kind'
          ? { member: kind }
          : { value: collection === 'zones' ? 'restricted' : '' },
    level: level !== null ? { member: level } : { value: '' },
    radius_m: 100,
    width_m: 20,
  };
}

export function ImportView({ desk, onBack }: { desk: Desk; onBack: () => void }) {
  const { t } = useI18n();
  const [file, setFile] = useState<{ name: string; read: FileRead } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    setProblem(null);
    setFile(null);
    if (chosen.size > MOST_FILE_BYTES) {
      setProblem(
        t('edit.file.large', { mib: (chosen.size / 1_048_576).toFixed(0), most: MOST_FILE_BYTES / 1_048_576 }),
      );
      return;
    }
    setFile({ name: chosen.name, read: readGeoJson(await chosen.text()) });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={over ? 'edit-import over' : 'edit-import'}
      data-testid="import-view"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header className="editor-head">
        <h2>{t('edit.import.title')}</h2>
        <button type="button" className="quiet" onClick={onBack} aria-label={t('edit.back')}>
          ✕
        </button>
      </header>
      <button type="button" className="edit-drop" onClick={() => input.current?.click()}>
        {file ? t('edit.file.other', { name: file.name }) : t('edit.file.choose')}
      </button>
      <input
        ref={input}
        className="unseen"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        accept=".geojson,.json,application/geo+json,application/json"
        data-testid="import-file"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <p className="edit-dim">{t('edit.file.limits', { mib: MOST_FILE_BYTES / 1_048_576, n: MOST_FEATURES })}</p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {file && <Problems problems={file.read.problems} />}
      {file && file.read.features.length > 0 && <Review key={file.name} desk={desk} read={file.read} onDone={onBack} />}
    </div>
  );
}

function Problems({ problems }: { problems: readonly FileProblem[] }) {
  const { t } = useI18n();
  if (problems.length === 0) return null;
  return (
    <ul className="problem" role="alert" data-testid="file-problems">
      {problems.slice(0, MOST_PROBLEMS).map(({ index, key, value }, i) => (
        <li key={i}>
          {index !== null && t('edit.file.nth', { n: index + 1 })} {t(`edit.file.${key}` as Key, { value })}
        </li>
      ))}
      {problems.length > MOST_PROBLEMS && <li>{t('edit.more', { n: problems.length - MOST_PROBLEMS })}</li>}
    </ul>
  );
}

function Review({ desk, read, onDone }: { desk: Desk; read: FileRead; onDone: () => void }) {
  const { t } = useI18n();
  const [collection, setCollection] = useState<Editable>('zones');
  const [swap, setSwap] = useState(read.swapped === 'surely');
  const [datum, setDatum] = useState<Datum>('wgs84');
  const [mapping, setMapping] = useState<Mapping>(() => usualMapping(read, 'zones'));
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly Refusal[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const zones = collection === 'zones';
  const features = useMemo(
    () =>
      read.features.map((feature): SketchFeature => {
        const geometry = converted(feature.geometry, (first, second) => {
          const { lon, lat } = toWgs84(datum, swap ? { lon: second, lat: first } : { lon: first, lat: second });
          return [lon, lat];
        });
        return mapped({ ...feature, geometry }, mapping, zones);
      }),
    [datum, mapping, read, swap, zones],
  );
  usePreview(desk, features);

  const send = async (skip: boolean) => {
    setBusy(true);
    setProblem(null);
    setRefused([]);
    const { made, refusals, failure } = await sendAll(collection, features, skip);
    setRefused(refusals);
    setBusy(false);
    if (failure) setProblem(errorText(failure, t));
    if (!made) return;
    offerUndo(importUndo(collection, made, t));
    if (refusals.length === 0) onDone();
  };
  const choose = (next: Editable) => {
    setCollection(next);
    setMapping(usualMapping(read, next));
  };
  const { geometries } = read;
  return (
    <>
      <p data-testid="file-summary">
        {t('edit.file.found', { n: features.length })}{' '}
        {Object.entries(geometries)
          .map(([type, n]) => `${type} ${n}`)
          .join(t('list.separator'))}
      </p>
      {read.swapped !== 'no' && (
        <label className="edit-check edit-note">
          <input
            type="checkbox"
            data-testid="file-swap"
            checked={swap}
            onChange={(event) => setSwap(event.target.checked)}
          />
          {t(`edit.file.swapped.${read.swapped}`)}
        </label>
      )}
      <label className="field">
        <span>{t('edit.file.into')}</span>
        <select
          data-testid="file-collection"
          value={collection}
          onChange={(event) => choose(event.target.value as Editable)}
        >
          {EDITABLE.map((name) => (
            <option key={name} value={name}>
              {t(`collection.${name}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('edit.file.datum')}</span>
        <select data-testid="file-datum" value={datum} onChange={(event) => setDatum(event.target.value as Datum)}>
          {DATUMS.map((name) => (
            <option key={name} value={name}>
              {t(`edit.datum.${name}`)}
            </option>
          ))}
        </select>
      </label>
      <MemberChoice
        label={t('edit.name')}
        members={read.members}
        member={mapping.name}
        onMember={(name) => setMapping({ ...mapping, name })}
      />
      <MemberOrValue
        label={t('edit.kind')}
        members={read.members}
        values={KINDS[collection]}
        prefix={zones ? 'zonekind' : 'word'}
        given={mapping.kind}
        onGiven={(kind) => setMapping({ ...mapping, kind })}
      />
      {zones && (
        <MemberOrValue
          label={t('edit.level')}
          members={read.members}
          values={['red', 'orange', 'yellow', 'blue']}
          prefix="level"
          given={mapping.level}
          onGiven={(level) => setMapping({ ...mapping, level })}
        />
      )}
      {zones && geometries['Point'] !== undefined && (
        <NumberField
          label={t('edit.file.radius')}
          unit="m"
          value={mapping.radius_m}
          {...LIMITS.reach_m}
          onChange={(radius_m) => setMapping({ ...mapping, radius_m })}
        />
      )}
      {zones && geometries['LineString'] !== undefined && (
        <NumberField
          label={t('edit.file.width')}
          unit="m"
          value={mapping.width_m}
          {...LIMITS.reach_m}
          onChange={(width_m) => setMapping({ ...mapping, width_m })}
        />
      )}
      {problem !== null && (
        <p className="problem" role="alert" data-testid="import-problem">
          {problem}
        </p>
      )}
      {refused.length > 0 && <Refusals refused={refused} />}
      <div className="edit-row">
        <button
          type="button"
          className="primary"
          data-testid="import-send"
          disabled={busy}
          onClick={() => void send(false)}
        >
          {busy ? t('edit.saving') : t('edit.file.send', { n: features.length })}
        </button>
        {refused.length > 0 && (
          <button type="button" data-testid="import-skip" disabled={busy} onClick={() => void send(true)}>
            {t('edit.file.skip')}
          </button>
        )}
      </div>
      <p className="edit-dim">{t('edit.file.once')}</p>
    </>
  );
}

/** The features on the map, dashed as what is not kept yet, and all of them in sight. */
function usePreview(desk: Desk, features: readonly SketchFeature[]): void {
  const { park } = desk;
  useEffect(() => {
    if (!park) return;
    const sketch = new Sketch(park);
    const shown = features.slice(0, MOST_DRAWN);
    sketch.show(
      shown.flatMap((feature) => {
        const shape = shapeOf(feature);
        return shape ? [{ shape, level: feature.properties.level ?? null, look: 'mine' as const }] : [];
      }),
    );
    const extent = extentOf(shown as Feature[]);
    if (extent && extent.every(Number.isFinite) && Math.abs(extent[1]) <= 90 && Math.abs(extent[3]) <= 90)
      park.show(extent);
    return () => sketch.remove();
  }, [features, park]);
}

function Refusals({ refused }: { refused: readonly Refusal[] }) {
  const { t } = useI18n();
  return (
    <ul className="problem" role="alert" data-testid="import-refused">
      {refused.slice(0, MOST_PROBLEMS).map(({ index, name, problem }) => (
        <li key={index}>
          {t('edit.file.nth', { n: index + 1 })} {name} {refusalText(problem, t)}
        </li>
      ))}
      {refused.length > MOST_PROBLEMS && <li>{t('edit.more', { n: refused.length - MOST_PROBLEMS })}</li>}
    </ul>
  );
}

interface Sent {
  /** `null` when nothing was kept. */
  made: Feature[] | null;
  refusals: Refusal[];
  /** What is no feature's fault. */
  failure: unknown;
}

/** The server keeps all or none and names the first that it refuses. To skip, that one is left out and the rest sent again. */
async function sendAll(collection: Editable, features: readonly SketchFeature[], skip: boolean): Promise<Sent> {
  const refusals: Refusal[] = [];
  const left = features.map((feature, index) => ({ feature, index }));
  while (left.length > 0) {
    try {
      const made = await edits.createAll(
        collection,
        left.map(({ feature }) => feature),
      );
      return { made, refusals, failure: null };
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : null;
      const at =
        refusedIndex(problem?.field, left.length) ??
        takenAt(
          problem,
          left.map(({ feature }) => feature),
        );
      const item = at === null ? undefined : left[at];
      if (!problem || at === null || !item || refusals.length >= MAX_SKIPPED)
        return { made: null, refusals, failure: error };
      refusals.push({ index: item.index, name: item.feature.properties.name ?? '', problem });
      if (!skip) return { made: null, refusals, failure: null };
      left.splice(at, 1);
    }
  }
  return { made: null, refusals, failure: null };
}

/** A file with more wrong features than this is the wrong file. */
const MAX_SKIPPED = 200;

/** An id that is taken is named by itself and not by its place. */
function takenAt(problem: Problem | null, features: readonly SketchFeature[]): number | null {
  if (problem?.code !== 'taken' && problem?.code !== 'id_used') return null;
  const at = features.findIndex(
    ({ id }) => id !== undefined && (id === problem.value || problem.detail?.includes(` ${id} `)),
  );
  return at < 0 ? null : at;
}

function importUndo(collection: Editable, made: readonly Feature[], t: Translate) {
  const undo = async () => {
    if (made.length > MOST_UNDONE) throw new Error(t('edit.file.undo.many', { most: MOST_UNDONE }));
    for (const { id } of made) await edits.remove(collection, id, tagOf(1));
    return null;
  };
  const name = t('edit.file.made', { n: made.length, collection: t(`collection.${collection}`) });
  return { act: 'created' as const, collection, id: made[0]?.id ?? '', name, undo };
}

interface MemberChoiceProps {
  label: string;
  members: readonly string[];
  member: string | null;
  onMember: (member: string | null) => void;
}

function MemberChoice({ label, members, member, onMember }: MemberChoiceProps) {
  const { t } = useI18n();
  return (
    <label className="field">
      <span>{label}</span>
      <select value={member ?? ''} onChange={(event) => onMember(event.target.value || null)}>
        <option value="">{t('edit.file.none')}</option>
        {members.map((name) => (
          <option key={name} value={name}>
            {t('edit.file.member', { name })}
          </option>
        ))}
      </select>
    </label>
  );
}

interface MemberOrValueProps {
  label: string;
  members: readonly string[];
  values: readonly string[];
  /** Under which prefix the dictionary has the values' words. */
  prefix: string;
  given: Mapping['kind'];
  onGiven: (given: Mapping['kind']) => void;
}

function MemberOrValue({ label, members, values, prefix, given, onGiven }: MemberOrValueProps) {
  const { t } = useI18n();
  return (
    <label className="field">
      <span>{label}</span>
      <select
        value={'member' in given ? `m:${given.member}` : `v:${given.value}`}
        onChange={(event) => {
          const [kind, text] = [event.target.value.slice(0, 2), event.target.value.slice(2)];
          onGiven(kind === 'm:' ? { member: text } : { value: text });
        }}
      >
        <option value="v:">{t('edit.file.none')}</option>
        {values.map((value) => (
          <option key={value} value={`v:${value}`}>
            {t('edit.file.all', { value: translateName(t, prefix, value, () => value) })}
          </option>
        ))}
        {members.map((name) => (
          <option key={name} value={`m:${name}`}>
            {t('edit.file.member', { name })}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What a file holds, before it is sent: on the map, into which collection, from which members. */
import { useEffect, useMemo, useState } from 'react';
import type { Sketch as SketchFeature } from '../../../api/edits';
import type { Feature } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { DATUMS, toWgs84, type Datum } from '../../../map/datum';
import { extentOf } from '../../../map/extent';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import type { Editable } from '../editable';
import { CollectionChoice } from './CollectionChoice';
import { LIMITS } from './draft';
import { converted, mapped, MOST_PROBLEMS, type FileRead, type Mapping } from './geojson-file';
import { importUndo, sendAll, type Refusal } from './import-send';
import { KINDS } from './kinds';
import { MemberChoice, MemberOrValue } from './MemberFields';
import { NumberField } from './NumberField';
import { refusalText } from '../../../ui/refused-words';
import type { Done } from '../../../ui/undo-notice';
import { shapeOf } from './shape';
import { Sketch } from './sketch';
import { offerUndo, useNotice } from '../../../ui/undo-notice';

/** Features that are drawn before they are sent; the others are counted. */
const MOST_DRAWN = 5_000;

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

export function ImportReview({ desk, read, onDone }: { desk: Desk; read: FileRead; onDone: () => void }) {
  const { t } = useI18n();
  const [collection, setCollection] = useState<Editable>('zones');
  const [swap, setSwap] = useState(read.swapped === 'surely');
  const [datum, setDatum] = useState<Datum>('wgs84');
  const [mapping, setMapping] = useState<Mapping>(() => usualMapping(read, 'zones'));
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<readonly Refusal[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  /** How many were kept while others were left out, until that is taken back: what was left out is still to be read, nothing
   * more to be sent. */
  const [sent, setSent] = useState<{ kept: number; done: Done } | null>(null);
  const notice = useNotice();
  const undone = notice !== null && notice.done === sent?.done && notice.state === 'undone';
  const kept = sent === null || undone ? null : sent.kept;
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
    const done = importUndo(collection, made, t);
    offerUndo(done);
    if (refusals.length === 0) onDone();
    else setSent({ kept: made.length, done });
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
          .map(([type, n]) => `${translateName(t, 'geometry', type, () => type)} ${n}`)
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
      <CollectionChoice
        label={t('edit.file.into')}
        testId="file-collection"
        collection={collection}
        onCollection={choose}
      />
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
      {kept !== null && (
        <p className="edit-note" role="status" data-testid="import-kept">
          {t('edit.file.kept', { kept, left: refused.length })}
        </p>
      )}
      {refused.length > 0 && <Refusals refused={refused} />}
      {kept !== null ? (
        <button type="button" className="primary" data-testid="import-close" onClick={onDone}>
          {t('card.close')}
        </button>
      ) : (
        <>
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
      )}
    </>
  );
}

/** The features on the map before they are kept, all of them in sight. */
function usePreview(desk: Desk, features: readonly SketchFeature[]): void {
  const { park } = desk;
  useEffect(() => {
    if (!park) return;
    const sketch = new Sketch(park);
    const undoDraft = park.addDraft(() => true);
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
    return () => {
      undoDraft();
      sketch.remove();
    };
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

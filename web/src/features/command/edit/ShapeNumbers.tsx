/** A shape by numbers: its centre, radius, width, bearing and corners. Everything that can be drawn can be typed. */
import { useRef, useState } from 'react';
import { useI18n } from '../../../i18n';
import { closed } from './coordinates-text';
import { LIMITS } from './draft';
import type { Way } from './kinds';
import { NumberField } from './NumberField';
import type { Place } from './places';
import { PlacesText } from './PlacesText';
import type { Session } from './session';
import type { Areas, Shape } from './shape';
import { ringId, withoutRing } from './skeleton';
import { USUAL_WIDTH_M } from './stroke';

export function ShapeNumbers({ work, shape, ways }: { work: Session; shape: Shape | null; ways: readonly Way[] }) {
  const { t } = useI18n();
  const section = useRef<HTMLElement>(null);
  return (
    <section ref={section} tabIndex={-1}>
      <h3>{t('edit.numbers')}</h3>
      {!shape && <Beginning work={work} ways={ways} onBegun={() => section.current?.focus()} />}
      {shape?.kind === 'point' && (
        <PlaceFields place={shape.at} onChange={(at) => work.reshape({ ...shape, at }, 'at')} />
      )}
      {shape?.kind === 'circle' && (
        <>
          <PlaceFields place={shape.centre} onChange={(centre) => work.reshape({ ...shape, centre }, 'centre')} />
          <NumberField
            label={t('edit.radius')}
            unit="m"
            testId="edit-radius"
            value={shape.radius_m}
            {...reach}
            onChange={(radius_m) => work.reshape({ ...shape, radius_m }, 'radius')}
          />
        </>
      )}
      {shape?.kind === 'sector' && (
        <>
          <PlaceFields place={shape.centre} onChange={(centre) => work.reshape({ ...shape, centre }, 'centre')} />
          <NumberField
            label={t('edit.radius')}
            unit="m"
            testId="edit-radius"
            value={shape.radius_m}
            {...reach}
            onChange={(radius_m) => work.reshape({ ...shape, radius_m }, 'radius')}
          />
          <NumberField
            label={t('edit.bearing')}
            unit="°"
            testId="edit-bearing"
            value={shape.bearing_deg}
            least={0}
            most={360}
            onChange={(bearing_deg) => work.reshape({ ...shape, bearing_deg }, 'bearing')}
          />
          <NumberField
            label={t('edit.opening')}
            unit="°"
            testId="edit-opening"
            value={shape.opening_deg}
            least={1}
            most={360}
            onChange={(opening_deg) => work.reshape({ ...shape, opening_deg }, 'opening')}
          />
        </>
      )}
      {(shape?.kind === 'corridor' || shape?.kind === 'line') && (
        <>
          {shape.kind === 'corridor' && (
            <NumberField
              label={t('edit.width')}
              unit="m"
              testId="edit-width"
              value={shape.width_m}
              {...reach}
              onChange={(width_m) => work.reshape({ ...shape, width_m }, 'width')}
            />
          )}
          <PlacesText
            label={t('edit.places.line')}
            places={shape.line}
            least={2}
            onApply={(line) => work.reshape({ ...shape, line })}
          />
        </>
      )}
      {shape?.kind === 'polygon' && <Rings work={work} shape={shape} />}
      {shape?.kind === 'foreign' && <p className="edit-dim">{t('edit.foreign', { type: shape.geometry.type })}</p>}
    </section>
  );
}

const reach = { least: LIMITS.reach_m.least, most: LIMITS.reach_m.most };

interface BeginningProps {
  work: Session;
  ways: readonly Way[];
  /** Its fields give way to those of the shape: the focus goes there. */
  onBegun: () => void;
}

/** Without a pointer: which shape, and where it begins. */
function Beginning({ work, ways, onBegun }: BeginningProps) {
  const { t } = useI18n();
  const [way, setWay] = useState<Way>(ways.includes('circle') ? 'circle' : ways[0]!);
  const [lon, setLon] = useState<number | null>(null);
  const [lat, setLat] = useState<number | null>(null);
  const [radius, setRadius] = useState<number | null>(200);
  const round = way === 'circle' || way === 'sector';
  const begin = () => {
    if (lon === null || lat === null) return;
    const centre: Place = [lon, lat];
    if (way === 'point') work.reshape({ kind: 'point', at: centre });
    if (way === 'circle' && radius !== null) work.reshape({ kind: 'circle', centre, radius_m: radius });
    if (way === 'sector' && radius !== null)
      work.reshape({ kind: 'sector', centre, radius_m: radius, bearing_deg: 0, opening_deg: 60 });
    work.show();
    onBegun();
  };
  return (
    <>
      {ways.length > 1 && (
        <label className="field">
          <span>{t('edit.way')}</span>
          <select data-testid="numbers-way" value={way} onChange={(event) => setWay(event.target.value as Way)}>
            {ways.map((name) => (
              <option key={name} value={name}>
                {t(`edit.way.${name}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {round || way === 'point' ? (
        <>
          <NumberField
            label={t('edit.lon')}
            unit="°"
            testId="numbers-lon"
            value={lon}
            least={-180}
            most={180}
            onChange={setLon}
          />
          <NumberField
            label={t('edit.lat')}
            unit="°"
            testId="numbers-lat"
            value={lat}
            least={-90}
            most={90}
            onChange={setLat}
          />
          {round && (
            <NumberField
              label={t('edit.radius')}
              unit="m"
              testId="numbers-radius"
              value={radius}
              {...reach}
              onChange={setRadius}
            />
          )}
          <button
            type="button"
            className="primary"
            data-testid="numbers-apply"
            disabled={lon === null || lat === null || (round && radius === null)}
            onClick={begin}
          >
            {t('edit.numbers.apply')}
          </button>
        </>
      ) : (
        <PlacesText
          label={t(way === 'polygon' ? 'edit.places.ring' : 'edit.places.line')}
          places={[]}
          least={way === 'polygon' ? 3 : 2}
          onApply={(places) => {
            if (way === 'polygon') work.reshape({ kind: 'polygon', parts: [[closed(places)]] });
            else if (way === 'corridor') work.reshape({ kind: 'corridor', line: places, width_m: USUAL_WIDTH_M });
            else work.reshape({ kind: 'line', line: places });
            work.show();
            onBegun();
          }}
        />
      )}
    </>
  );
}

function PlaceFields({ place, onChange }: { place: Place; onChange: (place: Place) => void }) {
  const { t } = useI18n();
  return (
    <div className="edit-pair">
      <NumberField
        label={t('edit.lon')}
        unit="°"
        testId="edit-lon"
        value={place[0]}
        least={-180}
        most={180}
        onChange={(lon) => onChange([lon, place[1]])}
      />
      <NumberField
        label={t('edit.lat')}
        unit="°"
        testId="edit-lat"
        value={place[1]}
        least={-90}
        most={90}
        onChange={(lat) => onChange([place[0], lat])}
      />
    </div>
  );
}

function Rings({ work, shape }: { work: Session; shape: Areas }) {
  const { t } = useI18n();
  return (
    <>
      {shape.parts.map((rings, part) =>
        rings.map((ring, number) => (
          <details
            key={ringId(part, number)}
            className="edit-ring"
            open={shape.parts.length === 1 && rings.length === 1}
          >
            <summary>
              {number === 0
                ? shape.parts.length > 1
                  ? t('edit.ring.part', { n: part + 1, corners: ring.length - 1 })
                  : t('edit.ring.shell', { corners: ring.length - 1 })
                : t('edit.ring.hole', { n: number, corners: ring.length - 1 })}
            </summary>
            <PlacesText
              label={t('edit.places.ring')}
              places={ring.slice(0, -1)}
              least={3}
              onApply={(places) => {
                const next = shape.parts.map((others, i) =>
                  i === part ? others.map((other, j) => (j === number ? closed(places) : other)) : others,
                );
                work.reshape({ ...shape, parts: next });
              }}
            />
            <div className="edit-row">
              <button type="button" onClick={() => work.hold(ringId(part, number))}>
                {t('edit.ring.hold')}
              </button>
              {number === 0 && shape.parts.length > 1 && (
                <button type="button" onClick={() => work.draw({ tool: 'hole', part })}>
                  {t('edit.hole')}
                </button>
              )}
              {(number > 0 || shape.parts.length > 1) && (
                <button type="button" onClick={() => work.reshape(withoutRing(shape, part, number))}>
                  {t('edit.ring.remove')}
                </button>
              )}
            </div>
          </details>
        )),
      )}
    </>
  );
}

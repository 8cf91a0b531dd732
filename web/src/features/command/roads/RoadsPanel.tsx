/**
 * Routes, who is nearest and what is reached, over the roads as they are open now. What is asked stays on the map while other
 * tools are used, and turns when roads are closed.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useI18n, type Key } from '../../../i18n';
import { PROFILES, type Profile } from '../../../api/roads';
import { mayEdit } from '../../../ui/may';
import type { Desk } from '../desk';
import { useAction } from '../useKeys';
import { AnswerView } from './AnswerView';
import { ClosuresList } from './ClosuresList';
import { placeLabel } from './drawn';
import { NetworkDetails } from './NetworkDetails';
import { PlaceField } from './PlaceField';
import { LEAST_RADIUS_M, MODES, MOST_PLANS, MOST_RADIUS_M, MOST_VIA, secondsOf, USUAL_UPWIND, type Plan, type Plans } from './plans';
import { durationText } from './words';
import './roads.css';

/** Kinds of resources that are asked for. */
const KINDS = ['ambulance', 'fire_station', 'fire_team', 'gas_rescue', 'hospital', 'store', 'water_source', 'hydrant'] as const;

export function RoadsPanel({ desk, plans, onDone }: { desk: Desk; plans: Plans; onDone: () => void }) {
  const { t } = useI18n();
  const picture = useSyncExternalStore(plans.subscribe, plans.picture);
  const first = useRef<HTMLButtonElement>(null);
  const plan = picture.plans.find(({ id }) => id === picture.active) ?? null;

  useEffect(() => {
    first.current?.focus();
    void plans.readClosures();
    return () => plans.rest();
  }, [plans]);
  useAction('back', () => (picture.awaits !== null ? plans.rest() : onDone()));
  useAction('roads', () => first.current?.focus());

  return (
    <div className="roads" data-testid="roads">
      <h2>{t('roads.title')}</h2>
      <div className="roads-begin" role="group" aria-label={t('roads.begin')}>
        {MODES.map((mode, i) => (
          <button
            key={mode}
            ref={i === 0 ? first : undefined}
            type="button"
            disabled={picture.plans.length >= MOST_PLANS}
            data-testid={`roads-begin-${mode}`}
            onClick={() => plans.begin(mode)}
          >
            {t(`roads.mode.${mode}`)}
          </button>
        ))}
      </div>
      {picture.plans.length >= MOST_PLANS && <p className="hint">{t('roads.full', { most: MOST_PLANS })}</p>}
      {picture.plans.length === 0 && <p className="hint">{t('roads.empty')}</p>}
      {picture.plans.length > 1 && <Open plans={plans} />}
      {plan && <PlanView key={plan.id} desk={desk} plans={plans} plan={plan} awaits={picture.awaits} />}
      <ClosuresList desk={desk} closures={picture.closures} />
      <NetworkDetails desk={desk} />
      {mayEdit(desk.session) && (
        <button type="button" data-testid="roads-close" onClick={() => desk.edit('closures/')}>
          {t('roads.close')}
        </button>
      )}
    </div>
  );
}

/** All that is open, to go from one to another. */
function Open({ plans }: { plans: Plans }) {
  const { t } = useI18n();
  const { plans: all, active } = useSyncExternalStore(plans.subscribe, plans.picture);
  return (
    <ul className="roads-open" aria-label={t('roads.open')}>
      {all.map((plan, i) => {
        const seconds = secondsOf(plan.answer);
        return (
          <li key={plan.id}>
            <button type="button" aria-pressed={plan.id === active} data-testid="roads-plan" onClick={() => plans.activate(plan.id)}>
              {i + 1} · {t(`roads.mode.${plan.mode}`)} · {t(`roads.profile.${plan.profile}`)}
              {seconds !== null && ` · ${durationText(seconds, t)}`}
              {plan.problem !== null && ` · ${t('roads.noanswer')}`}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

interface PlanViewProps {
  desk: Desk;
  plans: Plans;
  plan: Plan;
  awaits: number | null;
}

function labelOf({ mode, points }: Plan, index: number): { key: Key; values?: Record<string, number> } {
  if (mode === 'nearest') return { key: 'roads.place.at' };
  if (mode === 'reach' || index === 0) return { key: 'roads.place.from' };
  if (index === points.length - 1) return { key: 'roads.place.to' };
  return { key: 'roads.place.via', values: { n: index } };
}

function PlanView({ desk, plans, plan, awaits }: PlanViewProps) {
  const { t } = useI18n();
  const { id, mode, points } = plan;
  return (
    <section className="roads-one" aria-label={t(`roads.mode.${mode}`)}>
      <header>
        <h3>{t(`roads.mode.${mode}`)}</h3>
        <button type="button" className="quiet" aria-label={t('roads.remove')} data-testid="roads-remove" onClick={() => plans.close(id)}>
          ✕
        </button>
      </header>
      <label className="field">
        <span>{t('roads.profile')}</span>
        <select value={plan.profile} data-testid="roads-profile" onChange={(event) => plans.change(id, { profile: event.target.value as Profile })}>
          {PROFILES.map((profile) => (
            <option key={profile} value={profile}>
              {t(`roads.profile.${profile}`)}
            </option>
          ))}
        </select>
      </label>
      {mode === 'nearest' && (
        <label className="field">
          <span>{t('roads.kind')}</span>
          <select value={plan.kind} data-testid="roads-kind" onChange={(event) => plans.change(id, { kind: event.target.value })}>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`word.${kind}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {points.map((at, index) => {
        const { key, values } = labelOf(plan, index);
        const between = mode === 'route' && index > 0 && index < points.length - 1;
        return (
          <PlaceField
            key={index}
            desk={desk}
            label={t(key, values)}
            sign={placeLabel(plan, index)}
            at={at}
            awaited={awaits === index}
            testId={`roads-place-${index}`}
            onPlace={(there) => plans.place(id, index, there)}
            onAwait={() => plans.await(index)}
            {...(between ? { onRemove: () => plans.removeVia(id, index) } : {})}
          />
        );
      })}
      {mode === 'route' && (
        <div className="roads-acts">
          <button type="button" disabled={plan.upwind !== null || points.length >= MOST_VIA + 2} data-testid="roads-via" onClick={() => plans.addVia(id)}>
            {t('roads.via')}
          </button>
          <button type="button" data-testid="roads-reverse" onClick={() => plans.reverse(id)}>
            {t('roads.reverse')}
          </button>
        </div>
      )}
      {mode === 'route' && points.length === 2 && <UpwindFields plans={plans} plan={plan} />}
      {awaits !== null && <p className="hint">{t('roads.click')}</p>}
      <AnswerView desk={desk} plans={plans} plan={plan} />
    </section>
  );
}

/** To stop on a ring around the end, on the side that the wind comes from. */
function UpwindFields({ plans, plan: { id, upwind } }: { plans: Plans; plan: Plan }) {
  const { t } = useI18n();
  const field = (name: 'wind_from_deg' | 'radius_m', least: number, most: number) => (
    <label className="field">
      <span>{t(`roads.upwind.${name}`)}</span>
      <input
        type="number"
        min={least}
        max={most}
        defaultValue={upwind?.[name]}
        data-testid={`roads-upwind-${name}`}
        onChange={({ target }) => {
          // What is half typed asks nothing.
          if (upwind && target.value !== '' && target.validity.valid) plans.change(id, { upwind: { ...upwind, [name]: target.valueAsNumber } });
        }}
      />
    </label>
  );
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          checked={upwind !== null}
          data-testid="roads-upwind"
          onChange={({ target }) => plans.change(id, { upwind: target.checked ? USUAL_UPWIND : null })}
        />
        <span>{t('roads.upwind')}</span>
      </label>
      {upwind && field('wind_from_deg', 0, 360)}
      {upwind && field('radius_m', LEAST_RADIUS_M, MOST_RADIUS_M)}
      {upwind && <p className="hint">{t('roads.upwind.drawn')}</p>}
    </>
  );
}

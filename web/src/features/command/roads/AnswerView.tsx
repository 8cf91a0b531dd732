/** What was answered: a route with what to do and what it was kept from, the nearest with their times, or what is reached. */
import { useI18n } from '../../../i18n';
import { nameOf } from '../../../map/drawn';
import { problemText } from '../../../ui/problem';
import { waysOf } from '../../../api/roads';
import type { NearestAnswer, OtherPlace, ReachAnswer, RingPlace, RouteAnswer } from '../../../api/roads';
import type { Problem } from '../../../api/types';
import type { Desk } from '../desk';
import { secondsBefore, type Plan, type Plans } from './plans';
import { closersText, durationText, minutesText, ringText, sentence, wayText } from './words';

export function AnswerView({ desk, plans, plan }: { desk: Desk; plans: Plans; plan: Plan }) {
  const { t } = useI18n();
  const { answer, problem, turned } = plan;
  return (
    <div className="roads-answer" data-testid="roads-answer" aria-busy={plan.asking}>
      {turned.times > 0 && (
        <p className="roads-turned" role="status" data-testid="roads-turned">
          {turned.before?.mode === 'route'
            ? t('roads.turned.before', { time: minutesText(turned.before.value.duration_s) })
            : t('roads.turned')}
        </p>
      )}
      {problem && <Refused problem={problem} />}
      {answer?.mode === 'route' && <Route desk={desk} plans={plans} plan={plan} route={answer.value} />}
      {answer?.mode === 'nearest' && <Nearest plans={plans} plan={plan} nearest={answer.value} />}
      {answer?.mode === 'reach' && <Reach reach={answer.value} />}
      {answer && <p className="hint">{answer.value.attribution}</p>}
    </div>
  );
}

function Refused({ problem }: { problem: Problem }) {
  const { language, t } = useI18n();
  const by = closersText((problem as { closures?: NearestAnswer['left_out'][number]['closures'] }).closures ?? [], language, t);
  const refused = (problem as { refused?: RouteAnswer['refused'] }).refused ?? [];
  const { next_best: next, others } = problem as { next_best?: RingPlace | null; others?: OtherPlace[] };
  return (
    <div className="problem" role="alert" data-testid="roads-problem">
      <p>
        {problemText(problem, t)}
        {by !== '' && ` ${t('roads.closedby', { names: by })}`}
      </p>
      {next && <p data-testid="roads-next-best">{t('roads.upwind.next', { place: ringText(next, language, t) })}</p>}
      {next === null && <p>{t('roads.upwind.nonext')}</p>}
      {others && others.length > 0 && (
        <ul>
          {others.map(({ text }, i) => (
            <li key={i}>{sentence(text, language)}</li>
          ))}
        </ul>
      )}
      {refused.length > 0 && (
        <ul>
          {refused.map(({ text }, i) => (
            <li key={i}>{sentence(text, language)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Route({ desk, plans, plan, route }: { desk: Desk; plans: Plans; plan: Plan; route: RouteAnswer }) {
  const { language, t } = useI18n();
  const way = waysOf(route)[plan.chosen] ?? route;
  return (
    <>
      <p className="roads-figures">
        <strong data-testid="roads-duration">{durationText(way.duration_s, t)}</strong>{' '}
        <span data-testid="roads-length">{wayText(way.length_m, t)}</span>
      </p>
      {route.approach && <Approach approach={route.approach} />}
      {route.refused.length > 0 && (
        <section className="roads-refused" data-testid="roads-refused">
          <h4>{t('roads.refused')}</h4>
          <ul>
            {route.refused.map(({ text, length_m, geometry }, i) => {
              const at = geometry.coordinates[0]?.[0];
              return (
                <li key={i}>
                  <button type="button" className="quiet" onClick={() => at && desk.park?.flyTo(at[0]!, at[1]!)}>
                    {sentence(text, language)}
                  </button>{' '}
                  <span className="hint">{wayText(length_m, t)}</span>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      <Ways plans={plans} plan={plan} route={route} />
      <details>
        <summary>{t('roads.instructions', { n: way.instructions.length })}</summary>
        <ol className="roads-instructions" data-testid="roads-instructions">
          {way.instructions.map(({ text, length_m, lon, lat }, i) => (
            <li key={i}>
              <button type="button" className="quiet" onClick={() => desk.park?.flyTo(lon, lat)}>
                {sentence(text, language)}
              </button>
              {length_m > 0 && <span className="hint">{wayText(length_m, t)}</span>}
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}

/** Where it comes to the ring, and why not elsewhere. */
function Approach({ approach: { place, others } }: { approach: NonNullable<RouteAnswer['approach']> }) {
  const { language, t } = useI18n();
  return (
    <>
      <p data-testid="roads-arrives">{t('roads.upwind.arrives', { place: ringText(place, language, t) })}</p>
      {others.length > 0 && (
        <details>
          <summary>{t('roads.upwind.others', { n: others.length })}</summary>
          <ul>
            {others.map(({ text }, i) => (
              <li key={i}>{sentence(text, language)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The ways that there are: one is looked at, the others are drawn as dots. */
function Ways({ plans, plan, route }: { plans: Plans; plan: Plan; route: RouteAnswer }) {
  const { t } = useI18n();
  const ways = waysOf(route);
  if (ways.length === 1) return null;
  return (
    <fieldset className="roads-others" data-testid="roads-others">
      <legend>{t('roads.others')}</legend>
      {ways.map(({ duration_s, length_m }, i) => (
        <label key={i} className="check">
          <input
            type="radio"
            name={`roads-way-${plan.id}`}
            checked={plan.chosen === i}
            data-testid={`roads-way-${i}`}
            onChange={() => plans.choose(plan.id, i)}
          />
          <span>
            <strong>{durationText(duration_s, t)}</strong> {wayText(length_m, t)}{' '}
            <span className="hint">
              {i === 0 ? t('roads.others.fastest') : t('roads.others.longer', { time: minutesText(duration_s - route.duration_s) })}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Nearest({ plans, plan, nearest }: { plans: Plans; plan: Plan; nearest: NearestAnswer }) {
  const { language, t } = useI18n();
  const name = (one: { name?: string; name_en?: string; id?: string }) => nameOf(one, language) || (one.id ?? '');
  return (
    <>
      {nearest.items.length === 0 && <p className="problem">{t(nearest.of === 0 ? 'roads.nearest.none' : 'roads.nearest.unreachable')}</p>}
      <ol className="roads-nearest" data-testid="roads-nearest">
        {nearest.items.map((one, i) => (
          <li key={one.id ?? i} data-testid="roads-near" data-id={one.id}>
            <span>{name(one)}</span> <strong>{durationText(one.duration_s, t)}</strong>{' '}
            <Was seconds={secondsBefore(plan, one)} />
            {one.route && <span className="hint">{wayText(one.route.length_m, t)}</span>}
            <button type="button" className="quiet" onClick={() => plans.begin('route', [{ lon: one.lon, lat: one.lat }, plan.points[0]!], plan.profile)}>
              {t('roads.nearest.route')}
            </button>
          </li>
        ))}
      </ol>
      {nearest.reachable === 'fewer' && nearest.items.length > 0 && (
        <p className="hint">{t('roads.nearest.fewer', { asked: nearest.asked, n: nearest.items.length })}</p>
      )}
      {nearest.left_out.length > 0 && (
        <ul className="roads-left" data-testid="roads-left">
          {nearest.left_out.map((one, i) => (
            <li key={one.id ?? i}>
              {name(one)}: {t(`roads.left.${one.why}`)} {closersText(one.closures, language, t)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** How long it took before the roads changed. */
function Was({ seconds }: { seconds: number | null }) {
  const { t } = useI18n();
  return seconds === null ? null : <span className="roads-was">{t('roads.was', { time: minutesText(seconds) })} </span>;
}

function Reach({ reach }: { reach: ReachAnswer }) {
  const { t } = useI18n();
  return (
    <ul className="roads-reach" data-testid="roads-reach">
      {reach.items.map(({ limit_s, length_m }) => (
        <li key={limit_s}>
          <strong>{t('roads.reach.within', { minutes: limit_s / 60 })}</strong> {t('roads.reach.length', { length: wayText(length_m, t) })}
        </li>
      ))}
    </ul>
  );
}

/**
 * Everything that a person must know to work at the console, on one page of plain text: what is on the screen, what the
 * signs mean, what to do with an alarm, who may do what, the keys, and what to do when the connection is lost.
 */
import type { ReactNode } from 'react';
import type { AlarmState, Priority, Role } from '../../../api/types';
import { useI18n, type Key } from '../../../i18n';
import { LEVELS, NUMERAL } from '../../../map/style';
import { PriorityShape } from '../../../ui/PriorityBadge';
import {
  EVIDENCE_MARKS,
  EvidenceSample,
  PAST_MARKS,
  PastSample,
  VEHICLE_STATES,
  VehicleSample,
} from '../../../ui/Samples';
import { setCharacterKeys, useCharacterKeys } from '../character-keys';
import { BINDINGS, KEY_GROUPS, shownKeys, type Action } from '../keys';
import { MOST_PLAYED } from '../track-load';
import { actionsInUse } from '../useKeys';
import './help.css';

const SCREEN = ['top', 'map', 'side', 'card', 'alarms', 'events', 'pages'] as const;
const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];
const STATES: readonly AlarmState[] = ['unacknowledged', 'acknowledged', 'returned', 'shelved', 'suppressed', 'closed'];
const ROLES = ['commander', 'monitor', 'guard', 'supervisor', 'admin'] as const satisfies readonly Role[];
const ALARM_STEPS = ['1', '2', '3', '4'] as const;
const LOST = ['banner', 'wait', 'old', 'missed', 'signin', 'phone'] as const;
const FLOOD = ['urgent', 'groups', 'all', 'filter', 'shelve', 'quiet'] as const;
const EVIDENCE = ['fixes', 'crossing', 'doubt', 'zone', 'alarm', 'on'] as const;
const PLAYBACK = ['from', 'time', 'cast', 'unknown', 'live'] as const;
const ROADS = ['route', 'upwind', 'nearest', 'reach', 'why', 'close', 'turn'] as const;
const DOUBTS = ['provisional', 'uncertain', 'late', 'retracted'] as const;

export function HelpText() {
  const { t } = useI18n();
  return (
    <article className="help">
      <h1>{t('help.title')}</h1>
      <p>{t('help.lead')}</p>
      <Section title="help.first">
        <ol>
          {ALARM_STEPS.map((step) => (
            <li key={step}>{t(`help.first.${step}`)}</li>
          ))}
        </ol>
      </Section>
      <Section title="help.screen">
        <Terms of={SCREEN.map((part) => [t(`help.screen.${part}`), t(`help.screen.${part}.what`)])} />
      </Section>
      <Section title="help.signs">
        <h3>{t('help.signs.vehicles')}</h3>
        <ul className="help-signs">
          {VEHICLE_STATES.map((state) => (
            <li key={state}>
              <VehicleSample state={state} /> {t(`legend.${state === 'quiet' ? 'stale' : state}` as Key)}
            </li>
          ))}
        </ul>
        <p>{t('help.signs.vehicles.what')}</p>
        <h3>{t('help.signs.levels')}</h3>
        <ul className="help-signs">
          {LEVELS.map((level) => (
            <li key={level}>
              <span className={`level-swatch level-${level}`}>{NUMERAL[level]}</span> {t(`level.${level}`)}
            </li>
          ))}
        </ul>
        <h3>{t('help.signs.priorities')}</h3>
        <ul className="help-signs">
          {PRIORITIES.map((priority) => (
            <li key={priority}>
              <PriorityShape priority={priority} /> <strong>{t(`priority.${priority}`)}</strong>{' '}
              {t(`help.priority.${priority}`)}
            </li>
          ))}
        </ul>
        <h3>{t('help.signs.doubts')}</h3>
        <Terms of={DOUBTS.map((doubt) => [t(`help.doubt.${doubt}`), t(`help.doubt.${doubt}.what`)])} />
      </Section>
      <Section title="help.flood">
        <p>{t('help.flood.lead')}</p>
        <ul className="help-signs">
          <li>
            <span className="load-sample" aria-hidden="true" /> {t('help.flood.bearable')}
          </li>
          <li>
            <span className="load-sample load-sample-flood" aria-hidden="true" /> {t('help.flood.line')}
          </li>
        </ul>
        <Terms of={FLOOD.map((part) => [t(`help.flood.${part}`), t(`help.flood.${part}.what`)])} />
      </Section>
      <Section title="help.evidence">
        <p>{t('help.evidence.lead')}</p>
        <ul className="help-signs">
          {EVIDENCE_MARKS.map((mark) => (
            <li key={mark}>
              <EvidenceSample mark={mark} /> {t(`evidence.legend.${mark}`)}
            </li>
          ))}
        </ul>
        <Terms of={EVIDENCE.map((part) => [t(`help.evidence.${part}`), t(`help.evidence.${part}.what`)])} />
      </Section>
      <Section title="help.playback">
        <p>{t('help.playback.lead')}</p>
        <ul className="help-signs">
          {PAST_MARKS.map((mark) => (
            <li key={mark}>
              <PastSample mark={mark} /> {t(`help.playback.mark.${mark}`)}
            </li>
          ))}
        </ul>
        <Terms of={PLAYBACK.map((part) => [t(`help.playback.${part}`), t(`help.playback.${part}.what`, { most: MOST_PLAYED })])} />
      </Section>
      <Section title="help.roads">
        <p>{t('help.roads.lead')}</p>
        <Terms of={ROADS.map((part) => [t(`help.roads.${part}`), t(`help.roads.${part}.what`)])} />
      </Section>
      <Section title="help.states">
        <p>{t('help.states.lead')}</p>
        <Terms of={STATES.map((state) => [t(`alarmstate.${state}`), t(`help.state.${state}`)])} />
      </Section>
      <Section title="help.lost">
        <ol>
          {LOST.map((step) => (
            <li key={step}>{t(`help.lost.${step}`)}</li>
          ))}
        </ol>
      </Section>
      <Section title="help.roles">
        <Terms of={ROLES.map((role) => [t(`role.${role}`), t(`help.role.${role}`)])} />
      </Section>
      <Section title="keys.title">
        <p>{t('help.keys.lead')}</p>
        <KeySwitch />
        <KeyTable />
      </Section>
    </article>
  );
}

function Section({ title, children }: { title: Key; children: ReactNode }) {
  const { t } = useI18n();
  return (
    <section data-chapter={title.slice(title.indexOf('.') + 1)}>
      <h2>{t(title)}</h2>
      {children}
    </section>
  );
}

function Terms({ of }: { of: readonly (readonly [string, string])[] }) {
  return (
    <dl className="help-terms">
      {of.map(([term, what]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}

function KeySwitch() {
  const { t } = useI18n();
  const on = useCharacterKeys();
  return (
    <label className="check help-switch">
      <input
        type="checkbox"
        checked={on}
        aria-describedby="help-switch-what"
        data-testid="character-keys"
        onChange={(event) => setCharacterKeys(event.target.checked)}
      />
      <span>
        {t('keys.characters')}
        <span id="help-switch-what" className="help-switch-what">
          {t('keys.characters.what')}
        </span>
      </span>
    </label>
  );
}

/** The keys to which somebody listens at this moment, by what they are for. */
function KeyTable() {
  const { t } = useI18n();
  const withCharacters = useCharacterKeys();
  const inUse = actionsInUse();
  return (
    <div className="help-keys">
      {KEY_GROUPS.map((group) => {
        const rows: (readonly [readonly string[], Key])[] = inUse
          .filter((action) => BINDINGS[action].group === group)
          .map((action: Action) => [shownKeys(BINDINGS[action], withCharacters), BINDINGS[action].what] as const)
          .filter(([shown]) => shown.length > 0);
        if (group === 'map') rows.push([['↑', '↓', '←', '→'], 'keys.map.arrows']);
        if (group === 'screen') rows.push([['Tab', '⇧Tab'], 'keys.tab'], [['Ctrl P'], 'keys.print.browser']);
        return (
          rows.length > 0 && (
            <section key={group}>
              <h3>{t(`keys.group.${group}`)}</h3>
              <dl className="keys-list">
                {rows.map(([shown, what]) => (
                  <div key={what}>
                    <dt>
                      {shown.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{t(what)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          )
        );
      })}
    </div>
  );
}

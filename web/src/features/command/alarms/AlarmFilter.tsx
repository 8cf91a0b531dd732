/** The filter's controls: words first, the rest when it is asked for. */
import { useState } from 'react';
import type { Alarm } from '../../../api/types';
import { useI18n, type Key } from '../../../i18n';
import { ALL, choicesOf, PRIORITIES, STATES, type Filter } from './filter';
import { kindName, type Names } from '../words';

export interface AlarmFilterProps {
  filter: Filter;
  /** Of all alarms, whose kinds and zones are offered. */
  alarms: readonly Alarm[];
  names: Names;
  /** How many alarms it leaves out. */
  hidden: number;
  /** Whether the list is by cause. */
  grouped: boolean;
  onFilter: (filter: Filter) => void;
  onGroup: (grouped: boolean) => void;
}

export function AlarmFilter({ filter, alarms, names, hidden, grouped, onFilter, onGroup }: AlarmFilterProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const chosen = choicesOf(filter);
  // What was chosen stays on offer when its last alarm is gone, else the choice could not be seen.
  const offer = <T,>(all: readonly (T | null | undefined)[], also: T | null) =>
    [...new Set([...all, also])].filter((one): one is T => one !== null && one !== undefined);
  const kinds = offer(
    alarms.map((alarm) => alarm.kind),
    filter.kind,
  );
  const zones = offer(
    alarms.map((alarm) => alarm.zone),
    filter.zone,
  );
  return (
    <div className="alarm-filter" role="group" aria-label={t('filter.title')}>
      <input
        type="search"
        value={filter.text}
        placeholder={t('filter.text')}
        aria-label={t('filter.text')}
        data-testid="filter-text"
        onChange={(event) => onFilter({ ...filter, text: event.target.value })}
      />
      <button type="button" aria-expanded={open} data-testid="filter-more" onClick={() => setOpen(!open)}>
        {chosen ? t('filter.more.count', { chosen }) : t('filter.more')}
      </button>
      <button
        type="button"
        aria-pressed={grouped}
        title={t('flood.hint')}
        data-testid="by-cause"
        onClick={() => onGroup(!grouped)}
      >
        {t('flood.group')}
      </button>
      {open && (
        <div className="alarm-filter-choices">
          <Choice
            name="priority"
            value={filter.priority}
            of={PRIORITIES}
            say={(priority) => `P${priority} ${t(`priority.${priority}`)}`}
            onChoose={(priority) => onFilter({ ...filter, priority })}
          />
          <Choice
            name="state"
            value={filter.state}
            of={STATES}
            say={(state) => t(`alarmstate.${state}`)}
            onChoose={(state) => onFilter({ ...filter, state })}
          />
          <Choice
            name="kind"
            value={filter.kind}
            of={kinds}
            say={(kind) => kindName(kind, t)}
            onChoose={(kind) => onFilter({ ...filter, kind })}
          />
          <Choice
            name="zone"
            value={filter.zone}
            of={zones}
            say={(zone) => names.zone(zone) ?? zone}
            onChoose={(zone) => onFilter({ ...filter, zone })}
          />
        </div>
      )}
      {hidden > 0 && (
        <button type="button" className="filter-hidden" onClick={() => onFilter(ALL)} data-testid="filter-clear">
          {t('filter.hidden', { hidden })}
        </button>
      )}
    </div>
  );
}

/** One of several, or any. */
function Choice<T extends string | number>(props: {
  name: 'priority' | 'state' | 'kind' | 'zone';
  value: T | null;
  of: readonly T[];
  say: (value: T) => string;
  onChoose: (value: T | null) => void;
}) {
  const { t } = useI18n();
  return (
    <select
      value={props.value ?? ''}
      aria-label={t(`filter.${props.name}` as Key)}
      data-testid={`filter-${props.name}`}
      onChange={(event) => props.onChoose(props.of.find((one) => String(one) === event.target.value) ?? null)}
    >
      <option value="">{t(`filter.${props.name}.all` as Key)}</option>
      {props.of.map((one) => (
        <option key={one} value={one}>
          {props.say(one)}
        </option>
      ))}
    </select>
  );
}

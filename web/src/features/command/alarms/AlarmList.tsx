/** The open alarms, the most urgent first, by cause in a flood. Nothing here can be deleted; it is acknowledged and closed. */
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { Alarm } from '../../../api/types';
import { useI18n } from '../../../i18n';
import type { Picture, Site } from '../../../live/site';
import { problemText } from '../../../ui/problem';
import { useServerNow } from '../../../ui/useServerNow';
import { AlarmFilter } from './AlarmFilter';
import { AlarmGroup } from './AlarmGroup';
import { AlarmItem, type AlarmActs } from './AlarmItem';
import { groupsOf, linesOf, type Group, type Line } from './causes';
import { ALL, knownBy, passes, type Filter } from './filter';
import { Handled } from './Handled';
import { LoadFigure } from './LoadFigure';
import { Runs } from './Runs';
import { SoundButton } from './SoundButton';
import { UrgentBar } from './UrgentBar';
import { useManyAtOnce } from './useManyAtOnce';
import { useRows } from './useRows';
import { useFlood } from '../flood';
import { useLoad } from '../useLoad';
import { needsAcknowledgement, tellingEvent, whatText, type Names } from '../words';
import './alarms.css';

/** Only how a time of day is written depends on it: what counts up is `Ticked`. */
const NOW_EVERY_MS = 60_000;
/** What rows are taken to be before they were seen, pixels. */
const ROW_PX = 98;
const GROUP_PX = 112;

export interface AlarmListProps {
  site: Site;
  picture: Picture;
  names: Names;
  selected: string | null;
  busy: ReadonlySet<string>;
  problem: { id: string; text: string } | null;
  /** Absent for roles that may only look. */
  acts: AlarmActs | null;
  /** Told which alarms the list shows, in its order: what the keys step through. */
  onListed: (alarms: readonly Alarm[]) => void;
  onSelect: (id: string) => void;
  onLocate: (alarm: Alarm) => void;
  onExplain: (event: string) => void;
  onHelp: () => void;
}

export function AlarmList(props: AlarmListProps) {
  const { site, picture, names, selected } = props;
  const { t } = useI18n();
  const now = useServerNow(site.clock, NOW_EVERY_MS);
  const load = useLoad(site);
  const [handled, setHandled] = useState(false);
  const unacknowledged = picture.alarms.filter(needsAcknowledgement).length;
  // A key that steps to an alarm brings the list of open ones back.
  useEffect(() => {
    if (selected !== null && picture.alarms.some((alarm) => alarm.id === selected)) setHandled(false);
  }, [selected]);
  return (
    <section className="alarms" id="alarms" tabIndex={-1} aria-labelledby="alarms-title">
      <header className="alarm-header">
        <h2 id="alarms-title" className="unseen">
          {t('alarms.title')}
        </h2>
        <div className="alarm-tabs" role="group" aria-labelledby="alarms-title">
          <button type="button" aria-pressed={!handled} onClick={() => setHandled(false)} data-testid="alarms-open">
            {picture.alarmsKnown ? t('alarms.count', { open: picture.alarms.length, unacknowledged }) : t('alarms.open')}
          </button>
          <button type="button" aria-pressed={handled} onClick={() => setHandled(true)} data-testid="alarms-handled">
            {t('alarms.handled')}
          </button>
        </div>
        <SoundButton />
        <button type="button" className="quiet" onClick={props.onHelp} title={t('keys.title')} aria-label={t('keys.title')}>
          ?
        </button>
      </header>
      <LoadFigure load={load} />
      {picture.alarmsProblem && (
        <p className="problem" role="alert">
          {t('alarms.error', { why: problemText(picture.alarmsProblem, t) })}
        </p>
      )}
      {handled ? (
        <Handled site={site} names={names} now={now} onLocate={props.onLocate} onExplain={props.onExplain} />
      ) : (
        <OpenAlarms {...props} now={now} raised={load?.last.ten_minutes.raised ?? 0} />
      )}
    </section>
  );
}

/** Not drawn again for what stands above it: ten thousand alarms are some milliseconds. */
const OpenAlarms = memo(function OpenAlarms(props: AlarmListProps & { now: number; raised: number }) {
  const { site, picture, names, selected, now, acts } = props;
  const { t } = useI18n();
  const [filter, setFilter] = useState<Filter>(ALL);
  const { on: flood } = useFlood(site, picture.alarms, props.raised);
  /** What a person chose instead of what the flood asks for; it holds until the flood begins or ends. */
  const [byCause, setByCause] = useState<boolean | null>(null);
  useEffect(() => setByCause(null), [flood]);
  const grouped = byCause ?? flood;
  /** Chosen before the filter was, so that the filter holds for it too; what is chosen later is shown in any case. */
  const [leftOut, setLeftOut] = useState<string | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const many = useManyAtOnce(acts);

  const passing = useMemo(() => {
    const said = (alarm: Alarm) => {
      const vehicle = site.directory.byId(alarm.subject.id ?? '');
      return knownBy(alarm, whatText(alarm, names, t), vehicle);
    };
    const kept = selected === leftOut ? null : selected;
    return picture.alarms.filter((alarm) => alarm.id === kept || passes(alarm, filter, () => said(alarm)));
  }, [picture.alarms, filter, selected, leftOut, site, names, t]);
  const lines = useMemo((): Line[] => {
    if (!grouped) return passing.map((alarm) => ({ of: 'alarm', key: alarm.id, alarm, inGroup: false }));
    const groups = groupsOf(passing, (id) => site.directory.byId(id)?.company ?? undefined);
    const holds = (group: Group) => group.first.id !== selected && group.alarms.some(({ id }) => id === selected);
    return linesOf(groups, (group) => opened.has(group.key) || holds(group));
  }, [passing, grouped, opened, selected, site]);
  const keys = useMemo(() => lines.map(({ key }) => key), [lines]);
  const rows = useRows(
    keys,
    (index) => (lines[index]!.of === 'group' ? GROUP_PX : ROW_PX),
    selected,
  );
  const { onListed } = props;
  useEffect(() => {
    onListed(lines.flatMap((line) => (line.of === 'alarm' ? [line.alarm] : [])));
  }, [lines, onListed]);

  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (selected === null) return;
    rows.reveal(selected);
    const item = list.current?.querySelector('[aria-current="true"]');
    // Chosen by key: the focus goes along, so that a screen reader reads it and Enter opens it.
    if (item && !item.contains(document.activeElement)) item.querySelector<HTMLElement>('.alarm-body')?.focus();
  }, [selected]);

  const urgent = picture.alarms.filter((alarm) => alarm.priority === 1 && needsAcknowledgement(alarm));
  const hidden = picture.alarms.length - passing.length;
  const open = (group: Group, isOpen: boolean) => {
    const next = new Set(opened);
    if (isOpen) next.add(group.key);
    else next.delete(group.key);
    setOpened(next);
  };
  return (
    <>
      <UrgentBar
        urgent={urgent}
        unseen={urgent.filter(({ id }) => !rows.inSight(id)).length}
        clock={site.clock}
        onJump={() => {
          const next = urgent.find(({ id }) => !rows.inSight(id)) ?? urgent[0];
          if (next) props.onSelect(next.id);
        }}
      />
      <AlarmFilter
        filter={filter}
        alarms={picture.alarms}
        names={names}
        hidden={hidden}
        grouped={grouped}
        onFilter={(next) => {
          setFilter(next);
          setLeftOut(selected);
        }}
        onGroup={setByCause}
      />
      <Runs many={many} names={names} />
      {!picture.alarmsKnown && !picture.alarmsProblem && <p className="hint">{t('alarms.loading')}</p>}
      {picture.alarmsKnown && picture.alarms.length === 0 && (
        <p className="hint">{t(picture.connection === 'lost' ? 'alarms.empty.lost' : 'alarms.empty')}</p>
      )}
      {passing.length === 0 && picture.alarms.length > 0 && <p className="hint">{t('filter.nothing')}</p>}
      <div className="alarm-scroll" ref={rows.box}>
        <ul ref={list} data-testid="alarm-list" style={{ height: rows.height }}>
          {rows.shown.map(({ index, top }) => {
            const line = lines[index]!;
            const place = { style: { top }, 'aria-setsize': lines.length, 'aria-posinset': index + 1 };
            if (line.of === 'group') {
              return (
                <li key={line.key} ref={rows.measure(line.key)} className="group" data-testid="alarm-group" {...place}>
                  <AlarmGroup
                    group={line.group}
                    open={line.open}
                    now={now}
                    names={names}
                    running={many.isRunning(line.group.key)}
                    onAcknowledgeAll={acts && (() => many.acknowledge(line.group))}
                    onOpen={(isOpen) => open(line.group, isOpen)}
                  />
                </li>
              );
            }
            const { alarm } = line;
            return (
              <li
                key={line.key}
                ref={rows.measure(line.key)}
                className={`alarm alarm-p${alarm.priority} alarm-${alarm.state}${line.inGroup ? ' alarm-in-group' : ''}`}
                aria-current={alarm.id === selected}
                data-testid="alarm-item"
                data-alarm-id={alarm.id}
                data-state={alarm.state}
                {...place}
              >
                <AlarmItem
                  alarm={alarm}
                  evidence={site.event(tellingEvent(alarm) ?? '')?.evidence}
                  now={now}
                  clock={site.clock}
                  names={names}
                  selected={alarm.id === selected}
                  busy={props.busy.has(alarm.id)}
                  problem={props.problem?.id === alarm.id ? props.problem.text : null}
                  acts={acts}
                  onSelect={() => props.onSelect(alarm.id)}
                  onLocate={() => props.onLocate(alarm)}
                  onExplain={props.onExplain}
                />
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
});

/**
 * Alarms, events and rules in the words of a person: "浙A12345 进入 北罐区", never an id where a name is known.
 */
import type {
  Alarm,
  Event,
  EventKind,
  Evidence,
  FeatureProperties,
  Rule,
  ScheduleItem,
  Subject,
  Subjects,
} from '../../api/types';
import { translateName, type Key, type Translate } from '../../i18n';
import { spanText } from '../../i18n/time';

/** Looks up names; answers `undefined` where none is known. */
export interface Names {
  plate: (vehicleId: string) => string | undefined;
  zone: (zoneId: string) => string | undefined;
}

/** Whether nobody has seen an alarm yet. One that is put aside asks nobody. */
export function needsAcknowledgement(alarm: Pick<Alarm, 'state'>): boolean {
  return alarm.state === 'unacknowledged' || alarm.state === 'returned';
}

/** Whether an alarm calls for somebody aloud: it is new, urgent, known in time and not put aside. */
export function sirens(alarm: Pick<Alarm, 'state' | 'late' | 'priority'>): boolean {
  return alarm.state === 'unacknowledged' && !alarm.late && alarm.priority === 1;
}

export function subjectText(subject: Subject, names: Names, t: Translate): string {
  const id = subject.id ?? '';
  if (subject.kind === 'vehicle') return names.plate(id) ?? t('subject.vehicle', { id });
  if (subject.kind === 'zone') return names.zone(id) ?? t('subject.zone', { id });
  return t(`subject.${subject.kind}`, { id });
}

/**
 * What happened; of a terminal's own alarm, which of them: the rule `terminal-n` is bit n of its alarm word; of a silence,
 * what is known of the terminal; of a wrong clock, by how much.
 */
export function kindText(
  kind: EventKind,
  rule: string | null | undefined,
  t: Translate,
  evidence?: Evidence,
): string {
  if (kind === 'silence' && evidence?.silence) return t(`silence.${evidence.silence}`);
  const ahead = kind === 'clock_wrong' ? evidence?.clock_ahead_ms : undefined;
  if (ahead) {
    return t(ahead > 0 ? 'alarmkind.clock_ahead' : 'alarmkind.clock_behind', { span: spanText(Math.abs(ahead), t) });
  }
  const bit = kind === 'terminal_alarm' ? rule?.match(/^terminal-(\d+)$/)?.[1] : undefined;
  if (bit !== undefined) return translateName(t, 'terminal', bit, () => kindText(kind, null, t));
  return translateName(t, 'alarmkind', kind, () => kind);
}

/** What kind of thing it is, by itself: for lists of kinds, where no sentence goes on. */
export function kindName(kind: EventKind, t: Translate): string {
  return translateName(t, 'kindname', kind, () => kindText(kind, null, t));
}

/** Who, what, where in one sentence. */
export function whatText(
  of: Pick<Alarm | Event, 'subject' | 'kind' | 'zone' | 'rule'> & Pick<Event, 'evidence'>,
  names: Names,
  t: Translate,
): string {
  const who = subjectText(of.subject, names, t);
  // A wrong clock is a terminal's or the server's own.
  const server = of.subject.kind === 'system' && of.kind === 'clock_wrong';
  const kind = server ? t('alarmkind.server_clock') : kindText(of.kind, of.rule, t, of.evidence);
  if (!of.zone || (of.subject.kind === 'zone' && of.subject.id === of.zone)) {
    return t('alarm.what.nowhere', { who, kind });
  }
  const zone = names.zone(of.zone) ?? of.zone;
  // Nobody knows where it is now: the zone is where it was last.
  if (saysWhereLast(of.kind)) return t('alarm.what.last', { who, kind, zone });
  return t('alarm.what', { who, kind, zone });
}

/** Whether the zone of a kind is where the vehicle was last, not where it is. */
export function saysWhereLast(kind: EventKind): boolean {
  return kind === 'silence' || kind === 'frozen';
}

/** The event that says how an alarm stands now: of a silence the last, of others the one that raised it. */
export function tellingEvent(alarm: Pick<Alarm, 'kind' | 'events'>): string | undefined {
  return alarm.kind === 'silence' ? alarm.events?.at(-1) : alarm.events?.[0];
}

/** Whether what raised an alarm was taken back: later reports showed that it did not happen. */
export function wasRetracted(alarm: Pick<Alarm, 'history'>): boolean {
  const last = alarm.history?.findLast(({ what }) => ['raised', 'reopened', 'returned', 'retracted'].includes(what));
  return last?.what === 'retracted';
}

const DOUBTS = { uncertain: 'events.uncertain', unknown: 'events.unknown' } as const;

/** What is doubtful about an event, as short words: retracted, uncertain, late. */
export function doubtTexts(event: Event, t: Translate): string[] {
  const words: string[] = [];
  if (event.status === 'retracted') words.push(t('events.retracted'));
  if (event.certainty !== 'certain' && event.kind !== 'unknown') words.push(t(DOUBTS[event.certainty]));
  if (event.late) words.push(t('events.late'));
  return words;
}

function join(parts: readonly string[], t: Translate): string {
  return parts.join(t('list.separator'));
}

/** "危运车辆", "载 2.1 类危险货物的车辆，且为 …"; `null` when nobody in particular is meant. */
function subjectsText(subjects: Subjects | null | undefined, t: Translate): string | null {
  const parts: string[] = [];
  const { classes = [], goods = [], companies = [], tags = [] } = subjects ?? {};
  if (classes.length)
    parts.push(
      join(
        classes.map((name) => translateName(t, 'class', name, () => name)),
        t,
      ),
    );
  if (goods.length) parts.push(t('rule.who.goods', { goods: join(goods, t) }));
  if (companies.length) parts.push(t('rule.who.companies', { companies: join(companies, t) }));
  if (tags.length) parts.push(t('rule.who.tags', { tags: join(tags, t) }));
  return parts.length ? parts.join(t('list.both')) : null;
}

const LIMITED: Partial<Record<Rule['when'], (rule: Rule, t: Translate) => string>> = {
  dwell: (rule, t) => spanText((rule.limit_s ?? 0) * 1000, t),
  speed: (rule) => String(rule.limit_kph ?? ''),
  count: (rule) => String(rule.limit_n ?? ''),
};

/** A rule as one sentence: whom it is about, what they may not do, when, and how urgent the alarm is. */
export function ruleText(rule: Rule, t: Translate): string {
  const everybody = subjectsText(rule.subjects, t) ?? t('rule.who.all');
  const except = subjectsText(rule.except, t);
  const who = except ? t('rule.who.except', { who: everybody, except }) : everybody;
  const what = [t(`rule.${rule.when}`, { who, limit: LIMITED[rule.when]?.(rule, t) ?? '' })];
  if (rule.window) what.push(t('rule.window', { window: windowText(rule.window, t) }));
  if (rule.exempt?.length) {
    const kinds = join(
      rule.exempt.map((kind) => translateName(t, 'exempt', kind, () => kind)),
      t,
    );
    what.push(t('rule.exempt', { kinds }));
  }
  return t('rule.line', { what: join(what, t), priority: priorityText(rule.priority, t) });
}

export function priorityText(priority: number, t: Translate): string {
  return `P${priority} ${t(`priority.${priority}` as Key)}`;
}

/** "周一、周二 08:00-18:00" */
export function windowText(window: ScheduleItem, t: Translate): string {
  const days =
    window.days.length === 7
      ? t('day.all')
      : join(
          window.days.map((day) => t(`day.${day}` as Key)),
          t,
        );
  return `${days} ${window.from}-${window.to}`;
}

/** "2026年… 起", "至 …", "长期有效" */
export function validityText(zone: FeatureProperties, date: (ms: number) => string, t: Translate): string {
  const from = zone.valid_from ? date(Date.parse(zone.valid_from)) : null;
  const to = zone.valid_to ? date(Date.parse(zone.valid_to)) : null;
  if (from && to) return t('card.validity.span', { from, to });
  if (from) return t('card.validity.from', { from });
  if (to) return t('card.validity.to', { to });
  return t('card.validity.always');
}

/** "东北 45°" */
export function headingText(degrees: number, t: Translate): string {
  const eighth = Math.round(degrees / 45) % 8;
  return `${t(`heading.${eighth}` as Key)} ${Math.round(degrees)}°`;
}

/** One rule as a sentence with choices in it, and beneath it the sentence as it will be read everywhere else. */
import { useState } from 'react';
import type { Priority, Rule, ScheduleItem } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { PriorityShape } from '../../../ui/PriorityBadge';
import { ruleText } from '../words';
import { LIMITS } from './draft';
import { NumberField } from './NumberField';
import { asKind, isLimited, LIMIT_OF, ruleProblems, tidied, WHENS } from './rules';
import { SubjectsFields, subjectsSummary } from './SubjectsFields';
import { WindowFields } from './WindowFields';

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];
const EXEMPT = ['pass', 'permit', 'waybill'] as const;
const USUAL_WINDOW: ScheduleItem = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' };

export interface RuleEditorProps {
  rule: Rule;
  /** Opened at once: it was just added. */
  fresh: boolean;
  /** It would have to be obeyed for ever. */
  needsWindow: boolean;
  onChange: (rule: Rule, about: string | null) => void;
  onRemove: () => void;
}

export function RuleEditor({ rule, fresh, needsWindow, onChange, onRemove }: RuleEditorProps) {
  const { t } = useI18n();
  const [editing, setEditing] = useState(fresh);
  const [open, setOpen] = useState<'subjects' | 'except' | null>(null);
  const set = (members: Partial<Rule>, about: string | null = null) => onChange({ ...rule, ...members }, about);
  const problems = ruleProblems(rule);
  const chip = (which: 'subjects' | 'except') => (
    <button
      type="button"
      className="edit-chip"
      aria-expanded={open === which}
      data-testid={`rule-${which}`}
      onClick={() => setOpen(open === which ? null : which)}
    >
      {subjectsSummary(rule[which], t) ?? t(which === 'subjects' ? 'rule.who.all' : 'edit.rule.nobody')}
      {/* Never alone on a line. */}
      {'\u00a0▾'}
    </button>
  );
  const read = (
    <p className="edit-read" data-testid="rule-read">
      {ruleText(rule, t)}
    </p>
  );
  const foot = (
    <div className="edit-row">
      <button
        type="button"
        aria-expanded={editing}
        data-testid="rule-change"
        onClick={() => {
          setEditing(!editing);
          setOpen(null);
        }}
      >
        {t(editing ? 'edit.rule.fold' : 'edit.rule.change')}
      </button>
      <span className="edit-dim">{t('edit.rule.id', { id: rule.id })}</span>
      <span className="spring" />
      <button type="button" className="quiet" onClick={onRemove}>
        {t('edit.rule.remove')}
      </button>
    </div>
  );
  const wrong = problems.map(({ member, key, values }) => (
    <p key={member} className="edit-wrong">
      {t(key, values)}
    </p>
  ));
  if (!editing) {
    return (
      <>
        {read}
        {wrong}
        {needsWindow && <p className="edit-wrong">{t('edit.rule.needs_window')}</p>}
        {foot}
      </>
    );
  }
  return (
    <>
      {read}
      <div className="edit-sentence">
        {chip('subjects')}
        <span>{t('edit.rule.except.before')}</span>
        {chip('except')}
        <span>{t('edit.rule.except.after')}</span>
        <span>{t('edit.rule.must_not')}</span>
        <select
          aria-label={t('edit.rule.when')}
          data-testid="rule-when"
          value={rule.when}
          onChange={(event) => onChange(asKind(rule, event.target.value as Rule['when']), null)}
        >
          {WHENS.map((when) => (
            <option key={when} value={when}>
              {t(`edit.when.${when}`)}
            </option>
          ))}
        </select>
        {isLimited(rule.when) && <Limit rule={rule} onChange={onChange} />}
      </div>
      {open !== null && (
        <SubjectsFields
          name={t(open === 'subjects' ? 'edit.rule.who' : 'edit.rule.except')}
          subjects={rule[open] ?? {}}
          onChange={(subjects) => set({ [open]: tidied(subjects) })}
        />
      )}
      <div className="edit-sentence">
        <label className="edit-check">
          <input
            type="checkbox"
            checked={!!rule.window}
            data-testid="rule-window"
            onChange={(event) => set({ window: event.target.checked ? USUAL_WINDOW : null })}
          />
          {t('edit.rule.window')}
        </label>
        {rule.window && <WindowFields window={rule.window} onChange={(window) => set({ window }, 'window')} />}
      </div>
      {needsWindow && <p className="edit-wrong">{t('edit.rule.needs_window')}</p>}
      <div className="edit-sentence">
        <span>{t('edit.rule.exempt')}</span>
        {EXEMPT.map((kind) => (
          <label key={kind} className="edit-check">
            <input
              type="checkbox"
              checked={rule.exempt?.includes(kind) ?? false}
              onChange={(event) => set({ exempt: toggled(rule.exempt ?? [], kind, event.target.checked) })}
            />
            {t(`exempt.${kind}`)}
          </label>
        ))}
        {(rule.exempt ?? [])
          .filter((kind) => !(EXEMPT as readonly string[]).includes(kind))
          .map((kind) => (
            <button
              key={kind}
              type="button"
              className="edit-chip"
              onClick={() => set({ exempt: toggled(rule.exempt ?? [], kind, false) })}
            >
              {translateName(t, 'exempt', kind, () => kind)} ✕
            </button>
          ))}
      </div>
      <div className="edit-sentence">
        <span>{t('edit.rule.priority')}</span>
        <select
          aria-label={t('edit.rule.priority')}
          data-testid="rule-priority"
          value={rule.priority}
          onChange={(event) => set({ priority: Number(event.target.value) as Priority })}
        >
          {PRIORITIES.map((priority) => (
            <option key={priority} value={priority}>
              P{priority} {t(`priority.${priority}`)}: {t(`edit.priority.${priority}`)}
            </option>
          ))}
        </select>
        <PriorityShape priority={rule.priority} />
      </div>
      <details className="edit-delays">
        <summary>{t('edit.rule.delays', { on: rule.on_delay_s ?? 0, off: rule.off_delay_s ?? 0 })}</summary>
        {rule.when !== 'exit' && (
          <NumberField
            label={t('edit.rule.on_delay')}
            unit={t('edit.unit.s')}
            step={1}
            value={rule.on_delay_s ?? 0}
            {...bounds(LIMITS.delay_s)}
            onChange={(on_delay_s) => set({ on_delay_s }, 'on_delay')}
          />
        )}
        <NumberField
          label={t('edit.rule.off_delay')}
          unit={t('edit.unit.s')}
          step={1}
          value={rule.off_delay_s ?? 0}
          {...bounds(LIMITS.delay_s)}
          onChange={(off_delay_s) => set({ off_delay_s }, 'off_delay')}
        />
      </details>
      {wrong}
      {foot}
    </>
  );
}

function bounds({ least, most }: { least: number; most: number }): { least: number; most: number } {
  return { least, most };
}

function toggled(list: readonly string[], item: string, on: boolean): string[] {
  const rest = list.filter((other) => other !== item);
  return on ? [...rest, item] : rest;
}

/** How long a limit of time is said: nobody counts a quarter of an hour in seconds. */
const UNITS = { s: 1, min: 60, h: 3_600 } as const;
type Unit = keyof typeof UNITS;

function unitOf(seconds: number): Unit {
  if (seconds >= 3_600 && seconds % 3_600 === 0) return 'h';
  return seconds >= 60 && seconds % 60 === 0 ? 'min' : 's';
}

function Limit({ rule, onChange }: Pick<RuleEditorProps, 'rule' | 'onChange'>) {
  const { t } = useI18n();
  const [unit, setUnit] = useState<Unit>(() => unitOf(rule.limit_s ?? 0));
  if (!isLimited(rule.when)) return null;
  const { member, least, most } = LIMIT_OF[rule.when];
  const timed = member === 'limit_s';
  const factor = timed ? UNITS[unit] : 1;
  const value = rule[member];
  const take = (number: number) => {
    const limit = member === 'limit_kph' ? number : Math.round(number * factor);
    onChange({ ...rule, [member]: limit }, 'limit');
  };
  return (
    <>
      <NumberField
        inline
        label={t('edit.rule.limit')}
        testId="rule-limit"
        value={value == null ? null : value / factor}
        least={least / factor}
        most={most / factor}
        {...(timed ? {} : { unit: t(member === 'limit_kph' ? 'edit.unit.kph' : 'edit.unit.vehicles') })}
        onChange={take}
      />
      {timed && (
        <select aria-label={t('edit.unit')} value={unit} onChange={(event) => setUnit(event.target.value as Unit)}>
          {(Object.keys(UNITS) as Unit[]).map((name) => (
            <option key={name} value={name}>
              {t(`edit.unit.${name}`)}
            </option>
          ))}
        </select>
      )}
    </>
  );
}

/** From when until when it holds, and on which hours of the week. */
import type { Problem, ScheduleItem } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { windowText } from '../words';
import { LIMITS, type Draft } from './draft';
import { FieldProblem } from './FieldProblem';
import { fromField, toField } from './local-time';
import type { Session } from './session';
import { scheduleOf, windowProblem } from './week';
import { WeekPicture } from './WeekPicture';
import { WindowFields } from './WindowFields';

export interface TimeTabProps {
  work: Session;
  draft: Draft;
  problem: Problem | null;
}

export function TimeTab({ work, draft, problem }: TimeTabProps) {
  const { t } = useI18n();
  const { valid_from, valid_to } = draft.properties;
  const schedule = draft.properties.schedule ?? [];
  const set = (next: ScheduleItem[], about: string | null = null) => work.change({ schedule: next }, about);
  const wrong = valid_from && valid_to && Date.parse(valid_from) >= Date.parse(valid_to);
  return (
    <>
      <h3>{t('edit.validity')}</h3>
      <p className="edit-dim">{t('edit.validity.hint')}</p>
      {(['valid_from', 'valid_to'] as const).map((name) => (
        <div key={name}>
          <label className="field">
            <span>{t(`edit.${name}`)}</span>
            <span className="edit-inline">
              <input
                type="datetime-local"
                data-testid={`edit-${name}`}
                value={toField(draft.properties[name])}
                onChange={(event) => work.change({ [name]: fromField(event.target.value) }, name)}
              />
              <span className="edit-dim">+08:00</span>
            </span>
          </label>
          <FieldProblem problem={problem} at={`properties.${name}`} />
        </div>
      ))}
      {wrong && <p className="edit-wrong">{t('edit.validity.order')}</p>}
      <h3>{t('edit.schedule')}</h3>
      <p className="edit-dim">{schedule.length ? t('edit.schedule.hint') : t('edit.schedule.always')}</p>
      <WeekPicture schedule={schedule} onPaint={(week) => set(scheduleOf(week))} />
      <ul className="edit-windows">
        {schedule.map((window, i) => {
          const key = windowProblem(window);
          return (
            <li key={i}>
              <WindowFields
                window={window}
                onChange={(next) =>
                  set(
                    schedule.map((other, j) => (j === i ? next : other)),
                    `window-${i}`,
                  )
                }
              />
              <span className="edit-row">
                <span className="edit-dim">{key ? t(key) : windowText(window, t)}</span>
                <button type="button" className="quiet" onClick={() => set(schedule.filter((_, j) => j !== i))}>
                  {t('edit.remove')}
                </button>
              </span>
              <FieldProblem problem={problem} at={`properties.schedule[${i}]`} />
            </li>
          );
        })}
      </ul>
      <div className="edit-row">
        <button
          type="button"
          data-testid="window-add"
          disabled={schedule.length >= LIMITS.windows}
          onClick={() => set([...schedule, { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }])}
        >
          {t('edit.window.add')}
        </button>
        {schedule.length > 0 && (
          <button type="button" onClick={() => set([])}>
            {t('edit.schedule.clear')}
          </button>
        )}
      </div>
    </>
  );
}

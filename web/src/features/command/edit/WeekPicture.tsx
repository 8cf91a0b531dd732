/** The week as 7 rows of 24 hours, painted by dragging, or with the arrow keys and the space bar. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { ScheduleItem } from '../../../api/types';
import { useI18n, type Key } from '../../../i18n';
import { painted, weekOf, type Week } from './week';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
type Cell = readonly [day: number, hour: number];

export function WeekPicture({
  schedule,
  onPaint,
}: {
  schedule: readonly ScheduleItem[];
  onPaint: (week: Week) => void;
}) {
  const { t } = useI18n();
  const standing = useMemo(() => weekOf(schedule), [schedule]);
  const [drag, setDrag] = useState<{ from: Cell; to: Cell; open: boolean } | null>(null);
  const [at, setAt] = useState<Cell>([0, 8]);
  const grid = useRef<HTMLTableSectionElement>(null);
  const week = drag ? painted(standing, drag.from, drag.to, drag.open) : standing;

  const end = () => {
    if (drag) onPaint(week);
    setDrag(null);
  };
  const keys = (event: KeyboardEvent) => {
    const steps: Record<string, Cell> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (step) {
      const next: Cell = [Math.min(6, Math.max(0, at[0] + step[0])), Math.min(23, Math.max(0, at[1] + step[1]))];
      setAt(next);
      grid.current?.querySelector<HTMLElement>(`[data-cell="${next[0]}-${next[1]}"]`)?.focus();
    } else if (event.key === ' ' || event.key === 'Enter') {
      onPaint(painted(standing, at, at, standing[at[0]]![at[1]]! === 0));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <table
      className="week"
      role="grid"
      aria-label={t('edit.week')}
      onPointerUp={end}
      onPointerLeave={end}
      onKeyDown={keys}
    >
      <thead aria-hidden="true">
        <tr>
          <th />
          {[0, 6, 12, 18].map((hour) => (
            <th key={hour} colSpan={6}>
              {String(hour).padStart(2, '0')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={grid}>
        {week.map((hours, day) => (
          <tr key={day}>
            <th scope="row">{t(`day.${day + 1}` as Key)}</th>
            {HOURS.map((hour) => {
              const share = hours[hour]!;
              return (
                <td
                  key={hour}
                  role="gridcell"
                  data-cell={`${day}-${hour}`}
                  tabIndex={at[0] === day && at[1] === hour ? 0 : -1}
                  aria-selected={share > 0}
                  aria-label={t(share > 0 ? 'edit.week.open' : 'edit.week.closed', {
                    day: t(`day.${day + 1}` as Key),
                    hour,
                  })}
                  className={share === 0 ? '' : share === 1 ? 'open' : 'partly'}
                  onFocus={() => setAt([day, hour])}
                  onPointerDown={(event) => {
                    event.currentTarget.releasePointerCapture(event.pointerId);
                    setDrag({ from: [day, hour], to: [day, hour], open: standing[day]![hour]! === 0 });
                  }}
                  onPointerEnter={() => setDrag((now) => now && { ...now, to: [day, hour] })}
                />
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/**
 * A weekly schedule as a picture of 7 days by 24 hours, and back. The picture paints whole hours; what was given to the minute
 * stays exact until somebody paints over it. A window over midnight belongs to the day on which it starts.
 */
import type { ScheduleItem } from '../../../api/types';

/** 7 rows (Monday first) of 24: the share of each hour that is open, 0 to 1. */
export type Week = number[][];

const DAY_MIN = 24 * 60;

export function minutesOf(clock: string): number {
  const [h = NaN, m = NaN] = clock.split(':').map(Number);
  return h * 60 + m;
}

export function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `HH:MM` from 00:00 to 24:00. */
export function isClock(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text);
}

/** Why a window cannot be, as a key of the dictionary; `null` when it can. */
export function windowProblem(
  window: ScheduleItem,
): 'edit.window.days' | 'edit.window.clock' | 'edit.window.same' | null {
  if (window.days.length === 0) return 'edit.window.days';
  if (!isClock(window.from) || !isClock(window.to) || window.from === '24:00') return 'edit.window.clock';
  if (window.from === window.to) return 'edit.window.same';
  return null;
}

/** The minutes of the week that a window covers, as spans from Monday 00:00. */
function spansOf(window: ScheduleItem): [number, number][] {
  const [from, to] = [minutesOf(window.from), minutesOf(window.to)];
  const length = to > from ? to - from : to - from + DAY_MIN;
  return window.days.flatMap((day) => {
    const start = (day - 1) * DAY_MIN + from;
    const end = start + length;
    const week = 7 * DAY_MIN;
    return end <= week
      ? [[start, end] as [number, number]]
      : ([
          [start, week],
          [0, end - week],
        ] as [number, number][]);
  });
}

export function weekOf(schedule: readonly ScheduleItem[]): Week {
  const open = new Uint8Array(7 * DAY_MIN);
  for (const window of schedule) {
    if (windowProblem(window)) continue;
    for (const [from, to] of spansOf(window)) open.fill(1, from, to);
  }
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 24 }, (_, hour) => {
      const from = day * DAY_MIN + hour * 60;
      return open.subarray(from, from + 60).reduce((sum, minute) => sum + minute, 0) / 60;
    }),
  );
}

/** Windows for a picture: hours that meet are one, days alike share one. */
export function scheduleOf(week: Week): ScheduleItem[] {
  const byHours = new Map<string, ScheduleItem>();
  week.forEach((hours, day) => {
    let from = -1;
    for (let hour = 0; hour <= 24; hour += 1) {
      const open = hour < 24 && hours[hour]! > 0;
      if (open && from < 0) from = hour;
      if (open || from < 0) continue;
      const key = `${from}-${hour}`;
      const known = byHours.get(key) ?? { days: [], from: clockOf(from * 60), to: clockOf(hour * 60) };
      byHours.set(key, { ...known, days: [...known.days, day + 1] });
      from = -1;
    }
  });
  return [...byHours.values()];
}

/** The picture with a rectangle painted open or closed. */
export function painted(
  week: Week,
  from: readonly [number, number],
  to: readonly [number, number],
  open: boolean,
): Week {
  const [d0, d1] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [h0, h1] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  return week.map((hours, day) =>
    hours.map((share, hour) => (day >= d0 && day <= d1 && hour >= h0 && hour <= h1 ? Number(open) : share)),
  );
}

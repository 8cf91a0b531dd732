/** Whether a zone holds at a moment: its validity and its weekly windows, by the park's clock as the engine reads it. */
import type { FeatureProperties, ScheduleItem } from '../api/types';

/** Windows are in China standard time (ARCHITECTURE; the engine's calendar). */
const OFFSET_MS = 8 * 3_600_000;
const DAY_MIN = 24 * 60;

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number);
  return hours * 60 + rest;
}

/** A window whose end lies before its begin goes on into the next day, which need not be one of its days. */
function within({ days, from, to }: ScheduleItem, day: number, minute: number): boolean {
  const begin = minutes(from);
  const end = minutes(to);
  if (end > begin) return days.includes(day) && minute >= begin && minute < end;
  const yesterday = day === 1 ? 7 : day - 1;
  return (days.includes(day) && minute >= begin) || (days.includes(yesterday) && minute < end);
}

/** `false` while a zone stands on the map but judges nobody. */
export function holdsAt({ valid_from, valid_to, schedule }: FeatureProperties, atMs: number): boolean {
  if (valid_from && atMs < Date.parse(valid_from)) return false;
  if (valid_to && atMs >= Date.parse(valid_to)) return false;
  if (!schedule?.length) return true;
  const local = new Date(atMs + OFFSET_MS);
  const day = local.getUTCDay() === 0 ? 7 : local.getUTCDay();
  const minute = (local.getUTCHours() * 60 + local.getUTCMinutes()) % DAY_MIN;
  return schedule.some((window) => within(window, day, minute));
}

/** Whether so many alarms come that nobody reads them one by one: said at the desk and on the wall by the same figures. */
import { useMemo, useState } from 'react';
import type { Alarm } from '../../api/types';
import { raisedAtMs } from '../../live/alarm-book';
import type { Site } from '../../live/site';
import { useTicked } from '../../ui/useTicked';

const LOOK_EVERY_MS = 1_000;
const WINDOW_MS = 600_000;
/** EEMUA 191, as commonly quoted: more than ten alarms in ten minutes is a flood for one operator. */
const FLOOD = 10;
/** ISA-18.2, as commonly quoted: it is over at fewer than five in ten minutes. */
const FLOOD_OVER = 5;

/** How many of these moments lie in the ten minutes up to `nowMs`. */
export function raisedLately(momentsMs: readonly number[], nowMs: number): number {
  let count = 0;
  for (const atMs of momentsMs) if (atMs > nowMs - WINDOW_MS) count += 1;
  return count;
}

/**
 * Whether so many alarms were raised in ten minutes that nobody reads them one by one. What goes on is not over with one alarm
 * less: a list that is put into another order and back would be read wrongly.
 */
export function isFlood(before: boolean, raised: number): boolean {
  return before ? raised >= FLOOD_OVER : raised > FLOOD;
}

export interface Flood {
  on: boolean;
  /** How many alarms were raised in the last ten minutes, as far as is known. */
  raised: number;
}

/** `counted` is what the server says of the same ten minutes: it knows those that are closed already as well, and may be out of reach. */
export function useFlood(site: Site, alarms: readonly Alarm[], counted: number): Flood {
  const [before, setBefore] = useState(false);
  const momentsMs = useMemo(() => alarms.map(raisedAtMs), [alarms]);
  const here = useTicked(site.clock, LOOK_EVERY_MS, (nowMs) => raisedLately(momentsMs, nowMs));
  const raised = Math.max(counted, here);
  const on = isFlood(before, raised);
  if (on !== before) setBefore(on);
  return { on, raised };
}

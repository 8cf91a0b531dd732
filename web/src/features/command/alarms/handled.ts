/**
 * Alarms that are done, the last first. The server lists alarms by the number of their last change, the oldest first, so
 * the list is walked back in slices of numbers until a page is full.
 */
import type { Alarm } from '../../../api/types';

/** Numbers in one question; events take numbers too, so few of them are closed alarms. */
const SLICE = 4_000;
/** Questions for one page, so that a quiet night is not searched for ever at one press. */
const MOST_SLICES = 12;

export interface HandledPage {
  /** The last closed first. */
  alarms: Alarm[];
  /** Everything with a number above this was read; 0 = there is no more. */
  downTo: number;
}

/** `closedAfter` answers closed alarms above a number, by number, at most `limit`. */
export type ClosedAfter = (seq: number, limit: number) => Promise<Alarm[]>;

/** All closed alarms with a number in `(from, to]`. */
async function slice(closedAfter: ClosedAfter, from: number, to: number): Promise<Alarm[]> {
  const all: Alarm[] = [];
  let after = from;
  while (after < to) {
    const page = await closedAfter(after, 1_000);
    all.push(...page.filter((alarm) => alarm.seq <= to));
    const last = page.at(-1);
    if (!last || page.length < 1_000) break;
    after = last.seq;
  }
  return all;
}

/** At least `wanted` closed alarms below `from`, if there are so many near by; `sinceMs` ends the walk at an older one. */
export async function handledBefore(
  closedAfter: ClosedAfter,
  from: number,
  wanted: number,
  sinceMs: number,
): Promise<HandledPage> {
  const alarms: Alarm[] = [];
  let downTo = from;
  for (let asked = 0; asked < MOST_SLICES && downTo > 0 && alarms.length < wanted; asked += 1) {
    const next = Math.max(0, downTo - SLICE);
    const found = (await slice(closedAfter, next, downTo)).sort((a, b) => b.seq - a.seq);
    downTo = next;
    const young = found.filter((alarm) => closedMs(alarm) >= sinceMs);
    alarms.push(...young);
    if (young.length < found.length) return { alarms, downTo: 0 };
  }
  return { alarms, downTo };
}

function closedMs(alarm: Alarm): number {
  return alarm.closed_at ? Date.parse(alarm.closed_at) : 0;
}

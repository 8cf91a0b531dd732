/**
 * What the health figures mean: which of them is wrong, what to do about it, and how long the disk will last. Pure. What is
 * not known is neither well nor wrong.
 */
import type { Health } from '../../api/admin';
import type { Key } from '../../i18n';

export type Verdict = 'good' | 'watch' | 'wrong' | 'unknown';

export interface Judged {
  verdict: Verdict;
  /** What to do; absent while nothing is. */
  advice?: Key;
}

/** CONSOLE 5.2: a fix is on the screen after 1 s at most, of which the server may take 100 ms and a tick of up to 1 s. */
const LAG_WATCH_MS = 1_000;
/** As the banner of the map: behind by more, the picture is no longer what happens now. */
const LAG_WRONG_MS = 5_000;
/** Half of that second: a disk that syncs slower leaves no room for the rest. A judgement. */
const COMMIT_WATCH_MS = 500;
const COMMIT_WRONG_MS = 2_000;
/** Time to order and fit a disk, and time to free one. A judgement. */
const DISK_WATCH_DAYS = 14;
const DISK_WRONG_DAYS = 2;
const DISK_WATCH_SHARE = 0.1;
const DISK_WRONG_SHARE = 0.03;

function above(value: number | null, watch: number, wrong: number, advice: Key): Judged {
  if (value === null) return { verdict: 'unknown' };
  if (value > wrong) return { verdict: 'wrong', advice };
  return value > watch ? { verdict: 'watch', advice } : { verdict: 'good' };
}

export function judgeLag({ ingest }: Health): Judged {
  return above(ingest.lag_ms, LAG_WATCH_MS, LAG_WRONG_MS, 'health.advice.lag');
}

export function judgeCommit({ ingest }: Health): Judged {
  return above(ingest.commit_ms_p99, COMMIT_WATCH_MS, COMMIT_WRONG_MS, 'health.advice.commit');
}

/** Red only for what is wrong: few bytes left, or few days at the growth that was seen. */
export function judgeDisk({ disk, not_ready }: Health, days: number | null): Judged {
  const advice: Key = 'health.advice.disk';
  if (not_ready.includes('storage_full')) return { verdict: 'wrong', advice };
  if (disk.free_bytes === null || !disk.total_bytes) return { verdict: 'unknown' };
  const share = disk.free_bytes / disk.total_bytes;
  const left = days ?? Infinity;
  if (share < DISK_WRONG_SHARE || left < DISK_WRONG_DAYS) return { verdict: 'wrong', advice };
  return share < DISK_WATCH_SHARE || left < DISK_WATCH_DAYS ? { verdict: 'watch', advice } : { verdict: 'good' };
}

export function judgeTerminals({ terminals }: Health): Judged {
  if (terminals.waiting_approval === null) return { verdict: 'unknown' };
  return terminals.waiting_approval > 0 ? { verdict: 'watch', advice: 'health.advice.terminals' } : { verdict: 'good' };
}

/** How many records may be on their way to a database that takes them in: some seconds of a province. */
const BEHIND_WATCH = 50_000;

export function judgeDatabase({ database }: Health): Judged {
  if (!database) return { verdict: 'unknown' };
  if (!database.connected) return { verdict: 'wrong', advice: 'health.advice.database_lost' };
  return database.behind > BEHIND_WATCH ? { verdict: 'watch', advice: 'health.advice.database_lost' } : { verdict: 'good' };
}

/** One look at the figures that are drawn over time. */
export interface Sample {
  atMs: number;
  fixesPerS: number | null;
  databaseBytes: number | null;
}

/** Five minutes at one look each two seconds. */
export const KEPT_SAMPLES = 150;

export function sampleOf(health: Health): Sample {
  return {
    atMs: Date.parse(health.now),
    fixesPerS: health.ingest.fixes_per_s,
    databaseBytes: health.disk.database_bytes,
  };
}

/** The samples with one more, the oldest given up; a look at the same moment is none. */
export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  if (samples.at(-1)?.atMs === next.atMs) return samples;
  return [...samples, next].slice(-KEPT_SAMPLES);
}

/** Without a network nobody gets a route; one that could not be loaded leaves the one before. */
export function judgeRoads({ roads }: Pick<Health, 'roads'>): Judged {
  if (!roads) return { verdict: 'unknown' };
  if (roads.state === 'failed' || roads.error !== undefined) return { verdict: 'wrong', advice: 'health.advice.roads.failed' };
  return roads.state === 'none' ? { verdict: 'watch', advice: 'health.advice.roads.none' } : { verdict: 'good' };
}

export type DiskLeft =
  /** Not watched long enough, or a figure is missing. */
  | { kind: 'unknown' }
  | { kind: 'steady' }
  | { kind: 'days'; days: number };

/** Growth in less than this says more of a checkpoint than of a day. */
const WATCHED_MS = 60_000;
/** Beyond this nobody plans, and the growth of minutes says nothing. */
const MOST_DAYS = 3_650;

/** How long the disk lasts at the growth seen while the page was open: from the first look at the store to the last. */
export function diskLeft(samples: readonly Sample[], freeBytes: number | null): DiskLeft {
  const sized = samples.filter((sample) => sample.databaseBytes !== null);
  const [first, last] = [sized[0], sized.at(-1)];
  if (freeBytes === null || !first || !last || last.atMs - first.atMs < WATCHED_MS) return { kind: 'unknown' };
  const grownBytes = last.databaseBytes! - first.databaseBytes!;
  if (grownBytes <= 0) return { kind: 'steady' };
  const days = freeBytes / grownBytes / (86_400_000 / (last.atMs - first.atMs));
  return days > MOST_DAYS ? { kind: 'steady' } : { kind: 'days', days };
}

/** The points of a line over time, in a box of this size; gaps where a figure is missing. */
export function linePaths(samples: readonly Sample[], width: number, height: number): { paths: string[]; top: number } {
  const most = Math.max(1, ...samples.map((sample) => sample.fixesPerS ?? 0));
  const top = niceAbove(most);
  const last = samples.at(-1)?.atMs ?? 0;
  const spanMs = KEPT_SAMPLES * 2_000;
  const x = (atMs: number) => width * (1 - (last - atMs) / spanMs);
  const y = (value: number) => height * (1 - value / top);
  const paths: string[] = [];
  let path = '';
  for (const { atMs, fixesPerS } of samples) {
    if (fixesPerS === null) {
      if (path !== '') paths.push(path);
      path = '';
      continue;
    }
    // The first point is a line of no length, so that it can be seen when it stays alone.
    path += `${path === '' ? 'M' : 'L'}${x(atMs).toFixed(1)} ${y(fixesPerS).toFixed(1)}${path === '' ? 'h0' : ''}`;
  }
  if (path !== '') paths.push(path);
  return { paths, top };
}

/** The next of 1, 2 or 5 times a power of ten. */
export function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

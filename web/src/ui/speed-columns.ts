/** Speeds over time, cut down to what a picture can show: of each column its highest, so that no peak is lost. */

export interface Speed {
  atMs: number;
  kph: number | null;
}

export interface Column {
  /** Which column, from the left. */
  at: number;
  kph: number;
}

/** ENGINE.md: a gap over 120 s says nothing about what lies in it. */
const GAP_MS = 120_000;

/** Runs of columns without a gap between them. */
export function speedColumns(speeds: readonly Speed[], fromMs: number, toMs: number, columns: number): Column[][] {
  const runs: Column[][] = [];
  let run: Column[] = [];
  let lastMs = -Infinity;
  for (const { atMs, kph } of speeds) {
    if (kph === null || atMs < fromMs || atMs > toMs) continue;
    if (atMs - lastMs > GAP_MS && run.length > 0) {
      runs.push(run);
      run = [];
    }
    lastMs = atMs;
    const at = Math.min(columns - 1, Math.floor(((atMs - fromMs) / (toMs - fromMs)) * columns));
    const last = run.at(-1);
    if (last?.at === at) last.kph = Math.max(last.kph, kph);
    else run.push({ at, kph });
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/**
 * How soon the next picture of a glide is asked for. A graphics card keeps up with the screen; a desk without one, which
 * draws in software, gets as much rest between pictures as a picture costs, so that buttons still answer.
 */

/** A picture that took less came at the screen's own pace. */
const KEEPS_UP_MS = 40;
/** Even the slowest desk sees two pictures a second. */
const LONGEST_REST_MS = 500;

/** `waitedMs` = from asking for the last picture until it was drawn. */
export function restMs(waitedMs: number): number {
  return waitedMs <= KEEPS_UP_MS ? 0 : Math.min(waitedMs, LONGEST_REST_MS);
}

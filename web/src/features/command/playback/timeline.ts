/** The playback's line of time: what it spans, where a moment lies on it, which moments are named. */

export interface Span {
  fromMs: number;
  toMs: number;
}

const MINUTE_MS = 60_000;
/** The spans that are offered, ms. */
export const LENGTHS_MS = [15, 60, 360, 1_440].map((minutes) => minutes * MINUTE_MS);
/** The longest span that may be asked for. */
export const LONGEST_MS = 7 * 1_440 * MINUTE_MS;
/** A share of the span lies before the moment that was asked for, so that what led to it can be seen. */
const BEFORE = 0.2;
/** The site's clock, for ticks on round hours. */
const OFFSET_MS = 8 * 3_600_000;

/** A span of a length around a moment that does not reach beyond `nowMs`. */
export function spanAround(atMs: number, lengthMs: number, nowMs: number): Span {
  const toMs = Math.min(nowMs, atMs + lengthMs * (1 - BEFORE));
  return { fromMs: Math.round(toMs - lengthMs), toMs: Math.round(toMs) };
}

/** Where to begin when `askedMs` was asked for: there, or where the first of some tracks begins when all of them begin later. */
export function beginning(askedMs: number, firstsMs: readonly number[]): number {
  return firstsMs.length === 0 ? askedMs : Math.max(askedMs, firstsMs.reduce((a, b) => Math.min(a, b)));
}

export function within({ fromMs, toMs }: Span, ms: number): number {
  return Math.min(toMs, Math.max(fromMs, ms));
}

/** 0 at the start, 1 at the end. */
export function shareOf(span: Span, ms: number): number {
  return (within(span, ms) - span.fromMs) / (span.toMs - span.fromMs);
}

export function msAt({ fromMs, toMs }: Span, share: number): number {
  return Math.round(fromMs + (toMs - fromMs) * Math.min(1, Math.max(0, share)));
}

const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440].map((minutes) => minutes * MINUTE_MS);

/** A name stands to the right of its moment: so near the end, as a share of the span, it would be cut off. */
const NAME_SHARE = 0.06;

/** Round moments of the site's clock inside a span that have room for their name, at most `most` of them. */
export function ticksOf({ fromMs, toMs }: Span, most: number): number[] {
  const step = STEPS_MS.find((ms) => (toMs - fromMs) / ms <= most) ?? STEPS_MS.at(-1)!;
  const ticks: number[] = [];
  const lastMs = toMs - (toMs - fromMs) * NAME_SHARE;
  for (let ms = Math.ceil((fromMs + OFFSET_MS) / step) * step - OFFSET_MS; ms <= lastMs; ms += step) ticks.push(ms);
  return ticks;
}

/** The value of a field for a local time, in the site's time zone: 2026-11-27T20:31. */
export function toField(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 16);
}

/** `null` for what is no time. */
export function fromField(text: string): number | null {
  const ms = Date.parse(`${text}+08:00`);
  return Number.isFinite(ms) ? ms : null;
}

/** A span that a person gave, if it can be played. */
export function spanOf(from: string, to: string, nowMs: number): Span | null {
  const fromMs = fromField(from);
  const toMs = fromField(to);
  if (fromMs === null || toMs === null) return null;
  const span = { fromMs, toMs: Math.min(toMs, nowMs) };
  return span.toMs - span.fromMs >= MINUTE_MS && span.toMs - span.fromMs <= LONGEST_MS ? span : null;
}

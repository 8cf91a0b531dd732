/** Times as a person types them, in the site's own time zone, +08:00 wherever the desk stands, and as the server takes them. */

const OFFSET_MS = 8 * 3_600_000;

/** "2026-11-27T08:00" for a field of the kind `datetime-local`; empty for none. */
export function toField(instant: string | null | undefined): string {
  const ms = instant ? Date.parse(instant) : NaN;
  return Number.isNaN(ms) ? '' : new Date(ms + OFFSET_MS).toISOString().slice(0, 16);
}

/** An instant with its offset, or `null` for an empty field. */
export function fromField(text: string): string | null {
  if (text === '') return null;
  return `${text.length === 16 ? `${text}:00` : text}+08:00`;
}

/** From midnight to midnight: the day that is `daysAgo` days before the one of `nowMs`. */
export function dayOf(nowMs: number, daysAgo: number): { from: string; to: string } {
  const midnight = Math.floor((nowMs + OFFSET_MS) / 86_400_000) * 86_400_000 - OFFSET_MS - daysAgo * 86_400_000;
  return { from: new Date(midnight).toISOString(), to: new Date(midnight + 86_400_000).toISOString() };
}

/** Times, ages and numbers in words. The site's time zone is +08:00 wherever the desk stands. */
import type { Language, Translate } from './index';

const ZONE = 'Asia/Shanghai';
/** The same: it has no summer time. */
const OFFSET_MS = 8 * 3_600_000;

const clocks = new Map<Language, Intl.DateTimeFormat>();
const minutes = new Map<Language, Intl.DateTimeFormat>();

function format(cache: Map<Language, Intl.DateTimeFormat>, language: Language, options: Intl.DateTimeFormatOptions) {
  let known = cache.get(language);
  if (!known) {
    known = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'zh-CN', {
      timeZone: ZONE,
      hourCycle: 'h23',
      ...options,
    });
    cache.set(language, known);
  }
  return known;
}

/** 14:32:07 */
export function clockText(ms: number, language: Language): string {
  return format(clocks, language, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms);
}

/** 14:32 */
export function minuteText(ms: number, language: Language): string {
  return format(minutes, language, { hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** 2026-11-27 14:32:07, for what may lie on another day: written as standards write it, since 11/12 is another day in the next office. */
export function dateText(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The clock alone within 12 hours of `nowMs`, else with the date. */
export function nearText(ms: number, nowMs: number, language: Language): string {
  return Math.abs(nowMs - ms) < 12 * 3_600_000 ? clockText(ms, language) : dateText(ms);
}

/** A span in at most two units: 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. Negative counts as 0. */
export function spanText(ms: number, t: Translate): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return t('duration.s', { n: s });
  const min = Math.floor(s / 60);
  if (min < 60) return s % 60 ? t('duration.min_s', { n: min, s: s % 60 }) : t('duration.min', { n: min });
  const h = Math.floor(min / 60);
  if (h < 24) return min % 60 ? t('duration.h_min', { n: h, m: min % 60 }) : t('duration.h', { n: h });
  const d = Math.floor(h / 24);
  return h % 24 ? t('duration.d_h', { n: d, h: h % 24 }) : t('duration.d', { n: d });
}

/** A span in its largest unit alone, where there is room for no more: 12 s, 3 min, 2 h, 3 d. */
export function roughText(ms: number, t: Translate): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const unit = s < 60 ? 1 : s < 3_600 ? 60 : s < 86_400 ? 3_600 : 86_400;
  return spanText(Math.floor(s / unit) * unit * 1000, t);
}

/** The age of data: tenths of a second up to 10 s, then as a span. */
export function dataAgeText(ms: number, t: Translate): string {
  if (ms < 10_000) return t('duration.s', { n: (Math.max(0, ms) / 1000).toFixed(1) });
  return spanText(ms, t);
}

const DAY_MS = 86_400_000;

/** Midnight of the site's day, ms. */
export function startOfDay(ms: number): number {
  return Math.floor((ms + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;
}

/** 20261127-203107, of the site's clock. */
export function toFileName(ms: number): string {
  return dateText(ms).replace(/[-:]/g, '').replace(' ', '-');
}

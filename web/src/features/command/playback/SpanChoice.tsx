/** How much time is played: one of some lengths around the moment, or from and to as a person writes them. */
import { useState } from 'react';
import { useI18n } from '../../../i18n';
import { spanText } from '../../../i18n/time';
import { LENGTHS_MS, spanAround, spanOf, toField, type Span } from './timeline';

export interface SpanChoiceProps {
  span: Span;
  atMs: number;
  nowMs: number;
  onSpan: (span: Span) => void;
}

export function SpanChoice({ span, atMs, nowMs, onSpan }: SpanChoiceProps) {
  const { t } = useI18n();
  const [own, setOwn] = useState<{ from: string; to: string } | null>(null);
  const length = LENGTHS_MS.find((ms) => Math.abs(span.toMs - span.fromMs - ms) < 1_000);
  const asked = own && spanOf(own.from, own.to, nowMs);
  return (
    <>
      <select
        value={own ? 'own' : (length ?? 'own')}
        aria-label={t('play.span')}
        data-testid="playback-span"
        onChange={(event) => {
          const ms = LENGTHS_MS.find((one) => String(one) === event.target.value);
          if (ms === undefined) {
            setOwn({ from: toField(span.fromMs), to: toField(span.toMs) });
            return;
          }
          setOwn(null);
          onSpan(spanAround(atMs, ms, nowMs));
        }}
      >
        {LENGTHS_MS.map((ms) => (
          <option key={ms} value={ms}>
            {spanText(ms, t)}
          </option>
        ))}
        <option value="own">{t('play.span.own')}</option>
      </select>
      {own && (
        <form
          className="play-own"
          onSubmit={(event) => {
            event.preventDefault();
            if (asked) onSpan(asked);
          }}
        >
          <input
            type="datetime-local"
            value={own.from}
            aria-label={t('play.from')}
            onChange={(event) => setOwn({ ...own, from: event.target.value })}
          />
          –
          <input
            type="datetime-local"
            value={own.to}
            aria-label={t('play.to')}
            onChange={(event) => setOwn({ ...own, to: event.target.value })}
          />
          <button type="submit" disabled={!asked} title={asked ? '' : t('play.span.bad')}>
            {t('play.span.take')}
          </button>
          {!asked && <span role="alert">{t('play.span.bad')}</span>}
        </form>
      )}
    </>
  );
}

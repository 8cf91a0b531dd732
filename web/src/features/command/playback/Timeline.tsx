/** The line of time: dragged by pointer, stepped by key, with what happened as marks. */
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useI18n } from '../../../i18n';
import { dateText, minuteText } from '../../../i18n/time';
import type { Mark } from './marks';
import { msAt, shareOf, ticksOf, type Span } from './timeline';

/** More marks than this cannot be told apart: alarms win. */
const MOST_MARKS = 400;
const MOST_TICKS = 8;
export const STEP_MS = 10_000;
export const LONG_STEP_MS = 60_000;

export interface TimelineProps {
  span: Span;
  atMs: number;
  marks: readonly Mark[];
  say: (mark: Mark) => string;
  onSeek: (ms: number) => void;
  onStep: (ms: number) => void;
}

export function Timeline({ span, atMs, marks, say, onSeek, onStep }: TimelineProps) {
  const { language, t } = useI18n();
  const line = useRef<HTMLDivElement>(null);
  const percent = (ms: number) => `${(shareOf(span, ms) * 100).toFixed(3)}%`;
  const seek = (event: PointerEvent) => {
    const box = line.current?.getBoundingClientRect();
    if (box) onSeek(msAt(span, (event.clientX - box.left) / box.width));
  };
  const press = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    onStep(direction * (event.shiftKey ? LONG_STEP_MS : STEP_MS));
  };
  const shown =
    marks.length <= MOST_MARKS
      ? marks
      : [...marks.filter(({ alarm }) => alarm), ...marks.filter(({ alarm }) => !alarm)].slice(0, MOST_MARKS);
  return (
    <div className="timeline">
      <div
        ref={line}
        className="timeline-line"
        role="slider"
        tabIndex={0}
        aria-label={t('play.timeline')}
        aria-valuemin={span.fromMs}
        aria-valuemax={span.toMs}
        aria-valuenow={Math.round(atMs)}
        aria-valuetext={dateText(atMs)}
        data-testid="timeline"
        onKeyDown={press}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          seek(event);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && seek(event)}
      >
        <span className="timeline-past" style={{ width: percent(atMs) }} />
        {ticksOf(span, MOST_TICKS).map((ms) => (
          <span key={ms} className="timeline-tick" style={{ left: percent(ms) }}>
            {minuteText(ms, language)}
          </span>
        ))}
        <span className="timeline-at" style={{ left: percent(atMs) }} />
      </div>
      <div className="timeline-marks">
        {shown.map((mark) => (
          <button
            key={mark.id}
            type="button"
            // The keys [ and ] step through them: hundreds of stops for Tab would be a wall.
            tabIndex={-1}
            className={mark.alarm ? 'mark mark-alarm' : 'mark'}
            style={{ left: percent(mark.atMs) }}
            title={say(mark)}
            aria-label={say(mark)}
            data-testid="playback-mark"
            onClick={() => onSeek(mark.atMs)}
          />
        ))}
      </div>
    </div>
  );
}

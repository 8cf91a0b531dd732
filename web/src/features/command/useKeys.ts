/** The alarm list by keyboard, wherever the focus is, except while somebody is typing. */
import { useEffect, useRef } from 'react';
import type { Alarm } from '../../api/types';
import { needsAcknowledgement } from './words';

export interface Keys {
  alarms: readonly Alarm[];
  selected: string | null;
  onSelect: (id: string) => void;
  onAcknowledge: (id: string) => void;
  onLocate: (alarm: Alarm) => void;
  onBack: () => void;
  onHelp: () => void;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}

function onControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, summary, canvas') !== null;
}

/** The alarm that a step from the selected one leads to; the ends hold. */
export function stepFrom(alarms: readonly Alarm[], selected: string | null, step: 1 | -1): Alarm | undefined {
  const at = alarms.findIndex((alarm) => alarm.id === selected);
  if (at < 0) return step > 0 ? alarms[0] : alarms.at(-1);
  return alarms[Math.min(alarms.length - 1, Math.max(0, at + step))];
}

/** The next alarm after the selected one that nobody has acknowledged, from the top again after the last. */
export function nextOpen(alarms: readonly Alarm[], selected: string | null): Alarm | undefined {
  const at = alarms.findIndex((alarm) => alarm.id === selected);
  return [...alarms.slice(at + 1), ...alarms.slice(0, at + 1)].find(needsAcknowledgement);
}

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      if (typing(event.target) && event.key !== 'Escape') return;
      const { alarms, selected, onSelect, onAcknowledge, onLocate, onBack, onHelp } = latest.current;
      const current = alarms.find((alarm) => alarm.id === selected);
      const select = (alarm: Alarm | undefined) => alarm && onSelect(alarm.id);
      const inMap = event.target instanceof HTMLCanvasElement;
      switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
        case 'j':
          select(stepFrom(alarms, selected, 1));
          break;
        case 'k':
          select(stepFrom(alarms, selected, -1));
          break;
        case 'ArrowDown':
          if (inMap) return;
          select(stepFrom(alarms, selected, 1));
          break;
        case 'ArrowUp':
          if (inMap) return;
          select(stepFrom(alarms, selected, -1));
          break;
        case 'n':
          select(nextOpen(alarms, selected));
          break;
        case 'a':
          if (current && needsAcknowledgement(current)) onAcknowledge(current.id);
          break;
        case 'Enter':
          if (onControl(event.target) || !current) return;
          onLocate(current);
          break;
        case 'Escape':
          onBack();
          return;
        case '?':
          onHelp();
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

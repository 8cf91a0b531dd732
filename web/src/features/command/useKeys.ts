/**
 * Listens to the keyboard, wherever the focus is, except while somebody is typing. Each part says with `useAction` what its
 * keys do while it is there; of several parts with one action the latest is asked first, so that Escape ends what was
 * begun last.
 */
import { useEffect, useRef } from 'react';
import type { Alarm } from '../../api/types';
import { currentRoute } from '../../ui/route';
import { characterKeysOn } from './character-keys';
import { actionsOf, BINDINGS, writesCharacter, type Action } from './keys';
import { needsAcknowledgement } from './words';

/** `false` = there was nothing to do: the next part is asked, and the browser may have the key. */
export type Handler = (event: KeyboardEvent) => boolean | void;

const handlers = new Map<Action, Handler[]>();

/** Whose turn it is among those that listen to one action: the screen as a whole comes after everything that is open on it. */
export type Turn = 'first' | 'last';

/** Until the answer is called, `handler` is asked before all others, or after them. */
export function onAction(action: Action, handler: Handler, turn: Turn = 'first'): () => void {
  if (handlers.size === 0) document.addEventListener('keydown', press);
  const others = handlers.get(action) ?? [];
  handlers.set(action, turn === 'first' ? [handler, ...others] : [...others, handler]);
  return () => {
    const left = (handlers.get(action) ?? []).filter((other) => other !== handler);
    if (left.length > 0) handlers.set(action, left);
    else handlers.delete(action);
    if (handlers.size === 0) document.removeEventListener('keydown', press);
  };
}

/** Does something on a key for as long as the component is there and `enabled`. */
export function useAction(action: Action, handler: Handler, enabled = true, turn: Turn = 'first'): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => (enabled ? onAction(action, (event) => latest.current(event), turn) : undefined), [action, enabled, turn]);
}

/** Actions that somebody listens to, in the order of the table. */
export function actionsInUse(): Action[] {
  return (Object.keys(BINDINGS) as Action[]).filter((action) => handlers.has(action));
}

const TEXT = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=range])';

/** Keys go into a text. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(TEXT) !== null;
}

/** Keys that a control under the focus needs for itself. */
function ownKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === 'Enter' || key === ' ') return target.closest('button, a, summary, input') !== null;
  if (key.startsWith('Arrow')) return target.closest('canvas, input, [role=listbox], [role=tablist], [role=slider]') !== null;
  return false;
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event.target) && event.key !== 'Escape') return;
  if (writesCharacter(event.key) && !characterKeysOn()) return;
  // Keys act on what can be seen: neither behind another page nor behind a dialog that waits for an answer.
  if (currentRoute().page !== 'map' || document.querySelector('dialog:modal')) return;
  if (ownKey(event.target, event.key)) return;
  for (const handler of actionsOf(event.key).flatMap((action) => handlers.get(action) ?? [])) {
    if (handler(event) === false) continue;
    if (event.key !== 'Escape') event.preventDefault();
    return;
  }
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

/** Presses what the chosen alarm offers under this name; `false` when it does not. */
function offers(alarm: Alarm | undefined, act: string): boolean {
  const button = alarm && document.querySelector<HTMLElement>(`[data-alarm-id="${alarm.id}"] [data-act="${act}"]`);
  button?.click();
  return button !== undefined && button !== null;
}

export interface AlarmKeys {
  alarms: readonly Alarm[];
  /** What the list shows of them, in its order. */
  listed: () => readonly Alarm[];
  selected: string | null;
  onSelect: (id: string) => void;
  onAcknowledge: (id: string) => void;
  onLocate: (alarm: Alarm) => void;
}

/** The alarm list by keyboard. */
export function useAlarmKeys({ alarms, listed, selected, onSelect, onAcknowledge, onLocate }: AlarmKeys): void {
  const current = alarms.find((alarm) => alarm.id === selected);
  const select = (alarm: Alarm | undefined) => {
    if (alarm) onSelect(alarm.id);
  };
  useAction('alarm.next', () => select(stepFrom(listed(), selected, 1)));
  useAction('alarm.previous', () => select(stepFrom(listed(), selected, -1)));
  useAction('alarm.unacknowledged', () => select(nextOpen(alarms, selected)));
  useAction('alarm.acknowledge', () => {
    if (current && needsAcknowledgement(current)) onAcknowledge(current.id);
  });
  useAction('alarm.note', () => offers(current, 'note'));
  useAction('alarm.shelve', () => offers(current, 'shelve'));
  useAction('alarm.close', () => offers(current, 'close'));
  useAction('alarm.explain', () => offers(current, 'explain'));
  useAction('enter', () => (current ? onLocate(current) : false));
}

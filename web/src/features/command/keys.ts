/**
 * Every key of the console, once: what is pressed, what it does, and how help names it. Handling and the help on `?` both
 * come from this table, so that neither can know a key of which the other does not.
 */
import type { Key } from '../../i18n';

/** In which part of the help a key stands. */
export const KEY_GROUPS = ['alarms', 'map', 'playback', 'tools', 'screen'] as const;
export type KeyGroup = (typeof KEY_GROUPS)[number];

export interface Binding {
  /** As `KeyboardEvent.key` names them; letters in lower case. */
  keys: readonly string[];
  /** As they stand on the keyboard. */
  shown: string;
  what: Key;
  group: KeyGroup;
}

const binding = (group: KeyGroup, shown: string, what: Key, ...keys: string[]): Binding => ({ keys, shown, what, group });

export const BINDINGS = {
  'alarm.next': binding('alarms', 'J ↓', 'keys.next', 'j', 'ArrowDown'),
  'alarm.previous': binding('alarms', 'K ↑', 'keys.previous', 'k', 'ArrowUp'),
  'alarm.unacknowledged': binding('alarms', 'N', 'keys.unacknowledged', 'n'),
  'alarm.acknowledge': binding('alarms', 'A', 'keys.acknowledge', 'a'),
  'alarm.note': binding('alarms', 'W', 'keys.note', 'w'),
  'alarm.shelve': binding('alarms', 'S', 'keys.shelve', 's'),
  'alarm.close': binding('alarms', 'X', 'keys.close', 'x'),
  'alarm.explain': binding('alarms', 'E', 'keys.explain', 'e'),
  /** Shows the selected alarm; while something is being measured, ends that. */
  enter: binding('alarms', 'Enter', 'keys.locate', 'Enter'),
  // Asked before the map: while the past is shown, Space plays it wherever the focus is.
  'play.toggle': binding('playback', 'Space', 'play.toggle', ' '),
  'play.back': binding('playback', '← ⇧←', 'play.back', 'ArrowLeft'),
  'play.on': binding('playback', '→ ⇧→', 'play.on', 'ArrowRight'),
  'play.start': binding('playback', 'Home', 'play.start', 'Home'),
  'play.end': binding('playback', 'End', 'play.end', 'End'),
  'play.event.before': binding('playback', '[', 'play.event.before', '['),
  'play.event.after': binding('playback', ']', 'play.event.after', ']'),
  'map.in': binding('map', '+', 'map.zoom.in', '+', '='),
  'map.out': binding('map', '−', 'map.zoom.out', '-'),
  'map.fit': binding('map', '0', 'map.fit', '0'),
  'map.pick': binding('map', '␣', 'keys.pick', ' '),
  layers: binding('map', '1 – 7', 'keys.layers', '1', '2', '3', '4', '5', '6', '7'),
  'map.copy': binding('map', 'C', 'keys.copy', 'c'),
  find: binding('tools', 'F /', 'keys.find', 'f', '/'),
  measure: binding('tools', 'M', 'keys.measure', 'm'),
  'measure.undo': binding('tools', '⌫', 'measure.undo', 'Backspace'),
  draw: binding('tools', 'D', 'edit.key', 'd'),
  roads: binding('tools', 'R', 'keys.roads', 'r'),
  views: binding('tools', 'V', 'keys.views', 'v'),
  print: binding('screen', 'P', 'print.open', 'p'),
  wall: binding('screen', 'B', 'keys.wall', 'b'),
  back: binding('screen', 'Esc', 'keys.back', 'Escape'),
  help: binding('screen', '?', 'keys.help', '?', '？'),
} as const satisfies Record<string, Binding>;

export type Action = keyof typeof BINDINGS;
export const ACTIONS = Object.keys(BINDINGS) as Action[];

/** Of several actions of one key those that stand first in the table are asked first. */
const BY_KEY: ReadonlyMap<string, readonly Action[]> = ACTIONS.reduce((all, action) => {
  for (const key of BINDINGS[action].keys) all.set(key, [...(all.get(key) ?? []), action]);
  return all;
}, new Map<string, Action[]>());

/** What a pressed key may mean; letters mean the same with caps lock. */
export function actionsOf(key: string): readonly Action[] {
  return BY_KEY.get(key.length === 1 ? key.toLowerCase() : key) ?? [];
}

/** Whether a key writes a letter, figure or sign: those can be switched off. Space presses what has the focus. */
export function writesCharacter(key: string): boolean {
  return key.length === 1 && key !== ' ';
}

/** The keys of an action as they stand on the keyboard; without those that write a character, there may be none left. */
export function shownKeys({ keys, shown }: Binding, withCharacters: boolean): readonly string[] {
  const all = shown.split(' ');
  if (withCharacters) return all;
  if (keys.every(writesCharacter)) return [];
  return all.filter((key) => !writesCharacter(key) || actionsOf(key).length === 0);
}

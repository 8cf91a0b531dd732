/** What every part of the commander's screen may rely on: the site, the person, the map, and how to open the other parts. */
import type { Session } from '../../api/types';
import type { Site } from '../../live/site';
import type { Choice, ParkMap } from '../../map/park-map';
import type { Visibility } from '../../map/visibility';
import { mayEdit } from '../../ui/may';
import type { Names } from './words';

export interface Desk {
  site: Site;
  session: Session;
  names: Names;
  /** `null` until the map stands, and where the browser can draw none. */
  park: ParkMap | null;
  /** Which layers this person switched off. */
  visibility: Visibility;
  choice: Choice;
  /** Shows the card of something, and outlines it on the map. */
  choose: (choice: Choice) => void;
  /** Shows why an event stands, in words and on the map. */
  explain: (event: string) => void;
  /** Opens the playback at a moment, with these vehicles (feature ids). */
  replay: (atMs: number, vehicles: readonly string[]) => void;
  /** Opens the editor: on a zone, with `collection/id` on something else, with `collection/` or `null` where one begins. */
  edit: (zone: string | null) => void;
}

/** Roles that may try a rule over past tracks. */
export function mayTryRules(session: Session): boolean {
  return mayEdit(session) || session.role === 'monitor';
}

/** Roles that may acknowledge, shelve and close alarms. */
export function mayHandleAlarms({ role }: Session): boolean {
  return role !== 'guard' && role !== 'device';
}

/** Roles that may see a terminal and command it. */
export function mayCommandTerminals({ role }: Session): boolean {
  return role === 'commander' || role === 'monitor' || role === 'admin';
}

/** What was: the tracks of some vehicles over a span of time, played on the map in step. */
import type { Desk } from '../desk';

/** What to play. */
export interface Replay {
  atMs: number;
  /** Feature ids. */
  vehicles: readonly string[];
}

export interface PlaybackProps {
  desk: Desk;
  replay: Replay;
  onClose: () => void;
}

export function Playback(_: PlaybackProps) {
  return null;
}

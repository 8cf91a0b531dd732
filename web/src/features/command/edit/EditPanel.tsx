/** Draws a zone and says who may do what in it. The editor itself comes over the wire when somebody opens it. */
import { later } from '../../../ui/later';
import type { Desk } from '../desk';

/** A wish to edit something. Each is an object of its own, so that the same thing can be asked for again. */
export interface Editing {
  /** The id of a zone, `collection/id` for what is none, or `collection/` for where one begins. */
  target: string;
}

export interface EditPanelProps {
  desk: Desk;
  editing: Editing | null;
  onDone: () => void;
}

export const EditPanel = later<EditPanelProps>(() => import('./Editor'));

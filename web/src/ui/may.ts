/** What a role may do that more than one feature asks: the table in ARCHITECTURE.md. The server decides; this only hides what it would refuse. */
import type { Session } from '../api/types';

/** Roles that may change the map. */
export function mayEdit({ role }: Session): boolean {
  return role === 'commander' || role === 'supervisor' || role === 'admin';
}

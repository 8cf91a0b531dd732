/** Who may administer: the table in ARCHITECTURE.md. The server decides; this only hides what it would refuse. */
import type { Session } from '../../api/types';

export function mayAdminister({ role }: Session): boolean {
  return role === 'admin';
}

/** Which stroke a way of drawing begins with. */
import type { Way } from './kinds';
import type { Stroke } from './pen';

/** A usual road with its verges, metres. */
export const USUAL_WIDTH_M = 20;

export function strokeOf(way: Way): Stroke {
  return way === 'corridor' ? { tool: 'corridor', width_m: USUAL_WIDTH_M } : { tool: way };
}

/** How a vehicle looks: its shape says what it does and how much is known of it; alarm, choice and class come on top. */
import { FLAG, HEADING_UNKNOWN, SPEED_UNKNOWN } from '../live/frame';
import { VEHICLE_CLASSES } from './sort-of';

/** Below this a vehicle stands: slower is the noise of its receiver. In 0.1 km/h. */
const STANDS_BELOW = 30;
/** ENGINE.md: over 120 s without a fix nothing is known, whatever the last frame said of the vehicle. */
export const STALE_MS = 120_000;

/**
 * An arrow drives, a dot stands, a square reports without saying whether it drives or where to; a ring is hollow, since its
 * position is old; a broken ring is one that was given up as silent.
 */
export const SHAPE = { arrow: 0, dot: 1, square: 2, ring: 3, broken: 4 } as const;

export function shapeOf(speed: number, heading: number, flags: number, ageMs: number): number {
  if (flags & FLAG.silent) return SHAPE.broken;
  if (flags & FLAG.stale || ageMs > STALE_MS) return SHAPE.ring;
  if (speed < STANDS_BELOW) return SHAPE.dot;
  return speed === SPEED_UNKNOWN || heading === HEADING_UNKNOWN ? SHAPE.square : SHAPE.arrow;
}

/** The shape of a vehicle of which nothing came since: its fix grows old. */
export function agedShape(shape: number, ageMs: number): number {
  return shape < SHAPE.ring && ageMs > STALE_MS ? SHAPE.ring : shape;
}

/** The layer of the tree that each shape is switched with. */
export const STATE_OF_SHAPE = ['moving', 'standing', 'standing', 'quiet', 'quiet'] as const;

/** Which vehicles are shown: a bit for each class and for each shape. */
export interface VehicleMask {
  classes: number;
  shapes: number;
}

/** The vehicles that the layer tree shows, by the names of its layers. */
export function maskOf(
  shows: (layer: (typeof VEHICLE_CLASSES)[number] | (typeof STATE_OF_SHAPE)[number]) => boolean,
): VehicleMask {
  const bits = (shown: readonly boolean[]) => shown.reduce((all, one, at) => (one ? all | (1 << at) : all), 0);
  return { classes: bits(VEHICLE_CLASSES.map(shows)), shapes: bits(STATE_OF_SHAPE.map(shows)) };
}

export const EVERY_VEHICLE: VehicleMask = { classes: ~0, shapes: ~0 };

/** A vehicle in alarm is shown whatever is switched off. */
export function isShown(mask: VehicleMask, kind: number, shape: number, flags: number): boolean {
  return (flags & FLAG.alarm) !== 0 || (((mask.classes >> kind) & 1) !== 0 && ((mask.shapes >> shape) & 1) !== 0);
}

/**
 * Fill patterns that say a zone's level without colour: dense stripes, sparse stripes, dots, plain. Drawn here pixel by
 * pixel, so that no sprite has to be fetched.
 */
import type { RiskLevel } from '../api/types';

/** Pixels of a pattern's edge; every period below divides it, so that tiles join without a seam. */
const SIZE = 32;
/** The images are drawn at twice the screen's resolution. */
export const PATTERN_RATIO = 2;

type Covered = (x: number, y: number) => boolean;

const SHAPES: Record<RiskLevel, Covered | null> = {
  red: (x, y) => (x + y) % 16 < 5,
  orange: (x, y) => (x + y) % 32 < 4,
  yellow: (x, y) => Math.hypot((x % 16) - 7.5, (y % 16) - 7.5) < 3,
  blue: null,
};

export interface PatternImage {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

export function patternName(level: RiskLevel): string {
  return `level-${level}`;
}

/** The pattern of a level in a `#rrggbb` colour; a level without one is wholly transparent. */
export function pattern(level: RiskLevel, colour: string): PatternImage {
  const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const data = new Uint8ClampedArray(SIZE * SIZE * 4);
  const covered = SHAPES[level];
  for (let y = 0; covered && y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      if (covered(x, y)) data.set([rgb[0]!, rgb[1]!, rgb[2]!, 150], (y * SIZE + x) * 4);
    }
  }
  return { width: SIZE, height: SIZE, data };
}

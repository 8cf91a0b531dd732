/**
 * Fill patterns that say a zone's level without colour: dense stripes, sparse stripes, dots, plain; and crossed stripes for
 * what is closed. Drawn here pixel by pixel, so that no sprite has to be fetched. The marks are thin: a road or a name under
 * them must stay readable.
 */
import type { RiskLevel } from '../api/types';

/** Pixels of a pattern's edge; every period below divides it, so that tiles join without a seam. */
const SIZE = 32;
/** The images are drawn at twice the screen's resolution. */
export const PATTERN_RATIO = 2;

type Covered = (x: number, y: number) => boolean;
export type Pattern = RiskLevel | 'closed';
export const PATTERNS: readonly Pattern[] = ['red', 'orange', 'yellow', 'blue', 'closed'];

const SHAPES: Record<Pattern, Covered | null> = {
  red: (x, y) => (x + y) % 16 < 4,
  orange: (x, y) => (x + y) % 32 < 3,
  yellow: (x, y) => Math.hypot((x % 16) - 7.5, (y % 16) - 7.5) < 2.3,
  blue: null,
  closed: (x, y) => (x + y) % 32 < 2 || (x - y + SIZE) % 32 < 2,
};

/** The image of a level's badge: its numeral on its colour. */
export function levelBadge(level: string): string {
  return `badge-${level}`;
}

export interface PatternImage {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

export function patternName(pattern: Pattern): string {
  return `pattern-${pattern}`;
}

/** A pattern in a `#rrggbb` colour; a level without one is wholly transparent. */
export function pattern(name: Pattern, colour: string): PatternImage {
  const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const data = new Uint8ClampedArray(SIZE * SIZE * 4);
  const covered = SHAPES[name];
  for (let y = 0; covered && y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      if (covered(x, y)) data.set([rgb[0]!, rgb[1]!, rgb[2]!, 255], (y * SIZE + x) * 4);
    }
  }
  return { width: SIZE, height: SIZE, data };
}

/**
 * What lies under the pointer: points in square cells, so that a click looks at nine cells and not at 30,000 vehicles.
 */

/** Cells are never smaller than about 4 m, so that a cell's number stays exact in a double. */
const SMALLEST_CELL = 1e-7;
const ROW = 2 ** 26;

export class PickGrid {
  readonly #cells = new Map<number, number[]>();
  readonly #cell: number;
  readonly #x: ArrayLike<number>;
  readonly #y: ArrayLike<number>;

  /** Coordinates in mercator units (0 to 1); `reach` is the largest distance that will be asked for. */
  constructor(x: ArrayLike<number>, y: ArrayLike<number>, reach: number) {
    this.#cell = Math.max(SMALLEST_CELL, reach);
    this.#x = x;
    this.#y = y;
    for (let i = 0; i < x.length; i += 1) {
      const number = this.#number(Math.floor(x[i]! / this.#cell), Math.floor(y[i]! / this.#cell));
      const cell = this.#cells.get(number);
      if (cell) cell.push(i);
      else this.#cells.set(number, [i]);
    }
  }

  /** The index of the nearest point within `reach`, or `undefined`; the first of equals. */
  nearest(x: number, y: number, reach: number): number | undefined {
    const column = Math.floor(x / this.#cell);
    const row = Math.floor(y / this.#cell);
    let best: number | undefined;
    let bestDistance = Math.min(reach, this.#cell);
    for (let c = column - 1; c <= column + 1; c += 1) {
      for (let r = row - 1; r <= row + 1; r += 1) {
        for (const i of this.#cells.get(this.#number(c, r)) ?? []) {
          const distance = Math.hypot(this.#x[i]! - x, this.#y[i]! - y);
          if (distance < bestDistance || (distance === bestDistance && best === undefined)) {
            best = i;
            bestDistance = distance;
          }
        }
      }
    }
    return best;
  }

  #number(column: number, row: number): number {
    return (column + 1) * ROW + row + 1;
  }
}

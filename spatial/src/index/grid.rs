//! The fixed grids: cells by shifting integer degrees, and the cells that a straight line touches.

use crate::position::Position;
use std::ops::RangeInclusive;

/// A top cell is 2^17 units wide: about 1.4 km.
pub const TOP_SHIFT: u32 = 17;
/// A coarse cell is 2^22 units wide: about 45 km, 32 by 32 top cells.
pub const COARSE_SHIFT: u32 = 22;

/// A cell of one of the grids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub row: i32,
    pub column: i32,
}

impl Cell {
    pub fn top_of(p: Position) -> Cell {
        Cell { column: p.lon_e7 >> TOP_SHIFT, row: p.lat_e7 >> TOP_SHIFT }
    }

    /// The coarse cell around a top cell.
    pub fn coarse(self) -> Cell {
        let down = COARSE_SHIFT - TOP_SHIFT;
        Cell { column: self.column >> down, row: self.row >> down }
    }
}

/// Calls `visit(row, columns)` for rows of cells that the straight line from `a` to `b` touches.
///
/// Generous by one unit on each side, so that a line along a cell's border is entered on both sides of it.
#[inline]
pub fn for_cells_on(a: Position, b: Position, shift: u32, visit: impl FnMut(i32, RangeInclusive<i32>)) {
    for_cells_in(i32::MIN..=i32::MAX, a, b, shift, visit);
}

/// [`for_cells_on`] for some rows alone: costs no more than these.
#[inline]
pub fn for_cells_in(
    rows: RangeInclusive<i32>,
    a: Position,
    b: Position,
    shift: u32,
    mut visit: impl FnMut(i32, RangeInclusive<i32>),
) {
    let (low, high) = if a.lat_e7 <= b.lat_e7 { (a, b) } else { (b, a) };
    let (x0, y0) = (i64::from(low.lon_e7), i64::from(low.lat_e7));
    let (x1, y1) = (i64::from(high.lon_e7), i64::from(high.lat_e7));
    let (west, east) = ((x0.min(x1) - 1) >> shift, (x0.max(x1) + 1) >> shift);
    let (south, north) = ((y0 - 1) >> shift, (y1 + 1) >> shift);
    let here = south.max(i64::from(*rows.start()))..=north.min(i64::from(*rows.end()));
    if south == north || west == east {
        for row in here {
            visit(row as i32, west as i32..=east as i32);
        }
        return;
    }
    for row in here {
        let x_at = |y: i64| x_on(x0, x1 - x0, y.clamp(y0, y1) - y0, y1 - y0);
        let (from, to) = if y0 == y1 { (x0, x1) } else { (x_at(row << shift), x_at((row + 1) << shift)) };
        visit(row as i32, ((from.min(to) - 1) >> shift) as i32..=((from.max(to) + 2) >> shift) as i32);
    }
}

/// `x0 + floor(width * part / whole)`, without overflow for any positions; `whole` is positive.
fn x_on(x0: i64, width: i64, part: i64, whole: i64) -> i64 {
    match width.checked_mul(part) {
        Some(product) => x0 + product.div_euclid(whole),
        None => x0 + (i128::from(width) * i128::from(part)).div_euclid(i128::from(whole)) as i64,
    }
}

/// Calls `visit` with the numbers of the leaves of a top cell, cut into 2^cut by 2^cut, that a straight line touches.
#[inline]
pub fn for_leaves_on(cell: Cell, cut: u32, a: Position, b: Position, mut visit: impl FnMut(usize)) {
    let side = 1_i32 << cut;
    let (west, south) = (cell.column << cut, cell.row << cut);
    for_cells_in(south..=south + side - 1, a, b, TOP_SHIFT - cut, |row, columns| {
        for column in (columns.start() - west).max(0)..=(columns.end() - west).min(side - 1) {
            visit(((row - south) * side + column) as usize);
        }
    });
}

//! The fixed grid: cells by shifting integer degrees, and the cells that a straight line touches.

use crate::position::Position;
use std::ops::RangeInclusive;

/// A top cell is 2^17 units wide: about 1.4 km.
pub const TOP_SHIFT: u32 = 17;
/// A coarse cell is 2^22 units wide: about 45 km.
pub const COARSE_SHIFT: u32 = 22;

/// A cell of one of the grids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub column: i32,
    pub row: i32,
}

impl Cell {
    pub fn top_of(p: Position) -> Cell {
        Cell { column: p.lon_e7 >> TOP_SHIFT, row: p.lat_e7 >> TOP_SHIFT }
    }

    pub fn coarse_of(p: Position) -> Cell {
        Cell { column: p.lon_e7 >> COARSE_SHIFT, row: p.lat_e7 >> COARSE_SHIFT }
    }
}

/// Calls `visit(row, columns)` for rows of cells that the straight line from `a` to `b` touches.
///
/// Generous by one unit on each side, so that a line along a cell's border is entered on both sides of it.
pub fn for_cells_on(a: Position, b: Position, shift: u32, mut visit: impl FnMut(i32, RangeInclusive<i32>)) {
    let (low, high) = if a.lat_e7 <= b.lat_e7 { (a, b) } else { (b, a) };
    let (x0, y0) = (i64::from(low.lon_e7), i64::from(low.lat_e7));
    let (x1, y1) = (i64::from(high.lon_e7), i64::from(high.lat_e7));
    let (west, east) = (x0.min(x1) - 1, x0.max(x1) + 1);
    let rows = ((y0 - 1) >> shift)..=((y1 + 1) >> shift);
    if rows.start() == rows.end() || (west >> shift) == (east >> shift) {
        for row in rows {
            visit(row as i32, (west >> shift) as i32..=(east >> shift) as i32);
        }
        return;
    }
    for row in rows {
        let bottom = (row << shift).clamp(y0, y1);
        let upper = (((row + 1) << shift) - 1 + 1).clamp(y0, y1);
        let at = |y: i64| x0 + ((x1 - x0) as i128 * (y - y0) as i128).div_euclid((y1 - y0) as i128) as i64;
        let (from, to) = if y0 == y1 { (x0, x1) } else { (at(bottom), at(upper)) };
        let columns = ((from.min(to) - 1) >> shift) as i32..=((from.max(to) + 2) >> shift) as i32;
        visit(row as i32, columns);
    }
}

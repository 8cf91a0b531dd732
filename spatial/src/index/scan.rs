//! Parities along horizontal lines, exact: the lines run between the integer latitudes, so they meet no vertex.
//!
//! Coordinates here are doubled: an odd value lies half a unit off the grid.

use super::Edge;

/// Whether the edge crosses the horizontal line at doubled latitude `y2` (odd).
pub fn crosses_row(edge: &Edge, y2: i64) -> bool {
    (2 * i64::from(edge.a.lat_e7) > y2) != (2 * i64::from(edge.b.lat_e7) > y2)
}

/// Where the edge crosses the line at doubled latitude `y2`: floor of the doubled longitude, and whether it is exact.
///
/// The edge must cross the line ([`crosses_row`]).
pub fn row_crossing(edge: &Edge, y2: i64) -> (i64, bool) {
    let (ax, ay) = (2 * i128::from(edge.a.lon_e7), 2 * i128::from(edge.a.lat_e7));
    let (bx, by) = (2 * i128::from(edge.b.lon_e7), 2 * i128::from(edge.b.lat_e7));
    let (mut top, mut bottom) = ((bx - ax) * (i128::from(y2) - ay), by - ay);
    if bottom < 0 {
        (top, bottom) = (-top, -bottom);
    }
    ((ax + top.div_euclid(bottom)) as i64, top.rem_euclid(bottom) == 0)
}

/// Whether the edge crosses the line at `y2` strictly west of doubled longitude `x2`.
pub fn crosses_row_west_of(edge: &Edge, y2: i64, x2: i64) -> bool {
    crosses_row(edge, y2) && row_crossing(edge, y2).0 < x2
}

/// Whether the edge crosses the vertical line just west of doubled longitude `x2` (even) between two rows (both odd).
///
/// "Just west" makes the answer agree with [`crosses_row_west_of`] when the edge meets the corner of both lines.
pub fn crosses_column_between(edge: &Edge, x2: i64, from_y2: i64, to_y2: i64) -> bool {
    let (ax, ay) = (2 * i64::from(edge.a.lon_e7), 2 * i64::from(edge.a.lat_e7));
    let (bx, by) = (2 * i64::from(edge.b.lon_e7), 2 * i64::from(edge.b.lat_e7));
    if (ax < x2) == (bx < x2) {
        return false;
    }
    let (mut top, mut bottom) = (i128::from(by - ay) * i128::from(x2 - ax), i128::from(bx - ax));
    if bottom < 0 {
        (top, bottom) = (-top, -bottom);
    }
    let floor = i128::from(ay) + top.div_euclid(bottom);
    let exact = top.rem_euclid(bottom) == 0;
    let rising = (by > ay) == (bx > ax);
    let below = |y2: i64| {
        let y2 = i128::from(y2);
        if exact && floor == y2 { rising } else { floor < y2 }
    };
    below(from_y2) != below(to_y2)
}

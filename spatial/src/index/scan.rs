//! Parities along the lines on which reference points lie, exact.
//!
//! Coordinates here are doubled: an odd value lies half a unit off the grid, so a horizontal line at an odd latitude meets
//! no vertex. A reference point lies a hair east of its doubled coordinates: it is on no edge, whatever the edges are.

use super::Edge;
use crate::position::Position;
use crate::shape::between;

/// Whether the edge crosses the horizontal line at doubled latitude `y2` (odd).
pub fn crosses_row(edge: &Edge, y2: i64) -> bool {
    (2 * i64::from(edge.a.lat_e7) > y2) != (2 * i64::from(edge.b.lat_e7) > y2)
}

/// Where the edge crosses the line at doubled latitude `y2`: the ceiling of the doubled longitude.
///
/// The edge must cross the line ([`crosses_row`]). It passes west of a point a hair east of `x2` if this is at most `x2`.
pub fn row_crossing(edge: &Edge, y2: i64) -> i64 {
    let (ax, ay) = (2 * i64::from(edge.a.lon_e7), 2 * i64::from(edge.a.lat_e7));
    let (bx, by) = (2 * i64::from(edge.b.lon_e7), 2 * i64::from(edge.b.lat_e7));
    let (back, part, height) = if by > ay { (ax - bx, y2 - ay, by - ay) } else { (bx - ax, y2 - ay, ay - by) };
    ax - floor_of(back, part, height)
}

/// Where the edge crosses the vertical line a hair east of doubled longitude `x2`: the floor of the doubled latitude as
/// far as odd rows are concerned (a crossing on a row itself counts as above it if the edge rises to the east).
///
/// `None` if it does not cross it.
pub fn column_crossing(edge: &Edge, x2: i64) -> Option<i64> {
    let (ax, ay) = (2 * i64::from(edge.a.lon_e7), 2 * i64::from(edge.a.lat_e7));
    let (bx, by) = (2 * i64::from(edge.b.lon_e7), 2 * i64::from(edge.b.lat_e7));
    if (ax > x2) == (bx > x2) {
        return None;
    }
    let (height, part, width) = if bx > ax { (by - ay, x2 - ax, bx - ax) } else { (ay - by, x2 - ax, ax - bx) };
    let floor = floor_of(height, part, width);
    // A hair further east an edge that falls is below the place where it meets the line itself.
    let falls = height < 0;
    let exact = i128::from(floor) * i128::from(width) == i128::from(height) * i128::from(part);
    Some(ay + floor - i64::from(falls && exact))
}

/// `floor(a * part / whole)` without overflow; `whole` is positive.
fn floor_of(a: i64, part: i64, whole: i64) -> i64 {
    match a.checked_mul(part) {
        Some(product) => product.div_euclid(whole),
        None => (i128::from(a) * i128::from(part)).div_euclid(i128::from(whole)) as i64,
    }
}

/// What one edge says about a position, seen from a reference point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// Both are on the same side.
    Same,
    /// They are on different sides.
    Other,
    /// The position is on the edge.
    OnEdge,
}

/// Whether the straight way from a reference point (a hair east of doubled coordinates, odd latitude) to `p` crosses an edge.
///
/// A vertex on that way counts as right of it for both of its edges, unless the hair decides.
pub fn parity(edge: &Edge, reference: (i64, i64), p: Position) -> Parity {
    let doubled = |q: Position| (2 * i128::from(q.lon_e7), 2 * i128::from(q.lat_e7));
    let (a, b, p2) = (doubled(edge.a), doubled(edge.b), doubled(p));
    let reference = (i128::from(reference.0), i128::from(reference.1));
    let cross =
        |o: (i128, i128), d: (i128, i128), q: (i128, i128)| (d.0 - o.0) * (q.1 - o.1) - (d.1 - o.1) * (q.0 - o.0);
    let here = cross(a, b, p2);
    if here == 0 && between(edge.a, edge.b, p) {
        return Parity::OnEdge;
    }
    // The derivatives by the reference point's longitude stand in where the products are 0.
    let there = cross(a, b, reference);
    let there = if there == 0 { a.1 - b.1 } else { there };
    if (here > 0) == (there > 0) {
        return Parity::Same;
    }
    let side = |v: (i128, i128)| {
        let side = cross(reference, p2, v);
        if side == 0 { p2.1 - v.1 > 0 } else { side > 0 }
    };
    if side(a) == side(b) { Parity::Same } else { Parity::Other }
}

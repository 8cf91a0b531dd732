//! Exact predicates on integer positions; differences up to 90 degrees fit without overflow.

use crate::position::Position;
use crate::zone::Ring;

/// On which side of a directed line a position lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Right of it.
    Right,
    /// On it.
    On,
    /// Left of it.
    Left,
}

/// Twice the signed area of the triangle a, b, p in units squared.
pub fn cross(a: Position, b: Position, p: Position) -> i64 {
    let (ax, ay) = (i64::from(a.lon_e7), i64::from(a.lat_e7));
    (i64::from(b.lon_e7) - ax) * (i64::from(p.lat_e7) - ay) - (i64::from(b.lat_e7) - ay) * (i64::from(p.lon_e7) - ax)
}

/// On which side of the line from `a` to `b` the position `p` lies.
pub fn side_of(a: Position, b: Position, p: Position) -> Side {
    match cross(a, b, p) {
        0 => Side::On,
        area if area > 0 => Side::Left,
        _ => Side::Right,
    }
}

/// Whether `p`, known to be on the line through `a` and `b`, lies between them, ends included.
pub fn between(a: Position, b: Position, p: Position) -> bool {
    (a.lon_e7.min(b.lon_e7)..=a.lon_e7.max(b.lon_e7)).contains(&p.lon_e7)
        && (a.lat_e7.min(b.lat_e7)..=a.lat_e7.max(b.lat_e7)).contains(&p.lat_e7)
}

/// Twice the signed area of a ring, positive when it runs counter-clockwise.
pub fn doubled_area(ring: &Ring) -> i128 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i128::from(a.lon_e7) * i128::from(b.lat_e7) - i128::from(b.lon_e7) * i128::from(a.lat_e7))
        .sum()
}

/// Where a position lies in rings under the even-odd rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Inside.
    Inside,
    /// On a ring.
    Boundary,
    /// Outside.
    Outside,
}

/// Where `p` lies, by the parity of the edges that a ray to the east meets.
pub fn place<'a>(rings: impl IntoIterator<Item = &'a Ring>, p: Position) -> Place {
    let mut inside = false;
    for ring in rings {
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            if (a.lat_e7 > p.lat_e7) == (b.lat_e7 > p.lat_e7) {
                if a.lat_e7 == p.lat_e7 && b.lat_e7 == p.lat_e7 && between(a, b, p) {
                    return Place::Boundary;
                }
                if (a == p) || (b == p) {
                    return Place::Boundary;
                }
                continue;
            }
            let (low, high) = if a.lat_e7 < b.lat_e7 { (a, b) } else { (b, a) };
            match side_of(low, high, p) {
                Side::On => return Place::Boundary,
                Side::Left => inside = !inside,
                Side::Right => {}
            }
        }
    }
    if inside { Place::Inside } else { Place::Outside }
}

/// Whether rings under the even-odd rule cover `p`, the boundary included.
pub fn covers<'a>(rings: impl IntoIterator<Item = &'a Ring>, p: Position) -> bool {
    place(rings, p) != Place::Outside
}

//! Which edges of a chain of vertices a short segment crosses, many edges at a time.
//!
//! The numbers are whole or half units below 2^24, so that every product and sum here is exact in `f64`, whose lanes all
//! processors have. It only sorts out: what it marks is looked at again in integers.

use super::machine;
use crate::position::Position;

/// Edges of a block.
const LANES: usize = 8;
/// Edges of one answer.
pub const MOST: usize = 64;
/// Words behind the last vertex that may be read and are ignored.
pub const OVERREAD: usize = LANES + 1;

/// A segment; at most 2^23 units long each way, and so near to the edges that no difference exceeds 2^24 units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Segment {
    /// Between two positions.
    pub fn between(a: Position, b: Position) -> Segment {
        let (x, y) = (f64::from(a.lon_e7), f64::from(a.lat_e7));
        Segment { x, y, width: f64::from(b.lon_e7) - x, height: f64::from(b.lat_e7) - y }
    }

    /// From doubled coordinates to a position.
    pub fn from_doubled((x2, y2): (i64, i64), b: Position) -> Segment {
        let (x, y) = (x2 as f64 / 2.0, y2 as f64 / 2.0);
        Segment { x, y, width: f64::from(b.lon_e7) - x, height: f64::from(b.lat_e7) - y }
    }
}

/// Marks of up to 64 edges, the first in the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The segment crosses the edge.
    pub crossed: u64,
    /// An end of one is on the line through the other.
    pub tied: u64,
}

/// Marks the edges from vertex to vertex. `xs` and `ys` hold one vertex more than there are edges, and [`OVERREAD`] words
/// after that; the marks of what is not an edge mean nothing.
#[inline]
pub fn marks(segment: Segment, xs: &[u32], ys: &[u32], edges: usize) -> Marks {
    machine::marks(segment, xs, ys, edges).unwrap_or_else(|| marks_anywhere(segment, xs, ys, edges))
}

/// [`marks`] on any processor.
pub fn marks_anywhere(segment: Segment, xs: &[u32], ys: &[u32], edges: usize) -> Marks {
    let mut marks = Marks::default();
    for at in (0..edges.min(MOST)).step_by(LANES) {
        let (Some(xs), Some(ys)) = (xs[at..].first_chunk(), ys[at..].first_chunk()) else { break };
        let block = block(segment, xs, ys);
        marks.crossed |= block.crossed << at;
        marks.tied |= block.tied << at;
    }
    marks
}

#[inline(always)]
fn block(segment: Segment, xs: &[u32; LANES + 1], ys: &[u32; LANES + 1]) -> Marks {
    // Relative to the segment's start; `side` is on which side of the segment's line the vertex lies.
    let x: [f64; LANES + 1] = std::array::from_fn(|i| f64::from(xs[i] as i32) - segment.x);
    let y: [f64; LANES + 1] = std::array::from_fn(|i| f64::from(ys[i] as i32) - segment.y);
    let side: [f64; LANES + 1] = std::array::from_fn(|i| segment.width * y[i] - segment.height * x[i]);
    // On which side of the edge's line the segment's ends lie.
    let from: [f64; LANES] = std::array::from_fn(|i| x[i] * y[i + 1] - y[i] * x[i + 1]);
    let to: [f64; LANES] = std::array::from_fn(|i| from[i] - (side[i + 1] - side[i]));
    let mut marks = Marks::default();
    for i in 0..LANES {
        let crossed = ((from[i] > 0.0) != (to[i] > 0.0)) & ((side[i] > 0.0) != (side[i + 1] > 0.0));
        let tied = (from[i] == 0.0) | (to[i] == 0.0) | (side[i] == 0.0) | (side[i + 1] == 0.0);
        marks.crossed |= u64::from(crossed) << i;
        marks.tied |= u64::from(tied) << i;
    }
    marks
}

//! Which zones cover a place, and which boundaries a way crosses: a cell index with each cell's few edges beside it.
//!
//! A fixed grid of top cells (2^17 units, about 1.4 km) is cut, cell by cell, into 2^k by 2^k leaves until a leaf holds
//! few edges. A leaf lists the zones that cover it wholly and, for each zone whose boundary touches it, the state of one
//! reference point and the edges that touch the leaf, as chains of vertices. A point is judged by the parity of the edges
//! between the reference point and the point; a way by the edges in the leaves that it meets. Large zones list the coarse
//! cells (2^22 units) that they cover wholly. Every predicate is exact: the answers equal a look at every edge of every
//! zone.
//!
//! An index never changes: [`CellIndex::with`] shares all top cells that an edit does not touch.

mod grid;
mod scan;
mod cover;
mod lanes;
mod leaf;
mod draft;
mod redraw;
mod top;
mod machine;
mod directory;

use crate::geodesy::{LocalScale, distance_to_segment};
use crate::position::Position;
use crate::shape::between;
use crate::units::Millimetres;
use crate::zone::{Bounds, Ground};
use cover::{Cover, Outline, Touch, cover};
use directory::{Block, Directory};
use grid::{Cell, TOP_SHIFT, for_cells_on};
use top::Top;

pub(crate) use machine::{hint, hint_all, hint_up_to};

/// The number under which a zone revision stands in a one-map; never reused within it.
pub type Slot = u32;

/// One edge of a zone's ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub a: Position,
    pub b: Position,
    /// Its number in the zone.
    pub number: u32,
}

/// A place where a way meets the boundary of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which zone revision.
    pub slot: Slot,
    /// Which of its edges.
    pub edge: u32,
    /// The way's part before the hit is `numerator / denominator`, from 0 to 1.
    pub numerator: i64,
    /// Positive.
    pub denominator: i64,
}

/// What a way meets: proper crossings, and zones on whose boundary one of its ends lies exactly.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Crossings by (slot, place on the way); an odd number means that the way ends on the other side.
    pub hits: Vec<Hit>,
    /// Zones whose boundary holds an end of the way: their hits say nothing about the sides; ask [`CellIndex::covering`].
    pub grazed: Vec<Slot>,
}

impl Way {
    /// Whether it meets nothing.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty() && self.grazed.is_empty()
    }

    /// Where it crosses the boundary of a zone.
    pub fn hits_of(&self, slot: Slot) -> &[Hit] {
        let from = self.hits.partition_point(|hit| hit.slot < slot);
        let count = self.hits[from..].iter().take_while(|hit| hit.slot == slot).count();
        &self.hits[from..from + count]
    }

    /// The zone revisions that it meets; one met more than once is told so often.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + Clone + '_ {
        self.hits.iter().map(|hit| hit.slot).chain(self.grazed.iter().copied())
    }

    /// Forgets what it meets.
    pub fn clear(&mut self) {
        self.hits.clear();
        self.grazed.clear();
    }
}

/// Ways and places that are looked up at a time: enough for their waits for memory to run side by side.
pub const BATCH: usize = 64;

/// Words of an index that stays in the caches by itself: 8 MiB (prefetching cost a quarter of the speed at 7 MiB).
const CACHED_WORDS: usize = 2 << 20;

/// Leaves are seldom smaller than 2^14 units (180 m).
const SMALL_LEAF_SHIFT: u32 = 14;

/// The index of one one-map.
#[derive(Clone, Debug, Default)]
pub struct CellIndex {
    directory: Directory,
}

/// Top cells that were asked for, and the positions in them: what they hold is asked for when that has had its time.
struct Near<'i> {
    tops: [Option<(&'i Top, Position)>; BATCH],
    count: usize,
}

impl Default for Near<'_> {
    fn default() -> Self {
        Near { tops: [None; BATCH], count: 0 }
    }
}

impl Near<'_> {
    /// Asks for the leaves of the positions, and forgets them.
    fn bring_leaves(&mut self) {
        let tops = &self.tops[..self.count];
        tops.iter().flatten().for_each(|(top, p)| top.prefetch_leaf_word(*p));
        tops.iter().flatten().for_each(|(top, p)| top.prefetch_leaf(*p));
        self.count = 0;
    }
}

/// What an edit does to one top cell.
enum Change<'a> {
    Remove(Slot),
    Full(Slot),
    Partial { slot: Slot, outline: &'a Outline<'a>, touch: &'a Touch },
}

impl CellIndex {
    /// The index after `removed` left and `added` came. Costs the top cells that they touch; shares all others.
    pub fn with(&self, added: &[(Slot, &Ground)], removed: &[(Slot, &Ground)]) -> CellIndex {
        let mut next = self.clone();
        let laid =
            |list: &[(Slot, &'_ Ground)]| -> Vec<Cover> { list.iter().map(|(_, ground)| cover(ground)).collect() };
        let (came, gone) = (laid(added), laid(removed));
        let outlines: Vec<Outline> = added.iter().map(|(_, ground)| Outline::of(ground)).collect();
        let mut changes: Vec<(Cell, Change)> = Vec::new();
        for (&(slot, _), cover) in removed.iter().zip(&gone) {
            let cells = cover.partial.iter().map(|touch| touch.cell).chain(cover.full.iter().copied());
            changes.extend(cells.map(|cell| (cell, Change::Remove(slot))));
            for cell in &cover.coarse {
                next.directory.edit(*cell, |block| block.whole.retain(|s| *s != slot));
            }
        }
        for ((&(slot, _), cover), outline) in added.iter().zip(&came).zip(&outlines) {
            changes.extend(cover.full.iter().map(|cell| (*cell, Change::Full(slot))));
            let partial = cover.partial.iter().map(|touch| (touch.cell, Change::Partial { slot, outline, touch }));
            changes.extend(partial);
            for cell in &cover.coarse {
                next.directory.edit(*cell, |block| block.whole.push(slot));
            }
        }
        changes.sort_by_key(|(cell, _)| (cell.coarse(), *cell));
        for changes in changes.chunk_by(|x, y| x.0 == y.0) {
            let cell = changes[0].0;
            let removed: Vec<Slot> = changes
                .iter()
                .filter_map(|(_, change)| match change {
                    Change::Remove(slot) => Some(*slot),
                    _ => None,
                })
                .collect();
            let top = Top::changed(cell, self.directory.top(cell), &removed, |draft| {
                for (_, change) in changes {
                    match change {
                        Change::Remove(_) => {}
                        Change::Full(slot) => draft.add_full(*slot),
                        Change::Partial { slot, outline, touch } => {
                            let edges = touch.runs.iter().flat_map(|run| outline.edges(run.clone()));
                            draft.add_source(*slot, touch.inside_at_west, edges);
                        }
                    }
                }
            });
            next.directory.set_top(cell, top);
        }
        next
    }

    /// Appends the zones that cover `p`, boundaries included, in no particular order, each once.
    #[inline]
    pub fn covering(&self, p: Position, out: &mut Vec<Slot>) {
        let cell = Cell::top_of(p);
        let Some(block) = self.directory.block(cell.coarse()) else { return };
        out.extend_from_slice(&block.whole);
        if let Some(top) = block.top(cell) {
            top.covering(p, out);
        }
    }

    /// Tells for each position, by its number, the zones that cover it: [`CellIndex::covering`] with the waits for memory
    /// side by side.
    pub fn covering_batch(&self, positions: &[Position], mut tell: impl FnMut(usize, &[Slot])) {
        let mut out = Vec::new();
        for (first, chunk) in positions.chunks(BATCH).enumerate() {
            self.prefetch(chunk.iter().copied());
            for (number, p) in chunk.iter().enumerate() {
                out.clear();
                self.covering(*p, &mut out);
                tell(first * BATCH + number, &out);
            }
        }
    }

    /// Brings near what [`CellIndex::cross`] will read on these ways, of which about [`BATCH`] should come at a time.
    /// Changes no answer. The middle of a way longer than a leaf is left out.
    pub fn prefetch_ways(&self, ways: impl Iterator<Item = (Position, Position)>) {
        let far = |a: i32, b: i32| (a ^ b) >> SMALL_LEAF_SHIFT != 0;
        let mut near = Near::default();
        for (a, b) in ways {
            self.bring(b, &mut near);
            if far(a.lon_e7, b.lon_e7) || far(a.lat_e7, b.lat_e7) {
                self.bring(a, &mut near);
            }
        }
        near.bring_leaves();
    }

    /// Brings near what [`CellIndex::covering`] will read at these positions, of which about [`BATCH`] should come at a
    /// time: more would push each other out again. Changes no answer.
    pub fn prefetch(&self, positions: impl Iterator<Item = Position>) {
        if self.directory.words() < CACHED_WORDS {
            return;
        }
        let mut near = Near::default();
        positions.for_each(|p| self.bring(p, &mut near));
        near.bring_leaves();
    }

    /// Notes the top cell of a position among those that are brought near together.
    #[inline]
    fn bring<'i>(&'i self, p: Position, near: &mut Near<'i>) {
        let Some(top) = self.directory.top(Cell::top_of(p)) else { return };
        hint(top);
        if near.count == BATCH {
            near.bring_leaves();
        }
        near.tops[near.count] = Some((top, p));
        near.count += 1;
    }

    /// Finds the boundaries that the straight way from `a` to `b` meets. `way` is cleared first.
    pub fn cross(&self, a: Position, b: Position, way: &mut Way) {
        way.clear();
        for_cells_on(a, b, TOP_SHIFT, |row, columns| {
            for column in columns {
                let cell = Cell { column, row };
                if let Some(top) = self.directory.top(cell) {
                    top.cross(cell, a, b, way);
                }
            }
        });
        if way.hits.len() > 1 {
            way.hits.sort_unstable_by(|x, y| {
                let place = || {
                    let product = |n: i64, d: i64| i128::from(n) * i128::from(d);
                    product(x.numerator, y.denominator).cmp(&product(y.numerator, x.denominator))
                };
                x.slot.cmp(&y.slot).then_with(place).then_with(|| x.edge.cmp(&y.edge))
            });
            // An edge may be met in several leaves.
            way.hits.dedup();
        }
        if way.grazed.len() > 1 {
            way.grazed.sort_unstable();
            way.grazed.dedup();
        }
    }

    /// The distance from `p` to the boundary of a zone if it is at most `cap`.
    pub fn boundary_within(&self, slot: Slot, p: Position, cap: Millimetres) -> Option<Millimetres> {
        let scale = LocalScale::at(p.lat_e7);
        let reach = |per_unit: f64| (cap.0 as f64 / per_unit.max(1e-3)).min(1e8) as i32 + 2;
        let near = Bounds { west: p.lon_e7, south: p.lat_e7, east: p.lon_e7, north: p.lat_e7 };
        let near = near.wider(reach(scale.lon_mm), reach(scale.lat_mm));
        let mut nearest: Option<Millimetres> = None;
        let mut look = |edge: Edge| {
            let distance = distance_to_segment(scale, p, edge.a, edge.b);
            if distance <= cap && nearest.is_none_or(|n| distance < n) {
                nearest = Some(distance);
            }
        };
        for row in near.south >> TOP_SHIFT..(near.north >> TOP_SHIFT) + 1 {
            for column in near.west >> TOP_SHIFT..(near.east >> TOP_SHIFT) + 1 {
                let cell = Cell { column, row };
                let Some(top) = self.directory.top(cell) else { continue };
                top.for_leaves_within(cell, near, |leaf| leaf.for_edges_near(slot, near, &mut look));
            }
        }
        nearest
    }

    /// Whether the straight way from `a` to `b` has a place in the zone.
    pub fn way_meets(&self, slot: Slot, a: Position, b: Position) -> bool {
        let mut meets = false;
        for_cells_on(a, b, TOP_SHIFT, |row, columns| {
            for column in columns {
                let cell = Cell { column, row };
                meets = meets || self.directory.top(cell).is_some_and(|top| top.meets(cell, slot, a, b));
            }
        });
        meets || self.is_covered_by(slot, a)
    }

    /// Whether a zone covers `p`, its boundary included.
    fn is_covered_by(&self, slot: Slot, p: Position) -> bool {
        let cell = Cell::top_of(p);
        let covers = |block: &Block| {
            block.whole.contains(&slot) || block.top(cell).is_some_and(|top| top.is_covered_by(slot, p))
        };
        self.directory.block(cell.coarse()).is_some_and(covers)
    }
}

/// Tests one edge against a way. Ends of the way on the edge are reported, crossings follow one tie rule at vertices.
fn meet(edge: &Edge, a: Position, b: Position, slot: Slot, way: &mut Way) {
    let (from, to) = (cross_of_any(edge.a, edge.b, a), cross_of_any(edge.a, edge.b, b));
    if (from > 0 && to > 0) || (from < 0 && to < 0) {
        return;
    }
    if (from == 0 && between(edge.a, edge.b, a)) || (to == 0 && between(edge.a, edge.b, b)) {
        way.grazed.push(slot);
        return;
    }
    if (from > 0) == (to > 0) || (cross_of_any(a, b, edge.a) > 0) == (cross_of_any(a, b, edge.b) > 0) {
        return;
    }
    let (mut numerator, mut denominator) = if from > 0 { (from, from - to) } else { (-from, to - from) };
    // Only a way or an edge of more than 100 degrees has a place that must be rounded to fit.
    let excess = 65_u32.saturating_sub(denominator.leading_zeros());
    (numerator, denominator) = (numerator >> excess, denominator >> excess);
    way.hits.push(Hit { slot, edge: edge.number, numerator: numerator as i64, denominator: denominator as i64 });
}

/// Twice the signed area of the triangle a, b, p in units squared, for any positions.
fn cross_of_any(a: Position, b: Position, p: Position) -> i128 {
    let difference = |q: Position, r: Position| {
        (i64::from(q.lon_e7) - i64::from(r.lon_e7), i64::from(q.lat_e7) - i64::from(r.lat_e7))
    };
    let (d, e) = (difference(b, a), difference(p, a));
    i128::from(d.0) * i128::from(e.1) - i128::from(d.1) * i128::from(e.0)
}

#[cfg(test)]
mod tests;

//! Which zones cover a place, and which boundaries a way crosses: a cell index with each cell's few edges beside it.
//!
//! A fixed grid of top cells (2^17 units, about 1.4 km) is cut, cell by cell, into 2^k by 2^k leaves until a leaf holds
//! few edges. A leaf lists the zones that cover it wholly and, for each zone whose boundary touches it, the state of one
//! reference point and the edges that touch the leaf. A point is judged by the parity of the edges between the reference
//! point and the point; a way by the edges in the leaves that it meets. Large zones list the coarse cells (2^22 units)
//! that they cover wholly. Every predicate is exact in integers: the answers equal a look at every edge of every zone.
//!
//! An index never changes: [`CellIndex::with`] shares all top cells that an edit does not touch.

mod grid;
mod register;
mod scan;
mod top;

use crate::geodesy::{LocalScale, distance_to_segment};
use crate::position::Position;
use crate::shape::cross;
use crate::units::Millimetres;
use crate::zone::Ground;
use grid::{Cell, TOP_SHIFT, for_cells_on};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use top::Top;

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

/// The index of one one-map.
#[derive(Clone, Debug, Default)]
pub struct CellIndex {
    tops: FxHashMap<Cell, Arc<Top>>,
    coarse: FxHashMap<Cell, Arc<Vec<Slot>>>,
}

impl CellIndex {
    /// The index after `removed` left and `added` came. Costs the top cells that they touch.
    pub fn with(&self, added: &[(Slot, &Ground)], removed: &[(Slot, &Ground)]) -> CellIndex {
        let mut next = self.clone();
        let mut changes: FxHashMap<Cell, top::Change> = FxHashMap::default();
        for (slot, ground) in removed {
            let cover = register::cover(ground);
            for (cell, _) in cover.partial {
                changes.entry(cell).or_default().removed.push(*slot);
            }
            for cell in cover.full {
                changes.entry(cell).or_default().removed.push(*slot);
            }
            for cell in cover.coarse {
                if let Some(list) = next.coarse.get_mut(&cell) {
                    Arc::make_mut(list).retain(|s| s != slot);
                }
            }
        }
        for (slot, ground) in added {
            let cover = register::cover(ground);
            for (cell, source) in cover.partial {
                changes.entry(cell).or_default().partial.push(top::Source {
                    slot: *slot,
                    inside_at_west: source.inside_at_west,
                    edges: source.edges,
                });
            }
            for cell in cover.full {
                changes.entry(cell).or_default().full.push(*slot);
            }
            for cell in cover.coarse {
                Arc::make_mut(next.coarse.entry(cell).or_default()).push(*slot);
            }
        }
        for (cell, change) in changes {
            let top = Top::changed(cell, next.tops.get(&cell).map(Arc::as_ref), change);
            if top.is_empty() {
                next.tops.remove(&cell);
            } else {
                next.tops.insert(cell, Arc::new(top));
            }
        }
        next.coarse.retain(|_, list| !list.is_empty());
        next
    }

    /// Appends the zones that cover `p`, boundaries included, in no particular order, each once.
    pub fn covering(&self, p: Position, out: &mut Vec<Slot>) {
        if let Some(list) = self.coarse.get(&Cell::coarse_of(p)) {
            out.extend_from_slice(list);
        }
        if let Some(top) = self.tops.get(&Cell::top_of(p)) {
            top.covering(p, out);
        }
    }

    /// Finds the boundaries that the straight way from `a` to `b` meets. `way` is cleared first.
    pub fn cross(&self, a: Position, b: Position, way: &mut Way) {
        way.hits.clear();
        way.grazed.clear();
        for_cells_on(a, b, TOP_SHIFT, |row, columns| {
            for column in columns {
                if let Some(top) = self.tops.get(&Cell { column, row }) {
                    top.cross(a, b, way);
                }
            }
        });
        if way.hits.len() > 1 {
            way.hits.sort_unstable_by_key(|hit| (hit.slot, hit.edge));
            way.hits.dedup_by_key(|hit| (hit.slot, hit.edge));
            way.hits.sort_by(|x, y| {
                let product = |n: i64, d: i64| i128::from(n) * i128::from(d);
                let place = product(x.numerator, y.denominator).cmp(&product(y.numerator, x.denominator));
                x.slot.cmp(&y.slot).then(place).then(x.edge.cmp(&y.edge))
            });
        }
        way.grazed.sort_unstable();
        way.grazed.dedup();
    }

    /// The distance from `p` to the boundary of a zone if it is at most `cap`.
    pub fn boundary_within(&self, slot: Slot, p: Position, cap: Millimetres) -> Option<Millimetres> {
        let scale = LocalScale::at(p.lat_e7);
        let reach = |per_unit: f64| (cap.0 as f64 / per_unit.max(1e-3)).ceil().min(1e8) as i64 + 1;
        let (d_lon, d_lat) = (reach(scale.lon_mm), reach(scale.lat_mm));
        let (west, east) = (i64::from(p.lon_e7) - d_lon, i64::from(p.lon_e7) + d_lon);
        let (south, north) = (i64::from(p.lat_e7) - d_lat, i64::from(p.lat_e7) + d_lat);
        let mut nearest: Option<Millimetres> = None;
        for row in (south >> TOP_SHIFT)..=(north >> TOP_SHIFT) {
            for column in (west >> TOP_SHIFT)..=(east >> TOP_SHIFT) {
                let cell = Cell { column: column as i32, row: row as i32 };
                let Some(source) = self.tops.get(&cell).and_then(|top| top.source(slot)) else { continue };
                for edge in &source.edges {
                    let (low, high) = (edge.a.lon_e7.min(edge.b.lon_e7), edge.a.lon_e7.max(edge.b.lon_e7));
                    let (bottom, upper) = (edge.a.lat_e7.min(edge.b.lat_e7), edge.a.lat_e7.max(edge.b.lat_e7));
                    if i64::from(high) < west
                        || i64::from(low) > east
                        || i64::from(upper) < south
                        || i64::from(bottom) > north
                    {
                        continue;
                    }
                    let distance = distance_to_segment(scale, p, edge.a, edge.b);
                    if distance <= cap && nearest.is_none_or(|n| distance < n) {
                        nearest = Some(distance);
                    }
                }
            }
        }
        nearest
    }

    /// Whether the straight way from `a` to `b` has a place in the zone.
    pub fn way_meets(&self, slot: Slot, a: Position, b: Position) -> bool {
        let mut way = Way::default();
        self.cross(a, b, &mut way);
        if way.grazed.contains(&slot) || way.hits.iter().any(|hit| hit.slot == slot) {
            return true;
        }
        let mut covering = Vec::new();
        self.covering(a, &mut covering);
        covering.contains(&slot)
    }
}

/// Tests one edge against a way. Ends of the way on the edge are reported, crossings follow one tie rule at vertices.
fn meet(edge: &Edge, a: Position, b: Position, slot: Slot, way: &mut Way) {
    let (from, to) = (cross(edge.a, edge.b, a), cross(edge.a, edge.b, b));
    if (from > 0 && to > 0) || (from < 0 && to < 0) {
        return;
    }
    if (from == 0 && crate::shape::between(edge.a, edge.b, a)) || (to == 0 && crate::shape::between(edge.a, edge.b, b))
    {
        way.grazed.push(slot);
        return;
    }
    if (from > 0) == (to > 0) || (cross(a, b, edge.a) > 0) == (cross(a, b, edge.b) > 0) {
        return;
    }
    let (numerator, denominator) = if from > 0 { (from, from - to) } else { (-from, to - from) };
    way.hits.push(Hit { slot, edge: edge.number, numerator, denominator });
}

#[cfg(test)]
mod tests;

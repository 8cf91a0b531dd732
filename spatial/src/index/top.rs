//! One top cell in one piece of memory: its leaves, and the zones that cover it wholly.
//!
//! Words: one for each leaf (where it begins, and in the highest bit whether it has edges; 0 if nothing is in it), the
//! leaves ([`Leaf`]), how much is in it ([`Tally`]), some words to be read over. It never changes. The zones that cover the top
//! cell wholly stand apart, so that an edit of a large zone copies lists of them and not all that is in the cells.

use super::draft::{Draft, Tally};
use super::grid::{Cell, TOP_SHIFT, for_leaves_on};
use super::lanes::{OVERREAD, Segment};
use super::leaf::Leaf;
use super::machine;
use super::{Edge, Slot, Way};
use crate::position::Position;
use crate::zone::Bounds;
use std::sync::Arc;

/// Set in a leaf's word if the leaf has edges.
pub const HAS_EDGES: u32 = 1 << 31;
/// A way longer than this in one axis is judged in integers: 2^23 units, about 90 km ([`Segment`]).
const LONGEST_WAY: u32 = 1 << 23;
/// A top cell with an edge longer than this in one axis is judged in integers: 2^22 units, about 45 km ([`Segment`]).
pub const LONGEST_EDGE: u32 = 1 << 22;

/// How many words of a leaf are brought near: five lines hold most leaves.
const PREFETCHED: usize = 80;

/// One top cell, ready to be asked.
#[derive(Clone, Debug)]
pub struct Top {
    pub words: Arc<[u32]>,
    /// The zones that cover it wholly, sorted.
    pub full: Arc<[Slot]>,
    /// It is cut into 2^cut by 2^cut leaves.
    pub cut: u8,
    /// Whether all edges are short enough for [`Segment`].
    pub short: bool,
}

impl Top {
    /// The cell after slots left it and what the change adds came; `None` if nothing is left.
    pub fn changed(cell: Cell, before: Option<&Top>, removed: &[Slot], add: impl FnOnce(&mut Draft)) -> Option<Top> {
        let mut draft = Draft::new(cell);
        add(&mut draft);
        if let Some(top) = before {
            if draft.has_no_edges() && removed.iter().all(|slot| top.full.binary_search(slot).is_ok()) {
                return top.covered_by(draft.full, removed);
            }
            let tally = top.tally().after(draft.tally(), top.tally_of(cell, removed));
            if tally.cut() == u32::from(top.cut) {
                return draft.write_over(top, removed, tally);
            }
            draft.read(top, removed);
        }
        draft.write()
    }

    /// The cell after some of the zones that cover it wholly left and others came; `None` if nothing is left.
    fn covered_by(&self, mut came: Vec<Slot>, removed: &[Slot]) -> Option<Top> {
        came.extend(self.full.iter().filter(|slot| !removed.contains(slot)));
        came.sort_unstable();
        (!came.is_empty() || !self.tally().is_empty()).then(|| Top { full: came.into(), ..self.clone() })
    }

    /// How many words it takes.
    pub fn size(&self) -> usize {
        self.words.len() + self.full.len()
    }

    /// The edges of the slots that are wanted, each once, by slot and number.
    pub fn edges_of(&self, wanted: impl Fn(Slot) -> bool) -> Vec<(Slot, Edge)> {
        let mut edges: Vec<(Slot, Edge)> = Vec::new();
        for leaf in (0..self.leaves()).filter_map(|number| self.leaf(number)) {
            for run in leaf.runs().filter(|run| wanted(run.slot)) {
                edges.extend(leaf.edges(run).map(|edge| (run.slot, edge)));
            }
        }
        edges.sort_unstable_by_key(|(slot, edge)| (*slot, edge.number));
        edges.dedup_by_key(|(slot, edge)| (*slot, edge.number));
        edges
    }

    /// How much is in it.
    fn tally(&self) -> Tally {
        Tally::from_words(&self.words[self.words.len() - OVERREAD - Tally::WORDS..])
    }

    /// How much of that is of some slots.
    fn tally_of(&self, cell: Cell, slots: &[Slot]) -> Tally {
        let edges = self.edges_of(|slot| slots.contains(&slot));
        let sources = edges.chunk_by(|x, y| x.0 == y.0).count();
        Tally::of(cell, sources, edges.iter().map(|(_, edge)| edge))
    }

    /// How many leaves it is cut into.
    pub fn leaves(&self) -> usize {
        1 << (2 * self.cut)
    }

    /// The zones that cover it wholly.
    #[inline]
    pub fn full(&self) -> &[Slot] {
        &self.full
    }

    /// A leaf by its number, if anything is in it.
    #[inline]
    pub fn leaf(&self, number: usize) -> Option<Leaf<'_>> {
        match self.words[number] & !HAS_EDGES {
            0 => None,
            at => Some(Leaf::at(&self.words, at as usize)),
        }
    }

    /// The words of a leaf by its number, if anything is in it.
    pub fn leaf_words(&self, number: usize) -> Option<&[u32]> {
        match self.words[number] & !HAS_EDGES {
            0 => None,
            at => Some(&self.words[at as usize..at as usize + self.leaf(number)?.size()]),
        }
    }

    /// Appends the zones of this cell that cover `p`.
    #[inline]
    pub fn covering(&self, p: Position, out: &mut Vec<Slot>) {
        out.extend_from_slice(self.full());
        let number = self.leaf_of(p);
        let Some(leaf) = self.leaf(number) else { return };
        out.extend_from_slice(leaf.whole);
        if self.words[number] & HAS_EDGES != 0 {
            let reference = reference(Cell::top_of(p), self.cut.into(), number);
            let lanes = self.short.then(|| Segment::from_doubled(reference, p));
            leaf.covering(reference, p, lanes, out);
        }
    }

    /// Whether a zone covers `p`, which lies in this cell.
    pub fn is_covered_by(&self, slot: Slot, p: Position) -> bool {
        let number = self.leaf_of(p);
        self.full().contains(&slot)
            || self.leaf(number).is_some_and(|leaf| {
                let reference = reference(Cell::top_of(p), self.cut.into(), number);
                let lanes = self.short.then(|| Segment::from_doubled(reference, p));
                leaf.is_covered_by(slot, reference, p, lanes)
            })
    }

    /// Whether the way meets the boundary of a zone in this cell.
    pub fn meets(&self, cell: Cell, slot: Slot, a: Position, b: Position) -> bool {
        let lanes = self.lanes(a, b);
        let mut meets = false;
        for_leaves_on(cell, self.cut.into(), a, b, |number| {
            meets = meets || self.leaf_with_edges(number).is_some_and(|leaf| leaf.meets(slot, a, b, lanes));
        });
        meets
    }

    /// Appends what the way meets in the leaves of this cell; an edge may be met in several leaves.
    #[inline]
    pub fn cross(&self, cell: Cell, a: Position, b: Position, way: &mut Way) {
        let lanes = self.lanes(a, b);
        for_leaves_on(cell, self.cut.into(), a, b, |number| {
            if let Some(leaf) = self.leaf_with_edges(number) {
                leaf.cross(a, b, lanes, way);
            }
        });
    }

    /// The way if all is near enough for lanes.
    #[inline]
    fn lanes(&self, a: Position, b: Position) -> Option<Segment> {
        let fits = a.lon_e7.abs_diff(b.lon_e7) <= LONGEST_WAY && a.lat_e7.abs_diff(b.lat_e7) <= LONGEST_WAY;
        (self.short && fits).then(|| Segment::between(a, b))
    }

    /// A leaf by its number, if it has edges.
    #[inline]
    fn leaf_with_edges(&self, number: usize) -> Option<Leaf<'_>> {
        let word = self.words[number];
        (word & HAS_EDGES != 0).then(|| Leaf::at(&self.words, (word & !HAS_EDGES) as usize))
    }

    /// Looks at the leaves with edges that a box touches.
    #[inline]
    pub fn for_leaves_within(&self, cell: Cell, near: Bounds, mut look: impl FnMut(Leaf<'_>)) {
        let shift = TOP_SHIFT - u32::from(self.cut);
        let last = (1_i64 << self.cut) - 1;
        let place =
            |v: i32, corner: i32| (i64::from(v >> shift) - (i64::from(corner) << self.cut)).clamp(0, last) as usize;
        for row in place(near.south, cell.row)..place(near.north, cell.row) + 1 {
            for column in place(near.west, cell.column)..place(near.east, cell.column) + 1 {
                self.leaf_with_edges(row << self.cut | column).into_iter().for_each(&mut look);
            }
        }
    }

    /// Brings near the word of the leaf that holds a position.
    #[inline]
    pub fn prefetch_leaf_word(&self, p: Position) {
        if let Some(word) = self.words.get(self.leaf_of(p)) {
            machine::hint(word);
        }
    }

    /// Brings near the beginning of the leaf that holds a position, and the list of zones that cover the cell.
    #[inline]
    pub fn prefetch_leaf(&self, p: Position) {
        let at = self.words[self.leaf_of(p)] & !HAS_EDGES;
        if at != 0 {
            machine::soon(&self.words, at as usize, PREFETCHED);
        }
        machine::soon(&self.full, 0, self.full.len());
    }

    /// The number of the leaf that holds a position of this cell.
    #[inline]
    pub fn leaf_of(&self, p: Position) -> usize {
        let within = |v: i32| (v & ((1 << TOP_SHIFT) - 1)) as usize >> (TOP_SHIFT - u32::from(self.cut));
        (within(p.lat_e7) << self.cut) | within(p.lon_e7)
    }
}

/// The doubled coordinates of a leaf's reference point: odd, so never on the integer grid. It lies a hair east of them.
#[inline]
pub fn reference(cell: Cell, cut: u32, number: usize) -> (i64, i64) {
    let size = 1_i64 << (TOP_SHIFT - cut);
    let (column, row) = (number & ((1 << cut) - 1), number >> cut);
    let corner = |cell: i32, step: usize| 2 * ((i64::from(cell) << TOP_SHIFT) + step as i64 * size) + size + 1;
    (corner(cell.column, column), corner(cell.row, row))
}

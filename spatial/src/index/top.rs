//! One top cell: its sources (what touches it) and the leaves made of them.

use super::grid::{Cell, TOP_SHIFT, for_cells_on};
use super::register::lowest_row;
use super::scan::{crosses_column_between, crosses_row, crosses_row_west_of, row_crossing};
use super::{Edge, Slot, Way, meet};
use crate::position::Position;
use crate::shape::between;

/// Edges that a leaf may hold on average before a top cell is cut finer (FENCES.md: 4 is best up to 10,000 zones).
const EDGES_PER_LEAF: usize = 4;
/// A top cell is cut into at most 2^7 by 2^7 leaves (11 m).
const MAX_CUT: u32 = 7;

/// A zone whose boundary touches the cell.
#[derive(Clone, Debug)]
pub struct Source {
    pub slot: Slot,
    /// Whether it covers the place just west of the cell's west side, on the cell's lowest row.
    pub inside_at_west: bool,
    pub edges: Vec<Edge>,
}

/// What an edit does to one top cell.
#[derive(Debug, Default)]
pub struct Change {
    pub removed: Vec<Slot>,
    pub partial: Vec<Source>,
    pub full: Vec<Slot>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Leaf {
    /// Partial zones in `Top::partials`.
    partial: (u32, u32),
    /// Zones that cover the leaf wholly, in `Top::wholes`.
    whole: (u32, u32),
    /// How far the reference point is moved east of the leaf's middle, doubled units (even).
    shift: u32,
}

#[derive(Clone, Copy, Debug)]
struct Partial {
    slot: Slot,
    inside_at_reference: bool,
    edges: (u32, u32),
}

/// One top cell, ready to be asked.
#[derive(Clone, Debug)]
pub struct Top {
    cell: Cell,
    cut: u32,
    sources: Vec<Source>,
    full: Vec<Slot>,
    leaves: Vec<Leaf>,
    partials: Vec<Partial>,
    edges: Vec<Edge>,
    wholes: Vec<Slot>,
}

impl Top {
    /// The cell after a change.
    pub fn changed(cell: Cell, before: Option<&Top>, change: Change) -> Top {
        let (mut sources, mut full) =
            before.map_or_else(Default::default, |top| (top.sources.clone(), top.full.clone()));
        sources.retain(|source| !change.removed.contains(&source.slot));
        full.retain(|slot| !change.removed.contains(slot));
        sources.extend(change.partial);
        full.extend(change.full);
        sources.sort_by_key(|source| source.slot);
        full.sort_unstable();
        let cut = cut_for(&sources);
        let mut top = Top {
            cell,
            cut,
            sources,
            full,
            leaves: Vec::new(),
            partials: Vec::new(),
            edges: Vec::new(),
            wholes: Vec::new(),
        };
        top.make_leaves();
        top
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.full.is_empty()
    }

    /// What of a zone touches this cell.
    pub fn source(&self, slot: Slot) -> Option<&Source> {
        self.sources.binary_search_by_key(&slot, |source| source.slot).ok().map(|i| &self.sources[i])
    }

    /// Appends the zones of this cell that cover `p`.
    pub fn covering(&self, p: Position, out: &mut Vec<Slot>) {
        out.extend_from_slice(&self.full);
        let Some((number, leaf)) = self.leaf_of(p) else { return };
        out.extend_from_slice(&self.wholes[leaf.whole.0 as usize..leaf.whole.1 as usize]);
        if leaf.partial.0 == leaf.partial.1 {
            return;
        }
        let reference = self.reference(number, leaf.shift);
        let p2 = (2 * i64::from(p.lon_e7), 2 * i64::from(p.lat_e7));
        for partial in &self.partials[leaf.partial.0 as usize..leaf.partial.1 as usize] {
            let mut inside = partial.inside_at_reference;
            for edge in &self.edges[partial.edges.0 as usize..partial.edges.1 as usize] {
                match parity(edge, reference, p2, p) {
                    Parity::Same => {}
                    Parity::Other => inside = !inside,
                    Parity::OnEdge => {
                        inside = true;
                        break;
                    }
                }
            }
            if inside {
                out.push(partial.slot);
            }
        }
    }

    /// Appends what the way meets in the leaves of this cell; an edge may be met in several leaves.
    pub fn cross(&self, a: Position, b: Position, way: &mut Way) {
        if self.sources.is_empty() {
            return;
        }
        let side = 1_i32 << self.cut;
        let (west, south) = (self.cell.column << self.cut, self.cell.row << self.cut);
        for_cells_on(a, b, TOP_SHIFT - self.cut, |row, columns| {
            let row = row - south;
            if !(0..side).contains(&row) {
                return;
            }
            let from = (columns.start() - west).max(0);
            let to = (columns.end() - west).min(side - 1);
            for column in from..=to {
                let leaf = &self.leaves[(row * side + column) as usize];
                for partial in &self.partials[leaf.partial.0 as usize..leaf.partial.1 as usize] {
                    for edge in &self.edges[partial.edges.0 as usize..partial.edges.1 as usize] {
                        meet(edge, a, b, partial.slot, way);
                    }
                }
            }
        });
    }

    fn leaf_of(&self, p: Position) -> Option<(usize, &Leaf)> {
        let shift = TOP_SHIFT - self.cut;
        let column = (p.lon_e7 >> shift) - (self.cell.column << self.cut);
        let row = (p.lat_e7 >> shift) - (self.cell.row << self.cut);
        let number = ((row << self.cut) + column) as usize;
        self.leaves.get(number).map(|leaf| (number, leaf))
    }

    /// The doubled coordinates of a leaf's reference point: odd, so never on the integer grid.
    fn reference(&self, number: usize, shift: u32) -> (i64, i64) {
        let size = 1_i64 << (TOP_SHIFT - self.cut);
        let (column, row) = (number & ((1 << self.cut) - 1), number >> self.cut);
        let corner = |cell: i32, step: usize| 2 * ((i64::from(cell) << TOP_SHIFT) + step as i64 * size) + size + 1;
        (corner(self.cell.column, column) + i64::from(shift), corner(self.cell.row, row))
    }

    fn make_leaves(&mut self) {
        if self.sources.is_empty() {
            return;
        }
        let side = 1_usize << self.cut;
        let count = side * side;
        // For every leaf, the edges of every source that touches it, as (leaf, source, edge).
        let mut entries: Vec<(u32, u32, u32)> = Vec::new();
        let (west, south) = (self.cell.column << self.cut, self.cell.row << self.cut);
        for (s, source) in self.sources.iter().enumerate() {
            for (e, edge) in source.edges.iter().enumerate() {
                for_cells_on(edge.a, edge.b, TOP_SHIFT - self.cut, |row, columns| {
                    let row = row - south;
                    if !(0..side as i32).contains(&row) {
                        return;
                    }
                    for column in (columns.start() - west).max(0)..=(columns.end() - west).min(side as i32 - 1) {
                        entries.push(((row * side as i32 + column) as u32, s as u32, e as u32));
                    }
                });
            }
        }
        entries.sort_unstable();
        let inside = self.parities(side);
        self.leaves = vec![Leaf::default(); count];
        let mut next = 0;
        for number in 0..count {
            let first = next;
            while next < entries.len() && entries[next].0 as usize == number {
                next += 1;
            }
            self.make_leaf(number, &entries[first..next], &inside);
        }
    }

    /// For every source and leaf, whether the source covers the leaf's unmoved reference point.
    fn parities(&self, side: usize) -> Vec<bool> {
        let x2_west = 2 * (i64::from(self.cell.column) << TOP_SHIFT);
        let lowest = lowest_row(self.cell.row);
        let size2 = 2 * (1_i64 << (TOP_SHIFT - self.cut));
        let mut inside = vec![false; self.sources.len() * side * side];
        let mut flips: Vec<usize> = Vec::new();
        for (s, source) in self.sources.iter().enumerate() {
            for row in 0..side {
                let (first_x2, y2) = self.reference(row * side, 0);
                let mut here = source.inside_at_west;
                flips.clear();
                for edge in &source.edges {
                    if crosses_column_between(edge, x2_west, lowest, y2) {
                        here = !here;
                    }
                    if crosses_row(edge, y2) {
                        let x2 = row_crossing(edge, y2).0;
                        if x2 >= x2_west {
                            // The first column whose reference point lies east of the crossing.
                            let columns = (x2 - first_x2).div_euclid(size2) + 1;
                            flips.push(columns.clamp(0, side as i64) as usize);
                        }
                    }
                }
                flips.sort_unstable();
                let mut passed = 0;
                for column in 0..side {
                    while passed < flips.len() && flips[passed] <= column {
                        here = !here;
                        passed += 1;
                    }
                    inside[s * side * side + row * side + column] = here;
                }
            }
        }
        inside
    }

    fn make_leaf(&mut self, number: usize, entries: &[(u32, u32, u32)], inside: &[bool]) {
        let count = 1_usize << (2 * self.cut);
        let shift = self.free_shift(number, entries);
        let partial_from = self.partials.len() as u32;
        let whole_from = self.wholes.len() as u32;
        let mut next = 0;
        for s in 0..self.sources.len() {
            let first = next;
            while next < entries.len() && entries[next].1 as usize == s {
                next += 1;
            }
            let mut covered = inside[s * count + number];
            if first == next {
                if covered {
                    self.wholes.push(self.sources[s].slot);
                }
                continue;
            }
            if shift > 0 {
                let (x2, y2) = self.reference(number, 0);
                for edge in &self.sources[s].edges {
                    covered ^=
                        crosses_row_west_of(edge, y2, x2 + i64::from(shift)) != crosses_row_west_of(edge, y2, x2);
                }
            }
            let from = self.edges.len() as u32;
            let source = &self.sources[s];
            self.edges.extend(entries[first..next].iter().map(|&(_, _, e)| source.edges[e as usize]));
            self.partials.push(Partial {
                slot: source.slot,
                inside_at_reference: covered,
                edges: (from, self.edges.len() as u32),
            });
        }
        self.leaves[number] = Leaf {
            partial: (partial_from, self.partials.len() as u32),
            whole: (whole_from, self.wholes.len() as u32),
            shift,
        };
    }

    /// How far east the reference point must move so that it lies on no edge of the leaf.
    ///
    /// Each edge meets the reference row in one point, so one more candidate than edges always suffices; a leaf whose
    /// row is too short for that many keeps the middle, which only a leaf of thousands of edges could need.
    fn free_shift(&self, number: usize, entries: &[(u32, u32, u32)]) -> u32 {
        let half = 1_u32 << (TOP_SHIFT - self.cut);
        let (x2, y2) = self.reference(number, 0);
        let taken = |shift: u32| {
            entries.iter().any(|&(_, s, e)| {
                let edge = &self.sources[s as usize].edges[e as usize];
                crosses_row(edge, y2) && row_crossing(edge, y2) == (x2 + i64::from(shift), true)
            })
        };
        (0..half - 2).step_by(2).find(|&shift| !taken(shift)).unwrap_or(0)
    }
}

enum Parity {
    Same,
    Other,
    OnEdge,
}

/// Whether `p` is on the other side of an edge than the reference point, both within the leaf. Doubled coordinates.
fn parity(edge: &Edge, reference: (i64, i64), p2: (i64, i64), p: Position) -> Parity {
    let a = (2 * i64::from(edge.a.lon_e7), 2 * i64::from(edge.a.lat_e7));
    let b = (2 * i64::from(edge.b.lon_e7), 2 * i64::from(edge.b.lat_e7));
    let cross = |o: (i64, i64), d: (i64, i64), q: (i64, i64)| (d.0 - o.0) * (q.1 - o.1) - (d.1 - o.1) * (q.0 - o.0);
    let here = cross(a, b, p2);
    if here == 0 && between(edge.a, edge.b, p) {
        return Parity::OnEdge;
    }
    let there = cross(a, b, reference);
    if (here > 0) == (there > 0) {
        return Parity::Same;
    }
    if (cross(reference, p2, a) > 0) == (cross(reference, p2, b) > 0) { Parity::Same } else { Parity::Other }
}

/// How often the cell is cut so that a leaf holds few edges on average.
fn cut_for(sources: &[Source]) -> u32 {
    let edges: usize = sources.iter().map(|source| source.edges.len()).sum();
    (0..MAX_CUT).find(|&cut| edges <= EDGES_PER_LEAF << cut).unwrap_or(MAX_CUT)
}

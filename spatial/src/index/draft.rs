//! A top cell on the drawing board: read from its words or from grounds, changed, written to words.
//!
//! What is written depends on the zones alone, not on the order in which they came and went.

use super::cover::west_of;
use super::grid::{Cell, TOP_SHIFT, for_leaves_on};
use super::lanes::OVERREAD;
use super::leaf::RUN;
use super::scan::{column_crossing, crosses_row, row_crossing};
use super::top::{HAS_EDGES, LONGEST_EDGE, Top, reference};
use super::{Edge, Slot};
use crate::position::Position;
use std::ops::Range;
use std::sync::Arc;

/// A top cell is cut into at most 2^7 by 2^7 leaves (11 m).
const MAX_CUT: u32 = 7;

/// A top cell is cut no finer than that its leaves could list this many zones for each of its edges: finer, an edit beside
/// 300 revisions of a zone took 9 ms.
const LISTED_PER_EDGE: usize = 16;

/// A zone whose boundary touches the cell.
#[derive(Clone, Debug)]
struct Source {
    slot: Slot,
    /// Whether it covers the place from which the cell's parities are counted.
    inside_at_west: bool,
    /// Its edges in [`Draft::edges`], by number.
    edges: Range<usize>,
}

/// A top cell in the making.
#[derive(Debug)]
pub struct Draft {
    cell: Cell,
    sources: Vec<Source>,
    edges: Vec<Edge>,
    pub(super) full: Vec<Slot>,
}

/// How much is in a top cell, as far as it decides how it is cut and judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    sources: u32,
    edges: u32,
    /// Edges that are too long for [`Segment`](super::lanes::Segment).
    long: u32,
    /// About how many leaves the edges touch together, for each cut but the finest.
    listed: [u32; MAX_CUT as usize],
}

/// The sources of a draft laid out over the leaves.
pub struct Laid {
    cut: u32,
    /// By leaf.
    entries: Vec<Entry>,
    /// Where the entries of each leaf end.
    entry_ends: Vec<u32>,
    inside: Vec<u128>,
    /// Where the list of each leaf ends in `wholes`.
    whole_ends: Vec<u32>,
    wholes: Vec<Slot>,
}

impl Laid {
    /// How many entries and slots there are.
    pub fn len(&self) -> usize {
        self.entries.len() + self.wholes.len()
    }

    /// Whether any of it is in a leaf.
    pub fn is_in(&self, number: usize) -> bool {
        !self.entries_of(number).is_empty() || !self.wholes_of(number).is_empty()
    }

    fn entries_of(&self, number: usize) -> &[Entry] {
        &self.entries[of(&self.entry_ends, number)]
    }

    fn wholes_of(&self, number: usize) -> &[Slot] {
        &self.wholes[of(&self.whole_ends, number)]
    }
}

/// What lies between two ends.
fn of(ends: &[u32], number: usize) -> Range<usize> {
    number.checked_sub(1).map_or(0, |before| ends[before] as usize)..ends[number] as usize
}

impl Tally {
    /// Words that it takes at the end of a top cell.
    pub const WORDS: usize = 3 + MAX_CUT as usize;

    /// Of a number of zones and their edges in a cell.
    pub fn of<'a>(cell: Cell, sources: usize, edges: impl Iterator<Item = &'a Edge>) -> Tally {
        let mut tally = Tally { sources: sources as u32, ..Tally::default() };
        for edge in edges {
            tally.edges += 1;
            tally.long += u32::from(is_long(edge));
            for (cut, listed) in tally.listed.iter_mut().enumerate() {
                *listed += leaves_on(cell, edge, cut as u32);
            }
        }
        tally
    }

    /// What [`Tally::to_words`] wrote.
    pub fn from_words(words: &[u32]) -> Tally {
        let mut tally = Tally { sources: words[0], edges: words[1], long: words[2], ..Tally::default() };
        tally.listed.copy_from_slice(&words[3..Tally::WORDS]);
        tally
    }

    fn to_words(self, words: &mut Vec<u32>) {
        words.extend_from_slice(&[self.sources, self.edges, self.long]);
        words.extend_from_slice(&self.listed);
    }

    /// After some came and others, which are in it, left.
    pub fn after(mut self, came: Tally, left: Tally) -> Tally {
        let change = |of: &mut u32, came: u32, left: u32| *of = *of + came - left;
        change(&mut self.sources, came.sources, left.sources);
        change(&mut self.edges, came.edges, left.edges);
        change(&mut self.long, came.long, left.long);
        for (cut, listed) in self.listed.iter_mut().enumerate() {
            change(listed, came.listed[cut], left.listed[cut]);
        }
        self
    }

    /// Whether no zone's boundary is in the cell.
    pub fn is_empty(&self) -> bool {
        self.sources == 0
    }

    /// How often the cell is cut so that a leaf holds few edges on average. Each leaf lists the zones that cover it, so many
    /// zones with few edges, such as the revisions of one, are cut less.
    pub fn cut(&self) -> u32 {
        let edges = self.edges as usize;
        let most = edges_per_leaf(edges);
        let enough = |cut: u32| {
            self.listed[cut as usize] as usize <= most << (2 * cut)
                || (self.sources as usize) << (2 * (cut + 1)) > LISTED_PER_EDGE * edges
        };
        (0..MAX_CUT).find(|&cut| enough(cut)).unwrap_or(MAX_CUT)
    }
}

fn is_long(edge: &Edge) -> bool {
    edge.a.lon_e7.abs_diff(edge.b.lon_e7) > LONGEST_EDGE || edge.a.lat_e7.abs_diff(edge.b.lat_e7) > LONGEST_EDGE
}

/// About how many leaves of a cell, cut so often, an edge touches.
fn leaves_on(cell: Cell, edge: &Edge, cut: u32) -> u32 {
    let place = |v: i32, corner: i32| {
        (i64::from(v) - (i64::from(corner) << TOP_SHIFT)).clamp(0, (1 << TOP_SHIFT) - 1) >> (TOP_SHIFT - cut)
    };
    let steps = |a: i32, b: i32, corner: i32| place(a, corner).abs_diff(place(b, corner)) as u32;
    1 + steps(edge.a.lon_e7, edge.b.lon_e7, cell.column) + steps(edge.a.lat_e7, edge.b.lat_e7, cell.row)
}

impl Draft {
    pub fn new(cell: Cell) -> Draft {
        Draft { cell, sources: Vec::new(), edges: Vec::new(), full: Vec::new() }
    }

    /// Whether no zone's boundary is in it.
    pub fn has_no_edges(&self) -> bool {
        self.sources.is_empty()
    }

    /// Adds a zone that covers the cell wholly.
    pub fn add_full(&mut self, slot: Slot) {
        self.full.push(slot);
    }

    /// Adds a zone by the edges near the cell, by ascending number. One with none that touches the smallest leaves either
    /// covers the cell or is not in it.
    pub fn add_source(&mut self, slot: Slot, inside_at_west: bool, edges: impl Iterator<Item = Edge>) {
        let from = self.edges.len();
        let cell = self.cell;
        self.edges.extend(edges.filter(|edge| touches(cell, edge)));
        if self.edges.len() > from {
            self.sources.push(Source { slot, inside_at_west, edges: from..self.edges.len() });
        } else if inside_at_west {
            self.add_full(slot);
        }
    }

    /// Adds what is in a top cell but for some slots.
    pub fn read(&mut self, top: &Top, without: &[Slot]) {
        self.full.extend(top.full().iter().filter(|slot| !without.contains(slot)));
        let edges = top.edges_of(|slot| !without.contains(&slot));
        let at = reference(self.cell, top.cut.into(), 0);
        for zone in edges.chunk_by(|x, y| x.0 == y.0) {
            let slot = zone[0].0;
            let inside_at_reference = top.leaf(0).is_some_and(|leaf| {
                leaf.whole.contains(&slot) || leaf.runs().any(|run| run.slot == slot && run.inside)
            });
            let crossed = zone.iter().filter(|(_, edge)| self.between_west_and(at, edge)).count();
            self.add_source(slot, inside_at_reference ^ (crossed % 2 == 1), zone.iter().map(|(_, edge)| *edge));
        }
    }

    /// Whether an edge crosses the way from the cell's west place to a reference point: north, then east.
    fn between_west_and(&self, (x2, y2): (i64, i64), edge: &Edge) -> bool {
        let west = west_of(self.cell);
        let north = column_crossing(edge, west.0).is_some_and(|y| west.1 <= y && y < y2);
        let east = crosses_row(edge, y2) && {
            let x = row_crossing(edge, y2);
            west.0 < x && x <= x2
        };
        north != east
    }

    /// How much is drafted.
    pub fn tally(&self) -> Tally {
        Tally::of(self.cell, self.sources.len(), self.edges.iter())
    }

    /// The top cell; `None` if nothing is in it.
    pub fn write(mut self) -> Option<Top> {
        if self.sources.is_empty() && self.full.is_empty() {
            return None;
        }
        self.full.sort_unstable();
        let tally = self.tally();
        let cut = tally.cut();
        let count = 1_usize << (2 * cut);
        let mut words = vec![0; count];
        let laid = self.laid(cut);
        for number in 0..count {
            let at = words.len();
            self.write_leaf(&laid, number, &mut words);
            Draft::place_leaf(&mut words, number, cut, at);
        }
        Some(Draft::closed(words, self.full, tally))
    }

    /// Its sources, sorted now, over the leaves.
    pub(super) fn laid(&mut self, cut: u32) -> Laid {
        self.sources.sort_unstable_by_key(|source| source.slot);
        let entries = self.entries(cut);
        let inside = self.parities(cut);
        let (whole_ends, wholes) = self.wholes(cut, &entries, &inside);
        let mut entry_ends = vec![0_u32; 1 << (2 * cut)];
        entries.iter().for_each(|entry| entry_ends[entry.leaf as usize] += 1);
        let mut sum = 0;
        for end in &mut entry_ends {
            sum += *end;
            *end = sum;
        }
        Laid { cut, entries, entry_ends, inside, whole_ends, wholes }
    }

    /// Enters the leaf that was written at `at` under its number, or the leaf beside it that is the same.
    pub(super) fn place_leaf(words: &mut Vec<u32>, number: usize, cut: u32, at: usize) {
        words[number] = match &words[at..] {
            [] => 0,
            [0, 0, 0, ..] => {
                words.truncate(at);
                0
            }
            leaf @ [0, ..] => match twin(words, number, cut, leaf) {
                Some(twin) => {
                    words.truncate(at);
                    twin
                }
                None => at as u32,
            },
            _ => at as u32 | HAS_EDGES,
        };
    }

    /// The cell whose leaves are written.
    pub(super) fn closed(mut words: Vec<u32>, full: Vec<Slot>, tally: Tally) -> Top {
        tally.to_words(&mut words);
        words.resize(words.len() + OVERREAD, 0);
        Top { full: full.into(), cut: tally.cut() as u8, short: tally.long == 0, words: Arc::from(words) }
    }

    /// For every leaf, the edges of every source that touch it.
    fn entries(&self, cut: u32) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(2 * self.edges.len());
        for (source, edges) in self.sources.iter().map(|source| source.edges.clone()).enumerate() {
            for at in edges {
                let edge = &self.edges[at];
                for_leaves_on(self.cell, cut, edge.a, edge.b, |leaf| {
                    entries.push(Entry { leaf: leaf as u32, source: source as u32, edge: at as u32 });
                });
            }
        }
        entries.sort_unstable();
        entries
    }

    /// For every source and row of leaves, a bit for each leaf: whether the source covers its reference point.
    fn parities(&self, cut: u32) -> Vec<u128> {
        let side = 1_usize << cut;
        let (west_x2, west_y2) = west_of(self.cell);
        let (first_x2, first_y2) = reference(self.cell, cut, 0);
        let size2 = 2_i64 << (TOP_SHIFT - cut);
        let all = if side == 128 { u128::MAX } else { (1 << side) - 1 };
        let mut inside = vec![0_u128; self.sources.len() * side];
        for (source, inside) in self.sources.iter().zip(inside.chunks_exact_mut(side)) {
            // Bits are flipped where a crossing changes all that lies east of it in the row, or north of it.
            let mut north = vec![false; side + 1];
            north[0] = source.inside_at_west;
            for edge in &self.edges[source.edges.clone()] {
                if let Some(y) = column_crossing(edge, west_x2)
                    && west_y2 <= y
                {
                    // The first row whose reference points lie north of the crossing.
                    let row = ((y - first_y2).div_euclid(size2) + 1).clamp(0, side as i64) as usize;
                    north[row] = !north[row];
                }
                let (low, high) = (edge.a.lat_e7.min(edge.b.lat_e7), edge.a.lat_e7.max(edge.b.lat_e7));
                let row_of = |lat: i32| (2 * i64::from(lat) - first_y2).div_euclid(size2);
                for row in row_of(low).max(0)..=row_of(high).min(side as i64 - 1) {
                    let y2 = first_y2 + row * size2;
                    if !crosses_row(edge, y2) {
                        continue;
                    }
                    let x = row_crossing(edge, y2);
                    if x <= west_x2 {
                        continue;
                    }
                    // The first column whose reference point lies east of the crossing.
                    let column = (x - first_x2 + size2 - 1).div_euclid(size2).max(0);
                    if column < side as i64 {
                        inside[row as usize] ^= (u128::MAX << column) & all;
                    }
                }
            }
            let mut here = false;
            for (bits, flip) in inside.iter_mut().zip(north) {
                here ^= flip;
                *bits ^= if here { all } else { 0 };
            }
        }
        inside
    }

    /// For every leaf, the zones that cover it wholly: where its list ends, and all lists one after another.
    fn wholes(&self, cut: u32, entries: &[Entry], inside: &[u128]) -> (Vec<u32>, Vec<Slot>) {
        let mut bits = inside.to_vec();
        for entry in entries {
            let (column, row) = (entry.leaf as usize & ((1 << cut) - 1), entry.leaf as usize >> cut);
            bits[((entry.source as usize) << cut) + row] &= !(1 << column);
        }
        let leaves = |place: usize| {
            let row = place & ((1 << cut) - 1);
            let mut bits = bits[place];
            std::iter::from_fn(move || {
                let column = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
                bits &= bits - 1;
                Some((row << cut) + column)
            })
        };
        let mut ends = vec![0_u32; 1 << (2 * cut)];
        (0..bits.len()).flat_map(leaves).for_each(|leaf| ends[leaf] += 1);
        let mut sum = 0;
        for end in &mut ends {
            (*end, sum) = (sum, sum + *end);
        }
        let mut slots = vec![0; sum as usize];
        for place in 0..bits.len() {
            for leaf in leaves(place) {
                slots[ends[leaf] as usize] = self.sources[place >> cut].slot;
                ends[leaf] += 1;
            }
        }
        (ends, slots)
    }

    /// Writes one leaf.
    pub(super) fn write_leaf(&self, laid: &Laid, number: usize, words: &mut Vec<u32>) {
        let (column, row) = (number & ((1 << laid.cut) - 1), number >> laid.cut);
        let covered = |source: usize| laid.inside[(source << laid.cut) + row] >> column & 1 == 1;
        let (entries, whole) = (laid.entries_of(number), laid.wholes_of(number));
        let (mut runs, mut vertices) = (Vec::new(), Vec::new());
        let follows = |x: &Entry, y: &Entry| {
            let (before, after) = (&self.edges[x.edge as usize], &self.edges[y.edge as usize]);
            x.source == y.source && before.number + 1 == after.number && before.b == after.a
        };
        for run in entries.chunk_by(follows) {
            let first = &self.edges[run[0].edge as usize];
            let source = run[0].source as usize;
            vertices.push(first.a);
            vertices.extend(run.iter().map(|entry| self.edges[entry.edge as usize].b));
            let packed = first.number << 1 | u32::from(covered(source));
            runs.extend_from_slice(&[self.sources[source].slot, packed, vertices.len() as u32]);
        }
        let axis = |of: fn(&Position) -> i32| vertices.iter().map(move |vertex| of(vertex) as u32);
        words.extend_from_slice(&[(runs.len() / RUN) as u32, vertices.len() as u32, whole.len() as u32]);
        words.extend_from_slice(&runs);
        words.extend(axis(|vertex| vertex.lon_e7));
        words.extend(axis(|vertex| vertex.lat_e7));
        words.extend_from_slice(whole);
    }
}

/// Whether an edge touches one of the smallest leaves of a cell, and so leaves of any size: what does not would be lost
/// when the cell is read again.
fn touches(cell: Cell, edge: &Edge) -> bool {
    let mut touched = Cell::top_of(edge.a) == cell || Cell::top_of(edge.b) == cell;
    if !touched {
        for_leaves_on(cell, MAX_CUT, edge.a, edge.b, |_| touched = true);
    }
    touched
}

/// That an edge of a source touches a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    leaf: u32,
    source: u32,
    edge: u32,
}

/// The word of the leaf west or south of a leaf if it is the same: no edges, and the same zones. `leaf` is the leaf's words.
fn twin(words: &[u32], number: usize, cut: u32, leaf: &[u32]) -> Option<u32> {
    let side = 1 << cut;
    let west = (number & (side - 1) > 0).then(|| words[number - 1]);
    let south = (number >= side).then(|| words[number - side]);
    let same = |word: &u32| {
        *word != 0
            && *word & HAS_EDGES == 0
            && words[*word as usize..].get(..leaf.len()).is_some_and(|twin| twin == leaf)
    };
    [west, south].into_iter().flatten().find(same)
}

/// Edges that a leaf may hold on average before a top cell of so many edges is cut finer. Where zones are sparse 4 is best;
/// where they are dense, few leaves on a way matter more (FENCES.md: 4 and 32; `benches/index.rs` on 100,000 zones: 40).
fn edges_per_leaf(edges: usize) -> usize {
    (edges / 4).clamp(4, 40)
}

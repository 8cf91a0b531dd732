//! Which edges pass near a place: cells of some 150 m, each with the edges that pass through it, and for each of these by which
//! of the cell's parts it does.

use super::network::{EdgeId, Network};
use super::outline::Outline;
use crate::geodesy::LocalScale;
use crate::index::hint;
use crate::position::Position;
use crate::units::Millimetres;
use std::ops::Range;

/// Parts of a cell along one side, as a power of two: with a bit for each, an edge's way through a cell is one number.
const PARTS: u32 = 3;
/// Side of a part, as a power of two of 1e-7 degree: 23 m of latitude, 20 m of longitude at 30 degrees.
const PART: u32 = 11;
/// Bytes that a memory moves at a time, and how many such lines of a row of cells are asked for before they are read; the processor
/// sees what comes after by itself.
const LINE: usize = 64;
const HINTED: usize = 8;
/// Most cells of a grid: larger areas get larger cells.
const MAX_CELLS: u64 = 4_000_000;

/// A box in units of 1e-7 degree, its bounds included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Least longitude.
    pub west: i32,
    /// Least latitude.
    pub south: i32,
    /// Greatest longitude.
    pub east: i32,
    /// Greatest latitude.
    pub north: i32,
}

impl Extent {
    /// The box of some places; `None` of none.
    pub fn of(places: impl IntoIterator<Item = Position>) -> Option<Extent> {
        let mut places = places.into_iter();
        let first = places.next()?;
        let of_first = Extent { west: first.lon_e7, south: first.lat_e7, east: first.lon_e7, north: first.lat_e7 };
        Some(places.fold(of_first, |extent, at| Extent {
            west: extent.west.min(at.lon_e7),
            south: extent.south.min(at.lat_e7),
            east: extent.east.max(at.lon_e7),
            north: extent.north.max(at.lat_e7),
        }))
    }

    /// Whether the boxes share a place.
    pub fn meets(self, other: Extent) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }

    /// The box around a place that holds everything within a distance.
    pub fn around(at: Position, reach: Millimetres) -> Extent {
        let scale = LocalScale::at(at.lat_e7);
        let span = |mm_per_unit: f64| (reach.0 as f64 / mm_per_unit.max(0.1)).ceil().min(1.0e9) as i64 + 1;
        let bounded = |value: i64, limit: i64| value.clamp(-limit, limit) as i32;
        let (lon, lat) = (i64::from(at.lon_e7), i64::from(at.lat_e7));
        let (dx, dy) = (span(scale.lon_mm), span(scale.lat_mm));
        Extent {
            west: bounded(lon - dx, 1_800_000_000),
            south: bounded(lat - dy, 900_000_000),
            east: bounded(lon + dx, 1_800_000_000),
            north: bounded(lat + dy, 900_000_000),
        }
    }
}

/// The grid; made anew whenever a network is loaded, some milliseconds for a city. Its cells begin at multiples of their sides, as do
/// their parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeGrid {
    extent: Extent,
    /// The side of a part, as a power of two.
    part: u32,
    /// The first column and row of cells, counted from zero degrees, and how many there are.
    first_column: i32,
    first_row: i32,
    columns: u32,
    rows: u32,
    /// Where each cell's edges begin.
    first: Vec<u32>,
    edges: Vec<EdgeId>,
    /// By which parts of its cell each of these passes, a bit for each, row by row from the south-west.
    parts: Vec<u64>,
}

impl EdgeGrid {
    /// The grid of a network's edges.
    pub fn of(network: &Network) -> EdgeGrid {
        let none = Extent { west: 0, south: 0, east: 0, north: 0 };
        let extent = Extent::of(network.data.vertices.iter().copied()).unwrap_or(none);
        let mut grid = EdgeGrid::over(extent);
        grid.fill(network);
        grid
    }

    /// An empty grid over a box.
    pub(super) fn over(extent: Extent) -> EdgeGrid {
        let count = |low: i32, high: i32, part: u32| ((high >> (part + PARTS)) - (low >> (part + PARTS))) as u32 + 1;
        let counts = |part: u32| (count(extent.west, extent.east, part), count(extent.south, extent.north, part));
        let is_few = |part: &u32| {
            let (columns, rows) = counts(*part);
            u64::from(columns) * u64::from(rows) <= MAX_CELLS
        };
        let part = (PART..).find(is_few).expect("one cell is few");
        let (columns, rows) = counts(part);
        let (first_column, first_row) = (extent.west >> (part + PARTS), extent.south >> (part + PARTS));
        let (first, edges, parts) = (Vec::new(), Vec::new(), Vec::new());
        EdgeGrid { extent, part, first_column, first_row, columns, rows, first, edges, parts }
    }

    /// The side of a part, as a power of two of 1e-7 degree.
    pub fn part(&self) -> u32 {
        self.part
    }

    /// How many cells it has.
    pub(super) fn cell_count(&self) -> usize {
        (self.columns * self.rows) as usize
    }

    /// Where each cell's edges begin, the edges, and by which parts each passes.
    pub(super) fn lists(&self) -> (&[u32], &[EdgeId], &[u64]) {
        (&self.first, &self.edges, &self.parts)
    }

    /// Takes such lists.
    pub(super) fn take(&mut self, first: Vec<u32>, edges: Vec<EdgeId>, parts: Vec<u64>) {
        (self.first, self.edges, self.parts) = (first, edges, parts);
    }

    fn fill(&mut self, network: &Network) {
        let mut entries: Vec<(u32, EdgeId, u64)> = Vec::with_capacity(network.edge_count() * 2);
        for edge in network.edges() {
            let from = entries.len();
            for pair in network.shape(edge).windows(2) {
                self.parts_on(pair[0], pair[1], |column, row| {
                    let cell = self.cell(column >> PARTS, row >> PARTS);
                    let within = |part: i32| part as u32 & ((1 << PARTS) - 1);
                    let part = 1 << (within(row) << PARTS | within(column));
                    match entries[from..].last_mut() {
                        Some(last) if last.0 == cell => last.2 |= part,
                        _ => entries.push((cell, edge, part)),
                    }
                });
            }
        }
        entries.sort_unstable();
        entries.dedup_by(|next, last| {
            let is_one = (next.0, next.1) == (last.0, last.1);
            if is_one {
                last.2 |= next.2;
            }
            is_one
        });
        let mut first = vec![0_u32; self.cell_count() + 1];
        entries.iter().for_each(|entry| first[entry.0 as usize + 1] += 1);
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        self.first = first;
        (self.edges, self.parts) = entries.into_iter().map(|entry| (entry.1, entry.2)).unzip();
    }

    /// The number of the cell in a column and row that are counted from zero degrees.
    fn cell(&self, column: i32, row: i32) -> u32 {
        (row - self.first_row) as u32 * self.columns + (column - self.first_column) as u32
    }

    /// Calls with the column and row of every part that a segment passes, or misses by less than [`OFF`](super::outline::OFF).
    fn parts_on(&self, a: Position, b: Position, mut with: impl FnMut(i32, i32)) {
        let (south, north) = if a.lat_e7 <= b.lat_e7 { (a, b) } else { (b, a) };
        let (west, east) = (a.lon_e7.min(b.lon_e7), a.lon_e7.max(b.lon_e7));
        let columns = west >> self.part..=east >> self.part;
        let rows = south.lat_e7 >> self.part..=north.lat_e7 >> self.part;
        let is_straight = columns.start() == columns.end() || rows.start() == rows.end();
        if is_straight {
            rows.for_each(|row| columns.clone().for_each(|column| with(column, row)));
            return;
        }
        let rise = f64::from(north.lat_e7) - f64::from(south.lat_e7);
        let per_lat = (f64::from(north.lon_e7) - f64::from(south.lon_e7)) / rise;
        for row in rows {
            // What of it lies in the row, by a line that is off by far less than one unit, and one unit more.
            let border = |row: i64| {
                let up = (row << self.part) - i64::from(south.lat_e7);
                f64::from(south.lon_e7) + (up as f64).clamp(0.0, rise) * per_lat
            };
            let (from, to) = (border(row.into()), border(i64::from(row) + 1));
            let low = (from.min(to).floor() as i32).saturating_sub(1).max(west);
            let high = (from.max(to).ceil() as i32).saturating_add(1).min(east);
            (low >> self.part..=high >> self.part).for_each(|column| with(column, row));
        }
    }

    /// The columns and the rows of cells that a box meets, counted from zero degrees; none where it lies beyond the grid's.
    fn cells(&self, extent: Extent) -> (Range<i32>, Range<i32>) {
        let shift = self.part + PARTS;
        let of =
            |low: i32, high: i32, bounds: (i32, i32)| low.max(bounds.0) >> shift..(high.min(bounds.1) >> shift) + 1;
        if !extent.meets(self.extent) {
            return (0..0, 0..0);
        }
        let Extent { west, south, east, north } = self.extent;
        (of(extent.west, extent.east, (west, east)), of(extent.south, extent.north, (south, north)))
    }

    /// Where the edges of some cells of a row are.
    fn entries(&self, columns: &Range<i32>, row: i32) -> Range<usize> {
        let begin = self.cell(columns.start, row) as usize;
        self.first[begin] as usize..self.first[begin + columns.len()] as usize
    }

    /// Adds the edges of all cells that a box meets, sorted, each once; some of them do not meet the box.
    pub fn candidates(&self, extent: Extent, out: &mut Vec<EdgeId>) {
        let (columns, rows) = self.cells(extent);
        rows.for_each(|row| out.extend_from_slice(&self.edges[self.entries(&columns, row)]));
        // Each cell's edges ascend already: a merge sort makes use of it.
        out.sort();
        out.dedup();
    }

    /// The edges that touch a ground, sorted, each once.
    pub(super) fn touched(&self, network: &Network, outline: &Outline) -> Vec<EdgeId> {
        let (columns, rows) = self.cells(outline.extent());
        self.hint_entries(&columns, &rows);
        let mut touched = Blocks { blocks: Vec::with_capacity(64), last: 0 };
        let mut doubtful: Vec<EdgeId> = Vec::with_capacity(128);
        for row in rows {
            let rows_of_parts = outline.rows_of_parts(row << PARTS);
            for column in columns.clone() {
                let ground = outline.parts(&rows_of_parts, column << PARTS);
                if ground.some == 0 {
                    continue;
                }
                let entries = self.entries(&(column..column + 1), row);
                let edges = &self.edges[entries.clone()];
                if ground.all == u64::MAX {
                    edges.iter().for_each(|edge| touched.add(*edge));
                    continue;
                }
                for (edge, parts) in edges.iter().zip(&self.parts[entries]) {
                    if parts & ground.all != 0 {
                        // Who passes where all is ground touches it.
                        touched.add(*edge);
                    } else if parts & ground.some != 0 {
                        // Who touches the ground passes a part that touches it too.
                        doubtful.push(*edge);
                    }
                }
            }
        }
        doubtful.retain(|edge| !touched.has(*edge));
        doubtful.iter().for_each(|edge| network.hint_shape(*edge));
        for edge in doubtful {
            if outline.touches(network.shape(edge)) {
                touched.add(edge);
            }
        }
        touched.edges()
    }

    /// Soon the edges of some cells will be read.
    fn hint_entries(&self, columns: &Range<i32>, rows: &Range<i32>) {
        rows.clone().for_each(|row| hint(&self.first[self.cell(columns.start, row) as usize]));
        for row in rows.clone() {
            let entries = self.entries(columns, row);
            let (edges, parts) = (&self.edges[entries.clone()], &self.parts[entries]);
            edges.chunks(LINE / size_of::<EdgeId>()).take(HINTED).for_each(|line| hint(&line[0]));
            parts.chunks(LINE / size_of::<u64>()).take(HINTED).for_each(|line| hint(&line[0]));
        }
    }

    /// Adds the edges that may come within a distance of a place, sorted: those that do, and some whose box does.
    pub fn within(&self, network: &Network, at: Position, reach: Millimetres, out: &mut Vec<EdgeId>) {
        let extent = Extent::around(at, reach);
        self.candidates(extent, out);
        out.retain(|edge| Extent::of(network.shape(*edge).iter().copied()).is_some_and(|e| e.meets(extent)));
    }

    /// The box of the whole network.
    pub fn extent(&self) -> Extent {
        self.extent
    }
}

/// A set of edges that mostly come in runs of near numbers: by sixty-four, sorted, with a bit for each.
struct Blocks {
    blocks: Vec<(u32, u64)>,
    /// Which was looked at last.
    last: usize,
}

impl Blocks {
    /// Where a block is, or where it would be.
    fn find(&self, block: u32) -> Result<usize, usize> {
        match self.blocks.get(self.last) {
            Some(last) if last.0 == block => Ok(self.last),
            _ => self.blocks.binary_search_by_key(&block, |of| of.0),
        }
    }

    fn add(&mut self, edge: EdgeId) {
        let bit = 1 << (edge.0 % 64);
        match self.find(edge.0 / 64) {
            Ok(at) => {
                self.blocks[at].1 |= bit;
                self.last = at;
            }
            Err(at) => {
                self.blocks.insert(at, (edge.0 / 64, bit));
                self.last = at;
            }
        }
    }

    fn has(&self, edge: EdgeId) -> bool {
        self.find(edge.0 / 64).is_ok_and(|at| self.blocks[at].1 >> (edge.0 % 64) & 1 == 1)
    }

    /// The edges, sorted.
    fn edges(&self) -> Vec<EdgeId> {
        let mut edges = Vec::with_capacity(self.blocks.iter().map(|of| of.1.count_ones() as usize).sum());
        for (block, bits) in &self.blocks {
            let mut left = *bits;
            while left != 0 {
                edges.push(EdgeId(block * 64 + left.trailing_zeros()));
                left &= left - 1;
            }
        }
        edges
    }
}

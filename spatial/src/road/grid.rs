//! Which edges pass near a place: cells of some 150 m, each with the edges that pass through it.

use super::network::{EdgeId, Network};
use super::outline::{Outline, Part};
use crate::geodesy::LocalScale;
use crate::index::hint;
use crate::position::Position;
use crate::units::Millimetres;

/// Side of a cell, in units of latitude (1e-7 degree): about 150 m.
const CELL: i64 = 13_500;
/// So near a cell, in units of 1e-7 degree, an edge that is listed in it comes at least: 2 cm, and mostly nothing.
const OFF: i32 = 2;
/// Most cells of a grid: larger areas get larger cells.
const MAX_CELLS: i64 = 4_000_000;

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

    /// Whether all of another box lies in it.
    pub(super) fn holds(self, other: Extent) -> bool {
        self.west <= other.west && self.south <= other.south && self.east >= other.east && self.north >= other.north
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

/// The grid; made anew whenever a network is loaded, some milliseconds for a city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeGrid {
    extent: Extent,
    cell_lon: i64,
    cell_lat: i64,
    columns: i64,
    rows: i64,
    first: Vec<u32>,
    edges: Vec<EdgeId>,
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
        let middle = ((i64::from(extent.south) + i64::from(extent.north)) / 2) as i32;
        let scale = LocalScale::at(middle);
        let mut cell_lat = CELL;
        let (width, height) =
            (i64::from(extent.east) - i64::from(extent.west), i64::from(extent.north) - i64::from(extent.south));
        let (cell_lon, columns, rows) = loop {
            let cell_lon = ((cell_lat as f64 * scale.lat_mm / scale.lon_mm.max(0.1)) as i64).max(1);
            let (columns, rows) = (width / cell_lon + 1, height / cell_lat + 1);
            if columns * rows <= MAX_CELLS {
                break (cell_lon, columns, rows);
            }
            cell_lat *= 2;
        };
        EdgeGrid { extent, cell_lon, cell_lat, columns, rows, first: Vec::new(), edges: Vec::new() }
    }

    /// How many cells it has.
    pub(super) fn cell_count(&self) -> usize {
        (self.columns * self.rows) as usize
    }

    /// Where each cell's edges begin, and the edges.
    pub(super) fn lists(&self) -> (&[u32], &[EdgeId]) {
        (&self.first, &self.edges)
    }

    /// Takes such lists.
    pub(super) fn take(&mut self, first: Vec<u32>, edges: Vec<EdgeId>) {
        (self.first, self.edges) = (first, edges);
    }

    fn fill(&mut self, network: &Network) {
        let mut entries: Vec<(u32, EdgeId)> = Vec::with_capacity(network.edge_count() * 2);
        for edge in network.edges() {
            let from = entries.len();
            for pair in network.shape(edge).windows(2) {
                self.cells_on(pair[0], pair[1], |cell| {
                    if entries[from..].last() != Some(&(cell, edge)) {
                        entries.push((cell, edge));
                    }
                });
            }
        }
        entries.sort_unstable();
        entries.dedup();
        let mut first = vec![0_u32; (self.columns * self.rows) as usize + 1];
        entries.iter().for_each(|entry| first[entry.0 as usize + 1] += 1);
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        self.first = first;
        self.edges = entries.into_iter().map(|entry| entry.1).collect();
    }

    /// Calls with the number of every cell that a segment passes, or misses by less than [`OFF`].
    fn cells_on(&self, a: Position, b: Position, mut with: impl FnMut(u32)) {
        let (south, north) = if a.lat_e7 <= b.lat_e7 { (a, b) } else { (b, a) };
        let (west, east) = (a.lon_e7.min(b.lon_e7), a.lon_e7.max(b.lon_e7));
        let columns = self.column(west)..=self.column(east);
        let rows = self.row(south.lat_e7)..=self.row(north.lat_e7);
        let is_straight = columns.start() == columns.end() || rows.start() == rows.end();
        let rise = f64::from(north.lat_e7) - f64::from(south.lat_e7);
        let per_lat = (f64::from(north.lon_e7) - f64::from(south.lon_e7)) / rise.max(1.0);
        for row in rows {
            let columns = if is_straight {
                columns.clone()
            } else {
                // What of it lies in the row, by a line that is off by far less than one unit, and one unit more.
                let border = |row: i64| {
                    let lat = i64::from(self.extent.south) + row * self.cell_lat - i64::from(south.lat_e7);
                    f64::from(south.lon_e7) + (lat as f64).clamp(0.0, rise) * per_lat
                };
                let (from, to) = (border(row), border(row + 1));
                let low = (from.min(to).floor() as i32).saturating_sub(1).max(west);
                let high = (from.max(to).ceil() as i32).saturating_add(1).min(east);
                self.column(low)..=self.column(high)
            };
            columns.for_each(|column| with((row * self.columns + column) as u32));
        }
    }

    fn column(&self, lon: i32) -> i64 {
        ((i64::from(lon) - i64::from(self.extent.west)) / self.cell_lon).clamp(0, self.columns - 1)
    }

    fn row(&self, lat: i32) -> i64 {
        ((i64::from(lat) - i64::from(self.extent.south)) / self.cell_lat).clamp(0, self.rows - 1)
    }

    /// Calls with the number of every cell that a box meets.
    fn cells(&self, extent: Extent, mut with: impl FnMut(u32)) {
        if !extent.meets(self.extent) {
            return;
        }
        for row in self.row(extent.south)..=self.row(extent.north) {
            for column in self.column(extent.west)..=self.column(extent.east) {
                with((row * self.columns + column) as u32);
            }
        }
    }

    /// Adds the edges of all cells that a box meets, sorted, each once; some of them do not meet the box.
    pub fn candidates(&self, extent: Extent, out: &mut Vec<EdgeId>) {
        self.cells(extent, |cell| {
            let range = self.first[cell as usize] as usize..self.first[cell as usize + 1] as usize;
            out.extend_from_slice(&self.edges[range]);
        });
        // Each cell's edges ascend already: a merge sort makes use of it.
        out.sort();
        out.dedup();
    }

    /// The edges that touch a ground, sorted, each once.
    pub(super) fn touched(&self, network: &Network, outline: &Outline) -> Vec<EdgeId> {
        let (mut within, mut across) = (Vec::with_capacity(128), Vec::with_capacity(128));
        self.cells(outline.extent(), |cell| match outline.part(self.extent_of(cell), OFF) {
            Part::None => {}
            Part::Some => across.push(cell),
            Part::All => within.push(cell),
        });
        let mut touched = Blocks::default();
        // What is in a cell all of which is ground touches it.
        self.edges_of(&within).into_iter().for_each(|edge| touched.add(edge));
        // Where an edge touches the ground it is in a cell that touches it too.
        let mut doubtful = self.edges_of(&across);
        doubtful.retain(|edge| !touched.has(*edge));
        doubtful.iter().for_each(|edge| network.hint_shape(*edge));
        for edge in doubtful {
            if outline.touches(network.shape(edge)) {
                touched.add(edge);
            }
        }
        touched.edges()
    }

    /// The edges of some cells, one cell after the other.
    fn edges_of(&self, cells: &[u32]) -> Vec<EdgeId> {
        cells.iter().for_each(|cell| hint(&self.first[*cell as usize]));
        let range = |cell: &u32| self.first[*cell as usize] as usize..self.first[*cell as usize + 1] as usize;
        let mut edges = Vec::with_capacity(cells.iter().map(|cell| range(cell).len()).sum());
        cells.iter().for_each(|cell| edges.extend_from_slice(&self.edges[range(cell)]));
        edges
    }

    /// The box of a cell, with its far sides.
    fn extent_of(&self, cell: u32) -> Extent {
        let (row, column) = (i64::from(cell) / self.columns, i64::from(cell) % self.columns);
        let west = i64::from(self.extent.west) + column * self.cell_lon;
        let south = i64::from(self.extent.south) + row * self.cell_lat;
        let bounded = |value: i64| value.min(i64::from(i32::MAX)) as i32;
        Extent {
            west: bounded(west),
            south: bounded(south),
            east: bounded(west + self.cell_lon),
            north: bounded(south + self.cell_lat),
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
#[derive(Default)]
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

//! Which edges pass near a place: cells of some 300 m, each with the edges whose segments' boxes meet it.

use super::network::{EdgeId, Network};
use super::outline::Outline;
use crate::geodesy::LocalScale;
use crate::position::Position;
use crate::units::Millimetres;

/// Side of a cell, in units of latitude (1e-7 degree): about 300 m.
const CELL: i64 = 27_000;
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
        places.into_iter().fold(None, |extent: Option<Extent>, at| {
            let extent =
                extent.unwrap_or(Extent { west: at.lon_e7, south: at.lat_e7, east: at.lon_e7, north: at.lat_e7 });
            Some(Extent {
                west: extent.west.min(at.lon_e7),
                south: extent.south.min(at.lat_e7),
                east: extent.east.max(at.lon_e7),
                north: extent.north.max(at.lat_e7),
            })
        })
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
                let Some(extent) = Extent::of(pair.iter().copied()) else { continue };
                self.cells(extent, |cell| {
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

    /// Calls with the number of every cell that a box meets.
    fn cells(&self, extent: Extent, mut with: impl FnMut(u32)) {
        if !extent.meets(self.extent) {
            return;
        }
        let column =
            |lon: i32| ((i64::from(lon) - i64::from(self.extent.west)) / self.cell_lon).clamp(0, self.columns - 1);
        let row = |lat: i32| ((i64::from(lat) - i64::from(self.extent.south)) / self.cell_lat).clamp(0, self.rows - 1);
        for row in row(extent.south)..=row(extent.north) {
            for column in column(extent.west)..=column(extent.east) {
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
        let mut touched = Vec::with_capacity(64);
        self.cells(outline.extent(), |cell| {
            // Where an edge touches the ground it is in a cell that touches it too.
            if outline.may_touch(self.extent_of(cell)) {
                let range = self.first[cell as usize] as usize..self.first[cell as usize + 1] as usize;
                let is_touched = |edge: &&EdgeId| outline.touches(network.shape(**edge));
                touched.extend(self.edges[range].iter().filter(is_touched));
            }
        });
        touched.sort_unstable();
        touched.dedup();
        touched
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

    /// Adds the edges whose box comes within a distance of a place, sorted.
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

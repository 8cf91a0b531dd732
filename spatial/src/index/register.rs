//! Which cells a ground covers wholly and which its boundary touches.

use super::Edge;
use super::grid::{COARSE_SHIFT, Cell, TOP_SHIFT, for_cells_on};
use super::scan::{crosses_row, row_crossing};
use crate::zone::Ground;
use rustc_hash::{FxHashMap, FxHashSet};

/// What touches one top cell.
#[derive(Debug, Default)]
pub struct Touch {
    /// Whether the ground covers the place just west of the cell's west side, on its lowest row.
    pub inside_at_west: bool,
    /// The edges that touch the cell.
    pub edges: Vec<Edge>,
}

/// Where a ground lies on the grids. A place is covered by exactly one of the three, or not at all.
#[derive(Debug, Default)]
pub struct Cover {
    /// Top cells that the boundary touches.
    pub partial: Vec<(Cell, Touch)>,
    /// Top cells covered wholly, in coarse cells that the boundary touches.
    pub full: Vec<Cell>,
    /// Coarse cells covered wholly.
    pub coarse: Vec<Cell>,
}

/// The doubled latitude of the lowest row of a top cell: half a unit above its south side.
pub fn lowest_row(row: i32) -> i64 {
    2 * (i64::from(row) << TOP_SHIFT) + 1
}

/// Lays a ground on the grids.
pub fn cover(ground: &Ground) -> Cover {
    let edges = edges_of(ground);
    let mut touched: FxHashMap<Cell, Touch> = FxHashMap::default();
    let mut touched_coarse: FxHashSet<Cell> = FxHashSet::default();
    for edge in &edges {
        for_cells_on(edge.a, edge.b, TOP_SHIFT, |row, columns| {
            for column in columns {
                touched.entry(Cell { column, row }).or_default().edges.push(*edge);
                let down = COARSE_SHIFT - TOP_SHIFT;
                touched_coarse.insert(Cell { column: column >> down, row: row >> down });
            }
        });
    }
    let mut cover = Cover::default();
    let Some(bounds) = ground.bounds() else { return cover };
    let rows = bounds.south >> TOP_SHIFT..=bounds.north >> TOP_SHIFT;
    let columns = bounds.west >> TOP_SHIFT..=bounds.east >> TOP_SHIFT;
    let mut by_row: FxHashMap<i32, Vec<u32>> = FxHashMap::default();
    for (i, edge) in edges.iter().enumerate() {
        let (low, high) = (edge.a.lat_e7.min(edge.b.lat_e7), edge.a.lat_e7.max(edge.b.lat_e7));
        for row in low >> TOP_SHIFT..=high >> TOP_SHIFT {
            by_row.entry(row).or_default().push(i as u32);
        }
    }
    let down = COARSE_SHIFT - TOP_SHIFT;
    let mut flips: Vec<i32> = Vec::new();
    for row in rows {
        let y2 = lowest_row(row);
        flips.clear();
        for &i in by_row.get(&row).map_or(&[][..], Vec::as_slice) {
            let edge = &edges[i as usize];
            if crosses_row(edge, y2) {
                // The first column whose west side lies east of the crossing.
                flips.push((row_crossing(edge, y2).0 >> (TOP_SHIFT + 1)) as i32 + 1);
            }
        }
        flips.sort_unstable();
        let mut passed = 0;
        let mut column = *columns.start();
        while column <= *columns.end() {
            while passed < flips.len() && flips[passed] <= column {
                passed += 1;
            }
            let inside = passed % 2 == 1;
            let coarse = Cell { column: column >> down, row: row >> down };
            if !touched_coarse.contains(&coarse) {
                if inside && row & ((1 << down) - 1) == 0 {
                    cover.coarse.push(coarse);
                }
                column = (coarse.column + 1) << down;
                continue;
            }
            let cell = Cell { column, row };
            if let Some(touch) = touched.get_mut(&cell) {
                touch.inside_at_west = inside;
            } else if inside {
                cover.full.push(cell);
            }
            column += 1;
        }
    }
    cover.partial = touched.into_iter().collect();
    cover
}

fn edges_of(ground: &Ground) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(ground.rings().map(Vec::len).sum());
    for ring in ground.rings() {
        for i in 0..ring.len() {
            edges.push(Edge { a: ring[i], b: ring[(i + 1) % ring.len()], number: edges.len() as u32 });
        }
    }
    edges
}

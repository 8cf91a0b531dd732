//! Which cells a ground covers wholly and which its boundary touches.

use super::Edge;
use super::grid::{COARSE_SHIFT, Cell, TOP_SHIFT, for_cells_on};
use super::scan::{crosses_row, row_crossing};
use crate::position::Position;
use crate::zone::Ground;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// What touches one top cell.
#[derive(Debug)]
pub struct Touch {
    pub cell: Cell,
    /// Whether the ground covers the place from which the cell's parities are counted ([`west_of`]).
    pub inside_at_west: bool,
    /// The edges that touch the cell, by their numbers, ascending.
    pub runs: Vec<Range<u32>>,
}

/// Where a ground lies on the grids. A place is covered by exactly one of the three, or not at all.
#[derive(Debug, Default)]
pub struct Cover {
    /// Top cells that the boundary touches.
    pub partial: Vec<Touch>,
    /// Top cells covered wholly, in coarse cells that the boundary touches.
    pub full: Vec<Cell>,
    /// Coarse cells covered wholly.
    pub coarse: Vec<Cell>,
}

/// The edges of a ground by number: ring after ring.
#[derive(Debug)]
pub struct Outline<'a> {
    /// Each ring with the number of its first edge.
    rings: Vec<(u32, &'a [Position])>,
}

impl<'a> Outline<'a> {
    pub fn of(ground: &'a Ground) -> Outline<'a> {
        let mut first = 0;
        let mut rings = Vec::new();
        for ring in ground.rings().filter(|ring| !ring.is_empty()) {
            rings.push((first, ring.as_slice()));
            first += ring.len() as u32;
        }
        Outline { rings }
    }

    /// The edges with these numbers, which must exist.
    pub fn edges(&self, numbers: Range<u32>) -> impl Iterator<Item = Edge> {
        let mut ring = self.rings.partition_point(|(first, _)| *first <= numbers.start).saturating_sub(1);
        numbers.map(move |number| {
            if number >= self.rings[ring].0 + self.rings[ring].1.len() as u32 {
                ring += 1;
            }
            let (first, vertices) = self.rings[ring];
            let at = (number - first) as usize;
            let b = vertices.get(at + 1).unwrap_or(&vertices[0]);
            Edge { a: vertices[at], b: *b, number }
        })
    }

    fn all(&self) -> impl Iterator<Item = Edge> {
        let end = self.rings.last().map_or(0, |(first, vertices)| first + vertices.len() as u32);
        self.edges(0..end)
    }
}

/// The place from which the parities of a top cell are counted, doubled: on its west side, half a unit above its south
/// side. The place itself lies a hair east of it.
pub fn west_of(cell: Cell) -> (i64, i64) {
    (2 * (i64::from(cell.column) << TOP_SHIFT), 2 * (i64::from(cell.row) << TOP_SHIFT) + 1)
}

/// Lays a ground on the grids.
pub fn cover(ground: &Ground) -> Cover {
    let mut cover = Cover::default();
    let Some(bounds) = ground.bounds() else { return cover };
    let outline = Outline::of(ground);
    // Where the boundary crosses the lowest rows of the top cells: the first column that lies east of it.
    let mut flips: Vec<(i32, i32)> = Vec::new();
    let mut places: FxHashMap<Cell, usize> = FxHashMap::default();
    let mut last = None;
    for edge in outline.all() {
        for_cells_on(edge.a, edge.b, TOP_SHIFT, |row, columns| {
            for column in columns {
                let cell = Cell { column, row };
                let place = match last {
                    Some((known, place)) if known == cell => place,
                    _ => *places.entry(cell).or_insert(cover.partial.len()),
                };
                last = Some((cell, place));
                if place == cover.partial.len() {
                    cover.partial.push(Touch { cell, inside_at_west: false, runs: Vec::new() });
                }
                match cover.partial[place].runs.last_mut() {
                    Some(run) if run.end == edge.number => run.end += 1,
                    _ => cover.partial[place].runs.push(edge.number..edge.number + 1),
                }
            }
        });
        let (low, high) = (edge.a.lat_e7.min(edge.b.lat_e7), edge.a.lat_e7.max(edge.b.lat_e7));
        for row in low >> TOP_SHIFT..=high >> TOP_SHIFT {
            let (_, y2) = west_of(Cell { column: 0, row });
            if crosses_row(&edge, y2) {
                let size2 = 1_i64 << (TOP_SHIFT + 1);
                flips.push((row, ((row_crossing(&edge, y2) + size2 - 1) >> (TOP_SHIFT + 1)) as i32));
            }
        }
    }
    flips.sort_unstable();
    let touched_coarse: FxHashSet<Cell> = cover.partial.iter().map(|touch| touch.cell.coarse()).collect();
    let down = COARSE_SHIFT - TOP_SHIFT;
    let mut flips = &flips[..];
    for row in bounds.south >> TOP_SHIFT..=bounds.north >> TOP_SHIFT {
        let here = flips.partition_point(|flip| flip.0 <= row);
        let (row_flips, later) = flips.split_at(here);
        flips = later;
        let mut passed = 0;
        let mut column = bounds.west >> TOP_SHIFT;
        while column <= bounds.east >> TOP_SHIFT {
            while passed < row_flips.len() && row_flips[passed].1 <= column {
                passed += 1;
            }
            let inside = passed % 2 == 1;
            let cell = Cell { column, row };
            let coarse = cell.coarse();
            if !touched_coarse.contains(&coarse) {
                if inside && row & ((1 << down) - 1) == 0 {
                    cover.coarse.push(coarse);
                }
                column = (coarse.column + 1) << down;
                continue;
            }
            if let Some(&place) = places.get(&cell) {
                cover.partial[place].inside_at_west = inside;
            } else if inside {
                cover.full.push(cell);
            }
            column += 1;
        }
    }
    cover
}

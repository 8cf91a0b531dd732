//! How many vehicles there are in each cell of the map, for views that are too wide to show every one.
//!
//! The counts of all zoom levels are kept as vehicles move, one for all consoles, so that a console pays for the cells that
//! it sees and never for the vehicles in them. A vehicle that stays in its cell changes nothing.

use super::sorts::{Count, Sort};
use cordon_spatial::position::Position;
use cordon_tiles::grid::Tile;
use std::collections::BTreeMap;

/// From this zoom on a view shows single vehicles.
pub const SINGLE_FROM_ZOOM: f64 = 10.0;
/// The zoom levels that have counts: 0 to 9.
const LEVELS: u8 = 10;
/// A map tile is 512 pixels wide, so tiles three levels deeper are cells of 64.
const DEEPER: u8 = 3;
/// The tiles of the deepest level: a vehicle's place among the cells of every level.
const DEEPEST: u8 = LEVELS - 1 + DEEPER;

/// Where a vehicle is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    x: u32,
    y: u32,
    sort: Sort,
}

/// The counts of every zoom level.
#[derive(Debug, Default)]
pub struct Cells {
    levels: [Level; LEVELS as usize],
}

#[derive(Debug, Default)]
struct Level {
    /// Rises when a count changes.
    version: u64,
    /// By row and column, so that a view reads its rows alone.
    cells: BTreeMap<(u32, u32), Count>,
}

impl Counted {
    /// A vehicle of a sort at this place.
    pub fn at(place: Position, sort: Sort) -> Counted {
        let tile = Tile::of(DEEPEST, place).expect("the deepest level is one that tiles have");
        Counted { x: tile.x(), y: tile.y(), sort }
    }

    /// Its row and column at a level.
    fn cell(self, level: u8) -> (u32, u32) {
        let up = LEVELS - 1 - level;
        (self.y >> up, self.x >> up)
    }
}

/// The level that a view of this zoom shows as counts; `None` when it shows single vehicles.
pub fn level_of(zoom: f64) -> Option<u8> {
    (zoom < SINGLE_FROM_ZOOM).then_some(zoom.max(0.0) as u8)
}

impl Cells {
    /// A vehicle is counted elsewhere, or nowhere, than before.
    pub fn moved(&mut self, before: Option<Counted>, after: Option<Counted>) {
        if before == after {
            return;
        }
        for (number, level) in (0..).zip(&mut self.levels) {
            let place = |counted: Counted| (counted.cell(number), counted.sort);
            if before.map(place) == after.map(place) {
                continue;
            }
            level.version += 1;
            if let Some((cell, sort)) = before.map(place) {
                level.leave(cell, sort);
            }
            if let Some((cell, sort)) = after.map(place) {
                level.cells.entry(cell).or_default().add(sort);
            }
        }
    }

    /// Rises whenever a count of the level changes.
    pub fn version(&self, level: u8) -> u64 {
        self.levels[usize::from(level)].version
    }

    /// The cells of a level that meet a box (west, south, east, north, degrees) and hold vehicles, with their middles, by row
    /// and column. Cost: the rows of the box and the cells in them.
    pub fn in_view(&self, level: u8, bbox: [f64; 4]) -> impl Iterator<Item = (Position, Count)> {
        let [west, south, east, north] = bbox;
        let tile = |lon: f64, lat: f64| {
            let place = Position::from_degrees(lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0));
            place.ok().and_then(|place| Tile::of(level + DEEPER, place))
        };
        let corners = tile(west, north).zip(tile(east, south));
        let cells = &self.levels[usize::from(level)].cells;
        corners
            .into_iter()
            .flat_map(|(first, last)| (first.y()..=last.y()).map(move |y| (y, first.x())..=(y, last.x())))
            .flat_map(|row| cells.range(row))
            .filter_map(move |((y, x), count)| Some((Tile::new(level + DEEPER, *x, *y)?.middle(), *count)))
    }
}

impl Level {
    fn leave(&mut self, cell: (u32, u32), sort: Sort) {
        let Some(count) = self.cells.get_mut(&cell) else { return };
        count.take(sort);
        if *count == Count::default() {
            self.cells.remove(&cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sorts::tests::any;
    use super::*;

    const WORLD: [f64; 4] = [-180.0, -90.0, 180.0, 90.0];

    fn at(lon: f64, lat: f64, alarmed: bool) -> Option<Counted> {
        Some(Counted::at(Position::from_degrees(lon, lat).expect("a position"), any(alarmed)))
    }

    fn counts(cells: &Cells, level: u8, bbox: [f64; 4]) -> Vec<(u32, u32)> {
        cells.in_view(level, bbox).map(|(_, count)| (count.all(), count.alarmed)).collect()
    }

    #[test]
    fn vehicles_near_each_other_are_one_count_until_the_view_is_near_enough() {
        let mut cells = Cells::default();
        cells.moved(None, at(121.00, 30.0, false));
        cells.moved(None, at(121.10, 30.0, true));
        cells.moved(None, at(-70.0, -33.0, false));
        assert_eq!(counts(&cells, 0, WORLD), [(2, 1), (1, 0)]);
        assert_eq!(counts(&cells, 9, WORLD), [(1, 0), (1, 1), (1, 0)], "0.1 degree is more than a cell of level 9");
        assert_eq!(counts(&cells, 9, [120.0, 29.0, 122.0, 31.0]), [(1, 0), (1, 1)]);
    }

    #[test]
    fn every_vehicle_is_counted_once_at_every_level_wherever_it_moves() {
        let mut cells = Cells::default();
        let places = [(121.0, 30.0), (121.2, 30.0), (-180.0, 89.9), (180.0, -90.0), (121.2, 30.0)];
        let mut before = None;
        for (place, alarmed) in places.into_iter().zip([false, true, true, false, false]) {
            let after = at(place.0, place.1, alarmed);
            cells.moved(before, after);
            before = after;
            for level in 0..LEVELS {
                assert_eq!(counts(&cells, level, WORLD), [(1, u32::from(alarmed))], "{place:?} at level {level}");
            }
        }
        cells.moved(before, None);
        assert!((0..LEVELS).all(|level| counts(&cells, level, WORLD).is_empty()));
    }

    #[test]
    fn a_move_within_a_cell_changes_nothing_and_one_out_of_it_only_where_it_shows() {
        let mut cells = Cells::default();
        cells.moved(None, at(121.00, 30.0, false));
        let versions = |cells: &Cells| [0, 9].map(|level| cells.version(level));
        let first = versions(&cells);
        cells.moved(at(121.00, 30.0, false), at(121.01, 30.0, false));
        assert_eq!(versions(&cells), first);
        cells.moved(at(121.01, 30.0, false), at(121.10, 30.0, false));
        assert_eq!(versions(&cells), [first[0], first[1] + 1]);
    }

    #[test]
    fn the_middle_of_a_cell_is_in_it() {
        let mut cells = Cells::default();
        cells.moved(None, at(121.0, 30.0, false));
        for level in 0..LEVELS {
            let (middle, _) = cells.in_view(level, WORLD).next().expect("one vehicle");
            assert_eq!(
                Counted::at(middle, any(false)).cell(level),
                Counted { ..at(121.0, 30.0, false).expect("some") }.cell(level)
            );
        }
    }

    #[test]
    fn a_view_is_wide_below_zoom_ten() {
        assert_eq!([-1.0, 0.0, 3.7, 9.99, 10.0, 17.0].map(level_of), [Some(0), Some(0), Some(3), Some(9), None, None]);
    }
}

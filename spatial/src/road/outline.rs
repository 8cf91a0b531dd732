//! A ground prepared for asking which lines touch it: a raster over its box whose cells lie inside, outside or at the
//! boundary, and the boundary's segments by row. Only what is at the boundary is judged segment by segment. Exact, on integers.

use super::grid::Extent;
use crate::position::Position;
use crate::shape::{Side, between, side_of};
use crate::zone::Ground;
use std::ops::Range;

/// How many segments a row has on average; more rows make it quicker to ask and longer to prepare.
const PER_ROW: usize = 4;
/// Least rows, so that few segments are told apart from what is inside.
const MIN_ROWS: usize = 32;
/// Most rows.
const MAX_ROWS: usize = 4_096;
/// Most cells of a row, a bit each.
const MAX_COLUMNS: usize = 64;

/// A prepared ground.
#[derive(Clone, Debug)]
pub struct Outline {
    extent: Extent,
    columns: Axis,
    of_lat: Axis,
    /// By latitude, and one more for the end of the segments.
    rows: Vec<Row>,
    segments: Vec<(Position, Position)>,
}

/// How much of a box is ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing for sure.
    None,
    /// Some, or nothing or all of it.
    Some,
    /// All for sure.
    All,
}

/// The cells of one row, the westernmost in the lowest bit.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// Where its segments begin.
    first: u32,
    /// Cells that the boundary may pass.
    boundary: u64,
    /// Cells that lie wholly inside.
    inside: u64,
}

/// Cells along one coordinate, each a power of two long.
#[derive(Clone, Copy, Debug)]
struct Axis {
    low: i32,
    high: i32,
    shift: u32,
}

impl Axis {
    /// As many cells as fit under a bound.
    fn new(low: i32, high: i32, most: usize) -> Axis {
        let span = (i64::from(high) - i64::from(low)) as u64;
        let shift = (0..).find(|shift| span >> shift < most as u64).expect("a span shifted far enough is nothing");
        Axis { low, high, shift }
    }

    /// The cell of a value within its bounds.
    fn cell(self, value: i32) -> usize {
        ((i64::from(value) - i64::from(self.low)) as u64 >> self.shift) as usize
    }

    /// The cells of what lies between two values and within its bounds.
    fn cells(self, low: i32, high: i32) -> Range<usize> {
        self.cell(low.max(self.low))..self.cell(high.min(self.high)) + 1
    }

    /// The least value of a cell.
    fn begin(self, cell: usize) -> i64 {
        i64::from(self.low) + ((cell as i64) << self.shift)
    }
}

/// The bits of some columns, at least one.
fn bits(columns: Range<usize>) -> u64 {
    u64::MAX >> (MAX_COLUMNS - columns.len()) << columns.start
}

impl Outline {
    /// Prepares a ground; `None` where it has no vertex. Costs some microseconds for some hundred vertices.
    pub fn of(ground: &Ground) -> Option<Outline> {
        let rings = || ground.parts.iter().flatten();
        let extent = Extent::of(rings().flatten().copied())?;
        let count = rings().map(Vec::len).sum::<usize>();
        let columns = Axis::new(extent.west, extent.east, MAX_COLUMNS);
        let of_lat = Axis::new(extent.south, extent.north, (count / PER_ROW).clamp(MIN_ROWS, MAX_ROWS));
        let mut rows = vec![Row::default(); of_lat.cell(extent.north) + 2];
        each_side(ground, |a, b| {
            let of_side = of_lat.cells(a.lat_e7.min(b.lat_e7), a.lat_e7.max(b.lat_e7));
            rows[of_side].iter_mut().for_each(|row| row.first += 1);
        });
        // Ends for now; each segment that is put into a row moves the row's beginning down by one.
        let mut end = 0;
        rows.iter_mut().for_each(|row| {
            end += row.first;
            row.first = end;
        });
        let nowhere = Position { lon_e7: 0, lat_e7: 0 };
        let mut outline = Outline { extent, columns, of_lat, rows, segments: vec![(nowhere, nowhere); end as usize] };
        each_side(ground, |a, b| outline.add(a, b));
        outline.fill();
        Some(outline)
    }

    /// Puts a segment into its rows and marks the cells that it passes.
    fn add(&mut self, a: Position, b: Position) {
        let (south, north) = if a.lat_e7 <= b.lat_e7 { (a, b) } else { (b, a) };
        let of_side = self.of_lat.cells(south.lat_e7, north.lat_e7);
        let (west, east) = (a.lon_e7.min(b.lon_e7), a.lon_e7.max(b.lon_e7));
        let columns = self.columns.cells(west, east);
        let whole = bits(columns.clone());
        if of_side.len() == 1 {
            self.put((a, b), of_side.start, whole);
            return;
        }
        let is_steep = columns.len() < 3;
        let per_lat = (f64::from(north.lon_e7) - f64::from(south.lon_e7))
            / (f64::from(north.lat_e7) - f64::from(south.lat_e7)).max(1.0);
        for at in of_side {
            let marked = if is_steep {
                whole
            } else {
                // What of it lies in the row, by a line that is off by far less than one unit, and one unit more.
                let (begin, end) = (self.of_lat.begin(at), self.of_lat.begin(at + 1));
                let lon = |lat: i64| {
                    let up =
                        (lat - i64::from(south.lat_e7)).clamp(0, i64::from(north.lat_e7) - i64::from(south.lat_e7));
                    f64::from(south.lon_e7) + up as f64 * per_lat
                };
                let (from, to) = (lon(begin), lon(end));
                let low = (from.min(to).floor() as i32).saturating_sub(1).max(west);
                let high = (from.max(to).ceil() as i32).saturating_add(1).min(east);
                bits(self.columns.cells(low, high))
            };
            self.put((a, b), at, marked);
        }
    }

    /// Puts a segment into one row, where it passes some cells.
    fn put(&mut self, segment: (Position, Position), at: usize, marked: u64) {
        let row = &mut self.rows[at];
        row.first -= 1;
        row.boundary |= marked;
        self.segments[row.first as usize] = segment;
    }

    /// Finds which of the cells without a boundary lie inside: those that hang together are on one side of it.
    fn fill(&mut self) {
        let mut below = Row { boundary: u64::MAX, ..Row::default() };
        for at in 0..self.rows.len() - 1 {
            let mut row = self.rows[at];
            // West of the first and east of the last cell of the boundary is outside.
            let mut left = between_ends(row.boundary) & !row.boundary;
            while left != 0 {
                let begin = left.trailing_zeros();
                let run = left & !left.wrapping_add(1 << begin);
                left &= !run;
                let known = run & !below.boundary;
                let is_inside = if known != 0 {
                    known & below.inside != 0
                } else {
                    let (lon, lat) = (self.columns.begin(begin as usize), self.of_lat.begin(at));
                    self.covers_in_row(at, Position { lon_e7: lon as i32, lat_e7: lat as i32 })
                };
                row.inside |= if is_inside { run } else { 0 };
            }
            self.rows[at] = row;
            below = row;
        }
    }

    /// The box of the ground.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// How much of a box is ground: `None` where it does not touch it, `All` where the ground covers it and whatever is nearer to
    /// it than `margin`, 1e-7 degree.
    pub(super) fn part(&self, area: Extent, margin: i32) -> Part {
        if !area.meets(self.extent) {
            return Part::None;
        }
        let (low, high) = (|value: i32| value.saturating_sub(margin), |value: i32| value.saturating_add(margin));
        let wide =
            Extent { west: low(area.west), south: low(area.south), east: high(area.east), north: high(area.north) };
        let columns = bits(self.columns.cells(wide.west, wide.east));
        let rows = &self.rows[self.of_lat.cells(wide.south, wide.north)];
        let (any, all) =
            rows.iter().fold((0, columns), |(any, all), row| (any | row.boundary | row.inside, all & row.inside));
        if all == columns && self.extent.holds(wide) {
            Part::All
        } else if any & columns != 0 {
            Part::Some
        } else {
            Part::None
        }
    }

    /// The row of a place and the bit of its column; `None` outside the box.
    fn cell(&self, p: Position) -> Option<(usize, u64)> {
        let Extent { west, south, east, north } = self.extent;
        let is_in = p.lon_e7 >= west && p.lon_e7 <= east && p.lat_e7 >= south && p.lat_e7 <= north;
        is_in.then(|| (self.of_lat.cell(p.lat_e7), 1 << self.columns.cell(p.lon_e7)))
    }

    fn segments(&self, row: usize) -> &[(Position, Position)] {
        &self.segments[self.rows[row].first as usize..self.rows[row + 1].first as usize]
    }

    /// Whether the ground covers a place, its boundary included.
    pub fn covers(&self, p: Position) -> bool {
        let Some((at, column)) = self.cell(p) else { return false };
        let row = self.rows[at];
        if row.boundary & column == 0 { row.inside & column != 0 } else { self.covers_in_row(at, p) }
    }

    /// The same by the segments of the place's row.
    fn covers_in_row(&self, row: usize, p: Position) -> bool {
        let mut inside = false;
        for &(a, b) in self.segments(row) {
            if a == p || b == p {
                return true;
            }
            if (a.lat_e7 > p.lat_e7) == (b.lat_e7 > p.lat_e7) {
                if a.lat_e7 == p.lat_e7 && b.lat_e7 == p.lat_e7 && between(a, b, p) {
                    return true;
                }
                continue;
            }
            let (low, high) = if a.lat_e7 < b.lat_e7 { (a, b) } else { (b, a) };
            match side_of(low, high, p) {
                Side::On => return true,
                Side::Left => inside = !inside,
                Side::Right => {}
            }
        }
        inside
    }

    /// Whether a place lies inside and not near the boundary: quick to tell.
    pub(super) fn is_deep_inside(&self, p: Position) -> bool {
        self.cell(p).is_some_and(|(row, column)| self.rows[row].inside & column != 0)
    }

    /// Whether a line of at least one place touches the ground.
    pub fn touches(&self, line: &[Position]) -> bool {
        let part = Extent::of(line.iter().copied()).map_or(Part::None, |extent| self.part(extent, 0));
        if part != Part::Some {
            return part == Part::All;
        }
        line.iter().any(|p| self.is_deep_inside(*p))
            || line.first().is_some_and(|first| self.covers(*first))
            || line.windows(2).any(|pair| self.is_crossed(pair[0], pair[1]))
    }

    /// Whether a segment meets the boundary.
    fn is_crossed(&self, a: Position, b: Position) -> bool {
        let segment = Extent {
            west: a.lon_e7.min(b.lon_e7),
            south: a.lat_e7.min(b.lat_e7),
            east: a.lon_e7.max(b.lon_e7),
            north: a.lat_e7.max(b.lat_e7),
        };
        if !segment.meets(self.extent) {
            return false;
        }
        let columns = bits(self.columns.cells(segment.west, segment.east));
        for row in self.of_lat.cells(segment.south, segment.north) {
            let is_near = self.rows[row].boundary & columns != 0;
            if is_near && self.segments(row).iter().any(|&(c, d)| meet(segment, a, b, c, d)) {
                return true;
            }
        }
        false
    }
}

/// Calls with every side of a ground's rings.
fn each_side(ground: &Ground, mut with: impl FnMut(Position, Position)) {
    for ring in ground.parts.iter().flatten() {
        let Some(mut before) = ring.last().copied() else { continue };
        for at in ring {
            with(before, *at);
            before = *at;
        }
    }
}

/// The bits from the lowest of some to the highest.
fn between_ends(some: u64) -> u64 {
    if some == 0 {
        return 0;
    }
    bits(some.trailing_zeros() as usize..MAX_COLUMNS - some.leading_zeros() as usize)
}

fn meet(of_ab: Extent, a: Position, b: Position, c: Position, d: Position) -> bool {
    let apart = c.lon_e7.min(d.lon_e7) > of_ab.east
        || c.lon_e7.max(d.lon_e7) < of_ab.west
        || c.lat_e7.min(d.lat_e7) > of_ab.north
        || c.lat_e7.max(d.lat_e7) < of_ab.south;
    if apart {
        return false;
    }
    // With meeting boxes, two segments meet unless one lies strictly on one side of the other.
    let one_sided = |x: Side, y: Side| x == y && x != Side::On;
    !one_sided(side_of(a, b, c), side_of(a, b, d)) && !one_sided(side_of(c, d, a), side_of(c, d, b))
}

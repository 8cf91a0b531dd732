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
/// So near the boundary, 1e-7 degree, a cell counts as one that it passes: who says of a line that it passes a cell may be off by less.
pub(super) const OFF: i32 = 2;

/// A prepared ground.
#[derive(Clone, Debug)]
pub struct Outline {
    extent: Extent,
    /// The side of the parts that it is asked about, as an [`Axis`] has it; its columns are no narrower.
    part: u32,
    columns: Axis,
    of_lat: Axis,
    /// By latitude.
    rows: Vec<Row>,
    /// Of all rows; those of one are a chain.
    segments: Vec<Segment>,
}

/// Squares of eight by eight parts, or what is asked of each of them: a bit for each part, row by row from the south-west.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// Those in which there may be ground; there is none in the others.
    pub some: u64,
    /// Those that are ground all over, with whatever is nearer to them than [`OFF`].
    pub all: u64,
}

/// Eight rows of parts as the ground has them: its cells in which there may be ground, and those that are ground all over.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowsOfParts {
    some: [u64; 8],
    all: [u64; 8],
}

/// A row of cells, the westernmost in the lowest bit.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// The last of its segments.
    last: u32,
    /// Cells that the boundary may pass.
    boundary: u64,
    /// Cells that lie wholly inside.
    inside: u64,
}

/// A piece of the boundary in a row, and the one before it in the row.
#[derive(Clone, Copy, Debug)]
struct Segment {
    from: Position,
    to: Position,
    before: u32,
}

/// No segment.
const NONE: u32 = u32::MAX;

/// Cells along one coordinate. Each is a power of two long and begins at a multiple of that, so that all axes of the world fit into
/// each other.
#[derive(Clone, Copy, Debug)]
struct Axis {
    low: i32,
    high: i32,
    shift: u32,
    /// The first cell, counted from zero degrees: a multiple of eight.
    first: i32,
}

impl Axis {
    /// As many cells as fit under a bound, each at least so long.
    fn new(low: i32, high: i32, most: usize, least_shift: u32) -> Axis {
        let first = |shift: u32| low >> shift & !7;
        let fits = |shift: &u32| ((high >> shift) - first(*shift)) < most as i32;
        let shift = (least_shift..).find(fits).expect("a span shifted far enough is nothing");
        Axis { low, high, shift, first: first(shift) }
    }

    /// The cell of a value within its bounds.
    fn cell(self, value: i32) -> usize {
        ((value >> self.shift) - self.first) as usize
    }

    /// The cells of what lies between two values and within its bounds.
    fn cells(self, low: i32, high: i32) -> Range<usize> {
        self.cell(low.max(self.low))..self.cell(high.min(self.high)) + 1
    }

    /// The least value of a cell.
    fn begin(self, cell: usize) -> i64 {
        (i64::from(self.first) + cell as i64) << self.shift
    }
}

/// In each byte the lowest bits, each as often as a power of two says, up to eight of them.
fn spread(bytes: u64, power: u32) -> u64 {
    const LOWEST: u64 = 0x0101_0101_0101_0101;
    match power {
        0 => bytes,
        1 => {
            let apart = bytes & (LOWEST * 0x0f);
            let apart = (apart | apart << 2) & (LOWEST * 0x33);
            let apart = (apart | apart << 1) & (LOWEST * 0x55);
            apart | apart << 1
        }
        2 => ((bytes & LOWEST) | (bytes & (LOWEST * 2)) << 3) * 0x0f,
        _ => (bytes & LOWEST) * 0xff,
    }
}

/// The bits of some columns, at least one.
fn bits(columns: Range<usize>) -> u64 {
    u64::MAX >> (MAX_COLUMNS - columns.len()) << columns.start
}

impl Outline {
    /// Prepares a ground; `None` where it has no vertex. It is asked about parts of the world that are `1 << part` long, 1e-7 degree, and
    /// begin at multiples of that. Costs some microseconds for some hundred vertices.
    pub fn of(ground: &Ground, part: u32) -> Option<Outline> {
        let rings = || ground.parts.iter().flatten();
        let extent = Extent::of(rings().flatten().copied())?;
        let count = rings().map(Vec::len).sum::<usize>();
        let columns = Axis::new(extent.west, extent.east, MAX_COLUMNS, part);
        let of_lat = Axis::new(extent.south, extent.north, (count / PER_ROW).clamp(MIN_ROWS, MAX_ROWS), 0);
        let rows = vec![Row { last: NONE, boundary: 0, inside: 0 }; of_lat.cell(extent.north) + 1];
        let mut outline = Outline { extent, part, columns, of_lat, rows, segments: Vec::with_capacity(count * 2) };
        each_side(ground, |a, b| outline.add(a, b));
        outline.fill();
        Some(outline)
    }

    /// Puts a segment into its rows and marks the cells that it passes.
    fn add(&mut self, a: Position, b: Position) {
        let (south, north) = if a.lat_e7 <= b.lat_e7 { (a, b) } else { (b, a) };
        let of_side = self.of_lat.cells(south.lat_e7 - OFF, north.lat_e7 + OFF);
        let (west, east) = (a.lon_e7.min(b.lon_e7) - OFF, a.lon_e7.max(b.lon_e7) + OFF);
        let columns = self.columns.cells(west, east);
        let whole = bits(columns.clone());
        if of_side.len() == 1 {
            self.put((a, b), of_side.start, whole);
            return;
        }
        if columns.len() < 3 {
            of_side.for_each(|at| self.put((a, b), at, whole));
            return;
        }
        let rise = i64::from(north.lat_e7) - i64::from(south.lat_e7);
        let per_lat = (f64::from(north.lon_e7) - f64::from(south.lon_e7)) / rise.max(1) as f64;
        for at in of_side {
            // What of it lies in the row, by a line that is off by far less than one unit, and one unit more.
            let lon =
                |lat: i64| f64::from(south.lon_e7) + (lat - i64::from(south.lat_e7)).clamp(0, rise) as f64 * per_lat;
            let margin = i64::from(OFF);
            let (from, to) = (lon(self.of_lat.begin(at) - margin), lon(self.of_lat.begin(at + 1) + margin));
            let low = (from.min(to).floor() as i32 - 1 - OFF).max(west);
            let high = (from.max(to).ceil() as i32 + 1 + OFF).min(east);
            self.put((a, b), at, bits(self.columns.cells(low, high)));
        }
    }

    /// Puts a segment into one row, where it passes some cells.
    fn put(&mut self, (from, to): (Position, Position), at: usize, marked: u64) {
        let row = &mut self.rows[at];
        self.segments.push(Segment { from, to, before: row.last });
        row.last = self.segments.len() as u32 - 1;
        row.boundary |= marked;
    }

    /// Finds which of the cells without a boundary lie inside: those that hang together are on one side of it.
    fn fill(&mut self) {
        let mut below = Row { last: NONE, boundary: u64::MAX, inside: 0 };
        for at in 0..self.rows.len() {
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

    /// Eight rows of parts, from a row on that is counted from zero degrees.
    pub(super) fn rows_of_parts(&self, first: i32) -> RowsOfParts {
        let mut rows = RowsOfParts::default();
        for at in 0..8 {
            let begin = i64::from(first + at as i32) << self.part;
            let end = begin + (1 << self.part) - 1;
            if end >= i64::from(self.extent.south) && begin <= i64::from(self.extent.north) {
                let mut all = u64::MAX;
                for row in &self.rows[self.of_lat.cells(begin as i32, end as i32)] {
                    rows.some[at] |= row.boundary | row.inside;
                    all &= row.inside;
                }
                rows.all[at] = all;
            }
        }
        rows
    }

    /// What of the square where eight rows of parts cross eight columns of them is ground; the columns are counted from zero degrees,
    /// and the first is a multiple of eight.
    pub(super) fn parts(&self, rows: &RowsOfParts, first: i32) -> Parts {
        let narrower = self.columns.shift - self.part;
        let shift = ((first >> narrower) - self.columns.first) as u32;
        let square = |rows: &[u64; 8]| {
            let of_row = rows.iter().zip((0..64).step_by(8)).map(|(cells, at)| (cells >> shift & 0xff) << at);
            spread(of_row.fold(0, |square, row| square | row), narrower)
        };
        Parts { some: square(&rows.some), all: square(&rows.all) }
    }

    /// The row of a place and the bit of its column; `None` outside the box.
    fn cell(&self, p: Position) -> Option<(usize, u64)> {
        let Extent { west, south, east, north } = self.extent;
        let is_in = p.lon_e7 >= west && p.lon_e7 <= east && p.lat_e7 >= south && p.lat_e7 <= north;
        is_in.then(|| (self.of_lat.cell(p.lat_e7), 1 << self.columns.cell(p.lon_e7)))
    }

    /// The segments of a row.
    fn segments(&self, row: usize) -> impl Iterator<Item = (Position, Position)> {
        let mut next = self.rows[row].last;
        std::iter::from_fn(move || {
            let segment = self.segments.get(next as usize)?;
            next = segment.before;
            Some((segment.from, segment.to))
        })
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
        for (a, b) in self.segments(row) {
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

    /// Whether a line of at least one place touches the ground.
    pub fn touches(&self, line: &[Position]) -> bool {
        line.first().is_some_and(|first| self.covers(*first))
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
            if is_near && self.segments(row).any(|(c, d)| meet(segment, a, b, c, d)) {
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

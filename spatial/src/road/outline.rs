//! A ground prepared for asking which lines touch it: its boundary cut into bands of latitude. Exact, on integers.

use super::grid::Extent;
use crate::position::Position;
use crate::shape::{Side, between, side_of};
use crate::zone::Ground;

/// How many segments a band has on average.
const PER_BAND: usize = 4;
/// Shares of the width and height, in hundredths, that are tried for a box inside: the first fits a circle.
const INNER_SHARES: [i64; 3] = [70, 50, 25];
/// Most bands.
const MAX_BANDS: usize = 4_096;

/// A prepared ground.
#[derive(Clone, Debug)]
pub struct Outline {
    extent: Extent,
    /// A box that is covered for certain, found by trying: most of what is near a ground lies well inside it.
    inner: Option<Extent>,
    /// Height of a band, 1e-7 degree.
    band: i64,
    first: Vec<u32>,
    segments: Vec<(Position, Position)>,
}

impl Outline {
    /// Prepares a ground; `None` where it has no vertex.
    pub fn of(ground: &Ground) -> Option<Outline> {
        let rings = || ground.parts.iter().flatten();
        let extent = Extent::of(rings().flatten().copied())?;
        let all: Vec<(Position, Position)> =
            rings().flat_map(|ring| ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))).collect();
        let bands = (all.len() / PER_BAND).clamp(1, MAX_BANDS) as i64;
        let height = i64::from(extent.north) - i64::from(extent.south) + 1;
        let mut outline =
            Outline { extent, inner: None, band: height / bands + 1, first: Vec::new(), segments: Vec::new() };
        let boxes: Vec<Extent> = all.iter().filter_map(|segment| Extent::of([segment.0, segment.1])).collect();
        let mut entries: Vec<(u32, (Position, Position))> = Vec::with_capacity(all.len() * 2);
        for segment in all {
            let (low, high) = (segment.0.lat_e7.min(segment.1.lat_e7), segment.0.lat_e7.max(segment.1.lat_e7));
            entries.extend((outline.band_of(low)..=outline.band_of(high)).map(|band| (band as u32, segment)));
        }
        let count = outline.band_of(extent.north) + 1;
        let mut first = vec![0_u32; count + 1];
        entries.iter().for_each(|entry| first[entry.0 as usize + 1] += 1);
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut next = first.clone();
        let mut segments = vec![(Position { lon_e7: 0, lat_e7: 0 }, Position { lon_e7: 0, lat_e7: 0 }); entries.len()];
        for (band, segment) in entries {
            segments[next[band as usize] as usize] = segment;
            next[band as usize] += 1;
        }
        outline.first = first;
        outline.segments = segments;
        outline.inner = outline.find_inner(&boxes);
        Some(outline)
    }

    /// The largest of some boxes around the middle that no segment comes near, if the middle is covered.
    fn find_inner(&self, boxes: &[Extent]) -> Option<Extent> {
        let Extent { west, south, east, north } = self.extent;
        let (lon, lat) = ((i64::from(west) + i64::from(east)) / 2, (i64::from(south) + i64::from(north)) / 2);
        let (width, height) = (i64::from(east) - i64::from(west), i64::from(north) - i64::from(south));
        if !self.covers(Position { lon_e7: lon as i32, lat_e7: lat as i32 }) {
            return None;
        }
        let around = |share: i64| {
            let (x, y) = (width * share / 200, height * share / 200);
            let [west, east] = [lon - x, lon + x].map(|lon| lon as i32);
            let [south, north] = [lat - y, lat + y].map(|lat| lat as i32);
            Extent { west, south, east, north }
        };
        INNER_SHARES.into_iter().map(around).find(|inner| !boxes.iter().any(|segment| segment.meets(*inner)))
    }

    /// The box of the ground.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    fn band_of(&self, lat_e7: i32) -> usize {
        ((i64::from(lat_e7) - i64::from(self.extent.south)) / self.band) as usize
    }

    fn segments(&self, band: usize) -> &[(Position, Position)] {
        &self.segments[self.first[band] as usize..self.first[band + 1] as usize]
    }

    /// Whether the ground covers a place, its boundary included.
    pub fn covers(&self, p: Position) -> bool {
        let extent = self.extent;
        if p.lon_e7 < extent.west || p.lon_e7 > extent.east || p.lat_e7 < extent.south || p.lat_e7 > extent.north {
            return false;
        }
        let mut inside = false;
        for &(a, b) in self.segments(self.band_of(p.lat_e7)) {
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
        let Some(first) = line.first() else { return false };
        let is_in = |inner: Extent| {
            (inner.west..=inner.east).contains(&first.lon_e7) && (inner.south..=inner.north).contains(&first.lat_e7)
        };
        self.inner.is_some_and(is_in)
            || self.covers(*first)
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
        let low = self.band_of(segment.south.max(self.extent.south));
        let high = self.band_of(segment.north.min(self.extent.north));
        (low..=high).any(|band| self.segments(band).iter().any(|&(c, d)| meet(segment, a, b, c, d)))
    }
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

//! The drawing board: metres east and north of the park's middle, and how they become places on the ground.
//!
//! Everything is laid out on a straight grid, so that one can read it, and bent a little on the way to the ground, so that
//! nobody takes it for a chessboard. The bend is the same for all, so that a tank stays on its plot and a fix on its road.

use cordon_spatial::position::Position;
use serde_json::{Value, json};

/// The middle of the park, degrees.
const LON: f64 = 121.05;
const LAT: f64 = 30.60;
/// Metres in a degree of latitude, and of longitude at the park (sphere of 6,371,008.8 m).
const METRES_LAT: f64 = 111_195.08;
const METRES_LON: f64 = METRES_LAT * 0.860_742;
/// The board is turned by so much against north: cosine and sine of 6 degrees.
const TURN: (f64, f64) = (0.994_522, 0.104_528);
/// Longest straight piece on the board, metres: what is longer is bent between its ends too.
const PIECE_M: f64 = 80.0;

/// A place on the board.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Metres east of the middle.
    pub east_m: f64,
    /// Metres north of the middle.
    pub north_m: f64,
}

/// A place on the board, by metres east and north.
pub(super) const fn spot(east_m: f64, north_m: f64) -> Spot {
    Spot { east_m, north_m }
}

impl Spot {
    /// The distance on the board.
    pub fn distance_m(self, other: Spot) -> f64 {
        (self.east_m - other.east_m).hypot(self.north_m - other.north_m)
    }

    /// The place so far on the way to another.
    pub(super) fn towards(self, other: Spot, share: f64) -> Spot {
        spot(self.east_m + (other.east_m - self.east_m) * share, self.north_m + (other.north_m - self.north_m) * share)
    }

    /// The place on the ground.
    pub fn position(self) -> Position {
        let bent_east = self.east_m + 40.0 * libm::sin(self.north_m / 1_700.0);
        let bent_north = self.north_m + 70.0 * libm::sin(self.east_m / 2_100.0 + 0.4);
        let east = bent_east * TURN.0 + bent_north * TURN.1;
        let north = bent_north * TURN.0 - bent_east * TURN.1;
        Position::from_degrees(LON + east / METRES_LON, LAT + north / METRES_LAT).expect("the board is small")
    }
}

/// The corners of a rectangle, counter-clockwise.
pub(super) fn rectangle(west: f64, south: f64, east: f64, north: f64) -> [Spot; 4] {
    [spot(west, south), spot(east, south), spot(east, north), spot(west, north)]
}

/// So many corners on a circle.
pub(super) fn circle(centre: Spot, radius_m: f64, corners: u32) -> Vec<Spot> {
    let angle = |i: u32| std::f64::consts::TAU * f64::from(i) / f64::from(corners);
    (0..corners)
        .map(|i| {
            let (sin, cos) = libm::sincos(angle(i));
            spot(centre.east_m + radius_m * cos, centre.north_m + radius_m * sin)
        })
        .collect()
}

/// A line with places between those that lie far apart.
pub(super) fn bent(spots: &[Spot]) -> Vec<Spot> {
    let mut all = Vec::new();
    for ends in spots.windows(2) {
        let pieces = (ends[0].distance_m(ends[1]) / PIECE_M).ceil().max(1.0) as u32;
        all.extend((0..pieces).map(|i| ends[0].towards(ends[1], f64::from(i) / f64::from(pieces))));
    }
    all.extend(spots.last());
    all
}

fn coordinates(spots: &[Spot]) -> Vec<[f64; 2]> {
    let pair = |spot: &Spot| {
        let position = spot.position();
        [position.lon(), position.lat()]
    };
    spots.iter().map(pair).collect()
}

/// A GeoJSON point.
pub(super) fn point(at: Spot) -> Value {
    json!({"type": "Point", "coordinates": coordinates(&[at])[0]})
}

/// A GeoJSON line exactly through these.
pub(super) fn line(spots: &[Spot]) -> Value {
    json!({"type": "LineString", "coordinates": coordinates(spots)})
}

/// A GeoJSON polygon with one ring through these corners.
pub(super) fn polygon(corners: &[Spot]) -> Value {
    let mut ring = corners.to_vec();
    ring.extend(corners.first());
    json!({"type": "Polygon", "coordinates": [coordinates(&bent(&ring))]})
}

/// A feature.
pub(super) fn feature(id: &str, geometry: Value, properties: Value) -> Value {
    json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::geodesy::distance;

    #[test]
    fn the_board_keeps_its_lengths_within_a_few_in_a_hundred() {
        for (a, b) in [
            (spot(0.0, 0.0), spot(500.0, 0.0)),
            (spot(-1_450.0, -850.0), spot(-1_450.0, 0.0)),
            (spot(5_500.0, -5_800.0), spot(6_000.0, -5_300.0)),
        ] {
            let ratio = distance(a.position(), b.position()).as_metres() / a.distance_m(b);
            assert!((0.93..1.07).contains(&ratio), "{a:?} to {b:?}: {ratio}");
        }
    }

    #[test]
    fn the_middle_is_where_it_is_said_to_be() {
        let middle = Position::from_degrees(LON, LAT).expect("in range");
        assert!(distance(spot(0.0, 0.0).position(), middle).as_metres() < 50.0);
    }
}

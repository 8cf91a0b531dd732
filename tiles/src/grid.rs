//! The web-mercator tile grid (OGC two-dimensional tile matrix set "WebMercatorQuad"): which tile a place is in, and
//! what ground a tile shows.

use cordon_spatial::position::Position;
use std::f64::consts::PI;

/// Deepest zoom level that is served.
pub const MAX_ZOOM: u8 = 22;
/// Latitude at which the square map ends, degrees: atan(sinh(pi)).
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// One tile: column `x` from the west, row `y` from the north, both below 2^zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    zoom: u8,
    x: u32,
    y: u32,
}

/// The ground of a tile, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TileBounds {
    /// West side, longitude.
    pub west: f64,
    /// South side, latitude.
    pub south: f64,
    /// East side, longitude.
    pub east: f64,
    /// North side, latitude.
    pub north: f64,
}

impl Tile {
    /// A tile; `None` when the zoom is over [`MAX_ZOOM`] or the column or row does not exist at it.
    pub fn new(zoom: u8, x: u32, y: u32) -> Option<Tile> {
        (zoom <= MAX_ZOOM && x < 1 << zoom && y < 1 << zoom).then_some(Tile { zoom, x, y })
    }

    /// The tile that a place is in; places beyond [`MAX_LATITUDE`] are in the outermost row.
    pub fn of(zoom: u8, place: Position) -> Option<Tile> {
        let count = f64::from(1_u32.checked_shl(zoom.into())?);
        let phi = place.lat().clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
        let along = |part: f64| (part * count).clamp(0.0, count - 1.0) as u32;
        Tile::new(zoom, along((place.lon() + 180.0) / 360.0), along((1.0 - phi.tan().asinh() / PI) / 2.0))
    }

    /// Zoom level, 0 to [`MAX_ZOOM`].
    pub fn zoom(self) -> u8 {
        self.zoom
    }

    /// Column from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The ground that it shows.
    pub fn bounds(self) -> TileBounds {
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        let ((west, north), (east, south)) = (self.place(x, y), self.place(x + 1.0, y + 1.0));
        TileBounds { west, south, east, north }
    }

    /// The place in the middle of its picture.
    pub fn middle(self) -> Position {
        let (lon, lat) = self.place(f64::from(self.x) + 0.5, f64::from(self.y) + 0.5);
        Position::from_degrees(lon, lat).expect("a tile is on the map")
    }

    /// Longitude and latitude of a column and a row of its zoom, degrees.
    fn place(self, x: f64, y: f64) -> (f64, f64) {
        let count = f64::from(1_u32 << self.zoom);
        (x / count * 360.0 - 180.0, (PI * (1.0 - 2.0 * y / count)).sinh().atan().to_degrees())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_the_tile_that_shows_it() {
        for (lon, lat) in [(121.05, 30.60), (-8.61, 41.15), (0.0, 0.0), (179.999_999, -84.9), (-180.0, 85.0)] {
            let place = Position::from_degrees(lon, lat).expect("in range");
            for zoom in 0..=MAX_ZOOM {
                let bounds = Tile::of(zoom, place).expect("a zoom that is served").bounds();
                assert!((bounds.west..=bounds.east).contains(&lon), "zoom {zoom}: {lon} in {bounds:?}");
                assert!((bounds.south - 1e-9..=bounds.north + 1e-9).contains(&lat), "zoom {zoom}: {lat} in {bounds:?}");
                let tile = Tile::of(zoom, place).expect("a zoom that is served");
                // A position is a whole number of 1e-7 degree, which deep tiles are small beside.
                assert!(
                    zoom > 20 || Tile::of(zoom, tile.middle()) == Some(tile),
                    "zoom {zoom}: the middle of {tile:?}"
                );
            }
        }
    }

    /// Against the logarithm form of the formula (OSM wiki, "Slippy map tilenames").
    #[test]
    fn the_model_park_is_where_other_maps_have_it() {
        let tile = Tile::of(10, Position::from_degrees(121.05, 30.60).expect("in range")).expect("served");
        let n = 1_024.0_f64;
        let x = ((121.05 + 180.0) / 360.0 * n).floor();
        let phi = 30.60_f64.to_radians();
        let y = ((1.0 - (phi.tan() + 1.0 / phi.cos()).ln() / PI) / 2.0 * n).floor();
        assert_eq!((f64::from(tile.x()), f64::from(tile.y())), (x, y));
    }

    #[test]
    fn what_does_not_exist_is_no_tile() {
        assert_eq!(Tile::new(3, 8, 0), None);
        assert_eq!(Tile::new(MAX_ZOOM + 1, 0, 0), None);
        assert_eq!(Tile::of(40, Position::from_degrees(0.0, 0.0).expect("in range")), None);
    }
}

//! Chinese map datums and their conversion to WGS 84, at the edge only: nothing is ever judged in them.
//!
//! GCJ-02 is officially unpublished; the forward formula here is the one that open projects agree on (eviltransform,
//! coordtransform, PROJ discussions), good to about a metre inside mainland China. BD-09 is an offset on top of it. The
//! inverses iterate the forward formula until it reproduces the input to 1e-9 degree.

use crate::position::{Position, PositionError};
use serde::{Deserialize, Serialize};

/// Which datum a pair of numbers is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    /// WGS 84, taken as equal to CGCS2000 at the accuracy of a vehicle.
    Wgs84,
    /// The offset datum of Chinese web maps.
    Gcj02,
    /// Baidu's offset on top of GCJ-02.
    Bd09,
}

impl Datum {
    /// Reads the names `wgs84`, `cgcs2000`, `gcj02` and `bd09`, in any case.
    pub fn from_name(name: &str) -> Option<Datum> {
        match name.to_ascii_lowercase().as_str() {
            "wgs84" | "cgcs2000" => Some(Datum::Wgs84),
            "gcj02" => Some(Datum::Gcj02),
            "bd09" => Some(Datum::Bd09),
            _ => None,
        }
    }

    /// Its name, as [`Datum::from_name`] reads it.
    pub fn name(self) -> &'static str {
        match self {
            Datum::Wgs84 => "wgs84",
            Datum::Gcj02 => "gcj02",
            Datum::Bd09 => "bd09",
        }
    }

    /// The WGS 84 position of degrees in this datum.
    pub fn to_wgs84(self, lon: f64, lat: f64) -> Result<Position, PositionError> {
        Position::from_degrees(lon, lat)?;
        let (lon, lat) = match self {
            Datum::Wgs84 => (lon, lat),
            Datum::Gcj02 => invert(lon, lat, wgs84_to_gcj02),
            Datum::Bd09 => {
                let (lon, lat) = invert(lon, lat, gcj02_to_bd09);
                invert(lon, lat, wgs84_to_gcj02)
            }
        };
        Position::from_degrees(lon, lat)
    }

    /// Degrees in this datum of a WGS 84 position, as (longitude, latitude).
    pub fn from_wgs84(self, position: Position) -> (f64, f64) {
        let (lon, lat) = (position.lon(), position.lat());
        match self {
            Datum::Wgs84 => (lon, lat),
            Datum::Gcj02 => wgs84_to_gcj02(lon, lat),
            Datum::Bd09 => {
                let (lon, lat) = wgs84_to_gcj02(lon, lat);
                gcj02_to_bd09(lon, lat)
            }
        }
    }
}

/// Semi-major axis and squared eccentricity of the Krasovsky 1940 ellipsoid, which the formula uses.
const AXIS_M: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

fn in_china(lon: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn wgs84_to_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    if !in_china(lon, lat) {
        return (lon, lat);
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let waves = |a: f64, pa: f64, b: f64, pb: f64, v: f64| (a * libm::sin(v * pa) + b * libm::sin(v * pb)) * 2.0 / 3.0;
    let common = waves(20.0, 6.0 * PI, 20.0, 2.0 * PI, x);
    let d_lat = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * libm::sqrt(x.abs())
        + common
        + waves(20.0, PI, 40.0, PI / 3.0, y)
        + waves(160.0, PI / 12.0, 320.0, PI / 30.0, y);
    let d_lon = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * libm::sqrt(x.abs())
        + common
        + waves(20.0, PI, 40.0, PI / 3.0, x)
        + waves(150.0, PI / 12.0, 300.0, PI / 30.0, x);
    let phi = lat.to_radians();
    let sin = libm::sin(phi);
    let w = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let per_lat = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (w * libm::sqrt(w)) * PI / 180.0;
    let per_lon = AXIS_M / libm::sqrt(w) * libm::cos(phi) * PI / 180.0;
    (lon + d_lon / per_lon, lat + d_lat / per_lat)
}

fn gcj02_to_bd09(lon: f64, lat: f64) -> (f64, f64) {
    let k = std::f64::consts::PI * 3_000.0 / 180.0;
    let radius = libm::sqrt(lon * lon + lat * lat) + 0.000_02 * libm::sin(lat * k);
    let angle = libm::atan2(lat, lon) + 0.000_003 * libm::cos(lon * k);
    (radius * libm::cos(angle) + 0.006_5, radius * libm::sin(angle) + 0.006)
}

/// Fixed-point iteration: the offsets change by far less than 1 per degree, so it converges within ten rounds.
fn invert(lon: f64, lat: f64, forward: fn(f64, f64) -> (f64, f64)) -> (f64, f64) {
    let (mut x, mut y) = (lon, lat);
    for _ in 0..20 {
        let (fx, fy) = forward(x, y);
        let (ex, ey) = (lon - fx, lat - fy);
        x += ex;
        y += ey;
        if ex.abs() < 1e-9 && ey.abs() < 1e-9 {
            break;
        }
    }
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_in_zhejiang_is_a_few_hundred_metres_and_comes_back() {
        let here = Position::from_degrees(121.05, 30.60).expect("in range");
        for datum in [Datum::Gcj02, Datum::Bd09] {
            let (lon, lat) = datum.from_wgs84(here);
            let metres = ((lon - 121.05) * 96_000.0).hypot((lat - 30.60) * 111_000.0);
            assert!((300.0..1_500.0).contains(&metres), "{datum:?} shifts by {metres} m");
            let back = datum.to_wgs84(lon, lat).expect("in range");
            assert!((back.lon_e7 - here.lon_e7).abs() <= 1 && (back.lat_e7 - here.lat_e7).abs() <= 1);
        }
    }

    #[test]
    fn outside_china_gcj02_is_wgs84() {
        let porto = Position::from_degrees(-8.61, 41.15).expect("in range");
        assert_eq!(Datum::Gcj02.from_wgs84(porto), (porto.lon(), porto.lat()));
    }
}

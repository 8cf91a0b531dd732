//! Metres on the ground from integer degrees: a local plane for short ways, whole millimetres out.
//!
//! The plane is that of the ellipsoid's radii at a latitude; over 50 km it is off by less than 1 in 1,000, which
//! only ever decides whether a step was impossibly fast. Distances to boundaries are some hundred metres.

use crate::position::Position;
use crate::units::Millimetres;

/// WGS 84 semi-major axis, metres (NIMA TR8350.2).
pub const WGS84_AXIS_M: f64 = 6_378_137.0;
/// WGS 84 first eccentricity squared (NIMA TR8350.2).
pub const WGS84_ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_33;

/// The local plane at a latitude: millimetres in one unit (1e-7 degree) of longitude and of latitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalScale {
    /// Millimetres in one unit of longitude.
    pub lon_mm: f64,
    /// Millimetres in one unit of latitude.
    pub lat_mm: f64,
}

impl LocalScale {
    /// The plane at a latitude given in 1e-7 degree.
    pub fn at(lat_e7: i32) -> LocalScale {
        let phi = f64::from(lat_e7) * (std::f64::consts::PI / 180.0 / 1e7);
        let sin = libm::sin(phi);
        let w = 1.0 - WGS84_ECCENTRICITY_SQUARED * sin * sin;
        let root = libm::sqrt(w);
        let unit = 1e-7 * std::f64::consts::PI / 180.0 * 1_000.0;
        LocalScale {
            lon_mm: WGS84_AXIS_M / root * libm::cos(phi) * unit,
            lat_mm: WGS84_AXIS_M * (1.0 - WGS84_ECCENTRICITY_SQUARED) / (w * root) * unit,
        }
    }

    /// The length of a difference of positions.
    pub fn length(self, d_lon: i64, d_lat: i64) -> Millimetres {
        let (x, y) = (d_lon as f64 * self.lon_mm, d_lat as f64 * self.lat_mm);
        Millimetres(libm::sqrt(x * x + y * y) as i64)
    }
}

/// The distance between two positions on the local plane at their middle latitude, the short way round the globe.
pub fn distance(a: Position, b: Position) -> Millimetres {
    let middle = ((i64::from(a.lat_e7) + i64::from(b.lat_e7)) / 2) as i32;
    let mut d_lon = i64::from(b.lon_e7) - i64::from(a.lon_e7);
    if d_lon > 1_800_000_000 {
        d_lon -= 3_600_000_000;
    } else if d_lon < -1_800_000_000 {
        d_lon += 3_600_000_000;
    }
    LocalScale::at(middle).length(d_lon, i64::from(b.lat_e7) - i64::from(a.lat_e7))
}

/// The distance from a position to a segment, on the local plane at the position.
pub fn distance_to_segment(scale: LocalScale, p: Position, a: Position, b: Position) -> Millimetres {
    let plane = |q: Position| {
        (
            (i64::from(q.lon_e7) - i64::from(p.lon_e7)) as f64 * scale.lon_mm,
            (i64::from(q.lat_e7) - i64::from(p.lat_e7)) as f64 * scale.lat_mm,
        )
    };
    let ((ax, ay), (bx, by)) = (plane(a), plane(b));
    let (dx, dy) = (bx - ax, by - ay);
    let squared = dx * dx + dy * dy;
    let t = if squared > 0.0 { (-(ax * dx + ay * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (ax + t * dx, ay + t * dy);
    Millimetres(libm::sqrt(x * x + y * y) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One degree of latitude and of longitude at 30 N on WGS 84: 110,852 m and 96,486 m (NGA geodesy calculator).
    #[test]
    fn degrees_at_thirty_north() {
        let at = |lon, lat| Position::from_degrees(lon, lat).expect("in range");
        let north = distance(at(121.0, 29.5), at(121.0, 30.5)).as_metres();
        let east = distance(at(121.0, 30.0), at(122.0, 30.0)).as_metres();
        assert!((north - 110_852.4).abs() < 1.0, "{north}");
        assert!((east - 96_486.3).abs() < 1.0, "{east}");
    }

    #[test]
    fn the_short_way_over_the_date_line() {
        let at = |lon| Position::from_degrees(lon, 0.0).expect("in range");
        assert!(distance(at(179.999), at(-179.999)).as_metres() < 230.0);
    }
}

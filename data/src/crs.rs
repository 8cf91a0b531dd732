//! The coordinate reference systems that features are given out and taken in by, and the order in which each names its axes.
//!
//! Everything inside is WGS 84 (taken as equal to CGCS2000 at the accuracy of a vehicle) with longitude first. What a client
//! asks for by URI follows the authority's axis order, as OGC API Features part 2 (18-058r1 §6) demands: EPSG:4326 and 4490 name
//! latitude first.

use cordon_spatial::position::Position;
use serde_json::Value;

/// A system that coordinates may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Crs {
    /// WGS 84, longitude first: what everything is kept in.
    #[default]
    Crs84,
    /// WGS 84, latitude first.
    Epsg4326,
    /// CGCS2000, latitude first.
    Epsg4490,
    /// Web Mercator, metres east and north.
    Epsg3857,
}

/// The sphere's radius of EPSG:3857, m (EPSG guidance note 7-2, method 1024).
const RADIUS_M: f64 = 6_378_137.0;
/// Half the width of the world in EPSG:3857, m: π times the radius.
const HALF_WORLD_M: f64 = 20_037_508.342_789_244;
/// Where the square world of EPSG:3857 ends, degrees: atan(sinh π).
const MERCATOR_END_DEG: f64 = 85.051_128_779_806_59;

impl Crs {
    /// All of them, the one of storage first.
    pub const ALL: [Crs; 4] = [Crs::Crs84, Crs::Epsg4326, Crs::Epsg4490, Crs::Epsg3857];

    /// Its URI.
    pub fn uri(self) -> &'static str {
        match self {
            Crs::Crs84 => "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            Crs::Epsg4326 => "http://www.opengis.net/def/crs/EPSG/0/4326",
            Crs::Epsg4490 => "http://www.opengis.net/def/crs/EPSG/0/4490",
            Crs::Epsg3857 => "http://www.opengis.net/def/crs/EPSG/0/3857",
        }
    }

    /// The system of a URI, which may stand in angle brackets or be a safe CURIE (`[EPSG:4490]`).
    pub fn from_uri(text: &str) -> Option<Crs> {
        let text = text.trim().trim_start_matches('<').trim_end_matches('>');
        let named = |code: &str| Crs::ALL.into_iter().find(|crs| crs.uri().ends_with(&format!("EPSG/0/{code}")));
        match text.strip_prefix("[EPSG:").and_then(|rest| rest.strip_suffix(']')) {
            Some(code) => named(code),
            None => Crs::ALL.into_iter().find(|crs| crs.uri() == text),
        }
    }

    /// What its axes are, in their order.
    pub fn axes(self) -> &'static str {
        match self {
            Crs::Crs84 => "longitude -180 to 180, latitude -90 to 90, degrees",
            Crs::Epsg4326 | Crs::Epsg4490 => "latitude -90 to 90, longitude -180 to 180, degrees",
            Crs::Epsg3857 => "metres east and north, -20037508.342789244 to 20037508.342789244",
        }
    }

    /// Degrees, longitude first, of a place in this system; `None` when it is outside.
    pub fn to_degrees(self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let [lon, lat] = match self {
            Crs::Crs84 => [x, y],
            Crs::Epsg4326 | Crs::Epsg4490 => [y, x],
            Crs::Epsg3857 => {
                let inside = |metres: f64| metres.is_finite() && metres.abs() <= HALF_WORLD_M;
                if !inside(x) || !inside(y) {
                    return None;
                }
                let lat = 2.0 * (y / RADIUS_M).exp().atan() - std::f64::consts::FRAC_PI_2;
                [x / HALF_WORLD_M * 180.0, lat.to_degrees()]
            }
        };
        Position::from_degrees(lon, lat).ok().map(|_| [lon, lat])
    }

    /// A place of degrees, longitude first, in this system. Beyond the latitudes where EPSG:3857 ends it is held there.
    pub fn of_degrees(self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        match self {
            Crs::Crs84 => [lon, lat],
            Crs::Epsg4326 | Crs::Epsg4490 => [lat, lon],
            Crs::Epsg3857 => {
                let lat = lat.clamp(-MERCATOR_END_DEG, MERCATOR_END_DEG).to_radians();
                let north = RADIUS_M * (std::f64::consts::FRAC_PI_4 + lat / 2.0).tan().ln();
                // Thousandths of a metre are as fine as the grid of storage.
                let rounded = |metres: f64| (metres * 1e3).round() / 1e3;
                [rounded(lon / 180.0 * HALF_WORLD_M), rounded(north)]
            }
        }
    }

    /// The boxes (west, south, east, north, degrees) that a box in this system covers: two when it goes over the antimeridian,
    /// which a first corner east of the second one says. Six numbers have heights, which are not looked at. `None` when the
    /// numbers are no box.
    pub fn boxes(self, numbers: &[f64]) -> Option<Vec<[f64; 4]>> {
        let (low, high) = match numbers {
            [a, b, c, d] => ([*a, *b], [*c, *d]),
            [a, b, low, c, d, high] if low <= high => ([*a, *b], [*c, *d]),
            _ => return None,
        };
        let ([west, south], [east, north]) = (self.to_degrees(low)?, self.to_degrees(high)?);
        if south > north {
            return None;
        }
        if west <= east {
            return Some(vec![[west, south, east, north]]);
        }
        // Metres do not go round the world.
        (self != Crs::Epsg3857).then(|| vec![[west, south, 180.0, north], [-180.0, south, east, north]])
    }

    /// Rewrites every position of a GeoJSON geometry from degrees into this system.
    pub fn write(self, geometry: &mut Value) {
        if self != Crs::Crs84 {
            // What is kept is in range.
            each_position(geometry, &mut |at| Some(self.of_degrees(at)));
        }
    }

    /// Rewrites every position of a GeoJSON geometry from this system into degrees; the first that is outside is the error.
    pub fn read(self, geometry: &mut Value) -> Result<(), [f64; 2]> {
        let mut outside = None;
        if self != Crs::Crs84 {
            each_position(geometry, &mut |at| {
                let degrees = self.to_degrees(at);
                if degrees.is_none() {
                    outside.get_or_insert(at);
                }
                degrees
            });
        }
        outside.map_or(Ok(()), Err)
    }
}

/// Changes the first two numbers of every position below a geometry.
fn each_position(value: &mut Value, change: &mut impl FnMut([f64; 2]) -> Option<[f64; 2]>) {
    match value {
        Value::Object(members) => {
            for name in ["coordinates", "geometries"] {
                if let Some(inner) = members.get_mut(name) {
                    each_position(inner, change);
                }
            }
        }
        Value::Array(values) => match (values.first().and_then(Value::as_f64), values.get(1).and_then(Value::as_f64)) {
            (Some(x), Some(y)) => {
                if let Some([a, b]) = change([x, y]) {
                    (values[0], values[1]) = (a.into(), b.into());
                }
            }
            _ => values.iter_mut().for_each(|inner| each_position(inner, change)),
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_system_has_its_order() {
        let park = [121.05, 30.6];
        assert_eq!(Crs::Epsg4326.of_degrees(park), [30.6, 121.05]);
        assert_eq!(Crs::Epsg4490.of_degrees(park), [30.6, 121.05]);
        // PROJ (cs2cs) says 13475224.36 3580909.76.
        let [east, north] = Crs::Epsg3857.of_degrees(park);
        assert!((east - 13_475_224.36).abs() < 0.01 && (north - 3_580_909.76).abs() < 0.01, "{east} {north}");
        for crs in Crs::ALL {
            let [lon, lat] = crs.to_degrees(crs.of_degrees(park)).expect("it is inside");
            assert!((lon - park[0]).abs() < 1e-7 && (lat - park[1]).abs() < 1e-7, "{crs:?}: {lon} {lat}");
            assert_eq!(Crs::from_uri(crs.uri()), Some(crs));
        }
        assert_eq!(Crs::from_uri("[EPSG:4490]"), Some(Crs::Epsg4490));
        assert_eq!(Crs::from_uri("<http://www.opengis.net/def/crs/EPSG/0/3857>"), Some(Crs::Epsg3857));
        assert_eq!(Crs::from_uri("EPSG:4528"), None);
    }

    #[test]
    fn boxes_may_go_over_the_antimeridian_and_not_upside_down() {
        assert_eq!(Crs::Crs84.boxes(&[1.0, 2.0, 3.0, 4.0]), Some(vec![[1.0, 2.0, 3.0, 4.0]]));
        assert_eq!(Crs::Epsg4326.boxes(&[2.0, 1.0, 4.0, 3.0]), Some(vec![[1.0, 2.0, 3.0, 4.0]]));
        assert_eq!(Crs::Crs84.boxes(&[1.0, 2.0, 0.0, 3.0, 4.0, 9.0]), Some(vec![[1.0, 2.0, 3.0, 4.0]]));
        let over = Crs::Crs84.boxes(&[170.0, -1.0, -170.0, 1.0]);
        assert_eq!(over, Some(vec![[170.0, -1.0, 180.0, 1.0], [-180.0, -1.0, -170.0, 1.0]]));
        assert_eq!(Crs::Crs84.boxes(&[1.0, 4.0, 3.0, 2.0]), None);
        assert_eq!(Crs::Crs84.boxes(&[1.0, 2.0, f64::NAN, 4.0]), None);
        assert_eq!(Crs::Epsg3857.boxes(&[0.0, 0.0, 3e7, 1.0]), None);
    }

    #[test]
    fn geometries_are_rewritten_at_every_depth() {
        let mut geometry = json!({"type": "GeometryCollection", "geometries": [
            {"type": "Point", "coordinates": [121.0, 30.0, 5.0]}, {"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, 4.0]]}]});
        Crs::Epsg4490.write(&mut geometry);
        assert_eq!(geometry["geometries"][0]["coordinates"], json!([30.0, 121.0, 5.0]));
        assert_eq!(geometry["geometries"][1]["coordinates"], json!([[2.0, 1.0], [4.0, 3.0]]));
        assert_eq!(Crs::Epsg4490.read(&mut geometry), Ok(()));
        assert_eq!(geometry["geometries"][1]["coordinates"], json!([[1.0, 2.0], [3.0, 4.0]]));
        let mut far = json!({"type": "Point", "coordinates": [121.0, 30.0]});
        assert_eq!(Crs::Epsg4326.read(&mut far), Err([121.0, 30.0]));
    }
}

//! Which datum coordinates are in: an EPSG code, one of China's shifted datums, or what the file says; never a guess.

use super::ImportError;
use crate::gdal::GdalError;
use cordon_spatial::datum::Datum;
use serde_json::Value;

/// A datum and projection that somebody names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Srs {
    /// By its number in EPSG's list.
    Epsg(u32),
    /// Degrees that are shifted: GCJ-02 or BD-09.
    Shifted(Datum),
}

impl Srs {
    /// What may be named.
    pub const NAMES: &'static str = "EPSG:<code>, wgs84, cgcs2000, gcj02, bd09";

    /// Reads `EPSG:4528`, `4528`, `wgs84`, `cgcs2000`, `gcj02` or `bd09`.
    pub fn from_name(name: &str) -> Option<Srs> {
        let name = name.trim().to_ascii_lowercase().replace(['-', ' '], "");
        match name.as_str() {
            "wgs84" => return Some(Srs::Epsg(4326)),
            "cgcs2000" => return Some(Srs::Epsg(4490)),
            "gcj02" => return Some(Srs::Shifted(Datum::Gcj02)),
            "bd09" => return Some(Srs::Shifted(Datum::Bd09)),
            _ => {}
        }
        let digits = name.strip_prefix("epsg:").unwrap_or(&name);
        digits.parse().ok().filter(|code| (1_000..1_000_000).contains(code)).map(Srs::Epsg)
    }

    /// The shift, if it is one.
    pub(super) fn datum(self) -> Option<Datum> {
        match self {
            Srs::Epsg(_) => None,
            Srs::Shifted(datum) => Some(datum),
        }
    }
}

impl std::fmt::Display for Srs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Srs::Epsg(code) => write!(f, "EPSG:{code}"),
            Srs::Shifted(Datum::Gcj02) => f.write_str("GCJ-02"),
            Srs::Shifted(Datum::Bd09) => f.write_str("BD-09"),
            Srs::Shifted(Datum::Wgs84) => f.write_str("WGS 84"),
        }
    }
}

/// Moves every position of a geometry to WGS 84. One that is out of range stays and is refused with its row.
pub(super) fn shift(datum: Datum, value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in ["coordinates", "geometries"] {
                if let Some(inner) = members.get_mut(name) {
                    shift(datum, inner);
                }
            }
        }
        Value::Array(values) => match (values.first().and_then(Value::as_f64), values.get(1).and_then(Value::as_f64)) {
            (Some(lon), Some(lat)) => {
                if let Ok(position) = datum.to_wgs84(lon, lat) {
                    (values[0], values[1]) = (position.lon().into(), position.lat().into());
                }
            }
            _ => values.iter_mut().for_each(|inner| shift(datum, inner)),
        },
        _ => {}
    }
}

/// What GDAL says about datums in words that help.
pub(super) fn explained(error: GdalError, told: Option<Srs>) -> ImportError {
    let GdalError::Failed(said) = &error else { return error.into() };
    let lower = said.to_lowercase();
    if lower.contains("no coordinate system") {
        return ImportError::Srs(format!(
            "the file does not say in which datum its coordinates are, and a wrong one puts everything beside its place; name it: {}",
            Srs::NAMES
        ));
    }
    let about = ["srs definition", "coordinate operation", "transform", "crs", "epsg"];
    if about.iter().any(|word| lower.contains(word)) {
        let named = told.map_or_else(|| "the file's own datum".to_owned(), |srs| srs.to_string());
        return ImportError::Srs(format!("{named} cannot be brought to WGS 84: {said}; allowed: {}", Srs::NAMES));
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_datums() {
        for (name, expected) in [
            ("EPSG:4528", Some(Srs::Epsg(4528))),
            ("4490", Some(Srs::Epsg(4490))),
            ("GCJ-02", Some(Srs::Shifted(Datum::Gcj02))),
            ("bd09", Some(Srs::Shifted(Datum::Bd09))),
            ("CGCS2000", Some(Srs::Epsg(4490))),
            ("mars", None),
            ("EPSG:", None),
            ("EPSG:4326 +proj", None),
        ] {
            assert_eq!(Srs::from_name(name), expected, "{name}");
        }
    }
}

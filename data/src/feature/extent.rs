//! How far a GeoJSON geometry reaches, read from its text without making values of it: most of a body is coordinates, and whoever
//! keeps, shows or counts a feature asks for no more than its type and its box.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt::{Formatter, Result as Said};

/// The types of geometry (RFC 7946 §3.1), in the order in which they are told.
const KINDS: [&str; 7] =
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

/// Type and box of a geometry. It is read from any JSON; what is no geometry has neither.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extent {
    /// Its type, when it is a known one.
    pub kind: Option<&'static str>,
    /// The box around its positions: west, south, east, north, degrees.
    pub bbox: Option<[f64; 4]>,
}

impl Extent {
    /// The types that [`Extent::kind`] may tell.
    pub const KINDS: [&'static str; 7] = KINDS;

    fn at(lon: f64, lat: f64) -> Extent {
        Extent { kind: None, bbox: Some([lon, lat, lon, lat]) }
    }

    fn join(&mut self, other: Extent) {
        self.bbox = match (self.bbox, other.bbox) {
            (Some(a), Some(b)) => Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
            (known, more) => known.or(more),
        };
    }
}

/// What stands at a place in a geometry.
enum Part {
    Number(f64),
    Reaches(Extent),
    Text(Option<&'static str>),
    Nothing,
}

impl<'de> Deserialize<'de> for Extent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Extent, D::Error> {
        Ok(match Part::deserialize(deserializer)? {
            Part::Reaches(extent) => extent,
            Part::Number(_) | Part::Text(_) | Part::Nothing => Extent::default(),
        })
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Part, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

/// The members of a geometry that say something here.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Type,
    Coordinates,
    Geometries,
    #[serde(other)]
    Other,
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Part;

    fn expecting(&self, out: &mut Formatter<'_>) -> Said {
        out.write_str("a geometry")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Part, E> {
        Ok(Part::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Part, E> {
        Ok(Part::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Part, E> {
        Ok(Part::Number(number as f64))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Part, E> {
        Ok(Part::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Part, E> {
        Ok(Part::Nothing)
    }

    fn visit_str<E>(self, text: &str) -> Result<Part, E> {
        Ok(Part::Text(KINDS.into_iter().find(|kind| *kind == text)))
    }

    /// A list that begins with two numbers is a position, any other holds more of them.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Part, A::Error> {
        let mut extent = Extent::default();
        let first: Option<Part> = list.next_element()?;
        let second: Option<Part> = list.next_element()?;
        if let (Some(Part::Number(lon)), Some(Part::Number(lat))) = (&first, &second) {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Part::Reaches(Extent::at(*lon, *lat)));
        }
        let mut take = |part: Part| {
            if let Part::Reaches(inner) = part {
                extent.join(inner);
            }
        };
        first.into_iter().chain(second).for_each(&mut take);
        while let Some(part) = list.next_element()? {
            take(part);
        }
        Ok(Part::Reaches(extent))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Part, A::Error> {
        let mut extent = Extent::default();
        while let Some(member) = members.next_key()? {
            match member {
                Member::Type => match members.next_value()? {
                    Part::Text(kind) => extent.kind = kind,
                    Part::Number(_) | Part::Reaches(_) | Part::Nothing => extent.kind = None,
                },
                Member::Coordinates | Member::Geometries => {
                    if let Part::Reaches(inner) = members.next_value()? {
                        extent.join(inner);
                    }
                }
                Member::Other => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Part::Reaches(extent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::bbox_of;
    use serde_json::{Value, json};

    #[test]
    fn a_text_reaches_as_far_as_its_values() {
        let cases: [(Value, Option<&str>); 9] = [
            (json!({"type": "Point", "coordinates": [121.5, 30]}), Some("Point")),
            (json!({"coordinates": [121.5, 30.25, 7.0], "type": "Point"}), Some("Point")),
            (json!({"type": "LineString", "coordinates": [[121.5, 30.0], [-121, 31.5, 1]]}), Some("LineString")),
            (
                json!({"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [0.5, 9]], [[2, 2], [2, 3]]]}),
                Some("Polygon"),
            ),
            (
                json!({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]},
                    {"type": "MultiPoint", "coordinates": [[3, -4], [5, 6]]}]}),
                Some("GeometryCollection"),
            ),
            (json!({"type": "Circle", "coordinates": [], "bbox": [1, 2, 3, 4]}), None),
            (json!({"type": 7, "coordinates": [[null, 1], ["a", [1, 2]], true]}), None),
            (json!(null), None),
            (json!([[1, 2], [3, 4]]), None),
        ];
        for (geometry, kind) in cases {
            let extent: Extent = serde_json::from_str(&geometry.to_string()).expect("any JSON is read");
            assert_eq!((extent.kind, extent.bbox), (kind, bbox_of(&geometry)), "{geometry}");
        }
    }
}

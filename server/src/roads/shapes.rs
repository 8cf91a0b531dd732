//! Lines and areas as GeoJSON, written from where they lie.

use cordon_spatial::position::Position;
use cordon_spatial::road::Line;
use cordon_spatial::zone::Ring;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// A `LineString`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineJson(pub Line);

/// A `MultiLineString`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinesJson(pub Vec<Line>);

/// A `MultiPolygon`: of each part the outer ring first. Rings are closed when they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaJson(pub Vec<Vec<Ring>>);

/// Positions; a ring's first one again at its end.
struct Places<'a> {
    of: &'a [Position],
    is_ring: bool,
}

impl Serialize for Places<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let again = self.of.first().filter(|_| self.is_ring);
        let mut list = to.serialize_seq(None)?;
        for at in self.of.iter().chain(again) {
            list.serialize_element(&[at.lon(), at.lat()])?;
        }
        list.end()
    }
}

fn geometry<S: Serializer>(to: S, kind: &str, coordinates: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut members = to.serialize_map(Some(2))?;
    members.serialize_entry("type", kind)?;
    members.serialize_entry("coordinates", coordinates)?;
    members.end()
}

impl Serialize for LineJson {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        geometry(to, "LineString", &Places { of: &self.0, is_ring: false })
    }
}

impl Serialize for LinesJson {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let lines: Vec<Places<'_>> = self.0.iter().map(|line| Places { of: line, is_ring: false }).collect();
        geometry(to, "MultiLineString", &lines)
    }
}

impl Serialize for AreaJson {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let ring = |ring| Places { of: ring, is_ring: true };
        let parts: Vec<Vec<Places<'_>>> = self.0.iter().map(|rings| rings.iter().map(|r| ring(r)).collect()).collect();
        geometry(to, "MultiPolygon", &parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(shape: &impl Serialize) -> String {
        serde_json::to_string(shape).expect("plain data")
    }

    #[test]
    fn shapes_are_geojson() {
        let at = |lon_e7, lat_e7| Position { lon_e7, lat_e7 };
        let ring = vec![at(10_000_000, 0), at(20_000_000, 1), at(0, 5_000_000)];
        assert_eq!(
            text(&LineJson(ring.clone())),
            r#"{"type":"LineString","coordinates":[[1.0,0.0],[2.0,1e-7],[0.0,0.5]]}"#
        );
        assert_eq!(
            text(&AreaJson(vec![vec![ring]])),
            r#"{"type":"MultiPolygon","coordinates":[[[[1.0,0.0],[2.0,1e-7],[0.0,0.5],[1.0,0.0]]]]}"#
        );
    }
}

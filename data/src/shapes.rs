//! Features as geometries of `geo`, for what is written for other programs: WGS 84, longitude first.

use crate::feature::{Collection, Derived, StoredFeature};
use cordon_spatial::position::Position;
use cordon_spatial::zone::{Ground, Ring};
use geo::{Coord, Geometry, LineString, MultiPolygon, Point, Polygon};

/// WGS 84 in EPSG's list.
pub(crate) const SRS: i32 = 4326;

fn coord(position: &Position) -> Coord<f64> {
    Coord { x: position.lon(), y: position.lat() }
}

/// A place.
pub(crate) fn point(position: Position) -> Geometry<f64> {
    Point(coord(&position)).into()
}

/// A zone's ground.
pub(crate) fn multipolygon(ground: &Ground) -> MultiPolygon<f64> {
    let line = |ring: &Ring| LineString::new(ring.iter().map(coord).collect());
    let polygon = |rings: &Vec<Ring>| {
        let mut lines = rings.iter().map(line);
        // `Polygon::new` closes each ring.
        Polygon::new(lines.next().unwrap_or_else(|| LineString::new(Vec::new())), lines.collect())
    };
    ground.parts.iter().map(polygon).collect()
}

/// Where a feature is: of a zone what is judged, of everything else what its body says; `None` when it is nowhere, and of
/// vehicles, which move.
pub(crate) fn of_feature(feature: &StoredFeature) -> Option<Geometry<f64>> {
    if let Some(Derived::Zone(zone)) = &feature.derived {
        return Some(multipolygon(&zone.ground).into());
    }
    if feature.collection == Collection::Vehicles {
        return None;
    }
    let body: geojson::Feature = feature.body.as_deref()?.parse().ok()?;
    Geometry::try_from(body.geometry?).ok()
}

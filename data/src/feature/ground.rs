//! The ground that a person drew: a polygon, or a circle or corridor that is made into one on entry.
//!
//! The body then shows that polygon as `geometry` and keeps the drawing in `properties.drawn` beside `radius_m` or
//! `width_m`, so that it can be resized later. What is edited as a polygon is a polygon from then on.

use super::field_error::FieldError;
use super::geometry::{self, Parts};
use super::members::Members;
use cordon_spatial::position::Position;
use cordon_spatial::shape::{self, MAX_REACH_M};
use cordon_spatial::zone::Ground;
use serde_json::{Map, Value};

/// Smallest radius and width that are no slip of the pen, metres.
const MIN_REACH_M: f64 = 0.1;

/// The ground of a drawing; `before` is that of the revision before, as it was given out.
pub(super) fn enter(
    drawing: &Value,
    properties: &mut Map<String, Value>,
    before: Option<&Ground>,
) -> Result<Ground, FieldError> {
    if drawing.is_null() {
        return Err(FieldError::missing(
            "geometry",
            "Polygon, MultiPolygon, Point with radius_m or LineString with width_m",
        ));
    }
    geometry::check(drawing, "geometry")?;
    match geometry::type_of(drawing, "geometry")? {
        "Point" | "LineString" => {
            let ground = drawn_ground(drawing, "geometry", properties)?;
            properties.insert("drawn".to_owned(), drawing.clone());
            Ok(ground)
        }
        "Polygon" | "MultiPolygon" => {
            let parts = geometry::polygon_parts(drawing, "geometry")?;
            let untouched = match before {
                Some(before) if is_as_given_out(before, &parts)? => Some(before),
                _ => None,
            };
            if let Some(ground) = redrawn(&parts, properties, untouched.is_some())? {
                return Ok(ground);
            }
            for name in ["drawn", "radius_m", "width_m"] {
                properties.remove(name);
            }
            match untouched {
                Some(before) => Ok(before.clone()),
                None => shape::polygons(&parts).map_err(|error| geometry::refused(error, "geometry", "this polygon")),
            }
        }
        other => {
            let limit = "Polygon, MultiPolygon, Point with radius_m or LineString with width_m";
            Err(FieldError::new("geometry", "geometry.type", other, limit))
        }
    }
}

/// Whether parts are a ground's own polygons, as its geometry gives them out.
fn is_as_given_out(ground: &Ground, parts: &Parts) -> Result<bool, FieldError> {
    let outline = geometry::polygon_parts(&geometry::ground_geometry(ground), "geometry")?;
    Ok(geometry::snapped(&outline) == geometry::snapped(parts))
}

/// The ground of the circle or corridor in `properties.drawn`, where the geometry is still its polygon: as it was given
/// out (then a changed `radius_m` or `width_m` resizes it), or as another site made it from the same drawing.
fn redrawn(parts: &Parts, properties: &Map<String, Value>, untouched: bool) -> Result<Option<Ground>, FieldError> {
    let Some(drawn) = properties.get("drawn").filter(|drawn| drawn.is_object()) else { return Ok(None) };
    if untouched {
        geometry::check(drawn, "properties.drawn")?;
        return drawn_ground(drawn, "properties.drawn", properties).map(Some);
    }
    if geometry::check(drawn, "properties.drawn").is_err() {
        return Ok(None);
    }
    let Ok(ground) = drawn_ground(drawn, "properties.drawn", properties) else { return Ok(None) };
    Ok(is_as_given_out(&ground, parts)?.then_some(ground))
}

fn drawn_ground(drawn: &Value, path: &str, properties: &Map<String, Value>) -> Result<Ground, FieldError> {
    let members = Members::new(properties, "properties");
    let reach = |name: &str, what: &str| {
        let reach_m = members.number(name, MIN_REACH_M..=MAX_REACH_M)?;
        reach_m.ok_or_else(|| {
            FieldError::missing(members.field(name), format!("{what} in metres, {MIN_REACH_M} to {MAX_REACH_M}"))
        })
    };
    match geometry::type_of(drawn, path)? {
        "Point" => {
            let (lon, lat) = geometry::point(drawn, path)?;
            let centre = Position::from_degrees(lon, lat)
                .map_err(|error| FieldError::new("coordinate", path, error, "a position in WGS 84"))?;
            let radius_m = reach("radius_m", "the radius of the circle")?;
            shape::circle(centre, radius_m).map_err(|error| geometry::refused(error, path, "this circle"))
        }
        "LineString" => {
            let line = geometry::line(drawn, path)?;
            let width_m = reach("width_m", "the whole width of the corridor")?;
            shape::corridor(&line, width_m).map_err(|error| geometry::refused(error, path, "this corridor"))
        }
        other => Err(FieldError::new("geometry", format!("{path}.type"), other, "Point or LineString")),
    }
}

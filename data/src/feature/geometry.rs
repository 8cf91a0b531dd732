//! GeoJSON geometry (RFC 7946 §3.1): every coordinate checked, polygons made from it and written back.
//!
//! The check reads the JSON itself and not a parsed type, so that an error names the very coordinate that is wrong.

use super::extent::Extent;
use super::field_error::FieldError;
use super::members::object;
use super::{Collection, Derived, StoredFeature};
use cordon_spatial::position::Position;
use cordon_spatial::shape::{MAX_VERTICES, ShapeError};
use cordon_spatial::zone::{Ground, Ring};
use serde::Deserialize;
use serde_json::{Value, json};

/// Most geometries of one collection of geometries.
const MAX_GEOMETRIES: usize = 1_000;

/// Polygons as [`cordon_spatial::shape::polygons`] takes them: parts of rings of (longitude, latitude).
pub(super) type Parts = Vec<Vec<Vec<(f64, f64)>>>;

/// Checks any geometry: its type, its nesting and every coordinate.
pub(super) fn check(geometry: &Value, path: &str) -> Result<(), FieldError> {
    let mut room = MAX_VERTICES;
    check_one(geometry, path, &mut room, Nesting::Outer)
}

/// The same, and a polygon must bound an area, one in a collection of geometries too: one that crosses itself is judged, measured and
/// drawn otherwise by every program.
pub(super) fn check_drawn(geometry: &Value, path: &str) -> Result<(), FieldError> {
    check(geometry, path)?;
    check_areas(geometry, path)
}

/// Whether the polygons of a checked geometry bound areas.
fn check_areas(geometry: &Value, path: &str) -> Result<(), FieldError> {
    match type_of(geometry, path)? {
        kind @ ("Polygon" | "MultiPolygon") => bounded(geometry, path, kind).map(drop),
        "GeometryCollection" => {
            let mut parts = geometry["geometries"].as_array().into_iter().flatten().enumerate();
            parts.try_for_each(|(i, inner)| check_areas(inner, &format!("{path}.geometries[{i}]")))
        }
        _ => Ok(()),
    }
}

/// The ground of a checked polygon or multipolygon.
fn bounded(geometry: &Value, path: &str, kind: &str) -> Result<Ground, FieldError> {
    cordon_spatial::shape::polygons(&polygon_parts(geometry, path)?).map_err(|error| refused(error, path, kind))
}

/// Whether a geometry stands for itself or inside a collection of geometries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Outer,
    Inner,
}

fn check_one(geometry: &Value, path: &str, room: &mut usize, nesting: Nesting) -> Result<(), FieldError> {
    let depth = match type_of(geometry, path)? {
        "Point" => 0,
        "MultiPoint" | "LineString" => 1,
        "Polygon" | "MultiLineString" => 2,
        "MultiPolygon" => 3,
        "GeometryCollection" => return check_collection(geometry, path, room, nesting),
        other => {
            let limit = "Point, MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon, GeometryCollection";
            return Err(FieldError::new("geometry", format!("{path}.type"), other, limit));
        }
    };
    check_depth(coordinates(geometry, path)?, &format!("{path}.coordinates"), depth, room)
}

fn check_collection(geometry: &Value, path: &str, room: &mut usize, nesting: Nesting) -> Result<(), FieldError> {
    if nesting == Nesting::Inner {
        let limit = "one level of geometries";
        return Err(FieldError::new("geometry", path, "a GeometryCollection inside another", limit));
    }
    let field = format!("{path}.geometries");
    let Some(Value::Array(geometries)) = geometry.get("geometries") else {
        return Err(FieldError::missing(field, "a list of geometries"));
    };
    if geometries.len() > MAX_GEOMETRIES {
        let limit = format!("at most {MAX_GEOMETRIES} geometries");
        return Err(FieldError::new("too_many", field, format!("{} geometries", geometries.len()), limit));
    }
    for (i, inner) in geometries.iter().enumerate() {
        check_one(inner, &format!("{field}[{i}]"), room, Nesting::Inner)?;
    }
    Ok(())
}

/// Checks lists nested `depth` deep with positions at the bottom, taking each from `room`.
fn check_depth(value: &Value, path: &str, depth: u8, room: &mut usize) -> Result<(), FieldError> {
    if depth == 0 {
        let Some(left) = room.checked_sub(1) else {
            return Err(FieldError::new(
                "too_many_vertices",
                path,
                "one vertex too many",
                format!("at most {MAX_VERTICES} vertices"),
            ));
        };
        *room = left;
        return position(value, path).map(drop);
    }
    for (i, inner) in list(value, path)?.iter().enumerate() {
        check_depth(inner, &format!("{path}[{i}]"), depth - 1, room)?;
    }
    Ok(())
}

/// The `type` of a geometry.
pub(super) fn type_of<'a>(geometry: &'a Value, path: &str) -> Result<&'a str, FieldError> {
    match object(geometry, path)?.get("type") {
        Some(Value::String(name)) => Ok(name),
        Some(other) => Err(FieldError::new("type", format!("{path}.type"), other, "the name of a geometry type")),
        None => Err(FieldError::missing(format!("{path}.type"), "the name of a geometry type")),
    }
}

fn coordinates<'a>(geometry: &'a Value, path: &str) -> Result<&'a Value, FieldError> {
    geometry.get("coordinates").ok_or_else(|| FieldError::missing(format!("{path}.coordinates"), "coordinates"))
}

fn list<'a>(value: &'a Value, path: &str) -> Result<&'a [Value], FieldError> {
    match value {
        Value::Array(values) => Ok(values),
        other => Err(FieldError::new("type", path, other, "a list")),
    }
}

/// One position: longitude and latitude in degrees, a height that is not kept by zones.
pub(super) fn position(value: &Value, path: &str) -> Result<(f64, f64), FieldError> {
    let numbers = list(value, path)?;
    if !(2..=4).contains(&numbers.len()) {
        return Err(FieldError::new("coordinate", path, value, "longitude, latitude and perhaps a height"));
    }
    for (i, number) in numbers.iter().enumerate() {
        if !number.as_f64().is_some_and(f64::is_finite) {
            return Err(FieldError::new("coordinate", format!("{path}[{i}]"), number, "a finite number"));
        }
    }
    let (Some(lon), Some(lat)) = (numbers[0].as_f64(), numbers[1].as_f64()) else {
        return Err(FieldError::new("coordinate", path, value, "finite numbers"));
    };
    if lat.abs() > 90.0 && lat.abs() <= 180.0 && lon.abs() <= 90.0 {
        let message = format!(
            "{path} is [{lon}, {lat}]: the latitude is over 90, so longitude and latitude seem swapped; longitude comes first"
        );
        return Err(FieldError::new("swapped", path, value, "longitude first, latitude -90 to 90").saying(message));
    }
    if let Err(error) = Position::from_degrees(lon, lat) {
        let limit = "longitude -180 to 180, latitude -90 to 90, in degrees of WGS 84";
        return Err(FieldError::new("coordinate", path, value, limit).saying(format!("{path}: {error}")));
    }
    Ok((lon, lat))
}

/// The positions of a checked line.
pub(super) fn line(geometry: &Value, path: &str) -> Result<Vec<(f64, f64)>, FieldError> {
    ring(coordinates(geometry, path)?, &format!("{path}.coordinates"))
}

/// The position of a checked point.
pub(super) fn point(geometry: &Value, path: &str) -> Result<(f64, f64), FieldError> {
    position(coordinates(geometry, path)?, &format!("{path}.coordinates"))
}

/// The parts of a checked polygon or multipolygon.
pub(super) fn polygon_parts(geometry: &Value, path: &str) -> Result<Parts, FieldError> {
    let kind = type_of(geometry, path)?;
    let value = coordinates(geometry, path)?;
    let path = format!("{path}.coordinates");
    if kind == "Polygon" {
        return Ok(vec![rings(value, &path)?]);
    }
    list(value, &path)?.iter().enumerate().map(|(i, part)| rings(part, &format!("{path}[{i}]"))).collect()
}

/// The ground of a GeoJSON polygon or multipolygon that nobody has checked yet.
pub fn ground_of(geometry: &Value) -> Result<Ground, FieldError> {
    let path = "geometry";
    check(geometry, path)?;
    let kind = type_of(geometry, path)?;
    if !matches!(kind, "Polygon" | "MultiPolygon") {
        return Err(FieldError::new("geometry", format!("{path}.type"), kind, "Polygon, MultiPolygon"));
    }
    bounded(geometry, path, kind)
}

fn rings(value: &Value, path: &str) -> Result<Vec<Vec<(f64, f64)>>, FieldError> {
    list(value, path)?.iter().enumerate().map(|(i, inner)| ring(inner, &format!("{path}[{i}]"))).collect()
}

fn ring(value: &Value, path: &str) -> Result<Vec<(f64, f64)>, FieldError> {
    list(value, path)?.iter().enumerate().map(|(i, inner)| position(inner, &format!("{path}[{i}]"))).collect()
}

/// The parts on the grid of 1e-7 degree, to compare two geometries by what would be judged.
pub(super) fn snapped(parts: &Parts) -> Vec<Vec<Ring>> {
    let snap = |&(lon, lat): &(f64, f64)| Position::from_degrees(lon, lat).expect("coordinates were checked before");
    parts.iter().map(|rings| rings.iter().map(|ring| ring.iter().map(snap).collect()).collect()).collect()
}

/// A refused shape as an error of the field that drew it.
pub(super) fn refused(error: ShapeError, field: &str, value: &str) -> FieldError {
    let value = match error.at {
        Some((lon, lat)) => format!("{value} at [{lon}, {lat}]"),
        None => value.to_owned(),
    };
    let message = format!("{field}: {}", error.what);
    FieldError::new(error.code, field, value, "a drawing that bounds an area").saying(message)
}

/// The ground as GeoJSON: shells counter-clockwise and holes clockwise (RFC 7946 §3.1.6), rings closed, at most seven
/// decimals.
pub(super) fn ground_geometry(ground: &Ground) -> Value {
    let mut parts: Vec<Value> = ground.parts.iter().map(|rings| part_coordinates(rings)).collect();
    if parts.len() == 1 {
        return json!({"type": "Polygon", "coordinates": parts.remove(0)});
    }
    json!({"type": "MultiPolygon", "coordinates": parts})
}

fn part_coordinates(rings: &[Ring]) -> Value {
    let rings = rings.iter().enumerate().map(|(i, ring)| {
        let wanted = if i == 0 { Turn::CounterClockwise } else { Turn::Clockwise };
        let pair = |p: &Position| json!([p.lon(), p.lat()]);
        let mut pairs: Vec<Value> = ring.iter().map(pair).collect();
        if turn(ring) != wanted {
            pairs.reverse();
        }
        pairs.extend(pairs.first().cloned());
        Value::Array(pairs)
    });
    Value::Array(rings.collect())
}

/// Which way a ring runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Clockwise,
    CounterClockwise,
}

/// By the sign of the ring's area, exactly.
fn turn(ring: &Ring) -> Turn {
    let doubled_area: i128 = ring
        .iter()
        .zip(ring.iter().cycle().skip(1))
        .map(|(a, b)| i128::from(a.lon_e7) * i128::from(b.lat_e7) - i128::from(b.lon_e7) * i128::from(a.lat_e7))
        .sum();
    if doubled_area < 0 { Turn::Clockwise } else { Turn::CounterClockwise }
}

/// The box around a feature (west, south, east, north, degrees); `None` without a geometry. Linear in its vertices.
pub fn bbox(feature: &StoredFeature) -> Option<[f64; 4]> {
    if let Some(Derived::Zone(zone)) = &feature.derived {
        return bbox_of_ground(&zone.ground);
    }
    if feature.collection == Collection::Vehicles {
        return None;
    }
    serde_json::from_str::<Body>(feature.body.as_deref()?).ok()?.geometry.bbox
}

/// What is read of a kept body to tell where it is.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    geometry: Extent,
}

/// The box around a GeoJSON geometry, as [`bbox`].
pub fn bbox_of(geometry: &Value) -> Option<[f64; 4]> {
    let mut bounds = None;
    visit(geometry, &mut |lon, lat| grow(&mut bounds, lon, lat));
    bounds
}

/// The box around a ground, as [`bbox`].
pub fn bbox_of_ground(ground: &Ground) -> Option<[f64; 4]> {
    let mut bounds = None;
    ground.parts.iter().flatten().flatten().for_each(|p| grow(&mut bounds, p.lon(), p.lat()));
    bounds
}

fn grow(bounds: &mut Option<[f64; 4]>, lon: f64, lat: f64) {
    let [west, south, east, north] = bounds.get_or_insert([lon, lat, lon, lat]);
    *west = west.min(lon);
    *south = south.min(lat);
    *east = east.max(lon);
    *north = north.max(lat);
}

/// Calls `each` with every position below a geometry, whatever its type.
fn visit(value: &Value, each: &mut impl FnMut(f64, f64)) {
    match value {
        Value::Object(members) => {
            members
                .get("coordinates")
                .into_iter()
                .chain(members.get("geometries"))
                .for_each(|inner| visit(inner, each));
        }
        Value::Array(values) => match (values.first().and_then(Value::as_f64), values.get(1).and_then(Value::as_f64)) {
            (Some(lon), Some(lat)) => each(lon, lat),
            _ => values.iter().for_each(|inner| visit(inner, each)),
        },
        _ => {}
    }
}

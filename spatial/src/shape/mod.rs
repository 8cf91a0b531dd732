//! From what a person draws to the [`Ground`] that is judged: polygons, circles and corridors, checked and snapped.
//!
//! Vertices are snapped to 1e-7 degree first and checked after, exactly, on those integers: what passed here is what is
//! judged. It must never let through a ring that crosses itself, and never take unbounded time on a hostile one.

mod check;
mod exact;
mod made;

pub use exact::{Side, between, covers, cross, side_of};
pub use made::{circle, corridor};

use crate::position::Position;
use crate::zone::{Ground, Ring};
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon};

/// Most vertices of one zone after it was made into polygons.
pub const MAX_VERTICES: usize = 200_000;
/// Most rings of one zone.
pub const MAX_RINGS: usize = 1_000;
/// Largest extent of one zone in degrees.
pub const MAX_EXTENT_DEG: f64 = 45.0;
/// Largest radius of a circle and largest width of a corridor, metres.
pub const MAX_REACH_M: f64 = 100_000.0;

/// Why a drawing is no ground: the part of the drawing, what is wrong and the limit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what}")]
pub struct ShapeError {
    /// Stable code: `coordinate`, `unclosed`, `too_few_vertices`, `too_many_vertices`, `too_many_rings`,
    /// `self_intersection`, `zero_area`, `hole_outside`, `extent`, `radius`, `width`, `line`, `too_complex`.
    pub code: &'static str,
    /// Sentence for the person.
    pub what: String,
    /// Where, if one place is to blame: longitude and latitude.
    pub at: Option<(f64, f64)>,
}

impl ShapeError {
    fn new(code: &'static str, what: impl Into<String>) -> ShapeError {
        ShapeError { code, what: what.into(), at: None }
    }

    fn at(code: &'static str, what: impl Into<String>, place: Position) -> ShapeError {
        ShapeError { code, what: what.into(), at: Some((place.lon(), place.lat())) }
    }
}

/// Polygons as GeoJSON gives them: parts of rings of (longitude, latitude), first ring the shell, each ring closed.
///
/// Rings may run in any direction. Repeated vertices are dropped, overlapping parts are dissolved. Refused: a ring that is
/// not closed or has fewer than three distinct vertices, crosses itself or another ring, a hole outside its shell, no area.
pub fn polygons(parts: &[Vec<Vec<(f64, f64)>>]) -> Result<Ground, ShapeError> {
    let rings: usize = parts.iter().map(Vec::len).sum();
    if parts.is_empty() || parts.iter().any(Vec::is_empty) {
        return Err(ShapeError::new("too_few_vertices", "a polygon needs at least one ring"));
    }
    if rings > MAX_RINGS {
        return Err(ShapeError::new("too_many_rings", format!("{rings} rings; the limit is {MAX_RINGS}")));
    }
    let vertices: usize = parts.iter().flatten().map(Vec::len).sum();
    if vertices > MAX_VERTICES {
        return Err(ShapeError::new("too_many_vertices", format!("{vertices} vertices; the limit is {MAX_VERTICES}")));
    }
    let mut snapped = Vec::with_capacity(parts.len());
    for part in parts {
        snapped.push(part.iter().map(|ring| snap_ring(ring)).collect::<Result<Vec<Ring>, ShapeError>>()?);
    }
    let ground = Ground { parts: snapped };
    check_extent(&ground)?;
    for part in &ground.parts {
        check::part(part)?;
    }
    if ground.parts.len() > 1 && check::parts_overlap(&ground.parts)? {
        return Ok(dissolved(&ground.parts));
    }
    Ok(ground)
}

/// Snaps one closed ring and drops repeated vertices and the closing one.
fn snap_ring(ring: &[(f64, f64)]) -> Result<Ring, ShapeError> {
    if ring.len() < 4 {
        return Err(ShapeError::new(
            "too_few_vertices",
            format!("a ring of {} positions; a closed ring has at least 4", ring.len()),
        ));
    }
    let mut snapped: Ring = Vec::with_capacity(ring.len());
    for &(lon, lat) in ring {
        let vertex = snap(lon, lat)?;
        if snapped.last() != Some(&vertex) {
            snapped.push(vertex);
        }
    }
    let (Some(&first), Some(&last)) = (snapped.first(), snapped.last()) else {
        return Err(ShapeError::new("too_few_vertices", "an empty ring"));
    };
    if snap(ring[0].0, ring[0].1)? != snap(ring[ring.len() - 1].0, ring[ring.len() - 1].1)? {
        return Err(ShapeError::at("unclosed", "a ring whose last position is not its first", first));
    }
    if snapped.len() > 1 && first == last {
        snapped.pop();
    }
    if snapped.len() < 3 {
        return Err(ShapeError::at("too_few_vertices", "a ring with fewer than three distinct vertices", first));
    }
    Ok(snapped)
}

fn snap(lon: f64, lat: f64) -> Result<Position, ShapeError> {
    Position::from_degrees(lon, lat).map_err(|error| ShapeError::new("coordinate", error.to_string()))
}

fn check_extent(ground: &Ground) -> Result<(), ShapeError> {
    let Some(bounds) = ground.bounds() else {
        return Err(ShapeError::new("zero_area", "nothing is covered"));
    };
    let width = bounds.east.abs_diff(bounds.west).max(bounds.north.abs_diff(bounds.south));
    if f64::from(width) > MAX_EXTENT_DEG * 1e7 {
        return Err(ShapeError::new(
            "extent",
            format!(
                "the zone is {:.1} degrees wide or high; the limit is {MAX_EXTENT_DEG} (split it at 180 degrees)",
                f64::from(width) / 1e7
            ),
        ));
    }
    Ok(())
}

/// The union of overlapping parts, snapped again.
fn dissolved(parts: &[Vec<Ring>]) -> Ground {
    let polygons: Vec<Polygon<f64>> = parts.iter().map(|rings| to_geo(rings)).collect();
    let mut union = MultiPolygon::new(vec![polygons[0].clone()]);
    for polygon in &polygons[1..] {
        union = union.union(&MultiPolygon::new(vec![polygon.clone()]));
    }
    from_geo(&union)
}

/// Rings as a geo polygon in units of 1e-7 degree.
fn to_geo(rings: &[Ring]) -> Polygon<f64> {
    let mut lines = rings.iter().map(|ring| {
        LineString::new(ring.iter().map(|v| Coord { x: f64::from(v.lon_e7), y: f64::from(v.lat_e7) }).collect())
    });
    let shell = lines.next().unwrap_or_else(|| LineString::new(Vec::new()));
    Polygon::new(shell, lines.collect())
}

/// Polygons in units of 1e-7 degree as a ground; rings that snapping made flat are dropped.
fn from_geo(polygons: &MultiPolygon<f64>) -> Ground {
    let snap_line = |line: &LineString<f64>| {
        let mut ring: Ring = Vec::with_capacity(line.0.len());
        for c in &line.0 {
            let vertex = Position { lon_e7: c.x.round() as i32, lat_e7: c.y.round() as i32 };
            if ring.last() != Some(&vertex) {
                ring.push(vertex);
            }
        }
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        (ring.len() >= 3 && exact::doubled_area(&ring) != 0).then_some(ring)
    };
    let parts = polygons.0.iter().filter_map(|polygon| {
        let shell = snap_line(polygon.exterior())?;
        let holes = polygon.interiors().iter().filter_map(snap_line);
        Some(std::iter::once(shell).chain(holes).collect())
    });
    Ground { parts: parts.collect() }
}

#[cfg(test)]
mod tests;

//! From what a person draws to the [`Ground`] that is judged: polygons, circles and corridors, checked and snapped.

use crate::position::Position;
use crate::zone::Ground;

/// Most vertices of one zone after it was made into polygons.
pub const MAX_VERTICES: usize = 200_000;
/// Largest extent of one zone in degrees.
pub const MAX_EXTENT_DEG: f64 = 45.0;
/// Largest radius of a circle and largest width of a corridor, metres.
pub const MAX_REACH_M: f64 = 100_000.0;

/// Why a drawing is no ground: the part of the drawing, what is wrong and the limit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what}")]
pub struct ShapeError {
    /// Stable code: `coordinate`, `unclosed`, `too_few_vertices`, `too_many_vertices`, `self_intersection`, `zero_area`,
    /// `hole_outside`, `extent`, `radius`, `width`, `line`.
    pub code: &'static str,
    /// Sentence for the person.
    pub what: String,
    /// Where, if one place is to blame: longitude and latitude.
    pub at: Option<(f64, f64)>,
}

/// Polygons as GeoJSON gives them: parts of rings of (longitude, latitude), first ring the shell, each ring closed.
///
/// Rings may run in any direction. Repeated vertices are dropped, overlapping parts are dissolved. Refused: a ring that is
/// not closed or has fewer than three distinct vertices, crosses itself or another ring, a hole outside its shell, no area.
pub fn polygons(parts: &[Vec<Vec<(f64, f64)>>]) -> Result<Ground, ShapeError> {
    let _ = parts;
    todo!("polygons")
}

/// A circle on the ellipsoid as a polygon whose boundary is within 5 cm of it. `radius_m`: over 0 to [`MAX_REACH_M`].
pub fn circle(centre: Position, radius_m: f64) -> Result<Ground, ShapeError> {
    let _ = (centre, radius_m);
    todo!("circle")
}

/// A line of at least two vertices widened to `width_m` in all (over 0 to [`MAX_REACH_M`]), round ends, within 5 cm.
pub fn corridor(line: &[(f64, f64)], width_m: f64) -> Result<Ground, ShapeError> {
    let _ = (line, width_m);
    todo!("corridor")
}

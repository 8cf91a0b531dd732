//! Places that are given in a filter: brought to degrees with longitude first, and bounded.

use super::FilterError;
use crate::crs::Crs;
use geo::{Coord, Geometry, LineString, MultiPolygon, Polygon};

/// Most corners of all geometries of a filter.
pub(super) const MAX_CORNERS: usize = 10_000;

/// A place in `crs` as degrees, longitude first.
pub(super) fn coord(x: f64, y: f64, crs: Crs) -> Result<Coord<f64>, FilterError> {
    let shown = || format!("{x} {y}");
    match crs.to_degrees([x, y]) {
        Some([lon, lat]) => Ok(Coord { x: lon, y: lat }),
        None => {
            let what = format!("{x} {y} is no place in {}: {}", crs.uri(), crs.axes());
            Err(FilterError::new(shown(), what))
        }
    }
}

/// The area of a box of four or six numbers in the order of the axes of `crs`; one over the antimeridian is two.
pub(super) fn bbox(numbers: &[f64], crs: Crs) -> Result<Geometry<f64>, FilterError> {
    let wrong = || {
        let shown = format!("{numbers:?}");
        FilterError::new(shown, format!("a box is its least and its greatest corner in {}: {}", crs.uri(), crs.axes()))
    };
    let boxes = crs.boxes(numbers).ok_or_else(wrong)?;
    let polygon = |[west, south, east, north]: &[f64; 4]| {
        let corner = |x: f64, y: f64| Coord { x, y };
        let ring = vec![
            corner(*west, *south),
            corner(*east, *south),
            corner(*east, *north),
            corner(*west, *north),
            corner(*west, *south),
        ];
        Polygon::new(LineString::new(ring), Vec::new())
    };
    Ok(MultiPolygon::new(boxes.iter().map(polygon).collect()).into())
}

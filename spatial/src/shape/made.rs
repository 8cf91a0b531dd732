//! Circles and corridors as polygons, within 5 cm of what they stand for.

use super::{MAX_EXTENT_DEG, MAX_REACH_M, MAX_VERTICES, ShapeError, check_extent, from_geo};
use crate::geodesy::LocalScale;
use crate::position::Position;
use crate::zone::Ground;
use geo::orient::{Direction, Orient};
use geo::{Coord, Destination, Geodesic, LineString, MultiPolygon, Point, Polygon, unary_union};
use std::f64::consts::PI;

/// How far a chord may be from its arc, metres; snapping adds up to 1 cm.
const SAGITTA_M: f64 = 0.03;
/// Longest piece of a corridor's edge, metres: its normal is right at both ends of a piece.
const PIECE_M: f64 = 1_000.0;
/// Latitude up to which circles and corridors can be made, degrees.
const MAX_LATITUDE_DEG: f64 = 85.0;

/// A circle on the ellipsoid as a polygon whose boundary is within 5 cm of it. `radius_m`: over 0 to [`MAX_REACH_M`].
pub fn circle(centre: Position, radius_m: f64) -> Result<Ground, ShapeError> {
    check_reach("radius", radius_m)?;
    check_latitude(centre.lat())?;
    let corners = corners_of_circle(radius_m);
    let reach = radius_m * 2.0 / (1.0 + (PI / corners as f64).cos());
    let mut ring = Vec::with_capacity(corners);
    for i in 0..corners {
        let bearing = 360.0 * i as f64 / corners as f64;
        let corner = Geodesic.destination(Point::new(centre.lon(), centre.lat()), bearing, reach);
        let vertex = Position::from_degrees(corner.x(), corner.y())
            .map_err(|error| ShapeError::new("coordinate", error.to_string()))?;
        if (i64::from(vertex.lon_e7) - i64::from(centre.lon_e7)).abs() > (MAX_EXTENT_DEG * 1e7) as i64 {
            return Err(ShapeError::at("extent", "a circle across 180 degrees; split it", centre));
        }
        if ring.last() != Some(&vertex) {
            ring.push(vertex);
        }
    }
    if ring.len() < 3 {
        return Err(ShapeError::at(
            "radius",
            format!("a radius of {radius_m} m is smaller than the map's grid"),
            centre,
        ));
    }
    Ok(Ground { parts: vec![vec![ring]] })
}

/// A line of at least two vertices widened to `width_m` in all (over 0 to [`MAX_REACH_M`]), round ends, within 5 cm.
pub fn corridor(line: &[(f64, f64)], width_m: f64) -> Result<Ground, ShapeError> {
    check_reach("width", width_m)?;
    let mut places: Vec<(f64, f64)> = Vec::with_capacity(line.len());
    for &(lon, lat) in line {
        let place =
            Position::from_degrees(lon, lat).map_err(|error| ShapeError::new("coordinate", error.to_string()))?;
        check_latitude(lat)?;
        let place = (place.lon(), place.lat());
        if places.last() != Some(&place) {
            places.push(place);
        }
    }
    if places.len() < 2 {
        return Err(ShapeError::new("line", "a corridor needs a line of at least two different positions"));
    }
    let half_m = width_m / 2.0;
    let step = 2.0 * PI / corners_of_circle(half_m) as f64;
    let mut pieces = Vec::new();
    let mut vertices = 0;
    for pair in places.windows(2) {
        let strip = strip(pair[0], pair[1], half_m);
        vertices += strip.exterior().0.len();
        pieces.push(strip);
        if vertices > 4 * MAX_VERTICES {
            break;
        }
    }
    for (i, &at) in places.iter().enumerate() {
        let arriving = (i > 0).then(|| direction(places[i - 1], at, at));
        let leaving = places.get(i + 1).map(|&next| direction(at, next, at));
        let wedge = joint(at, arriving, leaving, half_m, step);
        vertices += wedge.as_ref().map_or(0, |w| w.exterior().0.len());
        pieces.extend(wedge);
        if vertices > 4 * MAX_VERTICES {
            return Err(ShapeError::new(
                "too_many_vertices",
                format!("the corridor would take over {} vertices; the limit is {MAX_VERTICES}", 4 * MAX_VERTICES),
            ));
        }
    }
    // The union counts windings: pieces that run against each other would cancel where they overlap.
    let pieces: Vec<Polygon<f64>> = pieces.iter().map(|piece| piece.orient(Direction::Default)).collect();
    let ground = from_geo(&to_units(&unary_union(&pieces)));
    let count: usize = ground.parts.iter().flatten().map(Vec::len).sum();
    if count > MAX_VERTICES {
        return Err(ShapeError::new(
            "too_many_vertices",
            format!("the corridor has {count} vertices; the limit is {MAX_VERTICES}"),
        ));
    }
    check_extent(&ground)?;
    Ok(ground)
}

fn check_reach(name: &'static str, metres: f64) -> Result<(), ShapeError> {
    if metres > 0.0 && metres <= MAX_REACH_M {
        return Ok(());
    }
    Err(ShapeError::new(name, format!("a {name} of {metres} m; it must be over 0 and at most {MAX_REACH_M} m")))
}

fn check_latitude(lat: f64) -> Result<(), ShapeError> {
    if lat.abs() <= MAX_LATITUDE_DEG {
        return Ok(());
    }
    Err(ShapeError::new(
        "coordinate",
        format!("latitude {lat}; circles and corridors can be made up to {MAX_LATITUDE_DEG} degrees"),
    ))
}

/// How many corners keep a circle of this radius within the sagitta.
fn corners_of_circle(radius_m: f64) -> usize {
    let half_angle = (1.0 - SAGITTA_M / radius_m).max(0.0).acos();
    ((PI / half_angle).ceil() as usize).max(24)
}

/// The unit vector (metres east, metres north) of the straight lon/lat line from `a` to `b`, on the plane at `at`.
fn direction(a: (f64, f64), b: (f64, f64), at: (f64, f64)) -> (f64, f64) {
    let scale = LocalScale::at((at.1 * 1e7) as i32);
    let (x, y) = ((b.0 - a.0) * scale.lon_mm, (b.1 - a.1) * scale.lat_mm);
    let length = x.hypot(y);
    (x / length, y / length)
}

/// The place `metres` away from `from` along a unit vector.
fn offset(from: (f64, f64), vector: (f64, f64), metres: f64) -> Coord<f64> {
    let scale = LocalScale::at((from.1 * 1e7) as i32);
    Coord {
        x: from.0 + vector.0 * metres * 1_000.0 / scale.lon_mm / 1e7,
        y: from.1 + vector.1 * metres * 1_000.0 / scale.lat_mm / 1e7,
    }
}

/// The band on both sides of one straight line, cut into pieces so that its sides stay parallel to it on the ground.
fn strip(a: (f64, f64), b: (f64, f64), half_m: f64) -> Polygon<f64> {
    let scale = LocalScale::at(((a.1 + b.1) / 2.0 * 1e7) as i32);
    let length_m = ((b.0 - a.0) * scale.lon_mm * 1e4).hypot((b.1 - a.1) * scale.lat_mm * 1e4);
    let count = (length_m / PIECE_M).ceil().clamp(1.0, MAX_VERTICES as f64) as usize;
    let (mut left, mut right) = (Vec::with_capacity(2 * count + 3), Vec::with_capacity(count + 1));
    for i in 0..=count {
        let t = i as f64 / count as f64;
        let at = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        let (x, y) = direction(a, b, at);
        left.push(offset(at, (-y, x), half_m));
        right.push(offset(at, (y, -x), half_m));
    }
    left.extend(right.into_iter().rev());
    Polygon::new(LineString::new(left), Vec::new())
}

/// The round outer side of a bend, or a round end where one direction is missing; `None` where the line runs straight.
/// It laps over the strips by a step on both sides, so that rounding leaves no sliver between them.
fn joint(
    at: (f64, f64),
    arriving: Option<(f64, f64)>,
    leaving: Option<(f64, f64)>,
    half_m: f64,
    step: f64,
) -> Option<Polygon<f64>> {
    let heading = |(x, y): (f64, f64)| y.atan2(x);
    let (from, sweep) = match (arriving, leaving) {
        (Some(before), Some(after)) => {
            let mut turn = heading(after) - heading(before);
            if turn > PI {
                turn -= 2.0 * PI;
            } else if turn < -PI {
                turn += 2.0 * PI;
            }
            let outer = if turn > 0.0 { -PI / 2.0 } else { PI / 2.0 };
            (heading(before) + outer, turn)
        }
        (None, Some(after)) => (heading(after) + PI / 2.0, PI),
        (Some(before), None) => (heading(before) - PI / 2.0, PI),
        (None, None) => return None,
    };
    if sweep == 0.0 {
        return None;
    }
    let lap = step.min(PI / 8.0) * sweep.signum();
    let (from, sweep) = (from - lap, sweep + 2.0 * lap);
    let count = (sweep.abs() / step).ceil().max(1.0) as usize;
    let mut ring = vec![Coord { x: at.0, y: at.1 }];
    for i in 0..=count {
        let angle = from + sweep * i as f64 / count as f64;
        ring.push(offset(at, (angle.cos(), angle.sin()), half_m));
    }
    Some(Polygon::new(LineString::new(ring), Vec::new()))
}

/// Degrees to units of 1e-7 degree.
fn to_units(polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let line =
        |l: &LineString<f64>| LineString::new(l.0.iter().map(|c| Coord { x: c.x * 1e7, y: c.y * 1e7 }).collect());
    let polygon = |p: &Polygon<f64>| Polygon::new(line(p.exterior()), p.interiors().iter().map(line).collect());
    MultiPolygon::new(polygons.0.iter().map(polygon).collect())
}

//! The lines that vehicles drive along, with their lengths on the ground.

use super::random::Random;
use cordon_spatial::geodesy::{LocalScale, distance};
use cordon_spatial::position::{Position, PositionError};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Why a file gives no lines.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is no JSON.
    #[error("not JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A point of a line is no array of two numbers at least.
    #[error("a point is {0}, not [longitude, latitude]")]
    Point(String),
    /// A coordinate is out of range.
    #[error(transparent)]
    Position(#[from] PositionError),
    /// There is no LineString in it that is longer than a metre.
    #[error("no line longer than a metre")]
    NoLine,
}

/// One line of at least two points, longer than a metre.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    points: Vec<Position>,
    /// Metres from the first point to each.
    along_m: Vec<f64>,
}

/// A place on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) position: Position,
    /// Degrees clockwise from north in the line's direction.
    pub(super) bearing_deg: f64,
}

/// At least one line.
#[derive(Clone, Debug)]
pub(super) struct Lines(Vec<Arc<Line>>);

impl Line {
    /// The line through these; `None` when it is not longer than a metre.
    pub(super) fn new(points: Vec<Position>) -> Option<Line> {
        let mut points = points;
        points.dedup();
        let mut total = 0.0;
        let mut along_m = vec![0.0];
        for ends in points.windows(2) {
            total += distance(ends[0], ends[1]).as_metres();
            along_m.push(total);
        }
        (total > 1.0).then_some(Line { points, along_m })
    }

    pub(super) fn length_m(&self) -> f64 {
        self.along_m.last().copied().expect("a line has two points at least")
    }

    /// Metres from the first point to each.
    pub(super) fn along_m(&self) -> &[f64] {
        &self.along_m
    }

    /// It ends where it begins.
    pub(super) fn is_closed(&self) -> bool {
        self.points.first() == self.points.last()
    }

    /// The place so many metres from the beginning; beyond either end it is that end.
    pub(super) fn at(&self, along_m: f64) -> Place {
        let last = self.points.len() - 2;
        let segment = self.along_m.partition_point(|at| *at <= along_m).saturating_sub(1).min(last);
        let (a, b) = (self.points[segment], self.points[segment + 1]);
        let (from, to) = (self.along_m[segment], self.along_m[segment + 1]);
        let share = ((along_m - from) / (to - from)).clamp(0.0, 1.0);
        let d_lon = f64::from(b.lon_e7) - f64::from(a.lon_e7);
        let d_lat = f64::from(b.lat_e7) - f64::from(a.lat_e7);
        let scale = LocalScale::at(a.lat_e7);
        let bearing_deg = (d_lon * scale.lon_mm).atan2(d_lat * scale.lat_mm).to_degrees().rem_euclid(360.0);
        let between = |from: i32, difference: f64| (f64::from(from) + difference * share).round() as i32;
        Place { position: Position { lon_e7: between(a.lon_e7, d_lon), lat_e7: between(a.lat_e7, d_lat) }, bearing_deg }
    }
}

impl Lines {
    /// Every LineString and MultiLineString of a GeoJSON file; other geometries are passed over.
    pub(super) fn read(file: &Path) -> Result<Lines, LinesError> {
        Lines::parse(&std::fs::read_to_string(file)?)
    }

    fn parse(text: &str) -> Result<Lines, LinesError> {
        let mut found = Vec::new();
        gather(&serde_json::from_str(text)?, &mut found)?;
        if found.is_empty() { Err(LinesError::NoLine) } else { Ok(Lines(found)) }
    }

    /// A loop of 10 km with cut corners and a road of 4 km through it, near 121.05 E 30.60 N.
    pub(super) fn built_in() -> Lines {
        let line = |degrees: &[(f64, f64)]| {
            let points = degrees.iter().map(|(lon, lat)| Position::from_degrees(*lon, *lat).expect("within range"));
            Arc::new(Line::new(points.collect()).expect("some kilometres"))
        };
        let ring = [
            (121.036, 30.590),
            (121.064, 30.590),
            (121.066, 30.592),
            (121.066, 30.608),
            (121.064, 30.610),
            (121.036, 30.610),
            (121.034, 30.608),
            (121.034, 30.592),
            (121.036, 30.590),
        ];
        Lines(vec![line(&ring), line(&[(121.029, 30.598), (121.045, 30.600), (121.058, 30.603), (121.071, 30.604)])])
    }

    /// A line, the longer ones more often.
    pub(super) fn pick(&self, random: &mut Random) -> Arc<Line> {
        let mut left = random.between(0.0, self.0.iter().map(|line| line.length_m()).sum());
        let chosen = self.0.iter().find(|line| {
            left -= line.length_m();
            left <= 0.0
        });
        Arc::clone(chosen.unwrap_or(&self.0[0]))
    }
}

/// Walks through a GeoJSON object (RFC 7946); what is neither a line nor holds one is passed over.
fn gather(object: &Value, found: &mut Vec<Arc<Line>>) -> Result<(), LinesError> {
    let each = |name: &str| object.get(name).and_then(Value::as_array).into_iter().flatten();
    match object.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => each("features").try_for_each(|feature| gather(feature, found)),
        Some("Feature") => object.get("geometry").map_or(Ok(()), |geometry| gather(geometry, found)),
        Some("GeometryCollection") => each("geometries").try_for_each(|geometry| gather(geometry, found)),
        Some("LineString") => {
            found.extend(line_of(each("coordinates"))?);
            Ok(())
        }
        Some("MultiLineString") => each("coordinates").try_for_each(|line| {
            found.extend(line_of(line.as_array().into_iter().flatten())?);
            Ok(())
        }),
        _ => Ok(()),
    }
}

fn line_of<'a>(coordinates: impl Iterator<Item = &'a Value>) -> Result<Option<Arc<Line>>, LinesError> {
    let point = |at: &Value| {
        let number = |index| at.get(index).and_then(Value::as_f64);
        let (Some(lon), Some(lat)) = (number(0), number(1)) else { return Err(LinesError::Point(at.to_string())) };
        Ok(Position::from_degrees(lon, lat)?)
    };
    let points: Result<Vec<_>, _> = coordinates.map(point).collect();
    Ok(Line::new(points?).map(Arc::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_lies_between_its_ends() {
        let lines = Lines::parse(r#"{"type":"LineString","coordinates":[[121.0,30.0],[121.0,30.01],[121.01,30.01]]}"#)
            .expect("a line");
        let line = &lines.0[0];
        assert!((line.length_m() - 2073.0).abs() < 3.0, "{}", line.length_m());
        let north = line.at(554.3);
        assert_eq!((north.position.lon_e7, north.bearing_deg.round()), (1_210_000_000, 0.0));
        assert!((north.position.lat_e7 - 300_050_000).abs() < 100, "{north:?}");
        assert_eq!(line.at(1500.0).bearing_deg.round(), 90.0);
        assert_eq!(line.at(1e9).position, Position { lon_e7: 1_210_100_000, lat_e7: 300_100_000 });
        assert_eq!(line.at(-5.0).position, Position { lon_e7: 1_210_000_000, lat_e7: 300_000_000 });
        assert!(!line.is_closed());
    }

    #[test]
    fn files_of_every_shape_are_read() {
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[121,30]}},
            {"type":"Feature","properties":null,"geometry":null},
            {"type":"Feature","properties":{},"geometry":{"type":"MultiLineString","coordinates":[
                [[121,30],[121.1,30]],[[121,31],[121.1,31],[121.1,31.1,5.0]]]}}]}"#;
        assert_eq!(Lines::parse(text).expect("lines").0.len(), 2);
    }

    #[test]
    fn what_gives_no_line_is_refused() {
        let point = r#"{"type":"Point","coordinates":[121,30]}"#;
        assert!(matches!(Lines::parse(point), Err(LinesError::NoLine)));
        let spot = r#"{"type":"LineString","coordinates":[[121,30],[121,30]]}"#;
        assert!(matches!(Lines::parse(spot), Err(LinesError::NoLine)));
        assert!(matches!(Lines::parse("{"), Err(LinesError::Syntax(_))));
        let text = r#"{"type":"LineString","coordinates":[[121,30],["121",30]]}"#;
        assert!(matches!(Lines::parse(text), Err(LinesError::Point(_))));
        let swapped = r#"{"type":"LineString","coordinates":[[30,121],[30,122]]}"#;
        assert!(matches!(Lines::parse(swapped), Err(LinesError::Position(_))));
    }

    #[test]
    fn the_built_in_loop_is_closed() {
        let Lines(lines) = Lines::built_in();
        assert!(lines[0].is_closed() && !lines[1].is_closed());
        assert!((9_500.0..10_500.0).contains(&lines[0].length_m()), "{}", lines[0].length_m());
    }
}

//! The members that questions about roads share, read and bounded.

use super::super::problem::Problem;
use crate::roads::approach::{Goal, SECTOR_DEG};
use crate::roads::moment::Asker;
use axum::http::StatusCode;
use cordon_data::feature::ground_of;
use cordon_spatial::position::Position;
use cordon_spatial::road::{Approach, Metric, ProfileId};
use cordon_spatial::units::{Millimetres, SpanMs, UnixMs};
use cordon_spatial::zone::Ground;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How far ahead somebody may depart; closures by schedule are known for a day more.
const AHEAD: SpanMs = SpanMs::seconds(7 * 86_400);
/// How long ago a departure may be that is meant to be now: clocks differ.
const LATE: SpanMs = SpanMs::seconds(300);

/// A place.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointJson {
    /// Longitude, degrees, WGS 84.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
}

impl PointJson {
    /// The place; `field` is the member that holds it.
    pub fn position(self, field: &str) -> Result<Position, Problem> {
        Position::from_degrees(self.lon, self.lat).map_err(|error| {
            let value = format!("{}, {}", self.lon, self.lat);
            let mut problem =
                Problem::bad_value(field, value, "a longitude from -180 to 180 and a latitude from -90 to 90");
            problem.detail = format!("{field}: {error}");
            problem
        })
    }
}

/// A circle to arrive at from upwind.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproachJson {
    /// The middle of the circle: the source.
    pub centre: PointJson,
    /// Its radius, 10 to 10,000 m: the way never passes through it.
    pub radius_m: f64,
    /// Where the wind comes from, degrees clockwise from north, 0 to 360.
    pub wind_from_deg: f64,
    /// How wide the sector around that is in which one may arrive, degrees, 10 to 180; 120 (60 on each side) unless said.
    #[serde(default)]
    pub sector_deg: Option<f64>,
}

/// Where a question goes: to a place or to a ring, one of the two.
pub fn goal(to: Option<PointJson>, approach: Option<ApproachJson>) -> Result<Goal, Problem> {
    let asked = match (to, approach) {
        (Some(to), None) => return Ok(Goal::Place(to.position("to")?)),
        (None, Some(approach)) => approach,
        (Some(_), Some(_)) => {
            return Err(Problem::bad_value("approach", "given beside to", "absent where to is given"));
        }
        (None, None) => return Err(Problem::bad_value("to", Value::Null, "a place; or approach is given instead")),
    };
    let sector_deg = asked.sector_deg.unwrap_or(SECTOR_DEG);
    let bounded = [
        ("approach.radius_m", asked.radius_m, 10.0, 10_000.0),
        ("approach.wind_from_deg", asked.wind_from_deg, 0.0, 360.0),
        ("approach.sector_deg", sector_deg, 10.0, 180.0),
    ];
    for (field, value, least, most) in bounded {
        if !(least..=most).contains(&value) {
            return Err(Problem::bad_value(field, value, format!("a number from {least} to {most}")));
        }
    }
    let centre = asked.centre.position("approach.centre")?;
    let radius = Millimetres((asked.radius_m * 1e3).round() as i64);
    Ok(Goal::Ring(Approach { centre, radius, wind_from_deg: asked.wind_from_deg, sector_deg }))
}

/// The places of a list of at most `most`.
pub fn points(field: &str, points: &[PointJson], most: usize) -> Result<Vec<Position>, Problem> {
    if points.len() > most {
        return Err(too_many(field, points.len(), most));
    }
    points.iter().enumerate().map(|(index, point)| point.position(&format!("{field}[{index}]"))).collect()
}

/// The grounds of a list of at most `most` GeoJSON geometries.
pub fn areas(field: &str, areas: &[Value], most: usize) -> Result<Vec<Ground>, Problem> {
    if areas.len() > most {
        return Err(too_many(field, areas.len(), most));
    }
    let area = |(index, area): (usize, &Value)| {
        ground_of(area).map_err(|error| {
            let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.code, error.to_string());
            problem.field = Some(format!("{field}[{index}]{}", error.field.trim_start_matches("geometry")));
            (problem.value, problem.limit) = (Some(error.value.into()), Some(error.limit));
            problem
        })
    };
    areas.iter().enumerate().map(area).collect()
}

fn too_many(field: &str, count: usize, most: usize) -> Problem {
    let detail = format!("{field} has more entries than it may");
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many", detail).at(field);
    (problem.value, problem.limit) = (Some(json!(format!("{count} entries"))), Some(format!("at most {most} entries")));
    problem
}

/// Who asks, as it is written.
pub struct Head<'a> {
    /// Who drives.
    pub profile: &'a str,
    /// What to make little of.
    pub metric: Option<&'a str>,
    /// When they depart.
    pub depart_at: Option<&'a str>,
}

impl Head<'_> {
    /// Who asks.
    pub fn asker(&self, now: UnixMs) -> Result<Asker, Problem> {
        let metric = match self.metric {
            None | Some("fastest") => Metric::Fastest,
            Some("shortest") => Metric::Shortest,
            Some(other) => return Err(Problem::bad_value("metric", other, "fastest or shortest")),
        };
        Ok(Asker { profile: profile(self.profile)?, metric, depart: depart(self.depart_at, now)? })
    }
}

/// A profile by its name.
pub fn profile(name: &str) -> Result<ProfileId, Problem> {
    let limit = "car, hazmat_truck, fire_engine, ambulance or foot";
    serde_json::from_value(json!(name)).map_err(|_| Problem::bad_value("profile", name, limit))
}

/// When somebody departs: now unless it is said.
pub fn depart(at: Option<&str>, now: UnixMs) -> Result<UnixMs, Problem> {
    let Some(text) = at else { return Ok(now) };
    let limit = "a time in RFC 3339 from now to 7 days ahead";
    let bad = || Problem::bad_value("depart_at", text, limit);
    let at = text.parse::<jiff::Timestamp>().map_err(|_| bad())?;
    let at = UnixMs(at.as_millisecond());
    if at < now - LATE || at > now + AHEAD {
        return Err(bad());
    }
    Ok(at.max(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_departure_is_from_now_to_a_week_ahead() {
        let now = UnixMs(1_795_363_200_000);
        let at = |text: &str| depart(Some(text), now).map_err(|problem| problem.field.clone());
        assert_eq!(depart(None, now).ok(), Some(now));
        assert_eq!(at("2026-11-22T15:58:00Z"), Ok(now), "two minutes ago is now");
        assert_eq!(at("2026-11-23T00:00:00+08:00"), Ok(now));
        assert_eq!(at("2026-11-23T10:00:00+08:00"), Ok(now + SpanMs::seconds(36_000)));
        for wrong in ["2026-11-22T10:00:00Z", "2026-12-22T10:00:00Z", "now", "2026-11-23 10:00"] {
            assert_eq!(at(wrong), Err(Some("depart_at".to_owned())), "{wrong}");
        }
    }

    #[test]
    fn an_approach_is_bounded_and_stands_instead_of_a_place() {
        let centre = PointJson { lon: 121.0, lat: 30.0 };
        let asked = ApproachJson { centre, radius_m: 500.0, wind_from_deg: 45.0, sector_deg: None };
        let Ok(Goal::Ring(ring)) = goal(None, Some(asked)) else { panic!("an approach") };
        assert_eq!((ring.radius, ring.sector_deg), (Millimetres::metres(500), 120.0));
        assert!(matches!(goal(Some(centre), None), Ok(Goal::Place(_))));
        let field = |to, approach| goal(to, approach).expect_err("refused").field.clone().unwrap_or_default();
        assert_eq!(field(Some(centre), Some(asked)), "approach");
        assert_eq!(field(None, None), "to");
        assert_eq!(field(None, Some(ApproachJson { radius_m: 9.0, ..asked })), "approach.radius_m");
        assert_eq!(field(None, Some(ApproachJson { wind_from_deg: 361.0, ..asked })), "approach.wind_from_deg");
        assert_eq!(field(None, Some(ApproachJson { sector_deg: Some(181.0), ..asked })), "approach.sector_deg");
        let beyond = PointJson { lon: 121.0, lat: 91.0 };
        assert_eq!(field(None, Some(ApproachJson { centre: beyond, ..asked })), "approach.centre");
    }

    #[test]
    fn a_wrong_place_is_named_by_its_member() {
        let wrong = PointJson { lon: 200.0, lat: 30.0 };
        let fine = PointJson { lon: 121.0, lat: 30.0 };
        let problem = points("via", &[fine, wrong], 5).expect_err("beyond the world");
        assert_eq!((problem.field.as_deref(), problem.code), (Some("via[1]"), "bad_value"));
        let problem = points("via", &[fine; 6], 5).expect_err("six of five");
        assert_eq!((problem.code, problem.limit.as_deref()), ("too_many", Some("at most 5 entries")));
        let problem = areas("avoid", &[json!({"type": "Point", "coordinates": [121, 30]})], 5).expect_err("no area");
        assert_eq!(problem.field.as_deref(), Some("avoid[0].type"));
    }
}

//! Fixes over HTTP: each item is judged by itself, and what was not taken is named with its reason.

use super::body::RawJson;
use super::problem::{Problem, ProblemJson, shortened};
use super::query::parse_time;
use super::{AppState, body};
use crate::desk::catalog::Catalog;
use crate::gateway::reported::{Reported, TIMES};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cordon_spatial::datum::Datum;
use cordon_spatial::fix::{Fix, Source};
use cordon_spatial::position::{Position, PositionError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Most fixes of one request.
const MAX_FIXES: usize = 50_000;
/// A fix as a client posts it. The body is an array of these, or one a line.
#[derive(Deserialize, ToSchema)]
pub struct NewFix {
    /// Feature id of the vehicle.
    pub vehicle: String,
    /// The device's time, RFC 3339.
    pub fixed_at: String,
    /// Degrees, -180 to 180.
    pub lon: f64,
    /// Degrees, -90 to 90.
    pub lat: f64,
    /// km/h, 0 to 6553.5.
    pub speed_kph: Option<f64>,
    /// Degrees clockwise from north, 0 to 360.
    pub heading_deg: Option<f64>,
    /// Horizontal accuracy in metres, at least 0.
    pub accuracy_m: Option<f64>,
    /// `wgs84` (default), `cgcs2000`, `gcj02` or `bd09`.
    pub datum: Option<String>,
}

/// What became of posted fixes, after the commit.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct FixesAnswer {
    /// Kept.
    pub accepted: u64,
    /// Known already.
    pub duplicates: u64,
    /// Not taken.
    pub refused: Vec<RefusedFix>,
}

/// One fix that was not taken.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RefusedFix {
    /// Its place in the body, from 0.
    pub index: usize,
    /// Stable name of the reason.
    pub code: &'static str,
    /// Which member.
    pub field: &'static str,
    /// What stood there.
    pub value: Value,
    /// What may stand there.
    pub limit: &'static str,
}

/// Post fixes; answers after they were committed.
#[utoipa::path(post, path = "/api/fixes", tag = "fixes", request_body = Vec<NewFix>,
    responses((status = 200, body = FixesAnswer), (status = 400, body = ProblemJson), (status = 413, body = ProblemJson),
        (status = 422, description = "none was accepted; with `accepted`, `duplicates` and `refused`", body = ProblemJson)))]
pub async fn post(State(app): AppState, body: RawJson) -> Result<Response, Problem> {
    let items = split(&body)?;
    if items.len() > MAX_FIXES {
        let detail = format!("{} fixes are too many for one request", items.len());
        let mut problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many", detail);
        problem.limit = Some(format!("{MAX_FIXES} fixes"));
        return Err(problem);
    }
    let mut answer = FixesAnswer::default();
    let mut fixes = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        match item.and_then(|item| fix(&item, &app.catalog)) {
            Ok(fix) => fixes.push(fix),
            Err(refusal) => answer.refused.push(refusal.at(index)),
        }
    }
    metrics::counter!("cordon_http_fixes_refused_total").increment(answer.refused.len() as u64);
    app.pipeline.refused(answer.refused.len() as u64);
    if !fixes.is_empty() {
        let receipt = app.pipeline.fixes(fixes).await?;
        (answer.accepted, answer.duplicates) = (receipt.accepted, receipt.duplicates);
    }
    if answer.accepted + answer.duplicates == 0 && !answer.refused.is_empty() {
        return Ok(none_accepted(answer).into_response());
    }
    Ok(Json(answer).into_response())
}

fn none_accepted(answer: FixesAnswer) -> Problem {
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "none_accepted", "no fix could be taken");
    problem.more.insert("accepted".to_owned(), 0.into());
    problem.more.insert("duplicates".to_owned(), 0.into());
    problem.more.insert("refused".to_owned(), serde_json::to_value(answer.refused).unwrap_or_default());
    problem
}

/// Why one item is not taken; its index is not known yet.
#[derive(Clone, Debug, PartialEq)]
struct Refusal {
    code: &'static str,
    field: &'static str,
    value: Value,
    limit: &'static str,
}

impl Refusal {
    fn at(self, index: usize) -> RefusedFix {
        let Refusal { code, field, value, limit } = self;
        RefusedFix { index, code, field, value: shortened(value), limit }
    }
}

/// The items of the body. A line that is no JSON costs itself only; an array that is none costs the request.
fn split(body: &RawJson) -> Result<Vec<Result<Value, Refusal>>, Problem> {
    let first = body.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        let items: Vec<Value> = body::parse(&body.bytes)?;
        return Ok(items.into_iter().map(Ok).collect());
    }
    if !body.lines && first != Some(&b'{') {
        let detail = "the body must be an array of fixes, or one fix a line";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_json", detail));
    }
    let lines = body.bytes.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    Ok(lines
        .map(|line| {
            serde_json::from_slice(line).map_err(|_| Refusal {
                code: "bad_json",
                field: "",
                value: String::from_utf8_lossy(line).into(),
                limit: "one JSON object a line",
            })
        })
        .collect())
}

const MEMBERS: [&str; 8] = ["vehicle", "fixed_at", "lon", "lat", "speed_kph", "heading_deg", "accuracy_m", "datum"];

fn fix(item: &Value, catalog: &Catalog) -> Result<Fix, Refusal> {
    let refuse = |code, field: &'static str, limit| Refusal { code, field, value: item[field].clone(), limit };
    let Some(members) = item.as_object() else {
        return Err(Refusal { code: "type", field: "", value: item.clone(), limit: "an object" });
    };
    if let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        let limit = "vehicle, fixed_at, lon, lat, speed_kph, heading_deg, accuracy_m, datum";
        return Err(Refusal { code: "unknown_member", field: "", value: unknown.as_str().into(), limit });
    }
    let vehicle = match &item["vehicle"] {
        Value::Null => return Err(refuse("missing", "vehicle", "the id of a vehicle")),
        Value::String(id) => catalog.vehicle(id).ok_or(refuse("unknown_vehicle", "vehicle", "the id of a vehicle"))?,
        _ => return Err(refuse("type", "vehicle", "the id of a vehicle")),
    };
    let fixed_at = match &item["fixed_at"] {
        Value::Null => return Err(refuse("missing", "fixed_at", RFC3339)),
        Value::String(text) => parse_time(text).ok_or(refuse("time", "fixed_at", RFC3339))?,
        _ => return Err(refuse("type", "fixed_at", RFC3339)),
    };
    if !TIMES.contains(&fixed_at) {
        return Err(refuse("time", "fixed_at", "1990-01-01 to 2100-01-01"));
    }
    let number = |field: &'static str, limit: &'static str, most: f64| match &item[field] {
        Value::Null => Ok(None),
        Value::Number(n) => match n.as_f64().filter(|n| (0.0..=most).contains(n)) {
            Some(n) => Ok(Some(n)),
            None => Err(refuse("range", field, limit)),
        },
        _ => Err(refuse("type", field, limit)),
    };
    let speed = number("speed_kph", "0 to 6553.5", 6_553.5)?;
    let heading = number("heading_deg", "0 to 360", 360.0)?;
    let accuracy = number("accuracy_m", "at least 0", f64::MAX)?;
    let position = position(item, datum(item)?)?;
    let reported = Reported {
        vehicle,
        fixed_at,
        position,
        speed_kph: speed,
        heading_deg: heading,
        accuracy_m: accuracy,
        altitude_m: None,
        source: Source::Http,
    };
    Ok(reported.fix())
}

const RFC3339: &str = "a time in RFC 3339 such as 2026-11-24T08:00:00Z";
const DATUMS: &str = "wgs84, cgcs2000, gcj02 or bd09";

fn datum(item: &Value) -> Result<Datum, Refusal> {
    let refuse = |code| Refusal { code, field: "datum", value: item["datum"].clone(), limit: DATUMS };
    match &item["datum"] {
        Value::Null => Datum::from_name("wgs84").ok_or(refuse("datum")),
        Value::String(name) => Datum::from_name(name).ok_or(refuse("datum")),
        _ => Err(refuse("type")),
    }
}

fn position(item: &Value, datum: Datum) -> Result<Position, Refusal> {
    const LON: &str = "-180 to 180";
    const LAT: &str = "-90 to 90";
    let degrees = |field: &'static str, limit| match &item[field] {
        Value::Null => Err(Refusal { code: "missing", field, value: Value::Null, limit }),
        Value::Number(n) => n.as_f64().ok_or(Refusal { code: "range", field, value: item[field].clone(), limit }),
        other => Err(Refusal { code: "type", field, value: other.clone(), limit }),
    };
    let (lon, lat) = (degrees("lon", LON)?, degrees("lat", LAT)?);
    datum.to_wgs84(lon, lat).map_err(|error| match error {
        PositionError::Longitude(_) => Refusal { code: "range", field: "lon", value: item["lon"].clone(), limit: LON },
        PositionError::Latitude(_) => Refusal { code: "range", field: "lat", value: item["lat"].clone(), limit: LAT },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_data::feature::{Collection, StoredFeature};
    use cordon_spatial::fix::Marks;
    use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, VehicleKey};
    use cordon_spatial::units::{DeciKph, UnixMs};
    use serde_json::json;

    fn catalog() -> Catalog {
        let catalog = Catalog::default();
        catalog.apply(&StoredFeature {
            key: FeatureKey(7),
            collection: Collection::Vehicles,
            id: FeatureId::new("truck").expect("a good id"),
            revision: Revision(1),
            at: UnixMs(0),
            who: "test".to_owned(),
            body: Some("{}".to_owned()),
            derived: None,
        });
        catalog
    }

    /// The code and field of the refusal of a good fix with these members changed.
    fn refusal(changed: Value) -> Option<(&'static str, &'static str)> {
        let mut item = json!({"vehicle": "truck", "fixed_at": "2026-11-24T08:00:00Z", "lon": 121.05, "lat": 30.6});
        for (name, value) in changed.as_object().into_iter().flatten() {
            item[name] = value.clone();
        }
        fix(&item, &catalog()).err().map(|refusal| (refusal.code, refusal.field))
    }

    #[test]
    fn each_bad_member_is_refused_by_name() {
        assert_eq!(refusal(json!({})), None);
        assert_eq!(refusal(json!({"vehicle": "car"})), Some(("unknown_vehicle", "vehicle")));
        assert_eq!(refusal(json!({"vehicle": null})), Some(("missing", "vehicle")));
        assert_eq!(refusal(json!({"vehicle": 7})), Some(("type", "vehicle")));
        assert_eq!(refusal(json!({"fixed_at": "yesterday"})), Some(("time", "fixed_at")));
        assert_eq!(refusal(json!({"fixed_at": "2026-11-24T08:00:00"})), Some(("time", "fixed_at")));
        assert_eq!(refusal(json!({"fixed_at": "1970-01-01T00:00:00Z"})), Some(("time", "fixed_at")));
        assert_eq!(refusal(json!({"fixed_at": 1_700_000_000})), Some(("type", "fixed_at")));
        assert_eq!(refusal(json!({"lon": 181.0})), Some(("range", "lon")));
        assert_eq!(refusal(json!({"lon": 30.6, "lat": 121.05})), Some(("range", "lat")));
        assert_eq!(refusal(json!({"lat": "30.6"})), Some(("type", "lat")));
        assert_eq!(refusal(json!({"lat": null})), Some(("missing", "lat")));
        assert_eq!(refusal(json!({"speed_kph": -1})), Some(("range", "speed_kph")));
        assert_eq!(refusal(json!({"heading_deg": 361})), Some(("range", "heading_deg")));
        assert_eq!(refusal(json!({"accuracy_m": -0.1})), Some(("range", "accuracy_m")));
        assert_eq!(refusal(json!({"datum": "nad27"})), Some(("datum", "datum")));
        assert_eq!(refusal(json!({"speed": 3})), Some(("unknown_member", "")));
    }

    #[test]
    fn a_good_fix_is_read_whole() {
        let item = json!({"vehicle": "truck", "fixed_at": "2026-11-24T16:00:00.5+08:00", "lon": 121.05, "lat": 30.6,
            "speed_kph": 60.54, "heading_deg": 360, "accuracy_m": 1e9, "datum": "cgcs2000"});
        let fix = fix(&item, &catalog()).expect("a good fix");
        assert_eq!(fix.vehicle, VehicleKey(7));
        assert_eq!(fix.fixed_at, UnixMs(1_795_507_200_500));
        assert_eq!(fix.position, Position { lon_e7: 1_210_500_000, lat_e7: 306_000_000 });
        assert_eq!((fix.speed, fix.heading_deg, fix.accuracy_dm), (Some(DeciKph(605)), Some(0), Some(u16::MAX)));
        assert!(fix.marks.is_empty());
    }

    #[test]
    fn zero_zero_is_kept_with_a_mark_and_gcj02_is_converted() {
        let item = json!({"vehicle": "truck", "fixed_at": "2026-11-24T08:00:00Z", "lon": 0, "lat": 0});
        assert_eq!(fix(&item, &catalog()).map(|fix| fix.marks), Ok(Marks::NULL_ISLAND));
        let item = json!({"vehicle": "truck", "fixed_at": "2026-11-24T08:00:00Z", "lon": 121.05, "lat": 30.6,
            "datum": "gcj02"});
        let moved = fix(&item, &catalog()).expect("a good fix").position;
        let metres = f64::from(moved.lon_e7 - 1_210_500_000).abs() / 1e7 * 95_800.0;
        assert!((100.0..1_000.0).contains(&metres), "moved {metres} m in longitude");
    }

    #[test]
    fn a_broken_line_costs_itself_only() {
        let body = RawJson { bytes: "{\"a\":1}\n\n{\"a\":NaN}\n{\"a\":2}".into(), lines: true };
        let items = split(&body).expect("lines");
        assert_eq!(items.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        assert!(split(&RawJson { bytes: "[{\"a\":NaN}]".into(), lines: false }).is_err());
        assert!(split(&RawJson { bytes: "\"text\"".into(), lines: false }).is_err());
    }
}

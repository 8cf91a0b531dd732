//! The OsmAnd protocol: any phone with a common tracking app becomes a responder's beacon.
//!
//! One report is one request, by query or by form; `id` is the vehicle's random `device_id` and the only credential. It is
//! answered after the commit. Parameters that Cordon does not know are left alone: every app sends its own.

use super::reported::{Reported, TIMES};
use crate::api::problem::{Problem, ProblemJson};
use crate::api::query::{Query, parse_time};
use crate::api::{App, AppState};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use cordon_spatial::fix::{Fix, Source};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::position::{Position, PositionError};
use cordon_spatial::units::UnixMs;

/// km/h in a knot (exact: 1,852 m per hour).
const KPH_PER_KNOT: f64 = 1.852;
/// Largest form, MiB.
const FORM_LIMIT_MIB: usize = 1;
/// Below this a timestamp is in seconds (5138), from it on in milliseconds (1973).
const SECONDS_BELOW: i64 = 100_000_000_000;

/// One report: `id`, `lat`, `lon`, `timestamp` (s, ms or ISO; absent = now), `speed` in knots, `bearing`, `altitude`, `accuracy`.
#[utoipa::path(get, path = "/gateway/osmand", tag = "gateways", operation_id = "osmand_report", security(()),
    params(
        ("id" = String, Query, description = "random `device_id` of a vehicle"),
        ("lat" = f64, Query), ("lon" = f64, Query),
        ("timestamp" = Option<String>, Query, description = "s, ms or ISO; absent = now"),
        ("speed" = Option<f64>, Query, description = "knots"),
        ("bearing" = Option<f64>, Query, description = "degrees"),
        ("altitude" = Option<f64>, Query, description = "metres"),
        ("accuracy" = Option<f64>, Query, description = "metres")),
    responses((status = 200, description = "kept"), (status = 400, body = ProblemJson), (status = 401, body = ProblemJson)))]
pub async fn report(State(app): AppState, request: Request) -> Result<StatusCode, Problem> {
    take(&app, request).await
}

/// The same report as a form, by query, or both.
#[utoipa::path(post, path = "/gateway/osmand", tag = "gateways", operation_id = "osmand_report_form", security(()),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "kept"), (status = 400, body = ProblemJson), (status = 401, body = ProblemJson)))]
pub async fn report_form(State(app): AppState, request: Request) -> Result<StatusCode, Problem> {
    take(&app, request).await
}

async fn take(app: &App, request: Request) -> Result<StatusCode, Problem> {
    let mut text = request.uri().query().unwrap_or_default().to_owned();
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if is_form {
        let body = crate::api::body::read(request, FORM_LIMIT_MIB).await?;
        text = format!("{text}&{}", String::from_utf8_lossy(&body));
    }
    let query = Query::parse(&text);
    let id = query.text("id").or_else(|| query.text("deviceid"));
    let id = id.ok_or_else(|| Problem::bad_value("id", "", "the device_id of a vehicle"))?;
    let Some(vehicle) = app.catalog.vehicle_of_device(id) else {
        metrics::counter!("cordon_auth_failures_total", "reason" => "unknown_device").increment(1);
        let detail = "no vehicle has this device_id";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "unknown_device", detail).at("id"));
    };
    let fix = fix(&query, vehicle, app.pipeline.now())?;
    app.pipeline.fixes(vec![fix]).await?;
    Ok(StatusCode::OK)
}

fn fix(query: &Query, vehicle: VehicleKey, now: UnixMs) -> Result<Fix, Problem> {
    let number = |name: &str, limit: &str, range: std::ops::RangeInclusive<f64>| {
        query.parsed(name, limit, |text| text.parse().ok().filter(|n| range.contains(n)))
    };
    let missing = |name: &str, limit: &str| Problem::bad_value(name, "", limit);
    let lon = number("lon", "-180 to 180", -180.0..=180.0)?.ok_or_else(|| missing("lon", "-180 to 180"))?;
    let lat = number("lat", "-90 to 90", -90.0..=90.0)?.ok_or_else(|| missing("lat", "-90 to 90"))?;
    let position = Position::from_degrees(lon, lat).map_err(|error| match error {
        PositionError::Longitude(lon) => Problem::bad_value("lon", lon, "-180 to 180"),
        PositionError::Latitude(lat) => Problem::bad_value("lat", lat, "-90 to 90"),
    })?;
    let fixed_at = query.parsed("timestamp", "seconds, milliseconds or RFC 3339, 1990 to 2100", parse_timestamp)?;
    let knots = number("speed", "knots from 0 to 3538", 0.0..=3_538.0)?;
    // Phones send -1 for a bearing that they do not know.
    let bearing = number("bearing", "-1, or 0 to 360", -1.0..=360.0)?.filter(|degrees| *degrees >= 0.0);
    let altitude: Option<f64> = number("altitude", "metres from -12000 to 32000", -12_000.0..=32_000.0)?;
    let accuracy = number("accuracy", "metres, at least 0", 0.0..=f64::MAX)?;
    let reported = Reported {
        vehicle,
        fixed_at: fixed_at.unwrap_or(now),
        position,
        speed_kph: knots.map(|knots| knots * KPH_PER_KNOT),
        heading_deg: bearing,
        accuracy_m: accuracy,
        altitude_m: altitude,
        source: Source::OsmAnd,
    };
    Ok(reported.fix())
}

fn parse_timestamp(text: &str) -> Option<UnixMs> {
    let time = match text.parse::<i64>() {
        Ok(seconds) if seconds.abs() < SECONDS_BELOW => UnixMs(seconds * 1_000),
        Ok(milliseconds) => UnixMs(milliseconds),
        Err(_) => parse_time(text).or_else(|| parse_time(&format!("{}Z", text.replace(' ', "T"))))?,
    };
    TIMES.contains(&time).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::units::DeciKph;

    fn read(text: &str) -> Result<Fix, Problem> {
        fix(&Query::parse(text), VehicleKey(1), UnixMs(1_795_507_200_000))
    }

    #[test]
    fn timestamps_come_in_three_forms() {
        for text in ["1795507200", "1795507200000", "2026-11-24T08:00:00Z", "2026-11-24 08:00:00"] {
            assert_eq!(parse_timestamp(text), Some(UnixMs(1_795_507_200_000)), "{text}");
        }
        assert_eq!(parse_timestamp("0"), None);
        assert_eq!(parse_timestamp("soon"), None);
    }

    #[test]
    fn a_report_is_read_with_speed_in_knots() {
        let fix = read("id=x&lat=30.6&lon=121.05&timestamp=1795507200&speed=10&bearing=-1&altitude=4.6&batt=80")
            .expect("a good report");
        assert_eq!(fix.speed, Some(DeciKph(185)));
        assert_eq!((fix.heading_deg, fix.altitude_m, fix.source), (None, Some(5), Source::OsmAnd));
        assert_eq!(read("lat=30.6&lon=121.05").map(|fix| fix.fixed_at.0).ok(), Some(1_795_507_200_000));
    }

    #[test]
    fn what_is_missing_or_out_of_range_is_named() {
        let field = |text: &str| read(text).err().and_then(|problem| problem.field.clone());
        assert_eq!(field("lon=121").as_deref(), Some("lat"));
        assert_eq!(field("lon=121&lat=91").as_deref(), Some("lat"));
        assert_eq!(field("lon=NaN&lat=9").as_deref(), Some("lon"));
        assert_eq!(field("lon=1&lat=9&speed=fast").as_deref(), Some("speed"));
    }
}

//! Vehicles with their last fix and zones, and their tracks.

use super::AppState;
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use super::wire::{self, FixJson, Page, VehicleJson};
use crate::desk::catalog::Entry;
use crate::gateway::jt808::phone::Phone;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use cordon_spatial::fix::{Fix, Marks};
use cordon_spatial::ids::{FeatureKey, VehicleKey};
use cordon_spatial::units::{SpanMs, UnixMs};
use serde::Serialize;
use utoipa::ToSchema;

/// Marks of fixes that are no place on the way: none was measured, it cannot be right, its time is not yet, another fix of
/// the same instant stands, or the vehicle was parked and the place where it parked stands.
const OFF_LINE: Marks = Marks::NO_FIX
    .union(Marks::NULL_ISLAND)
    .union(Marks::TELEPORT)
    .union(Marks::DRIFT)
    .union(Marks::SAME_INSTANT)
    .union(Marks::CLOCK_AHEAD)
    .union(Marks::ENCRYPTED);

/// A track as a GeoJSON feature.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackJson {
    /// `Feature`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Id of the vehicle.
    pub id: String,
    /// A LineString through the fixes that say `on_line`, by time: those without the marks `no_fix`, `null_island`,
    /// `teleport`, `drift`, `same_instant`, `clock_ahead` and `encrypted`. Null when these are fewer than two.
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<LineJson>,
    /// The fixes.
    pub properties: TrackProperties,
    /// Path and query of the next page, when there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A GeoJSON LineString.
#[derive(Debug, Serialize)]
pub struct LineJson {
    #[serde(rename = "type")]
    kind: &'static str,
    coordinates: Vec<[f64; 2]>,
}

/// The properties of a track.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackProperties {
    /// Id of the vehicle.
    pub vehicle: String,
    /// All of them by time, with their marks.
    pub fixes: Vec<TrackFixJson>,
}

/// A fix of a track.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackFixJson {
    /// The fix.
    #[serde(flatten)]
    pub fix: FixJson,
    /// Whether the line goes through it.
    pub on_line: bool,
}

/// Vehicles by key.
#[utoipa::path(get, path = "/api/vehicles", tag = "vehicles",
    params(
        ("after" = Option<u32>, Query, description = "`key` greater than"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 10000")),
    responses((status = 200, body = Page<VehicleJson>), (status = 400, body = ProblemJson)))]
pub async fn list(State(app): AppState, query: Query) -> Result<Json<Page<VehicleJson>>, Problem> {
    let limit = query.limit(super::query::MAX_LIMIT)?;
    let after = query.number("after", "a key")?.unwrap_or(0);
    app.hub.settled().await;
    let page = app.catalog.vehicles(after, limit);
    let next = (page.len() == limit).then_some(page.last()).flatten();
    let next = next.map(|(key, _)| query.next("/api/vehicles", &[("after", key.0.to_string())]));
    let items = page.iter().map(|(key, entry)| vehicle(&app, *key, entry)).collect();
    Ok(Json(Page { items, next }))
}

/// One vehicle.
#[utoipa::path(get, path = "/api/vehicles/{id}", tag = "vehicles", params(("id" = String, Path)),
    responses((status = 200, body = VehicleJson), (status = 404, body = ProblemJson)))]
pub async fn one(State(app): AppState, Path(id): Path<String>) -> Result<Json<VehicleJson>, Problem> {
    app.hub.settled().await;
    let (key, entry) = find(&app, &id)?;
    Ok(Json(vehicle(&app, key, &entry)))
}

/// A vehicle's track: the last 24 hours unless `from` or `to` say otherwise.
#[utoipa::path(get, path = "/api/vehicles/{id}/track", tag = "vehicles",
    params(
        ("id" = String, Path),
        ("from" = Option<String>, Query, description = "`fixed_at` not before, RFC 3339"),
        ("to" = Option<String>, Query, description = "`fixed_at` before, RFC 3339"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 10000")),
    responses((status = 200, body = TrackJson, content_type = "application/geo+json"), (status = 404, body = ProblemJson)))]
pub async fn track(State(app): AppState, Path(id): Path<String>, query: Query) -> Result<Response, Problem> {
    let limit = query.limit(super::query::MAX_LIMIT)?;
    let (from, to) = (query.time("from")?, query.time("to")?);
    let (key, entry) = find(&app, &id)?;
    // A terminal's clock may be ahead: without `to` the track has no end.
    let to = to.unwrap_or(UnixMs::MAX);
    let from = from.unwrap_or_else(|| app.pipeline.now().min(to) - SpanMs::seconds(86_400));
    if from > to {
        return Err(Problem::bad_value("from", query.text("from").unwrap_or_default(), "not after to"));
    }
    let mut fixes = app.readers.read(move |reader| reader.track(key, from, to, limit + 1)).await?;
    let more = cut_page(&mut fixes, limit);
    let path = format!("/api/vehicles/{id}/track");
    let next = more.map(|from| query.next(&path, &[("from", wire::Time(from).to_string())]));
    let id = entry.id.to_string();
    let properties = TrackProperties { vehicle: id.clone(), fixes: fixes.iter().map(track_fix).collect() };
    let track = TrackJson { kind: "Feature", id, geometry: line(&fixes), properties, next };
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], Json(track)).into_response())
}

/// Whether the line of a track goes through a fix.
pub fn is_on_line(fix: &Fix) -> bool {
    !fix.marks.intersects(OFF_LINE)
}

fn track_fix(fix: &Fix) -> TrackFixJson {
    TrackFixJson { fix: wire::fix(fix), on_line: is_on_line(fix) }
}

/// The way, as far as it has two places.
fn line(fixes: &[Fix]) -> Option<LineJson> {
    let places = fixes.iter().filter(|fix| is_on_line(fix)).map(|fix| [fix.position.lon(), fix.position.lat()]);
    let coordinates: Vec<[f64; 2]> = places.collect();
    (coordinates.len() >= 2).then_some(LineJson { kind: "LineString", coordinates })
}

/// Cuts fixes down to a page of at most `limit`, between two instants where that is possible; answers from when on the
/// next page is.
fn cut_page(fixes: &mut Vec<Fix>, limit: usize) -> Option<UnixMs> {
    let over = fixes.get(limit)?.fixed_at;
    let whole = fixes.partition_point(|fix| fix.fixed_at < over);
    if whole == 0 {
        // More fixes of one instant than a page holds: show a page of them and go on after it.
        fixes.truncate(limit);
        return Some(over + SpanMs(1));
    }
    fixes.truncate(whole);
    Some(over)
}

fn find(app: &super::App, id: &str) -> Result<(VehicleKey, std::sync::Arc<Entry>), Problem> {
    let key = app.catalog.vehicle(id).ok_or_else(|| Problem::not_found("vehicle"))?;
    let entry = app.catalog.entry(FeatureKey(key.0)).ok_or_else(|| Problem::not_found("vehicle"))?;
    Ok((key, entry))
}

/// How many vehicles are online now. Looks at every vehicle.
pub fn online(app: &super::App) -> usize {
    let now = app.pipeline.now();
    let all = app.catalog.vehicles(0, usize::MAX);
    let positions = app.hub.positions();
    let is_online = |(key, entry): &&(VehicleKey, std::sync::Arc<Entry>)| {
        is_online(connected(app, entry), positions.last(*key).as_ref(), now)
    };
    all.iter().filter(is_online).count()
}

/// Whether the vehicle's terminal is connected; `None` when it has none.
fn connected(app: &super::App, entry: &Entry) -> Option<bool> {
    let phone = entry.vehicle.as_ref()?.terminal_phone.as_ref()?;
    Some(Phone::parse(phone).is_ok_and(|phone| app.gateway.is_online(phone)))
}

fn vehicle(app: &super::App, key: VehicleKey, entry: &Entry) -> VehicleJson {
    let now = app.hub.positions().vehicle(key);
    let last = now.as_ref().and_then(|now| now.last.as_ref());
    let connected = connected(app, entry);
    let face = entry.vehicle.clone().unwrap_or_default();
    VehicleJson {
        id: entry.id.to_string(),
        key: key.0,
        plate: face.plate,
        class: face.class,
        company: face.company,
        online: is_online(connected, last, app.pipeline.now()),
        unchecked: face.unchecked,
        last: last.map(wire::fix),
        zones: now.as_ref().map(|now| wire::zones(now, &app.catalog)).unwrap_or_default(),
    }
}

/// How long after its last fix a vehicle without a terminal counts as online.
const ONLINE_FOR: SpanMs = SpanMs::seconds(300);

/// With a terminal: whether that is connected (`connected`). Without one: whether a fix came in lately.
fn is_online(connected: Option<bool>, last: Option<&Fix>, now: UnixMs) -> bool {
    connected.unwrap_or_else(|| last.is_some_and(|fix| fix.received_at >= now - ONLINE_FOR))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::fix::Source;
    use cordon_spatial::position::Position;

    fn fix(time: i64, marks: Marks) -> Fix {
        Fix {
            vehicle: VehicleKey(1),
            fixed_at: UnixMs(time),
            received_at: UnixMs(time),
            position: Position { lon_e7: (time % 100) as i32 * 10_000_000, lat_e7: 0 },
            speed: None,
            heading_deg: None,
            accuracy_dm: None,
            altitude_m: None,
            status_bits: 0,
            alarm_bits: 0,
            acc_on: None,
            source: Source::Http,
            marks,
        }
    }

    #[test]
    fn the_line_goes_through_what_was_driven_and_leaves_out_what_cannot_be() {
        let marked: Vec<Marks> = Marks::all().iter().collect();
        let fixes: Vec<Fix> = marked.iter().zip(1..).map(|(marks, time)| fix(time, *marks)).collect();
        let kept: Vec<&str> =
            fixes.iter().filter(|fix| track_fix(fix).on_line).flat_map(|fix| fix.marks.names()).collect();
        assert_eq!(kept, ["awaits_history", "too_late", "after_gap", "blind_area"]);
        let line = line(&fixes).expect("five places");
        assert_eq!(line.coordinates, [[7.0, 0.0], [8.0, 0.0], [9.0, 0.0], [11.0, 0.0], [12.0, 0.0]]);
        assert!(super::line(&[fix(1, Marks::empty()), fix(2, Marks::NULL_ISLAND)]).is_none(), "one place is no line");
    }

    #[test]
    fn a_terminal_is_online_while_connected_and_anything_else_while_it_reports() {
        let (now, last) = (UnixMs(1_000_000), fix(700_000, Marks::empty()));
        assert!(is_online(None, Some(&last), now));
        assert!(!is_online(None, Some(&last), now + SpanMs(1)));
        assert!(!is_online(None, None, now));
        assert!(is_online(Some(true), None, now));
        assert!(!is_online(Some(false), Some(&last), now), "a fix of a moment ago is no connection");
    }

    fn check(times: &[i64], limit: usize, shown: &[i64], next: Option<i64>) {
        let mut fixes: Vec<Fix> = times.iter().map(|time| fix(*time, Marks::empty())).collect();
        let more = cut_page(&mut fixes, limit);
        assert_eq!(fixes.iter().map(|fix| fix.fixed_at.0).collect::<Vec<_>>(), shown);
        assert_eq!(more.map(|at| at.0), next);
    }

    #[test]
    fn a_page_of_a_track_ends_between_two_instants() {
        check(&[1, 2, 3], 3, &[1, 2, 3], None);
        check(&[1, 2, 3, 4], 3, &[1, 2, 3], Some(4));
        check(&[1, 2, 3, 3], 3, &[1, 2], Some(3));
        check(&[3, 3, 3, 3], 3, &[3, 3, 3], Some(4));
    }
}

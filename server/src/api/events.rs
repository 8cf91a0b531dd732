//! Events: what happened, by the number of the change, so that late and retracted ones are never missed.

use super::AppState;
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use super::wire::{self, EventJson, Page};
use axum::Json;
use axum::extract::{Path, State};
use cordon_data::feature::Collection;
use cordon_data::store::EventQuery;
use cordon_spatial::event::{EventKind, EventStatus};
use cordon_spatial::ids::{EventId, FeatureId, Seq, VehicleKey, ZoneKey};

/// Every kind of event that this version makes.
const KINDS: [EventKind; 17] = [
    EventKind::Enter,
    EventKind::Exit,
    EventKind::Cross,
    EventKind::Dwell,
    EventKind::Speed,
    EventKind::ZoneChanged,
    EventKind::InsideAtStart,
    EventKind::RuleEnded,
    EventKind::ClockWrong,
    EventKind::EngineMismatch,
    EventKind::TerminalAlarm,
    EventKind::MustBeInside,
    EventKind::Silence,
    EventKind::Count,
    EventKind::Frozen,
    EventKind::DatabaseLost,
    EventKind::Unknown,
];
const STATUSES: [EventStatus; 3] = [EventStatus::Provisional, EventStatus::Final, EventStatus::Retracted];

/// Events by `seq`.
#[utoipa::path(get, path = "/api/events", tag = "events",
    params(
        ("from" = Option<String>, Query, description = "`at` not before, RFC 3339"),
        ("to" = Option<String>, Query, description = "`at` before, RFC 3339"),
        ("kind" = Option<String>, Query, description = "enter, exit, cross, dwell, speed, zone_changed, inside_at_start, rule_ended, clock_wrong, engine_mismatch, terminal_alarm, must_be_inside, silence, count, frozen, database_lost or unknown"),
        ("subject" = Option<String>, Query, description = "a vehicle: its id, or `vehicle:` and its id"),
        ("zone" = Option<String>, Query, description = "id of a zone"),
        ("status" = Option<String>, Query, description = "provisional, final or retracted"),
        ("after" = Option<u64>, Query, description = "`seq` greater than"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 1000")),
    responses((status = 200, body = Page<EventJson>), (status = 400, body = ProblemJson)))]
pub async fn list(State(app): AppState, query: Query) -> Result<Json<Page<EventJson>>, Problem> {
    let limit = query.limit(1_000)?;
    // What was never known has no events: an empty page, not an error.
    let nothing = || Json(Page { items: Vec::new(), next: None });
    let kinds = KINDS.map(EventKind::name).join(", ");
    let statuses = STATUSES.map(EventStatus::name).join(", ");
    let mut wanted = EventQuery {
        from: query.time("from")?,
        to: query.time("to")?,
        kind: query.parsed("kind", &kinds, |text| KINDS.into_iter().find(|kind| kind.name() == text))?,
        vehicle: None,
        zone: None,
        status: query.parsed("status", &statuses, |text| STATUSES.into_iter().find(|s| s.name() == text))?,
        after: query.number("after", "a seq")?.map(Seq),
        limit,
    };
    if let Some(subject) = query.text("subject") {
        let id = match subject.split_once(':') {
            None | Some(("vehicle", _)) => subject.trim_start_matches("vehicle:"),
            Some(_) => {
                return Err(Problem::bad_value("subject", subject, "the id of a vehicle, or vehicle: and its id"));
            }
        };
        let Some(key) = key(&app.catalog, Collection::Vehicles, id) else { return Ok(nothing()) };
        wanted.vehicle = Some(VehicleKey(key));
    }
    if let Some(id) = query.text("zone") {
        let Some(key) = key(&app.catalog, Collection::Zones, id) else { return Ok(nothing()) };
        wanted.zone = Some(ZoneKey(key));
    }
    let events = app.readers.read(move |reader| reader.events(&wanted)).await?;
    let next = (events.len() == limit).then_some(events.last()).flatten();
    let next = next.map(|last| query.next("/api/events", &[("after", last.seq.0.to_string())]));
    let items = events.iter().map(|event| wire::event(event, &app.catalog)).collect();
    Ok(Json(Page { items, next }))
}

/// One event.
#[utoipa::path(get, path = "/api/events/{id}", tag = "events", params(("id" = String, Path)),
    responses((status = 200, body = EventJson), (status = 404, body = ProblemJson)))]
pub async fn one(State(app): AppState, Path(id): Path<String>) -> Result<Json<EventJson>, Problem> {
    let id: EventId = id.parse().map_err(|_| Problem::not_found("event"))?;
    let event = app.readers.read(move |reader| reader.event(id)).await?;
    let event = event.ok_or_else(|| Problem::not_found("event"))?;
    Ok(Json(wire::event(&event, &app.catalog)))
}

fn key(catalog: &crate::desk::catalog::Catalog, collection: Collection, id: &str) -> Option<u32> {
    let (key, _) = catalog.find(collection, &FeatureId::new(id).ok()?)?;
    Some(key.0)
}

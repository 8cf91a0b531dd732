//! Alarms: the list, and what a person does to them. Repeating an act answers the same.

use super::AppState;
use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::query::{Query, parse_time};
use super::wire::{self, AlarmJson, Page};
use crate::auth::Identity;
use axum::extract::{Path, State};
use axum::{Extension, Json as JsonAnswer};
use cordon_data::store::AlarmQuery;
use cordon_spatial::alarm::{AlarmAct, AlarmState, LONGEST_SHELF};
use cordon_spatial::ids::{AlarmId, Seq};
use cordon_spatial::record::Act;
use cordon_spatial::units::SpanMs;
use serde::Deserialize;
use utoipa::ToSchema;

/// Longest note, characters.
const MAX_NOTE: usize = 2_000;
/// The shortest time for which an alarm may be put aside: a shorter one could be over before the act is judged.
const SHORTEST_SHELF: SpanMs = SpanMs::seconds(60);

/// What a person who takes note says.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// Free text, at most 2,000 characters.
    pub note: Option<String>,
}

/// What a person who closes an alarm says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// What was found, 1 to 2,000 characters.
    pub result: String,
    /// Free text, at most 2,000 characters.
    pub note: Option<String>,
}

/// What a person who puts an alarm aside says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shelve {
    /// Why, 1 to 2,000 characters.
    pub reason: String,
    /// Until when, RFC 3339, 1 minute to 8 hours ahead.
    pub until: String,
}

/// Alarms by `seq`.
#[utoipa::path(get, path = "/api/alarms", tag = "alarms",
    params(
        ("state" = Option<String>, Query, description = "unacknowledged, acknowledged, returned, shelved, suppressed, closed; several by commas"),
        ("priority" = Option<u8>, Query, description = "1 to 4"),
        ("from" = Option<String>, Query, description = "`raised_at` not before, RFC 3339"),
        ("to" = Option<String>, Query, description = "`raised_at` before, RFC 3339"),
        ("after" = Option<u64>, Query, description = "`seq` greater than"),
        ("limit" = Option<u64>, Query, description = "1 to 10000, default 1000")),
    responses((status = 200, body = Page<AlarmJson>), (status = 400, body = ProblemJson)))]
pub async fn list(State(app): AppState, query: Query) -> Result<JsonAnswer<Page<AlarmJson>>, Problem> {
    let limit = query.limit(1_000)?;
    let known = AlarmState::ALL.map(AlarmState::name).join(", ");
    let states = query.parsed("state", &known, |text| {
        let names = text.split(',');
        names.map(|name| AlarmState::ALL.into_iter().find(|state| state.name() == name)).collect::<Option<Vec<_>>>()
    })?;
    let wanted = AlarmQuery {
        states: states.unwrap_or_default(),
        priority: query.parsed("priority", "1 to 4", |text| text.parse().ok().filter(|n| (1..=4).contains(n)))?,
        from: query.time("from")?,
        to: query.time("to")?,
        after: query.number("after", "a seq")?.map(Seq),
        limit,
    };
    let alarms = app.readers.read(move |reader| reader.alarms(&wanted)).await?;
    let next = (alarms.len() == limit).then_some(alarms.last()).flatten();
    let next = next.map(|last| query.next("/api/alarms", &[("after", last.seq.0.to_string())]));
    let items = alarms.iter().map(|alarm| wire::alarm(alarm, &app.catalog)).collect();
    Ok(JsonAnswer(Page { items, next }))
}

/// One alarm.
#[utoipa::path(get, path = "/api/alarms/{id}", tag = "alarms", params(("id" = String, Path)),
    responses((status = 200, body = AlarmJson), (status = 404, body = ProblemJson)))]
pub async fn one(State(app): AppState, Path(id): Path<String>) -> Result<JsonAnswer<AlarmJson>, Problem> {
    let id = parse_id(&id)?;
    let alarm = app.readers.read(move |reader| reader.alarm(id)).await?;
    let alarm = alarm.ok_or_else(unknown)?;
    Ok(JsonAnswer(wire::alarm(&alarm, &app.catalog)))
}

/// Take note of an alarm.
#[utoipa::path(post, path = "/api/alarms/{id}/acknowledge", tag = "alarms", params(("id" = String, Path)),
    request_body = Acknowledge,
    responses((status = 200, body = AlarmJson), (status = 404, body = ProblemJson)))]
pub async fn acknowledge(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(id): Path<String>,
    Json(Acknowledge { note }): Json<Acknowledge>,
) -> Result<JsonAnswer<AlarmJson>, Problem> {
    let note = checked_note(note)?;
    act(app, identity, &id, AlarmAct::Acknowledge { note }).await
}

/// End an alarm with a finding.
#[utoipa::path(post, path = "/api/alarms/{id}/close", tag = "alarms", params(("id" = String, Path)),
    request_body = Close,
    responses((status = 200, body = AlarmJson), (status = 400, body = ProblemJson), (status = 404, body = ProblemJson)))]
pub async fn close(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(id): Path<String>,
    Json(Close { result, note }): Json<Close>,
) -> Result<JsonAnswer<AlarmJson>, Problem> {
    let note = checked_note(note)?;
    let result = checked_text("result", result)?;
    act(app, identity, &id, AlarmAct::Close { result, note }).await
}

/// Put an alarm aside for a while: it is listed as shelved and sirens nobody until then. Acknowledging it takes it back.
#[utoipa::path(post, path = "/api/alarms/{id}/shelve", tag = "alarms", params(("id" = String, Path)),
    request_body = Shelve,
    responses((status = 200, body = AlarmJson), (status = 400, body = ProblemJson), (status = 404, body = ProblemJson)))]
pub async fn shelve(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(id): Path<String>,
    Json(Shelve { reason, until }): Json<Shelve>,
) -> Result<JsonAnswer<AlarmJson>, Problem> {
    let reason = checked_text("reason", reason)?;
    let now = app.pipeline.now();
    let allowed = now + SHORTEST_SHELF..=now + LONGEST_SHELF;
    let end = parse_time(&until).filter(|end| allowed.contains(end));
    let Some(until) = end else {
        let limit = "a time in RFC 3339, 1 minute to 8 hours ahead: whoever puts an alarm aside meets it again in the same shift";
        return Err(Problem::bad_value("until", until, limit));
    };
    act(app, identity, &id, AlarmAct::Shelve { reason, until }).await
}

async fn act(
    app: std::sync::Arc<super::App>,
    identity: Identity,
    id: &str,
    act: AlarmAct,
) -> Result<JsonAnswer<AlarmJson>, Problem> {
    let act = Act { who: identity.name, alarm: parse_id(id)?, act };
    let alarm = app.pipeline.act(act).await?;
    Ok(JsonAnswer(wire::alarm(&alarm, &app.catalog)))
}

fn parse_id(id: &str) -> Result<AlarmId, Problem> {
    id.parse().map_err(|_| unknown())
}

fn unknown() -> Problem {
    crate::ingest::Refused::UnknownAlarm.into()
}

fn checked_text(field: &str, text: String) -> Result<String, Problem> {
    let length = text.trim().chars().count();
    if !(1..=MAX_NOTE).contains(&length) {
        return Err(Problem::bad_value(field, text, "1 to 2000 characters"));
    }
    Ok(text)
}

fn checked_note(note: Option<String>) -> Result<Option<String>, Problem> {
    match note {
        Some(note) if note.chars().count() > MAX_NOTE => {
            Err(Problem::bad_value("note", note, "at most 2000 characters"))
        }
        other => Ok(other.filter(|note| !note.trim().is_empty())),
    }
}

//! Rules tried over the stored past: what they would have found, before anybody is woken by them.
//!
//! A trial runs on a thread of its own, one at a time, and ends by its bounds or when nobody waits for it any more. It
//! touches neither the live engine nor the store.

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::query::parse_time;
use super::wire::Time;
use super::{App, AppState};
use crate::desk::features::{Drawn, EditError};
use crate::desk::trial::{self, Bounds, Counts, Cut, Found, Trial};
use crate::ingest;
use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_data::feature::FieldError;
use cordon_spatial::event::{EventCore, Subject};
use cordon_spatial::ids::{FeatureId, FeatureKey, VehicleKey};
use cordon_spatial::position::Position;
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::zone::{Rule, RuleWhen, Zone};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use utoipa::ToSchema;

/// The longest span that is tried.
const LONGEST: SpanMs = SpanMs::seconds(7 * 86_400);
/// How far a trial may go: about ten seconds of one core, half of the time that an answer may take at most.
const BOUNDS: Bounds = Bounds { fixes: 5_000_000, time: Duration::from_secs(30), events: 10_000 };
/// Most vehicles that may be named.
const MAX_VEHICLES: usize = 10_000;
/// When to ask again while another trial runs, seconds.
const RETRY_AFTER_S: u64 = 5;

/// What to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryRules {
    /// The id of a zone, or a GeoJSON feature as `PUT /ogc/collections/zones/items/{id}` takes it.
    #[schema(value_type = Object)]
    pub zone: Value,
    /// Rules in place of the zone's own.
    #[schema(value_type = Option<Vec<Object>>)]
    pub rules: Option<Value>,
    /// From when on, RFC 3339, inclusive.
    pub from: String,
    /// Until when, RFC 3339, exclusive, at most 7 days after `from`.
    pub to: String,
    /// Ids of vehicles, at most 10,000; absent = all.
    pub vehicles: Option<Vec<String>>,
}

/// What would have been told.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedJson {
    /// Id of the zone; a made one for a feature without an id.
    pub zone: String,
    /// From when on.
    pub from: Time,
    /// Until when: now, if that is earlier than what was asked for.
    pub to: Time,
    /// Each rule and how often it would have fired, in the zone's order.
    pub rules: Vec<TriedRule>,
    /// Rules that were not tried: a `count` is of many vehicles together, a trial goes vehicle by vehicle.
    pub not_tried: Vec<String>,
    /// The vehicles for which one would have fired, by key.
    pub vehicles: Vec<TriedVehicle>,
    /// What would have been told, vehicle by vehicle, each by time.
    pub events: Vec<TriedEvent>,
    /// How many events were counted and not listed.
    pub events_left_out: u64,
    /// How many fixes were read, those of the hour before `from` included.
    pub fixes_read: u64,
    /// Over how many vehicles it was to be tried.
    pub vehicles_asked: usize,
    /// Of how many all was read.
    pub vehicles_judged: usize,
    /// Whether no bound was reached.
    pub complete: bool,
    /// The bounds that were reached.
    pub cut: Vec<ReachedBound>,
}

/// How often a rule would have fired.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedRule {
    /// Its id in the zone.
    pub rule: String,
    /// What it watches for.
    pub when: &'static str,
    /// Its alarm priority.
    pub priority: u8,
    /// How many events.
    pub events: u64,
    /// How many alarms: with its delays, one per cause and visit.
    pub alarms: u64,
    /// Of how many vehicles.
    pub vehicles: u64,
}

/// How often rules would have fired for a vehicle.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedVehicle {
    /// Its id.
    pub vehicle: String,
    /// Its number plate now.
    pub plate: Option<String>,
    /// How many events.
    pub events: u64,
    /// How many alarms.
    pub alarms: u64,
}

/// What would have been told.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedEvent {
    /// What kind of event.
    pub kind: &'static str,
    /// Id of the rule.
    pub rule: String,
    /// Id of the vehicle.
    pub vehicle: String,
    /// When it began.
    pub at: Time,
    /// When it ended; absent while it lasted at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// `certain`, `uncertain` or `unknown`.
    pub certainty: &'static str,
    /// Where it began, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Where it began, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
}

/// A bound that was reached.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReachedBound {
    /// `fixes` or `time_s`: what comes after is not judged; `events`: the others are counted, not listed.
    pub by: &'static str,
    /// How much is allowed.
    pub limit: u64,
}

/// Lets one trial run at a time.
#[derive(Clone, Debug)]
pub struct Trials {
    room: Arc<Semaphore>,
}

impl Default for Trials {
    fn default() -> Trials {
        Trials { room: Arc::new(Semaphore::new(1)) }
    }
}

impl Trials {
    /// The right to run a trial, until it is dropped; a problem while another one runs.
    fn begin(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.room).try_acquire_owned().map_err(|_| {
            let detail = "another trial of rules runs: try again in a few seconds";
            let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "trial_busy", detail);
            problem.retry_after_s = Some(RETRY_AFTER_S);
            problem
        })
    }
}

/// Try a zone's rules over the stored tracks of vehicles: what would have been told, with nothing kept and nobody alarmed.
///
/// Every fix counts as if it had come at once; attributes and exemptions hold as they did. Whoever was inside an hour before
/// `from` is taken to have come in then. The zone is tried with its own dates and schedule. One trial runs at a time.
#[utoipa::path(post, path = "/api/rules/try", tag = "rules", request_body = TryRules,
    responses((status = 200, body = TriedJson), (status = 400, body = ProblemJson), (status = 422, body = ProblemJson),
        (status = 429, body = ProblemJson, description = "another trial runs: `Retry-After` says when to ask again")))]
pub async fn try_rules(State(app): AppState, Json(asked): Json<TryRules>) -> Result<JsonAnswer<TriedJson>, Problem> {
    let (from, to) = span(&asked, app.pipeline.now())?;
    let vehicles = vehicles(&app, asked.vehicles)?;
    let (id, zone) = zone(&app, asked.zone, asked.rules).await?;
    let permit = app.trials.begin()?;
    let trial = Trial { zone: Zone::clone(&zone), from, to, vehicles, settings: ingest::settings(), bounds: BOUNDS };
    let found = on_a_thread(&app, trial.clone(), permit).await?;
    Ok(JsonAnswer(told(&app, &id, &trial, found)))
}

/// Runs a trial where it holds nobody up; it ends early when nobody waits for the answer.
async fn on_a_thread(app: &App, trial: Trial, permit: OwnedSemaphorePermit) -> Result<Found, Problem> {
    let (reply, answer) = oneshot::channel();
    let (readers, catalog) = (app.readers.clone(), app.catalog.clone());
    let work = move || {
        let found = readers.read_here(|reader| trial::run(&trial, reader, &catalog, &|| !reply.is_closed()));
        // Whoever is answered may ask again at once.
        drop(permit);
        // Whoever asked may have gone.
        drop(reply.send(found));
    };
    let failed = |why: String| {
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the trial failed");
        tracing::error!(trace_id = problem.trace_id, why, "a trial of rules failed");
        problem
    };
    std::thread::Builder::new()
        .name("cordon-trial".to_owned())
        .spawn(work)
        .map_err(|error| failed(error.to_string()))?;
    Ok(answer.await.map_err(|error| failed(error.to_string()))??)
}

/// The span that is asked for, up to now.
fn span(asked: &TryRules, now: UnixMs) -> Result<(UnixMs, UnixMs), Problem> {
    const TIME: &str = "a time in RFC 3339 such as 2026-11-24T08:00:00Z";
    let time = |field: &str, text: &str| parse_time(text).ok_or_else(|| Problem::bad_value(field, text, TIME));
    let (from, to) = (time("from", &asked.from)?, time("to", &asked.to)?);
    if from >= to {
        return Err(Problem::bad_value("to", asked.to.as_str(), "after from"));
    }
    if to - from > LONGEST {
        return Err(Problem::bad_value("to", asked.to.as_str(), "at most 7 days after from"));
    }
    if from >= now {
        return Err(Problem::bad_value("from", asked.from.as_str(), "in the past"));
    }
    Ok((from, to.min(now)))
}

/// The vehicles that are named, each once and by key, else all.
fn vehicles(app: &App, ids: Option<Vec<String>>) -> Result<Vec<VehicleKey>, Problem> {
    let Some(ids) = ids else {
        return Ok(app.catalog.vehicles(0, usize::MAX).into_iter().map(|(key, _)| key).collect());
    };
    if !(1..=MAX_VEHICLES).contains(&ids.len()) {
        return Err(Problem::bad_value("vehicles", ids.len(), format!("1 to {MAX_VEHICLES} ids, or absent for all")));
    }
    let mut keys = Vec::with_capacity(ids.len());
    for (index, id) in ids.into_iter().enumerate() {
        let Some(key) = app.catalog.vehicle(&id) else {
            return Err(unknown(
                "unknown_vehicle",
                format!("vehicles[{index}]"),
                id,
                "the id of a vehicle that exists",
            ));
        };
        keys.push(key);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

fn unknown(code: &'static str, field: String, id: String, limit: &str) -> Problem {
    let detail = format!("{field} is {id}; allowed: {limit}");
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).at(field);
    problem.value = Some(super::problem::shortened(id.into()));
    problem.limit = Some(limit.to_owned());
    problem
}

/// The zone with the rules that are to be tried.
async fn zone(app: &App, zone: Value, rules: Option<Value>) -> Result<(FeatureId, Arc<Zone>), Problem> {
    const LIMIT: &str = "the id of a zone that exists, or a GeoJSON feature";
    let drawn = match zone {
        Value::String(id) => match FeatureId::new(id.clone()) {
            Ok(id) => Drawn::Stored(id),
            Err(_) => return Err(unknown("unknown_zone", "zone".to_owned(), id, LIMIT)),
        },
        Value::Object(_) => Drawn::Feature(zone),
        other => return Err(Problem::bad_value("zone", other, LIMIT)),
    };
    let named = match &drawn {
        Drawn::Stored(id) => Some(id.to_string()),
        Drawn::Feature(_) => None,
    };
    let (id, zone) = match (app.features.zone_as_drawn(drawn, rules).await, named) {
        (Err(EditError::NotFound), Some(id)) => return Err(unknown("unknown_zone", "zone".to_owned(), id, LIMIT)),
        (zone, _) => zone?,
    };
    if zone.rules.is_empty() {
        let error = FieldError::missing("properties.rules", "at least one rule to try");
        return Err(EditError::Invalid { index: None, error: Box::new(error) }.into());
    }
    Ok((id, zone))
}

fn told(app: &App, id: &FeatureId, trial: &Trial, found: Found) -> TriedJson {
    let is_count = |rule: &Rule| matches!(rule.when, RuleWhen::Count { .. });
    let not_tried = trial.zone.rules.iter().filter(|rule| is_count(rule)).map(|rule| rule.id.to_string()).collect();
    let tried = trial.zone.rules.iter().zip(&found.rules).filter(|(rule, _)| !is_count(rule));
    let rules = tried.map(|(rule, (_, counts))| TriedRule {
        rule: rule.id.to_string(),
        when: when_name(rule.when),
        priority: rule.priority,
        events: counts.events,
        alarms: counts.alarms,
        vehicles: counts.vehicles,
    });
    let vehicles = found.vehicles.iter().map(|(key, Counts { events, alarms, .. })| {
        let entry = app.catalog.entry(FeatureKey(key.0));
        TriedVehicle {
            vehicle: app.catalog.id(key.0),
            plate: entry.and_then(|entry| entry.vehicle.as_ref()?.plate.clone()),
            events: *events,
            alarms: *alarms,
        }
    });
    let cut = reached(&found, &trial.bounds);
    TriedJson {
        zone: id.to_string(),
        from: Time(trial.from),
        to: Time(trial.to),
        rules: rules.collect(),
        not_tried,
        vehicles: vehicles.collect(),
        events: found.events.iter().map(|core| event(app, core)).collect(),
        events_left_out: found.events_left_out,
        fixes_read: found.fixes,
        vehicles_asked: trial.vehicles.len(),
        vehicles_judged: found.judged,
        complete: cut.is_empty(),
        cut,
    }
}

fn reached(found: &Found, bounds: &Bounds) -> Vec<ReachedBound> {
    let judging = found.cut.map(|cut| match cut {
        Cut::Fixes => ReachedBound { by: "fixes", limit: bounds.fixes },
        Cut::Time => ReachedBound { by: "time_s", limit: bounds.time.as_secs() },
    });
    let telling = (found.events_left_out > 0).then_some(ReachedBound { by: "events", limit: bounds.events as u64 });
    judging.into_iter().chain(telling).collect()
}

fn event(app: &App, core: &EventCore) -> TriedEvent {
    TriedEvent {
        kind: core.kind.name(),
        rule: core.rule.as_ref().map(|rule| rule.id.to_string()).unwrap_or_default(),
        vehicle: match core.subject {
            Subject::Vehicle(key) => app.catalog.id(key.0),
            Subject::Zone(key) => app.catalog.id(key.0),
            Subject::System => "cordon".to_owned(),
        },
        at: Time(core.at),
        ended_at: core.ended_at.map(Time),
        certainty: core.certainty.name(),
        lon: core.position.map(Position::lon),
        lat: core.position.map(Position::lat),
    }
}

/// The name of what a rule watches for.
pub fn when_name(when: RuleWhen) -> &'static str {
    match when {
        RuleWhen::Enter => "enter",
        RuleWhen::Exit => "exit",
        RuleWhen::Cross => "cross",
        RuleWhen::Dwell { .. } => "dwell",
        RuleWhen::Speed { .. } => "speed",
        RuleWhen::MustBeInside => "must_be_inside",
        RuleWhen::Count { .. } => "count",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_trial_runs_at_a_time_and_the_next_is_told_when_to_come_back() {
        let trials = Trials::default();
        let first = trials.begin().expect("nothing runs");
        let refused = trials.clone().begin().expect_err("one runs");
        assert_eq!((refused.status, refused.code, refused.retry_after_s), (429, "trial_busy", Some(RETRY_AFTER_S)));
        drop(first);
        assert!(trials.begin().is_ok());
    }

    fn check(from: &str, to: &str, wrong: Option<(&str, &str)>) {
        let (from, to) = (from.to_owned(), to.to_owned());
        let asked = TryRules { zone: Value::Null, rules: None, from, to, vehicles: None };
        let now = parse_time("2026-11-24T12:00:00Z").expect("a time");
        let answer = span(&asked, now);
        let said = answer.as_ref().err().map(|problem| (problem.field.as_deref(), problem.limit.as_deref()));
        assert_eq!(said, wrong.map(|(field, limit)| (Some(field), Some(limit))), "{asked:?}");
        assert!(answer.is_err() || answer.is_ok_and(|(from, to)| from < to && to <= now));
    }

    #[test]
    fn a_span_is_in_the_past_in_order_and_a_week_at_most() {
        check("2026-11-17T12:00:00Z", "2026-11-24T12:00:00Z", None);
        check("2026-11-24T11:00:00Z", "2026-11-25T11:00:00Z", None);
        check("2026-11-17T11:59:59Z", "2026-11-24T12:00:00Z", Some(("to", "at most 7 days after from")));
        check("2026-11-24T11:00:00Z", "2026-11-24T11:00:00Z", Some(("to", "after from")));
        check("2026-11-24T12:00:00Z", "2026-11-25T12:00:00Z", Some(("from", "in the past")));
        check("today", "2026-11-25T12:00:00Z", Some(("from", "a time in RFC 3339 such as 2026-11-24T08:00:00Z")));
    }
}

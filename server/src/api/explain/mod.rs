//! Why an event stands: what it rests on, as it was when it was judged, for a person and for a program.
//!
//! Everything is read back from the store at the moment of the question; nothing is judged again. What is not stored any more
//! is said to be missing, never replaced by what is there now.

mod alarm;
mod exemptions;
mod text;
mod thresholds;

use super::AppState;
use super::problem::{Problem, ProblemJson};
use super::wire::{self, CrossingJson, EventJson, FixRefJson, Time};
use crate::desk::catalog::Catalog;
use alarm::ExplainedAlarm;
use axum::Json;
use axum::extract::{Path, State};
use cordon_data::feature::{StoredFeature, class_name, vehicle_of};
use cordon_data::store::{Reader, StoreError};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::{Event, EventCore, EventKind, FixRef, PathReading, Subject};
use cordon_spatial::fix::{Fix, Source};
use cordon_spatial::ids::{EventId, FeatureKey, VehicleKey};
use cordon_spatial::units::{SpanMs, UnixMs};
use exemptions::NotSuppressed;
use serde::Serialize;
use serde_json::Value;
use text::Text;
use thresholds::ThresholdJson;
use utoipa::ToSchema;

/// Most exemptions of one vehicle that are looked at, those given last.
const MAX_EXEMPTIONS: usize = 50;

/// Why an event stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplanationJson {
    /// The event, as `GET /api/events/{id}` tells it.
    pub event: EventJson,
    /// Whom it is about.
    pub subject: ExplainedSubject,
    /// The zone; absent for an event without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<ExplainedZone>,
    /// The rule; absent for an event without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<ExplainedRule>,
    /// The fixes that it rests on, oldest first.
    pub fixes: Vec<ExplainedFix>,
    /// Where the boundary was met; absent when no crossing decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crossing: Option<CrossingJson>,
    /// How the way between the fixes was read.
    pub path: ExplainedPath,
    /// The figures that decided, and those that were in force beside them.
    pub thresholds: Vec<ThresholdJson>,
    /// Its alarm, or why there is none.
    pub alarm: ExplainedAlarm,
    /// The exemptions of this vehicle, and why none of them left it alone.
    pub why_not_suppressed: NotSuppressed,
    /// The whole of it in plain sentences, one a line.
    pub text: Text,
}

/// Whom an event is about, as it was then.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedSubject {
    /// `vehicle`, `zone` or `system`.
    pub kind: &'static str,
    /// Feature id; `cordon` for the system.
    pub id: String,
    /// A vehicle's number plate, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// A vehicle's class, by which rules choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<&'static str>,
    /// Its company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The class of its dangerous goods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods_class: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The revision of the vehicle that these are from; absent when it is not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
}

/// A zone by the revision that judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedZone {
    /// Its id.
    pub id: String,
    /// The revision that judged.
    pub revision: u32,
    /// Whether that revision is stored still; when not, nothing more can be said of it.
    pub stored: bool,
    /// When the revision was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Time>,
    /// Its revision now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_revision: Option<u32>,
    /// Whether it was deleted since.
    pub deleted: bool,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its English name, if it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its risk level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// From when on it is valid, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when it is valid, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// When it is open, as it was written; absent = at any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub schedule: Option<Value>,
}

/// A rule by the revision that judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedRule {
    /// Its id in its zone.
    pub id: String,
    /// Its own revision.
    pub revision: u32,
    /// Whether it is stored still as it was; when not, only what the event itself keeps of it is said.
    pub stored: bool,
    /// What it watches for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Alarm priority, 1 (highest) to 4.
    pub priority: u8,
    /// How long its condition must hold before an alarm is raised, seconds.
    pub on_delay_s: u32,
    /// How long its condition must have been away before the alarm returns, seconds.
    pub off_delay_s: u32,
    /// The longest stay, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_s: Option<u64>,
    /// The highest speed, km/h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_kph: Option<f64>,
    /// The most vehicles at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_n: Option<u64>,
    /// Whom it is about; absent = everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub subjects: Option<Value>,
    /// Whom it leaves out; absent = nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub except: Option<Value>,
    /// When it is watched; absent = at any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub window: Option<Value>,
    /// The kinds of exemption that it respects.
    pub exempt: Vec<String>,
}

/// A fix that an event rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedFix {
    /// `before` or `after` what happened.
    pub place: &'static str,
    /// The fix as it was judged.
    #[serde(flatten)]
    pub fix: FixRefJson,
    /// When Cordon received it; absent when it is not stored any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Time>,
    /// The accuracy that it stated, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
    /// Which way it came in: `http`, `jt808` or `osmand`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
}

/// How the way between the fixes was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedPath {
    /// `straight`, `unknown` or `standing`.
    pub reading: &'static str,
    /// What that means.
    pub text: Text,
}

/// What an event rests on, as the store tells it.
struct Facts {
    event: Event,
    /// The vehicle by its revision of then.
    vehicle: Option<StoredFeature>,
    /// The zone by the revision that judged.
    zone: Option<StoredFeature>,
    /// The fixes of the evidence as they are stored.
    before: Option<Fix>,
    after: Option<Fix>,
    /// The vehicle's exemptions with all their revisions.
    exemptions: Vec<(FeatureKey, Vec<StoredFeature>)>,
    /// How many more exemptions it had.
    exemptions_left_out: usize,
    alarm: Option<Alarm>,
}

impl Facts {
    fn core(&self) -> &EventCore {
        &self.event.core
    }

    /// Journal time of what was judged: what was recorded later did not matter. What time or an edit brought was judged by
    /// what was known at that moment, what a fix brought by what was known when the fix came.
    fn known_at(&self) -> UnixMs {
        match (self.core().evidence.path, self.after) {
            (PathReading::Standing, _) => self.event.detected_at.min(self.core().at),
            (_, Some(after)) => after.received_at,
            (_, None) => self.event.detected_at,
        }
    }
}

/// Why an event stands: the fixes, the crossing, zone and rule as they were then, the figures that decided, the alarm and the
/// exemptions, in figures and in plain Chinese and English.
#[utoipa::path(get, path = "/api/events/{id}/explain", tag = "events", params(("id" = String, Path)),
    responses((status = 200, body = ExplanationJson), (status = 404, body = ProblemJson)))]
pub async fn explain(State(app): AppState, Path(id): Path<String>) -> Result<Json<ExplanationJson>, Problem> {
    let id: EventId = id.parse().map_err(|_| Problem::not_found("event"))?;
    let catalog = app.catalog.clone();
    let facts = app.readers.read(move |reader| facts(reader, &catalog, id)).await?;
    let facts = facts.ok_or_else(|| Problem::not_found("event"))?;
    Ok(Json(explanation(&facts, &app.catalog, app.pipeline.now())))
}

/// Reads everything that the event rests on; `None` when there is no such event.
fn facts(reader: &dyn Reader, catalog: &Catalog, id: EventId) -> Result<Option<Facts>, StoreError> {
    let Some(event) = reader.event(id)? else { return Ok(None) };
    let core = &event.core;
    let zone = match core.zone {
        Some((zone, revision)) => reader.feature_revision(FeatureKey(zone.0), revision)?,
        None => None,
    };
    let alarm = event.alarm.map(|id| reader.alarm(id)).transpose()?.flatten();
    let mut facts = Facts {
        vehicle: None,
        zone: zone.filter(|zone| zone.body.is_some()),
        before: None,
        after: None,
        exemptions: Vec::new(),
        exemptions_left_out: 0,
        alarm,
        event: event.clone(),
    };
    let Subject::Vehicle(vehicle) = core.subject else { return Ok(Some(facts)) };
    let then = core.at.min(event.detected_at);
    let revisions = reader.revisions(FeatureKey(vehicle.0), then, UnixMs::MAX)?;
    facts.vehicle = revisions.into_iter().next().filter(|vehicle| vehicle.body.is_some());
    facts.before = stored_fix(reader, vehicle, core.evidence.before)?;
    facts.after = stored_fix(reader, vehicle, core.evidence.after)?;
    let keys = catalog.exemptions_of(vehicle);
    facts.exemptions_left_out = keys.len().saturating_sub(MAX_EXEMPTIONS);
    for key in keys.into_iter().skip(facts.exemptions_left_out) {
        facts.exemptions.push((key, reader.revisions(key, UnixMs::MIN, UnixMs::MAX)?));
    }
    Ok(Some(facts))
}

/// The stored fix that the evidence speaks of. Its place may differ: a parked vehicle is judged where it parked.
fn stored_fix(reader: &dyn Reader, vehicle: VehicleKey, fix: Option<FixRef>) -> Result<Option<Fix>, StoreError> {
    let Some(fix) = fix else { return Ok(None) };
    let same_instant = reader.track(vehicle, fix.fixed_at, fix.fixed_at + SpanMs(1), 100)?;
    let exact = same_instant.iter().find(|stored| stored.position == fix.position);
    Ok(exact.or(same_instant.last()).copied())
}

fn explanation(facts: &Facts, catalog: &Catalog, now: UnixMs) -> ExplanationJson {
    let event = wire::event(&facts.event, catalog);
    let subject = subject(facts, catalog);
    let zone = facts.core().zone.map(|(key, revision)| {
        let entry = catalog.entry(FeatureKey(key.0));
        zone(catalog.id(key.0), revision.0, facts.zone.as_ref(), entry.as_deref())
    });
    let rule = rule(facts);
    let fixes = fixes(facts);
    let thresholds = thresholds::of(facts);
    let alarm = alarm::of(facts, now);
    let why_not_suppressed = exemptions::of(facts, rule.as_ref(), catalog);
    let path = ExplainedPath { reading: event.evidence.path, text: text::path(facts.core().evidence.path) };
    let text = text::whole(&text::Said {
        facts,
        subject: &subject,
        zone: zone.as_ref(),
        rule: rule.as_ref(),
        path: &path.text,
        alarm: &alarm.text,
        exemptions: &why_not_suppressed.text,
    });
    let crossing = wire::crossing(&facts.core().evidence);
    ExplanationJson { event, subject, zone, rule, fixes, crossing, path, thresholds, alarm, why_not_suppressed, text }
}

fn subject(facts: &Facts, catalog: &Catalog) -> ExplainedSubject {
    let wire::SubjectJson { kind, id } = wire::subject(facts.core().subject, catalog);
    let read = facts.vehicle.as_ref().and_then(|feature| Some((feature.revision.0, vehicle_of(feature).ok()?)));
    let Some((revision, read)) = read else {
        let none = (None, None, None, None, Vec::new(), None);
        let (plate, class, company, goods_class, tags, revision) = none;
        return ExplainedSubject { kind, id, plate, class, company, goods_class, tags, revision };
    };
    ExplainedSubject {
        kind,
        id,
        plate: read.plate,
        class: Some(class_name(read.vehicle.class)),
        company: read.vehicle.company,
        goods_class: read.vehicle.goods_class,
        tags: read.vehicle.tags,
        revision: Some(revision),
    }
}

/// The properties of a kept feature.
fn properties(feature: &StoredFeature) -> Value {
    let body = feature.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
    body.map_or(Value::Null, |mut body| body["properties"].take())
}

fn zone(
    id: String,
    revision: u32,
    stored: Option<&StoredFeature>,
    entry: Option<&crate::desk::catalog::Entry>,
) -> ExplainedZone {
    let properties = stored.map_or(Value::Null, properties);
    let text = |name: &str| properties[name].as_str().map(str::to_owned);
    ExplainedZone {
        id,
        revision,
        stored: stored.is_some(),
        recorded_at: stored.map(|feature| Time(feature.at)),
        current_revision: entry.map(|entry| entry.revision.0),
        deleted: entry.is_some_and(|entry| entry.deleted),
        name: text("name"),
        name_en: text("name_en"),
        kind: text("kind"),
        level: text("level"),
        valid_from: text("valid_from"),
        valid_to: text("valid_to"),
        schedule: given(&properties["schedule"]),
    }
}

fn rule(facts: &Facts) -> Option<ExplainedRule> {
    let of_event = facts.core().rule.as_ref()?;
    let rules = facts.zone.as_ref().map_or(Value::Null, |zone| properties(zone)["rules"].take());
    let stored = rules.as_array().into_iter().flatten().find(|rule| rule["id"] == of_event.id.as_str());
    // Of what no zone asks for, the kind is the rule.
    let kind = facts.core().kind;
    let built_in =
        matches!(kind, EventKind::TerminalAlarm | EventKind::Silence | EventKind::Frozen | EventKind::ClockWrong)
            .then(|| kind.name().to_owned());
    let member = |name: &str| stored.and_then(|rule| given(&rule[name]));
    let kinds = member("exempt").and_then(|kinds| serde_json::from_value(kinds).ok());
    Some(ExplainedRule {
        id: of_event.id.to_string(),
        revision: of_event.revision.0,
        stored: stored.is_some() || built_in.is_some(),
        when: member("when").and_then(|when| when.as_str().map(str::to_owned)).or(built_in),
        priority: of_event.priority,
        on_delay_s: of_event.on_delay_s,
        off_delay_s: of_event.off_delay_s,
        limit_s: member("limit_s").and_then(|limit| limit.as_f64()).map(|limit| limit as u64),
        limit_kph: member("limit_kph").and_then(|limit| limit.as_f64()),
        limit_n: member("limit_n").and_then(|limit| limit.as_u64()),
        subjects: member("subjects"),
        except: member("except"),
        window: member("window"),
        exempt: kinds.unwrap_or_default(),
    })
}

/// A member that is there and not `null`.
fn given(value: &Value) -> Option<Value> {
    (!value.is_null()).then(|| value.clone())
}

fn fixes(facts: &Facts) -> Vec<ExplainedFix> {
    let evidence = &facts.core().evidence;
    let both = [("before", evidence.before, facts.before), ("after", evidence.after, facts.after)];
    let explained = both.into_iter().filter_map(|(place, judged, stored)| {
        Some(ExplainedFix {
            place,
            fix: wire::fix_ref(&judged?),
            received_at: stored.map(|fix| Time(fix.received_at)),
            accuracy_m: stored.and_then(|fix| fix.accuracy_dm).map(|accuracy| f64::from(accuracy) / 10.0),
            source: stored.map(|fix| match fix.source {
                Source::Http => "http",
                Source::Jt808 => "jt808",
                Source::OsmAnd => "osmand",
            }),
        })
    });
    explained.collect()
}

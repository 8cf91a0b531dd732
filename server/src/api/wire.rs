//! Events, alarms, vehicles and fixes as JSON, exactly as INTERFACES names them.
//!
//! Pure functions from the core's types and the catalogue. Coordinates have at most 7 decimals because they come from
//! integers of 1e-7 degree.

use crate::desk::catalog::Catalog;
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::{Condition, Event, Evidence, FixRef, PathReading, Subject};
use cordon_spatial::fix::{Fix, Marks};
use cordon_spatial::position::Position;
use cordon_spatial::units::{DeciKph, Millimetres, UnixMs};
use cordon_spatial::watch::VehicleNow;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// An instant in RFC 3339, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Time(pub UnixMs);

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => f.write_str("9999-12-30T22:00:00Z"),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Path and query of the next page, when there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Whom an event or an alarm is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectJson {
    /// `vehicle`, `zone` or `system`.
    pub kind: &'static str,
    /// Feature id; `cordon` for the system.
    pub id: String,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventJson {
    /// 32 hexadecimal digits, derived from the content.
    pub id: String,
    /// The number of this change.
    pub seq: u64,
    /// What happened.
    pub kind: &'static str,
    /// When it began.
    pub at: Time,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
    /// When Cordon learned of it.
    pub detected_at: Time,
    /// To whom.
    pub subject: SubjectJson,
    /// Id of the zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The zone's revision that judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone_revision: Option<u32>,
    /// Id of the rule in its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The rule's own revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_revision: Option<u32>,
    /// `certain`, `uncertain` or `unknown`.
    pub certainty: &'static str,
    /// `provisional`, `final` or `retracted`.
    pub status: &'static str,
    /// Detected more than 60 s after it happened.
    pub late: bool,
    /// Where it began, degrees; absent when it has no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Where it began, degrees; absent when it has no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Id of its alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<String>,
    /// Why.
    pub evidence: EvidenceJson,
}

/// Why the engine says so.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceJson {
    /// The fixes that it rests on, oldest first.
    pub fixes: Vec<FixRefJson>,
    /// Where the boundary was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crossing: Option<CrossingJson>,
    /// How the way between the fixes was read: `straight`, `unknown` or `standing`.
    pub path: &'static str,
    /// The values that decided.
    pub thresholds: ThresholdsJson,
    /// Marks of the deciding fix.
    pub marks: Vec<&'static str>,
    /// For a zone change: `appeared`, `moved`, `opened`, `closed`, `ended` or `deleted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<&'static str>,
    /// For `speed`: the highest speed of the interval so far, km/h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_kph: Option<f64>,
    /// For `count`: the most vehicles that were inside at once so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<u32>,
    /// For `clock_wrong`: how far the terminal's clock is ahead of when its reports come, and the machine's of journal time, ms;
    /// negative when behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
    /// For `engine_mismatch`: how many events a replay made otherwise than they are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_differing: Option<u64>,
    /// For `silence`: `lost_signal` (the terminal is out of touch) or `connected_without_fix` (it is in touch, but no fix comes);
    /// absent in events of versions that did not ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<&'static str>,
}

/// A fix in the evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct FixRefJson {
    /// The terminal's time.
    pub fixed_at: Time,
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
    /// km/h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_kph: Option<f64>,
    /// What is doubtful about it.
    pub marks: Vec<&'static str>,
}

/// Where and when the path met the boundary.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrossingJson {
    /// Interpolated time.
    pub at: Time,
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
    /// Distance of the deciding fix from the boundary, metres.
    pub margin_m: f64,
}

/// The values that decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThresholdsJson {
    /// Accuracy taken for the deciding fix, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
    /// Depth or distance that made the edge certain, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_m: Option<f64>,
    /// The rule's limit, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_s: Option<u32>,
    /// The rule's limit, km/h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_kph: Option<f64>,
    /// The rule's limit, vehicles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_n: Option<u32>,
}

/// An alarm.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmJson {
    /// 32 hexadecimal digits, derived from the cause.
    pub id: String,
    /// The number of its last change.
    pub seq: u64,
    /// `unacknowledged`, `acknowledged`, `returned`, `shelved`, `suppressed` or `closed`.
    pub state: &'static str,
    /// 1 (highest) to 4.
    pub priority: u8,
    /// The kind of the event that raised it.
    pub kind: &'static str,
    /// Whom it is about.
    pub subject: SubjectJson,
    /// Id of the zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Id of the rule in its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Known too late to be sirened.
    pub late: bool,
    /// When its event began.
    pub raised_at: Time,
    /// When its event ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned_at: Option<Time>,
    /// When a person took note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Time>,
    /// Who took note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    /// Until when it is put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelved_until: Option<Time>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Time>,
    /// What the person who closed it found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Ids of its events, the raising one first.
    pub events: Vec<String>,
    /// Everything that happened to it, oldest first.
    pub history: Vec<AlarmLineJson>,
}

/// One line of an alarm's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmLineJson {
    /// When.
    pub at: Time,
    /// Who; absent for what the world did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// `raised`, `returned`, `retracted`, `reopened`, `merged`, `acknowledged`, `shelved`, `unshelved`, `suppressed`,
    /// `unsuppressed` or `closed`.
    pub what: &'static str,
    /// What the person wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A vehicle with its last fix and zones.
#[derive(Debug, Serialize, ToSchema)]
pub struct VehicleJson {
    /// Feature id.
    pub id: String,
    /// The number under which `/live` speaks of it.
    pub key: u32,
    /// Number plate.
    pub plate: Option<String>,
    /// `hazmat`, `goods`, `ordinary`, `resident` or `emergency`.
    pub class: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// For a vehicle with a terminal (`terminal_phone`): whether that is connected, which means an authenticated JT/T 808
    /// session. For any other: whether a fix came in within the last 300 s.
    pub online: bool,
    /// Made by an open registration and checked by nobody yet.
    pub unchecked: bool,
    /// Its latest fix; null before the first.
    pub last: Option<FixJson>,
    /// The zones that it is in.
    pub zones: Vec<ZoneNowJson>,
}

/// A zone that a vehicle is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneNowJson {
    /// Id of the zone.
    pub zone: String,
    /// Since when.
    pub since: Time,
    /// `certain`, `uncertain` or `unknown`.
    pub certainty: &'static str,
}

/// A fix.
#[derive(Debug, Serialize, ToSchema)]
pub struct FixJson {
    /// The terminal's time.
    pub fixed_at: Time,
    /// When Cordon received it.
    pub received_at: Time,
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
    /// km/h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_kph: Option<f64>,
    /// Degrees clockwise from north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<u16>,
    /// Metres above sea level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub altitude_m: Option<i16>,
    /// What is doubtful about it.
    pub marks: Vec<&'static str>,
}

/// An event as JSON.
pub fn event(event: &Event, catalog: &Catalog) -> EventJson {
    let core = &event.core;
    EventJson {
        id: core.id.to_string(),
        seq: event.seq.0,
        kind: core.kind.name(),
        at: Time(core.at),
        ended_at: core.ended_at.map(Time),
        detected_at: Time(event.detected_at),
        subject: subject(core.subject, catalog),
        zone: core.zone.map(|(zone, _)| catalog.id(zone.0)),
        zone_revision: core.zone.map(|(_, revision)| revision.0),
        rule: core.rule.as_ref().map(|rule| rule.id.to_string()),
        rule_revision: core.rule.as_ref().map(|rule| rule.revision.0),
        certainty: core.certainty.name(),
        status: event.status.name(),
        late: event.late,
        lon: core.position.map(Position::lon),
        lat: core.position.map(Position::lat),
        alarm: event.alarm.map(|alarm| alarm.to_string()),
        evidence: evidence(&core.evidence),
    }
}

/// An alarm as JSON.
pub fn alarm(alarm: &Alarm, catalog: &Catalog) -> AlarmJson {
    AlarmJson {
        id: alarm.id.to_string(),
        seq: alarm.seq.0,
        state: alarm.state().name(),
        priority: alarm.priority,
        kind: alarm.kind.name(),
        subject: subject(alarm.subject, catalog),
        zone: alarm.zone.map(|zone| catalog.id(zone.0)),
        rule: alarm.rule.as_ref().map(ToString::to_string),
        late: alarm.late,
        raised_at: Time(alarm.raised_at),
        returned_at: alarm.returned_at.map(Time),
        acknowledged_at: alarm.acknowledged.as_ref().map(|(at, _)| Time(*at)),
        acknowledged_by: alarm.acknowledged.as_ref().map(|(_, who)| who.clone()),
        shelved_until: alarm.shelved.as_ref().map(|shelf| Time(shelf.until)),
        closed_at: alarm.closed_at.map(Time),
        result: alarm.result.clone(),
        events: alarm.events.iter().map(ToString::to_string).collect(),
        history: alarm
            .history
            .iter()
            .map(|line| AlarmLineJson {
                at: Time(line.at),
                who: line.who.clone(),
                what: line.step.name(),
                note: line.note.clone(),
            })
            .collect(),
    }
}

/// A fix as JSON.
pub fn fix(fix: &Fix) -> FixJson {
    FixJson {
        fixed_at: Time(fix.fixed_at),
        received_at: Time(fix.received_at),
        lon: fix.position.lon(),
        lat: fix.position.lat(),
        speed_kph: fix.speed.map(DeciKph::as_kph),
        heading_deg: fix.heading_deg,
        altitude_m: fix.altitude_m,
        marks: marks(fix.marks),
    }
}

/// The zones that a vehicle is in, as JSON.
pub fn zones(now: &VehicleNow, catalog: &Catalog) -> Vec<ZoneNowJson> {
    now.zones
        .iter()
        .map(|zone| ZoneNowJson {
            zone: catalog.id(zone.zone.0),
            since: Time(zone.since),
            certainty: zone.certainty.name(),
        })
        .collect()
}

/// Whom an event or an alarm is about, as JSON.
pub fn subject(subject: Subject, catalog: &Catalog) -> SubjectJson {
    match subject {
        Subject::Vehicle(key) => SubjectJson { kind: "vehicle", id: catalog.id(key.0) },
        Subject::Zone(key) => SubjectJson { kind: "zone", id: catalog.id(key.0) },
        Subject::System => SubjectJson { kind: "system", id: "cordon".to_owned() },
    }
}

fn evidence(evidence: &Evidence) -> EvidenceJson {
    EvidenceJson {
        fixes: evidence.before.iter().chain(&evidence.after).map(fix_ref).collect(),
        crossing: crossing(evidence),
        path: match evidence.path {
            PathReading::Straight => "straight",
            PathReading::Unknown => "unknown",
            PathReading::Standing => "standing",
        },
        thresholds: ThresholdsJson {
            accuracy_m: evidence.thresholds.accuracy.map(Millimetres::as_metres),
            needed_m: evidence.thresholds.needed.map(Millimetres::as_metres),
            limit_s: evidence.thresholds.limit_s,
            limit_kph: evidence.thresholds.limit_kph.map(DeciKph::as_kph),
            limit_n: evidence.thresholds.limit_n,
        },
        marks: evidence.after.map_or_else(Vec::new, |fix| marks(fix.marks)),
        change: evidence.change.map(cordon_spatial::event::ZoneChange::name),
        peak_kph: evidence.peak.map(DeciKph::as_kph),
        counted: evidence.counted,
        clock_ahead_ms: match evidence.condition {
            Some(Condition::ClockWrong { ahead_ms }) => Some(ahead_ms),
            _ => None,
        },
        events_differing: match evidence.condition {
            Some(Condition::EngineMismatch { differing }) => Some(differing),
            _ => None,
        },
        silence: evidence.silence.map(cordon_spatial::event::SilenceReason::name),
    }
}

/// Where the boundary was met, as JSON.
pub fn crossing(evidence: &Evidence) -> Option<CrossingJson> {
    evidence.crossing.map(|crossing| CrossingJson {
        at: Time(crossing.at),
        lon: crossing.position.lon(),
        lat: crossing.position.lat(),
        margin_m: crossing.margin.as_metres(),
    })
}

/// A fix of the evidence as JSON.
pub fn fix_ref(fix: &FixRef) -> FixRefJson {
    FixRefJson {
        fixed_at: Time(fix.fixed_at),
        lon: fix.position.lon(),
        lat: fix.position.lat(),
        speed_kph: fix.speed.map(DeciKph::as_kph),
        marks: marks(fix.marks),
    }
}

fn marks(marks: Marks) -> Vec<&'static str> {
    marks.names().collect()
}

//! What happened, when, under which rule, and the evidence for it.
//!
//! An event's id is derived from its content, so that a replay or a repeated fix can never double it. What an event
//! says about the world ([`EventCore`]) is a pure function of the fixes and revisions; how and when Cordon learned of
//! it ([`Event`]'s other fields) depends on the order of arrival.

mod core;
mod edge;

pub use core::EventCore;
pub(crate) use edge::{EdgeEvent, Small};

use crate::fix::Marks;
use crate::ids::{AlarmId, EventId, Revision, RuleId, Seq, VehicleKey, ZoneKey};
use crate::position::Position;
use crate::units::{DeciKph, Millimetres, UnixMs};
use serde::{Deserialize, Serialize};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The vehicle came in; an interval until it left.
    Enter,
    /// The vehicle went out.
    Exit,
    /// A visit that began and ended between two fixes, or a whole visit under a `cross` rule.
    Cross,
    /// The vehicle stayed longer than the rule's limit; an interval until it left.
    Dwell,
    /// The vehicle drove faster than the rule's limit inside the zone; an interval.
    Speed,
    /// A zone appeared, moved, ended or was deleted around the vehicle.
    ZoneChanged,
    /// A vehicle's first fix lies inside: when it came in is not known. Or a rule began to be watched, or an exemption ended,
    /// while the vehicle was inside. An interval until it left.
    InsideAtStart,
    /// A rule ceased to be watched, or an exemption began, while the vehicle was inside: the rule's intervals end with it.
    RuleEnded,
    /// The machine's clock and journal time are more than 10 s apart; an interval.
    ClockWrong,
    /// Replaying the journal gave other events than those that are stored; stands until a person closes its alarm.
    EngineMismatch,
    /// A terminal's own alarm: bit n of its alarm word is named as the rule `terminal-n`. An interval for bits that the
    /// terminal holds until the condition ends.
    TerminalAlarm,
    /// The vehicle is not where a rule says that it must be; an interval.
    MustBeInside,
    /// No fix of the vehicle was received for too long; in the hazard zone that it was in, if it was in one. An interval until
    /// a fix is received, or until something else is known of its terminal ([`SilenceReason`]).
    Silence,
    /// More vehicles were in a zone at once than a rule allows; an interval. Its subject is the zone. (About a vehicle it says
    /// that the vehicle is counted; that is kept in the engine and told to nobody.)
    Count,
    /// The vehicle says that it moves, and its position stands still; in the hazard zone that it was in, if it was in one. An
    /// interval until the position changes.
    Frozen,
    /// The database beside the data folder has taken nothing in for more than 10 s; an interval.
    DatabaseLost,
    /// Between two fixes that lie too far apart in time, or too far for their time, the vehicle came to another place: nothing
    /// is known of its way, and nothing claimed of the zones on it. From the one fix to the other.
    Unknown,
}

/// Something about Cordon itself that a person must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The machine's clock differs from journal time.
    ClockWrong {
        /// How far the clock is ahead, ms; negative when it is behind.
        ahead_ms: i64,
    },
    /// A replay differs from what is stored.
    EngineMismatch {
        /// How many events differ.
        differing: u64,
    },
    /// The database beside the data folder takes nothing in.
    DatabaseLost,
}

impl Condition {
    /// The kind of the event that tells it.
    pub fn kind(self) -> EventKind {
        match self {
            Condition::ClockWrong { .. } => EventKind::ClockWrong,
            Condition::EngineMismatch { .. } => EventKind::EngineMismatch,
            Condition::DatabaseLost => EventKind::DatabaseLost,
        }
    }

    /// The priority of its alarm, 1 (highest) to 4: a replay that differs puts every alarm in doubt, a wrong clock their times,
    /// a lost database none of them, but whoever reads there sees an old picture.
    pub fn priority(self) -> u8 {
        match self {
            Condition::EngineMismatch { .. } => 1,
            Condition::ClockWrong { .. } => 2,
            Condition::DatabaseLost => 3,
        }
    }
}

impl EventKind {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Enter => "enter",
            EventKind::Exit => "exit",
            EventKind::Cross => "cross",
            EventKind::Dwell => "dwell",
            EventKind::Speed => "speed",
            EventKind::ZoneChanged => "zone_changed",
            EventKind::Unknown => "unknown",
            EventKind::InsideAtStart => "inside_at_start",
            EventKind::RuleEnded => "rule_ended",
            EventKind::ClockWrong => "clock_wrong",
            EventKind::EngineMismatch => "engine_mismatch",
            EventKind::DatabaseLost => "database_lost",
            EventKind::TerminalAlarm => "terminal_alarm",
            EventKind::MustBeInside => "must_be_inside",
            EventKind::Silence => "silence",
            EventKind::Count => "count",
            EventKind::Frozen => "frozen",
        }
    }
}

/// Whom an event or an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A vehicle.
    Vehicle(VehicleKey),
    /// A zone.
    Zone(ZoneKey),
    /// Cordon itself.
    System,
}

impl Subject {
    /// Before every other in order.
    pub(crate) const FIRST: Subject = Subject::Vehicle(VehicleKey(0));

    /// A number for the kind and one for which, as ids are hashed from.
    pub(crate) fn tag(self) -> (u8, u32) {
        match self {
            Subject::Vehicle(key) => (1, key.0),
            Subject::Zone(key) => (2, key.0),
            Subject::System => (3, 0),
        }
    }
}

/// How sure the engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Deep enough inside or far enough outside.
    Certain,
    /// Within the accuracy of the fix.
    Uncertain,
    /// The path is not known (a gap, an impossible step).
    Unknown,
}

impl Certainty {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Certainty::Certain => "certain",
            Certainty::Uncertain => "uncertain",
            Certainty::Unknown => "unknown",
        }
    }
}

/// Whether an event still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Stands; late data may still change it soon.
    Provisional,
    /// Stands since a minute of journal time.
    Final,
    /// Later facts showed that it did not happen.
    Retracted,
}

impl EventStatus {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            EventStatus::Provisional => "provisional",
            EventStatus::Final => "final",
            EventStatus::Retracted => "retracted",
        }
    }
}

/// Why a zone's state around a vehicle changed without a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneChange {
    /// The zone is new.
    Appeared,
    /// Its geometry was edited.
    Moved,
    /// Its dated validity or a window of its schedule began.
    Opened,
    /// A window of its schedule ended.
    Closed,
    /// Its dated validity ended.
    Ended,
    /// It was deleted.
    Deleted,
}

impl ZoneChange {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            ZoneChange::Appeared => "appeared",
            ZoneChange::Moved => "moved",
            ZoneChange::Opened => "opened",
            ZoneChange::Closed => "closed",
            ZoneChange::Ended => "ended",
            ZoneChange::Deleted => "deleted",
        }
    }
}

/// What is known of a silent vehicle's terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilenceReason {
    /// Nothing: it is out of touch.
    LostSignal,
    /// It is in touch, but no fix comes.
    ConnectedWithoutFix,
}

impl SilenceReason {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            SilenceReason::LostSignal => "lost_signal",
            SilenceReason::ConnectedWithoutFix => "connected_without_fix",
        }
    }
}

/// One of the fixes that an event rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixRef {
    /// The terminal's time.
    pub fixed_at: UnixMs,
    /// Where it was.
    pub position: Position,
    /// Its reported speed.
    pub speed: Option<DeciKph>,
    /// Its marks when it was judged.
    pub marks: Marks,
}

/// Where and when the path met the zone's boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// Interpolated time.
    pub at: UnixMs,
    /// Interpolated place.
    pub position: Position,
    /// Distance of the deciding fix from the boundary (depth for an enter, distance outside for an exit), capped.
    pub margin: Millimetres,
}

/// How the engine read the way between the two fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum PathReading {
    /// A straight segment in longitude and latitude (not the driven road).
    Straight,
    /// Not known: a gap in time or an impossible speed.
    Unknown,
    /// No movement: time or an edit made the event.
    #[default]
    Standing,
}

/// The threshold values that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Thresholds {
    /// Accuracy taken for the deciding fix.
    pub accuracy: Option<Millimetres>,
    /// Depth or distance that made the edge certain.
    pub needed: Option<Millimetres>,
    /// The rule's limit in seconds (dwell).
    pub limit_s: Option<u32>,
    /// The rule's limit in km/h (speed).
    pub limit_kph: Option<DeciKph>,
    /// The rule's limit in vehicles (count).
    #[serde(default)]
    pub limit_n: Option<u32>,
}

/// Why the engine says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Evidence {
    /// The fix before (absent for a vehicle's first).
    pub before: Option<FixRef>,
    /// The deciding fix; `None` when no fix decided.
    pub after: Option<FixRef>,
    /// Where the boundary was met, when it was.
    pub crossing: Option<Crossing>,
    /// How the way between the fixes was read.
    pub path: PathReading,
    /// What decided.
    pub thresholds: Thresholds,
    /// For a zone change: which.
    pub change: Option<ZoneChange>,
    /// For `speed`: the highest speed of the interval so far.
    pub peak: Option<DeciKph>,
    /// For an event about Cordon itself: what was found.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// For `count`: the most vehicles that were inside at once so far.
    #[serde(default)]
    pub counted: Option<u32>,
    /// For `silence`: what is known of the terminal; `None` in those that are older than the question.
    #[serde(default)]
    pub silence: Option<SilenceReason>,
}

/// The rule that an event was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuleRef {
    /// The rule's id in its zone.
    pub id: RuleId,
    /// The rule's own revision: moves only when the rule or the zone's geometry changes, not when the zone is renamed.
    pub revision: Revision,
    /// Its alarm priority, 1 (highest) to 4.
    pub priority: u8,
    /// How long its condition must hold before an alarm is raised, seconds; 0 = at once.
    #[serde(default)]
    pub on_delay_s: u32,
    /// How long its condition must have been away before the alarm returns, seconds; 0 = at once.
    #[serde(default)]
    pub off_delay_s: u32,
}

/// What an event says but for its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFacts {
    /// Derived from the content by [`event_id`].
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub subject: Subject,
    /// In which zone, and the revision of it that judged.
    pub zone: Option<(ZoneKey, Revision)>,
    /// Under which rule.
    pub rule: Option<RuleRef>,
    /// When the visit began that it belongs to.
    pub visit_at: UnixMs,
    /// When it began.
    pub at: UnixMs,
    /// Where it began; `None` when it has no place.
    pub position: Option<Position>,
    /// How sure the engine is.
    pub certainty: Certainty,
    /// Why.
    pub evidence: Evidence,
}

/// An event as it is kept and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What it says.
    pub core: EventCore,
    /// The number of this change.
    pub seq: Seq,
    /// `received_at` of the record that caused it.
    pub detected_at: UnixMs,
    /// Whether it still stands.
    pub status: EventStatus,
    /// Detected more than the late limit after it happened: kept and listed, never sirened.
    pub late: bool,
    /// The alarm that it belongs to.
    pub alarm: Option<AlarmId>,
}

/// The id of an event: XXH3-128 over zone, rule, the rule's revision, subject, kind, start and ordinal.
///
/// `ordinal` tells apart events that agree in everything else within one millisecond.
pub fn event_id(
    zone: Option<ZoneKey>,
    rule: Option<&RuleRef>,
    subject: Subject,
    kind: EventKind,
    at: UnixMs,
    ordinal: u32,
) -> EventId {
    let mut bytes = HashInput::default();
    match zone {
        Some(zone) => {
            bytes.put(&[1]);
            bytes.put(&zone.0.to_le_bytes());
        }
        None => bytes.put(&[0]),
    }
    match rule {
        Some(rule) => {
            let id = rule.id.as_bytes();
            bytes.put(&[id.len() as u8]);
            bytes.put(id);
            bytes.put(&rule.revision.0.to_le_bytes());
        }
        None => bytes.put(&[0]),
    }
    let (tag, key) = subject.tag();
    bytes.put(&[tag]);
    bytes.put(&key.to_le_bytes());
    bytes.put(&[kind as u8]);
    bytes.put(&at.0.to_le_bytes());
    bytes.put(&ordinal.to_le_bytes());
    EventId(bytes.hash())
}

/// The bytes that an id is hashed from: a rule id of 64 bytes and some numbers, never more than 128 bytes.
pub(crate) struct HashInput {
    bytes: [u8; 128],
    length: usize,
}

impl Default for HashInput {
    fn default() -> HashInput {
        HashInput { bytes: [0; 128], length: 0 }
    }
}

impl HashInput {
    pub(crate) fn put(&mut self, part: &[u8]) {
        self.bytes[self.length..self.length + part.len()].copy_from_slice(part);
        self.length += part.len();
    }

    pub(crate) fn hash(&self) -> u128 {
        xxhash_rust::xxh3::xxh3_128(&self.bytes[..self.length])
    }
}

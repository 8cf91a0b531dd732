//! Alarms after ISA-18.2: what a person must look at, from raise to close.
//!
//! One alarm per cause (zone, rule) and visit; an interval, never a row per message; nothing is deletable. The book
//! holds open alarms and recently closed ones; older ones live in the store only.

use crate::event::{EventKind, Subject};
use crate::ids::{AlarmId, EventId, RuleId, Seq, ZoneKey};
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};

/// Where an alarm stands; derived from its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    /// Holds, nobody has seen it.
    Unacknowledged,
    /// Holds, somebody took note.
    Acknowledged,
    /// Its condition ended, nobody has seen it.
    Returned,
    /// Done.
    Closed,
}

impl AlarmState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            AlarmState::Unacknowledged => "unacknowledged",
            AlarmState::Acknowledged => "acknowledged",
            AlarmState::Returned => "returned",
            AlarmState::Closed => "closed",
        }
    }
}

/// What happened to an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmStep {
    /// Its event began.
    Raised,
    /// Its event ended.
    Returned,
    /// Its event did not happen after all.
    Retracted,
    /// Its event stands again.
    Reopened,
    /// A person took note.
    Acknowledged,
    /// A person closed it, or it returned after being acknowledged.
    Closed,
}

impl AlarmStep {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            AlarmStep::Raised => "raised",
            AlarmStep::Returned => "returned",
            AlarmStep::Retracted => "retracted",
            AlarmStep::Reopened => "reopened",
            AlarmStep::Acknowledged => "acknowledged",
            AlarmStep::Closed => "closed",
        }
    }
}

/// One line of an alarm's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmLine {
    /// When, in journal time (a person's act) or event time (what the world did).
    pub at: UnixMs,
    /// What.
    pub step: AlarmStep,
    /// Who, for a person's act: the user's name.
    pub who: Option<String>,
    /// What the person wrote.
    pub note: Option<String>,
}

/// An alarm with its whole history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Derived by [`alarm_id`].
    pub id: AlarmId,
    /// The number of its last change.
    pub seq: Seq,
    /// 1 (highest) to 4, from the rule.
    pub priority: u8,
    /// The kind of the event that raised it.
    pub kind: EventKind,
    /// Whom it is about.
    pub subject: Subject,
    /// Where.
    pub zone: Option<ZoneKey>,
    /// Under which rule.
    pub rule: Option<RuleId>,
    /// Known too late to be sirened.
    pub late: bool,
    /// When its event began.
    pub raised_at: UnixMs,
    /// When its event ended.
    pub returned_at: Option<UnixMs>,
    /// When a person took note, and who.
    pub acknowledged: Option<(UnixMs, String)>,
    /// When it was done.
    pub closed_at: Option<UnixMs>,
    /// What the person who closed it found.
    pub result: Option<String>,
    /// Its events, the raising one first.
    pub events: Vec<EventId>,
    /// Everything that happened to it, oldest first.
    pub history: Vec<AlarmLine>,
}

impl Alarm {
    /// Where it stands.
    pub fn state(&self) -> AlarmState {
        match (self.closed_at, self.returned_at, &self.acknowledged) {
            (Some(_), _, _) => AlarmState::Closed,
            (None, _, Some(_)) => AlarmState::Acknowledged,
            (None, Some(_), None) => AlarmState::Returned,
            (None, None, None) => AlarmState::Unacknowledged,
        }
    }
}

/// What a person does to an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmAct {
    /// Takes note.
    Acknowledge {
        /// Free text.
        note: Option<String>,
    },
    /// Ends it with a finding.
    Close {
        /// What was found.
        result: String,
        /// Free text.
        note: Option<String>,
    },
}

/// The id of an alarm: XXH3-128 over its cause, its subject and the first raising event.
pub fn alarm_id(zone: Option<ZoneKey>, rule: Option<&RuleId>, subject: Subject, first: EventId) -> AlarmId {
    let mut bytes = Vec::with_capacity(96);
    bytes.extend_from_slice(&zone.map_or(u32::MAX, |z| z.0).to_le_bytes());
    let rule = rule.map_or("", |r| r.as_str());
    bytes.push(rule.len() as u8);
    bytes.extend_from_slice(rule.as_bytes());
    let (tag, key) = match subject {
        Subject::Vehicle(key) => (1u8, key.0),
        Subject::Zone(key) => (2, key.0),
        Subject::System => (3, 0),
    };
    bytes.push(tag);
    bytes.extend_from_slice(&key.to_le_bytes());
    bytes.extend_from_slice(&first.0.to_le_bytes());
    AlarmId(xxhash_rust::xxh3::xxh3_128(&bytes))
}

//! Alarms after ISA-18.2: what a person must look at, from raise to close.
//!
//! One alarm per cause (zone, rule) and visit; an interval, never a row per message; nothing is deletable. A book
//! holds one subject's open alarms and recently closed ones; older ones live in the store only.

mod book;
mod delayed;
mod sheet;
mod suppression;

pub use book::{AlarmBook, Changed, News, Place};
pub use delayed::Delayed;
pub use sheet::AlarmSheet;
pub use suppression::{SharedCause, Told};

use crate::event::{EventKind, HashInput, Subject};
use crate::ids::{AlarmId, EventId, RuleId, Seq, ZoneKey};
use crate::units::{SpanMs, UnixMs};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::ops::Deref;

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
    /// A person put it aside for a while: it sirens nobody until then.
    Shelved,
    /// Another alarm says the same and asks for a person.
    Suppressed,
}

impl AlarmState {
    /// All of them, in the order in which lists name them.
    pub const ALL: [AlarmState; 6] = [
        AlarmState::Unacknowledged,
        AlarmState::Acknowledged,
        AlarmState::Returned,
        AlarmState::Shelved,
        AlarmState::Suppressed,
        AlarmState::Closed,
    ];

    /// Those of an alarm that is not done.
    pub const OPEN: [AlarmState; 5] = [
        AlarmState::Unacknowledged,
        AlarmState::Acknowledged,
        AlarmState::Returned,
        AlarmState::Shelved,
        AlarmState::Suppressed,
    ];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            AlarmState::Unacknowledged => "unacknowledged",
            AlarmState::Acknowledged => "acknowledged",
            AlarmState::Returned => "returned",
            AlarmState::Closed => "closed",
            AlarmState::Shelved => "shelved",
            AlarmState::Suppressed => "suppressed",
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
    /// A person put it aside.
    Shelved,
    /// Its events are another alarm's, which the note names: what lay between them became known late.
    Merged,
    /// Another alarm, which the note names, says the same and asks for a person.
    Suppressed,
    /// The other alarm is over, or did not happen: this one asks for a person again.
    Unsuppressed,
    /// It is where it was before it was put aside: its time was over, or a person took note of it.
    Unshelved,
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
            AlarmStep::Shelved => "shelved",
            AlarmStep::Merged => "merged",
            AlarmStep::Suppressed => "suppressed",
            AlarmStep::Unsuppressed => "unsuppressed",
            AlarmStep::Unshelved => "unshelved",
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

/// An alarm as it is kept and shown: what it says, and the number of its last change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The number of its last change.
    pub seq: Seq,
    /// What it says.
    #[serde(flatten)]
    pub body: AlarmSheet,
}

impl Deref for Alarm {
    type Target = AlarmBody;
    fn deref(&self) -> &AlarmBody {
        &self.body
    }
}

/// The events of an alarm: mostly one.
pub type AlarmEvents = SmallVec<[EventId; 1]>;

/// The history of an alarm: two lines until a person looks at it.
pub type AlarmLines = SmallVec<[AlarmLine; 2]>;

/// What an alarm says, with its whole history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmBody {
    /// Derived by [`alarm_id`].
    pub id: AlarmId,
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
    /// When the visit began that it belongs to.
    pub visit_at: UnixMs,
    /// Known too late to be sirened.
    pub late: bool,
    /// When its event began.
    pub raised_at: UnixMs,
    /// When its event ended.
    pub returned_at: Option<UnixMs>,
    /// When a person took note, and who.
    pub acknowledged: Option<(UnixMs, String)>,
    /// Until when it is put aside, if it is.
    #[serde(default)]
    pub shelved: Option<Shelf>,
    /// Which alarm says the same, if one does.
    #[serde(default)]
    pub suppressed_by: Option<AlarmId>,
    /// When it was done.
    pub closed_at: Option<UnixMs>,
    /// What the person who closed it found.
    pub result: Option<String>,
    /// Its events, the raising one first.
    pub events: AlarmEvents,
    /// Everything that happened to it, oldest first.
    pub history: AlarmLines,
}

/// That an alarm is put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Journal time at which it comes back by itself.
    pub until: UnixMs,
    /// Why the person put it aside.
    pub reason: String,
}

/// The longest time for which an alarm may be put aside: a shift of eight hours, so that whoever put it aside meets it again
/// (the design's rule for shelving after ISA-18.2; the standard asks for a limit and leaves its length to the site).
pub const LONGEST_SHELF: SpanMs = SpanMs::seconds(8 * 3_600);

impl AlarmBody {
    /// Where it stands.
    pub fn state(&self) -> AlarmState {
        if self.shelved.is_some() && self.closed_at.is_none() {
            return AlarmState::Shelved;
        }
        if self.suppressed_by.is_some() && self.closed_at.is_none() {
            return AlarmState::Suppressed;
        }
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
    /// Puts it aside for a while; again, to change the reason or the end.
    Shelve {
        /// Why.
        reason: String,
        /// Until when, at most [`LONGEST_SHELF`] ahead.
        until: UnixMs,
    },
}

/// The id of an alarm: XXH3-128 over its cause, its subject and the first raising event.
pub fn alarm_id(zone: Option<ZoneKey>, rule: Option<&RuleId>, subject: Subject, first: EventId) -> AlarmId {
    let mut bytes = HashInput::default();
    bytes.put(&zone.map_or(u32::MAX, |z| z.0).to_le_bytes());
    let rule = rule.map_or(&[][..], |rule| rule.as_bytes());
    bytes.put(&[rule.len() as u8]);
    bytes.put(rule);
    let (tag, key) = subject.tag();
    bytes.put(&[tag]);
    bytes.put(&key.to_le_bytes());
    bytes.put(&first.0.to_le_bytes());
    AlarmId(bytes.hash())
}

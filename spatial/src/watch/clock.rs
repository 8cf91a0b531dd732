//! Terminals whose clock is wrong: their reports come at once and say another time. One that is eight hours behind (the zone
//! was forgotten) looks stale on every map, one that is ahead is not on it at all, and neither says why.
//!
//! A fact about reception, dated by journal time and never taken back, as a silence is. Reports that are late because they
//! waited (a blind area) come nearer to now with each of them; those of a wrong clock stay as far from it.

use crate::event::{
    Certainty, Condition, EventCore, EventFacts, EventKind, Evidence, PathReading, RuleRef, Subject, Thresholds,
    event_id,
};
use crate::ids::{FeatureId, Revision, VehicleKey};
use crate::position::Position;
use crate::units::{SpanMs, UnixMs};
use crate::watch::Settings;
use serde::{Deserialize, Serialize};

/// How urgent it is, 1 (highest) to 4: nobody is in danger, but nothing that is said of the vehicle can be relied on. The
/// design's own rank.
const PRIORITY: u8 = 3;

/// Reports whose clock is off, or was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Since when reports have been off by about as much, and by how much at least and at most.
    since: UnixMs,
    least: SpanMs,
    most: SpanMs,
    /// How many they are.
    reports: u32,
    /// The event, once it is certain.
    open: Option<EventCore>,
}

/// A report as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Whose.
    pub vehicle: VehicleKey,
    /// The time that it says,
    pub fixed_at: UnixMs,
    /// when it was received,
    pub received_at: UnixMs,
    /// and its place.
    pub position: Position,
}

/// Takes a report in; `known` is what was noted before. Returns the event that it begins or ends.
pub fn mind(known: &mut Option<Box<Clock>>, report: &Report, settings: &Settings) -> Option<EventCore> {
    let behind = report.received_at - report.fixed_at;
    if behind.0.abs() <= settings.clock_off.0 {
        let open = known.take()?.open?;
        return Some(open.ended(report.received_at));
    }
    let alone = || Clock { since: report.received_at, least: behind, most: behind, reports: 1, open: None };
    let Some(clock) = known else {
        *known = Some(Box::new(alone()));
        return None;
    };
    if clock.open.is_some() {
        return None;
    }
    let (least, most) = (clock.least.min(behind), clock.most.max(behind));
    if most.0 - least.0 > settings.clock_steady.0 {
        **clock = alone();
        return None;
    }
    (clock.least, clock.most) = (least, most);
    clock.reports = clock.reports.saturating_add(1);
    let is_certain = clock.reports >= settings.clock_reports && report.received_at - clock.since >= settings.clock_for;
    clock.open = is_certain.then(|| event(report, SpanMs(-behind.0), settings));
    clock.open.clone()
}

impl Clock {
    /// The event, while it goes on.
    pub fn open(&self) -> Option<&EventCore> {
        self.open.as_ref()
    }
}

fn event(report: &Report, ahead: SpanMs, settings: &Settings) -> EventCore {
    let id = FeatureId::new("clock").expect("letters");
    let rule = RuleRef { id, revision: Revision(1), priority: PRIORITY, on_delay_s: 0, off_delay_s: 0 };
    let (subject, at) = (Subject::Vehicle(report.vehicle), report.received_at);
    let facts = EventFacts {
        id: event_id(None, Some(&rule), subject, EventKind::ClockWrong, at, 0),
        kind: EventKind::ClockWrong,
        subject,
        zone: None,
        rule: Some(rule),
        visit_at: at,
        at,
        position: Some(report.position),
        certainty: Certainty::Certain,
        evidence: Evidence {
            path: PathReading::Unknown,
            thresholds: Thresholds {
                limit_s: u32::try_from(settings.clock_off.0 / 1_000).ok(),
                ..Thresholds::default()
            },
            condition: Some(Condition::ClockWrong { ahead_ms: ahead.0 }),
            ..Evidence::default()
        },
    };
    EventCore::new(facts, None)
}

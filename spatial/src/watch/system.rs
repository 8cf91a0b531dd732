//! What concerns Cordon itself: its clock, a replay that differs. Kept as events and alarms like everything else.

use super::ledger::Ledger;
use super::settings::Settings;
use super::tells::Tells;
use crate::event::{
    Certainty, Condition, EventCore, EventFacts, EventKind, Evidence, PathReading, Subject, Thresholds, event_id,
};
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};

/// The conditions that hold, and what was told of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SystemBook {
    pub ledger: Ledger,
    open: Vec<EventCore>,
}

impl SystemBook {
    /// Whether a condition of this kind holds.
    pub fn holds(&self, kind: EventKind) -> bool {
        self.open.iter().any(|event| event.kind() == kind)
    }

    /// A condition begins to hold at `now`, or ceases to. One that holds already goes on; a replay that differs is a matter
    /// of its own each time.
    pub fn take(&mut self, condition: Condition, holds: bool, now: UnixMs, settings: &Settings, tells: &mut Tells) {
        let kind = condition.kind();
        let known = self.open.iter().position(|event| event.kind() == kind);
        match (known, holds) {
            (Some(_), true) | (None, false) => {}
            (Some(place), false) => {
                let event = self.open.swap_remove(place);
                self.ledger.stands(&event.ended(now), now, settings, tells);
            }
            (None, true) => {
                let event = event_of(condition, now);
                if kind != EventKind::EngineMismatch {
                    self.open.push(event.clone());
                }
                self.ledger.stands(&event, now, settings, tells);
            }
        }
    }
}

fn event_of(condition: Condition, at: UnixMs) -> EventCore {
    let facts = EventFacts {
        id: event_id(None, None, Subject::System, condition.kind(), at, 0),
        kind: condition.kind(),
        subject: Subject::System,
        zone: None,
        rule: None,
        visit_at: at,
        at,
        position: None,
        certainty: Certainty::Certain,
        evidence: Evidence {
            before: None,
            after: None,
            path: PathReading::Standing,
            thresholds: Thresholds::default(),
            condition: Some(condition),
            ..Evidence::default()
        },
    };
    EventCore::new(facts, None)
}

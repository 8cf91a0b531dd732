//! Vehicles that say that they move while their position stands still: a receiver that repeats its last fix, under a roof
//! or because it is broken. On the map such a vehicle looks parked and safe.
//!
//! A fact about movement in event time. It stands from the fix that makes it certain (enough fixes, long enough) until a fix
//! at another place.

use super::emit::{Emitter, fix_ref};
use super::silence::{priority_in, worst_hazard};
use super::state::Turn;
use super::step::Context;
use crate::event::{
    Certainty, EventCore, EventFacts, EventKind, Evidence, FixRef, PathReading, RuleRef, Subject, Thresholds, event_id,
};
use crate::fix::Fix;
use crate::ids::{FeatureId, Revision};
use crate::units::SpanMs;
use serde::{Deserialize, Serialize};

/// Fixes at one place that say that the vehicle moves, at least two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Still {
    /// The first of them.
    first: FixRef,
    /// How many there are until it is certain.
    fixes: u32,
    /// The event, once it is.
    pub open: Option<EventCore>,
}

impl Context<'_> {
    /// Whether a fix may begin, go on or end what stands still. A quiet step asks no more than this.
    pub fn may_be_frozen(&self, turn: &Turn<'_>, fix: &Fix) -> bool {
        let state = turn.state();
        state.still.is_some() || state.last.is_some_and(|last| last.position == fix.position)
    }

    /// Judges a fix on the path after the fix `last`; the visits are those after it.
    pub fn mind_frozen(&self, turn: &mut Turn<'_>, last: &Fix, fix: &Fix, emitter: &mut Emitter<'_>) {
        let moves = self.says_it_moves(fix);
        let still = match turn.state().still.as_deref() {
            None if moves && self.says_it_moves(last) && last.position == fix.position => {
                Some(Still { first: fix_ref(last), fixes: 2, open: None })
            }
            None => return,
            Some(still) if still.first.position != fix.position => {
                if let Some(open) = &still.open {
                    emitter.events.push(open.ended(fix.fixed_at));
                }
                None
            }
            // Certain already: nothing but another place ends it.
            Some(Still { open: Some(_), .. }) => return,
            // It says that it stands: so it may stand there.
            Some(_) if !moves => None,
            Some(still) => Some(Still { fixes: still.fixes.saturating_add(1), ..still.clone() }),
        };
        let still = still.map(|mut still| {
            let figures = &self.settings.site;
            let lasted = fix.fixed_at - still.first.fixed_at;
            if still.fixes >= figures.frozen_fixes && lasted >= figures.frozen {
                let event = self.frozen(turn, &still.first, fix);
                emitter.events.push(event.clone());
                still.open = Some(event);
            }
            Box::new(still)
        });
        turn.set_still(still);
    }

    fn says_it_moves(&self, fix: &Fix) -> bool {
        fix.acc_on != Some(false) && fix.speed.is_some_and(|speed| speed > self.settings.site.frozen_speed)
    }

    fn frozen(&self, turn: &Turn<'_>, first: &FixRef, fix: &Fix) -> EventCore {
        let id = FeatureId::new("frozen").expect("letters");
        let hazard = worst_hazard(&turn.state().visits, self.map).map(|(entry, _)| entry);
        let priority = priority_in(hazard);
        let rule = RuleRef { id, revision: Revision(1), priority, on_delay_s: 0, off_delay_s: 0 };
        let subject = Subject::Vehicle(self.vehicle);
        let zone = hazard.map(|entry| (entry.zone.key, entry.zone.revision));
        let at = fix.fixed_at;
        let SpanMs(limit_ms) = self.settings.site.frozen;
        let facts = EventFacts {
            id: event_id(zone.map(|(key, _)| key), Some(&rule), subject, EventKind::Frozen, at, 0),
            kind: EventKind::Frozen,
            subject,
            zone,
            rule: Some(rule),
            visit_at: at,
            at,
            position: Some(fix.position),
            certainty: Certainty::Certain,
            evidence: Evidence {
                before: Some(*first),
                after: Some(fix_ref(fix)),
                path: PathReading::Unknown,
                thresholds: Thresholds {
                    limit_s: u32::try_from(limit_ms / 1_000).ok(),
                    limit_kph: Some(self.settings.site.frozen_speed),
                    ..Thresholds::default()
                },
                ..Evidence::default()
            },
        };
        EventCore::new(facts, None)
    }
}

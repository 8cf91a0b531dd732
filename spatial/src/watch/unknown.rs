//! Stretches of a vehicle's way of which nothing is known: it went silent or jumped, and came up elsewhere.
//!
//! A fact about movement in event time: from the last fix before the stretch to the first after it. Nothing is claimed about
//! zones in between, so it names none and raises no alarm; a report of the time between takes it back. One that comes up where
//! it was last seen, but for the drift that a parked vehicle is allowed, makes none.

use super::emit::{Emitter, fix_ref};
use super::step::Context;
use crate::event::{Certainty, EventCore, EventFacts, EventKind, Evidence, PathReading, Subject, Thresholds, event_id};
use crate::fix::Fix;
use crate::geodesy::distance;
use crate::units::{DeciKph, SpanMs};

impl Context<'_> {
    /// Says that the way from `last` to `fix` is not known: `gap` because it took too long, else because it was too fast.
    pub fn say_unknown(&self, last: &Fix, fix: &Fix, gap: bool, emitter: &mut Emitter<'_>) {
        if distance(last.position, fix.position) < self.settings.drift {
            return;
        }
        let SpanMs(gap_ms) = self.settings.gap;
        let thresholds = match gap {
            true => Thresholds { limit_s: u32::try_from(gap_ms / 1_000).ok(), ..Thresholds::default() },
            false => Thresholds { limit_kph: DeciKph::from_kph(self.settings.max_kph.into()), ..Thresholds::default() },
        };
        let (subject, at) = (Subject::Vehicle(self.vehicle), last.fixed_at);
        let facts = EventFacts {
            id: event_id(None, None, subject, EventKind::Unknown, at, 0),
            kind: EventKind::Unknown,
            subject,
            zone: None,
            rule: None,
            visit_at: at,
            at,
            position: Some(last.position),
            certainty: Certainty::Unknown,
            evidence: Evidence {
                before: Some(fix_ref(last)),
                after: Some(fix_ref(fix)),
                path: PathReading::Unknown,
                thresholds,
                ..Evidence::default()
            },
        };
        emitter.events.push(EventCore::new(facts, Some(fix.fixed_at)));
    }
}

//! Vehicles of which nothing is heard: a fact about reception, dated by journal time and never taken back by what is learnt
//! later. It counts only while Cordon was up.

use super::emit::fix_ref;
use super::settings::Settings;
use super::state::{State, Visit};
use crate::event::{
    Certainty, EventCore, EventFacts, EventKind, Evidence, PathReading, RuleRef, Subject, Thresholds, event_id,
};
use crate::ids::{FeatureId, Revision, VehicleKey};
use crate::onemap::{OneMap, ZoneInForce};
use crate::units::{SpanMs, UnixMs};
use crate::zone::{RiskLevel, ZoneKind};
use serde::{Deserialize, Serialize};

/// When a vehicle was heard of, and its silence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    /// When something was received of it last; `None` before the first.
    heard_at: Option<UnixMs>,
    /// Its silence, while it lasts.
    silence: Option<EventCore>,
}

impl Hearing {
    /// Something was received at journal time `now`. Returns the silence that ends with it.
    pub fn heard(&mut self, now: UnixMs) -> Option<EventCore> {
        self.heard_at = Some(now);
        Some(self.silence.take()?.ended(now))
    }

    /// Whether it may fall silent.
    pub fn is_awaited(&self) -> bool {
        self.heard_at.is_some() && self.silence.is_none()
    }

    /// Its silence, while it lasts.
    pub fn silence(&self) -> Option<&EventCore> {
        self.silence.as_ref()
    }

    /// When it will be silent if nothing is received until then; `None` when it is, or was never heard. `up_since`: Cordon
    /// hears nothing while it is down.
    pub fn due(&self, up_since: UnixMs, lull: &Lull<'_>) -> Option<UnixMs> {
        let heard_at = self.heard_at.filter(|_| self.silence.is_none())?;
        Some((heard_at.max(up_since) + lull.limit).max(lull.since))
    }

    /// It has been silent since `at`. Returns what is to be told.
    pub fn falls_silent(&mut self, event: EventCore) -> EventCore {
        self.silence = Some(event.clone());
        event
    }
}

/// What a state says about how long its vehicle may be silent, and how bad that is.
pub struct Lull<'m> {
    /// How long nothing may be received.
    limit: SpanMs,
    /// Not before: the hazard zone came to it then, or it to the zone.
    since: UnixMs,
    /// The worst hazard zone that it was in.
    zone: Option<&'m ZoneInForce>,
}

impl<'m> Lull<'m> {
    /// Of a vehicle in this state, its visits going on as given.
    pub fn of(state: &State, visits: &[Visit], map: &'m OneMap, settings: &Settings) -> Lull<'m> {
        let entries = visits.iter().filter_map(|visit| Some((map.zone(visit.slot)?, visit.entered.at)));
        let hazards = entries.filter(|(entry, _)| entry.zone.kind == ZoneKind::Hazard);
        // A zone without a level is after all that have one.
        let worst =
            |(entry, _): &(&ZoneInForce, UnixMs)| (entry.zone.level.is_none(), entry.zone.level, entry.zone.key);
        let (zone, since) = hazards.min_by_key(worst).unzip();
        let is_asleep = state.last.is_some_and(|last| last.acc_on == Some(false));
        let limit = if zone.is_none() && is_asleep { settings.silence_asleep } else { settings.silence };
        Lull { limit, since: since.unwrap_or(UnixMs::MIN), zone }
    }

    /// The event of a vehicle that has been silent for its limit at `at`.
    pub fn event(&self, vehicle: VehicleKey, state: &State, at: UnixMs) -> EventCore {
        let id = FeatureId::new("silence").expect("letters");
        let priority = match self.zone.map(|entry| entry.zone.level) {
            Some(Some(RiskLevel::Red | RiskLevel::Orange)) => 1,
            Some(_) => 2,
            None => 4,
        };
        let rule = RuleRef { id, revision: Revision(1), priority, on_delay_s: 0, off_delay_s: 0 };
        let subject = Subject::Vehicle(vehicle);
        let zone = self.zone.map(|entry| (entry.zone.key, entry.zone.revision));
        let limit_s = u32::try_from(self.limit.0 / 1_000).ok();
        let facts = EventFacts {
            id: event_id(zone.map(|(key, _)| key), Some(&rule), subject, EventKind::Silence, at, 0),
            kind: EventKind::Silence,
            subject,
            zone,
            rule: Some(rule),
            visit_at: at,
            at,
            position: state.last.map(|last| last.position),
            certainty: Certainty::Certain,
            evidence: Evidence {
                before: None,
                after: state.last.as_ref().map(fix_ref),
                crossing: None,
                path: PathReading::Unknown,
                thresholds: Thresholds { limit_s, ..Thresholds::default() },
                change: None,
                peak: None,
                condition: None,
                counted: None,
            },
        };
        EventCore::new(facts, None)
    }
}

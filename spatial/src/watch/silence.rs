//! Vehicles of which no fix is received: a fact about reception, dated by journal time and never taken back by what is learnt
//! later. It counts only while Cordon was up.
//!
//! A silence says what is known of the terminal meanwhile. When something else is known of it, that silence ends and another
//! begins at the same moment; both belong to one alarm.

use super::emit::fix_ref;
use super::settings::Settings;
use super::state::State;
use super::visits::Visits;
use crate::contact::ContactKind;
use crate::event::{
    Certainty, EventCore, EventFacts, EventKind, Evidence, PathReading, RuleRef, SilenceReason, Subject, Thresholds,
    event_id,
};
use crate::figures::SiteFigures;
use crate::ids::{FeatureId, Revision, VehicleKey};
use crate::onemap::{OneMap, ZoneInForce};
use crate::units::{SpanMs, UnixMs};
use crate::zone::{RiskLevel, ZoneKind};
use serde::{Deserialize, Serialize};

/// Something that was received of a vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A report with a place.
    Fix,
    /// Anything else: a report without a place counts as a heartbeat.
    Contact(ContactKind),
}

/// Whether a vehicle's terminal is in touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Touch {
    /// It was heard of last then.
    Up(UnixMs),
    /// Not since then.
    Down(UnixMs),
}

/// When a vehicle was heard of, and its silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    /// When a fix was received of it last; when its terminal was first in touch if none ever was; `None` before either.
    heard_at: Option<UnixMs>,
    touch: Touch,
    /// Its silence, while it lasts.
    silence: Option<Box<EventCore>>,
}

impl Default for Hearing {
    fn default() -> Hearing {
        Hearing { heard_at: None, touch: Touch::Down(UnixMs::MIN), silence: None }
    }
}

impl Hearing {
    /// Something was received at journal time `now`. Returns the silence that ends with it.
    pub fn received(&mut self, sign: Sign, now: UnixMs) -> Option<EventCore> {
        match (sign, self.touch) {
            (Sign::Fix, Touch::Down(_)) => {}
            (Sign::Contact(ContactKind::Disconnected), Touch::Down(_)) => {}
            (Sign::Contact(ContactKind::Disconnected), Touch::Up(_)) => self.touch = Touch::Down(now),
            (Sign::Fix, Touch::Up(_)) | (Sign::Contact(_), _) => self.touch = Touch::Up(now),
        }
        if sign != Sign::Fix {
            if matches!(self.touch, Touch::Up(_)) {
                self.heard_at.get_or_insert(now);
            }
            return None;
        }
        self.heard_at = Some(now);
        Some(self.silence.take()?.ended(now))
    }

    /// Whether a further fix changes nothing but when it was heard of.
    pub fn goes_on(&self) -> bool {
        self.heard_at.is_some() && self.silence.is_none()
    }

    /// Cordon started at `now`: every connection is gone.
    pub fn started(&mut self, now: UnixMs) {
        if let Touch::Up(_) = self.touch {
            self.touch = Touch::Down(now);
        }
    }

    /// Whether time may bring it something: it may fall silent, or a silent one's terminal be lost too.
    pub fn is_awaited(&self) -> bool {
        match &self.silence {
            None => self.heard_at.is_some(),
            Some(silence) => is_in_touch(silence),
        }
    }

    /// Its silence, while it lasts.
    pub fn silence(&self) -> Option<&EventCore> {
        self.silence.as_deref()
    }

    /// When it will be silent, or its terminal out of touch, if nothing is received until then; `None` when it is, or was
    /// never heard. `up_since`: Cordon hears nothing while it is down.
    pub fn due(&self, up_since: UnixMs, lull: &Lull<'_>) -> Option<UnixMs> {
        match &self.silence {
            None => Some((self.heard_at?.max(up_since) + lull.limit).max(lull.since)),
            Some(silence) if is_in_touch(silence) => Some(match self.touch {
                Touch::Up(at) => at + lull.contact_lapse,
                Touch::Down(since) => since.max(up_since) + lull.limit,
            }),
            Some(_) => None,
        }
    }

    /// What is known of its terminal at `at`.
    pub fn reason(&self, at: UnixMs, lull: &Lull<'_>) -> SilenceReason {
        match self.touch {
            Touch::Up(last) if at - last < lull.contact_lapse => SilenceReason::ConnectedWithoutFix,
            _ => SilenceReason::LostSignal,
        }
    }

    /// It is silent as `event` says. Returns what is to be told, in this order, so that one alarm holds both: the silence
    /// that begins, and the one that it takes the place of.
    pub fn falls_silent(&mut self, mut event: EventCore) -> (EventCore, Option<EventCore>) {
        let before = self.silence.take();
        if let Some(before) = &before {
            event.facts_mut().visit_at = before.visit_at;
        }
        let ended = before.filter(|before| before.id != event.id).map(|before| before.ended(event.at));
        self.silence = Some(Box::new(event.clone()));
        (event, ended)
    }
}

/// Whether a silence says that the terminal is in touch.
fn is_in_touch(silence: &EventCore) -> bool {
    silence.evidence.silence == Some(SilenceReason::ConnectedWithoutFix)
}

/// What a state says about how long its vehicle may be silent, and how bad that is.
pub struct Lull<'m> {
    /// How long no fix may be received.
    limit: SpanMs,
    /// How long a terminal counts as in touch without a sign of it.
    contact_lapse: SpanMs,
    /// Not before: the hazard zone came to it then, or it to the zone.
    since: UnixMs,
    /// The worst hazard zone that it was in.
    zone: Option<&'m ZoneInForce>,
}

impl<'m> Lull<'m> {
    /// Of a vehicle in this state, its visits going on as given.
    pub fn of(state: &State, visits: &Visits, map: &'m OneMap, settings: &Settings) -> Lull<'m> {
        let (zone, since) = worst_hazard(visits, map).unzip();
        let is_asleep = state.last.is_some_and(|last| last.acc_on == Some(false));
        let SiteFigures { silence, silence_asleep, contact_lapse, .. } = settings.site;
        let limit = if zone.is_none() && is_asleep { silence_asleep } else { silence };
        Lull { limit, contact_lapse, since: since.unwrap_or(UnixMs::MIN), zone }
    }

    /// The event of a vehicle that has been silent for its limit at `at`.
    pub fn event(&self, vehicle: VehicleKey, state: &State, at: UnixMs, reason: SilenceReason) -> EventCore {
        let id = FeatureId::new("silence").expect("letters");
        let priority = priority_in(self.zone);
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
                path: PathReading::Unknown,
                thresholds: Thresholds { limit_s, ..Thresholds::default() },
                silence: Some(reason),
                ..Evidence::default()
            },
        };
        EventCore::new(facts, None)
    }
}

/// The worst of the hazard zones that visits go on in, and since when.
pub fn worst_hazard<'m>(visits: &Visits, map: &'m OneMap) -> Option<(&'m ZoneInForce, UnixMs)> {
    let entries = visits.briefs().iter().filter_map(|visit| Some((map.zone(visit.slot)?, visit.since)));
    let hazards = entries.filter(|(entry, _)| entry.zone.kind == ZoneKind::Hazard);
    // A zone without a level is after all that have one.
    hazards.min_by_key(|(entry, _)| (entry.zone.level.is_none(), entry.zone.level, entry.zone.key))
}

/// How bad it is not to know where a vehicle is that was last in this hazard zone, or in none: 1 (highest) to 4. The
/// design's own ranks; no source at hand gives any.
pub fn priority_in(hazard: Option<&ZoneInForce>) -> u8 {
    match hazard.map(|entry| entry.zone.level) {
        Some(Some(RiskLevel::Red | RiskLevel::Orange)) => 1,
        Some(_) => 2,
        None => 4,
    }
}

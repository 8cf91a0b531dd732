//! What a vehicle's reports and its terminal's contacts say of its silence and of its clock.

use super::super::clock::{self, Report};
use super::super::silence::{Lull, Sign};
use super::{Outbox, Surroundings, Track};
use crate::contact::ContactKind;
use crate::event::{EventCore, SilenceReason};
use crate::fix::{Fix, Marks};
use crate::units::UnixMs;

impl Track {
    /// Something new was received: a fix ends a silence, a contact may say otherwise why it is.
    pub fn receive(&mut self, around: Surroundings<'_>, sign: Sign, out: &mut Outbox) {
        if self.gone {
            return;
        }
        if sign == Sign::Fix {
            if let Some(ended) = self.hearing.received(sign, around.now) {
                self.ledger.stands(&ended, around.now, around.settings, &mut out.tells);
            }
            return;
        }
        // What came due before it is told by what was known then.
        while let Some(at) = self.silent_at(around).filter(|at| *at <= around.now) {
            self.falls_silent(around, at, out);
        }
        self.hearing.received(sign, around.now);
        let reason = self.hearing.reason(around.now, &self.lull(around));
        let silence = self.hearing.silence().and_then(|silence| silence.evidence.silence);
        // A link that is lost may come back at once: that it did not is for time to say.
        if silence == Some(SilenceReason::LostSignal) && reason == SilenceReason::ConnectedWithoutFix {
            self.tell_silence(around, around.now, reason, out);
        }
    }

    /// A new report says a time: whether its terminal's clock is wrong, or right again.
    pub(super) fn mind_clock(&mut self, around: Surroundings<'_>, fix: &Fix, marks: Marks, out: &mut Outbox) {
        if self.gone || sign_of(marks) != Sign::Fix {
            return;
        }
        let (fixed_at, position) = (fix.fixed_at, fix.position);
        let report = Report { vehicle: around.vehicle, fixed_at, received_at: around.now, position };
        if let Some(event) = clock::mind(&mut self.clock, &report, around.settings) {
            self.ledger.stands(&event, around.now, around.settings, &mut out.tells);
        }
    }

    /// What reception made that goes on.
    pub(super) fn heard_open(&self) -> impl Iterator<Item = &EventCore> {
        self.hearing.silence().into_iter().chain(self.clock.as_deref().and_then(clock::Clock::open))
    }

    /// Cordon started: every connection is gone.
    pub fn started(&mut self, now: UnixMs) {
        self.hearing.started(now);
    }

    /// When it will be silent, or its terminal out of touch, if nothing is received until then; `None` when it is, or was
    /// never heard.
    pub fn silent_at(&self, around: Surroundings<'_>) -> Option<UnixMs> {
        self.hearing.due(around.up_since, &self.lull(around))
    }

    /// It has been silent since `at`, or its terminal out of touch.
    pub fn falls_silent(&mut self, around: Surroundings<'_>, at: UnixMs, out: &mut Outbox) {
        let reason = match self.hearing.silence() {
            None => self.hearing.reason(at, &self.lull(around)),
            Some(_) => SilenceReason::LostSignal,
        };
        self.tell_silence(around, at, reason, out);
    }

    fn tell_silence(&mut self, around: Surroundings<'_>, at: UnixMs, reason: SilenceReason, out: &mut Outbox) {
        let event = self.lull(around).event(around.vehicle, &self.state, at, reason);
        let (event, ended) = self.hearing.falls_silent(event);
        self.ledger.stands(&event, around.now, around.settings, &mut out.tells);
        if let Some(ended) = ended {
            self.ledger.stands(&ended, around.now, around.settings, &mut out.tells);
        }
    }

    fn lull<'a>(&self, around: Surroundings<'a>) -> Lull<'a> {
        Lull::of(&self.state, self.visits_now(), around.map, around.settings)
    }

    /// Whether it may fall silent, or its terminal out of touch.
    pub fn is_awaited(&self) -> bool {
        self.hearing.is_awaited()
    }
}

/// What a report says of its vehicle's reception: one that names no place is no more than a heartbeat.
pub(super) fn sign_of(marks: Marks) -> Sign {
    if marks.intersects(Marks::NO_FIX | Marks::NULL_ISLAND | Marks::ENCRYPTED) {
        Sign::Contact(ContactKind::Heartbeat)
    } else {
        Sign::Fix
    }
}

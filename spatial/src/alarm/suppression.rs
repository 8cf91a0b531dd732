//! A terminal's own alarm and a rule of the platform that say the same of one vehicle are one thing to look at.
//!
//! The platform's alarm has a zone, a rule and evidence, so it is the one that asks for a person; while its event goes on, the
//! terminal's is suppressed by design (ISA-18.2), and it closes by itself if it ends under it. What still holds when the
//! platform's event is over, or was closed for one that did not happen, asks for a person again. Which these are is derived
//! anew from the standing events whenever one changes, so that the order in which they were learned of does not matter.

use super::book::AlarmBook;
use super::sheet::AlarmSheet;
use super::{AlarmBody, AlarmLine, AlarmStep};
use crate::event::EventKind;
use crate::ids::{AlarmId, RuleId};
use crate::units::UnixMs;

/// What alarms of terminals and of rules may have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedCause {
    /// Driving too fast.
    Speed,
    /// Standing or staying too long.
    Stay,
}

impl SharedCause {
    /// Of a terminal's alarm bit, by the words of JT/T 808 table 24: 1 overspeed, 19 parked for too long. Bits 20 to 23 speak of
    /// areas and routes that the terminal was given, which may be others than Cordon's zones.
    pub(super) fn of_terminal(rule: Option<&RuleId>) -> Option<SharedCause> {
        match rule?.as_str() {
            "terminal-1" => Some(SharedCause::Speed),
            "terminal-19" => Some(SharedCause::Stay),
            _ => None,
        }
    }

    /// Of an event under a rule.
    pub fn of_rule(kind: EventKind) -> Option<SharedCause> {
        match kind {
            EventKind::Speed => Some(SharedCause::Speed),
            EventKind::Dwell => Some(SharedCause::Stay),
            _ => None,
        }
    }
}

/// What is told of a vehicle under rules.
pub trait Told {
    /// The alarm of a standing event with this cause that began before an alarm of the terminal ended and goes on for at least
    /// as long, of a rule that is at least as urgent. What became known late covers only what did.
    fn covering(&self, cause: SharedCause, own: &AlarmBody) -> Option<AlarmId>;

    /// Whether an event of an alarm is remembered, whatever became of it.
    fn remembers(&self, alarm: AlarmId) -> bool;
}

impl AlarmBook {
    /// Suppresses the terminal's own alarms that a rule covers, and gives back those that none covers any more; `now` is
    /// journal time. Returns those that changed.
    pub fn suppress(&mut self, now: UnixMs, told: &impl Told) -> Vec<AlarmSheet> {
        let mut changed = Vec::new();
        let closed = self.closed_by_people();
        for (cause, alarm) in self.of_terminal() {
            let (by, is_over, is_closed) =
                (alarm.suppressed_by, alarm.returned_at.is_some(), alarm.closed_at.is_some());
            let by_person = alarm.result.is_some() || alarm.acknowledged.is_some();
            // What a person had done with asks for nobody.
            let asks = |by: &AlarmId| closed.iter().all(|(id, at)| id != by || *at >= alarm.raised_at);
            let covering = told.covering(cause, alarm).filter(asks);
            let stays_closed =
                by.is_none() || by_person || covering.is_none() && !by.is_some_and(|by| told.remembers(by));
            let unchanged = by == covering && (by.is_none() || is_closed == is_over);
            if is_closed && stays_closed || unchanged {
                continue;
            }
            alarm.body_mut().suppress_by(covering, now);
            changed.push(alarm.clone());
        }
        changed
    }
}

impl AlarmBody {
    fn suppress_by(&mut self, by: Option<AlarmId>, now: UnixMs) {
        let mut line = |step, note| self.history.push(AlarmLine { at: now, step, who: None, note });
        match (self.suppressed_by, by) {
            (None, Some(by)) => line(AlarmStep::Suppressed, Some(by.to_string())),
            (Some(_), None) => line(AlarmStep::Unsuppressed, None),
            _ => {}
        }
        self.suppressed_by = by;
        let is_done = by.is_some() && self.returned_at.is_some();
        match self.closed_at {
            None if is_done => {
                line(AlarmStep::Closed, None);
                self.shelved = None;
                self.closed_at = Some(now);
            }
            Some(_) if !is_done => {
                line(AlarmStep::Reopened, None);
                self.closed_at = None;
            }
            _ => {}
        }
    }
}

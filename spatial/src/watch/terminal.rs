//! The terminal's own alarm word (JT/T 808 message 0x0200): its bits become events, whatever becomes of the position.
//!
//! A bit that the terminal holds until the condition ends is an interval from the fix in which it rose to the fix in which
//! it fell. One that it clears when the platform has answered says nothing of the condition's end: a rise is an event.

use super::emit::fix_ref;
use super::few::Few;
use super::state::Turn;
use super::step::{Context, joins_path};
use crate::event::{
    Certainty, EventCore, EventFacts, EventKind, Evidence, PathReading, RuleRef, Subject, Thresholds, event_id,
};
use crate::fix::{Fix, Marks, Source};
use crate::ids::{FeatureId, Revision};
use serde::{Deserialize, Serialize};

/// Area or route in and out: an instant.
const INSTANTS: u32 = 1 << 20 | 1 << 21 | 1 << 22;
/// Cleared when the platform has answered: emergency, illegal ignition, illegal movement, illegal door.
const UNTIL_ANSWERED: u32 = 1 | 1 << 27 | 1 << 28 | 1 << 31;

/// What a terminal's alarm bits mean to the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerminalBits {
    /// The alarm priority of each bit, 1 (highest) to 4; 0 = no event and no alarm.
    pub priorities: [u8; 32],
}

impl Default for TerminalBits {
    /// By consequence: the words of the bits are those of JT/T 808; no source at hand ranks them, so the
    /// ranks are the design's own (1 people in danger, 2 a rule broken now, 3 to look at, 4 to repair) and a setting.
    fn default() -> TerminalBits {
        TerminalBits {
            priorities: [
                1, 2, 2, 2, 4, 4, 4,
                4, // emergency, overspeed, fatigue, danger; GNSS fault, antennas, undervoltage
                4, 4, 4, 4, 4, 4, 4, 2, // power, display, TTS, camera, IC card, two warnings; illegal driving
                3, 3, 2, 3, 3, 3, 3,
                2, // tyres, blind area, day driving time, parking, area, route, segment; deviation
                4, 4, 2, 2, 2, 1, 1, 2, // VSS, fuel; theft, ignition, movement; collision, rollover; door
            ],
        }
    }
}

/// The alarm word of the last report and the intervals that go on, as a state holds them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Terminal {
    /// The alarm bits that are up.
    pub bits: u32,
    /// One event for each of them that is held until its condition ends, by bit.
    pub open: Few<(u8, EventCore)>,
}

impl Context<'_> {
    /// Whether a fix says something else of the terminal's alarms than the report before it. Only a terminal's own live
    /// reports do: a phone in the same vehicle knows nothing of them.
    pub fn is_news_of_terminal(&self, bits: u32, fix: &Fix) -> bool {
        fix.alarm_bits != bits
            && fix.source == Source::Jt808
            && !fix.marks.intersects(Marks::CLOCK_AHEAD | Marks::AWAITS_HISTORY | Marks::TOO_LATE)
    }

    /// Makes the events of bits that rose and ends those of bits that fell.
    pub fn hear_terminal(&self, turn: &mut Turn<'_>, fix: &Fix) -> Vec<EventCore> {
        let mut events = Vec::new();
        let mut open = turn.state().terminal.open.to_vec();
        let risen = fix.alarm_bits & !turn.state().terminal.bits;
        open.retain(|(bit, event)| {
            let is_up = fix.alarm_bits & 1 << bit != 0;
            if !is_up {
                events.push(event.ended(fix.fixed_at));
            }
            is_up
        });
        for bit in (0..32_u8).filter(|bit| risen & 1 << bit != 0) {
            let priority = self.settings.terminal_bits.priorities[usize::from(bit)];
            if priority == 0 {
                continue;
            }
            let event = self.rise(bit, priority, fix);
            if (INSTANTS | UNTIL_ANSWERED) & 1 << bit == 0 {
                open.push((bit, event.clone()));
            }
            events.push(event);
        }
        turn.set_terminal(Terminal { bits: fix.alarm_bits, open: open.into() });
        events
    }

    fn rise(&self, bit: u8, priority: u8, fix: &Fix) -> EventCore {
        let id = FeatureId::new(format!("terminal-{bit}")).expect("letters, a dash and digits");
        let rule = RuleRef { id, revision: Revision(1), priority, on_delay_s: 0, off_delay_s: 0 };
        let subject = Subject::Vehicle(self.vehicle);
        let facts = EventFacts {
            id: event_id(None, Some(&rule), subject, EventKind::TerminalAlarm, fix.fixed_at, 0),
            kind: EventKind::TerminalAlarm,
            subject,
            zone: None,
            rule: Some(rule),
            visit_at: fix.fixed_at,
            at: fix.fixed_at,
            position: joins_path(fix.marks).then_some(fix.position),
            certainty: Certainty::Certain,
            evidence: Evidence {
                before: None,
                after: Some(fix_ref(fix)),
                path: PathReading::Standing,
                thresholds: Thresholds::default(),
                ..Evidence::default()
            },
        };
        EventCore::new(facts, (INSTANTS & 1 << bit != 0).then_some(fix.fixed_at))
    }
}

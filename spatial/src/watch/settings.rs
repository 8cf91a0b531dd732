//! The figures of the engine's law, with their defaults (ARCHITECTURE.md, "The law of the engine").

use super::terminal::TerminalBits;
use crate::calendar::UtcOffset;
use crate::figures::SiteFigures;
use crate::units::{Millimetres, SpanMs};
use serde::{Deserialize, Serialize};

/// The thresholds that [`super::Watch`] judges by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Accuracy taken for a fix that states none.
    pub default_accuracy: Millimetres,
    /// The largest stated accuracy that is believed; a worse fix is judged with this.
    pub max_accuracy: Millimetres,
    /// Distance outside a zone at which an exit is certain, if the accuracy is better.
    pub exit_hysteresis: Millimetres,
    /// How long an uncertain enter must hold without a second fix.
    pub settle: SpanMs,
    /// Longest time between two fixes whose path is known.
    pub gap: SpanMs,
    /// A vehicle whose last fix was older than `gap` when it came is handing in its past: time brings it nothing before no
    /// fix of it came for so long. Ours: the parts of a blind-area upload (0x0704) follow each other in seconds.
    pub catch_up: SpanMs,
    /// Fastest step whose path is known, km/h.
    pub max_kph: u32,
    /// How many fixes must agree before a teleport is believed.
    pub teleport_agree: u32,
    /// Movement of a parked vehicle (ACC off) up to which it is taken as drift.
    pub drift: Millimetres,
    /// How far ahead of journal time a fix may be.
    pub ahead: SpanMs,
    /// How many fixes a vehicle's window holds.
    pub window_fixes: usize,
    /// How long a vehicle's window reaches back.
    pub window: SpanMs,
    /// Older fixes than this are never judged.
    pub too_late: SpanMs,
    /// A report whose clock is further off than this when it is received is not of now.
    pub clock_off: SpanMs,
    /// And its terminal's clock is wrong when so many in a row
    pub clock_reports: u32,
    /// over so long are off by as much, but for `clock_steady`. 5 reports, 60 s and 10 s, figures of our own: a blind area's
    /// reports come in faster than they were made, and a mobile network delays them by seconds.
    pub clock_for: SpanMs,
    /// See `clock_for`.
    pub clock_steady: SpanMs,
    /// An event detected later than this after it happened is late.
    pub late: SpanMs,
    /// After this much journal time an event is final.
    pub finalise: SpanMs,
    /// What the site sets for itself.
    pub site: SiteFigures,
    /// The clock of schedules and windows.
    pub offset: UtcOffset,
    /// What the terminals' own alarm bits mean.
    pub terminal_bits: TerminalBits,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            default_accuracy: Millimetres::metres(15),
            max_accuracy: Millimetres::metres(200),
            exit_hysteresis: Millimetres::metres(20),
            settle: SpanMs::seconds(5),
            gap: SpanMs::seconds(120),
            catch_up: SpanMs::seconds(60),
            max_kph: 200,
            teleport_agree: 3,
            drift: Millimetres::metres(50),
            ahead: SpanMs::seconds(5),
            window_fixes: 64,
            window: SpanMs::seconds(300),
            too_late: SpanMs::seconds(7 * 86_400),
            clock_off: SpanMs::seconds(60),
            clock_reports: 5,
            clock_for: SpanMs::seconds(60),
            clock_steady: SpanMs::seconds(10),
            late: SpanMs::seconds(60),
            finalise: SpanMs::seconds(60),
            site: SiteFigures::default(),
            offset: UtcOffset::default(),
            terminal_bits: TerminalBits::default(),
        }
    }
}

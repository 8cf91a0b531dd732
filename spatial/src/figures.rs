//! The figures of the engine's law that a site sets for itself. A change of them is a record of the journal, so that a replay
//! judges as it was judged.

use crate::units::{DeciKph, SpanMs};
use serde::{Deserialize, Serialize};

/// The figures. None of a standard is known for any of them: each default says where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFigures {
    /// A vehicle of which no fix was received for longer is silent. 300 s: as long as a connection may be idle.
    pub silence: SpanMs,
    /// The same for one whose ignition was off and that was in no hazard zone; not below `silence`. 12 h: overnight, for a
    /// tank truck's main switch takes the terminal's power with it.
    pub silence_asleep: SpanMs,
    /// A terminal that was in touch and says nothing for longer is out of touch. 300 s: after as long its connection is
    /// closed.
    pub contact_lapse: SpanMs,
    /// A fix says that its vehicle moves when it reports a higher speed, its ignition not being off. 5 km/h, a figure of our own:
    /// a walk, above what a receiver at rest reports.
    pub frozen_speed: DeciKph,
    /// A vehicle's position is frozen when so many fixes in a row say that it moves and are at exactly one place. 5, a figure of
    /// our own; at least 2.
    pub frozen_fixes: u32,
    /// And when they span so long. 120 s, a figure of our own: as long as the longest gap over which a path is known.
    pub frozen: SpanMs,
}

impl Default for SiteFigures {
    fn default() -> SiteFigures {
        SiteFigures {
            silence: SpanMs::seconds(300),
            silence_asleep: SpanMs::seconds(12 * 3_600),
            contact_lapse: SpanMs::seconds(300),
            frozen_speed: DeciKph(50),
            frozen_fixes: 5,
            frozen: SpanMs::seconds(120),
        }
    }
}

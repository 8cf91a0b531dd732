//! One position report of one vehicle, and the marks that say what is doubtful about it.
//!
//! A mark never deletes: a marked fix is stored and shown; only the engine may leave it out of the path.

use crate::ids::VehicleKey;
use crate::position::Position;
use crate::units::{DeciKph, UnixMs};
use serde::{Deserialize, Serialize};

bitflags::bitflags! {
    /// Reasons why a fix is doubtful or does not join the vehicle's path.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct Marks: u16 {
        /// The terminal says that it has no satellite fix.
        const NO_FIX = 1;
        /// Longitude and latitude are both 0.
        const NULL_ISLAND = 1 << 1;
        /// The step from the last fix implies an impossible speed, and too few later fixes agree.
        const TELEPORT = 1 << 2;
        /// Drift of a parked vehicle (ACC off): judged at the place where it parked.
        const DRIFT = 1 << 3;
        /// Another fix of the same vehicle and instant stands for the path.
        const SAME_INSTANT = 1 << 4;
        /// Further ahead of journal time than allowed; joins the track when journal time reaches it.
        const CLOCK_AHEAD = 1 << 5;
        /// Older than the vehicle's window: stored without events until history is read.
        const AWAITS_HISTORY = 1 << 6;
        /// Older than anything that is judged: stored, never judged.
        const TOO_LATE = 1 << 7;
        /// More than the allowed gap after the fix before it: the path between them is unknown.
        const AFTER_GAP = 1 << 8;
        /// Position encrypted by a map plug-in (JT/T 808 status bit 5): stored, never judged.
        const ENCRYPTED = 1 << 9;
        /// Came in a blind-area batch (JT/T 808 0x0704 type 1).
        const BLIND_AREA = 1 << 10;
        /// Judged together with the vehicle's fix before it in the journal: they came together.
        const TOGETHER = 1 << 11;
    }
}

impl Marks {
    /// The marks that a gateway sets from what the terminal says. All others are the engine's finding and depend on what
    /// it knew when it judged.
    pub const GATEWAY: Marks = Marks::NO_FIX.union(Marks::NULL_ISLAND).union(Marks::ENCRYPTED).union(Marks::BLIND_AREA);

    /// The names of the marks that are set, as the API spells them. [`Marks::TOGETHER`] has none: nothing is doubtful about
    /// it.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        const NAMES: [(Marks, &str); 11] = [
            (Marks::NO_FIX, "no_fix"),
            (Marks::NULL_ISLAND, "null_island"),
            (Marks::TELEPORT, "teleport"),
            (Marks::DRIFT, "drift"),
            (Marks::SAME_INSTANT, "same_instant"),
            (Marks::CLOCK_AHEAD, "clock_ahead"),
            (Marks::AWAITS_HISTORY, "awaits_history"),
            (Marks::TOO_LATE, "too_late"),
            (Marks::AFTER_GAP, "after_gap"),
            (Marks::ENCRYPTED, "encrypted"),
            (Marks::BLIND_AREA, "blind_area"),
        ];
        NAMES.into_iter().filter(move |(mark, _)| self.contains(*mark)).map(|(_, name)| name)
    }
}

/// Which way a fix came in. The order is the tie-break between fixes of the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Source {
    /// `POST /api/fixes`.
    Http = 0,
    /// JT/T 808 over TCP.
    Jt808 = 1,
    /// The OsmAnd protocol.
    OsmAnd = 2,
}

/// One position report as it is judged and stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Whose report this is.
    pub vehicle: VehicleKey,
    /// The terminal's time.
    pub fixed_at: UnixMs,
    /// Journal time when Cordon received it.
    pub received_at: UnixMs,
    /// Where, WGS 84.
    pub position: Position,
    /// Speed over ground, if reported.
    pub speed: Option<DeciKph>,
    /// Degrees clockwise from north, 0 to 359, if reported.
    pub heading_deg: Option<u16>,
    /// Horizontal accuracy in decimetres (one sigma as the device states it), if reported.
    pub accuracy_dm: Option<u16>,
    /// Metres above sea level, if reported.
    pub altitude_m: Option<i16>,
    /// JT/T 808 status word (GB/T 35658 / JT/T 808 table 24); 0 when the source has none.
    pub status_bits: u32,
    /// JT/T 808 alarm word; 0 when the source has none.
    pub alarm_bits: u32,
    /// Ignition: `Some(false)` = ACC off. `None` when the source does not say.
    pub acc_on: Option<bool>,
    /// Which way it came in.
    pub source: Source,
    /// What is doubtful about it: the gateway sets what it knows, the engine adds.
    pub marks: Marks,
}

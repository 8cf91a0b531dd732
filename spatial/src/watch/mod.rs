//! The only door for live data: records in, events and alarms out.
//!
//! A [`Watch`] is a pure function of the records that it was given, in their order. It never reads a clock: journal time
//! is an argument. No result depends on where the journal was cut into batches.

pub mod settings;

pub use settings::Settings;

use crate::alarm::Alarm;
use crate::event::{Certainty, Event};
use crate::fix::Fix;
use crate::ids::{VehicleKey, ZoneKey};
use crate::record::Record;
use crate::units::UnixMs;

/// What one call of [`Watch::evaluate`] made of its records.
#[derive(Clone, Debug, Default)]
pub struct Evaluated {
    /// The records to journal, numbered, in order, the fixes with their marks. Duplicates are not among them.
    pub records: Vec<Record>,
    /// How many fixes were exact duplicates of kept ones.
    pub duplicates: u64,
    /// Every change to an event, in `seq` order; the same event may stand several times, the last one counts.
    pub events: Vec<Event>,
    /// Every change to an alarm, in `seq` order; the same alarm may stand several times, the last one counts.
    pub alarms: Vec<Alarm>,
    /// The vehicles whose last position or zones changed, each once.
    pub moved: Vec<VehicleNow>,
}

/// Where a vehicle is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VehicleNow {
    /// Which vehicle.
    pub key: VehicleKey,
    /// Its latest fix by event time that is not marked as doubtful; `None` before the first.
    pub last: Option<Fix>,
    /// The zones that it is in.
    pub zones: Vec<ZoneNow>,
}

/// A zone that a vehicle is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneNow {
    /// Which zone.
    pub zone: ZoneKey,
    /// Since when.
    pub since: UnixMs,
    /// How sure.
    pub certainty: Certainty,
}

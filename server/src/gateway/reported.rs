//! A fix as a client states it in the units of people, whichever way it came in: made into the one that is judged.

use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::position::Position;
use cordon_spatial::units::{DeciKph, UnixMs};
use std::ops::Range;

/// Earliest and latest `fixed_at` that can be told from a broken clock's: 1990 to 2100.
pub const TIMES: Range<UnixMs> = UnixMs(631_152_000_000)..UnixMs(4_102_444_800_000);

/// What a client stated, each value within its own protocol's range.
#[derive(Clone, Copy, Debug)]
pub struct Reported {
    /// Whose report this is.
    pub vehicle: VehicleKey,
    /// The device's time.
    pub fixed_at: UnixMs,
    /// Where.
    pub position: Position,
    /// km/h.
    pub speed_kph: Option<f64>,
    /// Degrees clockwise from north, 0 to 360.
    pub heading_deg: Option<f64>,
    /// Horizontal accuracy, metres, at least 0.
    pub accuracy_m: Option<f64>,
    /// Metres above sea level.
    pub altitude_m: Option<f64>,
    /// Which way it came in.
    pub source: Source,
}

impl Reported {
    /// The fix; `received_at` is set by the pipeline. An accuracy beyond 6,553.5 m is kept as that, a speed beyond what a fix
    /// can hold as unknown.
    pub fn fix(&self) -> Fix {
        let null_island = self.position == Position { lon_e7: 0, lat_e7: 0 };
        Fix {
            vehicle: self.vehicle,
            fixed_at: self.fixed_at,
            received_at: UnixMs(0),
            position: self.position,
            speed: self.speed_kph.and_then(DeciKph::from_kph),
            heading_deg: self.heading_deg.map(|degrees| degrees.round() as u16 % 360),
            accuracy_dm: self.accuracy_m.map(|metres| (metres * 10.0).round().min(f64::from(u16::MAX)) as u16),
            altitude_m: self.altitude_m.map(|metres| metres.round() as i16),
            status_bits: 0,
            alarm_bits: 0,
            acc_on: None,
            source: self.source,
            marks: if null_island { Marks::NULL_ISLAND } else { Marks::empty() },
        }
    }
}

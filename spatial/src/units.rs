//! Units as types: integers, so that every result is the same on every machine and in every build profile.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// Before every fix that Cordon can hold.
    pub const MIN: UnixMs = UnixMs(i64::MIN / 4);
    /// After every fix that Cordon can hold.
    pub const MAX: UnixMs = UnixMs(i64::MAX / 4);
}

/// A span of time in milliseconds; may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpanMs(pub i64);

impl SpanMs {
    /// A span of whole seconds.
    pub const fn seconds(s: i64) -> SpanMs {
        SpanMs(s * 1_000)
    }
}

impl Add<SpanMs> for UnixMs {
    type Output = UnixMs;
    fn add(self, span: SpanMs) -> UnixMs {
        UnixMs(self.0 + span.0)
    }
}

impl Sub<SpanMs> for UnixMs {
    type Output = UnixMs;
    fn sub(self, span: SpanMs) -> UnixMs {
        UnixMs(self.0 - span.0)
    }
}

impl Sub for UnixMs {
    type Output = SpanMs;
    fn sub(self, earlier: UnixMs) -> SpanMs {
        SpanMs(self.0 - earlier.0)
    }
}

/// A length in whole millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millimetres(pub i64);

impl Millimetres {
    /// A length of whole metres.
    pub const fn metres(m: i64) -> Millimetres {
        Millimetres(m * 1_000)
    }

    /// The length in metres.
    pub fn as_metres(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
}

/// A speed in tenths of a kilometre per hour, the unit of JT/T 808 message 0x0200.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeciKph(pub u16);

impl DeciKph {
    /// Rounds a speed in km/h; `None` when it is negative, not a number or over 6,553.5 km/h.
    pub fn from_kph(kph: f64) -> Option<DeciKph> {
        let tenths = (kph * 10.0).round();
        (0.0..=f64::from(u16::MAX)).contains(&tenths).then_some(DeciKph(tenths as u16))
    }

    /// The speed in km/h.
    pub fn as_kph(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl fmt::Display for UnixMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

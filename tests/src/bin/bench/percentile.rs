//! Percentiles of measured times.

use std::time::Duration;

/// Measured times of one kind.
#[derive(Default)]
pub struct Times {
    nanos: Vec<u64>,
}

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.nanos.push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// The time, in milliseconds, that a share (0 to 1) of them does not exceed; 0 when there are none.
    pub fn percentile_ms(&mut self, share: f64) -> f64 {
        self.nanos.sort_unstable();
        let last = self.nanos.len().saturating_sub(1);
        let place = (share * last as f64).round() as usize;
        self.nanos.get(place).map_or(0.0, |nanos| *nanos as f64 / 1e6)
    }
}

//! Percentiles of measured times.

use std::time::Duration;

/// Measured times of one kind.
#[derive(Default)]
pub struct Times {
    micros: Vec<u32>,
}

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.micros.push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    /// The time, in milliseconds, that a share (0 to 1) of them does not exceed; 0 when there are none.
    pub fn percentile_ms(&mut self, share: f64) -> f64 {
        self.micros.sort_unstable();
        let last = self.micros.len().saturating_sub(1);
        let place = (share * last as f64).round() as usize;
        self.micros.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
    }
}

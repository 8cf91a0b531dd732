//! What all terminals did, counted together.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Steps within a doubling of time.
const STEPS: u64 = 16;
const BUCKETS: usize = 40 * STEPS as usize;

/// Counters of a run.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) connections: AtomicU64,
    pub(super) reconnects: AtomicU64,
    pub(super) registrations_refused: AtomicU64,
    pub(super) sent: AtomicU64,
    pub(super) resent: AtomicU64,
    pub(super) acknowledged: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) dropped: AtomicU64,
    /// Times from sending to acknowledgement, each bucket 1/16 of a doubling of microseconds.
    delays: Box<[AtomicU64]>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            connections: AtomicU64::new(0),
            reconnects: AtomicU64::new(0),
            registrations_refused: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            resent: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            delays: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

/// What became of a run; fixes are counted, not messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Terminals.
    pub vehicles: u32,
    /// Connections that were made.
    pub connections: u64,
    /// Connections made after one was lost.
    pub reconnects: u64,
    /// Registrations that the platform refused.
    pub registrations_refused: u64,
    /// Fixes sent, each counted once.
    pub sent: u64,
    /// Fixes sent once more after a broken link.
    pub resent: u64,
    /// Fixes that the platform acknowledged.
    pub acknowledged: u64,
    /// Fixes that the platform answered as bad or unsupported.
    pub refused: u64,
    /// Fixes that a terminal had no room for.
    pub dropped: u64,
    /// Half of the messages were acknowledged within so many milliseconds; `None` when none was.
    pub ack_p50_ms: Option<f64>,
    /// 99 of 100 messages were acknowledged within so many milliseconds.
    pub ack_p99_ms: Option<f64>,
}

impl Tally {
    pub(super) fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Relaxed);
    }

    pub(super) fn acknowledged_after(&self, delay: Duration) {
        let us = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.delays[bucket(us)].fetch_add(1, Relaxed);
    }

    pub(super) fn summary(&self, vehicles: u32) -> Summary {
        Summary {
            vehicles,
            connections: self.connections.load(Relaxed),
            reconnects: self.reconnects.load(Relaxed),
            registrations_refused: self.registrations_refused.load(Relaxed),
            sent: self.sent.load(Relaxed),
            resent: self.resent.load(Relaxed),
            acknowledged: self.acknowledged.load(Relaxed),
            refused: self.refused.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            ack_p50_ms: self.delay_ms(0.5),
            ack_p99_ms: self.delay_ms(0.99),
        }
    }

    /// The upper end of the bucket that holds this share of all delays.
    fn delay_ms(&self, share: f64) -> Option<f64> {
        let counts: Vec<u64> = self.delays.iter().map(|count| count.load(Relaxed)).collect();
        let total: u64 = counts.iter().sum();
        let wanted = (total as f64 * share).ceil().max(1.0) as u64;
        let mut passed = 0;
        let holds = counts.iter().position(|count| {
            passed += count;
            passed >= wanted
        })?;
        Some(upper_us(holds) as f64 / 1000.0)
    }
}

fn bucket(us: u64) -> usize {
    if us < STEPS {
        return us as usize;
    }
    let doubling = u64::from(us.ilog2()) - 4;
    ((doubling * STEPS + (us >> doubling)) as usize).min(BUCKETS - 1)
}

fn upper_us(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * STEPS {
        return bucket;
    }
    let doubling = bucket / STEPS - 1;
    ((bucket % STEPS + STEPS + 1) << doubling) - 1
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"));
        write!(
            f,
            "vehicles={} sent={} acknowledged={} resent={} refused={} dropped={} reconnects={} ack_p50_ms={} ack_p99_ms={}",
            self.vehicles,
            self.sent,
            self.acknowledged,
            self.resent,
            self.refused,
            self.dropped,
            self.reconnects,
            ms(self.ack_p50_ms),
            ms(self.ack_p99_ms)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delay_lies_at_most_a_sixteenth_under_its_buckets_end() {
        for us in (0..5_000).chain([65_535, 65_536, 1_000_000, 60_000_000, 3_600_000_000]) {
            let upper = upper_us(bucket(us));
            assert!(us <= upper && upper as f64 <= us as f64 * 17.0 / 16.0, "{us} in a bucket up to {upper}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_come_from_the_delays() {
        let tally = Tally::default();
        assert_eq!(tally.summary(1).ack_p50_ms, None);
        (1..=100).for_each(|ms| tally.acknowledged_after(Duration::from_millis(ms)));
        let summary = tally.summary(1);
        assert!((50.0..54.0).contains(&summary.ack_p50_ms.expect("delays")), "{summary:?}");
        assert!((99.0..106.0).contains(&summary.ack_p99_ms.expect("delays")), "{summary:?}");
    }
}

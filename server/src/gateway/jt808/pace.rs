//! How fast one connection may send: frames and bytes a second, with room for bursts.
//!
//! Whoever is faster is not refused: reading pauses, and TCP holds the sender back, so that nothing is lost. There is no
//! clock here: the time is an argument.

use std::time::{Duration, Instant};

/// So much is taken at once before the pace counts.
const BURST: Duration = Duration::from_secs(2);

/// The most that one connection may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Frames a second, at least 1.
    pub frames_per_s: u32,
    /// Bytes a second, at least 1.
    pub bytes_per_s: u32,
}

/// What one connection sent lately. For each of the two the moment at which all that came would have come at the allowed
/// pace (the generic cell rate algorithm, ITU-T I.371).
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    frames_until: Instant,
    bytes_until: Instant,
}

impl Pace {
    /// A connection that sent nothing yet.
    pub fn new(now: Instant) -> Pace {
        Pace { frames_until: now, bytes_until: now }
    }

    /// Counts what came; the moment until which reading must pause, if any.
    pub fn take(&mut self, frames: usize, bytes: usize, limits: &Limits, now: Instant) -> Option<Instant> {
        let advance = |until: &mut Instant, count: usize, per_s: u32| {
            *until = (*until).max(now) + Duration::from_secs_f64(count as f64 / f64::from(per_s.max(1)));
            *until
        };
        let frames = advance(&mut self.frames_until, frames, limits.frames_per_s);
        let bytes = advance(&mut self.bytes_until, bytes, limits.bytes_per_s);
        let resume_at = frames.max(bytes).checked_sub(BURST)?;
        (resume_at > now).then_some(resume_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { frames_per_s: 100, bytes_per_s: 10_000 };

    #[test]
    fn a_burst_passes_and_the_pace_holds_after_it() {
        let start = Instant::now() + Duration::from_secs(60);
        let mut pace = Pace::new(start);
        assert_eq!(pace.take(200, 1000, &LIMITS, start), None);
        assert_eq!(pace.take(50, 1000, &LIMITS, start), Some(start + Duration::from_millis(500)));
        let later = start + Duration::from_millis(500);
        assert_eq!(pace.take(1, 10, &LIMITS, later), Some(later + Duration::from_millis(10)));
        assert_eq!(pace.take(200, 1000, &LIMITS, start + Duration::from_secs(60)), None);
    }

    #[test]
    fn bytes_count_as_well_as_frames() {
        let start = Instant::now() + Duration::from_secs(60);
        let mut pace = Pace::new(start);
        assert_eq!(pace.take(1, 30_000, &LIMITS, start), Some(start + Duration::from_secs(1)));
    }

    #[test]
    fn whoever_keeps_the_pace_never_pauses() {
        let start = Instant::now() + Duration::from_secs(60);
        let mut pace = Pace::new(start);
        for second in 0..1000 {
            assert_eq!(pace.take(100, 10_000, &LIMITS, start + Duration::from_secs(second)), None);
        }
    }
}

//! The pipeline's pulse, for a person who asks how the server is: what was kept lately and how long that took.
//!
//! The committing thread notes each commit; whoever asks gets the figures of the last ten seconds. What is not known, for
//! nothing was committed, is `None`, never a zero that looks like a measurement.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far back the figures look.
const WINDOW: Duration = Duration::from_secs(10);
/// Most commits that are remembered: a thousand a second, which no disk syncs.
const MOST: usize = 10_000;

/// One commit.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    /// When it returned.
    pub at: Instant,
    /// Fixes that it kept.
    pub fixes: u64,
    /// How long the store took.
    pub took: Duration,
    /// How long since the batch was taken up to be judged.
    pub lag: Duration,
}

/// The figures of the last ten seconds, and since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Fixes kept per second.
    pub fixes_per_s: f64,
    /// Batches kept per second.
    pub batches_per_s: f64,
    /// Fixes kept since the start.
    pub fixes_total: u64,
    /// The longest time from taking a batch up to having it kept, milliseconds.
    pub lag_ms: Option<f64>,
    /// The median time that the store took for a commit, milliseconds.
    pub commit_ms_p50: Option<f64>,
    /// The same of the slowest in a hundred.
    pub commit_ms_p99: Option<f64>,
    /// Posted fixes that were not taken since the start.
    pub refused_total: u64,
    /// Late fixes that wait for their vehicle's past.
    pub late_waiting: u64,
}

/// See the module.
pub struct Pulse {
    started: Instant,
    beats: Mutex<VecDeque<Beat>>,
    fixes: AtomicU64,
    refused: AtomicU64,
    late_waiting: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Pulse {
        Pulse {
            started: Instant::now(),
            beats: Mutex::default(),
            fixes: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            late_waiting: AtomicU64::new(0),
        }
    }
}

impl Pulse {
    /// A batch was kept.
    pub fn beat(&self, beat: Beat) {
        self.fixes.fetch_add(beat.fixes, Ordering::Relaxed);
        let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut beats, beat.at);
        if beats.len() >= MOST {
            beats.pop_front();
        }
        beats.push_back(beat);
    }

    /// Posted fixes were not taken.
    pub fn refused(&self, fixes: u64) {
        self.refused.fetch_add(fixes, Ordering::Relaxed);
    }

    /// So many late fixes wait.
    pub fn late_waiting(&self, fixes: u64) {
        self.late_waiting.store(fixes, Ordering::Relaxed);
    }

    /// The figures at an instant.
    pub fn figures(&self, now: Instant) -> Figures {
        let beats: Vec<Beat> = {
            let mut beats = self.beats.lock().unwrap_or_else(PoisonError::into_inner);
            forget(&mut beats, now);
            beats.iter().copied().collect()
        };
        let over_s = now.saturating_duration_since(self.started).min(WINDOW).as_secs_f64().max(1e-3);
        let mut took: Vec<Duration> = beats.iter().map(|beat| beat.took).collect();
        took.sort_unstable();
        let share = |part: f64| took.get(((took.len() as f64 * part).ceil() as usize).saturating_sub(1)).copied();
        let ms = |duration: Duration| (duration.as_secs_f64() * 1e5).round() / 1e2;
        Figures {
            fixes_per_s: per_second(beats.iter().map(|beat| beat.fixes).sum::<u64>() as f64, over_s),
            batches_per_s: per_second(beats.len() as f64, over_s),
            fixes_total: self.fixes.load(Ordering::Relaxed),
            lag_ms: beats.iter().map(|beat| beat.lag).max().map(ms),
            commit_ms_p50: share(0.5).map(ms),
            commit_ms_p99: share(0.99).map(ms),
            refused_total: self.refused.load(Ordering::Relaxed),
            late_waiting: self.late_waiting.load(Ordering::Relaxed),
        }
    }
}

fn per_second(count: f64, over_s: f64) -> f64 {
    (count / over_s * 10.0).round() / 10.0
}

fn forget(beats: &mut VecDeque<Beat>, now: Instant) {
    let old = beats.partition_point(|beat| now.saturating_duration_since(beat.at) > WINDOW);
    beats.drain(..old);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn figures_are_of_the_last_ten_seconds_and_unknown_when_nothing_was_kept() {
        let pulse = Pulse::default();
        let start = pulse.started;
        let silent = pulse.figures(start + Duration::from_secs(60));
        assert_eq!((silent.fixes_per_s, silent.lag_ms, silent.commit_ms_p99), (0.0, None, None));
        for second in 1..=100 {
            pulse.beat(Beat {
                at: start + Duration::from_secs(second),
                fixes: 30,
                took: ms(second),
                lag: ms(2 * second),
            });
        }
        let figures = pulse.figures(start + Duration::from_secs(100));
        assert_eq!((figures.fixes_per_s, figures.batches_per_s), (33.0, 1.1), "those of seconds 90 to 100");
        assert_eq!((figures.commit_ms_p50, figures.commit_ms_p99), (Some(95.0), Some(100.0)));
        assert_eq!((figures.lag_ms, figures.fixes_total), (Some(200.0), 3_000));
    }

    #[test]
    fn a_server_that_just_started_is_not_averaged_over_time_before_it() {
        let pulse = Pulse::default();
        pulse.beat(Beat { at: pulse.started + ms(500), fixes: 100, took: ms(3), lag: ms(5) });
        assert_eq!(pulse.figures(pulse.started + Duration::from_secs(2)).fixes_per_s, 50.0);
    }
}

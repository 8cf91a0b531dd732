//! Journal time: it only moves forward, by the monotonic clock, and is slewed to the wall clock, never set to it.

use cordon_spatial::units::UnixMs;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The wall clock in milliseconds since 1970.
pub fn wall_now() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX / 4))
}

/// The largest difference to the wall clock that is not an alarm (ENGINE, "Records and order").
pub const CLOCK_ALARM_MS: i64 = 10_000;

/// The clock of one site's journal.
#[derive(Debug)]
pub struct JournalClock {
    last_ms: i64,
    read_at: Instant,
}

impl JournalClock {
    /// Starts at the wall clock, but never before the last journalled time.
    pub fn start(last: UnixMs) -> JournalClock {
        JournalClock { last_ms: last.0.max(wall_now().0), read_at: Instant::now() }
    }

    /// Journal time now, and the wall clock's difference to it in milliseconds.
    pub fn read(&mut self) -> (UnixMs, i64) {
        let now = Instant::now();
        let elapsed_ms = i64::try_from(now.duration_since(self.read_at).as_millis()).unwrap_or(0);
        if elapsed_ms > 0 {
            self.read_at += std::time::Duration::from_millis(elapsed_ms as u64);
        }
        let ahead_ms = wall_now().0 - (self.last_ms + elapsed_ms);
        self.last_ms += advance(elapsed_ms, ahead_ms);
        (UnixMs(self.last_ms), ahead_ms)
    }
}

/// How far journal time moves in `elapsed_ms` when the wall clock is `ahead_ms` ahead: 5 % faster or slower at most.
fn advance(elapsed_ms: i64, ahead_ms: i64) -> i64 {
    let most = elapsed_ms / 20;
    elapsed_ms + ahead_ms.clamp(-most, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_wall_clock_is_followed_slowly_and_never_backwards() {
        assert_eq!(advance(1_000, 3_600_000), 1_050);
        assert_eq!(advance(1_000, -3_600_000), 950);
        assert_eq!(advance(1_000, 3), 1_003);
        assert_eq!(advance(5, -3_600_000), 5);
    }

    #[test]
    fn it_starts_where_the_journal_ended_even_if_the_wall_clock_went_back() {
        let later = UnixMs(wall_now().0 + 86_400_000);
        let (now, ahead_ms) = JournalClock::start(later).read();
        assert!(now >= later);
        assert!(ahead_ms < -CLOCK_ALARM_MS);
    }
}

//! Waiting for a condition instead of for a while.
//!
//! The only place of the tests where time passes idly, and only between two looks at the condition.

use std::time::{Duration, Instant};

/// How long a test waits for what must happen before it fails: far longer than it takes, because machines are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until `look` finds something; fails the test with `what` after [`PATIENCE`].
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, look).unwrap_or_else(|| panic!("waited {PATIENCE:?} in vain until {what}"))
}

/// Looks until `look` finds something; `None` when `limit` is over.
pub fn within<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

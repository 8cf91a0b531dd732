//! How often a sign-in may fail: per account and source, and per source, in bounded memory.
//!
//! The account alone is never locked: whoever knows a name could lock its owner out. Successes do not count.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failures of one account from one source before it must wait.
const PER_ACCOUNT: u32 = 5;
/// Failures of all accounts from one source before it must wait.
const PER_SOURCE: u32 = 20;
/// How long failures are counted, and how long the wait is.
const WINDOW: Duration = Duration::from_secs(600);
/// Most entries kept; the oldest windows go first.
const MOST: usize = 10_000;

/// Counts failed sign-ins.
#[derive(Default)]
pub struct Limits {
    failures: Mutex<HashMap<(IpAddr, Option<String>), Failures>>,
}

struct Failures {
    since: Instant,
    count: u32,
}

impl Limits {
    /// How long this source must wait before it may try this account; `None` = it may try.
    pub fn must_wait(&self, source: IpAddr, account: &str, now: Instant) -> Option<Duration> {
        let failures = self.failures.lock().expect("no holder panics");
        let wait = |key: &(IpAddr, Option<String>), most: u32| {
            let entry = failures.get(key)?;
            let over = (entry.since + WINDOW).checked_duration_since(now).filter(|over| !over.is_zero())?;
            (entry.count >= most).then_some(over)
        };
        wait(&(source, Some(folded(account))), PER_ACCOUNT).or_else(|| wait(&(source, None), PER_SOURCE))
    }

    /// Counts a failure.
    pub fn failed(&self, source: IpAddr, account: &str, now: Instant) {
        let mut failures = self.failures.lock().expect("no holder panics");
        if failures.len() >= MOST {
            failures.retain(|_, entry| entry.since + WINDOW > now);
        }
        if failures.len() >= MOST {
            failures.clear();
        }
        for key in [(source, Some(folded(account))), (source, None)] {
            let entry = failures.entry(key).or_insert(Failures { since: now, count: 0 });
            if entry.since + WINDOW <= now {
                *entry = Failures { since: now, count: 0 };
            }
            entry.count += 1;
        }
    }

    /// Forgets the failures of this account from this source.
    pub fn succeeded(&self, source: IpAddr, account: &str) {
        self.failures.lock().expect("no holder panics").remove(&(source, Some(folded(account))));
    }
}

/// A bounded form of a name, so that absurd names cost no memory.
fn folded(account: &str) -> String {
    account.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn five_failures_make_the_source_wait_but_not_the_owner_elsewhere() {
        let (limits, now) = (Limits::default(), Instant::now());
        for _ in 0..5 {
            assert_eq!(limits.must_wait(HERE, "li", now), None);
            limits.failed(HERE, "li", now);
        }
        assert!(limits.must_wait(HERE, "li", now).is_some());
        assert_eq!(limits.must_wait(THERE, "li", now), None);
        assert_eq!(limits.must_wait(HERE, "wang", now), None);
        assert_eq!(limits.must_wait(HERE, "li", now + WINDOW), None);
    }

    #[test]
    fn many_accounts_from_one_source_make_it_wait() {
        let (limits, now) = (Limits::default(), Instant::now());
        for n in 0..PER_SOURCE {
            limits.failed(HERE, &format!("user{n}"), now);
        }
        assert!(limits.must_wait(HERE, "somebody", now).is_some());
        assert_eq!(limits.must_wait(THERE, "somebody", now), None);
    }

    #[test]
    fn a_success_forgets_earlier_failures() {
        let (limits, now) = (Limits::default(), Instant::now());
        for _ in 0..4 {
            limits.failed(HERE, "li", now);
        }
        limits.succeeded(HERE, "li");
        limits.failed(HERE, "li", now);
        assert_eq!(limits.must_wait(HERE, "li", now), None);
    }
}

//! When a terminal loses its link or falls silent, and for how long.

use super::random::Random;
use std::time::Duration;

/// Which share of the terminals does what, and how long it lasts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    pub(super) blind_area: f64,
    pub(super) silence: f64,
    /// Typical time without a link.
    pub(super) typical: Duration,
}

/// What a terminal can do at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It takes fixes and sends them.
    Full,
    /// It takes fixes and has no link.
    BlindArea,
    /// It does nothing at all; its connection stays.
    Silent,
}

/// The outages of one terminal, by time since it began.
#[derive(Debug)]
pub(super) struct Outages {
    random: Random,
    /// What it does from time to time; `Full` = nothing.
    kind: Reach,
    now: Reach,
    changes_at: Duration,
    typical: Duration,
}

impl Outages {
    pub(super) fn new(shares: &Shares, mut random: Random) -> Outages {
        let lot = random.between(0.0, 1.0);
        let kind = if lot < shares.blind_area {
            Reach::BlindArea
        } else if lot < shares.blind_area + shares.silence {
            Reach::Silent
        } else {
            Reach::Full
        };
        let mut outages =
            Outages { random, kind, now: Reach::Full, changes_at: Duration::ZERO, typical: shares.typical };
        outages.changes_at = outages.length();
        outages
    }

    /// What it can do so long after it began. Times go forward: an earlier one is answered as the latest.
    pub(super) fn at(&mut self, since: Duration) -> Reach {
        while self.kind != Reach::Full && since >= self.changes_at {
            self.now = if self.now == Reach::Full { self.kind } else { Reach::Full };
            let lasts = self.length();
            self.changes_at += lasts;
        }
        self.now
    }

    /// When that changes; `None` = never.
    pub(super) fn changes_at(&self) -> Option<Duration> {
        (self.kind != Reach::Full).then_some(self.changes_at)
    }

    fn length(&mut self) -> Duration {
        let times = match (self.kind, self.now) {
            (Reach::Silent, _) => 3.0,
            (_, Reach::Full) => 2.0,
            _ => 1.0,
        };
        self.typical.mul_f64(times * self.random.between(0.5, 1.5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches(blind_area: f64, silence: f64, stream: u64) -> Vec<Reach> {
        let shares = Shares { blind_area, silence, typical: Duration::from_secs(60) };
        let mut outages = Outages::new(&shares, Random::new(1, stream));
        (0..3600).map(|second| outages.at(Duration::from_secs(second))).collect()
    }

    #[test]
    fn shares_hold_and_outages_end() {
        let with = |reach: Reach, blind: f64, silence: f64| {
            (0..400).filter(|stream| reaches(blind, silence, *stream).contains(&reach)).count()
        };
        assert_eq!(with(Reach::BlindArea, 0.0, 0.0), 0);
        assert_eq!(with(Reach::BlindArea, 1.0, 0.0), 400);
        assert!((60..140).contains(&with(Reach::BlindArea, 0.25, 0.25)));
        assert!((60..140).contains(&with(Reach::Silent, 0.25, 0.25)));
        for runs in reaches(1.0, 0.0, 3).chunk_by(|a, b| a == b) {
            assert!(runs.len() <= 180, "{:?} for {} s", runs[0], runs.len());
        }
    }
}

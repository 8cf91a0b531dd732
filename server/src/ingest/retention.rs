//! How long things are kept, and the committing thread's turn at forgetting what is older.
//!
//! Forgetting never holds up a commit by more than one small slice, and never touches what a recovery may need: before each
//! round the two newest snapshots are read back, and the journal goes up to the older one at most.

use cordon_data::snapshots;
use cordon_data::store::{Forget, StoreError, Writer};
use cordon_spatial::ids::JournalPosition;
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::watch::READABLE_VERSIONS;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest slice, milliseconds, as for cutting tracks (ENGINE, "Snapshots and versions").
const SLICE_MS: u32 = 5;
/// Time between two slices: forgetting takes a tenth of the thread at most.
const BETWEEN_SLICES: Duration = Duration::from_millis(50);
/// Time from a start to the first round, when terminals have other needs, and between two rounds.
const FIRST_ROUND: Duration = Duration::from_secs(5);
const BETWEEN_ROUNDS: Duration = Duration::from_secs(3_600);

/// Checkpoints are kept for so long: a fix of seven days ago (the engine's `too_late`) still finds the one before it.
const CHECKPOINTS_KEPT: SpanMs = SpanMs::seconds(8 * 86_400);

/// How many days things are kept, counted from when they were received (DESIGN §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The journal.
    pub journal_days: u32,
    /// Tracks.
    pub tracks_days: u32,
    /// Closed alarms, and events.
    pub alarms_days: u32,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { journal_days: 30, tracks_days: 183, alarms_days: 1_096 }
    }
}

impl Retention {
    /// What may be forgotten at `now` when the journal is needed from `upto` on.
    fn forget(&self, now: UnixMs, upto: JournalPosition) -> Forget {
        let before = |days: u32| now - SpanMs::seconds(i64::from(days) * 86_400);
        Forget {
            journal_before: before(self.journal_days),
            journal_upto: upto,
            tracks_before: before(self.tracks_days),
            alarms_before: before(self.alarms_days),
        }
    }
}

/// Rounds of forgetting.
pub struct Forgetting {
    retention: Retention,
    state: State,
}

enum State {
    /// Nothing to do before this moment.
    Resting(Instant),
    /// The snapshots are being read back: from where on the journal is needed.
    Verifying(JoinHandle<JournalPosition>),
    /// A round is under way; the next slice not before this moment.
    Slicing(Forget, Instant),
    /// What is old is forgotten, now for the checkpoints, which are needed as of this place and later.
    Pruning(JournalPosition, Instant),
}

impl Forgetting {
    /// To be kept so long; the first round begins soon.
    pub fn new(retention: Retention) -> Forgetting {
        Forgetting { retention, state: State::Resting(Instant::now() + FIRST_ROUND) }
    }

    /// One small step, if one is due. `now` is journal time.
    pub fn turn(&mut self, writer: &mut dyn Writer, folder: &Path, now: UnixMs) -> Result<(), StoreError> {
        let rest = || State::Resting(Instant::now() + BETWEEN_ROUNDS);
        match std::mem::replace(&mut self.state, rest()) {
            State::Resting(until) if Instant::now() < until => self.state = State::Resting(until),
            State::Resting(_) => {
                let folder = folder.to_owned();
                let spawned =
                    std::thread::Builder::new().name("cordon-verify".to_owned()).spawn(move || needed_from(&folder));
                match spawned {
                    Ok(thread) => self.state = State::Verifying(thread),
                    Err(error) => tracing::warn!(%error, "no thread to verify snapshots; nothing is forgotten"),
                }
            }
            State::Verifying(thread) if !thread.is_finished() => self.state = State::Verifying(thread),
            State::Verifying(thread) => match thread.join() {
                Ok(upto) => self.state = State::Slicing(self.retention.forget(now, upto), Instant::now()),
                Err(_) => tracing::error!("verifying snapshots ended by a panic; nothing is forgotten"),
            },
            State::Slicing(what, not_before) if Instant::now() < not_before => {
                self.state = State::Slicing(what, not_before);
            }
            State::Slicing(what, _) => match writer.forget(&what, SLICE_MS) {
                Ok(true) => self.state = State::Slicing(what, Instant::now() + BETWEEN_SLICES),
                Ok(false) => self.state = State::Pruning(what.journal_upto, Instant::now() + BETWEEN_SLICES),
                Err(StoreError::NoRoom) => tracing::warn!("no room to forget what is old; it is tried again later"),
                Err(error) => return Err(error),
            },
            State::Pruning(upto, not_before) if Instant::now() < not_before => {
                self.state = State::Pruning(upto, not_before);
            }
            State::Pruning(upto, _) => match writer.prune_checkpoints(now - CHECKPOINTS_KEPT, upto, SLICE_MS) {
                Ok(true) => self.state = State::Pruning(upto, Instant::now() + BETWEEN_SLICES),
                Ok(false) => {}
                Err(StoreError::NoRoom) => tracing::warn!("no room to forget what is old; it is tried again later"),
                Err(error) => return Err(error),
            },
        }
        Ok(())
    }
}

/// The older of the two newest snapshots that read back; the journal's beginning while there are fewer.
fn needed_from(folder: &Path) -> JournalPosition {
    match snapshots::verified(folder, &READABLE_VERSIONS).as_deref() {
        Ok([.., older, _newest]) => *older,
        Ok(_) => JournalPosition(0),
        Err(error) => {
            tracing::warn!(%error, "the snapshots cannot be read; the journal is kept whole");
            JournalPosition(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::watch::ENGINE_VERSION;

    #[test]
    fn each_kind_is_kept_for_its_own_time() {
        let retention = Retention { journal_days: 1, tracks_days: 2, alarms_days: 3 };
        let forget = retention.forget(UnixMs(10 * 86_400_000), JournalPosition(7));
        let days = [forget.journal_before, forget.tracks_before, forget.alarms_before].map(|at| at.0 / 86_400_000);
        assert_eq!((days, forget.journal_upto), ([9, 8, 7], JournalPosition(7)));
    }

    #[test]
    fn the_journal_is_needed_from_the_older_of_two_snapshots_that_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |position| snapshots::write(folder.path(), JournalPosition(position), ENGINE_VERSION, b"state");
        write(5).expect("written");
        assert_eq!(needed_from(folder.path()), JournalPosition(0), "one alone may be damaged tomorrow");
        write(9).expect("written");
        assert_eq!(needed_from(folder.path()), JournalPosition(5));
        let newest = folder.path().join(format!("snapshot-{:020}-v{ENGINE_VERSION}.bin", 9));
        std::fs::write(newest, b"spoiled").expect("writable");
        assert_eq!(needed_from(folder.path()), JournalPosition(0));
    }
}

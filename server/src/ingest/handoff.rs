//! The place between the engine and the committing thread: one batch at a time, and jobs for the writer.

use super::waiter::Waiter;
use cordon_data::feature::StoredFeature;
use cordon_data::store::{AuditLine, Writer};
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::{Evaluated, WatchSnapshot};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A piece of work for the writer between two commits.
pub type Job = Box<dyn FnOnce(&mut dyn Writer) + Send>;

/// Most jobs that may wait.
const MAX_JOBS: usize = 1_024;

/// An evaluated batch with everybody who waits for it.
pub struct ToCommit {
    /// Journal time.
    pub at: UnixMs,
    /// When it was taken up to be judged.
    pub taken_up: Instant,
    /// What the engine made of it.
    pub evaluated: Evaluated,
    /// The new revisions.
    pub features: Vec<StoredFeature>,
    /// Who made them.
    pub audit: Vec<AuditLine>,
    /// Whom it answers.
    pub waiters: Vec<Waiter>,
    /// The engine as it is after this batch, now and then.
    pub snapshot: Option<WatchSnapshot>,
}

/// What the committing thread is to do next.
pub enum Next {
    /// Commit.
    Batch(Box<ToCommit>),
    /// Do a job.
    Job(Job),
    /// Nothing waits.
    Idle,
    /// Stop: nothing waits and nothing more comes.
    Stop,
}

#[derive(Default)]
struct Slots {
    batch: Option<Box<ToCommit>>,
    jobs: VecDeque<Job>,
    committing: bool,
    /// The last thing taken was a batch: a job that waits is next.
    job_is_next: bool,
    closed: bool,
}

/// The hand-over.
#[derive(Default)]
pub struct Handoff {
    slots: Mutex<Slots>,
    changed: Condvar,
}

impl Handoff {
    /// Waits until a batch can be put down without waiting.
    pub fn wait_for_room(&self) {
        let mut slots = self.lock();
        while slots.batch.is_some() && !slots.closed {
            slots = self.wait(slots);
        }
    }

    /// Puts a batch down; the slot must be free.
    pub fn put(&self, batch: ToCommit) {
        self.lock().batch = Some(Box::new(batch));
        self.changed.notify_all();
    }

    /// Waits until everything that was put down is committed or refused.
    pub fn wait_until_idle(&self) {
        let mut slots = self.lock();
        while slots.batch.is_some() || slots.committing {
            slots = self.wait(slots);
        }
    }

    /// Adds a job; gives it back when too many wait or nothing more is taken.
    pub fn add_job(&self, job: Job) -> Result<(), Job> {
        let mut slots = self.lock();
        if slots.closed || slots.jobs.len() >= MAX_JOBS {
            return Err(job);
        }
        slots.jobs.push_back(job);
        drop(slots);
        self.changed.notify_all();
        Ok(())
    }

    /// What to do next, waiting up to `patience` for it. The last thing taken counts as done.
    pub fn next(&self, patience: Duration) -> Next {
        let mut slots = self.lock();
        if std::mem::take(&mut slots.committing) {
            self.changed.notify_all();
        }
        if slots.batch.is_none() && slots.jobs.is_empty() && !slots.closed {
            let waited = self.changed.wait_timeout(slots, patience);
            slots = waited.map_or_else(|poisoned| poisoned.into_inner().0, |(guard, _)| guard);
        }
        // In turn, so that somebody can sign in however busy the terminals are.
        if std::mem::take(&mut slots.job_is_next)
            && let Some(job) = slots.jobs.pop_front()
        {
            return Next::Job(job);
        }
        if let Some(batch) = slots.batch.take() {
            slots.committing = true;
            slots.job_is_next = true;
            drop(slots);
            self.changed.notify_all();
            return Next::Batch(batch);
        }
        match slots.jobs.pop_front() {
            Some(job) => Next::Job(job),
            None if slots.closed => Next::Stop,
            None => Next::Idle,
        }
    }

    /// Nothing more comes.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, slots: MutexGuard<'a, Slots>) -> MutexGuard<'a, Slots> {
        self.changed.wait(slots).unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_its_turn_though_batches_never_cease() {
        let batch = || ToCommit {
            at: UnixMs(0),
            taken_up: Instant::now(),
            evaluated: Evaluated::default(),
            features: Vec::new(),
            audit: Vec::new(),
            waiters: Vec::new(),
            snapshot: None,
        };
        let handoff = Handoff::default();
        assert!(handoff.add_job(Box::new(|_| {})).is_ok());
        handoff.put(batch());
        assert!(matches!(handoff.next(Duration::ZERO), Next::Batch(_)));
        handoff.put(batch());
        assert!(matches!(handoff.next(Duration::ZERO), Next::Job(_)));
        assert!(matches!(handoff.next(Duration::ZERO), Next::Batch(_)));
    }
}

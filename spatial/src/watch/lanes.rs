//! How a run of fixes is spread over threads: the core owns none, whoever runs it does.

use std::fmt::Debug;

/// A piece of work: called once, on any thread.
pub type Job<'a> = Box<dyn FnMut() + Send + 'a>;

/// Threads to judge on.
pub trait Lanes: Debug + Send + Sync {
    /// How many pieces of work can run side by side, at least 1.
    fn count(&self) -> usize;

    /// Calls every job once and returns when all have returned. At most [`Lanes::count`] jobs are given.
    fn run(&self, jobs: &mut [Job<'_>]);
}

/// The calling thread alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct OneLane;

impl Lanes for OneLane {
    fn count(&self) -> usize {
        1
    }

    fn run(&self, jobs: &mut [Job<'_>]) {
        jobs.iter_mut().for_each(|job| job());
    }
}

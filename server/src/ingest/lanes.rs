//! Threads that the engine's vehicles are spread over.

use cordon_spatial::watch::{Job, Lanes, OneLane};
use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};
use std::sync::Arc;

/// Threads that wait for work.
#[derive(Debug)]
struct Threads(rayon::ThreadPool);

impl Lanes for Threads {
    fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    fn run(&self, jobs: &mut [Job<'_>]) {
        self.0.install(|| jobs.par_iter_mut().for_each(|job| job()));
    }
}

/// So many threads to judge on; one is the caller's own. Errors: the system gives no more threads.
pub fn lanes(count: usize) -> std::io::Result<Arc<dyn Lanes>> {
    if count <= 1 {
        return Ok(Arc::new(OneLane));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count).thread_name(|nth| format!("judge-{nth}")).build();
    pool.map(|pool| Arc::new(Threads(pool)) as Arc<dyn Lanes>).map_err(std::io::Error::other)
}

/// As many threads as leave half of the machine to terminals, consoles and the disk.
pub fn threads_of_machine() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, MOST)
}

/// More than these gain nothing: what the vehicles' changes are joined by runs on one.
const MOST: usize = 8;

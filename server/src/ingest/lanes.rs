//! Threads that the engine's vehicles are spread over.

use cordon_spatial::watch::{Job, Lanes, OneLane};
use std::sync::Arc;

/// Threads that wait for work, beside the one that hands it out.
#[derive(Debug)]
struct Threads(rayon::ThreadPool);

impl Lanes for Threads {
    fn count(&self) -> usize {
        self.0.current_num_threads() + 1
    }

    fn run(&self, jobs: &mut [Job<'_>]) {
        let Some((own, others)) = jobs.split_first_mut() else { return };
        self.0.in_place_scope(|scope| {
            others.iter_mut().for_each(|job| scope.spawn(|_| job()));
            own();
        });
    }
}

/// So many threads to judge on; one is the caller's own. Errors: the system gives no more threads.
pub fn lanes(count: usize) -> std::io::Result<Arc<dyn Lanes>> {
    if count <= 1 {
        return Ok(Arc::new(OneLane));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count - 1).thread_name(|nth| format!("judge-{nth}")).build();
    pool.map(|pool| Arc::new(Threads(pool)) as Arc<dyn Lanes>).map_err(std::io::Error::other)
}

/// As many threads as leave half of the machine to terminals, consoles and the disk.
pub fn threads_of_machine() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, MOST)
}

/// More than these gain nothing: what the vehicles' changes are joined by runs on one.
const MOST: usize = 8;

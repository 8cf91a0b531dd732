//! Readers of the store for many requests at once: a small pool, off the async threads, never holding the writer up.

use cordon_data::store::{Reader, StoreError};
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Opens one more reader.
pub type Open = dyn Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync;

/// Most reads at once.
const AT_ONCE: usize = 8;

/// A pool of readers. Cheap to clone.
#[derive(Clone)]
pub struct Readers {
    inner: Arc<Inner>,
}

struct Inner {
    open: Box<Open>,
    idle: Mutex<Vec<Box<dyn Reader>>>,
    permits: Semaphore,
}

impl Readers {
    /// A pool that opens readers with `open` when it needs one more.
    pub fn new(open: impl Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync + 'static) -> Readers {
        let inner = Inner { open: Box::new(open), idle: Mutex::new(Vec::new()), permits: Semaphore::new(AT_ONCE) };
        Readers { inner: Arc::new(inner) }
    }

    /// Runs a read on a blocking thread; waits while too many others run.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _permit = self.inner.permits.acquire().await.expect("the semaphore is never closed");
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.read_here(work))
            .await
            .unwrap_or_else(|e| Err(StoreError::Failed(format!("a read ended early: {e}"))))
    }

    /// The same beside whoever asks; dropping the handle does not stop it.
    pub fn read_later<T: Send + 'static>(
        self,
        work: impl FnOnce(&dyn Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> tokio::task::JoinHandle<Result<T, StoreError>> {
        tokio::spawn(async move { self.read(work).await })
    }

    /// Runs a read on this thread, which must be one that may block.
    pub fn read_here<T>(&self, work: impl FnOnce(&dyn Reader) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.inner.idle.lock().expect("no holder panics").pop();
        let reader = match idle {
            Some(reader) => reader,
            None => (self.inner.open)()?,
        };
        let answer = work(reader.as_ref());
        if answer.is_ok() {
            self.inner.idle.lock().expect("no holder panics").push(reader);
        }
        answer
    }
}

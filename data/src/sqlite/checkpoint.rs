//! Writing the log back into the file, beside the commits.
//!
//! A thread of its own does the bulk while the writer goes on; the writer then does the little that came meanwhile, after
//! which SQLite starts the log from its beginning again. So no commit waits for the bulk and the log stays small, as long
//! as no reader holds an old state.

use super::connection;
use super::failure::from_sqlite;
use crate::store::StoreError;
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What the thread tells the writer.
#[derive(Debug, Default)]
struct Shared {
    /// The bulk was written back since the writer last looked.
    done: AtomicBool,
    /// The disk failed: nothing can be promised any more.
    broken: Mutex<Option<String>>,
}

/// See the module. Ends its thread when dropped.
#[derive(Debug)]
pub(super) struct Checkpointer {
    shared: Arc<Shared>,
    /// Pages in the log after the last commit, as SQLite counts them.
    pages: Arc<AtomicU32>,
    requests: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// A request is under way.
    running: bool,
    /// Pages in the log from which on the next request goes out, and the step after one that could not reset the log.
    due: u32,
    step: u32,
}

impl Checkpointer {
    /// Starts the thread for the file that `writer` writes.
    pub(super) fn start(writer: &mut Connection, path: &Path, step: u32) -> Result<Checkpointer, StoreError> {
        let pages = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&pages);
        let count = move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            counted.store(pages.unsigned_abs(), Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(count)).map_err(from_sqlite)?;
        let shared = Arc::new(Shared::default());
        let (requests, inbox) = sync_channel(1);
        let own = connection::checkpointing(path)?;
        let told = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || serve(&own, &inbox, &told))
            .map_err(|error| StoreError::Failed(format!("starting the checkpoint thread: {error}")))?;
        Ok(Checkpointer {
            shared,
            pages,
            requests: Some(requests),
            thread: Some(thread),
            running: false,
            due: step,
            step,
        })
    }

    /// After a commit: asks for a write-back when one is due, or finishes one.
    pub(super) fn after_commit(&mut self, writer: &Connection) -> Result<(), StoreError> {
        self.check()?;
        let pages = self.pages.load(Ordering::Relaxed);
        if self.running {
            if self.shared.done.swap(false, Ordering::Acquire) {
                self.running = false;
                self.due = pages + self.step;
                write_back(writer)?;
            }
            return Ok(());
        }
        if pages < self.step {
            self.due = self.step;
        }
        if pages >= self.due
            && let Some(requests) = &self.requests
        {
            self.running = requests.try_send(()).is_ok();
        }
        Ok(())
    }

    /// After a commit found no room: writes back at once, so that the log can start again from its beginning in the room
    /// that it has.
    pub(super) fn make_room(&self, writer: &Connection) -> Result<(), StoreError> {
        write_back(writer)
    }

    /// An error when the thread met a failure of the disk.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match &*self.shared.broken.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(what) => Err(StoreError::Broken(what.clone())),
            None => Ok(()),
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was already printed; the store is closing.
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, inbox: &Receiver<()>, shared: &Shared) {
    while inbox.recv().is_ok() {
        if let Err(StoreError::Broken(what)) = write_back(connection) {
            *shared.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
        }
        shared.done.store(true, Ordering::Release);
    }
}

/// Writes back what no reader still needs, without waiting for anybody. No room or a lock of a foreign program only put it
/// off: what is in the log is kept.
fn write_back(connection: &Connection) -> Result<(), StoreError> {
    match connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(from_sqlite) {
        Ok(()) => Ok(()),
        Err(StoreError::Broken(what)) => Err(StoreError::Broken(format!("writing back the log: {what}"))),
        Err(error) => {
            tracing::warn!(%error, "the log could not be written back; it will be tried again");
            Ok(())
        }
    }
}

//! The embedded store: one SQLite file of our own, `<data>/cordon.db`, that keeps the whole contract of [`crate::store`].
//!
//! One writer commits each batch in one transaction, synced before it returns (WAL, `synchronous=FULL`: SQLite syncs the
//! write-ahead log at every commit). Readers are read-only connections of the same process. The file must never be
//! written by anybody else: `cordon.lock` is held for as long as the writer lives.
//!
//! SQLite's own `locking_mode=EXCLUSIVE` is not used, because in WAL mode it shuts out every other connection, our own
//! readers too. The folder's lock keeps other Cordons out before the file is opened at all, and says who holds it.
//!
//! No memory map: a read error under a map is a signal that ends the process; a failed `read` is an error that one
//! request sees.

mod accounts;
mod boxes;
mod checkpoint;
mod connection;
mod failure;
mod journal;
mod lock;
mod past;
mod reader;
mod retention;
mod rows;
mod schema;
mod shipment;
mod tail;
mod tracks;
mod writer;

pub use reader::{SqliteReader, SqliteReaders};
pub use writer::SqliteWriter;

use crate::store::StoreError;
use cordon_spatial::units::SpanMs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

/// The store's file in its data folder.
pub const FILE: &str = "cordon.db";

/// What can be set about a store; the defaults are right for a site.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Fixes that may wait in memory before they are cut into tracks.
    pub tail_fixes: usize,
    /// How long the oldest of them may wait, in journal time.
    pub tail_age: SpanMs,
    /// Pages of 4 KiB in the write-ahead log from which on it is written back. The default is 64 MiB: writing back holds
    /// up some commits for the disk's sake, so it should be rare, and reading the log after a crash takes 0.1 s.
    pub checkpoint_pages: u32,
    /// Most pages of 4 KiB of the file; `None` = as many as the disk holds.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Options {
        Options { tail_fixes: 500_000, tail_age: SpanMs::seconds(3_600), checkpoint_pages: 16_000, max_pages: None }
    }
}

/// Opens the store in a data folder, making both when they are missing, and reads the fixes that are not yet tracks.
///
/// Errors: [`StoreError::InUse`], [`StoreError::Newer`], [`StoreError::Damaged`], or what the disk says. Cost: about half a
/// second for each million fixes since the last cut.
pub fn open(folder: &Path) -> Result<(SqliteWriter, SqliteReaders), StoreError> {
    open_with(folder, Options::default())
}

/// The same with other settings.
pub fn open_with(folder: &Path, options: Options) -> Result<(SqliteWriter, SqliteReaders), StoreError> {
    // Tracks of people and hashes of passwords lie in it: a folder that is made here is for its owner alone.
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| failure::from_io(&error, folder))?;
    let lock = lock::FolderLock::take(folder)?;
    let path = folder.join(FILE);
    let mut connection = connection::writing(&path, options.max_pages)?;
    schema::migrate(&mut connection)?;
    let tail = Arc::new(tail::Tail::default());
    let writer = SqliteWriter::start(connection, lock, &path, Arc::clone(&tail), options)?;
    Ok((writer, SqliteReaders::new(path, tail)))
}

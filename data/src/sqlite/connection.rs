//! Connections and their settings: one that writes, one that writes back the log, many that read.

use super::failure::from_sqlite;
use crate::store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long a connection waits for a lock of another one, a foreign program's say.
const BUSY: Duration = Duration::from_secs(5);
/// Page cache of the writer and of each reader, KiB.
const WRITER_CACHE_KIB: i64 = 64 * 1024;
const READER_CACHE_KIB: i64 = 8 * 1024;
/// The log's file is cut back to this after a long backlog, bytes: over its usual length, so that it is not cut each time.
const LOG_KEPT_BYTES: i64 = 128 * 1024 * 1024;
/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 64;

/// The connection that writes; makes the file when it is missing.
pub(super) fn writing(path: &Path, max_pages: Option<u32>) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(from_sqlite)?;
    let set = || -> rusqlite::Result<()> {
        connection.busy_timeout(BUSY)?;
        keep_statements(&connection)?;
        connection.pragma_update(None, "page_size", 4096)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "journal_size_limit", LOG_KEPT_BYTES)?;
        connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        if let Some(pages) = max_pages {
            connection.pragma_update(None, "max_page_count", pages)?;
        }
        Ok(())
    };
    set().map_err(from_sqlite)?;
    Ok(connection)
}

/// Keeps prepared statements, and their plans whatever is bound to them: SQLite would else plan some queries anew for each
/// value that it compared with a partial index, which costs more than the query.
fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A connection that only writes the log back into the file.
pub(super) fn checkpointing(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(from_sqlite)?;
    let set = || -> rusqlite::Result<()> {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)
    };
    set().map_err(from_sqlite)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(from_sqlite)?;
    let set = || -> rusqlite::Result<()> {
        connection.busy_timeout(BUSY)?;
        keep_statements(&connection)?;
        connection.pragma_update(None, "query_only", "ON")?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "trusted_schema", "OFF")
    };
    set().map_err(from_sqlite)?;
    Ok(connection)
}

/// Whether each commit is synced before it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyncEachCommit {
    /// What is acknowledged is kept.
    Yes,
    /// For what can be made again from what is kept.
    No,
}

/// Sets it for the next transactions. It is read back: to go on unsynced would break the first promise.
pub(super) fn sync_each_commit(connection: &Connection, sync: SyncEachCommit) -> Result<(), StoreError> {
    let wanted: i64 = match sync {
        SyncEachCommit::Yes => 2,
        SyncEachCommit::No => 1,
    };
    let set = || -> rusqlite::Result<i64> {
        connection.pragma_update(None, "synchronous", wanted)?;
        connection.pragma_query_value(None, "synchronous", |row| row.get(0))
    };
    match set() {
        Ok(found) if found == wanted => Ok(()),
        Ok(found) => Err(StoreError::Broken(format!("syncing cannot be set: it is {found}, not {wanted}"))),
        Err(error) => Err(StoreError::Broken(format!("syncing cannot be set: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FILE, open, rows};
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_kept_statement_is_planned_once_whatever_is_bound_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (_writer, _readers) = open(folder.path()).unwrap();
        let connection = reading(&folder.path().join(FILE)).unwrap();
        let sql = format!(
            "SELECT {} FROM feature_revisions r JOIN features f USING (key) WHERE r.key = ?1 AND r.revision = ?2",
            rows::FEATURE
        );
        let mut select = connection.prepare(&sql).unwrap();
        for key in 1..10 {
            assert!(select.query([key, 1]).unwrap().next().unwrap().is_none());
        }
        assert_eq!(select.get_status(StatementStatus::RePrepare), 0);
    }
}

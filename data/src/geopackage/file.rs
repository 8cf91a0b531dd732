//! The published file itself: opened, checked, made afresh.

use super::collections;
use rusqlite::{Connection, Error, OpenFlags};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for a foreign lock.
const BUSY: Duration = Duration::from_millis(200);
/// "GPKG" and the version 1.3.0, as GeoPackage puts them into SQLite's header (OGC 12-128r17, requirement 2).
const APPLICATION_ID: i64 = 0x4750_4B47;
const USER_VERSION: i64 = 10_300;
/// SQLite's files beside the file.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// An open file, checked once.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) connection: Connection,
    /// Which file it is, and how it was when it was last published: another may take its name or overwrite it.
    identity: Identity,
    /// SQLite's count of changes by others when it was last published.
    seen: Option<i64>,
}

/// Device, inode, length and time of the last change in seconds and nanoseconds.
type Identity = (u64, u64, u64, i64, i64);

impl Opened {
    /// Opens the file and checks it, making it when there is none.
    ///
    /// Errors: [`Error::InvalidQuery`] when it is a sound database of another shape, else SQLite's.
    pub(super) fn at(path: &Path) -> rusqlite::Result<Opened> {
        if !path.exists() {
            rebuild(path).map_err(|error| failed(&error))?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        let identity = identity(path).map_err(|error| failed(&error))?;
        let opened = Opened { connection, identity, seen: None };
        opened.check()?;
        let whole: String = opened.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if whole != "ok" {
            return Err(Error::InvalidQuery);
        }
        // It can be made again at any time, so it need not take the disk from the store's own syncs.
        opened.connection.pragma_update(None, "synchronous", "OFF")?;
        Ok(opened)
    }

    /// Whether the path still names this file, untouched but for SQLite's own log.
    pub(super) fn is_still_at(&self, path: &Path) -> bool {
        identity(path).is_ok_and(|identity| identity == self.identity)
    }

    /// Takes the file as it is now for what was published, at SQLite's count `version` of changes by others.
    pub(super) fn was_published(&mut self, path: &Path, version: i64) {
        self.seen = Some(version);
        // A file that is gone has no identity, and is made again the next time.
        self.identity = identity(path).unwrap_or_default();
    }

    /// SQLite's count of changes that other connections made.
    pub(super) fn version(&self) -> rusqlite::Result<i64> {
        self.connection.pragma_query_value(None, "data_version", |row| row.get(0))
    }

    /// Whether another program wrote into it since it was last published; also true before the first time.
    pub(super) fn was_changed_by_others(&self) -> rusqlite::Result<bool> {
        Ok(self.seen != Some(self.version()?))
    }

    /// Whether it has exactly our tables, and says that it is a GeoPackage; [`Error::InvalidQuery`] if not.
    pub(super) fn check(&self) -> rusqlite::Result<()> {
        let number = |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let numbers = (number("application_id")?, number("user_version")?);
        let fresh = Connection::open_in_memory()?;
        fresh.execute_batch(&declared())?;
        if numbers == (APPLICATION_ID, USER_VERSION) && shape(&self.connection)? == shape(&fresh)? {
            Ok(())
        } else {
            Err(Error::InvalidQuery)
        }
    }
}

/// Declares every table.
fn declared() -> String {
    format!("{}{}", include_str!("schema.sql"), collections::tables())
}

/// Fills the tables of GeoPackage and empties ours.
pub(super) fn contents() -> String {
    format!("{}{}", include_str!("contents.sql"), collections::contents())
}

/// Every table, index, view and trigger as it was declared.
fn shape(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let mut select = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name")?;
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn identity(path: &Path) -> io::Result<Identity> {
    fs::metadata(path).map(|data| (data.dev(), data.ino(), data.len(), data.mtime(), data.mtime_nsec()))
}

/// Another's failure as one of SQLite's.
pub(super) fn failed(error: &impl ToString) -> Error {
    Error::ToSqlConversionFailure(error.to_string().into())
}

/// Puts a fresh, empty file in the place of whatever has the path. Others keep what they have open.
pub(super) fn rebuild(path: &Path) -> io::Result<()> {
    let temporary = path.with_extension("gpkg-tmp");
    remove(&temporary)?;
    make(&temporary).map_err(io::Error::other)?;
    for companion in COMPANIONS {
        remove(&beside(path, companion))?;
    }
    fs::rename(&temporary, path)
}

fn make(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    // One sync instead of one for each table, and none that the store would wait for: it can be made again at any time.
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.execute_batch(&format!("BEGIN; {} {} COMMIT", declared(), contents()))?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", USER_VERSION)?;
    connection.close().map_err(|(_, error)| error)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

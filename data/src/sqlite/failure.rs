//! What SQLite and the operating system say, as what the caller can do about it.

use crate::codec::Unreadable;
use crate::store::StoreError;
use rusqlite::{ErrorCode, ffi};
use std::io::ErrorKind;
use std::path::Path;

/// Extended codes of a failed growth of the shared-memory index. It only ever fails for want of room, and nothing was
/// written to the log yet.
const NO_ROOM_FOR_INDEX: [i32; 1] = [ffi::SQLITE_IOERR_SHMSIZE];

/// An error of a statement.
///
/// SQLite says `SQLITE_FULL` when a write found no room (ENOSPC), so that an `SQLITE_IOERR` is a real failure of the
/// disk: after it nothing can be promised.
pub(super) fn from_sqlite(error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, ref text) = error else {
        return StoreError::Failed(error.to_string());
    };
    let text = text.clone().unwrap_or_else(|| code.to_string());
    match code.code {
        ErrorCode::DiskFull => StoreError::NoRoom,
        ErrorCode::SystemIoFailure if NO_ROOM_FOR_INDEX.contains(&code.extended_code) => StoreError::NoRoom,
        ErrorCode::SystemIoFailure => {
            StoreError::Broken(format!("{text} (SQLite extended code {})", code.extended_code))
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            StoreError::Damaged { place: super::FILE.to_owned(), what: text }
        }
        _ => StoreError::Failed(text),
    }
}

/// Whether a statement failed because a unique value is taken.
pub(super) fn is_taken(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(code, _)
        if code.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE || code.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}

/// An error of the file system about a path.
pub(super) fn from_io(error: &std::io::Error, path: &Path) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::NoRoom,
        _ => StoreError::Failed(format!("{}: {error}", path.display())),
    }
}

/// Stored bytes that cannot be read.
pub(super) fn unreadable(place: impl Into<String>, why: &Unreadable) -> StoreError {
    damaged(place, why)
}

/// Something stored that is not as it was written.
pub(super) fn damaged(place: impl Into<String>, what: impl ToString) -> StoreError {
    StoreError::Damaged { place: place.into(), what: what.to_string() }
}

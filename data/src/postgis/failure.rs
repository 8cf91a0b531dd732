//! What PostgreSQL says, as what the caller can do about it.

use crate::codec::Unreadable;
use crate::store::StoreError;
use postgres::Error;
use postgres::error::SqlState;
use std::error::Error as _;

/// An error of a statement or of the connection.
pub(super) fn from_postgres(error: Error) -> StoreError {
    let Some(said) = error.as_db_error() else {
        // Whatever is not an answer of the database is a failure to talk with it, or of our own types.
        let is_ours = error.source().is_some_and(|source| source.downcast_ref::<std::io::Error>().is_none());
        let text = said_of(&error);
        return if is_ours && !error.is_closed() { StoreError::Failed(text) } else { StoreError::Lost(text) };
    };
    let text = format!("{} ({})", said.message(), said.code().code());
    match *said.code() {
        SqlState::DISK_FULL => StoreError::NoRoom,
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => StoreError::Lost(text),
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => {
            StoreError::Damaged { place: "the database".to_owned(), what: text }
        }
        SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Failed(format!(
            "{text}: the role may not do this; let the schema's owner run `cordon database migrate --grant ROLE`"
        )),
        _ => StoreError::Failed(text),
    }
}

/// The error with what is behind it: the library's own text names the kind alone.
fn said_of(error: &Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Whether a statement failed because a unique value is taken.
pub(super) fn is_taken(error: &Error) -> bool {
    error.code() == Some(&SqlState::UNIQUE_VIOLATION)
}

/// Stored bytes that cannot be read.
pub(super) fn unreadable(place: impl Into<String>, why: &Unreadable) -> StoreError {
    damaged(place, why)
}

/// Something stored that is not as it was written.
pub(super) fn damaged(place: impl Into<String>, what: impl ToString) -> StoreError {
    StoreError::Damaged { place: place.into(), what: what.to_string() }
}

//! The tables, by numbered migrations: forward only, each in one transaction, a newer file refused.
//!
//! The schema's number stands in SQLite's `user_version`, the mark that the file is ours in `application_id`. A migration
//! that was released is never changed.

use super::failure::{damaged, from_sqlite};
use crate::store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

/// "Crdn": this file belongs to Cordon.
const APPLICATION_ID: i64 = 0x4372_646E;

/// Migration n brings a file from schema n to n + 1.
const MIGRATIONS: [&str; 7] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
];

/// Brings the file to the newest schema.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    let known = MIGRATIONS.len() as u32;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (i, sql) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
        let apply = || -> rusqlite::Result<()> {
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", i as i64 + 1)
        };
        apply().map_err(from_sqlite)?;
        transaction.commit().map_err(from_sqlite)?;
    }
    Ok(())
}

/// The schema's number; 0 for an empty file.
fn version(connection: &Connection) -> Result<u32, StoreError> {
    let number =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(from_sqlite);
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(from_sqlite)?;
    match (application, version, tables) {
        (APPLICATION_ID, version, _) => {
            u32::try_from(version).map_err(|_| damaged(super::FILE, format!("schema number {version}")))
        }
        (0, 0, 0) => Ok(0),
        _ => Err(damaged(super::FILE, "it is a SQLite file of another program")),
    }
}

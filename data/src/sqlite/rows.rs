//! Rows as types: features, events, alarms and accounts read back from their tables.

use super::failure::{damaged, from_sqlite, unreadable};
use crate::codec::{Unreadable, derived, frame};
use crate::feature::{Collection, Derived, StoredFeature};
use crate::store::{AuditLine, Deleted, Head, Role, Session, StoreError, Terminal, Token, User};
use cordon_spatial::ids::{FeatureId, FeatureKey, JournalPosition, Revision, Seq, VehicleKey};
use cordon_spatial::units::UnixMs;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

/// A position or number as SQLite keeps it; those over `i64::MAX` cannot occur in a journal and mean "after the last".
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The first row of a query, if any, made by `make`.
pub(super) fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    make: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut select = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let mut rows = select.query(params).map_err(from_sqlite)?;
    rows.next().map_err(from_sqlite)?.map(make).transpose()
}

/// All rows of a query, made by `make`.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    make: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut select = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let mut rows = select.query(params).map_err(from_sqlite)?;
    let mut made = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        made.push(make(row)?);
    }
    Ok(made)
}

/// How far the store has come: the largest numbers in its tables, each found at the end of an index.
pub(super) fn head(connection: &Connection) -> Result<Head, StoreError> {
    let sql = "SELECT (SELECT max(last) FROM journal WHERE first = (SELECT max(first) FROM journal)),
                      (SELECT at_ms FROM journal WHERE first = (SELECT max(first) FROM journal)),
                      max(coalesce((SELECT max(seq) FROM events), 0), coalesce((SELECT max(seq) FROM alarms), 0),
                          coalesce((SELECT seq FROM journal ORDER BY first DESC LIMIT 1), 0)),
                      (SELECT max(key) FROM features)";
    let head = first(connection, sql, [], |row| {
        let read = || -> rusqlite::Result<Head> {
            Ok(Head {
                position: JournalPosition(row.get::<_, Option<i64>>(0)?.unwrap_or(0) as u64),
                at: UnixMs(row.get::<_, Option<i64>>(1)?.unwrap_or(0)),
                seq: Seq(row.get::<_, i64>(2)? as u64),
                last_key: row.get::<_, Option<u32>>(3)?.unwrap_or(0),
            })
        };
        read().map_err(from_sqlite)
    })?;
    Ok(head.unwrap_or_default())
}

/// The columns that [`feature`] reads, from features `f` and feature_revisions `r`.
pub(super) const FEATURE: &str = "f.key, f.collection, f.id, r.revision, r.at_ms, r.who, r.body, r.derived";

/// A row of [`FEATURE`].
pub(super) fn feature(row: &Row<'_>) -> Result<StoredFeature, StoreError> {
    let key = FeatureKey(row.get(0).map_err(from_sqlite)?);
    let place = || format!("feature {key}");
    let collection: String = row.get(1).map_err(from_sqlite)?;
    let id: String = row.get(2).map_err(from_sqlite)?;
    let collection = Collection::from_name(&collection)
        .ok_or_else(|| damaged(place(), format!("collection {collection} is not known")))?;
    let derived = row.get_ref(7).and_then(|value| Ok(value.as_blob_or_null()?)).map_err(from_sqlite)?;
    let derived = match derived {
        None => None,
        Some(sealed) => Some(open_derived(collection, sealed).map_err(|why| unreadable(place(), &why))?),
    };
    Ok(StoredFeature {
        key,
        collection,
        id: FeatureId::new(id).map_err(|error| damaged(place(), error))?,
        revision: Revision(row.get(3).map_err(from_sqlite)?),
        at: UnixMs(row.get(4).map_err(from_sqlite)?),
        who: row.get(5).map_err(from_sqlite)?,
        body: row.get(6).map_err(from_sqlite)?,
        derived,
    })
}

/// A row of [`FEATURE`] with the revision that deleted it, when, and who did.
pub(super) fn deleted(row: &Row<'_>) -> Result<Deleted, StoreError> {
    let last = feature(row)?;
    let read = || -> rusqlite::Result<(u32, i64, String)> { Ok((row.get(8)?, row.get(9)?, row.get(10)?)) };
    let (revision, at, who) = read().map_err(from_sqlite)?;
    Ok(Deleted { last, revision: Revision(revision), at: UnixMs(at), who })
}

fn open_derived(collection: Collection, sealed: &[u8]) -> Result<Derived, Unreadable> {
    derived::decode(collection, &frame::open(sealed)?)
}

/// One revision of a feature.
pub(super) fn feature_revision(
    connection: &Connection,
    key: FeatureKey,
    revision: Revision,
) -> Result<Option<StoredFeature>, StoreError> {
    let sql = format!(
        "SELECT {FEATURE} FROM feature_revisions r JOIN features f USING (key) WHERE r.key = ?1 AND r.revision = ?2"
    );
    first(connection, &sql, [key.0, revision.0], feature)
}

/// A row of one JSON body.
pub(super) fn body<T: DeserializeOwned>(row: &Row<'_>) -> Result<T, StoreError> {
    let text = row.get_ref(0).and_then(|value| Ok(value.as_str()?)).map_err(from_sqlite)?;
    serde_json::from_str(text).map_err(|error| damaged("the body of an event or alarm", error))
}

/// A numbered row of the audit trail: line, at_ms, who, action, detail.
pub(super) fn audit(row: &Row<'_>) -> Result<(u64, AuditLine), StoreError> {
    let line: i64 = row.get(0).map_err(from_sqlite)?;
    let detail: String = row.get(4).map_err(from_sqlite)?;
    let detail = serde_json::from_str(&detail).map_err(|error| damaged(format!("audit, line {line}"), error))?;
    let at = UnixMs(row.get(1).map_err(from_sqlite)?);
    let (who, action) = (row.get(2).map_err(from_sqlite)?, row.get(3).map_err(from_sqlite)?);
    Ok((line as u64, AuditLine { at, who, action, detail }))
}

/// The columns that [`user`] reads.
pub(super) const USER: &str = "name, role, password_hash, created_ms, last_seen_ms";

/// A row of [`USER`].
pub(super) fn user(row: &Row<'_>) -> Result<User, StoreError> {
    let name: String = row.get(0).map_err(from_sqlite)?;
    Ok(User {
        role: role(row, 1, &name)?,
        password_hash: row.get(2).map_err(from_sqlite)?,
        created_at: UnixMs(row.get(3).map_err(from_sqlite)?),
        last_seen_at: row.get::<_, Option<i64>>(4).map_err(from_sqlite)?.map(UnixMs),
        name,
    })
}

/// The columns that [`token`] reads.
pub(super) const TOKEN: &str = "hash, name, role, created_ms, last_used_ms";

/// A row of [`TOKEN`].
pub(super) fn token(row: &Row<'_>) -> Result<Token, StoreError> {
    let name: String = row.get(1).map_err(from_sqlite)?;
    Ok(Token {
        hash: row.get(0).map_err(from_sqlite)?,
        role: role(row, 2, &name)?,
        created_at: UnixMs(row.get(3).map_err(from_sqlite)?),
        last_used_at: row.get::<_, Option<i64>>(4).map_err(from_sqlite)?.map(UnixMs),
        name,
    })
}

fn role(row: &Row<'_>, column: usize, whose: &str) -> Result<Role, StoreError> {
    let name: String = row.get(column).map_err(from_sqlite)?;
    Role::from_name(&name).ok_or_else(|| damaged(format!("the account {whose}"), format!("role {name} is not known")))
}

/// The columns that [`session`] reads.
pub(super) const SESSION: &str = "hash, user, created_ms, expires_ms";

/// A row of [`SESSION`].
pub(super) fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    let read = || -> rusqlite::Result<Session> {
        Ok(Session {
            hash: row.get(0)?,
            user: row.get(1)?,
            created_at: UnixMs(row.get(2)?),
            expires_at: UnixMs(row.get(3)?),
        })
    };
    read().map_err(from_sqlite)
}

/// The columns that [`terminal`] reads.
pub(super) const TERMINAL: &str = "phone, vehicle, code_hash, plate, plate_colour, model, first_seen_ms";

/// A row of [`TERMINAL`].
pub(super) fn terminal(row: &Row<'_>) -> Result<Terminal, StoreError> {
    let read = || -> rusqlite::Result<Terminal> {
        Ok(Terminal {
            phone: row.get(0)?,
            vehicle: row.get::<_, Option<u32>>(1)?.map(VehicleKey),
            code_hash: row.get(2)?,
            plate: row.get(3)?,
            plate_colour: row.get(4)?,
            model: row.get(5)?,
            first_seen_at: UnixMs(row.get(6)?),
        })
    };
    read().map_err(from_sqlite)
}

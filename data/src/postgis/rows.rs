//! Rows as types: features, events, alarms and accounts read back from their tables.

use super::connection::On;
use super::failure::{damaged, from_postgres, unreadable};
use crate::codec::{Unreadable, derived, frame};
use crate::feature::{Collection, Derived, StoredFeature};
use crate::store::{AuditLine, Head, Role, Session, StoreError, Terminal, Token, User};
use cordon_spatial::ids::{FeatureId, FeatureKey, JournalPosition, Revision, Seq, VehicleKey};
use cordon_spatial::units::UnixMs;
use postgres::types::FromSql;
use postgres::{GenericClient, Row};
use serde::de::DeserializeOwned;

/// A position or number as the database keeps it; those over `i64::MAX` cannot occur in a journal and mean "after the last".
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A column of a row.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(from_postgres)
}

/// A number of 32 bits without a sign.
pub(super) fn unsigned(row: &Row, column: usize) -> Result<u32, StoreError> {
    let number: i64 = get(row, column)?;
    u32::try_from(number).map_err(|_| damaged("a number of 32 bits", number))
}

/// The first column, a number.
pub(super) fn number(row: &Row) -> Result<i64, StoreError> {
    get(row, 0)
}

/// 32 bytes of a hash.
fn hash(row: &Row, column: usize) -> Result<[u8; 32], StoreError> {
    let bytes: &[u8] = get(row, column)?;
    bytes.try_into().map_err(|_| damaged("a hash", format!("{} bytes", bytes.len())))
}

/// How far the store has come: the largest numbers in its tables, each found at the end of an index.
pub(super) fn head(on: &mut On<'_, impl GenericClient>) -> Result<Head, StoreError> {
    let sql = "SELECT coalesce((SELECT last FROM journal ORDER BY first DESC LIMIT 1), 0),
                      coalesce((SELECT at_ms FROM journal ORDER BY first DESC LIMIT 1), 0),
                      greatest((SELECT seq FROM journal ORDER BY first DESC LIMIT 1), (SELECT max(seq) FROM events),
                               (SELECT max(seq) FROM alarms), 0),
                      coalesce((SELECT max(key) FROM features), 0)";
    let head = on.first(sql, &[], |row| {
        Ok(Head {
            position: JournalPosition(get::<i64>(row, 0)? as u64),
            at: UnixMs(get(row, 1)?),
            seq: Seq(get::<i64>(row, 2)? as u64),
            last_key: unsigned(row, 3)?,
        })
    })?;
    Ok(head.unwrap_or_default())
}

/// The columns that [`feature`] reads, from features `f` and feature_revisions `r`.
pub(super) const FEATURE: &str = "f.key, f.collection, f.id, r.revision, r.at_ms, r.who, r.body, r.derived";

/// A row of [`FEATURE`].
pub(super) fn feature(row: &Row) -> Result<StoredFeature, StoreError> {
    let key = FeatureKey(unsigned(row, 0)?);
    let place = || format!("feature {key}");
    let collection: &str = get(row, 1)?;
    let collection = Collection::from_name(collection)
        .ok_or_else(|| damaged(place(), format!("collection {collection} is not known")))?;
    let id: String = get(row, 2)?;
    let derived = match get::<Option<&[u8]>>(row, 7)? {
        None => None,
        Some(sealed) => Some(open_derived(collection, sealed).map_err(|why| unreadable(place(), &why))?),
    };
    Ok(StoredFeature {
        key,
        collection,
        id: FeatureId::new(id).map_err(|error| damaged(place(), error))?,
        revision: Revision(unsigned(row, 3)?),
        at: UnixMs(get(row, 4)?),
        who: get(row, 5)?,
        body: get(row, 6)?,
        derived,
    })
}

fn open_derived(collection: Collection, sealed: &[u8]) -> Result<Derived, Unreadable> {
    derived::decode(collection, &frame::open(sealed)?)
}

/// A row of one JSON body.
pub(super) fn body<T: DeserializeOwned>(row: &Row) -> Result<T, StoreError> {
    serde_json::from_str(get(row, 0)?).map_err(|error| damaged("the body of an event or alarm", error))
}

/// A numbered row of the audit trail: line, at_ms, who, action, detail.
pub(super) fn audit(row: &Row) -> Result<(u64, AuditLine), StoreError> {
    let line = number(row)?;
    let detail = serde_json::from_str(get(row, 4)?).map_err(|error| damaged(format!("audit, line {line}"), error))?;
    Ok((line as u64, AuditLine { at: UnixMs(get(row, 1)?), who: get(row, 2)?, action: get(row, 3)?, detail }))
}

/// The columns that [`user`] reads.
pub(super) const USER: &str = "name, role, password_hash, created_ms, last_seen_ms";

/// A row of [`USER`].
pub(super) fn user(row: &Row) -> Result<User, StoreError> {
    let name: String = get(row, 0)?;
    Ok(User {
        role: role(row, 1, &name)?,
        password_hash: get(row, 2)?,
        created_at: UnixMs(get(row, 3)?),
        last_seen_at: get::<Option<i64>>(row, 4)?.map(UnixMs),
        name,
    })
}

/// The columns that [`token`] reads.
pub(super) const TOKEN: &str = "hash, name, role, created_ms, last_used_ms";

/// A row of [`TOKEN`].
pub(super) fn token(row: &Row) -> Result<Token, StoreError> {
    let name: String = get(row, 1)?;
    Ok(Token {
        hash: hash(row, 0)?,
        role: role(row, 2, &name)?,
        created_at: UnixMs(get(row, 3)?),
        last_used_at: get::<Option<i64>>(row, 4)?.map(UnixMs),
        name,
    })
}

fn role(row: &Row, column: usize, whose: &str) -> Result<Role, StoreError> {
    let name: &str = get(row, column)?;
    Role::from_name(name).ok_or_else(|| damaged(format!("the account {whose}"), format!("role {name} is not known")))
}

/// The columns that [`session`] reads.
pub(super) const SESSION: &str = "hash, \"user\", created_ms, expires_ms";

/// A row of [`SESSION`].
pub(super) fn session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        hash: hash(row, 0)?,
        user: get(row, 1)?,
        created_at: UnixMs(get(row, 2)?),
        expires_at: UnixMs(get(row, 3)?),
    })
}

/// The columns that [`terminal`] reads.
pub(super) const TERMINAL: &str = "phone, vehicle, code_hash, plate, plate_colour, model, first_seen_ms";

/// A row of [`TERMINAL`].
pub(super) fn terminal(row: &Row) -> Result<Terminal, StoreError> {
    let vehicle = match get::<Option<i64>>(row, 1)? {
        None => None,
        Some(_) => Some(VehicleKey(unsigned(row, 1)?)),
    };
    let code_hash = match get::<Option<&[u8]>>(row, 2)? {
        None => None,
        Some(_) => Some(hash(row, 2)?),
    };
    Ok(Terminal {
        phone: get(row, 0)?,
        vehicle,
        code_hash,
        plate: get(row, 3)?,
        plate_colour: get::<Option<i16>>(row, 4)?.map(|colour| colour as u8),
        model: get(row, 5)?,
        first_seen_at: UnixMs(get(row, 6)?),
    })
}

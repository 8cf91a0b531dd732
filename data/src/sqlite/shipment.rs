//! Handing on what was kept, and taking in what another store hands on.

use super::failure::from_sqlite;
use super::rows::{self, signed};
use super::tail::Tail;
use super::writer::{put_alarms, put_events, put_feature};
use super::{accounts, journal, tracks};
use crate::codec::{batch, frame};
use crate::feature::StoredFeature;
use crate::shipment::{Accounts, KeptCheckpoint, MAX_AUDIT, Mark, Shipment, touches_accounts};
use crate::store::StoreError;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, VehicleKey};
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::UnixMs;
use rusqlite::{Connection, Row, Transaction, params};

/// The contract's `mark`.
pub(super) fn mark(connection: &Connection) -> Result<Mark, StoreError> {
    let head = rows::head(connection)?;
    let line = rows::first(connection, "SELECT max(line) FROM audit", [], |row| {
        row.get::<_, Option<i64>>(0).map_err(from_sqlite)
    })?;
    Ok(Mark { position: head.position, seq: head.seq, audit: line.flatten().unwrap_or(0) as u64 })
}

/// The contract's `after`.
pub(super) fn after(connection: &Connection, mark: &Mark, records: usize) -> Result<Shipment, StoreError> {
    let next = JournalPosition(mark.position.0 + 1);
    let journal = journal::kept(connection, next, records)?;
    let whole = rows::head(connection)?;
    let last = journal.last().and_then(|batch| batch.records.last()).map_or(mark.position, |record| record.position);
    let noted = journal.iter().map(|batch| batch.seq).max().unwrap_or_default();
    let seq = if last >= whole.position { whole.seq } else { noted };
    let mut features: Vec<StoredFeature> = Vec::new();
    for record in journal.iter().flat_map(|batch| &batch.records) {
        if let RecordBody::Edit(edit) = &record.body {
            features.extend(rows::feature_revision(connection, edit.key, edit.revision)?);
        }
    }
    let changed = |table: &str| format!("SELECT body FROM {table} WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
    let span = [signed(mark.seq.0), signed(seq.0)];
    let sql = "SELECT vehicle, at_ms, position, body FROM checkpoints WHERE position > ?1 AND position <= ?2
               ORDER BY position, vehicle, at_ms";
    let places = [signed(mark.position.0), signed(last.0)];
    let audit = "SELECT line, at_ms, who, action, detail FROM audit WHERE line > ?1 ORDER BY line LIMIT ?2";
    let audit = rows::all(connection, audit, params![signed(mark.audit), MAX_AUDIT as i64], rows::audit)?;
    let accounts = if touches_accounts(&audit) { Some(all_accounts(connection)?) } else { None };
    Ok(Shipment {
        features,
        fixes: Shipment::fixes_of(&journal),
        journal,
        events: rows::all(connection, &changed("events"), span, rows::body)?,
        alarms: rows::all(connection, &changed("alarms"), span, rows::body)?,
        checkpoints: rows::all(connection, sql, places, checkpoint)?,
        audit,
        accounts,
    })
}

fn checkpoint(row: &Row<'_>) -> Result<KeptCheckpoint, StoreError> {
    let read = || -> rusqlite::Result<KeptCheckpoint> {
        Ok(KeptCheckpoint {
            vehicle: VehicleKey(row.get(0)?),
            at: UnixMs(row.get(1)?),
            position: JournalPosition(row.get::<_, i64>(2)? as u64),
            body: row.get(3)?,
        })
    };
    read().map_err(from_sqlite)
}

/// The contract's `accounts`.
pub(super) fn all_accounts(connection: &Connection) -> Result<Accounts, StoreError> {
    let sql = |what: &str, table: &str, by: &str| format!("SELECT {what} FROM {table} ORDER BY {by}");
    Ok(Accounts {
        users: rows::all(connection, &sql(rows::USER, "users", "name"), [], rows::user)?,
        tokens: rows::all(connection, &sql(rows::TOKEN, "tokens", "name"), [], rows::token)?,
        sessions: rows::all(connection, &sql(rows::SESSION, "sessions", "hash"), [], rows::session)?,
        terminals: rows::all(connection, &sql(rows::TERMINAL, "terminals", "phone"), [], rows::terminal)?,
    })
}

/// The contract's `revisions_after`.
pub(super) fn revisions_after(
    connection: &Connection,
    after: Option<(FeatureKey, Revision)>,
    limit: usize,
) -> Result<Vec<StoredFeature>, StoreError> {
    let (key, revision) = after.map_or((-1, 0), |(key, revision)| (i64::from(key.0), i64::from(revision.0)));
    let sql = format!(
        "SELECT {} FROM feature_revisions r JOIN features f USING (key)
         WHERE (r.key, r.revision) > (?1, ?2) ORDER BY r.key, r.revision LIMIT ?3",
        rows::FEATURE
    );
    rows::all(connection, &sql, params![key, revision, limit as i64], rows::feature)
}

/// The contract's `tracked`.
pub(super) fn tracked(
    connection: &Connection,
    tail: &Tail,
    after: Option<VehicleKey>,
    limit: usize,
) -> Result<Vec<VehicleKey>, StoreError> {
    // The tail first: what is cut meanwhile is seen twice rather than not at all.
    let mut keys = tail.vehicles();
    let sql = "SELECT DISTINCT vehicle FROM tracks WHERE vehicle > ?1 ORDER BY vehicle LIMIT ?2";
    let beyond = after.map_or(-1, |key| i64::from(key.0));
    keys.retain(|key| i64::from(key.0) > beyond);
    keys.extend(rows::all(connection, sql, params![beyond, limit as i64], |row| {
        row.get(0).map(VehicleKey).map_err(from_sqlite)
    })?);
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(limit);
    Ok(keys)
}

/// The contract's `placed`.
pub(super) fn placed(
    connection: &Connection,
    tail: &Tail,
    vehicle: VehicleKey,
) -> Result<Vec<(JournalPosition, Fix)>, StoreError> {
    let mut placed = tracks::read_placed(connection, tail, vehicle, UnixMs::MIN)?;
    placed.sort_unstable_by_key(|(position, _)| *position);
    placed.dedup_by_key(|(position, _)| *position);
    Ok(placed.into_iter().map(|(position, fix)| (JournalPosition(position), fix)).collect())
}

/// Takes a shipment in, within a transaction. Fixes become pieces of track, and the journal counts as cut.
pub(super) fn take_in(
    transaction: &Transaction<'_>,
    sealer: &mut frame::Sealer,
    shipment: &Shipment,
) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| StoreError::Failed(error.to_string());
    let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
        transaction.prepare_cached(sql).and_then(|mut run| run.execute(params)).map_err(from_sqlite)
    };
    for batch in &shipment.journal {
        let (Some(first), Some(last)) = (batch.records.first(), batch.records.last()) else { continue };
        let sealed = sealer.seal(&batch::encode(&batch.records)).map_err(failed)?;
        let (first, last) = (signed(first.position.0), signed(last.position.0));
        let sql = "INSERT INTO journal (first, last, at_ms, seq, records) VALUES (?1, ?2, ?3, ?4, ?5)";
        run(sql, &[&first, &last, &batch.at.0, &signed(batch.seq.0), &sealed])?;
        run("UPDATE track_progress SET position = ?1", &[&last])?;
    }
    for feature in &shipment.features {
        let known = rows::feature_revision(transaction, feature.key, feature.revision)?;
        if known.is_none() {
            put_feature(transaction, sealer, feature)?;
        }
    }
    tracks::write_pieces(transaction, sealer, &shipment.fixes)?;
    put_events(transaction, &shipment.events)?;
    put_alarms(transaction, &shipment.alarms)?;
    for kept in &shipment.checkpoints {
        let sql = "INSERT OR REPLACE INTO checkpoints (vehicle, at_ms, position, body) VALUES (?1, ?2, ?3, ?4)";
        run(sql, &[&kept.vehicle.0, &kept.at.0, &signed(kept.position.0), &kept.body])?;
    }
    for (line, said) in &shipment.audit {
        let sql = "INSERT INTO audit (line, at_ms, who, action, detail) VALUES (?1, ?2, ?3, ?4, ?5)";
        run(sql, &[&signed(*line), &said.at.0, &said.who, &said.action, &said.detail.to_string()])?;
    }
    match &shipment.accounts {
        Some(all) => accounts::replace_all(transaction, all),
        None => Ok(()),
    }
}

//! Handing on what was kept, and taking in what another store hands on.

use super::connection::{On, Param};
use super::failure::from_postgres;
use super::rows::{self, get, number, signed, unsigned};
use super::writer::{put_alarms, put_events};
use super::{accounts, features, fixes, journal, tracks};
use crate::codec::{batch, frame};
use crate::feature::StoredFeature;
use crate::placed::Placed;
use crate::shipment::{Accounts, KeptCheckpoint, MAX_AUDIT, Mark, Shipment, touches_accounts};
use crate::store::StoreError;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, Seq, VehicleKey};
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::UnixMs;
use postgres::{GenericClient, Row};

/// The contract's `mark`.
pub(super) fn mark(on: &mut On<'_, impl GenericClient>) -> Result<Mark, StoreError> {
    let head = rows::head(on)?;
    let line = on.first("SELECT coalesce(max(line), 0) FROM audit", &[], number)?;
    Ok(Mark { position: head.position, seq: head.seq, audit: line.unwrap_or(0) as u64 })
}

/// The contract's `after`.
pub(super) fn after(on: &mut On<'_, impl GenericClient>, mark: &Mark, records: usize) -> Result<Shipment, StoreError> {
    let journal = journal::kept(on, JournalPosition(mark.position.0 + 1), records)?;
    let whole = rows::head(on)?;
    let last = journal.last().and_then(|batch| batch.records.last()).map_or(mark.position, |record| record.position);
    let noted = journal.iter().map(|batch| batch.seq).max().unwrap_or_default();
    let seq = if last >= whole.position { whole.seq } else { noted };
    let edits = journal.iter().flat_map(|batch| &batch.records).filter_map(|record| match &record.body {
        RecordBody::Edit(edit) => Some((edit.key, edit.revision)),
        _ => None,
    });
    let mut features: Vec<StoredFeature> = journal::revisions(on, edits)?.into_values().collect();
    features.sort_by_key(|feature| (feature.key, feature.revision));
    let changed = |table: &str| format!("SELECT body FROM {table} WHERE seq > $1 AND seq <= $2 ORDER BY seq");
    let span: [Param<'_>; 2] = [&signed(mark.seq.0), &signed(seq.0)];
    let sql = "SELECT vehicle, at_ms, position, body FROM checkpoints WHERE position > $1 AND position <= $2
               ORDER BY position, vehicle, at_ms";
    let places: [Param<'_>; 2] = [&signed(mark.position.0), &signed(last.0)];
    let audit = "SELECT line, at_ms, who, action, detail FROM audit WHERE line > $1 ORDER BY line LIMIT $2";
    let audit = on.all(audit, &[&signed(mark.audit), &(MAX_AUDIT as i64)], rows::audit)?;
    let accounts = if touches_accounts(&audit) { Some(all_accounts(on)?) } else { None };
    Ok(Shipment {
        features,
        fixes: Shipment::fixes_of(&journal),
        journal,
        events: on.all(&changed("events"), &span, rows::body)?,
        alarms: on.all(&changed("alarms"), &span, rows::body)?,
        checkpoints: on.all(sql, &places, checkpoint)?,
        audit,
        accounts,
    })
}

fn checkpoint(row: &Row) -> Result<KeptCheckpoint, StoreError> {
    Ok(KeptCheckpoint {
        vehicle: VehicleKey(unsigned(row, 0)?),
        at: UnixMs(get(row, 1)?),
        position: JournalPosition(get::<i64>(row, 2)? as u64),
        body: get(row, 3)?,
    })
}

/// The contract's `accounts`.
pub(super) fn all_accounts(on: &mut On<'_, impl GenericClient>) -> Result<Accounts, StoreError> {
    let sql = |what: &str, table: &str, by: &str| format!("SELECT {what} FROM {table} ORDER BY {by}");
    Ok(Accounts {
        users: on.all(&sql(rows::USER, "users", "name"), &[], rows::user)?,
        tokens: on.all(&sql(rows::TOKEN, "tokens", "name"), &[], rows::token)?,
        sessions: on.all(&sql(rows::SESSION, "sessions", "hash"), &[], rows::session)?,
        terminals: on.all(&sql(rows::TERMINAL, "terminals", "phone"), &[], rows::terminal)?,
    })
}

/// The contract's `revisions_after`.
pub(super) fn revisions_after(
    on: &mut On<'_, impl GenericClient>,
    after: Option<(FeatureKey, Revision)>,
    limit: usize,
) -> Result<Vec<StoredFeature>, StoreError> {
    let (key, revision) = after.map_or((-1, 0), |(key, revision)| (i64::from(key.0), i64::from(revision.0)));
    let sql = format!(
        "SELECT {} FROM feature_revisions r JOIN features f USING (key)
         WHERE (r.key, r.revision) > ($1, $2) ORDER BY r.key, r.revision LIMIT $3",
        rows::FEATURE
    );
    on.all(&sql, &[&key, &revision, &(limit as i64)], rows::feature)
}

/// The contract's `tracked`: from one vehicle to the next by the index, for there are few vehicles among the fixes.
pub(super) fn tracked(
    on: &mut On<'_, impl GenericClient>,
    after: Option<VehicleKey>,
    limit: usize,
) -> Result<Vec<VehicleKey>, StoreError> {
    let sql = "WITH RECURSIVE tracked (vehicle) AS (
                   (SELECT vehicle FROM fixes WHERE vehicle > $1 ORDER BY vehicle LIMIT 1)
                   UNION ALL
                   SELECT (SELECT f.vehicle FROM fixes f WHERE f.vehicle > t.vehicle ORDER BY f.vehicle LIMIT 1)
                   FROM tracked t WHERE t.vehicle IS NOT NULL
               )
               SELECT vehicle FROM tracked WHERE vehicle IS NOT NULL LIMIT $2";
    let beyond = after.map_or(-1, |key| i64::from(key.0));
    on.all(sql, &[&beyond, &(limit as i64)], |row| unsigned(row, 0).map(VehicleKey))
}

/// The contract's `placed`.
pub(super) fn placed(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
) -> Result<Vec<(JournalPosition, Fix)>, StoreError> {
    let mut placed = tracks::placed(on, vehicle, &(UnixMs::MIN..=UnixMs::MAX), u64::MAX)?;
    placed.sort_unstable_by_key(|(position, _)| *position);
    Ok(placed.into_iter().map(|(position, fix)| (JournalPosition(position), fix)).collect())
}

/// Takes a shipment in, within a transaction.
pub(super) fn take_in(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    head_seq: Seq,
    shipment: &Shipment,
) -> Result<(), StoreError> {
    let mut seq = head_seq;
    for batch in &shipment.journal {
        let (Some(first), Some(last)) = (batch.records.first(), batch.records.last()) else { continue };
        let sealed = sealer.seal(&batch::encode(&batch.records));
        let sealed = sealed.map_err(|error| StoreError::Failed(error.to_string()))?;
        let (first, last) = (signed(first.position.0), signed(last.position.0));
        seq = seq.max(batch.seq);
        let sql = "INSERT INTO journal (first, last, at_ms, seq, records) VALUES ($1, $2, $3, $4, $5)";
        on.run(sql, &[&first, &last, &batch.at.0, &signed(seq.0), &sealed])?;
        let fixes = batch.records.iter().filter_map(|record| match &record.body {
            RecordBody::Fix(fix) => Some((record.position.0, fix)),
            _ => None,
        });
        tracks::note_strays(on, batch.at, fixes)?;
    }
    features::put_again(on, sealer, &shipment.features)?;
    let placed: Vec<Placed> = shipment.fixes.iter().map(|(position, fix)| (position.0, *fix)).collect();
    fixes::copy(on, &placed)?;
    if shipment.journal.is_empty() && !placed.is_empty() {
        tracks::put_past(on, sealer, &placed)?;
    }
    put_events(on, &shipment.events)?;
    put_alarms(on, &shipment.alarms)?;
    for kept in &shipment.checkpoints {
        super::past::put_sealed(on, kept.vehicle, kept.at, kept.position, &kept.body)?;
    }
    for (line, said) in &shipment.audit {
        let sql = "INSERT INTO audit (line, at_ms, who, action, detail) OVERRIDING SYSTEM VALUE
                   VALUES ($1, $2, $3, $4, $5)";
        let detail = said.detail.to_string();
        on.run(sql, &[&signed(*line), &said.at.0, &said.who, &said.action, &detail])?;
    }
    if let Some((line, _)) = shipment.audit.last() {
        let next = "SELECT setval(pg_get_serial_sequence('audit', 'line'), $1)";
        on.first(next, &[&signed(*line)], |row| row.try_get::<_, i64>(0).map_err(from_postgres))?;
    }
    match &shipment.accounts {
        Some(all) => accounts::replace_all(on, all),
        None => Ok(()),
    }
}

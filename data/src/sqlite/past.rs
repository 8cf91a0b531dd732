//! What a late fix is judged from: checkpoints of vehicles, kept in versions, and the fixes from one of them on.

use super::failure::{from_sqlite, unreadable};
use super::rows::{self, signed};
use super::tail::Tail;
use super::tracks;
use crate::codec::{checkpoint, frame};
use crate::placed::as_given;
use crate::store::{PastFixes, ReplacedZone, StoreError, WITHOUT_CHECKPOINT};
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, VehicleKey};
use cordon_spatial::onemap::Term;
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::Checkpoint;
use rusqlite::{Connection, TransactionBehavior, params};
use std::time::{Duration, Instant};

/// Keeps a batch's checkpoints as of its last record.
pub(super) fn put_checkpoints(
    connection: &Connection,
    sealer: &mut frame::Sealer,
    checkpoints: &[Checkpoint],
    position: JournalPosition,
) -> Result<(), StoreError> {
    for kept in checkpoints {
        let sealed = sealer.seal(&checkpoint::encode(kept)).map_err(|error| StoreError::Failed(error.to_string()))?;
        let sql = "INSERT OR REPLACE INTO checkpoints (vehicle, at_ms, position, body) VALUES (?1, ?2, ?3, ?4)";
        connection
            .prepare_cached(sql)
            .and_then(|mut put| put.execute(params![kept.vehicle.0, kept.at.0, signed(position.0), sealed]))
            .map_err(from_sqlite)?;
    }
    Ok(())
}

/// The contract's `history`.
pub(super) fn history(
    connection: &Connection,
    tail: &Tail,
    vehicle: VehicleKey,
    from: UnixMs,
    as_of: JournalPosition,
) -> Result<PastFixes, StoreError> {
    let checkpoint = newest_checkpoint(connection, vehicle, from, as_of)?;
    let since = checkpoint.as_ref().map_or(from - WITHOUT_CHECKPOINT, |checkpoint| checkpoint.at);
    let mut placed = tracks::read_placed(connection, tail, vehicle, since)?;
    placed.retain(|(position, _)| *position <= as_of.0);
    Ok(PastFixes { checkpoint, fixes: as_given(placed) })
}

fn newest_checkpoint(
    connection: &Connection,
    vehicle: VehicleKey,
    from: UnixMs,
    as_of: JournalPosition,
) -> Result<Option<Checkpoint>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT at_ms, body FROM checkpoints WHERE vehicle = ?1 AND at_ms <= ?2 AND position <= ?3
             ORDER BY at_ms DESC, position DESC",
        )
        .map_err(from_sqlite)?;
    let mut rows = select.query(params![vehicle.0, from.0, signed(as_of.0)]).map_err(from_sqlite)?;
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let at: i64 = row.get(0).map_err(from_sqlite)?;
        let sealed = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(from_sqlite)?;
        let read = frame::open(sealed).and_then(|plain| checkpoint::decode(&plain));
        let read = read.map_err(|why| unreadable(format!("checkpoint of vehicle {vehicle} at {at}"), &why))?;
        if read.is_some() {
            return Ok(read);
        }
    }
    Ok(None)
}

/// The contract's `replaced_zones`.
pub(super) fn replaced_zones(
    connection: &Connection,
    since: UnixMs,
    upto: UnixMs,
) -> Result<Vec<ReplacedZone>, StoreError> {
    let sql = "SELECT old.key, old.revision, old.at_ms, new.at_ms
               FROM feature_revisions new
               JOIN feature_revisions old ON old.key = new.key AND old.revision = new.revision - 1
               JOIN features f ON f.key = new.key AND f.collection = 'zones'
               WHERE new.at_ms > ?1 AND new.at_ms <= ?2 AND old.body IS NOT NULL
               ORDER BY new.at_ms, old.key, old.revision";
    rows::all(connection, sql, [since.0, upto.0], |row| {
        let read = || -> rusqlite::Result<ReplacedZone> {
            let (key, revision) = (FeatureKey(row.get(0)?), Revision(row.get(1)?));
            let (recorded_at, to) = (UnixMs(row.get(2)?), UnixMs(row.get(3)?));
            let first = revision == Revision(1);
            let from = if first { UnixMs::MIN } else { recorded_at };
            Ok(ReplacedZone { key, revision, term: Term { from, to, recorded_at, first } })
        };
        read().map_err(from_sqlite)
    })
}

/// A walk over all vehicles' checkpoints that is under way.
#[derive(Debug, Default)]
pub(super) struct Pruning {
    /// The last vehicle that was looked at.
    after: i64,
}

impl Pruning {
    /// A walk that begins with the first vehicle.
    pub(super) fn begin() -> Pruning {
        Pruning { after: -1 }
    }

    /// Goes on for about `budget`, at least one vehicle, in one transaction; returns whether there are more.
    pub(super) fn slice(
        &mut self,
        connection: &mut Connection,
        older_than: UnixMs,
        replaced_before: JournalPosition,
        budget: Duration,
    ) -> Result<bool, StoreError> {
        let started = Instant::now();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
        let mut after = self.after;
        let more = loop {
            let next = "SELECT vehicle FROM checkpoints WHERE vehicle > ?1 ORDER BY vehicle LIMIT 1";
            let vehicle = rows::first(&transaction, next, [after], |row| row.get::<_, i64>(0).map_err(from_sqlite))?;
            let Some(vehicle) = vehicle else { break false };
            prune_vehicle(&transaction, vehicle, older_than, replaced_before)?;
            after = vehicle;
            if started.elapsed() >= budget {
                break true;
            }
        };
        transaction.commit().map_err(from_sqlite)?;
        self.after = after;
        Ok(more)
    }
}

fn prune_vehicle(
    connection: &Connection,
    vehicle: i64,
    older_than: UnixMs,
    replaced_before: JournalPosition,
) -> Result<(), StoreError> {
    // The newest old one stays: whoever has been silent since is judged from it.
    let old = "DELETE FROM checkpoints WHERE vehicle = ?1 AND at_ms <
                   (SELECT max(at_ms) FROM checkpoints WHERE vehicle = ?1 AND at_ms <= ?2 AND position <= ?3)";
    let replaced = "DELETE FROM checkpoints AS old WHERE vehicle = ?1 AND EXISTS
                        (SELECT 1 FROM checkpoints AS new WHERE new.vehicle = old.vehicle AND new.at_ms = old.at_ms
                         AND new.position > old.position AND new.position <= ?2)";
    let position = signed(replaced_before.0);
    let prune = || -> rusqlite::Result<()> {
        connection.prepare_cached(old)?.execute(params![vehicle, older_than.0, position])?;
        connection.prepare_cached(replaced)?.execute(params![vehicle, position])?;
        Ok(())
    };
    prune().map_err(from_sqlite)
}

//! What a late fix is judged from: checkpoints of vehicles, kept in versions, and the fixes from one of them on.

use super::connection::On;
use super::failure::unreadable;
use super::rows::{get, number, signed, unsigned};
use super::tracks;
use crate::codec::{checkpoint, frame};
use crate::placed::as_given;
use crate::store::{PastFixes, ReplacedZone, StoreError, WITHOUT_CHECKPOINT};
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, VehicleKey};
use cordon_spatial::onemap::Term;
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::Checkpoint;
use postgres::GenericClient;
use std::time::{Duration, Instant};

/// Keeps a batch's checkpoints as of its last record; of several with one vehicle and time the last stands.
pub(super) fn put_checkpoints(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    checkpoints: &[Checkpoint],
    position: JournalPosition,
) -> Result<(), StoreError> {
    for kept in checkpoints {
        let sealed = sealer.seal(&checkpoint::encode(kept)).map_err(|error| StoreError::Failed(error.to_string()))?;
        put_sealed(on, kept.vehicle, kept.at, position, &sealed)?;
    }
    Ok(())
}

/// The same for one whose bytes are known.
pub(super) fn put_sealed(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    at: UnixMs,
    position: JournalPosition,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO checkpoints (vehicle, at_ms, position, body) VALUES ($1, $2, $3, $4)
               ON CONFLICT (vehicle, at_ms, position) DO UPDATE SET body = excluded.body";
    on.run(sql, &[&i64::from(vehicle.0), &at.0, &signed(position.0), &sealed])?;
    Ok(())
}

/// The contract's `history`.
pub(super) fn history(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    from: UnixMs,
    as_of: JournalPosition,
) -> Result<PastFixes, StoreError> {
    let checkpoint = newest_checkpoint(on, vehicle, from, as_of)?;
    let since = checkpoint.as_ref().map_or(from - WITHOUT_CHECKPOINT, |checkpoint| checkpoint.at);
    let placed = tracks::placed(on, vehicle, &(since..=UnixMs::MAX), as_of.0)?;
    Ok(PastFixes { checkpoint, fixes: as_given(placed) })
}

/// The newest that this engine can read. Few are of another engine's version, and those are looked at one by one.
fn newest_checkpoint(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    from: UnixMs,
    as_of: JournalPosition,
) -> Result<Option<Checkpoint>, StoreError> {
    let sql = "SELECT at_ms, position, body FROM checkpoints
               WHERE vehicle = $1 AND position <= $2 AND (at_ms, position) < ($3, $4)
               ORDER BY at_ms DESC, position DESC LIMIT 1";
    let mut before = (from.0, i64::MAX);
    loop {
        let params: [super::connection::Param<'_>; 4] = [&i64::from(vehicle.0), &signed(as_of.0), &before.0, &before.1];
        let found = on.first(sql, &params, |row| {
            let at: i64 = get(row, 0)?;
            let read = frame::open(get(row, 2)?).and_then(|plain| checkpoint::decode(&plain));
            let read = read.map_err(|why| unreadable(format!("checkpoint of vehicle {vehicle} at {at}"), &why))?;
            Ok(((at, get::<i64>(row, 1)?), read))
        })?;
        match found {
            None => return Ok(None),
            Some((_, Some(read))) => return Ok(Some(read)),
            Some((place, None)) => before = place,
        }
    }
}

/// The contract's `replaced_zones`.
pub(super) fn replaced_zones(
    on: &mut On<'_, impl GenericClient>,
    since: UnixMs,
    upto: UnixMs,
) -> Result<Vec<ReplacedZone>, StoreError> {
    let sql = "SELECT old.key, old.revision, old.at_ms, new.at_ms
               FROM feature_revisions new
               JOIN feature_revisions old ON old.key = new.key AND old.revision = new.revision - 1
               JOIN features f ON f.key = new.key AND f.collection = 'zones'
               WHERE new.at_ms > $1 AND new.at_ms <= $2 AND old.body IS NOT NULL
               ORDER BY new.at_ms, old.key, old.revision";
    on.all(sql, &[&since.0, &upto.0], |row| {
        let (key, revision) = (FeatureKey(unsigned(row, 0)?), Revision(unsigned(row, 1)?));
        let (recorded_at, to) = (UnixMs(get(row, 2)?), UnixMs(get(row, 3)?));
        let first = revision == Revision(1);
        let from = if first { UnixMs::MIN } else { recorded_at };
        Ok(ReplacedZone { key, revision, term: Term { from, to, recorded_at, first } })
    })
}

/// A walk over all vehicles' checkpoints that is under way.
#[derive(Debug)]
pub(super) struct Pruning {
    /// The last vehicle that was looked at.
    after: i64,
}

impl Pruning {
    /// A walk that begins with the first vehicle.
    pub(super) fn begin() -> Pruning {
        Pruning { after: -1 }
    }

    /// Goes on for about `budget`, at least one vehicle; returns whether there are more.
    pub(super) fn slice(
        &mut self,
        on: &mut On<'_, impl GenericClient>,
        older_than: UnixMs,
        replaced_before: JournalPosition,
        budget: Duration,
    ) -> Result<bool, StoreError> {
        let started = Instant::now();
        let position = signed(replaced_before.0);
        loop {
            let next = "SELECT vehicle FROM checkpoints WHERE vehicle > $1 ORDER BY vehicle LIMIT 1";
            let Some(vehicle) = on.first(next, &[&self.after], number)? else { return Ok(false) };
            // The newest old one stays: whoever has been silent since is judged from it.
            let old = "DELETE FROM checkpoints WHERE vehicle = $1 AND at_ms <
                           (SELECT max(at_ms) FROM checkpoints WHERE vehicle = $1 AND at_ms <= $2 AND position <= $3)";
            on.run(old, &[&vehicle, &older_than.0, &position])?;
            let replaced = "DELETE FROM checkpoints AS old WHERE vehicle = $1 AND EXISTS
                                (SELECT 1 FROM checkpoints AS new WHERE new.vehicle = old.vehicle
                                 AND new.at_ms = old.at_ms AND new.position > old.position AND new.position <= $2)";
            on.run(replaced, &[&vehicle, &position])?;
            self.after = vehicle;
            if started.elapsed() >= budget {
                return Ok(true);
            }
        }
    }
}

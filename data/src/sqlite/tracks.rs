//! Tracks: the journal's fixes by vehicle and hour, cut from it a little at a time, and read together with the tail.
//!
//! A cut takes every vehicle that has fixes in the tail, one after the other, up to where the journal stood when the cut
//! began. Each slice is one transaction; what it wrote leaves the tail only after its commit, so that a reader who looks
//! at the tail first and at the table second misses nothing, and sees at most a fix twice, which it drops as a duplicate.

use super::failure::{damaged, from_sqlite, unreadable};
use super::journal;
use super::tail::Tail;
use crate::codec::{fixes, frame};
use crate::placed::{Placed, append_in_order};
use crate::store::StoreError;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{JournalPosition, VehicleKey};
use cordon_spatial::units::UnixMs;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::time::{Duration, Instant};

const HOUR_MS: i64 = 3_600_000;

fn hour_of(at: UnixMs) -> i64 {
    at.0.div_euclid(HOUR_MS)
}

/// A cut that is under way.
#[derive(Debug)]
pub(super) struct Cut {
    /// Up to where in the journal.
    upto: JournalPosition,
    /// Journal time when it began.
    pub(super) began_at: UnixMs,
    /// Vehicles still to cut, the next one last.
    waiting: Vec<VehicleKey>,
}

impl Cut {
    /// Begins a cut of everything that is in the tail.
    pub(super) fn begin(tail: &Tail, upto: JournalPosition, began_at: UnixMs) -> Cut {
        let mut waiting = tail.vehicles();
        waiting.reverse();
        Cut { upto, began_at, waiting }
    }

    /// Whether nothing is left to do.
    pub(super) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Cuts vehicles for about `budget`, at least one, in one transaction. When that fails nothing was cut.
    pub(super) fn slice(
        &mut self,
        connection: &mut Connection,
        sealer: &mut frame::Sealer,
        tail: &Tail,
        budget: Duration,
    ) -> Result<(), StoreError> {
        let started = Instant::now();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
        let mut cut = 0;
        for vehicle in self.waiting.iter().rev() {
            write_vehicle(&transaction, sealer, *vehicle, &tail.up_to(*vehicle, self.upto), self.upto)?;
            cut += 1;
            if started.elapsed() >= budget {
                break;
            }
        }
        let left = self.waiting.len() - cut;
        if left == 0 {
            let set = "UPDATE track_progress SET position = ?1";
            transaction.prepare_cached(set).and_then(|mut s| s.execute([self.upto.0 as i64])).map_err(from_sqlite)?;
            transaction.execute("DELETE FROM track_ahead", []).map_err(from_sqlite)?;
        }
        transaction.commit().map_err(from_sqlite)?;
        for vehicle in self.waiting.drain(left..) {
            tail.forget(vehicle, self.upto);
        }
        Ok(())
    }
}

/// Writes one vehicle's pieces, an hour each, and how far it came.
fn write_vehicle(
    connection: &Connection,
    sealer: &mut frame::Sealer,
    vehicle: VehicleKey,
    placed: &[Placed],
    upto: JournalPosition,
) -> Result<(), StoreError> {
    write_hours(connection, sealer, vehicle, placed.iter().copied())?;
    let mut ahead = connection
        .prepare_cached("INSERT OR REPLACE INTO track_ahead (vehicle, position) VALUES (?1, ?2)")
        .map_err(from_sqlite)?;
    ahead.execute(params![vehicle.0, upto.0 as i64]).map_err(from_sqlite)?;
    Ok(())
}

/// Writes fixes of any vehicles as pieces of track.
pub(super) fn write_pieces(
    connection: &Connection,
    sealer: &mut frame::Sealer,
    fixes: &[(JournalPosition, Fix)],
) -> Result<(), StoreError> {
    let mut vehicles: BTreeMap<VehicleKey, Vec<Placed>> = BTreeMap::new();
    for (position, fix) in fixes {
        vehicles.entry(fix.vehicle).or_default().push((position.0, *fix));
    }
    vehicles.into_iter().try_for_each(|(vehicle, placed)| write_hours(connection, sealer, vehicle, placed.into_iter()))
}

/// Writes one vehicle's fixes, a piece an hour.
fn write_hours(
    connection: &Connection,
    sealer: &mut frame::Sealer,
    vehicle: VehicleKey,
    placed: impl Iterator<Item = Placed>,
) -> Result<(), StoreError> {
    let mut hours: BTreeMap<i64, Vec<Placed>> = BTreeMap::new();
    for (position, fix) in placed {
        hours.entry(hour_of(fix.fixed_at)).or_default().push((position, fix));
    }
    for (hour, piece) in &hours {
        let mut plain = Vec::new();
        fixes::put_track(&mut plain, piece);
        let sealed = sealer.seal(&plain).map_err(|error| StoreError::Failed(error.to_string()))?;
        let first = piece.first().map_or(0, |(position, _)| *position as i64);
        let mut insert = connection
            .prepare_cached("INSERT INTO tracks (vehicle, hour, first, fixes) VALUES (?1, ?2, ?3, ?4)")
            .map_err(from_sqlite)?;
        insert.execute(params![vehicle.0, hour, first, sealed]).map_err(from_sqlite)?;
    }
    Ok(())
}

/// Reads into an empty tail what the journal holds beyond the tracks; answers the journal time of the oldest batch read.
pub(super) fn read_tail(connection: &Connection, tail: &Tail) -> Result<Option<UnixMs>, StoreError> {
    let progress: Option<i64> = connection
        .query_row("SELECT position FROM track_progress", [], |row| row.get(0))
        .optional()
        .map_err(from_sqlite)?;
    let Some(progress) = progress else {
        return Err(damaged("track_progress", "its row is missing"));
    };
    let mut ahead: HashMap<VehicleKey, u64> = HashMap::new();
    let mut select = connection.prepare("SELECT vehicle, position FROM track_ahead").map_err(from_sqlite)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?))).map_err(from_sqlite)?;
    for row in rows {
        let (vehicle, position) = row.map_err(from_sqlite)?;
        ahead.insert(VehicleKey(vehicle), position as u64);
    }
    let mut oldest = None;
    journal::each_fix(connection, JournalPosition(progress as u64 + 1), |at, fixes| {
        oldest.get_or_insert(at);
        tail.extend(fixes.filter(|(position, fix)| ahead.get(&fix.vehicle).is_none_or(|cut| position > cut)));
    })?;
    Ok(oldest)
}

/// A vehicle's fixes during `times`, ordered by (fixed_at, source, place), exact duplicates once, at most `limit`.
pub(super) fn read(
    connection: &Connection,
    tail: &Tail,
    vehicle: VehicleKey,
    times: &Range<UnixMs>,
    limit: usize,
) -> Result<Vec<Fix>, StoreError> {
    let mut waiting: BTreeMap<i64, Vec<Fix>> = BTreeMap::new();
    for fix in tail.during(vehicle, times) {
        waiting.entry(hour_of(fix.fixed_at)).or_default().push(fix);
    }
    let mut select = connection
        .prepare_cached(
            "SELECT hour, fixes FROM tracks WHERE vehicle = ?1 AND hour BETWEEN ?2 AND ?3 ORDER BY hour, first",
        )
        .map_err(from_sqlite)?;
    let mut rows = select.query(params![vehicle.0, hour_of(times.start), hour_of(times.end)]).map_err(from_sqlite)?;
    let mut track = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let hour: i64 = row.get(0).map_err(from_sqlite)?;
        // Hours before this one are whole: the rows come by hour, and the tail was read first.
        while let Some(entry) = waiting.first_entry().filter(|entry| *entry.key() < hour) {
            append_in_order(&mut track, entry.remove());
        }
        if track.len() >= limit {
            break;
        }
        let during =
            read_piece(row, vehicle)?.into_iter().map(|(_, fix)| fix).filter(|fix| times.contains(&fix.fixed_at));
        waiting.entry(hour).or_default().extend(during);
    }
    for fixes in waiting.into_values() {
        append_in_order(&mut track, fixes);
    }
    track.truncate(limit);
    Ok(track)
}

/// All of a vehicle's fixes taken at `since` or later with their places in the journal, repeats included, in no order.
pub(super) fn read_placed(
    connection: &Connection,
    tail: &Tail,
    vehicle: VehicleKey,
    since: UnixMs,
) -> Result<Vec<Placed>, StoreError> {
    // The tail first: what is cut meanwhile is read twice rather than not at all. The same place tells that it is one fix.
    let mut placed = tail.since(vehicle, since);
    let mut select = connection
        .prepare_cached("SELECT hour, fixes FROM tracks WHERE vehicle = ?1 AND hour >= ?2")
        .map_err(from_sqlite)?;
    let mut rows = select.query(params![vehicle.0, hour_of(since)]).map_err(from_sqlite)?;
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let piece = read_piece(row, vehicle)?;
        placed.extend(piece.into_iter().filter(|(_, fix)| fix.fixed_at >= since));
    }
    Ok(placed)
}

/// The fixes of a row of (hour, fixes).
fn read_piece(row: &Row<'_>, vehicle: VehicleKey) -> Result<Vec<Placed>, StoreError> {
    let hour: i64 = row.get(0).map_err(from_sqlite)?;
    let sealed = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(from_sqlite)?;
    let piece = frame::open(sealed).and_then(|plain| fixes::get_track(&plain));
    piece.map_err(|why| unreadable(format!("tracks of vehicle {vehicle}, hour {hour}"), &why))
}

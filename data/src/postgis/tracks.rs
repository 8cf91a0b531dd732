//! Tracks: what was journalled up to a place is read from pieces, a vehicle's hour each, and what came later from the rows.
//!
//! A row lies where it was written, among those of all other vehicles: a day of one vehicle is on thousands of pages. So the
//! fixes of each hour of journal time are cut into pieces when it is over, as in the embedded store, and are read back from the
//! journal for that. How far that has come is written with the pieces, by one transaction, and a question reads it with them: a
//! fix comes from its piece or from its row, never from both or neither. No fix is ever journalled before a place that was
//! reached, so a late one needs no piece to be written again: it is a row until the hour in which it came is cut, and then in a
//! piece of its own beside the others of its hour.
//!
//! An hour of a large fleet is cut in parts, some vehicles each, so that one part fits into memory; the journal is read once for
//! each. A part that breaks off has changed nothing and is begun again.
//!
//! Rows and pieces lie in a table for each day on which they were received, and a site keeps hundreds of days: a question looks
//! into those alone in which an answer can be. A fix is received at its batch's journal time, which never goes back, so rows that
//! are not cut yet were received since the last cut; that a fix was not is noted with its batch ([`note_strays`]). A piece of an hour
//! was received about then, or lies in a table of its own (`tracks_apart`).

use super::connection::{Connection, On, Param};
use super::copy::Rows;
use super::failure::{damaged, unreadable};
use super::fixes::{self, day_of};
use super::journal;
use super::rows::{get, number, signed};
use crate::codec::{fixes as pieces_of, frame};
use crate::placed::{Placed, append_in_order};
use crate::store::{Head, StoreError};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::units::UnixMs;
use postgres::GenericClient;
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

const HOUR_MS: i64 = 3_600_000;
/// Most hours that are read at once for a track: what a limit leaves out is hardly read.
const WINDOW_HOURS: i64 = 8 * 24;
/// Records that are read back from the journal at once: some milliseconds.
const READ_RECORDS: u64 = 20_000;
/// Pieces that are sealed at once: some milliseconds.
const SEAL_PIECES: usize = 500;
/// A piece lies apart when its last fix was received longer before its hour began,
const BEFORE_MS: i64 = HOUR_MS;
/// or longer after: a blind area's fixes wait for hours.
const AFTER_MS: i64 = 26 * HOUR_MS;
/// How long before its batch's time a fix may have been received without being noted as a stray: each day that it adds to the last
/// cut's is one more to look into.
const STRAY_MS: i64 = 60_000;

fn hour_of(at: UnixMs) -> i64 {
    at.0.div_euclid(HOUR_MS)
}

/// When the journal is cut; the defaults are right for a site.
#[derive(Clone, Copy, Debug)]
pub struct Cutting {
    /// The length of journal time that is cut at once when it is over, ms; 0 = whatever there is.
    pub span_ms: i64,
    /// Records that are cut at once at most, over or not. With more in an hour, a vehicle has several pieces of it.
    pub span_records: u64,
    /// Records of one part: with them, about 130 bytes each are in memory.
    pub part_records: u64,
}

impl Default for Cutting {
    fn default() -> Cutting {
        Cutting { span_ms: HOUR_MS, span_records: 4_000_000, part_records: 1_000_000 }
    }
}

/// The row of `track_progress`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    since: u64,
    pub(super) position: u64,
    ahead: u64,
    parts: u64,
    done: u64,
    /// Journal time of `position`.
    reached_ms: i64,
    /// The last stray.
    stray: u64,
}

impl Progress {
    pub(super) fn read(on: &mut On<'_, impl GenericClient>) -> Result<Progress, StoreError> {
        let sql = "SELECT since, position, ahead, parts, done, reached_ms, stray FROM track_progress";
        let read = on.first(sql, &[], |row| {
            let whole = |column| get::<i64>(row, column).map(|number| number as u64);
            let (since, position, ahead) = (whole(0)?, whole(1)?, whole(2)?);
            let (parts, done) = (whole(3)?.max(1), whole(4)?);
            Ok(Progress { since, position, ahead, parts, done, reached_ms: get(row, 5)?, stray: whole(6)? })
        })?;
        read.ok_or_else(|| damaged("track_progress", "its row is missing"))
    }

    /// Up to where a vehicle's fixes are in pieces.
    fn cut_upto(&self, vehicle: VehicleKey) -> u64 {
        if u64::from(vehicle.0) % self.parts < self.done { self.ahead } else { self.position }
    }

    /// Since when what was journalled after a place up to which fixes are in pieces was received, ms.
    fn received_since(&self, cut_upto: u64) -> i64 {
        if self.stray > cut_upto { i64::MIN } else { self.reached_ms.saturating_sub(STRAY_MS) }
    }

    /// Whether this vehicle is of the part that is to be cut next.
    fn is_next(&self, vehicle: VehicleKey) -> bool {
        u64::from(vehicle.0) % self.parts == self.done
    }

    fn write(&self, on: &mut On<'_, impl GenericClient>) -> Result<(), StoreError> {
        let set = "UPDATE track_progress SET position = $1, ahead = $2, parts = $3, done = $4, reached_ms = $5";
        let numbers = [self.position, self.ahead, self.parts, self.done].map(signed);
        on.run(set, &[&numbers[0], &numbers[1], &numbers[2], &numbers[3], &self.reached_ms]).map(|_| ())
    }
}

/// Notes, in a batch's transaction, that a fix of it was received long before its time: rows not cut yet are looked for in every day
/// until that one is cut. The engine makes no such fix, but nothing is to be hidden by one.
pub(super) fn note_strays<'f>(
    on: &mut On<'_, impl GenericClient>,
    at: UnixMs,
    fixes: impl Iterator<Item = (u64, &'f Fix)>,
) -> Result<(), StoreError> {
    let strays = fixes.filter(|(_, fix)| fix.received_at.0 < at.0.saturating_sub(STRAY_MS));
    match strays.map(|(position, _)| position).max() {
        None => Ok(()),
        Some(last) => on.run("UPDATE track_progress SET stray = greatest(stray, $1)", &[&signed(last)]).map(|_| ()),
    }
}

/// All of a vehicle's fixes of these times that were journalled up to a place, each with its place, repeats included, in no
/// order. To be asked of one consistent state.
pub(super) fn placed(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    times: &RangeInclusive<UnixMs>,
    upto: u64,
) -> Result<Vec<Placed>, StoreError> {
    plan_once(on)?;
    let progress = Progress::read(on)?;
    placed_as_of(on, &progress, vehicle, times, upto)
}

/// Has the statements of this transaction planned once on each connection, whatever they ask for, instead of anew for each of the first
/// five questions: with hundreds of days a plan takes longer than the answer, and by vehicle and time there is but one.
fn plan_once(on: &mut On<'_, impl GenericClient>) -> Result<(), StoreError> {
    on.run_script("SET LOCAL plan_cache_mode = force_generic_plan")
}

fn placed_as_of(
    on: &mut On<'_, impl GenericClient>,
    progress: &Progress,
    vehicle: VehicleKey,
    times: &RangeInclusive<UnixMs>,
    upto: u64,
) -> Result<Vec<Placed>, StoreError> {
    let cut_upto = progress.cut_upto(vehicle);
    let mut placed = fixes::rows(on, vehicle, times, &(cut_upto + 1..=upto), progress.received_since(cut_upto))?;
    if progress.since > 0 {
        placed.extend(fixes::rows(on, vehicle, times, &(0..=progress.since.min(upto)), i64::MIN)?);
    }
    let sql = "SELECT fixes FROM tracks
               WHERE vehicle = $1 AND hour BETWEEN $2 AND $3 AND received_ms BETWEEN $4 AND $5
               UNION ALL SELECT fixes FROM tracks_apart WHERE vehicle = $1 AND hour BETWEEN $2 AND $3";
    let (first, last) = (hour_of(*times.start()), hour_of(*times.end()));
    let (from_ms, to_ms) = (received_about(first).0, received_about(last).1);
    let asked: [Param<'_>; 5] = [&i64::from(vehicle.0), &first, &last, &from_ms, &to_ms];
    let pieces = on.all(sql, &asked, |row| {
        let piece = frame::open(get(row, 0)?).and_then(|plain| pieces_of::get_track(&plain));
        piece.map_err(|why| unreadable(format!("tracks of vehicle {vehicle}"), &why))
    })?;
    let asked = |(position, fix): &Placed| *position <= upto && times.contains(&fix.fixed_at);
    placed.extend(pieces.into_iter().flatten().filter(asked));
    Ok(placed)
}

/// The contract's `track`. To be asked of one consistent state.
pub(super) fn track(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    times: &Range<UnixMs>,
    limit: usize,
) -> Result<Vec<Fix>, StoreError> {
    plan_once(on)?;
    let progress = Progress::read(on)?;
    let mut track = Vec::new();
    let mut from = times.start;
    while from < times.end && track.len() < limit {
        let mut window_end = end_of_window(from);
        if window_end < times.end {
            let Some(first) = first_since(on, vehicle, from)? else { break };
            from = from.max(first);
            window_end = end_of_window(from);
        }
        let to = window_end.min(times.end);
        if from < to {
            let placed = placed_as_of(on, &progress, vehicle, &(from..=UnixMs(to.0 - 1)), u64::MAX)?;
            append_in_order(&mut track, placed.into_iter().map(|(_, fix)| fix).collect());
        }
        from = to;
    }
    track.truncate(limit);
    Ok(track)
}

/// Where a window that begins at a time ends: at the beginning of an hour.
fn end_of_window(from: UnixMs) -> UnixMs {
    UnixMs((hour_of(from) + WINDOW_HOURS).saturating_mul(HOUR_MS))
}

/// A time at or after this one before which a vehicle has no fix since then; `None` when it has none at all since then.
fn first_since(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    since: UnixMs,
) -> Result<Option<UnixMs>, StoreError> {
    let sql = "(SELECT hour FROM tracks WHERE vehicle = $1 AND hour >= $2 AND received_ms >= $3 ORDER BY hour LIMIT 1)
               UNION ALL (SELECT hour FROM tracks_apart WHERE vehicle = $1 AND hour >= $2 ORDER BY hour LIMIT 1)
               ORDER BY hour LIMIT 1";
    let (hour, received_ms) = (hour_of(since), received_about(hour_of(since)).0);
    let of_pieces = on.first(sql, &[&i64::from(vehicle.0), &hour, &received_ms], number)?;
    let of_pieces = of_pieces.map(|hour| UnixMs(hour.saturating_mul(HOUR_MS)));
    let of_rows = fixes::first_since(on, vehicle, since)?;
    Ok(of_pieces.into_iter().chain(of_rows).min())
}

/// Fixes by vehicle, hour and day of receiving.
type Pieces = BTreeMap<(VehicleKey, i64, i64), Vec<Placed>>;

fn gather(pieces: &mut Pieces, (position, fix): Placed) {
    let piece = (fix.vehicle, hour_of(fix.fixed_at), day_of(fix.received_at));
    pieces.entry(piece).or_default().push((position, fix));
}

/// When the last fix of a piece of an hour was received that does not lie apart: first and last ms.
fn received_about(hour: i64) -> (i64, i64) {
    let begins_ms = hour.saturating_mul(HOUR_MS);
    (begins_ms.saturating_sub(BEFORE_MS), begins_ms.saturating_add(AFTER_MS))
}

/// Pieces as rows of their tables.
#[derive(Debug)]
struct Sealed {
    usual: Rows,
    apart: Rows,
}

impl Sealed {
    fn with_room(bytes: usize) -> Sealed {
        Sealed { usual: Rows::with_room(bytes), apart: Rows::with_room(0) }
    }

    fn copy(self, on: &mut On<'_, impl GenericClient>) -> Result<(), StoreError> {
        for (table, rows) in [("tracks", self.usual), ("tracks_apart", self.apart)] {
            if !rows.is_empty() {
                let sql = format!("COPY {table} (vehicle, hour, received_ms, fixes) FROM STDIN BINARY");
                on.copy(&sql, &rows.finish())?;
            }
        }
        Ok(())
    }
}

/// Seals some pieces as rows, the first ones, and takes them away.
fn seal(pieces: &mut Pieces, most: usize, sealer: &mut frame::Sealer, into: &mut Sealed) -> Result<(), StoreError> {
    for _ in 0..most {
        let Some(((vehicle, hour, _), piece)) = pieces.pop_first() else { return Ok(()) };
        let mut plain = Vec::new();
        pieces_of::put_track(&mut plain, &piece);
        let sealed = sealer.seal(&plain).map_err(|error| StoreError::Failed(error.to_string()))?;
        let received_at = piece.iter().map(|(_, fix)| fix.received_at).max().unwrap_or(UnixMs(0));
        let (from_ms, to_ms) = received_about(hour);
        let is_usual = (from_ms..=to_ms).contains(&received_at.0);
        let rows = if is_usual { &mut into.usual } else { &mut into.apart };
        rows.begin(4);
        rows.put(Some(&i64::from(vehicle.0).to_be_bytes()));
        rows.put(Some(&hour.to_be_bytes()));
        rows.put(Some(&received_at.0.to_be_bytes()));
        rows.put(Some(&sealed));
    }
    Ok(())
}

/// Writes the pieces of fixes that another store hands on without their journal: a vehicle's whole past, to a new store.
pub(super) fn put_past(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    placed: &[Placed],
) -> Result<(), StoreError> {
    let mut pieces = Pieces::new();
    placed.iter().for_each(|one| gather(&mut pieces, *one));
    let mut sealed = Sealed::with_room(placed.len() * 24);
    seal(&mut pieces, usize::MAX, sealer, &mut sealed)?;
    sealed.copy(on)?;
    let last = placed.iter().map(|(position, _)| *position).max().unwrap_or(0);
    let mut progress = Progress::read(on)?;
    progress.position = progress.position.max(last);
    progress.ahead = progress.ahead.max(progress.position);
    progress.write(on)
}

/// What there is to cut.
#[derive(Debug)]
pub(super) enum Due {
    /// A part.
    Now(Box<Cut>),
    /// Nothing before journal time or the number of records has come so far, whichever is first.
    At(UnixMs, u64),
}

/// A part that is being cut: some vehicles' fixes between two places of the journal.
#[derive(Debug)]
pub(super) struct Cut {
    progress: Progress,
    /// The first record of the next batch to read.
    next: u64,
    pieces: Pieces,
    sealed: Sealed,
}

impl Cut {
    /// Begins the next part, or goes on with the parts of a cut that broke off, when the journal has come far enough.
    pub(super) fn begin(on: &mut On<'_, impl GenericClient>, head: Head, cutting: &Cutting) -> Result<Due, StoreError> {
        let mut progress = Progress::read(on)?;
        let begins = progress.position + 1;
        let sql = "SELECT first, at_ms FROM journal
                   WHERE first >= coalesce((SELECT max(first) FROM journal WHERE first <= $1), 0) AND last >= $1
                   ORDER BY first LIMIT 1";
        let first = on.first(sql, &[&signed(begins)], |row| Ok((get::<i64>(row, 0)? as u64, get::<i64>(row, 1)?)))?;
        let Some((next, began_ms)) = first else { return Ok(Due::At(UnixMs::MAX, begins)) };
        if next > begins {
            let what = format!("positions {begins} to {} are missing and were not cut into tracks", next - 1);
            return Err(damaged("journal", what));
        }
        if progress.done == 0 {
            let upto = progress.position.saturating_add(cutting.span_records);
            let end_ms = match cutting.span_ms {
                0 => i64::MAX,
                span_ms => (began_ms.div_euclid(span_ms) + 1).saturating_mul(span_ms),
            };
            if cutting.span_ms > 0 && head.at.0 < end_ms && head.position.0 < upto {
                return Ok(Due::At(UnixMs(end_ms), upto));
            }
            let sql =
                "SELECT first FROM journal WHERE first > $1 AND (at_ms >= $2 OR first > $3) ORDER BY first LIMIT 1";
            let beyond = on.first(sql, &[&signed(begins), &end_ms, &signed(upto)], number)?;
            progress.ahead = beyond.map_or(head.position.0, |first| first as u64 - 1);
            progress.parts = (progress.ahead - progress.position).div_ceil(cutting.part_records.max(1)).max(1);
        }
        Ok(Due::Now(Box::new(Cut { progress, next, pieces: Pieces::new(), sealed: Sealed::with_room(0) })))
    }

    /// One step of some milliseconds, the last one, in which all is written, of up to some hundred; whether that was it, and up to
    /// where every fix is in pieces then.
    pub(super) fn step(
        &mut self,
        connection: &mut Connection,
        sealer: &mut frame::Sealer,
    ) -> Result<Option<u64>, StoreError> {
        if self.next <= self.progress.ahead {
            self.read(&mut connection.on())?;
            return Ok(None);
        }
        if !self.pieces.is_empty() {
            seal(&mut self.pieces, SEAL_PIECES, sealer, &mut self.sealed)?;
            return Ok(None);
        }
        let sealed = std::mem::replace(&mut self.sealed, Sealed::with_room(0));
        let Progress { ahead, parts, done, .. } = self.progress;
        let next = if done + 1 < parts {
            Progress { done: done + 1, ..self.progress }
        } else {
            let reached_ms = journal::time_of(&mut connection.on(), ahead)?;
            Progress { position: ahead, parts: 1, done: 0, reached_ms, ..self.progress }
        };
        connection.transaction(|on| {
            sealed.copy(on)?;
            next.write(on)
        })?;
        Ok(Some(next.position))
    }

    /// Takes this part's fixes out of the next batches.
    fn read(&mut self, on: &mut On<'_, impl GenericClient>) -> Result<(), StoreError> {
        let upto = self.progress.ahead.min(self.next.saturating_add(READ_RECORDS));
        let (progress, pieces) = (self.progress, &mut self.pieces);
        let last = journal::each_fix(on, self.next, upto, |placed| {
            if placed.0 > progress.position && progress.is_next(placed.1.vehicle) {
                gather(pieces, placed);
            }
        })?;
        match last {
            Some(last) => self.next = last + 1,
            None => return Err(damaged("journal", format!("no batch begins at position {}", self.next))),
        }
        Ok(())
    }
}

//! Forgetting what is older than it is to be kept, a little at a time, oldest first.
//!
//! Every kind of row here lies in the order in which it came, so a step looks at the oldest few only and stops at the first
//! that must stay. Freed pages are used again; the file does not shrink.

use super::failure::{damaged, from_sqlite, unreadable};
use super::rows::{self, signed};
use crate::codec::{fixes, frame};
use crate::store::{Forget, Head, StoreError};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::Event;
use rusqlite::{Connection, Params, TransactionBehavior, params};
use std::time::{Duration, Instant};

/// Rows that one step takes at most. A journal row may hold twenty thousand fixes, so a step is far below a slice.
const JOURNAL_ROWS: i64 = 4;
const TRACK_ROWS: i64 = 16;
const ALARM_ROWS: i64 = 32;

/// What is being forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Journal,
    Tracks,
    Alarms,
    /// Events after this time and number.
    Events(i64, i64),
    Done,
}

/// Forgetting that is under way.
#[derive(Debug)]
pub(super) struct Sweep {
    what: Forget,
    stage: Stage,
}

impl Sweep {
    /// Begins to forget this.
    pub(super) fn begin(what: Forget) -> Sweep {
        Sweep { what, stage: Stage::Journal }
    }

    /// Whether nothing is left to do.
    pub(super) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Forgets for about `budget` in one transaction. When that fails nothing was forgotten.
    pub(super) fn slice(
        &mut self,
        connection: &mut Connection,
        head: Head,
        budget: Duration,
    ) -> Result<(), StoreError> {
        let started = Instant::now();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
        let mut stage = self.stage;
        while stage != Stage::Done {
            stage = match stage {
                Stage::Journal => journal(&transaction, &self.what, head)?,
                Stage::Tracks => tracks(&transaction, &self.what)?,
                Stage::Alarms => alarms(&transaction, &self.what, head)?,
                Stage::Events(at, seq) => events(&transaction, &self.what, head, (at, seq))?,
                Stage::Done => Stage::Done,
            };
            if started.elapsed() >= budget {
                break;
            }
        }
        transaction.commit().map_err(from_sqlite)?;
        self.stage = stage;
        Ok(())
    }
}

fn delete(connection: &Connection, sql: &str, params: impl Params) -> Result<(), StoreError> {
    connection.prepare_cached(sql).and_then(|mut delete| delete.execute(params)).map_err(from_sqlite)?;
    Ok(())
}

/// Batches that are old, cut into tracks and not needed by any recovery. The newest one stays: it says how far the journal
/// has come.
fn journal(connection: &Connection, what: &Forget, head: Head) -> Result<Stage, StoreError> {
    let cut =
        rows::first(connection, "SELECT position FROM track_progress", [], |row| row.get(0).map_err(from_sqlite))?;
    let cut: i64 = cut.ok_or_else(|| damaged("track_progress", "its row is missing"))?;
    let upto = cut.min(signed(what.journal_upto.0)).min(signed(head.position.0) - 1);
    let sql = "SELECT first, last, at_ms FROM journal ORDER BY first LIMIT ?1";
    let oldest: Vec<(i64, i64, i64)> =
        rows::all(connection, sql, [JOURNAL_ROWS], |row| row.try_into().map_err(from_sqlite))?;
    let old = oldest.iter().take_while(|(_, last, at)| *last <= upto && *at < what.journal_before.0).count();
    for (first, ..) in &oldest[..old] {
        delete(connection, "DELETE FROM journal WHERE first = ?1", [first])?;
    }
    Ok(if old as i64 == JOURNAL_ROWS { Stage::Journal } else { Stage::Tracks })
}

/// Pieces of track of which every fix is old. They were written in the order in which they were received, give or take
/// one cut.
fn tracks(connection: &Connection, what: &Forget) -> Result<Stage, StoreError> {
    let sql = "SELECT rowid, fixes FROM tracks ORDER BY rowid LIMIT ?1";
    let oldest: Vec<(i64, bool)> = rows::all(connection, sql, [TRACK_ROWS], |row| {
        let id: i64 = row.get(0).map_err(from_sqlite)?;
        let sealed = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(from_sqlite)?;
        let piece = frame::open(sealed).and_then(|plain| fixes::get_track(&plain));
        let piece = piece.map_err(|why| unreadable(format!("tracks, row {id}"), &why))?;
        Ok((id, piece.iter().all(|(_, fix)| fix.received_at < what.tracks_before)))
    })?;
    let old = oldest.iter().take_while(|(_, old)| *old).count();
    for (id, _) in &oldest[..old] {
        delete(connection, "DELETE FROM tracks WHERE rowid = ?1", [id])?;
    }
    Ok(if old as i64 == TRACK_ROWS { Stage::Tracks } else { Stage::Alarms })
}

/// Alarms that were closed long ago. One that is open stays however old it is.
fn alarms(connection: &Connection, what: &Forget, head: Head) -> Result<Stage, StoreError> {
    let sql = "SELECT body FROM alarms WHERE state = ?1 ORDER BY seq LIMIT ?2";
    let oldest: Vec<Alarm> = rows::all(connection, sql, params![AlarmState::Closed.name(), ALARM_ROWS], rows::body)?;
    let is_old = |alarm: &Alarm| alarm.closed_at.is_some_and(|at| at < what.alarms_before) && alarm.seq < head.seq;
    let old = oldest.iter().take_while(|alarm| is_old(alarm)).count();
    for alarm in &oldest[..old] {
        delete(connection, "DELETE FROM alarms WHERE seq = ?1", [signed(alarm.seq.0)])?;
    }
    Ok(if old as i64 == ALARM_ROWS { Stage::Alarms } else { Stage::Events(i64::MIN, 0) })
}

/// Old events, unless an alarm that is kept rests on them: it is to be explained for as long as it is there.
fn events(connection: &Connection, what: &Forget, head: Head, after: (i64, i64)) -> Result<Stage, StoreError> {
    let sql = "SELECT body FROM events WHERE at_ms < ?1 AND (at_ms, seq) > (?2, ?3) ORDER BY at_ms, seq LIMIT ?4";
    let params = params![what.alarms_before.0, after.0, after.1, ALARM_ROWS];
    let oldest: Vec<Event> = rows::all(connection, sql, params, rows::body)?;
    for event in &oldest {
        let needed = match event.alarm {
            Some(alarm) => {
                let sql = "SELECT 1 FROM alarms WHERE id = ?1";
                rows::first(connection, sql, params![alarm.0.to_be_bytes()], |_| Ok(()))?.is_some()
            }
            None => false,
        };
        if !needed && event.seq < head.seq {
            delete(connection, "DELETE FROM events WHERE seq = ?1", [signed(event.seq.0)])?;
        }
    }
    Ok(match oldest.last() {
        Some(last) if oldest.len() as i64 == ALARM_ROWS => Stage::Events(last.core.at.0, signed(last.seq.0)),
        _ => Stage::Done,
    })
}

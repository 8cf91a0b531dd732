//! Forgetting what is older than it is to be kept, a little at a time, oldest first; whole days of fixes at once.

use super::connection::On;
use super::fixes::day_of;
use super::rows::{self, get, number, signed};
use super::tracks::Progress;
use crate::store::{Forget, Head, StoreError};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::Event;
use cordon_spatial::units::UnixMs;
use postgres::GenericClient;
use std::time::{Duration, Instant};

/// Rows that one step takes at most.
const JOURNAL_ROWS: i64 = 64;
const FIX_ROWS: i64 = 20_000;
const ALARM_ROWS: i64 = 256;

/// What is being forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Journal,
    Days,
    Fixes,
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

    /// Forgets for about `budget`, at least one step; returns whether more is waiting.
    pub(super) fn slice(
        &mut self,
        on: &mut On<'_, impl GenericClient>,
        head: Head,
        budget: Duration,
    ) -> Result<bool, StoreError> {
        let started = Instant::now();
        while self.stage != Stage::Done {
            self.stage = match self.stage {
                Stage::Journal => journal(on, &self.what, head)?,
                Stage::Days => days(on, &self.what)?,
                Stage::Fixes => fixes(on, &self.what)?,
                Stage::Tracks => tracks(on, &self.what)?,
                Stage::Alarms => alarms(on, &self.what, head)?,
                Stage::Events(at, seq) => events(on, &self.what, head, (at, seq))?,
                Stage::Done => Stage::Done,
            };
            if started.elapsed() >= budget {
                break;
            }
        }
        Ok(self.stage != Stage::Done)
    }
}

/// Batches that are old, cut into tracks and not needed by any recovery. The newest one stays: it says how far the journal has
/// come.
fn journal(on: &mut On<'_, impl GenericClient>, what: &Forget, head: Head) -> Result<Stage, StoreError> {
    let cut = signed(Progress::read(on)?.position);
    let upto = cut.min(signed(what.journal_upto.0)).min(signed(head.position.0) - 1);
    let sql = "SELECT first, last, at_ms FROM journal ORDER BY first LIMIT $1";
    let oldest: Vec<(i64, i64, i64)> =
        on.all(sql, &[&JOURNAL_ROWS], |row| Ok((get(row, 0)?, get(row, 1)?, get(row, 2)?)))?;
    let old = oldest.iter().take_while(|(_, last, at)| *last <= upto && *at < what.journal_before.0).count();
    if let Some((first, ..)) = oldest[..old].last() {
        on.run("DELETE FROM journal WHERE first <= $1", &[first])?;
    }
    Ok(if old as i64 == JOURNAL_ROWS { Stage::Journal } else { Stage::Days })
}

/// Whole days of fixes and their pieces of track.
fn days(on: &mut On<'_, impl GenericClient>, what: &Forget) -> Result<Stage, StoreError> {
    on.first("SELECT drop_fix_days($1)", &[&day_of(what.tracks_before)], |_| Ok(()))?;
    Ok(Stage::Fixes)
}

/// The old ones of the day that is not over yet by then, and of broken clocks.
fn fixes(on: &mut On<'_, impl GenericClient>, what: &Forget) -> Result<Stage, StoreError> {
    if what.tracks_before == UnixMs::MIN {
        return Ok(Stage::Alarms);
    }
    Ok(if delete_received_before(on, "fixes", what.tracks_before)? { Stage::Fixes } else { Stage::Tracks })
}

/// Pieces of the same of which every fix is old.
fn tracks(on: &mut On<'_, impl GenericClient>, what: &Forget) -> Result<Stage, StoreError> {
    let mut more = false;
    for table in ["tracks", "tracks_apart"] {
        more |= delete_received_before(on, table, what.tracks_before)?;
    }
    Ok(if more { Stage::Tracks } else { Stage::Alarms })
}

/// Deletes some old rows; whether there may be more.
fn delete_received_before(
    on: &mut On<'_, impl GenericClient>,
    table: &str,
    before: UnixMs,
) -> Result<bool, StoreError> {
    let sql = format!(
        "DELETE FROM {table} WHERE (tableoid, ctid) IN
             (SELECT tableoid, ctid FROM {table} WHERE received_ms < $1 LIMIT $2)"
    );
    Ok(on.run(&sql, &[&before.0, &FIX_ROWS])? as i64 == FIX_ROWS)
}

/// Alarms that were closed long ago. One that is open stays however old it is.
fn alarms(on: &mut On<'_, impl GenericClient>, what: &Forget, head: Head) -> Result<Stage, StoreError> {
    let sql = "SELECT body FROM alarms WHERE state = $1 ORDER BY seq LIMIT $2";
    let oldest: Vec<Alarm> = on.all(sql, &[&AlarmState::Closed.name(), &ALARM_ROWS], rows::body)?;
    let is_old = |alarm: &&Alarm| alarm.closed_at.is_some_and(|at| at < what.alarms_before) && alarm.seq < head.seq;
    let old: Vec<i64> = oldest.iter().take_while(is_old).map(|alarm| signed(alarm.seq.0)).collect();
    on.run("DELETE FROM alarms WHERE seq = ANY($1)", &[&old])?;
    Ok(if old.len() as i64 == ALARM_ROWS { Stage::Alarms } else { Stage::Events(i64::MIN, 0) })
}

/// Old events, unless an alarm that is kept rests on them: it is to be explained for as long as it is there.
fn events(
    on: &mut On<'_, impl GenericClient>,
    what: &Forget,
    head: Head,
    after: (i64, i64),
) -> Result<Stage, StoreError> {
    let sql = "SELECT body FROM events WHERE at_ms < $1 AND (at_ms, seq) > ($2, $3) ORDER BY at_ms, seq LIMIT $4";
    let oldest: Vec<Event> = on.all(sql, &[&what.alarms_before.0, &after.0, &after.1, &ALARM_ROWS], rows::body)?;
    for event in &oldest {
        let needed = match event.alarm {
            Some(alarm) => {
                let sql = "SELECT count(*) FROM alarms WHERE id = $1";
                on.first(sql, &[&alarm.0.to_be_bytes().as_slice()], number)? != Some(0)
            }
            None => false,
        };
        if !needed && event.seq < head.seq {
            on.run("DELETE FROM events WHERE seq = $1", &[&signed(event.seq.0)])?;
        }
    }
    Ok(match oldest.last() {
        Some(last) if oldest.len() as i64 == ALARM_ROWS => Stage::Events(last.core.at.0, signed(last.seq.0)),
        _ => Stage::Done,
    })
}

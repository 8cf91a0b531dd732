//! The writer: one transaction a batch, on the database's disk before it answers.

use super::accounts;
use super::connection::{Address, Connection, On};
use super::features;
use super::fixes;
use super::past::{self, Pruning};
use super::retention::Sweep;
use super::rows::{self, number, signed};
use super::shipment;
use super::tracks::{self, Cut, Cutting, Due, Progress};
use crate::codec::{batch, frame};
use crate::following::{acts, follows, head_after, last_of_each};
use crate::placed::Placed;
use crate::shipment::Shipment;
use crate::store::{
    AccountChange, AuditLine, Batch, Forget, Head, LastUse, Session, StoreError, Terminal, Token, User, UserChange,
    Writer,
};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::{Event, Subject};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::JournalPosition;
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::UnixMs;
use geozero::{CoordDimensions, ToWkb};
use postgres::GenericClient;
use std::thread;
use std::time::{Duration, Instant};

/// Which lock of the database the one writer holds: with it goes a hash of the schema's name.
const WRITING: i32 = 0x4372_646E;
/// How long the lock of a writer that ended may still be held: PostgreSQL notices a closed connection a moment later.
const LET_GO: Duration = Duration::from_secs(2);
/// How often it is asked meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The one that writes a database. The lock on it ends with its connection.
pub struct PostgisWriter {
    connection: Connection,
    sealer: frame::Sealer,
    head: Head,
    /// The last day for which tables were made.
    day: Option<i64>,
    cutting: Cutting,
    cut: Option<Box<Cut>>,
    /// Up to where every fix is cut into tracks.
    cut_upto: u64,
    /// Nothing is to be cut before journal time or the number of records has come so far.
    cut_due: (UnixMs, u64),
    sweep: Option<Sweep>,
    pruning: Option<Pruning>,
    /// Why nothing can be promised any more.
    broken: Option<String>,
}

impl PostgisWriter {
    /// Takes over a migrated database.
    pub(super) fn start(
        address: &Address,
        mut connection: Connection,
        cutting: Cutting,
    ) -> Result<PostgisWriter, StoreError> {
        let lock = "SELECT CASE WHEN pg_try_advisory_lock($1, hashtext($2)) THEN 0::bigint ELSE coalesce(
                        (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
                         AND classid = $1::bigint::oid AND database = (SELECT oid FROM pg_database
                         WHERE datname = current_database()) LIMIT 1), -1)::bigint END";
        let began = Instant::now();
        let held_by = loop {
            let held_by = connection.on().first(lock, &[&WRITING, &address.schema()], number)?.unwrap_or(-1);
            if held_by == 0 || began.elapsed() > LET_GO {
                break held_by;
            }
            thread::sleep(LOOK_EVERY);
        };
        if held_by != 0 {
            let folder = format!("{} (schema {})", address.name(), address.schema());
            return Err(StoreError::InUse { folder, pid: u32::try_from(held_by).unwrap_or(0) });
        }
        let head = rows::head(&mut connection.on())?;
        let sealer = frame::Sealer::new().map_err(|error| StoreError::Failed(error.to_string()))?;
        let cut_upto = Progress::read(&mut connection.on())?.position;
        Ok(PostgisWriter {
            connection,
            sealer,
            head,
            day: None,
            cutting,
            cut: None,
            cut_upto,
            cut_due: (UnixMs::MIN, 0),
            sweep: None,
            pruning: None,
            broken: None,
        })
    }

    /// Up to where every fix is cut into tracks; what came later is read row by row.
    pub fn cut_upto(&self) -> JournalPosition {
        JournalPosition(self.cut_upto)
    }

    /// Runs one piece of writing, unless an earlier one left it open what was kept.
    fn write<T>(&mut self, work: impl FnOnce(&mut PostgisWriter) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(what) = &self.broken {
            return Err(StoreError::Lost(what.clone()));
        }
        let result = work(self);
        if let Err(StoreError::Lost(what)) = &result {
            self.broken = Some(what.clone());
        }
        result
    }

    fn commit_batch(&mut self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let head = head_after(self.head, batch)?;
        let fixes: Vec<Placed> = batch
            .records
            .iter()
            .filter_map(|record| match &record.body {
                RecordBody::Fix(fix) => Some((record.position.0, *fix)),
                _ => None,
            })
            .collect();
        self.make_days(fixes.iter().map(|(_, fix)| fix))?;
        let sealed = self.sealer.seal(&batch::encode(batch.records));
        let sealed = sealed.map_err(|error| StoreError::Failed(error.to_string()))?;
        let PostgisWriter { connection, sealer, .. } = self;
        connection.transaction(|on| {
            if let Some(first) = batch.records.first() {
                let sql = "INSERT INTO journal (first, last, at_ms, seq, records) VALUES ($1, $2, $3, $4, $5)";
                let (first, last) = (signed(first.position.0), signed(head.position.0));
                on.run(sql, &[&first, &last, &batch.at.0, &signed(head.seq.0), &sealed])?;
            }
            fixes::copy(on, &fixes)?;
            tracks::note_strays(on, batch.at, fixes.iter().map(|(position, fix)| (*position, fix)))?;
            batch.features.iter().try_for_each(|feature| features::put(on, sealer, feature))?;
            put_events(on, batch.events)?;
            put_alarms(on, batch.alarms)?;
            accounts::append(on, batch.audit)?;
            past::put_checkpoints(on, sealer, batch.checkpoints, head.position)?;
            accounts::append(on, &acts(batch))
        })?;
        self.head = head;
        Ok(())
    }

    /// Cuts for about `budget`, at least one step; whether more is waiting. A failure leaves all as it was.
    fn cut(&mut self, budget: Duration) -> Result<bool, StoreError> {
        let began = Instant::now();
        let mut cut = match self.cut.take() {
            Some(cut) => cut,
            None if self.head.at < self.cut_due.0 && self.head.position.0 < self.cut_due.1 => return Ok(false),
            None => match Cut::begin(&mut self.connection.on(), self.head, &self.cutting)? {
                Due::Now(cut) => cut,
                Due::At(at, records) => {
                    self.cut_due = (at, records);
                    return Ok(false);
                }
            },
        };
        loop {
            if let Some(cut_upto) = cut.step(&mut self.connection, &mut self.sealer)? {
                self.cut_upto = cut_upto;
                return Ok(true);
            }
            if began.elapsed() >= budget {
                self.cut = Some(cut);
                return Ok(true);
            }
        }
    }

    /// Makes the tables of the days on which fixes were received. By itself, before the batch: a table is made once.
    fn make_days<'f>(&mut self, received: impl Iterator<Item = &'f Fix>) -> Result<(), StoreError> {
        let mut days: Vec<i64> = received.map(|fix| fixes::day_of(fix.received_at)).collect();
        days.dedup();
        for day in days {
            if self.day != Some(day) {
                fixes::make_days(&mut self.connection.on(), day)?;
                self.day = Some(day);
            }
        }
        Ok(())
    }
}

pub(super) fn put_events(on: &mut On<'_, impl GenericClient>, events: &[Event]) -> Result<(), StoreError> {
    let last = last_of_each(events, |event| event.core.id.0);
    if last.is_empty() {
        return Ok(());
    }
    let column = |of: fn(&Event) -> i64| -> Vec<i64> { last.iter().map(|event| of(event)).collect() };
    let ids: Vec<Vec<u8>> = last.iter().map(|event| event.core.id.0.to_be_bytes().to_vec()).collect();
    let until = column(|event| event.core.ended_at.map_or(i64::MAX, |at| at.0));
    let kinds: Vec<&str> = last.iter().map(|event| event.core.kind.name()).collect();
    let vehicles: Vec<Option<i64>> = last.iter().map(|event| vehicle_of(event)).collect();
    let zones: Vec<Option<i64>> = last.iter().map(|event| event.core.zone.map(|(key, _)| i64::from(key.0))).collect();
    let status: Vec<&str> = last.iter().map(|event| event.status.name()).collect();
    let places: Vec<Option<Vec<u8>>> = last.iter().map(|event| place_of(event)).collect();
    let bodies: Vec<String> = last
        .iter()
        .map(|event| serde_json::to_string(event).expect("an event of texts and numbers always serializes to JSON"))
        .collect();
    let sql = "INSERT INTO events (id, seq, at_ms, until_ms, kind, vehicle, zone, status, geom, body)
               SELECT id, seq, at_ms, until_ms, kind, vehicle, zone, status, ST_GeomFromEWKB(place), body
               FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                           $7::bigint[], $8::text[], $9::bytea[], $10::text[])
                    AS told (id, seq, at_ms, until_ms, kind, vehicle, zone, status, place, body)
               ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at_ms = excluded.at_ms, until_ms = excluded.until_ms,
                   kind = excluded.kind, vehicle = excluded.vehicle, zone = excluded.zone, status = excluded.status,
                   geom = excluded.geom, body = excluded.body";
    let (seqs, at) = (column(|event| signed(event.seq.0)), column(|event| event.core.at.0));
    on.run(sql, &[&ids, &seqs, &at, &until, &kinds, &vehicles, &zones, &status, &places, &bodies])?;
    Ok(())
}

fn vehicle_of(event: &Event) -> Option<i64> {
    match event.core.subject {
        Subject::Vehicle(key) => Some(i64::from(key.0)),
        Subject::Zone(_) | Subject::System => None,
    }
}

fn place_of(event: &Event) -> Option<Vec<u8>> {
    let point = crate::shapes::point(event.core.position?);
    let bytes = point.to_ewkb(CoordDimensions::xy(), Some(crate::shapes::SRS));
    Some(bytes.expect("a point of finite numbers always serializes to memory"))
}

pub(super) fn put_alarms(on: &mut On<'_, impl GenericClient>, alarms: &[Alarm]) -> Result<(), StoreError> {
    let last = last_of_each(alarms, |alarm| alarm.id.0);
    if last.is_empty() {
        return Ok(());
    }
    let ids: Vec<Vec<u8>> = last.iter().map(|alarm| alarm.id.0.to_be_bytes().to_vec()).collect();
    let seqs: Vec<i64> = last.iter().map(|alarm| signed(alarm.seq.0)).collect();
    let states: Vec<&str> = last.iter().map(|alarm| alarm.state().name()).collect();
    let priorities: Vec<i16> = last.iter().map(|alarm| i16::from(alarm.priority)).collect();
    let raised: Vec<i64> = last.iter().map(|alarm| alarm.raised_at.0).collect();
    let acknowledged: Vec<Option<i64>> =
        last.iter().map(|alarm| alarm.acknowledged.as_ref().map(|(at, _)| at.0)).collect();
    let closed: Vec<Option<i64>> = last.iter().map(|alarm| alarm.closed_at.map(|at| at.0)).collect();
    let events: Vec<Option<Vec<u8>>> =
        last.iter().map(|alarm| alarm.events.first().map(|id| id.0.to_be_bytes().to_vec())).collect();
    let bodies: Vec<String> = last
        .iter()
        .map(|alarm| serde_json::to_string(alarm).expect("an alarm of texts and numbers always serializes to JSON"))
        .collect();
    let sql = "INSERT INTO alarms (id, seq, state, priority, raised_ms, acknowledged_ms, closed_ms, event, body)
               SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[],
                                    $7::bigint[], $8::bytea[], $9::text[])
               ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, state = excluded.state, priority = excluded.priority,
                   raised_ms = excluded.raised_ms, acknowledged_ms = excluded.acknowledged_ms,
                   closed_ms = excluded.closed_ms, event = excluded.event, body = excluded.body";
    on.run(sql, &[&ids, &seqs, &states, &priorities, &raised, &acknowledged, &closed, &events, &bodies])?;
    Ok(())
}

impl Writer for PostgisWriter {
    fn commit(&mut self, batch: &Batch<'_>) -> Result<(), StoreError> {
        self.write(|writer| writer.commit_batch(batch))
    }

    fn head(&self) -> Head {
        self.head
    }

    fn take_in(&mut self, shipment: &Shipment) -> Result<(), StoreError> {
        self.write(|writer| {
            follows(writer.head, shipment)?;
            writer.make_days(shipment.fixes.iter().map(|(_, fix)| fix))?;
            let PostgisWriter { connection, sealer, head, .. } = writer;
            *head = connection.transaction(|on| {
                shipment::take_in(on, sealer, head.seq, shipment)?;
                rows::head(on)
            })?;
            Ok(())
        })
    }

    fn cut_tracks(&mut self, budget_ms: u32) -> Result<bool, StoreError> {
        self.write(|writer| writer.cut(Duration::from_millis(budget_ms.into())))
    }

    fn forget(&mut self, what: &Forget, budget_ms: u32) -> Result<bool, StoreError> {
        self.write(|writer| {
            let sweep = writer.sweep.get_or_insert_with(|| Sweep::begin(*what));
            let head = writer.head;
            let budget = Duration::from_millis(budget_ms.into());
            // What a failure takes back is forgotten by the next round.
            let more = writer.connection.transaction(|on| sweep.slice(on, head, budget))?;
            if !more {
                writer.sweep = None;
                // Among the tables that went may be one that was thought to be there.
                writer.day = None;
            }
            Ok(more)
        })
    }

    fn prune_checkpoints(
        &mut self,
        older_than: UnixMs,
        replaced_before: JournalPosition,
        budget_ms: u32,
    ) -> Result<bool, StoreError> {
        self.write(|writer| {
            let mut pruning = writer.pruning.take().unwrap_or_else(Pruning::begin);
            let budget = Duration::from_millis(budget_ms.into());
            let pruned = writer.connection.transaction(|on| pruning.slice(on, older_than, replaced_before, budget));
            let more = pruned?;
            writer.pruning = more.then_some(pruning);
            Ok(more)
        })
    }

    fn add_user(&mut self, user: &User, audit: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::add_user(&mut writer.connection, user, audit))
    }

    fn add_token(&mut self, token: &Token, audit: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::add_token(&mut writer.connection, token, audit))
    }

    fn change_user(&mut self, name: &str, change: &UserChange, audit: &AuditLine) -> Result<AccountChange, StoreError> {
        self.write(|writer| accounts::change_user(&mut writer.connection, name, change, audit))
    }

    fn remove_user(&mut self, name: &str, audit: &AuditLine) -> Result<AccountChange, StoreError> {
        self.write(|writer| accounts::remove_user(&mut writer.connection, name, audit))
    }

    fn remove_token(&mut self, name: &str, audit: &AuditLine) -> Result<AccountChange, StoreError> {
        self.write(|writer| accounts::remove_token(&mut writer.connection, name, audit))
    }

    fn note_use(&mut self, used: &LastUse) -> Result<(), StoreError> {
        self.write(|writer| accounts::note_use(&mut writer.connection, used))
    }

    fn add_session(&mut self, session: &Session, audit: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::add_session(&mut writer.connection, session, audit))
    }

    fn end_session(&mut self, hash: &[u8; 32], audit: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::end_session(&mut writer.connection, hash, audit))
    }

    fn put_terminal(&mut self, terminal: &Terminal, audit: &AuditLine) -> Result<(), StoreError> {
        self.put_terminals(&[(terminal.clone(), audit.clone())])
    }

    fn put_terminals(&mut self, terminals: &[(Terminal, AuditLine)]) -> Result<(), StoreError> {
        self.write(|writer| accounts::put_terminals(&mut writer.connection, terminals))
    }

    fn audit(&mut self, line: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::append(&mut writer.connection.on(), std::slice::from_ref(line)))
    }
}

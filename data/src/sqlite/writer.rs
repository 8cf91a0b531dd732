//! The writer: one transaction a batch, synced before it answers.

use super::Options;
use super::accounts;
use super::boxes;
use super::checkpoint::Checkpointer;
use super::connection::{self, SyncEachCommit};
use super::failure::{from_sqlite, is_taken};
use super::lock::FolderLock;
use super::past::{self, Pruning};
use super::retention::Sweep;
use super::rows::{self, signed};
use super::shipment;
use super::tail::Tail;
use super::tracks::{self, Cut};
use crate::codec::{batch, derived, frame};
use crate::feature::{StoredFeature, bbox};
use crate::following::{acts, follows, head_after, last_of_each};
use crate::shipment::Shipment;
use crate::store::{
    AccountChange, AuditLine, Batch, Forget, Head, LastUse, Session, StoreError, Terminal, Token, User, UserChange,
    Writer,
};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::{Event, Subject};
use cordon_spatial::ids::{JournalPosition, Seq};
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::UnixMs;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The one that writes the file. Fields are dropped in this order: the lock is given back last.
pub struct SqliteWriter {
    checkpointer: Checkpointer,
    connection: Connection,
    sealer: frame::Sealer,
    head: Head,
    tail: Arc<Tail>,
    /// Journal time from which on the tail's oldest fix waits.
    waiting_since: UnixMs,
    cut: Option<Cut>,
    sweep: Option<Sweep>,
    pruning: Option<Pruning>,
    options: Options,
    /// Why nothing can be promised any more: after a failed write or sync, a later one that succeeds proves nothing.
    broken: Option<String>,
    _lock: FolderLock,
}

impl SqliteWriter {
    /// Takes over an opened and migrated file.
    pub(super) fn start(
        mut connection: Connection,
        lock: FolderLock,
        path: &Path,
        tail: Arc<Tail>,
        options: Options,
    ) -> Result<SqliteWriter, StoreError> {
        let head = rows::head(&connection)?;
        boxes::number_collections(&mut connection)?;
        let waiting_since = tracks::read_tail(&connection, &tail)?.unwrap_or(head.at);
        let checkpointer = Checkpointer::start(&mut connection, path, options.checkpoint_pages)?;
        let sealer = frame::Sealer::new().map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(SqliteWriter {
            checkpointer,
            connection,
            sealer,
            head,
            tail,
            waiting_since,
            cut: None,
            sweep: None,
            pruning: None,
            options,
            broken: None,
            _lock: lock,
        })
    }

    /// Runs one piece of writing, unless the disk failed before, and does what its failure asks for.
    fn write<T>(&mut self, work: impl FnOnce(&mut SqliteWriter) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(what) = &self.broken {
            return Err(StoreError::Broken(what.clone()));
        }
        let mut result = self.checkpointer.check().and_then(|()| work(self));
        if matches!(result, Err(StoreError::NoRoom)) {
            result = self.checkpointer.make_room(&self.connection).and(Err(StoreError::NoRoom));
        }
        if let Err(StoreError::Broken(what)) = &result {
            self.broken = Some(what.clone());
        }
        result
    }

    fn commit_batch(&mut self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let head = head_after(self.head, batch)?;
        let sealed = seal(&mut self.sealer, &batch::encode(batch.records))?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
        if let Some(first) = batch.records.first() {
            insert(
                &transaction,
                "INSERT INTO journal (first, last, at_ms, seq, records) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![signed(first.position.0), signed(head.position.0), batch.at.0, seq(head.seq), sealed],
            )?;
        }
        for feature in batch.features {
            put_feature(&transaction, &mut self.sealer, feature)?;
        }
        put_events(&transaction, batch.events)?;
        put_alarms(&transaction, batch.alarms)?;
        batch.audit.iter().try_for_each(|line| accounts::append(&transaction, line))?;
        past::put_checkpoints(&transaction, &mut self.sealer, batch.checkpoints, head.position)?;
        acts(batch).iter().try_for_each(|line| accounts::append(&transaction, line))?;
        transaction.commit().map_err(from_sqlite)?;
        if self.tail.count() == 0 {
            self.waiting_since = batch.at;
        }
        self.tail.extend(batch.records.iter().filter_map(|record| match &record.body {
            RecordBody::Fix(fix) => Some((record.position.0, *fix)),
            _ => None,
        }));
        self.head = head;
        self.checkpointer.after_commit(&self.connection)
    }

    fn cut(&mut self, budget: Duration) -> Result<bool, StoreError> {
        if self.cut.is_none() {
            let count = self.tail.count();
            let old = self.head.at - self.waiting_since >= self.options.tail_age;
            if count == 0 || (count < self.options.tail_fixes && !old) {
                return Ok(false);
            }
            self.cut = Some(Cut::begin(&self.tail, self.head.position, self.head.at));
        }
        let Some(cut) = &mut self.cut else { return Ok(false) };
        // A slice that a power cut takes back is cut again from the journal.
        unsynced(&mut self.connection, |connection| cut.slice(connection, &mut self.sealer, &self.tail, budget))?;
        let more = !cut.is_done();
        if !more {
            self.waiting_since = cut.began_at;
            self.cut = None;
        }
        self.checkpointer.after_commit(&self.connection)?;
        Ok(more)
    }
}

impl SqliteWriter {
    fn sweep(&mut self, what: &Forget, budget: Duration) -> Result<bool, StoreError> {
        let sweep = self.sweep.get_or_insert_with(|| Sweep::begin(*what));
        // What a power cut brings back is forgotten again by the next round.
        unsynced(&mut self.connection, |connection| sweep.slice(connection, self.head, budget))?;
        let more = !sweep.is_done();
        if !more {
            self.sweep = None;
        }
        self.checkpointer.after_commit(&self.connection)?;
        Ok(more)
    }

    fn prune(
        &mut self,
        older_than: UnixMs,
        replaced_before: JournalPosition,
        budget: Duration,
    ) -> Result<bool, StoreError> {
        let mut pruning = self.pruning.take().unwrap_or_else(Pruning::begin);
        // A slice that a power cut takes back is pruned again in the next round.
        let more = unsynced(&mut self.connection, |connection| {
            pruning.slice(connection, older_than, replaced_before, budget)
        })?;
        self.pruning = more.then_some(pruning);
        self.checkpointer.after_commit(&self.connection)?;
        Ok(more)
    }
}

/// Runs a transaction that need not be synced by itself. SQLite takes the setting between two transactions only, which is
/// where this is.
fn unsynced<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection::sync_each_commit(connection, SyncEachCommit::No)?;
    let done = work(connection);
    connection::sync_each_commit(connection, SyncEachCommit::Yes)?;
    done
}

impl Writer for SqliteWriter {
    fn commit(&mut self, batch: &Batch<'_>) -> Result<(), StoreError> {
        self.write(|writer| writer.commit_batch(batch))
    }

    fn head(&self) -> Head {
        self.head
    }

    fn take_in(&mut self, shipment: &Shipment) -> Result<(), StoreError> {
        self.write(|writer| {
            let transaction =
                writer.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
            follows(writer.head, shipment)?;
            shipment::take_in(&transaction, &mut writer.sealer, shipment)?;
            transaction.commit().map_err(from_sqlite)?;
            writer.head = rows::head(&writer.connection)?;
            writer.checkpointer.after_commit(&writer.connection)
        })
    }

    fn cut_tracks(&mut self, budget_ms: u32) -> Result<bool, StoreError> {
        self.write(|writer| writer.cut(Duration::from_millis(budget_ms.into())))
    }

    fn forget(&mut self, what: &Forget, budget_ms: u32) -> Result<bool, StoreError> {
        self.write(|writer| writer.sweep(what, Duration::from_millis(budget_ms.into())))
    }

    fn prune_checkpoints(
        &mut self,
        older_than: UnixMs,
        replaced_before: JournalPosition,
        budget_ms: u32,
    ) -> Result<bool, StoreError> {
        self.write(|writer| writer.prune(older_than, replaced_before, Duration::from_millis(budget_ms.into())))
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
        self.write(|writer| unsynced(&mut writer.connection, |connection| accounts::note_use(connection, used)))
    }

    fn add_session(&mut self, session: &Session, audit: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::add_session(&mut writer.connection, session, audit))
    }

    fn end_session(&mut self, hash: &[u8; 32], audit: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::end_session(&mut writer.connection, hash, audit))
    }

    fn put_terminal(&mut self, terminal: &Terminal, audit: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::put_terminal(&mut writer.connection, terminal, audit))
    }

    fn put_terminals(&mut self, terminals: &[(Terminal, AuditLine)]) -> Result<(), StoreError> {
        self.write(|writer| accounts::put_terminals(&mut writer.connection, terminals))
    }

    fn audit(&mut self, line: &AuditLine) -> Result<(), StoreError> {
        self.write(|writer| accounts::append(&writer.connection, line))
    }
}

fn seal(sealer: &mut frame::Sealer, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    sealer.seal(plain).map_err(|error| StoreError::Failed(error.to_string()))
}

fn insert(transaction: &Transaction<'_>, sql: &str, params: impl rusqlite::Params) -> Result<(), StoreError> {
    transaction.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(from_sqlite)?;
    Ok(())
}

pub(super) fn put_feature(
    transaction: &Transaction<'_>,
    sealer: &mut frame::Sealer,
    feature: &StoredFeature,
) -> Result<(), StoreError> {
    let derived = feature.derived.as_ref().map(derived::encode);
    let derived = derived.map(|plain| seal(sealer, &plain)).transpose()?;
    let bounds = bbox(feature);
    let side = |i: usize| bounds.map(|bounds| bounds[i]);
    let put = || -> rusqlite::Result<()> {
        let sql = "INSERT INTO features (key, collection, id, revision, alive, west, south, east, north)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                   ON CONFLICT (key) DO UPDATE SET revision = ?4, alive = ?5, west = ?6, south = ?7, east = ?8, north = ?9";
        transaction.prepare_cached(sql)?.execute(params![
            feature.key.0,
            feature.collection.name(),
            feature.id.as_str(),
            feature.revision.0,
            feature.body.is_some(),
            side(0),
            side(1),
            side(2),
            side(3)
        ])?;
        let sql =
            "INSERT INTO feature_revisions (key, revision, at_ms, who, body, derived) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let (at, who) = (feature.at.0, &feature.who);
        let params = params![feature.key.0, feature.revision.0, at, who, feature.body, derived];
        transaction.prepare_cached(sql)?.execute(params)?;
        boxes::put(transaction, feature, bounds)
    };
    put().map_err(|error| {
        if !is_taken(&error) {
            return from_sqlite(error);
        }
        let (id, revision) = (&feature.id, feature.revision.0);
        StoreError::Exists { what: format!("revision {revision} of {}/{id}, or that id", feature.collection) }
    })
}

pub(super) fn put_events(transaction: &Transaction<'_>, events: &[Event]) -> Result<(), StoreError> {
    for event in last_of_each(events, |event| event.core.id.0) {
        let core = &event.core;
        let body = serde_json::to_string(event).expect("an event of texts and numbers always serializes to JSON");
        let vehicle = match core.subject {
            Subject::Vehicle(key) => Some(key.0),
            Subject::Zone(_) | Subject::System => None,
        };
        insert(
            transaction,
            "INSERT OR REPLACE INTO events (seq, id, at_ms, kind, vehicle, zone, status, body, until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                seq(event.seq),
                core.id.0.to_be_bytes(),
                core.at.0,
                core.kind.name(),
                vehicle,
                core.zone.map(|(key, _)| key.0),
                event.status.name(),
                body,
                core.ended_at.map_or(i64::MAX, |at| at.0)
            ],
        )?;
    }
    Ok(())
}

pub(super) fn put_alarms(transaction: &Transaction<'_>, alarms: &[Alarm]) -> Result<(), StoreError> {
    for alarm in last_of_each(alarms, |alarm| alarm.id.0) {
        let body = serde_json::to_string(alarm).expect("an alarm of texts and numbers always serializes to JSON");
        insert(
            transaction,
            "INSERT OR REPLACE INTO alarms
             (seq, id, state, priority, body, raised_ms, acknowledged_ms, closed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                seq(alarm.seq),
                alarm.id.0.to_be_bytes(),
                alarm.state().name(),
                alarm.priority,
                body,
                alarm.raised_at.0,
                alarm.acknowledged.as_ref().map(|(at, _)| at.0),
                alarm.closed_at.map(|at| at.0)
            ],
        )?;
    }
    Ok(())
}

fn seq(seq: Seq) -> i64 {
    signed(seq.0)
}

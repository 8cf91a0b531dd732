//! Readers: read-only connections, kept between uses, that see what was committed.

use super::failure::from_sqlite;
use super::rows::{self, signed};
use super::tail::Tail;
use super::{boxes, connection, journal, past, shipment, tracks};
use crate::feature::{Collection, StoredFeature};
use crate::shipment::{Accounts, Mark, Shipment};
use crate::store::{
    AlarmCount, AlarmQuery, AuditLine, Deleted, EventQuery, FeatureQuery, Head, PastFixes, Reader, Readers,
    ReplacedZone, Session, Spans, StoreError, Terminal, Token, User,
};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::Event;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{AlarmId, EventId, FeatureId, FeatureKey, JournalPosition, Revision, VehicleKey};
use cordon_spatial::record::Record;
use cordon_spatial::units::UnixMs;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Most connections that are kept while nobody uses them.
const IDLE: usize = 16;
/// Most rows of one answer.
pub(super) const MAX_ROWS: usize = 10_000;

/// Opens readers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SqliteReaders {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    tail: Arc<Tail>,
    idle: Mutex<Vec<Connection>>,
}

/// One reader; its connection goes back when it is dropped.
#[derive(Debug)]
pub struct SqliteReader {
    /// Present until it is dropped.
    connection: Option<Connection>,
    shared: Arc<Shared>,
}

impl SqliteReaders {
    pub(super) fn new(path: PathBuf, tail: Arc<Tail>) -> SqliteReaders {
        SqliteReaders { shared: Arc::new(Shared { path, tail, idle: Mutex::default() }) }
    }

    /// One reader: a connection that was given back, or a new one.
    pub fn get(&self) -> Result<SqliteReader, StoreError> {
        let idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connection::reading(&self.shared.path)?,
        };
        Ok(SqliteReader { connection: Some(connection), shared: Arc::clone(&self.shared) })
    }
}

impl Readers for SqliteReaders {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(Box::new(self.get()?))
    }
}

impl Drop for SqliteReader {
    fn drop(&mut self) {
        let mut idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.extend(self.connection.take());
        }
    }
}

impl SqliteReader {
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("a reader has its connection until it is dropped")
    }

    /// Runs several statements on one consistent state.
    fn consistently<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let transaction = self.connection().unchecked_transaction().map_err(from_sqlite)?;
        read(&transaction)
    }
}

/// Conditions of a query, put together with AND.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// `condition` has one `?`.
    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.sql.push(condition.to_owned());
        self.values.push(value.into());
    }

    fn add_some(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(condition, value);
        }
    }

    /// "WHERE … ORDER BY `order` LIMIT …", the limit within 1 to [`MAX_ROWS`].
    fn clauses(&self, order: &str, limit: usize) -> String {
        let conditions = if self.sql.is_empty() { String::new() } else { format!("WHERE {}", self.sql.join(" AND ")) };
        format!("{conditions} ORDER BY {order} LIMIT {}", limit.clamp(1, MAX_ROWS))
    }
}

/// Adds how many alarms have the time in `column` in each span.
fn count_in(
    connection: &Connection,
    spans: &Spans,
    column: &str,
    counts: &mut [AlarmCount],
    of: impl Fn(&mut AlarmCount) -> &mut u64,
) -> Result<(), StoreError> {
    let width = spans.width.0.max(1);
    let to = spans.from.0.saturating_add(width.saturating_mul(counts.len() as i64));
    let sql = format!(
        "SELECT ({column} - ?1) / ?2 AS span, count(*) FROM alarms WHERE {column} >= ?1 AND {column} < ?3 GROUP BY span"
    );
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
    let found = rows::all(connection, &sql, [spans.from.0, width, to], |row| read(row).map_err(from_sqlite))?;
    for (span, count) in found {
        if let Some(counted) = usize::try_from(span).ok().and_then(|span| counts.get_mut(span)) {
            *of(counted) = count as u64;
        }
    }
    Ok(())
}

impl Reader for SqliteReader {
    fn head(&self) -> Result<Head, StoreError> {
        rows::head(self.connection())
    }

    fn journal(&self, from: JournalPosition, limit: usize) -> Result<Vec<(UnixMs, Vec<Record>)>, StoreError> {
        self.consistently(|connection| journal::read(connection, from, limit))
    }

    fn feature(&self, collection: Collection, id: &FeatureId) -> Result<Option<StoredFeature>, StoreError> {
        let sql = format!(
            "SELECT {} FROM features f JOIN feature_revisions r USING (key, revision)
             WHERE f.collection = ?1 AND f.id = ?2 AND f.alive = 1",
            rows::FEATURE
        );
        rows::first(self.connection(), &sql, [collection.name(), id.as_str()], rows::feature)
    }

    fn feature_by_key(&self, key: FeatureKey) -> Result<Option<StoredFeature>, StoreError> {
        let sql = format!(
            "SELECT {} FROM features f JOIN feature_revisions r USING (key, revision) WHERE f.key = ?1",
            rows::FEATURE
        );
        rows::first(self.connection(), &sql, [key.0], rows::feature)
    }

    fn feature_revision(&self, key: FeatureKey, revision: Revision) -> Result<Option<StoredFeature>, StoreError> {
        rows::feature_revision(self.connection(), key, revision)
    }

    fn revisions(&self, key: FeatureKey, since: UnixMs, upto: UnixMs) -> Result<Vec<StoredFeature>, StoreError> {
        let sql = format!(
            "SELECT {} FROM feature_revisions r JOIN features f USING (key)
             WHERE r.key = ?1 AND r.at_ms <= ?3 AND r.revision >= coalesce(
                 (SELECT max(revision) FROM feature_revisions WHERE key = ?1 AND at_ms <= ?2), 1)
             ORDER BY r.revision",
            rows::FEATURE
        );
        rows::all(self.connection(), &sql, params![key.0, since.0, upto.0], rows::feature)
    }

    fn revisions_before(
        &self,
        key: FeatureKey,
        before: Option<Revision>,
        limit: usize,
    ) -> Result<Vec<StoredFeature>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add("r.key = ?", i64::from(key.0));
        conditions.add_some("r.revision < ?", before.map(|before| i64::from(before.0)));
        let sql = format!(
            "SELECT {} FROM feature_revisions r JOIN features f USING (key) {}",
            rows::FEATURE,
            conditions.clauses("r.revision DESC", limit)
        );
        rows::all(self.connection(), &sql, params_from_iter(conditions.values), rows::feature)
    }

    fn replaced_zones(&self, since: UnixMs, upto: UnixMs) -> Result<Vec<ReplacedZone>, StoreError> {
        past::replaced_zones(self.connection(), since, upto)
    }

    fn id_was_used(&self, collection: Collection, id: &FeatureId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM features WHERE collection = ?1 AND id = ?2";
        rows::first(self.connection(), sql, [collection.name(), id.as_str()], |_| Ok(())).map(|row| row.is_some())
    }

    fn features(&self, query: &FeatureQuery) -> Result<Vec<StoredFeature>, StoreError> {
        if let Some(bbox) = query.bbox {
            return self.consistently(|connection| boxes::features(connection, query, bbox));
        }
        let mut conditions = Conditions::default();
        conditions.sql.push("f.alive = 1".to_owned());
        conditions.add("f.collection = ?", query.collection.name().to_owned());
        conditions.add_some("f.key > ?", query.after.map(|key| i64::from(key.0)));
        let sql = format!(
            "SELECT {} FROM features f JOIN feature_revisions r USING (key, revision) {}",
            rows::FEATURE,
            conditions.clauses("f.key", query.limit)
        );
        rows::all(self.connection(), &sql, params_from_iter(conditions.values), rows::feature)
    }

    fn deleted(
        &self,
        collection: Collection,
        after: Option<(UnixMs, FeatureKey)>,
        limit: usize,
    ) -> Result<Vec<Deleted>, StoreError> {
        let (at, key) = after.map_or((i64::MAX, i64::MAX), |(at, key)| (at.0, i64::from(key.0)));
        // Bodies are read for what is listed alone: sorted with the rest, they would be carried along.
        let sql = format!(
            "WITH gone (key, revision, at_ms, who) AS MATERIALIZED (
                 SELECT f.key, f.revision, d.at_ms, d.who
                 FROM features f JOIN feature_revisions d USING (key, revision)
                 WHERE f.alive = 0 AND f.collection = ?1 AND (d.at_ms, f.key) < (?2, ?3)
                 ORDER BY d.at_ms DESC, f.key DESC LIMIT ?4)
             SELECT {}, gone.revision, gone.at_ms, gone.who
             FROM gone CROSS JOIN features f USING (key) CROSS JOIN feature_revisions r
             WHERE r.key = gone.key AND r.revision = gone.revision - 1
             ORDER BY gone.at_ms DESC, gone.key DESC",
            rows::FEATURE
        );
        let params = params![collection.name(), at, key, limit.clamp(1, MAX_ROWS) as i64];
        rows::all(self.connection(), &sql, params, rows::deleted)
    }

    fn count(&self, collection: Collection) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM features WHERE collection = ?1 AND alive = 1";
        let count =
            rows::first(self.connection(), sql, [collection.name()], |row| row.get::<_, i64>(0).map_err(from_sqlite))?;
        Ok(count.unwrap_or(0) as u64)
    }

    fn count_within(&self, collection: Collection, bbox: [f64; 4], most: usize) -> Result<u64, StoreError> {
        boxes::count(self.connection(), collection.name(), bbox, most)
    }

    fn mark(&self) -> Result<Mark, StoreError> {
        self.consistently(shipment::mark)
    }

    fn after(&self, mark: &Mark, records: usize) -> Result<Shipment, StoreError> {
        self.consistently(|connection| shipment::after(connection, mark, records))
    }

    fn revisions_after(
        &self,
        after: Option<(FeatureKey, Revision)>,
        limit: usize,
    ) -> Result<Vec<StoredFeature>, StoreError> {
        shipment::revisions_after(self.connection(), after, limit.clamp(1, MAX_ROWS))
    }

    fn tracked(&self, after: Option<VehicleKey>, limit: usize) -> Result<Vec<VehicleKey>, StoreError> {
        shipment::tracked(self.connection(), &self.shared.tail, after, limit.clamp(1, MAX_ROWS))
    }

    fn placed(&self, vehicle: VehicleKey) -> Result<Vec<(JournalPosition, Fix)>, StoreError> {
        shipment::placed(self.connection(), &self.shared.tail, vehicle)
    }

    fn accounts(&self) -> Result<Accounts, StoreError> {
        self.consistently(shipment::all_accounts)
    }

    fn track(&self, vehicle: VehicleKey, from: UnixMs, to: UnixMs, limit: usize) -> Result<Vec<Fix>, StoreError> {
        tracks::read(self.connection(), &self.shared.tail, vehicle, &(from..to), limit)
    }

    fn history(&self, vehicle: VehicleKey, from: UnixMs, as_of: JournalPosition) -> Result<PastFixes, StoreError> {
        past::history(self.connection(), &self.shared.tail, vehicle, from, as_of)
    }

    fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add_some("at_ms >= ?", query.from.map(|at| at.0));
        conditions.add_some("at_ms < ?", query.to.map(|at| at.0));
        conditions.add_some("kind = ?", query.kind.map(|kind| kind.name().to_owned()));
        conditions.add_some("vehicle = ?", query.vehicle.map(|key| i64::from(key.0)));
        conditions.add_some("zone = ?", query.zone.map(|key| i64::from(key.0)));
        conditions.add_some("status = ?", query.status.map(|status| status.name().to_owned()));
        conditions.add_some("seq > ?", query.after.map(|seq| signed(seq.0)));
        let sql = format!("SELECT body FROM events {}", conditions.clauses("seq", query.limit));
        rows::all(self.connection(), &sql, params_from_iter(conditions.values), rows::body)
    }

    fn events_held(&self, vehicle: VehicleKey, since: UnixMs) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM events WHERE vehicle = ?1 AND until_ms >= ?2 ORDER BY seq";
        rows::all(self.connection(), sql, params![vehicle.0, since.0], rows::body)
    }

    fn event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        let sql = "SELECT body FROM events WHERE id = ?1";
        rows::first(self.connection(), sql, params![id.0.to_be_bytes()], rows::body)
    }

    fn alarms(&self, query: &AlarmQuery) -> Result<Vec<Alarm>, StoreError> {
        let mut conditions = Conditions::default();
        if !query.states.is_empty() {
            conditions.sql.push(format!("state IN ({})", vec!["?"; query.states.len()].join(", ")));
            conditions.values.extend(query.states.iter().map(|state| Value::from(state.name().to_owned())));
        }
        conditions.add_some("priority = ?", query.priority.map(i64::from));
        conditions.add_some("raised_ms >= ?", query.from.map(|at| at.0));
        conditions.add_some("raised_ms < ?", query.to.map(|at| at.0));
        conditions.add_some("seq > ?", query.after.map(|seq| signed(seq.0)));
        let sql = format!("SELECT body FROM alarms {}", conditions.clauses("seq", query.limit));
        rows::all(self.connection(), &sql, params_from_iter(conditions.values), rows::body)
    }

    fn alarm_counts(&self, spans: &Spans) -> Result<Vec<AlarmCount>, StoreError> {
        self.consistently(|connection| {
            let mut counts = vec![AlarmCount::default(); spans.count.clamp(1, MAX_ROWS)];
            count_in(connection, spans, "raised_ms", &mut counts, |count| &mut count.raised)?;
            count_in(connection, spans, "acknowledged_ms", &mut counts, |count| &mut count.acknowledged)?;
            count_in(connection, spans, "closed_ms", &mut counts, |count| &mut count.closed)?;
            Ok(counts)
        })
    }

    fn count_open_alarms(&self, states: &[AlarmState]) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM alarms WHERE state = ?1 AND state <> 'closed'";
        let read = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0).map_err(from_sqlite);
        let count = |state: &AlarmState| rows::first(self.connection(), sql, [state.name()], read);
        states.iter().map(|state| Ok(count(state)?.unwrap_or(0) as u64)).sum()
    }

    fn oldest_open_alarm(&self, states: &[AlarmState]) -> Result<Option<Alarm>, StoreError> {
        let sql = "SELECT body FROM alarms WHERE state = ?1 AND state <> 'closed' ORDER BY raised_ms LIMIT 1";
        let mut oldest: Option<Alarm> = None;
        for state in states {
            let of_state: Option<Alarm> = rows::first(self.connection(), sql, [state.name()], rows::body)?;
            oldest = oldest.into_iter().chain(of_state).min_by_key(|alarm| alarm.raised_at);
        }
        Ok(oldest)
    }

    fn alarm(&self, id: AlarmId) -> Result<Option<Alarm>, StoreError> {
        let sql = "SELECT body FROM alarms WHERE id = ?1";
        rows::first(self.connection(), sql, params![id.0.to_be_bytes()], rows::body)
    }

    fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        let sql = format!("SELECT {} FROM users WHERE name = ?1", rows::USER);
        rows::first(self.connection(), &sql, [name], rows::user)
    }

    fn users(&self) -> Result<Vec<User>, StoreError> {
        rows::all(self.connection(), &format!("SELECT {} FROM users ORDER BY name", rows::USER), [], rows::user)
    }

    fn token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        let sql = format!("SELECT {} FROM tokens WHERE hash = ?1", rows::TOKEN);
        rows::first(self.connection(), &sql, [hash], rows::token)
    }

    fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        rows::all(self.connection(), &format!("SELECT {} FROM tokens ORDER BY name", rows::TOKEN), [], rows::token)
    }

    fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let sql = format!("SELECT {} FROM sessions WHERE hash = ?1", rows::SESSION);
        rows::first(self.connection(), &sql, [hash], rows::session)
    }

    fn terminal(&self, phone: &str) -> Result<Option<Terminal>, StoreError> {
        let sql = format!("SELECT {} FROM terminals WHERE phone = ?1", rows::TERMINAL);
        rows::first(self.connection(), &sql, [phone], rows::terminal)
    }

    fn audit(&self, after: u64, limit: usize) -> Result<Vec<(u64, AuditLine)>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add("line > ?", signed(after));
        let sql = format!("SELECT line, at_ms, who, action, detail FROM audit {}", conditions.clauses("line", limit));
        rows::all(self.connection(), &sql, params_from_iter(conditions.values), rows::audit)
    }

    fn terminals(&self) -> Result<Vec<Terminal>, StoreError> {
        let sql = format!("SELECT {} FROM terminals ORDER BY phone", rows::TERMINAL);
        rows::all(self.connection(), &sql, [], rows::terminal)
    }
}

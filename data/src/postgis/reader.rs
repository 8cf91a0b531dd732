//! Readers: connections, kept between uses, that see what was committed.

use super::connection::{Address, Connection, On, Param};
use super::rows::{self, number, signed};
use super::{features, journal, past, shipment, tracks};
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
use postgres::types::ToSql;
use postgres::{Client, Row};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

/// Most connections that are kept while nobody uses them.
const IDLE: usize = 16;
/// Most rows of one answer.
pub(super) const MAX_ROWS: usize = 10_000;

/// Opens readers. Cheap to clone.
#[derive(Clone)]
pub struct PostgisReaders {
    shared: Arc<Shared>,
}

struct Shared {
    address: Address,
    idle: Mutex<Vec<Connection>>,
}

/// One reader; its connection goes back when it is dropped.
pub struct PostgisReader {
    /// Present until it is dropped.
    connection: RefCell<Option<Connection>>,
    shared: Arc<Shared>,
}

impl PostgisReaders {
    pub(super) fn new(address: Address) -> PostgisReaders {
        PostgisReaders { shared: Arc::new(Shared { address, idle: Mutex::default() }) }
    }
}

impl Readers for PostgisReaders {
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        let mut idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| !connection.is_closed());
        let known = idle.pop();
        drop(idle);
        let connection = match known {
            Some(connection) => connection,
            None => self.shared.address.connect()?,
        };
        Ok(Box::new(PostgisReader { connection: RefCell::new(Some(connection)), shared: Arc::clone(&self.shared) }))
    }
}

impl Drop for PostgisReader {
    fn drop(&mut self) {
        let mut idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.extend(self.connection.get_mut().take());
        }
    }
}

impl PostgisReader {
    /// Runs on the connection; each statement sees a state of its own.
    fn on<T>(&self, read: impl FnOnce(&mut On<'_, Client>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with(|connection| read(&mut connection.on()))
    }

    fn with<T>(&self, read: impl FnOnce(&mut Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.connection.borrow_mut();
        read(connection.as_mut().expect("a reader has its connection until it is dropped"))
    }

    fn all<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        make: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.on(|on| on.all(sql, params, make))
    }

    fn first<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        make: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.on(|on| on.first(sql, params, make))
    }

    fn listed<T>(
        &self,
        select: &str,
        conditions: &Conditions,
        order: &str,
        limit: usize,
        make: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let sql = format!("{select} {}", conditions.clauses(order, limit));
        let params: Vec<Param<'_>> = conditions.values.iter().map(|value| &**value as Param<'_>).collect();
        self.all(&sql, &params, make)
    }
}

/// Conditions of a query, put together with AND.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Box<dyn ToSql + Sync>>,
}

impl Conditions {
    /// `condition` ends where its parameter follows.
    fn add(&mut self, condition: &str, value: impl ToSql + Sync + 'static) {
        self.values.push(Box::new(value));
        self.sql.push(format!("{condition} ${}", self.values.len()));
    }

    fn add_some(&mut self, condition: &str, value: Option<impl ToSql + Sync + 'static>) {
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
    on: &mut On<'_, postgres::Transaction<'_>>,
    spans: &Spans,
    column: &str,
    counts: &mut [AlarmCount],
    of: impl Fn(&mut AlarmCount) -> &mut u64,
) -> Result<(), StoreError> {
    let width = spans.width.0.max(1);
    let to = spans.from.0.saturating_add(width.saturating_mul(counts.len() as i64));
    let sql = format!(
        "SELECT ({column} - $1) / $2 AS span, count(*) FROM alarms WHERE {column} >= $1 AND {column} < $3 GROUP BY span"
    );
    let found: Vec<(i64, i64)> =
        on.all(&sql, &[&spans.from.0, &width, &to], |row| Ok((rows::get(row, 0)?, rows::get(row, 1)?)))?;
    for (span, count) in found {
        if let Some(counted) = usize::try_from(span).ok().and_then(|span| counts.get_mut(span)) {
            *of(counted) = count as u64;
        }
    }
    Ok(())
}

impl Reader for PostgisReader {
    fn head(&self) -> Result<Head, StoreError> {
        self.on(rows::head)
    }

    fn journal(&self, from: JournalPosition, limit: usize) -> Result<Vec<(UnixMs, Vec<Record>)>, StoreError> {
        self.with(|connection| connection.consistently(|on| journal::read(on, from, limit)))
    }

    fn feature(&self, collection: Collection, id: &FeatureId) -> Result<Option<StoredFeature>, StoreError> {
        let sql = format!(
            "SELECT {} FROM features f JOIN feature_revisions r USING (key, revision)
             WHERE f.collection = $1 AND f.id = $2 AND f.alive",
            rows::FEATURE
        );
        self.first(&sql, &[&collection.name(), &id.as_str()], rows::feature)
    }

    fn feature_by_key(&self, key: FeatureKey) -> Result<Option<StoredFeature>, StoreError> {
        let sql = format!(
            "SELECT {} FROM features f JOIN feature_revisions r USING (key, revision) WHERE f.key = $1",
            rows::FEATURE
        );
        self.first(&sql, &[&i64::from(key.0)], rows::feature)
    }

    fn feature_revision(&self, key: FeatureKey, revision: Revision) -> Result<Option<StoredFeature>, StoreError> {
        let sql = format!(
            "SELECT {} FROM feature_revisions r JOIN features f USING (key) WHERE r.key = $1 AND r.revision = $2",
            rows::FEATURE
        );
        self.first(&sql, &[&i64::from(key.0), &i64::from(revision.0)], rows::feature)
    }

    fn revisions(&self, key: FeatureKey, since: UnixMs, upto: UnixMs) -> Result<Vec<StoredFeature>, StoreError> {
        let sql = format!(
            "SELECT {} FROM feature_revisions r JOIN features f USING (key)
             WHERE r.key = $1 AND r.at_ms <= $3 AND r.revision >= coalesce(
                 (SELECT max(revision) FROM feature_revisions WHERE key = $1 AND at_ms <= $2), 1)
             ORDER BY r.revision",
            rows::FEATURE
        );
        self.all(&sql, &[&i64::from(key.0), &since.0, &upto.0], rows::feature)
    }

    fn revisions_before(
        &self,
        key: FeatureKey,
        before: Option<Revision>,
        limit: usize,
    ) -> Result<Vec<StoredFeature>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add("r.key =", i64::from(key.0));
        conditions.add_some("r.revision <", before.map(|before| i64::from(before.0)));
        let select = format!("SELECT {} FROM feature_revisions r JOIN features f USING (key)", rows::FEATURE);
        self.listed(&select, &conditions, "r.revision DESC", limit, rows::feature)
    }

    fn replaced_zones(&self, since: UnixMs, upto: UnixMs) -> Result<Vec<ReplacedZone>, StoreError> {
        self.on(|on| past::replaced_zones(on, since, upto))
    }

    fn id_was_used(&self, collection: Collection, id: &FeatureId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM features WHERE collection = $1 AND id = $2";
        self.first(sql, &[&collection.name(), &id.as_str()], |_| Ok(())).map(|row| row.is_some())
    }

    fn features(&self, query: &FeatureQuery) -> Result<Vec<StoredFeature>, StoreError> {
        self.on(|on| features::list(on, query))
    }

    fn deleted(
        &self,
        collection: Collection,
        after: Option<(UnixMs, FeatureKey)>,
        limit: usize,
    ) -> Result<Vec<Deleted>, StoreError> {
        self.on(|on| features::deleted(on, collection.name(), after, limit))
    }

    fn count(&self, collection: Collection) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM features WHERE collection = $1 AND alive";
        Ok(self.first(sql, &[&collection.name()], number)?.unwrap_or(0) as u64)
    }

    fn count_within(&self, collection: Collection, bbox: [f64; 4], most: usize) -> Result<u64, StoreError> {
        self.on(|on| features::count_within(on, collection.name(), bbox, most))
    }

    #[expect(clippy::redundant_closure, reason = "the function itself would be that of one lifetime")]
    fn mark(&self) -> Result<Mark, StoreError> {
        self.with(|connection| connection.consistently(|on| shipment::mark(on)))
    }

    fn after(&self, mark: &Mark, records: usize) -> Result<Shipment, StoreError> {
        self.with(|connection| connection.consistently(|on| shipment::after(on, mark, records)))
    }

    fn revisions_after(
        &self,
        after: Option<(FeatureKey, Revision)>,
        limit: usize,
    ) -> Result<Vec<StoredFeature>, StoreError> {
        self.on(|on| shipment::revisions_after(on, after, limit.clamp(1, MAX_ROWS)))
    }

    fn tracked(&self, after: Option<VehicleKey>, limit: usize) -> Result<Vec<VehicleKey>, StoreError> {
        self.on(|on| shipment::tracked(on, after, limit.clamp(1, MAX_ROWS)))
    }

    fn placed(&self, vehicle: VehicleKey) -> Result<Vec<(JournalPosition, Fix)>, StoreError> {
        self.with(|connection| connection.consistently(|on| shipment::placed(on, vehicle)))
    }

    #[expect(clippy::redundant_closure, reason = "the function itself would be that of one lifetime")]
    fn accounts(&self) -> Result<Accounts, StoreError> {
        self.with(|connection| connection.consistently(|on| shipment::all_accounts(on)))
    }

    fn track(&self, vehicle: VehicleKey, from: UnixMs, to: UnixMs, limit: usize) -> Result<Vec<Fix>, StoreError> {
        self.with(|connection| connection.consistently(|on| tracks::track(on, vehicle, &(from..to), limit)))
    }

    fn history(&self, vehicle: VehicleKey, from: UnixMs, as_of: JournalPosition) -> Result<PastFixes, StoreError> {
        self.with(|connection| connection.consistently(|on| past::history(on, vehicle, from, as_of)))
    }

    fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add_some("at_ms >=", query.from.map(|at| at.0));
        conditions.add_some("at_ms <", query.to.map(|at| at.0));
        conditions.add_some("kind =", query.kind.map(|kind| kind.name()));
        conditions.add_some("vehicle =", query.vehicle.map(|key| i64::from(key.0)));
        conditions.add_some("zone =", query.zone.map(|key| i64::from(key.0)));
        conditions.add_some("status =", query.status.map(|status| status.name()));
        conditions.add_some("seq >", query.after.map(|seq| signed(seq.0)));
        self.listed("SELECT body FROM events", &conditions, "seq", query.limit, rows::body)
    }

    fn events_held(&self, vehicle: VehicleKey, since: UnixMs) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM events WHERE vehicle = $1 AND until_ms >= $2 ORDER BY seq";
        self.all(sql, &[&i64::from(vehicle.0), &since.0], rows::body)
    }

    fn event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        self.first("SELECT body FROM events WHERE id = $1", &[&id.0.to_be_bytes().as_slice()], rows::body)
    }

    fn alarms(&self, query: &AlarmQuery) -> Result<Vec<Alarm>, StoreError> {
        let mut conditions = Conditions::default();
        if !query.states.is_empty() {
            let names: Vec<&'static str> = query.states.iter().map(|state| state.name()).collect();
            conditions.values.push(Box::new(names));
            conditions.sql.push("state = ANY($1)".to_owned());
        }
        conditions.add_some("priority =", query.priority.map(i16::from));
        conditions.add_some("raised_ms >=", query.from.map(|at| at.0));
        conditions.add_some("raised_ms <", query.to.map(|at| at.0));
        conditions.add_some("seq >", query.after.map(|seq| signed(seq.0)));
        self.listed("SELECT body FROM alarms", &conditions, "seq", query.limit, rows::body)
    }

    fn alarm_counts(&self, spans: &Spans) -> Result<Vec<AlarmCount>, StoreError> {
        let count = |on: &mut On<'_, postgres::Transaction<'_>>| {
            let mut counts = vec![AlarmCount::default(); spans.count.clamp(1, MAX_ROWS)];
            count_in(on, spans, "raised_ms", &mut counts, |count| &mut count.raised)?;
            count_in(on, spans, "acknowledged_ms", &mut counts, |count| &mut count.acknowledged)?;
            count_in(on, spans, "closed_ms", &mut counts, |count| &mut count.closed)?;
            Ok(counts)
        };
        self.with(|connection| connection.consistently(count))
    }

    fn count_open_alarms(&self, states: &[AlarmState]) -> Result<u64, StoreError> {
        let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
        let sql = "SELECT count(*) FROM alarms WHERE state = ANY($1) AND state <> 'closed'";
        Ok(self.first(sql, &[&names], number)?.unwrap_or(0) as u64)
    }

    fn oldest_open_alarm(&self, states: &[AlarmState]) -> Result<Option<Alarm>, StoreError> {
        let sql = "SELECT body FROM alarms WHERE state = $1 AND state <> 'closed' ORDER BY raised_ms LIMIT 1";
        let mut oldest: Option<Alarm> = None;
        for state in states {
            let of_state: Option<Alarm> = self.first(sql, &[&state.name()], rows::body)?;
            oldest = oldest.into_iter().chain(of_state).min_by_key(|alarm| alarm.raised_at);
        }
        Ok(oldest)
    }

    fn alarm(&self, id: AlarmId) -> Result<Option<Alarm>, StoreError> {
        self.first("SELECT body FROM alarms WHERE id = $1", &[&id.0.to_be_bytes().as_slice()], rows::body)
    }

    fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        self.first(&format!("SELECT {} FROM users WHERE name = $1", rows::USER), &[&name], rows::user)
    }

    fn users(&self) -> Result<Vec<User>, StoreError> {
        self.all(&format!("SELECT {} FROM users ORDER BY name", rows::USER), &[], rows::user)
    }

    fn token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        let sql = format!("SELECT {} FROM tokens WHERE hash = $1", rows::TOKEN);
        self.first(&sql, &[&hash.as_slice()], rows::token)
    }

    fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.all(&format!("SELECT {} FROM tokens ORDER BY name", rows::TOKEN), &[], rows::token)
    }

    fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let sql = format!("SELECT {} FROM sessions WHERE hash = $1", rows::SESSION);
        self.first(&sql, &[&hash.as_slice()], rows::session)
    }

    fn terminal(&self, phone: &str) -> Result<Option<Terminal>, StoreError> {
        let sql = format!("SELECT {} FROM terminals WHERE phone = $1", rows::TERMINAL);
        self.first(&sql, &[&phone], rows::terminal)
    }

    fn audit(&self, after: u64, limit: usize) -> Result<Vec<(u64, AuditLine)>, StoreError> {
        let mut conditions = Conditions::default();
        conditions.add("line >", signed(after));
        self.listed("SELECT line, at_ms, who, action, detail FROM audit", &conditions, "line", limit, rows::audit)
    }

    fn terminals(&self) -> Result<Vec<Terminal>, StoreError> {
        self.all(&format!("SELECT {} FROM terminals ORDER BY phone", rows::TERMINAL), &[], rows::terminal)
    }
}

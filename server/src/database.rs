//! The database beside the data folder: what the embedded store keeps is handed on to PostGIS, in order, once.
//!
//! Every batch is committed to the embedded store first, whatever becomes of the database, and is acknowledged then; a thread
//! looks ten times a second and sends it on. So there is one way to store, lost or not: while the database is lost nothing but
//! the backlog grows, and when it is back the same thread catches up. Each shipment is one transaction with the mark that it
//! leads to, so what broke in between is neither lost nor doubled. A start needs no database.
//!
//! The same thread has the database cut what it has into pieces of track, a slice between two shipments, and not while more than
//! one shipment is waiting. It writes nothing else that others read: whether and how far it has come changes no answer.

use crate::ingest::{Forgetting, Retention, StoreAccess};
use cordon_data::postgis::{self, PostgisReaders, PostgisWriter};
use cordon_data::shipment::{self, Mark};
use cordon_data::store::{Head, Reader, Readers as _, StoreError, Writer};
use cordon_spatial::ids::JournalPosition;
use cordon_spatial::units::UnixMs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Records of a shipment: what a second of a province brings, and little enough to be sent again.
const RECORDS: usize = 50_000;
/// How often the store is asked for news when there was none.
const POLL: Duration = Duration::from_millis(100);
/// How often a lost database is tried.
const RETRY: Duration = Duration::from_secs(2);
/// How long it must be lost before that is an alarm: a failover takes less.
const ALARM_AFTER: Duration = Duration::from_secs(10);
/// Longest slice of cutting between two shipments, milliseconds; the one that writes its pieces may take some hundred.
const CUT_SLICE_MS: u32 = 20;
/// How long cutting rests after it failed.
const CUT_RETRY: Duration = Duration::from_secs(60);
/// How long a stopping server waits for the rest to be sent.
const LAST: Duration = Duration::from_secs(10);

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// `postgres://…`.
    pub url: String,
    /// The schema of Cordon's tables.
    pub schema: String,
}

/// How the database is, for whoever asks.
#[derive(Debug, Default)]
pub struct DatabaseState {
    connected: AtomicBool,
    /// Since the start it was found or missed for long.
    known: AtomicBool,
    lost: AtomicBool,
    sent: AtomicU64,
    /// The last record that it was seen to have.
    upto: AtomicU64,
    /// Up to where it has cut the fixes into pieces of track.
    cut_upto: AtomicU64,
    error: Mutex<Option<String>>,
}

/// The same in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFigures {
    /// Whether it takes in what it is sent.
    pub connected: bool,
    /// Records that it does not have yet.
    pub behind: u64,
    /// Records that it took in since the start.
    pub sent: u64,
    /// Records that it has and whose fixes it reads row by row, for they are not cut into pieces of track yet.
    pub uncut: u64,
    /// Why it does not.
    pub error: Option<String>,
}

impl DatabaseState {
    /// Whether it has been lost for so long that a person should know; `None` while that does not show yet.
    pub fn is_lost(&self) -> Option<bool> {
        self.known.load(Ordering::Acquire).then(|| self.lost.load(Ordering::Relaxed))
    }

    /// How it is, when so much is kept.
    pub fn figures(&self, kept: JournalPosition) -> DatabaseFigures {
        let upto = self.upto.load(Ordering::Relaxed);
        DatabaseFigures {
            connected: self.connected.load(Ordering::Relaxed),
            behind: kept.0.saturating_sub(upto),
            sent: self.sent.load(Ordering::Relaxed),
            uncut: upto.saturating_sub(self.cut_upto.load(Ordering::Relaxed)),
            error: self.error.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    fn found(&self) {
        self.connected.store(true, Ordering::Relaxed);
        self.lost.store(false, Ordering::Relaxed);
        self.known.store(true, Ordering::Release);
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn missed(&self, since: Instant, error: &StoreError) {
        self.connected.store(false, Ordering::Relaxed);
        if since.elapsed() >= ALARM_AFTER {
            self.lost.store(true, Ordering::Relaxed);
            self.known.store(true, Ordering::Release);
        }
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
    }
}

/// An open database.
struct Open {
    writer: PostgisWriter,
    reader: Box<dyn Reader>,
}

fn open(config: &DatabaseConfig) -> Result<Open, StoreError> {
    let (writer, readers): (PostgisWriter, PostgisReaders) = postgis::open(&config.url, &config.schema)?;
    Ok(Open { writer, reader: readers.reader()? })
}

/// Brings an empty data folder to what the database holds, and refuses a database that is not this folder's. A database that
/// cannot be reached is no reason not to start. Blocks.
pub fn reconcile(config: &DatabaseConfig, writer: &mut dyn Writer, store: &StoreAccess) -> Result<(), StoreError> {
    let database = match open(config) {
        Ok(database) => database,
        Err(error @ (StoreError::Lost(_) | StoreError::InUse { .. })) => {
            tracing::warn!(%error, "starting without the database; it is tried again");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let (here, there) = (writer.head(), database.writer.head());
    if there == Head::default() {
        return begins_at_one(store.reader()?.as_ref());
    }
    if here == Head::default() {
        tracing::info!(records = there.position.0, "the data folder is new: it is filled from the database");
        let began = Instant::now();
        shipment::copy(database.reader.as_ref(), writer, store.reader()?.as_ref(), |_, _| {})?;
        tracing::info!(took_s = began.elapsed().as_secs_f64(), "the data folder holds what the database does");
        return Ok(());
    }
    if there.position > here.position {
        let (here, there) = (here.position.0, there.position.0);
        return Err(StoreError::Failed(format!(
            "the database holds {there} records and the data folder {here}: the folder is older than the database; move it \
             away, and it is filled from the database"
        )));
    }
    let at = |reader: &dyn Reader| -> Result<Option<UnixMs>, StoreError> {
        Ok(reader.journal(there.position, 1)?.first().map(|(at, _)| *at))
    };
    match (at(store.reader()?.as_ref())?, at(database.reader.as_ref())?) {
        (Some(mine), Some(theirs)) if mine != theirs => Err(StoreError::Failed(format!(
            "the database holds another site: its record {} is of {theirs}, that of the data folder of {mine}",
            there.position.0
        ))),
        _ => Ok(()),
    }
}

/// An empty database is filled from the journal, which must still be whole.
fn begins_at_one(reader: &dyn Reader) -> Result<(), StoreError> {
    let journal = reader.journal(JournalPosition(1), 1)?;
    match journal.first().and_then(|(_, records)| records.first()) {
        Some(first) if first.position.0 > 1 => Err(StoreError::Failed(
            "the database is empty and the data folder has a past that its journal does not hold any more: copy it with \
             `cordon migrate-store` first"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The thread that sends.
pub struct Shipping {
    /// How the database is.
    pub state: Arc<DatabaseState>,
    stop: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Shipping {
    /// Starts it. Errors when the system gives no thread.
    pub fn start(
        config: DatabaseConfig,
        store: StoreAccess,
        retention: Retention,
        state: Arc<DatabaseState>,
        now: impl Fn() -> UnixMs + Send + 'static,
    ) -> Result<Shipping, StoreError> {
        let stop = Arc::new(AtomicBool::new(false));
        let sender = Sender {
            config,
            store,
            forgetting: Forgetting::new(retention),
            state: Arc::clone(&state),
            stop: Arc::clone(&stop),
            now: Box::new(now),
            cut_not_before: Instant::now(),
        };
        let thread = std::thread::Builder::new().name("cordon-database".to_owned()).spawn(move || sender.run());
        let thread = thread.map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Shipping { state, stop, thread: Mutex::new(Some(thread)) })
    }

    /// Sends what is left, for a while, and ends. Blocks; to be called when nothing is committed any more.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that feeds the database ended by a panic");
        }
    }
}

struct Sender {
    config: DatabaseConfig,
    store: StoreAccess,
    forgetting: Forgetting,
    state: Arc<DatabaseState>,
    stop: Arc<AtomicBool>,
    now: Box<dyn Fn() -> UnixMs + Send>,
    cut_not_before: Instant,
}

impl Sender {
    /// Until it is told to stop, and then until all is sent or it took too long.
    fn run(mut self) {
        let mut lost_since: Option<Instant> = Some(Instant::now());
        let mut stopping: Option<Instant> = None;
        let mut database: Option<Open> = None;
        loop {
            if stopping.is_none() && self.stop.load(Ordering::Acquire) {
                stopping = Some(Instant::now());
            }
            let turn = match database.as_mut() {
                None => open(&self.config).map(|opened| {
                    database = Some(opened);
                    true
                }),
                Some(open) => self.turn(open),
            };
            let wait = match turn {
                Ok(more) => {
                    if lost_since.take().is_some() && database.is_some() {
                        tracing::info!("the database takes in what is kept");
                    }
                    self.state.found();
                    if !more && stopping.is_some() {
                        return;
                    }
                    if more { Duration::ZERO } else { POLL }
                }
                Err(error) => {
                    database = None;
                    let since = *lost_since.get_or_insert_with(|| {
                        tracing::warn!(%error, "the database is lost; what is kept waits for it in the data folder");
                        Instant::now()
                    });
                    self.state.missed(since, &error);
                    RETRY
                }
            };
            if stopping.is_some_and(|since| since.elapsed() >= LAST || database.is_none()) {
                tracing::warn!("the database does not hold all that is kept yet; it follows after the next start");
                return;
            }
            self.pause(wait, stopping.is_some());
        }
    }

    /// Waits, but not past a stop.
    fn pause(&self, wait: Duration, stopping: bool) {
        let until = Instant::now() + wait;
        while Instant::now() < until && (stopping || !self.stop.load(Ordering::Acquire)) {
            std::thread::sleep(POLL.min(until.saturating_duration_since(Instant::now())));
        }
    }

    /// Sends one shipment; whether there was one.
    fn turn(&mut self, open: &mut Open) -> Result<bool, StoreError> {
        let reader = self.store.reader()?;
        let mark: Mark = open.reader.mark()?;
        let shipment = reader.after(&mark, RECORDS)?;
        let count: usize = shipment.journal.iter().map(|batch| batch.records.len()).sum();
        if !shipment.is_empty() {
            let began = Instant::now();
            open.writer.take_in(&shipment)?;
            metrics::histogram!("cordon_db_tx_seconds", "op" => "ship").record(began.elapsed().as_secs_f64());
            self.state.sent.fetch_add(count as u64, Ordering::Relaxed);
        }
        let upto = mark.position.0 + count as u64;
        let backlog = reader.head()?.position.0.saturating_sub(upto);
        self.state.upto.store(upto, Ordering::Relaxed);
        metrics::gauge!("cordon_db_backlog_rows").set(backlog as f64);
        if backlog < RECORDS as u64 {
            self.cut(&mut open.writer, upto)?;
        }
        self.forgetting.turn(&mut open.writer, &self.store.folder, (self.now)())?;
        Ok(!shipment.is_empty())
    }

    /// A slice of cutting. That it fails is no reason to send nothing; only a lost database is.
    fn cut(&mut self, writer: &mut PostgisWriter, upto: u64) -> Result<(), StoreError> {
        if Instant::now() >= self.cut_not_before {
            match writer.cut_tracks(CUT_SLICE_MS) {
                Ok(_) => {}
                Err(error @ StoreError::Lost(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "the database cannot cut tracks; it is tried again later");
                    self.cut_not_before = Instant::now() + CUT_RETRY;
                }
            }
        }
        let cut_upto = writer.cut_upto().0;
        self.state.cut_upto.store(cut_upto, Ordering::Relaxed);
        metrics::gauge!("cordon_db_uncut_records").set(upto.saturating_sub(cut_upto) as f64);
        Ok(())
    }
}

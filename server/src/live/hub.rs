//! The hub between the pipeline and the consoles: it takes every commit in once and keeps what all consoles share.

use super::frames::{self, Health, TextFrame};
use super::positions::{Known, Positions};
use crate::desk::catalog::{Catalog, Entry, VehicleFace};
use crate::desk::readers::Readers;
use crate::ingest::{Committed, Pipeline, Started};
use cordon_data::feature::Collection;
use cordon_data::store::{AlarmQuery, EventQuery, StoreError};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::ids::{FeatureKey, Seq, VehicleKey};
use cordon_spatial::units::{SpanMs, UnixMs};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use tokio::sync::{mpsc, oneshot, watch};

/// How many text frames may wait for a console before it is cut.
const WAITING_FRAMES: usize = 1_024;
/// Time between two health frames.
const HEALTH_EVERY: Duration = Duration::from_secs(5);
/// How many changes a break may have missed and still be filled.
pub const MAX_GAP: u64 = 5_000;

/// What all consoles share. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

struct Inner {
    catalog: Catalog,
    readers: Readers,
    positions: RwLock<Positions>,
    texts: broadcast::Sender<TextFrame>,
    seq: AtomicU64,
    moved: AtomicU64,
    lag_ms: AtomicI64,
    clients: AtomicU64,
    barriers: mpsc::Sender<oneshot::Sender<()>>,
    asked: Mutex<Option<mpsc::Receiver<oneshot::Sender<()>>>>,
}

impl Hub {
    /// A hub that knows where every vehicle was at the start and which alarms are open.
    /// `silent_after`: how old a vehicle's last fix is when it is shown as silent.
    pub fn new(catalog: Catalog, readers: Readers, started: &Started, silent_after: SpanMs) -> Result<Hub, StoreError> {
        let now = started.pipeline.now();
        let (alarms, seq) = readers.read_here(|reader| Ok((reader.alarms(&open_alarms())?, reader.head()?.seq)))?;
        let mut positions = Positions::new(silent_after);
        for vehicle in &started.vehicles {
            positions.moved(vehicle, known(catalog.entry(FeatureKey(vehicle.key.0)).as_deref()), now);
        }
        alarms.iter().for_each(|alarm| positions.alarm(alarm, now));
        let (barriers, asked) = mpsc::channel(64);
        let inner = Inner {
            catalog,
            readers,
            positions: RwLock::new(positions),
            texts: broadcast::channel(WAITING_FRAMES).0,
            seq: AtomicU64::new(seq.0),
            moved: AtomicU64::new(0),
            lag_ms: AtomicI64::new(0),
            clients: AtomicU64::new(0),
            barriers,
            asked: Mutex::new(Some(asked)),
        };
        Ok(Hub { inner: Arc::new(inner) })
    }

    /// Takes commits in until the pipeline ends. Run once, with a receiver that was made before anything could commit.
    /// `closures`: the epoch of what is closed on the roads.
    pub async fn run(
        self,
        pipeline: Pipeline,
        mut commits: broadcast::Receiver<Arc<Committed>>,
        mut closures: watch::Receiver<u64>,
    ) {
        let asked = self.inner.asked.lock().expect("no holder panics").take();
        let mut asked = asked.expect("the hub runs once");
        let mut each_second = tokio::time::interval(Duration::from_secs(1));
        let mut health = tokio::time::interval(HEALTH_EVERY);
        loop {
            tokio::select! {
                commit = commits.recv() => match commit {
                    Ok(commit) => self.take(&commit, pipeline.now()),
                    Err(RecvError::Lagged(missed)) => self.catch_up(missed).await,
                    Err(RecvError::Closed) => return,
                },
                Some(answer) = asked.recv() => {
                    self.drain(&mut commits, &pipeline).await;
                    // An error only says that nobody waits any more.
                    let _ = answer.send(());
                }
                Ok(()) = closures.changed() => {
                    let epoch = *closures.borrow_and_update();
                    self.send(frames::closures(self.seq(), epoch));
                }
                _ = each_second.tick() => self.write_positions().age(pipeline.now()),
                _ = health.tick() => self.send(self.health(&pipeline)),
            }
        }
    }

    /// Waits until every commit that was announced before this call has been taken in, so that whoever got an
    /// acknowledgement sees what it acknowledged.
    pub async fn settled(&self) {
        let (answer, answered) = oneshot::channel();
        if self.inner.barriers.send(answer).await.is_ok() {
            // An error says that the hub has stopped: what it knows stands.
            let _ = answered.await;
        }
    }

    async fn drain(&self, commits: &mut broadcast::Receiver<Arc<Committed>>, pipeline: &Pipeline) {
        loop {
            match commits.try_recv() {
                Ok(commit) => self.take(&commit, pipeline.now()),
                Err(TryRecvError::Lagged(missed)) => self.catch_up(missed).await,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    /// Takes one commit in: names first, then positions, then what consoles are told.
    pub fn take(&self, commit: &Committed, now: UnixMs) {
        commit.features.iter().for_each(|feature| self.inner.catalog.apply(feature));
        {
            let mut positions = self.write_positions();
            for vehicle in &commit.moved {
                let entry = self.inner.catalog.entry(FeatureKey(vehicle.key.0));
                if entry.as_deref().is_some_and(|entry| entry.deleted) {
                    continue;
                }
                positions.moved(vehicle, known(entry.as_deref()), now);
            }
            for feature in commit.features.iter().filter(|f| f.collection == Collection::Vehicles) {
                let key = VehicleKey(feature.key.0);
                match &feature.body {
                    None => positions.deleted(key, now),
                    Some(_) => {
                        positions.known(key, known(self.inner.catalog.entry(feature.key).as_deref()), now);
                    }
                }
            }
            commit.alarms.iter().for_each(|alarm| positions.alarm(alarm, now));
        }
        let before = Seq(self.inner.seq.swap(commit.seq.0, Ordering::AcqRel));
        frames::committed(commit, before, &self.inner.catalog).into_iter().for_each(|frame| self.send(frame));
        self.inner.moved.fetch_add(commit.moved.len() as u64, Ordering::Relaxed);
        self.inner.lag_ms.fetch_max((now - commit.at).0, Ordering::Relaxed);
    }

    /// The text frames from now on.
    pub fn texts(&self) -> broadcast::Receiver<TextFrame> {
        self.inner.texts.subscribe()
    }

    /// The positions, to be looked at briefly.
    pub fn positions(&self) -> RwLockReadGuard<'_, Positions> {
        self.inner.positions.read().expect("no holder panics")
    }

    /// The catalogue that names what the frames speak of.
    pub fn catalog(&self) -> &Catalog {
        &self.inner.catalog
    }

    /// The last change that was taken in.
    pub fn seq(&self) -> Seq {
        Seq(self.inner.seq.load(Ordering::Acquire))
    }

    /// Counts a console while the guard lives.
    pub fn client(&self) -> ClientGuard {
        let clients = self.inner.clients.fetch_add(1, Ordering::Relaxed) + 1;
        metrics::gauge!("cordon_ws_clients").set(clients as f64);
        ClientGuard { hub: self.clone() }
    }

    /// How many consoles are connected.
    pub fn clients(&self) -> u64 {
        self.inner.clients.load(Ordering::Relaxed)
    }

    /// The open alarms and up to which change that is.
    pub async fn open_alarms(&self) -> Result<(Seq, Vec<Alarm>), StoreError> {
        self.inner
            .readers
            .read(|reader| {
                let seq = reader.head()?.seq;
                Ok((seq, reader.alarms(&open_alarms())?))
            })
            .await
    }

    /// The frames with everything that changed after `after`; `None` when that cannot be filled.
    pub async fn since(&self, after: Seq) -> Result<Option<Vec<TextFrame>>, StoreError> {
        let catalog = self.inner.catalog.clone();
        self.inner
            .readers
            .read(move |reader| {
                let head = reader.head()?.seq;
                if after > head || head.0 - after.0 > MAX_GAP {
                    return Ok(None);
                }
                let limit = crate::api::query::MAX_LIMIT;
                let events = reader.events(&EventQuery { after: Some(after), limit, ..EventQuery::default() })?;
                let alarms = reader.alarms(&AlarmQuery { after: Some(after), limit, ..AlarmQuery::default() })?;
                Ok(Some(frames::changes(&events, &alarms, after, head, &catalog)))
            })
            .await
    }

    fn write_positions(&self) -> std::sync::RwLockWriteGuard<'_, Positions> {
        self.inner.positions.write().expect("no holder panics")
    }

    fn send(&self, frame: TextFrame) {
        // An error only says that no console is connected.
        let _ = self.inner.texts.send(frame);
    }

    fn health(&self, pipeline: &Pipeline) -> TextFrame {
        let moved = self.inner.moved.swap(0, Ordering::Relaxed);
        let health = Health {
            ingest_rate: moved as f64 / HEALTH_EVERY.as_secs_f64(),
            lag_ms: self.inner.lag_ms.swap(0, Ordering::Relaxed).max(0),
        };
        frames::health(self.seq(), pipeline.now(), health, &pipeline.not_ready(), &pipeline.warnings())
    }

    /// Commits were missed: what they said is read from the store. Positions follow with each vehicle's next fix.
    async fn catch_up(&self, missed: u64) {
        tracing::warn!(missed, "the hub fell behind the pipeline");
        let after = self.seq();
        match self.since(after).await {
            Ok(Some(missed)) => {
                if let Some(last) = missed.last() {
                    self.inner.seq.fetch_max(last.seq.0, Ordering::AcqRel);
                }
                missed.into_iter().for_each(|frame| self.send(frame));
            }
            Ok(None) => tracing::warn!("the gap is too large to be shown: consoles will see it when they reload"),
            Err(error) => tracing::error!(%error, "what was missed cannot be read"),
        }
    }
}

/// Counts a console while it lives.
pub struct ClientGuard {
    hub: Hub,
}

impl Drop for ClientGuard {
    fn drop(&mut self) {
        let clients = self.hub.inner.clients.fetch_sub(1, Ordering::Relaxed) - 1;
        metrics::gauge!("cordon_ws_clients").set(clients as f64);
    }
}

fn open_alarms() -> AlarmQuery {
    let limit = crate::api::query::MAX_LIMIT;
    AlarmQuery { states: AlarmState::OPEN.to_vec(), limit, ..AlarmQuery::default() }
}

fn known(entry: Option<&Entry>) -> Known {
    let said = |vehicle: &VehicleFace| vehicle.class.is_some();
    Known {
        unchecked: entry.and_then(|entry| entry.vehicle.as_ref()).is_some_and(|vehicle| vehicle.unchecked),
        class: entry
            .filter(|entry| entry.vehicle.as_ref().is_some_and(said))
            .and_then(|entry| entry.attributes.as_ref())
            .map(|vehicle| vehicle.class),
    }
}

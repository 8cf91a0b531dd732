//! Files in: a file becomes features of a collection, row by row checked as edits are; what is wrong is listed with its reason, what can
//! be repaired is repaired and listed, and the whole can be taken back.
//!
//! Every feature says in `import` which import made it, so that one can be undone after any restart. One that was under way when the
//! process ended is taken back at the next start: a file is there as a whole or not at all.

mod noted;
mod told;
mod work;

pub use noted::LastImport;
pub use told::{FileFieldJson, ImportFailure, ImportJson, Report, RowReport, State, Undone};

use super::features::{EditError, Features};
use super::readers::Readers;
use crate::api::wire::Time;
use crate::auth::secret;
use crate::ingest::Refused;
use cordon_data::feature::Collection;
use cordon_data::filter::{Comparison, Filter, Scalar};
use cordon_data::gdal::Gdal;
use cordon_data::import::files::{Mapping, Told};
use cordon_data::selection::{self, Selection};
use cordon_data::store::{Reader, StoreError};
use cordon_spatial::ids::{FeatureId, Revision};
use cordon_spatial::units::UnixMs;
use noted::{LAST_FILE, UNDER_WAY_FILE, UnderWay, read_last, read_under_way, strike_out, write_last};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use work::{PIECE, Work, guarded};

/// As many features as one request may make.
const ONE_TRANSACTION: u64 = 100_000;
/// Trials that are remembered with what they show.
const SHOWING: usize = 8;
/// How soon taking back is tried again when there is no room, or too much is waiting.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Imports that are remembered since the start.
const REMEMBERED: usize = 100;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who asks.
    pub who: String,
    /// Into which collection.
    pub collection: Collection,
    /// What the file was called.
    pub name: String,
    /// What is said about it.
    pub told: Told,
    /// What becomes of its fields.
    pub mapping: Mapping,
    /// Nothing is kept: what would be is shown.
    pub trial: bool,
}

/// One import, while it goes on and after.
pub struct Job {
    id: String,
    collection: Collection,
    name: String,
    who: String,
    begun_at: UnixMs,
    trial: bool,
    done: AtomicU64,
    total: AtomicU64,
    end: Mutex<Option<(State, Result<Report, ImportFailure>)>>,
}

/// Why an import is not begun, or not taken back.
#[derive(Debug, thiserror::Error)]
pub enum ImportRefused {
    /// Another one is under way.
    #[error("an import is under way, try again when it is done")]
    Busy,
    /// There is none of that id.
    #[error("there is no import of that id")]
    Unknown,
    /// Deleting failed.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The desk where files come in. Cheap to clone.
#[derive(Clone)]
pub struct Imports {
    inner: Arc<Inner>,
}

struct Inner {
    features: Features,
    readers: Readers,
    gdal: Gdal,
    place: PathBuf,
    jobs: Mutex<VecDeque<Arc<Job>>>,
    /// Of each collection, as it stands in `imports.json` beside the store: no truth, but what people ask after a restart.
    last: Mutex<BTreeMap<Collection, LastImport>>,
    one: Arc<tokio::sync::Semaphore>,
    /// Held while an interrupted import is being taken back.
    taking_back: Arc<tokio::sync::Mutex<()>>,
}

impl Imports {
    /// Works in folders below `place`; what an end of the process left there goes.
    pub fn new(features: Features, readers: Readers, gdal: Gdal, place: PathBuf) -> Imports {
        // A folder that cannot be removed only takes room.
        let _ = std::fs::remove_dir_all(&place);
        let (jobs, one) = (Mutex::default(), Arc::new(tokio::sync::Semaphore::new(1)));
        let last = Mutex::new(read_last(&place.with_file_name(LAST_FILE)));
        let taking_back = Arc::default();
        Imports { inner: Arc::new(Inner { features, readers, gdal, place, jobs, last, one, taking_back }) }
    }

    /// Where a file that is being sent may be kept.
    pub fn place(&self) -> &Path {
        &self.inner.place
    }

    /// Begins an import of a file; it goes on by itself, and `file` is dropped when it is over.
    pub fn begin<F: AsRef<Path> + Send + 'static>(&self, order: Order, file: F) -> Result<Arc<Job>, ImportRefused> {
        let permit = self.inner.one.clone().try_acquire_owned().map_err(|_| ImportRefused::Busy)?;
        let job = Arc::new(Job {
            id: format!("{}-{}", order.collection, &secret::new_code()[..12]),
            collection: order.collection,
            name: order.name.clone(),
            who: order.who.clone(),
            begun_at: self.inner.features.now(),
            trial: order.trial,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            end: Mutex::new(None),
        });
        self.inner.remember(job.clone());
        let (this, running, handle) = (self.clone(), job.clone(), tokio::runtime::Handle::current());
        tokio::task::spawn_blocking(move || {
            let work = Work {
                imports: &this.inner,
                job: &running,
                order: &order,
                handle,
                keeping: RefCell::default(),
                is_noted: Cell::new(false),
                tried: RefCell::default(),
                shown_bytes: Cell::new(0),
            };
            let ended = guarded(|| work.run(file.as_ref())).inspect_err(|error| work.leave_nothing(error));
            let state = match &ended {
                Ok(_) if order.trial => State::Tried,
                Ok(report) => {
                    this.inner.note(&order, report);
                    State::Done
                }
                Err(error) => {
                    tracing::info!(import = running.id, code = error.code, "an import failed");
                    State::Failed
                }
            };
            *running.end.lock().expect("no holder panics") = Some((state, ended));
            drop(permit);
        });
        Ok(job)
    }

    /// Takes back what an import kept that was under way when the process ended; it is listed as one that failed. Until that is done no
    /// other begins.
    pub fn take_back_interrupted(&self) {
        let file = self.inner.beside_store(UNDER_WAY_FILE);
        let import = match read_under_way(&file) {
            Ok(None) => return,
            Ok(Some(import)) => import,
            Err(error) => {
                tracing::error!(%error, "which import was interrupted cannot be read; undo it by its id");
                return;
            }
        };
        let Some(collection) = collection_of(&import.id) else {
            tracing::error!(import = import.id, "the import that was interrupted is of no collection");
            return;
        };
        let permit = self.inner.one.clone().try_acquire_owned();
        let permit = permit.expect("nothing else has begun yet");
        let taking_back = self.inner.taking_back.clone().try_lock_owned().expect("nobody else takes one back");
        self.inner.remember(Arc::new(Job::interrupted(&import, collection)));
        let inner = self.inner.clone();
        tokio::spawn(async move {
            match inner.take_back(&import, collection, &file).await {
                Ok(deleted) => {
                    tracing::warn!(import = import.id, deleted, "an import that was interrupted is taken back")
                }
                Err(error) => {
                    tracing::error!(%error, import = import.id, "an import that was interrupted stays in part")
                }
            }
            drop((permit, taking_back));
        });
    }

    /// Waits until no interrupted import is being taken back any more.
    pub async fn taken_back(&self) {
        drop(self.inner.taking_back.lock().await);
    }

    /// The last import into each collection, over restarts; trials, and what failed, left nothing.
    pub fn last(&self) -> BTreeMap<Collection, LastImport> {
        self.inner.last.lock().expect("no holder panics").clone()
    }

    /// One that was begun since the start.
    pub fn job(&self, id: &str) -> Option<Arc<Job>> {
        self.inner.jobs.lock().expect("no holder panics").iter().find(|job| job.id == id).cloned()
    }

    /// Those that were begun since the start, the last first.
    pub fn jobs(&self) -> Vec<Arc<Job>> {
        self.inner.jobs.lock().expect("no holder panics").iter().rev().cloned().collect()
    }

    /// Deletes what an import made, in transactions of at most 100,000 features; what was changed since stays.
    pub async fn undo(&self, who: &str, id: &str) -> Result<Undone, ImportRefused> {
        let collection = collection_of(id).ok_or(ImportRefused::Unknown)?;
        let _permit = self.inner.one.try_acquire().map_err(|_| ImportRefused::Busy)?;
        let (unchanged, changed) = self.inner.made_by(collection, id).await?;
        if unchanged.is_empty() && changed.is_empty() {
            return Err(ImportRefused::Unknown);
        }
        for piece in unchanged.chunks(ONE_TRANSACTION as usize) {
            self.inner.features.delete_many(who, collection, piece).await?;
        }
        Ok(Undone { deleted: unchanged.len() as u64, kept_changed: changed.len() as u64 })
    }
}

/// The collection that an import's id names.
fn collection_of(id: &str) -> Option<Collection> {
    id.rsplit_once('-').and_then(|(collection, _)| Collection::from_name(collection))
}

/// Features with their revisions.
type Seen = Vec<(FeatureId, Revision)>;

impl Inner {
    /// A file beside the store.
    fn beside_store(&self, name: &str) -> PathBuf {
        self.place.with_file_name(name)
    }

    /// Lists a job; of too many, the oldest goes.
    fn remember(&self, job: Arc<Job>) {
        let mut jobs = self.jobs.lock().expect("no holder panics");
        jobs.push_back(job);
        while jobs.len() > REMEMBERED {
            jobs.pop_front();
        }
        jobs.iter().rev().skip(SHOWING).for_each(|job| job.forget_features());
    }

    /// What stands of an import: as it made it, and changed since.
    async fn made_by(&self, collection: Collection, id: &str) -> Result<(Seen, Seen), StoreError> {
        let id = id.to_owned();
        let found = self.readers.read(move |reader| made_by(reader, collection, &id)).await?;
        Ok(found.into_iter().partition(|(_, revision)| *revision == Revision(1)))
    }

    /// Deletes what an interrupted import made and nobody changed since, and strikes it out; how many features that were.
    async fn take_back(&self, import: &UnderWay, collection: Collection, file: &Path) -> Result<usize, ImportRefused> {
        let mut deleted = 0;
        loop {
            let (unchanged, _) = self.made_by(collection, &import.id).await?;
            let mut left = unchanged.chunks(PIECE).peekable();
            while let Some(piece) = left.peek() {
                match self.features.delete_many(&import.by, collection, piece).await {
                    Ok(gone) => {
                        deleted += gone.len();
                        left.next();
                    }
                    Err(EditError::Refused(Refused::StorageFull | Refused::Busy)) => {
                        tokio::time::sleep(TRY_AGAIN).await
                    }
                    // Somebody was quicker: what stands is looked up again.
                    Err(EditError::OneChanged { .. }) => break,
                    Err(error) => return Err(error.into()),
                }
            }
            if left.peek().is_none() {
                break;
            }
        }
        strike_out(file).map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(deleted)
    }

    /// Notes an import that is done as the last one of its collection.
    fn note(&self, order: &Order, report: &Report) {
        let noted = LastImport {
            at_ms: self.features.now().0,
            by: order.who.clone(),
            file: order.name.clone(),
            rows: report.rows,
            refused: report.refused_count,
        };
        let mut last = self.last.lock().expect("no holder panics");
        last.insert(order.collection, noted);
        if let Err(error) = write_last(&self.beside_store(LAST_FILE), &last) {
            tracing::warn!(%error, "which import was the last is not known after a restart");
        }
    }
}

/// The features of an import that stand, with their revisions.
fn made_by(reader: &dyn Reader, collection: Collection, id: &str) -> Result<Seen, StoreError> {
    let is = Filter::Compare(Comparison::Equal, Scalar::Property("import".to_owned()), Scalar::Text(id.to_owned()));
    let wanted = Selection { filter: Some(is), ..Selection::all(collection) };
    let mut found = Vec::new();
    let show = |feature: &cordon_data::feature::StoredFeature| {
        Ok(feature.body.as_deref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default())
    };
    selection::each(reader, &wanted, &show, |one| {
        found.push((one.feature.id, one.feature.revision));
        Ok::<(), StoreError>(())
    })?;
    Ok(found)
}

impl Job {
    /// One that was under way when the process ended.
    fn interrupted(import: &UnderWay, collection: Collection) -> Job {
        Job {
            id: import.id.clone(),
            collection,
            name: import.file.clone(),
            who: import.by.clone(),
            begun_at: UnixMs(import.begun_at_ms),
            trial: false,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            end: Mutex::new(Some((State::Failed, Err(ImportFailure::interrupted())))),
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How it is told.
    pub fn told(&self) -> ImportJson {
        let end = self.end.lock().expect("no holder panics");
        let (state, failure, report) = match &*end {
            None => (State::Running, None, None),
            Some((state, Ok(report))) => (*state, None, Some(report.clone())),
            Some((state, Err(failure))) => (*state, Some(failure.clone()), None),
        };
        ImportJson {
            id: self.id.clone(),
            collection: self.collection.name().to_owned(),
            file: self.name.clone(),
            by: self.who.clone(),
            at: Time(self.begun_at),
            trial: self.trial,
            state,
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            code: failure.as_ref().map(|failure| failure.code),
            error: failure.map(|failure| failure.reason),
            report,
        }
    }

    /// How it is told in a list: counted, without its rows.
    pub fn told_briefly(&self) -> ImportJson {
        let mut told = self.told();
        if let Some(report) = &mut told.report {
            (report.repaired, report.refused, report.features) = Default::default();
        }
        told
    }

    fn forget_features(&self) {
        if let Some((_, Ok(report))) = &mut *self.end.lock().expect("no holder panics") {
            report.features = Vec::new();
        }
    }

    /// What became of it, once it is over.
    pub fn ended(&self) -> Option<Result<Report, ImportFailure>> {
        self.end.lock().expect("no holder panics").as_ref().map(|(_, end)| end.clone())
    }
}

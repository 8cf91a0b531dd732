//! Files in: a file becomes features of a collection, row by row checked as edits are; what is wrong is listed with its reason, what can
//! be repaired is repaired and listed, and the whole can be taken back.
//!
//! Up to [`ONE_TRANSACTION`] features are kept in one transaction. More go in pieces of [`PIECE`], each one transaction: the one writer
//! keeps the terminals' fixes too, and must not be held up for half a minute. While pieces are being kept ([`AT_ONCE`]), the next is
//! read and checked. If a piece is refused (a full disk, say), those before it are taken back, and those beside it. Every feature says
//! in `import` which import made it, so that one can be undone after any restart.

use super::features::{Beside, EditError, Features, TriedNames};
use super::mistaken_datum::{self, SuspectedDatum};
use super::readers::Readers;
use crate::api::wire::Time;
use crate::auth::secret;
use crate::ingest::Refused;
use cordon_data::feature::{Collection, FieldError, Prepared};
use cordon_data::filter::{Comparison, Filter, Scalar};
use cordon_data::gdal::{Gdal, GdalError};
use cordon_data::import::files::{self, ImportError, Mapping, Opened, Row, Told};
use cordon_data::selection::{self, Selection};
use cordon_data::store::{Reader, StoreError};
use cordon_spatial::ids::{FeatureId, Revision};
use cordon_spatial::units::UnixMs;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use utoipa::ToSchema;

/// As many features as one request may make.
const ONE_TRANSACTION: u64 = 100_000;
/// Features of one transaction of a larger file: about a third of a second of the writer's time.
const PIECE: usize = 5_000;
/// Pieces that are being kept at a time: with two, the writer has the next one when it is done with one.
const AT_ONCE: usize = 2;
/// Rows of each kind that a report lists; it counts all of them.
const LISTED: usize = 1_000;
/// Rows that may be wrong before nobody looks for repairs any more.
const MOST_BROKEN: usize = 100_000;
/// How much text of rows may wait for what they name to come further down, bytes.
const MOST_WAITING_BYTES: usize = 64 << 20;
/// How soon taking back is tried again on a full disk.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Features that a trial shows,
const SHOWN: usize = 1_000;
/// and of how much text at most, bytes; a single one may be longer.
const SHOWN_BYTES: usize = 2 << 20;
/// Trials that are remembered with what they show.
const SHOWING: usize = 8;
/// Where the last import of each collection is noted, beside the store.
const LAST_FILE: &str = "imports.json";
/// Imports that are remembered since the start.
const REMEMBERED: usize = 100;
/// The codes of a geometry that no repair makes right: everything else that is wrong with one is a drawing that bounds no area as
/// it is.
const NOT_REPAIRABLE: [&str; 6] = ["coordinate", "swapped", "missing", "type", "too_many_vertices", "crs"];

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

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is under way.
    Running,
    /// What could be kept is kept.
    Done,
    /// It was a trial.
    Tried,
    /// Nothing of it is kept.
    Failed,
}

/// A row that was not taken as it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowReport {
    /// Its number in the file, from 1 on.
    pub row: u64,
    /// Why: the code of an error of an edit.
    pub code: String,
    /// Which field is meant.
    pub field: String,
    /// What it holds, shortened.
    pub value: String,
    /// What is allowed.
    pub limit: String,
    /// The sentence for the person.
    pub reason: String,
}

/// A field as the file has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileFieldJson {
    /// Its name.
    pub name: String,
    /// The first value in it, shortened.
    pub example: String,
}

/// What became of a file.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Report {
    /// What it is: how its names end.
    pub kind: String,
    /// Its layers that were read.
    pub layers: Vec<String>,
    /// The encoding that its texts were read in, where that was a question.
    pub encoding: Option<String>,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them are kept; of a trial, would be.
    pub imported: u64,
    /// How many of these were repaired,
    pub repaired_count: u64,
    /// the first of them,
    pub repaired: Vec<RowReport>,
    /// how many were refused,
    pub refused_count: u64,
    /// and the first of them.
    pub refused: Vec<RowReport>,
    /// Fields of the first row after mapping, by name.
    pub fields: Vec<String>,
    /// The file's own fields, before mapping.
    pub file_fields: Vec<FileFieldJson>,
    /// Of a trial: the first features as they would be kept.
    #[schema(value_type = Vec<Object>)]
    pub features: Vec<Value>,
    /// In which datum the coordinates seem to be instead. Nothing is moved by it.
    pub suspected_datum: Option<SuspectedDatum>,
}

/// An import as it is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportJson {
    /// Its id, which its features have in `import`.
    pub id: String,
    /// Into which collection.
    pub collection: String,
    /// What the file was called.
    pub file: String,
    /// Who asked for it,
    pub by: String,
    /// and when, by the server's clock.
    pub at: Time,
    /// Nothing was to be kept.
    pub trial: bool,
    /// How far it is.
    pub state: State,
    /// Rows that were looked at.
    pub done: u64,
    /// Rows that there are; 0 while the file is being opened.
    pub total: u64,
    /// What went wrong with the whole,
    pub error: Option<String>,
    /// and its stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What became of it, once it is over.
    pub report: Option<Report>,
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

/// Why nothing was kept.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}")]
pub struct ImportFailure {
    /// Stable code.
    pub code: &'static str,
    /// The sentence for the person.
    pub reason: String,
}

impl ImportFailure {
    fn full() -> ImportFailure {
        let reason = "the disk is full, so that nothing of the file is kept; make room and import it again";
        ImportFailure { code: "storage_full", reason: reason.to_owned() }
    }
}

/// What undoing an import did.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Undone {
    /// Features that were deleted.
    pub deleted: u64,
    /// Features that somebody changed since: these stay.
    pub kept_changed: u64,
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

/// The last import into a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastImport {
    /// When it ended, ms since 1970.
    pub at_ms: i64,
    /// Who imported.
    pub by: String,
    /// What the file was called.
    pub file: String,
    /// How many rows it had.
    pub rows: u64,
    /// How many of them were refused.
    pub refused: u64,
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
}

impl Imports {
    /// Works in folders below `place`; what an end of the process left there goes.
    pub fn new(features: Features, readers: Readers, gdal: Gdal, place: PathBuf) -> Imports {
        // A folder that cannot be removed only takes room.
        let _ = std::fs::remove_dir_all(&place);
        let (jobs, one) = (Mutex::default(), Arc::new(tokio::sync::Semaphore::new(1)));
        let last = Mutex::new(read_last(&place.with_file_name(LAST_FILE)));
        Imports { inner: Arc::new(Inner { features, readers, gdal, place, jobs, last, one }) }
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
        let mut jobs = self.inner.jobs.lock().expect("no holder panics");
        jobs.push_back(job.clone());
        while jobs.len() > REMEMBERED {
            jobs.pop_front();
        }
        jobs.iter().rev().skip(SHOWING).for_each(|job| job.forget_features());
        drop(jobs);
        let (this, running, handle) = (self.clone(), job.clone(), tokio::runtime::Handle::current());
        tokio::task::spawn_blocking(move || {
            let work = Work {
                imports: &this.inner,
                job: &running,
                order: &order,
                handle,
                keeping: RefCell::default(),
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
        let named = id.rsplit_once('-').and_then(|(collection, _)| Collection::from_name(collection));
        let collection = named.ok_or(ImportRefused::Unknown)?;
        let _permit = self.inner.one.try_acquire().map_err(|_| ImportRefused::Busy)?;
        let found = {
            let id = id.to_owned();
            self.inner.readers.read(move |reader| made_by(reader, collection, &id)).await?
        };
        if found.is_empty() {
            return Err(ImportRefused::Unknown);
        }
        let (unchanged, changed): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, revision)| *revision == Revision(1));
        for piece in unchanged.chunks(ONE_TRANSACTION as usize) {
            self.inner.features.delete_many(who, collection, piece).await?;
        }
        Ok(Undone { deleted: unchanged.len() as u64, kept_changed: changed.len() as u64 })
    }
}

impl Inner {
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
        if let Err(error) = write_last(&self.place.with_file_name(LAST_FILE), &last) {
            tracing::warn!(%error, "which import was the last is not known after a restart");
        }
    }
}

/// The last imports as they were noted; none when there is no such file, or one that is damaged.
fn read_last(file: &Path) -> BTreeMap<Collection, LastImport> {
    let text = std::fs::read(file).unwrap_or_default();
    let by_name: BTreeMap<String, LastImport> = serde_json::from_slice(&text).unwrap_or_default();
    by_name.into_iter().filter_map(|(name, last)| Some((Collection::from_name(&name)?, last))).collect()
}

/// Written whole beside the old one and put in its place.
fn write_last(file: &Path, last: &BTreeMap<Collection, LastImport>) -> std::io::Result<()> {
    let by_name: BTreeMap<&str, &LastImport> =
        last.iter().map(|(collection, last)| (collection.name(), last)).collect();
    let fresh = file.with_extension("json.new");
    std::fs::write(&fresh, serde_json::to_vec_pretty(&by_name)?)?;
    std::fs::rename(fresh, file)
}

/// The features of an import that stand, with their revisions.
fn made_by(reader: &dyn Reader, collection: Collection, id: &str) -> Result<Vec<(FeatureId, Revision)>, StoreError> {
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

/// A piece that is being kept; its end says how many features that are.
type Keeping = tokio::task::JoinHandle<Result<u64, EditError>>;

/// One import at work, on a thread that may block.
struct Work<'a> {
    imports: &'a Inner,
    job: &'a Job,
    order: &'a Order,
    handle: tokio::runtime::Handle,
    /// Pieces that are being kept, in their order.
    keeping: RefCell<VecDeque<Keeping>>,
    /// Of a trial: the names that its features would have.
    tried: RefCell<TriedNames>,
    /// Of a trial: how much text its features had so far.
    shown_bytes: Cell<usize>,
}

/// Checked rows that wait for their transaction.
type Checked = Vec<(u64, Prepared)>;

/// The rows of a file as far as they were looked at.
#[derive(Default)]
struct Sorted {
    /// Those that can be kept.
    good: Checked,
    /// Those whose drawings may be repaired.
    broken: BTreeMap<u64, FieldError>,
    /// Those that name what may stand further down,
    waiting: Vec<Waiting>,
    /// and how much text that is.
    waiting_bytes: usize,
    /// What the others may name.
    beside: Beside,
}

/// A row that names what is not there yet.
struct Waiting {
    number: u64,
    /// The feature as text: less memory than the tree of it.
    text: String,
    error: FieldError,
    /// What was repaired in it.
    mended: Option<FieldError>,
}

impl Work<'_> {
    fn run(&self, file: &Path) -> Result<Report, ImportFailure> {
        let order = self.order;
        let opened = files::open(&self.imports.gdal, &self.imports.place, file, &order.name, &order.told)?;
        self.job.total.store(opened.rows, Ordering::Relaxed);
        let mut report = Report {
            kind: opened.kind.extension().to_owned(),
            layers: opened.layers.clone(),
            encoding: opened.encoding.clone(),
            rows: opened.rows,
            ..Report::default()
        };
        let fields = opened.fields()?.into_iter();
        report.file_fields = fields.map(|field| FileFieldJson { name: field.name, example: field.example }).collect();
        if order.collection.is_drawn() {
            report.suspected_datum = mistaken_datum::suspected(&self.imports.readers, &opened)?;
        }
        let mut mapping = order.mapping.clone();
        mapping.added.push(("import".to_owned(), self.job.id.clone().into()));
        self.take(&opened, &mapping, &mut report)?;
        Ok(report)
    }

    /// After a failure: takes back what was kept before it. On a full disk that needs room, too: the failure is told, and it is tried
    /// until there is some.
    fn leave_nothing(&self, failure: &ImportFailure) {
        if self.order.trial {
            return;
        }
        // What broke the import may break this too: then its features still say which import made them.
        let _ = guarded(|| {
            while self.keeping_ends(0).is_err() {}
            while let Err(error) = self.take_back() {
                if !matches!(error, EditError::Refused(Refused::StorageFull | Refused::Busy)) {
                    tracing::error!(%error, import = self.job.id, "an import that failed could not be taken back; undo it later");
                    break;
                }
                let reason = format!("{failure}; what was kept of it before is taken back as soon as there is room");
                let told = ImportFailure { code: failure.code, reason };
                *self.job.end.lock().expect("no holder panics") = Some((State::Failed, Err(told)));
                std::thread::sleep(TRY_AGAIN);
            }
            Ok(())
        });
    }

    fn take(&self, opened: &Opened, mapping: &Mapping, report: &mut Report) -> Result<(), ImportFailure> {
        let collection = self.order.collection;
        let in_pieces = opened.rows > ONE_TRANSACTION;
        let mut sorted = Sorted::default();
        for row in opened.rows(collection, mapping)? {
            let row = row?;
            self.job.done.store(row.number, Ordering::Relaxed);
            if row.number == 1 {
                let fields = row.feature["properties"].as_object().into_iter().flatten();
                report.fields = fields.map(|(name, _)| name.clone()).collect();
            }
            match self.check(&row, &sorted.beside) {
                Err(error) if is_repairable(&error) && sorted.broken.len() < MOST_BROKEN => {
                    sorted.broken.insert(row.number, error);
                }
                checked => self.sort(row, checked, None, &mut sorted, report),
            }
            if in_pieces && sorted.good.len() >= PIECE {
                self.keep(std::mem::take(&mut sorted.good), report)?;
            }
        }
        self.repair(opened, mapping, &mut sorted, report)?;
        self.join(&mut sorted, report);
        let size = if in_pieces { PIECE } else { sorted.good.len().max(1) };
        let mut good = sorted.good.into_iter();
        loop {
            let piece: Checked = good.by_ref().take(size).collect();
            if piece.is_empty() {
                break;
            }
            self.keep(piece, report)?;
        }
        report.imported += self.keeping_ends(0)?;
        Ok(())
    }

    /// Puts a row where it belongs: among the good ones, those that wait, or those that are refused. `mended` is what was wrong with it
    /// before it was repaired.
    fn sort(
        &self,
        row: Row,
        checked: Result<Prepared, FieldError>,
        mended: Option<FieldError>,
        sorted: &mut Sorted,
        report: &mut Report,
    ) {
        let collection = self.order.collection;
        match checked {
            Ok(prepared) => {
                if collection.refers_to_itself() {
                    sorted.beside.take(collection, &row.feature);
                }
                if let Some(error) = mended {
                    report.repaired_count += 1;
                    note(&mut report.repaired, row.number, &error);
                }
                sorted.good.push((row.number, prepared));
            }
            // What it names may stand further down.
            Err(error) if error.code == "unknown_reference" && collection.refers_to_itself() => {
                let text = row.feature.to_string();
                if sorted.waiting_bytes + text.len() > MOST_WAITING_BYTES {
                    return refuse(report, row.number, &error);
                }
                sorted.waiting_bytes += text.len();
                sorted.waiting.push(Waiting { number: row.number, text, error, mended });
            }
            Err(error) => refuse(report, row.number, mended.as_ref().unwrap_or(&error)),
        }
    }

    /// Has the rows repaired whose drawings bound no area.
    fn repair(
        &self,
        opened: &Opened,
        mapping: &Mapping,
        sorted: &mut Sorted,
        report: &mut Report,
    ) -> Result<(), ImportFailure> {
        if sorted.broken.is_empty() {
            return Ok(());
        }
        for row in opened.repaired(&self.imports.gdal, self.order.collection, mapping)? {
            let row = row?;
            let Some(error) = sorted.broken.remove(&row.number) else { continue };
            let checked = self.check(&row, &sorted.beside);
            self.sort(row, checked, Some(error), sorted, report);
        }
        std::mem::take(&mut sorted.broken).iter().for_each(|(row, error)| refuse(report, *row, error));
        Ok(())
    }

    /// Takes the rows that wait for others once these are there, again and again until nothing more comes of it.
    fn join(&self, sorted: &mut Sorted, report: &mut Report) {
        loop {
            let waiting = std::mem::take(&mut sorted.waiting);
            let before = waiting.len();
            sorted.waiting_bytes = 0;
            for one in waiting {
                // It was written here.
                let row = Row { number: one.number, feature: serde_json::from_str(&one.text).unwrap_or_default() };
                let checked = self.check(&row, &sorted.beside);
                self.sort(row, checked, one.mended, sorted, report);
            }
            if sorted.waiting.len() == before || sorted.waiting.is_empty() {
                break;
            }
        }
        let left = std::mem::take(&mut sorted.waiting);
        left.iter().for_each(|one| refuse(report, one.number, &one.error));
    }

    fn check(&self, row: &Row, beside: &Beside) -> Result<Prepared, FieldError> {
        if self.order.collection.is_drawn() && row.feature["geometry"].is_null() {
            return Err(FieldError::missing("geometry", "a place for every row"));
        }
        self.imports.features.checked(self.order.collection, &row.feature, &self.unnamed(row.number), beside)
    }

    /// The id of a row that names none: the import's code and the row's number, so that it says where it is from. Ids that come in
    /// their order also stand beside each other in a store's index, which costs half as much as ids at random.
    fn unnamed(&self, row: u64) -> String {
        let code = self.job.id.rsplit_once('-').map_or("", |(_, code)| code);
        format!("{code}-{row:07}")
    }

    /// Begins to keep a piece in one transaction; of a trial, shows it.
    fn keep(&self, piece: Checked, report: &mut Report) -> Result<(), ImportFailure> {
        let features = &self.imports.features;
        if self.order.trial {
            for (row, prepared) in piece {
                match features.is_free(&prepared, &mut self.tried.borrow_mut()) {
                    Ok(()) => self.show(&prepared, report),
                    Err(error) => refuse(report, row, &error),
                }
            }
            return Ok(());
        }
        report.imported += self.keeping_ends(AT_ONCE - 1)?;
        let (claimed, refused) = features.claim_import(&self.order.who, piece);
        refused.iter().for_each(|(row, error)| refuse(report, *row, error));
        let (features, handle) = (features.clone(), self.handle.clone());
        let (who, collection, import) = (self.order.who.clone(), self.order.collection, self.job.id.clone());
        // Names and figures of thousands of features are work for a thread that may block.
        let keep = move || handle.block_on(features.keep_import(&who, collection, &import, claimed));
        self.keeping.borrow_mut().push_back(self.handle.spawn_blocking(keep));
        Ok(())
    }

    /// Waits until no more than `left` pieces are being kept; how many features of the others were.
    fn keeping_ends(&self, left: usize) -> Result<u64, ImportFailure> {
        let mut kept = 0;
        loop {
            let next = {
                let mut keeping = self.keeping.borrow_mut();
                if keeping.len() <= left { None } else { keeping.pop_front() }
            };
            let Some(next) = next else { return Ok(kept) };
            kept += self.handle.block_on(next).expect("keeping a piece does not panic")?;
        }
    }

    /// Counts a feature of a trial, and shows it while there is room.
    fn show(&self, prepared: &Prepared, report: &mut Report) {
        report.imported += 1;
        if report.features.len() < SHOWN && self.shown_bytes.get() <= SHOWN_BYTES {
            self.shown_bytes.set(self.shown_bytes.get() + prepared.body.len());
            report.features.extend(serde_json::from_str(&prepared.body).ok());
        }
    }

    /// Takes back what was kept before something failed.
    fn take_back(&self) -> Result<(), EditError> {
        let (collection, id) = (self.order.collection, self.job.id.clone());
        self.handle.block_on(async {
            let found = self.imports.readers.read(move |reader| made_by(reader, collection, &id)).await?;
            for piece in found.chunks(PIECE) {
                self.imports.features.delete_many(&self.order.who, collection, piece).await?;
            }
            Ok(())
        })
    }
}

/// Runs work that ends in any case: a defect of ours that stops it is a failure as others are, for whoever waits for its end.
fn guarded<T>(work: impl FnOnce() -> Result<T, ImportFailure>) -> Result<T, ImportFailure> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        tracing::error!(said, "an import stopped by a defect");
        let reason =
            "Cordon made a mistake of its own and stopped the import; nothing of it is kept. Its log says more.";
        Err(ImportFailure { code: "internal", reason: reason.to_owned() })
    })
}

fn is_repairable(error: &FieldError) -> bool {
    error.field.starts_with("geometry") && !NOT_REPAIRABLE.contains(&error.code)
}

fn refuse(report: &mut Report, row: u64, error: &FieldError) {
    report.refused_count += 1;
    note(&mut report.refused, row, error);
}

fn note(list: &mut Vec<RowReport>, row: u64, error: &FieldError) {
    if list.len() < LISTED {
        list.push(RowReport {
            row,
            code: error.code.to_owned(),
            field: error.field.clone(),
            value: error.value.clone(),
            limit: error.limit.clone(),
            reason: error.message.clone(),
        });
    }
}

impl From<ImportError> for ImportFailure {
    fn from(error: ImportError) -> ImportFailure {
        let is_full = match &error {
            ImportError::File(error) => error.kind() == std::io::ErrorKind::StorageFull,
            ImportError::Gdal(error) => matches!(error, GdalError::Full),
            _ => false,
        };
        if is_full {
            return ImportFailure::full();
        }
        let code = match &error {
            ImportError::Kind { .. } => "unknown_file",
            ImportError::Archive(_) => "bad_archive",
            ImportError::Srs(_) => "unknown_datum",
            ImportError::Encoding(_) => "unknown_encoding",
            ImportError::Layer { .. } => "unknown_layer",
            ImportError::TooMany | ImportError::RowTooLong(_) => "too_large",
            ImportError::Gdal(_) => "unreadable_file",
            ImportError::File(_) => "file_failed",
        };
        ImportFailure { code, reason: error.to_string() }
    }
}

impl From<EditError> for ImportFailure {
    fn from(error: EditError) -> ImportFailure {
        if matches!(error, EditError::Refused(Refused::StorageFull) | EditError::Store(StoreError::NoRoom)) {
            return ImportFailure::full();
        }
        ImportFailure { code: "not_kept", reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_ends_an_import_as_a_failure() {
        let rows: Vec<u64> = Vec::new();
        let ended = guarded(|| Ok(rows[7]));
        let failure = ended.expect_err("there is no such row");
        assert_eq!(failure.code, "internal");
        assert!(failure.reason.contains("nothing of it is kept"), "{failure}");
        assert_eq!(guarded(|| Ok(7)).expect("nothing is wrong"), 7);
    }
}

//! One import at work: its rows are read, checked, repaired where they can be, and kept.
//!
//! More than [`ONE_TRANSACTION`] are kept in pieces of [`PIECE`], each one transaction: the one writer keeps the terminals' fixes too,
//! and must not be held up for half a minute. While pieces are being kept ([`AT_ONCE`]), the next is read and checked. If a piece is
//! refused (a full disk, say), those before it are taken back, and those beside it.

use super::noted::{UNDER_WAY_FILE, UnderWay, strike_out, write_under_way};
use super::told::{FileFieldJson, ImportFailure, Report, State, note, refuse};
use super::{Inner, Job, ONE_TRANSACTION, Order, TRY_AGAIN, made_by};
use crate::desk::features::{Beside, EditError, TriedNames};
use crate::desk::mistaken_datum;
use crate::ingest::Refused;
use cordon_data::feature::{FieldError, Prepared};
use cordon_data::import::files::{self, Mapping, Opened, Row};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Features of one transaction of a larger file: about a third of a second of the writer's time.
pub(super) const PIECE: usize = 5_000;
/// Pieces that are being kept at a time: with two, the writer has the next one when it is done with one.
const AT_ONCE: usize = 2;
/// Rows that may be wrong before nobody looks for repairs any more.
const MOST_BROKEN: usize = 100_000;
/// How much text of rows may wait for what they name to come further down, bytes.
const MOST_WAITING_BYTES: usize = 64 << 20;
/// Features that a trial shows,
const SHOWN: usize = 1_000;
/// and of how much text at most, bytes; a single one may be longer.
const SHOWN_BYTES: usize = 2 << 20;
/// The codes of a geometry that no repair makes right: everything else that is wrong with one is a drawing that bounds no area as
/// it is.
const NOT_REPAIRABLE: [&str; 6] = ["coordinate", "swapped", "missing", "type", "too_many_vertices", "crs"];

/// A piece that is being kept; its end says how many features that are.
type Keeping = tokio::task::JoinHandle<Result<u64, EditError>>;

/// One import at work, on a thread that may block.
pub(super) struct Work<'a> {
    pub(super) imports: &'a Inner,
    pub(super) job: &'a Job,
    pub(super) order: &'a Order,
    pub(super) handle: tokio::runtime::Handle,
    /// Pieces that are being kept, in their order.
    pub(super) keeping: RefCell<VecDeque<Keeping>>,
    /// Whether it is noted as the one that is under way.
    pub(super) is_noted: Cell<bool>,
    /// Of a trial: the names that its features would have.
    pub(super) tried: RefCell<TriedNames>,
    /// Of a trial: how much text its features had so far.
    pub(super) shown_bytes: Cell<usize>,
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
    pub(super) fn run(&self, file: &Path) -> Result<Report, ImportFailure> {
        let order = self.order;
        if !order.trial {
            self.note_under_way()?;
        }
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
        self.strike_out()?;
        Ok(report)
    }

    /// Notes that it is under way, so that the next start says so and takes back what it kept if the process ends before it.
    fn note_under_way(&self) -> Result<(), ImportFailure> {
        let import = UnderWay {
            id: self.job.id.clone(),
            by: self.order.who.clone(),
            file: self.order.name.clone(),
            begun_at_ms: self.job.begun_at.0,
        };
        self.is_noted.set(true);
        Ok(write_under_way(&self.imports.beside_store(UNDER_WAY_FILE), &import)?)
    }

    /// All of it is kept, or nothing.
    fn strike_out(&self) -> Result<(), ImportFailure> {
        if self.is_noted.get() {
            strike_out(&self.imports.beside_store(UNDER_WAY_FILE))?;
            self.is_noted.set(false);
        }
        Ok(())
    }

    /// After a failure: takes back what was kept before it. On a full disk that needs room, too: the failure is told, and it is tried
    /// until there is some.
    pub(super) fn leave_nothing(&self, failure: &ImportFailure) {
        if self.order.trial {
            return;
        }
        // What broke the import may break this too: then its features still say which import made them.
        let _ = guarded(|| {
            while self.keeping_ends(0).is_err() {}
            while let Err(error) = self.take_back() {
                if !matches!(error, EditError::Refused(Refused::StorageFull | Refused::Busy)) {
                    tracing::error!(%error, import = self.job.id, "an import that failed could not be taken back; the next start does it");
                    return Ok(());
                }
                let reason = format!("{failure}; what was kept of it before is taken back as soon as there is room");
                let told = ImportFailure { code: failure.code, reason };
                *self.job.end.lock().expect("no holder panics") = Some((State::Failed, Err(told)));
                std::thread::sleep(TRY_AGAIN);
            }
            // What stays noted is looked for in vain by the next start.
            self.strike_out()
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
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, ImportFailure>) -> Result<T, ImportFailure> {
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

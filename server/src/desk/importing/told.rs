//! What is told of an import: how far it is, what became of its rows, and why nothing of it was kept.

use crate::api::wire::Time;
use crate::desk::features::EditError;
use crate::desk::mistaken_datum::SuspectedDatum;
use crate::ingest::Refused;
use cordon_data::feature::FieldError;
use cordon_data::gdal::GdalError;
use cordon_data::import::files::ImportError;
use cordon_data::store::StoreError;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Rows of each kind that a report lists; it counts all of them.
const LISTED: usize = 1_000;

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
    pub(super) fn full() -> ImportFailure {
        let reason = "the disk is full, so that nothing of the file is kept; make room and import it again";
        ImportFailure { code: "storage_full", reason: reason.to_owned() }
    }

    /// Of an import that was under way when the process ended.
    pub(super) fn interrupted() -> ImportFailure {
        let reason = "the server ended in the middle of it; what was kept of it is taken back, import it again";
        ImportFailure { code: "interrupted", reason: reason.to_owned() }
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

impl From<std::io::Error> for ImportFailure {
    fn from(error: std::io::Error) -> ImportFailure {
        ImportFailure::from(ImportError::File(error))
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

/// What undoing an import did.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Undone {
    /// Features that were deleted.
    pub deleted: u64,
    /// Features that somebody changed since: these stay.
    pub kept_changed: u64,
}

pub(super) fn refuse(report: &mut Report, row: u64, error: &FieldError) {
    report.refused_count += 1;
    note(&mut report.refused, row, error);
}

pub(super) fn note(list: &mut Vec<RowReport>, row: u64, error: &FieldError) {
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

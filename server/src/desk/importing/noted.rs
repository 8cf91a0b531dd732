//! What is noted of imports beside the store, for after a restart.

use cordon_data::feature::Collection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Where the last import of each collection is noted, beside the store.
pub(super) const LAST_FILE: &str = "imports.json";

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

/// The last imports as they were noted; none when there is no such file, or one that is damaged.
pub(super) fn read_last(file: &Path) -> BTreeMap<Collection, LastImport> {
    let text = std::fs::read(file).unwrap_or_default();
    let by_name: BTreeMap<String, LastImport> = serde_json::from_slice(&text).unwrap_or_default();
    by_name.into_iter().filter_map(|(name, last)| Some((Collection::from_name(&name)?, last))).collect()
}

/// Written whole beside the old one and put in its place.
pub(super) fn write_last(file: &Path, last: &BTreeMap<Collection, LastImport>) -> std::io::Result<()> {
    let by_name: BTreeMap<&str, &LastImport> =
        last.iter().map(|(collection, last)| (collection.name(), last)).collect();
    let fresh = file.with_extension("json.new");
    std::fs::write(&fresh, serde_json::to_vec_pretty(&by_name)?)?;
    std::fs::rename(fresh, file)
}

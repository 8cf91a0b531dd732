//! What is noted of imports beside the store, for after a restart: the last one of each collection, and the one that is under way. That
//! one is noted durably before anything of it is kept, and struck out when all of it is kept or nothing is.

use cordon_data::feature::Collection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
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
    let text = fs::read(file).unwrap_or_default();
    let by_name: BTreeMap<String, LastImport> = serde_json::from_slice(&text).unwrap_or_default();
    by_name.into_iter().filter_map(|(name, last)| Some((Collection::from_name(&name)?, last))).collect()
}

/// Written whole beside the old one and put in its place.
pub(super) fn write_last(file: &Path, last: &BTreeMap<Collection, LastImport>) -> io::Result<()> {
    let by_name: BTreeMap<&str, &LastImport> =
        last.iter().map(|(collection, last)| (collection.name(), last)).collect();
    let fresh = file.with_extension("json.new");
    fs::write(&fresh, serde_json::to_vec_pretty(&by_name)?)?;
    fs::rename(fresh, file)
}

/// Where the import that is under way is noted, beside the store.
pub(super) const UNDER_WAY_FILE: &str = "import-under-way.json";

/// An import that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UnderWay {
    /// Its id, which its features have in `import`.
    pub(super) id: String,
    /// Who imports.
    pub(super) by: String,
    /// What the file was called.
    pub(super) file: String,
    /// When it began, ms since 1970.
    pub(super) begun_at_ms: i64,
}

/// Notes it; it is on the disk when this returns.
pub(super) fn write_under_way(file: &Path, import: &UnderWay) -> io::Result<()> {
    let fresh = file.with_extension("json.new");
    let mut out = File::create(&fresh)?;
    out.write_all(&serde_json::to_vec_pretty(import)?)?;
    out.sync_all()?;
    fs::rename(fresh, file)?;
    sync_folder_of(file)
}

/// The one that was not over when the process ended; `None` when there was none.
pub(super) fn read_under_way(file: &Path) -> io::Result<Option<UnderWay>> {
    match fs::read(file) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Strikes it out, durably.
pub(super) fn strike_out(file: &Path) -> io::Result<()> {
    fs::remove_file(file)?;
    sync_folder_of(file)
}

fn sync_folder_of(file: &Path) -> io::Result<()> {
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_known_until_it_is_struck_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(UNDER_WAY_FILE);
        assert_eq!(read_under_way(&file).expect("nothing is wrong"), None);
        let import =
            UnderWay { id: "gates-1".to_owned(), by: "li".to_owned(), file: "门.csv".to_owned(), begun_at_ms: 7 };
        write_under_way(&file, &import).expect("written");
        assert_eq!(read_under_way(&file).expect("readable"), Some(import));
        strike_out(&file).expect("removable");
        assert_eq!(read_under_way(&file).expect("nothing is wrong"), None);
        fs::write(&file, "half").expect("writable");
        assert!(read_under_way(&file).is_err(), "what cannot be read is not taken for nothing");
    }
}

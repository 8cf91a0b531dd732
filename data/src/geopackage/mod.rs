//! The GeoPackage that is published for other programs: `<data>/cordon.gpkg`, with a layer for every collection that is not about
//! people, `vehicles_last` and `alarms`, in WGS 84, for QGIS and `ogrinfo`.
//!
//! It is a copy. It must never touch the store: a lock that a foreign program holds only delays it, what a foreign program
//! writes into it is undone, and a file that is damaged or of another shape is replaced.

mod collections;
mod file;
mod rows;

pub use collections::published;
pub use rows::{AlarmRow, PublishSet, Stamp, VehicleRow};

use crate::feature::StoredFeature;
use crate::store::StoreError;
use cordon_spatial::ids::FeatureKey;
use file::Opened;
use rows::{Layer, layers};
use rusqlite::{Connection, ErrorCode, TransactionBehavior, params_from_iter};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The file's name in the data folder.
pub const FILE: &str = "cordon.gpkg";

/// Why nothing was published this time. Trying again later is right in either case.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Another program holds a lock on the file.
    #[error("another program holds the published GeoPackage")]
    Busy,
    /// Anything else.
    #[error("publishing the GeoPackage failed: {0}")]
    Failed(String),
}

/// Reads a feature's current revision.
pub type ReadFeature<'a> = dyn Fn(FeatureKey) -> Result<Option<StoredFeature>, StoreError> + 'a;

/// What was published of a row.
#[derive(Clone, Copy, Debug)]
struct Written {
    version: u64,
    /// West, south, east, north, degrees.
    bounds: Option<[f64; 4]>,
}

/// Writes the file; one exists per site. Blocks while it writes, and for up to a fifth of a second on a foreign lock.
#[derive(Debug)]
pub struct Publisher {
    path: PathBuf,
    opened: Option<Opened>,
    /// What each layer's rows were when they were last written, by fid: only what changed is written again.
    published: HashMap<String, HashMap<i64, Written>>,
}

impl Publisher {
    /// A publisher into a data folder. Nothing is written before the first [`Publisher::publish`].
    pub fn new(folder: &Path) -> Publisher {
        Publisher { path: folder.join(FILE), opened: None, published: HashMap::new() }
    }

    /// Makes the file hold exactly this, in one transaction; features that changed are read by `read`. Cost: linear in the rows to
    /// compare, and in the vertices of those that changed.
    pub fn publish(&mut self, set: &PublishSet, read: &ReadFeature<'_>) -> Result<(), PublishError> {
        match self.attempt(set, read) {
            Err(error) if is_damage(&error) => {
                self.opened = None;
                file::rebuild(&self.path).map_err(|error| PublishError::Failed(error.to_string()))?;
                self.attempt(set, read).map_err(|error| self.give_up(&error))
            }
            other => other.map_err(|error| self.give_up(&error)),
        }
    }

    fn give_up(&mut self, error: &rusqlite::Error) -> PublishError {
        if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
            return PublishError::Busy;
        }
        // Whatever it was, the next attempt begins by looking at the file again.
        self.opened = None;
        PublishError::Failed(error.to_string())
    }

    fn attempt(&mut self, set: &PublishSet, read: &ReadFeature<'_>) -> rusqlite::Result<()> {
        let opened = match self.opened.take().filter(|opened| opened.is_still_at(&self.path)) {
            Some(opened) => opened,
            None => {
                self.published.clear();
                Opened::at(&self.path)?
            }
        };
        let opened = self.opened.insert(opened);
        if opened.was_changed_by_others()? {
            self.published.clear();
            opened.check()?;
        }
        let version = opened.version()?;
        let transaction = opened.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if self.published.is_empty() {
            transaction.execute_batch(&file::contents())?;
        }
        let mut published = HashMap::new();
        for layer in layers(set) {
            let before = self.published.get(&layer.table);
            let after = write(&transaction, &layer, before, (set, read))?;
            published.insert(layer.table, after);
        }
        transaction.commit()?;
        self.published = published;
        opened.was_published(&self.path, version);
        Ok(())
    }
}

/// Whether the file is not what it must be, so that only a fresh one helps.
fn is_damage(error: &rusqlite::Error) -> bool {
    let damage = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase, ErrorCode::CannotOpen, ErrorCode::ReadOnly];
    error.sqlite_error_code().is_some_and(|code| damage.contains(&code))
        || matches!(error, rusqlite::Error::InvalidQuery)
}

/// Brings one layer up to date; answers what its rows are then.
fn write(
    connection: &Connection,
    layer: &Layer<'_>,
    before: Option<&HashMap<i64, Written>>,
    (set, read): (&PublishSet, &ReadFeature<'_>),
) -> rusqlite::Result<HashMap<i64, Written>> {
    let mut after = HashMap::with_capacity(layer.rows.len());
    let marks = vec!["?"; layer.columns].join(", ");
    let mut insert = connection.prepare_cached(&format!("INSERT OR REPLACE INTO {} VALUES ({marks})", layer.table))?;
    let mut changed = false;
    for row in &layer.rows {
        let version = row.version();
        if let Some(written) = before.and_then(|before| before.get(&row.fid())).filter(|known| known.version == version)
        {
            after.insert(row.fid(), *written);
            continue;
        }
        let content = row.content(read).map_err(|error| file::failed(&error))?;
        let Some((values, bounds)) = content else { continue };
        insert.execute(params_from_iter(values))?;
        after.insert(row.fid(), Written { version, bounds });
        changed = true;
    }
    let mut delete = connection.prepare_cached(&format!("DELETE FROM {} WHERE fid = ?", layer.table))?;
    for fid in before.into_iter().flat_map(HashMap::keys).filter(|fid| !after.contains_key(fid)) {
        delete.execute([fid])?;
        changed = true;
    }
    if changed || before.is_none() {
        let bounds = after
            .values()
            .filter_map(|written| written.bounds)
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        let side = |i: usize| bounds.map(|bounds| bounds[i]);
        connection
            .prepare_cached(
                "UPDATE gpkg_contents SET last_change = ?1, min_x = ?2, min_y = ?3, max_x = ?4, max_y = ?5
                 WHERE table_name = ?6",
            )?
            .execute(rusqlite::params![rows::time(set.at), side(0), side(1), side(2), side(3), layer.table])?;
    }
    Ok(after)
}

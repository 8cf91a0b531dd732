//! Features by where they are: an R*Tree of the boxes of current revisions, so that a view of a map costs what it shows.
//!
//! It holds nothing that is not in `features`, and is written in the same transaction. Writing a box is a third of what keeping a
//! feature costs, so nothing is asked there that can be known before.

use super::failure::from_sqlite;
use super::rows;
use crate::feature::{Collection, StoredFeature};
use crate::store::{FeatureQuery, StoreError};
use cordon_spatial::ids::Revision;
use rusqlite::{Connection, Transaction, params};

/// From so many boxes on in a view, its features are found sooner by walking the collection in key order: every page is
/// full after a short walk.
const MANY: usize = 10_000;

/// The boxes of a collection that meet a view; they are a little larger than what is in them.
const MEET: &str = "b.west <= ?4 AND b.east >= ?2 AND b.south <= ?5 AND b.north >= ?3
    AND b.collection = (SELECT number FROM collections WHERE name = ?1)";
/// Features that exactly meet a view.
const EXACTLY: &str = "f.west <= ?4 AND f.east >= ?2 AND f.south <= ?5 AND f.north >= ?3";

/// Numbers the collections that have no number yet; [`put`] finds each.
pub(super) fn number_collections(connection: &mut Connection) -> Result<(), StoreError> {
    let numbered =
        rows::all(connection, "SELECT name FROM collections", [], |row| row.get::<_, String>(0).map_err(from_sqlite))?;
    let is_new = |collection: &&Collection| !numbered.iter().any(|name| name == collection.name());
    let wanting: Vec<&Collection> = Collection::ALL.iter().filter(is_new).collect();
    if wanting.is_empty() {
        return Ok(());
    }
    let number = || -> rusqlite::Result<()> {
        let transaction = connection.transaction()?;
        for collection in wanting {
            transaction.execute("INSERT INTO collections (name) VALUES (?1)", [collection.name()])?;
        }
        transaction.commit()
    };
    number().map_err(from_sqlite)
}

/// Keeps the box of a new revision, and of no other revision of the feature.
pub(super) fn put(
    transaction: &Transaction<'_>,
    feature: &StoredFeature,
    bounds: Option<[f64; 4]>,
) -> rusqlite::Result<()> {
    if feature.revision > Revision(1) {
        transaction.prepare_cached("DELETE FROM feature_boxes WHERE key = ?1")?.execute([feature.key.0])?;
    }
    let Some([west, south, east, north]) = bounds.filter(|_| feature.body.is_some()) else { return Ok(()) };
    let name = feature.collection.name();
    let sql = "INSERT INTO feature_boxes (key, west, east, south, north, collection, collection_too)
               SELECT ?1, ?2, ?3, ?4, ?5, number, number FROM collections WHERE name = ?6";
    transaction.prepare_cached(sql)?.execute(params![feature.key.0, west, east, south, north, name])?;
    Ok(())
}

/// How many features of a collection meet a box (west, south, east, north), counted up to `most`.
pub(super) fn count(connection: &Connection, collection: &str, bbox: [f64; 4], most: usize) -> Result<u64, StoreError> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM feature_boxes b CROSS JOIN features f ON f.key = b.key
         WHERE {MEET} AND {EXACTLY} LIMIT ?6)"
    );
    let [west, south, east, north] = bbox;
    let read = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0).map_err(from_sqlite);
    let count = rows::first(connection, &sql, params![collection, west, south, east, north, most as i64], read)?;
    Ok(count.unwrap_or(0) as u64)
}

/// The current features of a collection that meet a box, by key.
pub(super) fn features(
    connection: &Connection,
    query: &FeatureQuery,
    bbox: [f64; 4],
) -> Result<Vec<StoredFeature>, StoreError> {
    let [west, south, east, north] = bbox;
    let after = query.after.map_or(0, |key| i64::from(key.0));
    let limit = query.limit.clamp(1, super::reader::MAX_ROWS) as i64;
    let found = if is_crowded(connection, query.collection.name(), bbox)? {
        format!(
            "SELECT f.key, f.revision FROM features f
             WHERE f.alive = 1 AND f.collection = ?1 AND f.key > ?6 AND {EXACTLY} ORDER BY f.key LIMIT ?7"
        )
    } else {
        format!(
            "SELECT f.key, f.revision FROM feature_boxes b CROSS JOIN features f ON f.key = b.key
             WHERE {MEET} AND f.key > ?6 AND {EXACTLY} ORDER BY f.key LIMIT ?7"
        )
    };
    // Bodies are read for what is listed alone: sorted with the rest, they would be carried along.
    let sql = format!(
        "WITH found (key, revision) AS MATERIALIZED ({found})
         SELECT {} FROM found CROSS JOIN features f USING (key) CROSS JOIN feature_revisions r
         WHERE r.key = found.key AND r.revision = found.revision ORDER BY found.key",
        rows::FEATURE
    );
    let params = params![query.collection.name(), west, south, east, north, after, limit];
    rows::all(connection, &sql, params, rows::feature)
}

/// Whether more boxes than are quickly sorted meet the view.
fn is_crowded(connection: &Connection, collection: &str, bbox: [f64; 4]) -> Result<bool, StoreError> {
    let sql = format!("SELECT 1 FROM feature_boxes b WHERE {MEET} LIMIT 1 OFFSET ?6");
    let [west, south, east, north] = bbox;
    let params = params![collection, west, south, east, north, MANY as i64];
    rows::first(connection, &sql, params, |_| Ok(())).map(|row| row.is_some())
}

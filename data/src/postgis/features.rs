//! Features and their revisions, and where they are.

use super::connection::{On, Param};
use super::failure::{from_postgres, is_taken};
use super::reader::MAX_ROWS;
use super::rows::{self, number};
use crate::codec::{derived, frame};
use crate::feature::{StoredFeature, bbox};
use crate::shapes::{self, SRS};
use crate::store::{Deleted, FeatureQuery, StoreError};
use cordon_spatial::ids::{FeatureKey, Revision};
use cordon_spatial::units::UnixMs;
use geozero::{CoordDimensions, ToWkb};
use postgres::GenericClient;

/// Features that meet a view: the index finds boxes a little larger, the sides say it exactly.
const MEET: &str = "f.geom && ST_MakeEnvelope($2, $3, $4, $5, 4326)
    AND f.west <= $4 AND f.east >= $2 AND f.south <= $5 AND f.north >= $3";

/// Keeps a new revision. Errors with [`StoreError::Exists`] when the revision or another feature's id is there already.
pub(super) fn put(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    feature: &StoredFeature,
) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| StoreError::Failed(error.to_string());
    let derived = feature.derived.as_ref().map(derived::encode);
    let derived = derived.map(|plain| sealer.seal(&plain)).transpose().map_err(failed)?;
    let geometry = shapes::of_feature(feature).map(|geometry| {
        let bytes = geometry.to_ewkb(CoordDimensions::xy(), Some(SRS));
        bytes.expect("a geometry of finite numbers always serializes to memory")
    });
    let bounds = bbox(feature);
    let side = |i: usize| bounds.map(|bounds| bounds[i]);
    let (key, revision) = (i64::from(feature.key.0), i64::from(feature.revision.0));
    let put = |on: &mut On<'_, _>| -> Result<(), postgres::Error> {
        let sql = "INSERT INTO features (key, collection, id, revision, alive, geom, west, south, east, north)
                   VALUES ($1, $2, $3, $4, $5, ST_GeomFromEWKB($6), $7, $8, $9, $10)
                   ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, alive = excluded.alive,
                       geom = excluded.geom, west = excluded.west, south = excluded.south, east = excluded.east,
                       north = excluded.north";
        let params: [Param<'_>; 10] = [
            &key,
            &feature.collection.name(),
            &feature.id.as_str(),
            &revision,
            &feature.body.is_some(),
            &geometry,
            &side(0),
            &side(1),
            &side(2),
            &side(3),
        ];
        on.try_run(sql, &params)?;
        let sql = "INSERT INTO feature_revisions (key, revision, at_ms, who, body, derived)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        on.try_run(sql, &[&key, &revision, &feature.at.0, &feature.who, &feature.body, &derived])?;
        Ok(())
    };
    put(on).map_err(|error| {
        if !is_taken(&error) {
            return from_postgres(error);
        }
        let what = format!("revision {revision} of {}/{}, or that id", feature.collection, feature.id);
        StoreError::Exists { what }
    })
}

/// Keeps a revision that another store hands on: one that is here already stays as it is.
pub(super) fn put_again(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    feature: &StoredFeature,
) -> Result<(), StoreError> {
    let known = "SELECT count(*) FROM feature_revisions WHERE key = $1 AND revision = $2";
    let (key, revision) = (i64::from(feature.key.0), i64::from(feature.revision.0));
    if on.first(known, &[&key, &revision], number)? == Some(0) { put(on, sealer, feature) } else { Ok(()) }
}

/// How many features of a collection meet a box (west, south, east, north), counted up to `most`.
pub(super) fn count_within(
    on: &mut On<'_, impl GenericClient>,
    collection: &str,
    bbox: [f64; 4],
    most: usize,
) -> Result<u64, StoreError> {
    let [west, south, east, north] = bbox;
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM features f WHERE f.alive AND f.collection = $1 AND {MEET} LIMIT $6) found"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let count = on.first(&sql, &[&collection, &west, &south, &east, &north, &most], number)?;
    Ok(count.unwrap_or(0) as u64)
}

/// The contract's `deleted`.
pub(super) fn deleted(
    on: &mut On<'_, impl GenericClient>,
    collection: &str,
    after: Option<(UnixMs, FeatureKey)>,
    limit: usize,
) -> Result<Vec<Deleted>, StoreError> {
    let (at, key) = after.map_or((i64::MAX, i64::MAX), |(at, key)| (at.0, i64::from(key.0)));
    let sql = format!(
        "SELECT {}, d.revision, d.at_ms, d.who
         FROM features f JOIN feature_revisions d USING (key, revision)
         JOIN feature_revisions r ON r.key = f.key AND r.revision = f.revision - 1
         WHERE NOT f.alive AND f.collection = $1 AND (d.at_ms, f.key) < ($2, $3)
         ORDER BY d.at_ms DESC, f.key DESC LIMIT $4",
        rows::FEATURE
    );
    on.all(&sql, &[&collection, &at, &key, &(limit.clamp(1, MAX_ROWS) as i64)], |row| {
        let last = rows::feature(row)?;
        let revision = Revision(rows::unsigned(row, 8)?);
        Ok(Deleted { last, revision, at: UnixMs(rows::get(row, 9)?), who: rows::get(row, 10)? })
    })
}

/// The contract's `features`.
pub(super) fn list(
    on: &mut On<'_, impl GenericClient>,
    query: &FeatureQuery,
) -> Result<Vec<StoredFeature>, StoreError> {
    let after = query.after.map_or(-1, |key| i64::from(key.0));
    let limit = query.limit.clamp(1, MAX_ROWS) as i64;
    let collection = query.collection.name();
    let listed = |conditions: &str, after: usize| {
        format!(
            "SELECT {} FROM features f JOIN feature_revisions r USING (key, revision)
             WHERE f.alive AND f.collection = $1 {conditions} AND f.key > ${after} ORDER BY f.key LIMIT ${}",
            rows::FEATURE,
            after + 1
        )
    };
    match query.bbox {
        None => on.all(&listed("", 2), &[&collection, &after, &limit], rows::feature),
        Some([west, south, east, north]) => {
            let params: [Param<'_>; 7] = [&collection, &west, &south, &east, &north, &after, &limit];
            on.all(&listed(&format!("AND {MEET}"), 6), &params, rows::feature)
        }
    }
}

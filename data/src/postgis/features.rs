//! Features and their revisions, and where they are.

use super::connection::{On, Param};
use super::failure::{from_postgres, is_taken};
use super::reader::MAX_ROWS;
use super::rows::{self, get, number};
use crate::codec::{derived, frame};
use crate::feature::{StoredFeature, bbox};
use crate::shapes::{self, SRS};
use crate::store::{Deleted, FeatureQuery, StoreError};
use cordon_spatial::ids::{FeatureKey, Revision};
use cordon_spatial::units::UnixMs;
use geozero::{CoordDimensions, ToWkb};
use postgres::GenericClient;
use std::collections::{HashMap, HashSet};

/// Features that meet a view: the index finds boxes a little larger, the sides say it exactly.
const MEET: &str = "f.geom && ST_MakeEnvelope($2, $3, $4, $5, 4326)
    AND f.west <= $4 AND f.east >= $2 AND f.south <= $5 AND f.north >= $3";

/// Keeps a new revision. Errors with [`StoreError::Exists`] when the revision or another feature's id is there already.
pub(super) fn put(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    feature: &StoredFeature,
) -> Result<(), StoreError> {
    insert(on, sealer, &[feature])
}

/// What entry made of a feature's body, as it is kept.
fn sealed(sealer: &mut frame::Sealer, feature: &StoredFeature) -> Result<Option<Vec<u8>>, StoreError> {
    let plain = feature.derived.as_ref().map(derived::encode);
    plain.map(|plain| sealer.seal(&plain)).transpose().map_err(|error| StoreError::Failed(error.to_string()))
}

/// Where a feature is, as the database takes it.
fn ewkb(feature: &StoredFeature) -> Option<Vec<u8>> {
    let geometry = shapes::of_feature(feature)?;
    let bytes = geometry.to_ewkb(CoordDimensions::xy(), Some(SRS));
    Some(bytes.expect("a geometry of finite numbers always serializes to memory"))
}

/// Keeps revisions that another store hands on, in their order; those that are here already stay as they are.
pub(super) fn put_again(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    features: &[StoredFeature],
) -> Result<(), StoreError> {
    let mut rest = features;
    while !rest.is_empty() {
        let mut bytes = 0;
        let few = rest.iter().take(AGAIN_ROWS).take_while(|feature| {
            let fits = bytes <= AGAIN_BYTES;
            bytes += feature.body.as_ref().map_or(0, String::len);
            fits
        });
        let (now, later) = rest.split_at(few.count());
        put_some_again(on, sealer, now)?;
        rest = later;
    }
    Ok(())
}

/// Revisions that [`put_again`] keeps by one statement: so many, and no more once their bodies have so many bytes.
const AGAIN_ROWS: usize = 1_000;
const AGAIN_BYTES: usize = 4 << 20;

fn put_some_again(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    features: &[StoredFeature],
) -> Result<(), StoreError> {
    let (keys, revisions): (Vec<i64>, Vec<i64>) = features.iter().map(place).unzip();
    let sql = "SELECT key, revision FROM feature_revisions
               JOIN unnest($1::bigint[], $2::bigint[]) AS handed_on (key, revision) USING (key, revision)";
    let known = on.all(sql, &[&keys, &revisions], |row| Ok((get::<i64>(row, 0)?, get::<i64>(row, 1)?)))?;
    let known: HashSet<(i64, i64)> = known.into_iter().collect();
    let fresh: Vec<&StoredFeature> = features.iter().filter(|feature| !known.contains(&place(feature))).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    insert(on, sealer, &fresh)
}

/// Keeps revisions that are not there, in their order, the last of each feature as its current one.
fn insert(
    on: &mut On<'_, impl GenericClient>,
    sealer: &mut frame::Sealer,
    fresh: &[&StoredFeature],
) -> Result<(), StoreError> {
    let last: HashMap<FeatureKey, &StoredFeature> = fresh.iter().map(|feature| (feature.key, *feature)).collect();
    let mut last: Vec<&StoredFeature> = last.into_values().collect();
    last.sort_unstable_by_key(|feature| feature.key);
    let derived: Vec<Option<Vec<u8>>> =
        fresh.iter().map(|feature| sealed(sealer, feature)).collect::<Result<_, _>>()?;
    let put = |on: &mut On<'_, _>| -> Result<(), postgres::Error> {
        let (keys, revisions): (Vec<i64>, Vec<i64>) = last.iter().map(|feature| place(feature)).unzip();
        let collections: Vec<&str> = last.iter().map(|feature| feature.collection.name()).collect();
        let ids: Vec<&str> = last.iter().map(|feature| feature.id.as_str()).collect();
        let alive: Vec<bool> = last.iter().map(|feature| feature.body.is_some()).collect();
        let geometries: Vec<Option<Vec<u8>>> = last.iter().map(|feature| ewkb(feature)).collect();
        let bounds: Vec<Option<[f64; 4]>> = last.iter().map(|feature| bbox(feature)).collect();
        let side =
            |i: usize| -> Vec<Option<f64>> { bounds.iter().map(|bounds| bounds.map(|sides| sides[i])).collect() };
        let sql = "INSERT INTO features (key, collection, id, revision, alive, geom, west, south, east, north)
                   SELECT key, collection, id, revision, alive, ST_GeomFromEWKB(geom), west, south, east, north
                   FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::bytea[],
                               $7::float8[], $8::float8[], $9::float8[], $10::float8[])
                       AS handed_on (key, collection, id, revision, alive, geom, west, south, east, north)
                   ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, alive = excluded.alive,
                       geom = excluded.geom, west = excluded.west, south = excluded.south, east = excluded.east,
                       north = excluded.north";
        let sides = [side(0), side(1), side(2), side(3)];
        let params: [Param<'_>; 10] =
            [&keys, &collections, &ids, &revisions, &alive, &geometries, &sides[0], &sides[1], &sides[2], &sides[3]];
        on.try_run(sql, &params)?;
        let (keys, revisions): (Vec<i64>, Vec<i64>) = fresh.iter().map(|feature| place(feature)).unzip();
        let at: Vec<i64> = fresh.iter().map(|feature| feature.at.0).collect();
        let who: Vec<&str> = fresh.iter().map(|feature| feature.who.as_str()).collect();
        let bodies: Vec<Option<&str>> = fresh.iter().map(|feature| feature.body.as_deref()).collect();
        let sql = "INSERT INTO feature_revisions (key, revision, at_ms, who, body, derived)
                   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bytea[])";
        on.try_run(sql, &[&keys, &revisions, &at, &who, &bodies, &derived]).map(|_| ())
    };
    put(on).map_err(|error| {
        if !is_taken(&error) {
            return from_postgres(error);
        }
        let named = |feature: &&StoredFeature| format!("{}/{}", feature.collection, feature.id);
        let what = match fresh {
            [one] => format!("revision {} of {}, or that id", one.revision.0, named(one)),
            many => format!("a revision or an id of {} and {} more", named(&many[0]), many.len() - 1),
        };
        StoreError::Exists { what }
    })
}

/// Where a revision is kept.
fn place(feature: &StoredFeature) -> (i64, i64) {
    (i64::from(feature.key.0), i64::from(feature.revision.0))
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
        Ok(Deleted { last, revision, at: UnixMs(get(row, 9)?), who: get(row, 10)? })
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

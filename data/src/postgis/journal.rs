//! The journal's rows, read back into records.

use super::connection::On;
use super::failure::{damaged, unreadable};
use super::rows::{self, get, number, signed};
use crate::codec::{batch, frame};
use crate::feature::{StoredFeature, edited};
use crate::placed::Placed;
use crate::shipment::KeptBatch;
use crate::store::StoreError;
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, Seq};
use cordon_spatial::record::{Edit, Record};
use cordon_spatial::units::UnixMs;
use postgres::{GenericClient, Row};
use std::collections::HashMap;

/// A row of (first, last, at_ms, records, seq).
struct Decoded {
    first: u64,
    at: UnixMs,
    seq: Seq,
    records: Vec<batch::Kept>,
}

fn decoded(row: &Row) -> Result<Decoded, StoreError> {
    let (first, last): (i64, i64) = (get(row, 0)?, get(row, 1)?);
    let place = || format!("journal, the batch from position {first} on");
    let records = frame::open(get(row, 3)?).and_then(|plain| batch::decode(&plain));
    let records = records.map_err(|why| unreadable(place(), &why))?;
    if records.len() as i64 != last - first + 1 {
        return Err(damaged(place(), format!("{} records up to position {last}", records.len())));
    }
    Ok(Decoded { first: first as u64, at: UnixMs(get(row, 2)?), seq: Seq(get::<i64>(row, 4)? as u64), records })
}

/// Up to `limit` whole batches from the one that holds `from` on.
pub(super) fn read(
    on: &mut On<'_, impl GenericClient>,
    from: JournalPosition,
    limit: usize,
) -> Result<Vec<(UnixMs, Vec<Record>)>, StoreError> {
    let sql = "SELECT first, last, at_ms, records, seq FROM journal
               WHERE first >= coalesce((SELECT max(first) FROM journal WHERE first <= $1), 0) AND last >= $1
               ORDER BY first LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let batches = on.all(sql, &[&signed(from.0), &limit], decoded)?;
    Ok(with_bodies(on, batches)?.into_iter().map(|batch| (batch.at, batch.records)).collect())
}

/// Whole batches from `from` on, as many as hold `records` records, at least one if there is one.
pub(super) fn kept(
    on: &mut On<'_, impl GenericClient>,
    from: JournalPosition,
    records: usize,
) -> Result<Vec<KeptBatch>, StoreError> {
    let sql = "SELECT first, last, at_ms, records, seq FROM journal WHERE first >= $1
               AND first < coalesce((SELECT min(first) FROM journal WHERE first >= $1), 0) + $2 ORDER BY first";
    let records = i64::try_from(records).unwrap_or(i64::MAX / 2).max(1);
    let batches = on.all(sql, &[&signed(from.0), &records], decoded)?;
    with_bodies(on, batches)
}

fn with_bodies(on: &mut On<'_, impl GenericClient>, batches: Vec<Decoded>) -> Result<Vec<KeptBatch>, StoreError> {
    let edits = batches.iter().flat_map(|batch| &batch.records).filter_map(|record| match record {
        batch::Kept::Edit(key, revision) => Some((*key, *revision)),
        _ => None,
    });
    let revisions = revisions(on, edits)?;
    let read = |batch: Decoded| {
        let mut records = Vec::with_capacity(batch.records.len());
        for (position, record) in (batch.first..).map(JournalPosition).zip(batch.records) {
            let body = record.into_body(|key, revision| {
                let place = || format!("journal, the edit at position {}", position.0);
                let Some(feature) = revisions.get(&(key, revision)) else {
                    return Err(damaged(place(), format!("revision {} of feature {key} is missing", revision.0)));
                };
                let now = edited(feature).map_err(|error| damaged(place(), error))?;
                Ok(Edit { key, revision, now })
            })?;
            records.push(Record { position, at: batch.at, body });
        }
        Ok(KeptBatch { at: batch.at, seq: batch.seq, records })
    };
    batches.into_iter().map(read).collect()
}

/// What revisions of features say, of those that are there.
pub(super) fn revisions(
    on: &mut On<'_, impl GenericClient>,
    of: impl Iterator<Item = (FeatureKey, Revision)>,
) -> Result<HashMap<(FeatureKey, Revision), StoredFeature>, StoreError> {
    let (keys, revisions): (Vec<i64>, Vec<i64>) =
        of.map(|(key, revision)| (i64::from(key.0), i64::from(revision.0))).unzip();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT {} FROM unnest($1::bigint[], $2::bigint[]) AS asked (key, revision)
         JOIN feature_revisions r USING (key, revision) JOIN features f USING (key)",
        rows::FEATURE
    );
    let found = on.all(&sql, &[&keys, &revisions], rows::feature)?;
    Ok(found.into_iter().map(|feature| ((feature.key, feature.revision), feature)).collect())
}

/// Journal time of the batch that holds a place, ms; 0 when it is not kept any more.
pub(super) fn time_of(on: &mut On<'_, impl GenericClient>, position: u64) -> Result<i64, StoreError> {
    let sql = "SELECT at_ms FROM journal WHERE first <= $1 AND last >= $1 ORDER BY first DESC LIMIT 1";
    Ok(on.first(sql, &[&signed(position)], number)?.unwrap_or(0))
}

/// Calls `each` with the fixes of the batches that begin at one of these places, in order; the last place of the last of them.
pub(super) fn each_fix(
    on: &mut On<'_, impl GenericClient>,
    from: u64,
    upto: u64,
    mut each: impl FnMut(Placed),
) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT first, last, at_ms, records, seq FROM journal WHERE first BETWEEN $1 AND $2 ORDER BY first";
    let batches = on.all(sql, &[&signed(from), &signed(upto)], decoded)?;
    let last = batches.last().map(|batch| batch.first + batch.records.len() as u64 - 1);
    for batch in batches {
        for (position, record) in (batch.first..).zip(batch.records) {
            if let batch::Kept::Fix(fix) = record {
                each((position, fix));
            }
        }
    }
    Ok(last)
}

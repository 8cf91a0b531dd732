//! The journal's rows, read back into records.

use super::failure::{damaged, from_sqlite, unreadable};
use super::rows;
use crate::codec::batch::{self, Kept};
use crate::codec::frame;
use crate::feature::edited;
use crate::placed::Placed;
use crate::shipment::KeptBatch;
use crate::store::StoreError;
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, Seq};
use cordon_spatial::record::{Edit, Record};
use cordon_spatial::units::UnixMs;
use rusqlite::{Connection, Row, params};

/// One row, decoded.
struct Decoded {
    first: u64,
    at: UnixMs,
    seq: Seq,
    records: Vec<Kept>,
}

impl Decoded {
    /// Reads a row of (first, last, at_ms, records, seq).
    fn of(row: &Row<'_>) -> Result<Decoded, StoreError> {
        let first: i64 = row.get(0).map_err(from_sqlite)?;
        let last: i64 = row.get(1).map_err(from_sqlite)?;
        let at = UnixMs(row.get(2).map_err(from_sqlite)?);
        let sealed = row.get_ref(3).and_then(|value| Ok(value.as_blob()?)).map_err(from_sqlite)?;
        let place = || format!("journal, the batch from position {first} on");
        let records = frame::open(sealed).and_then(|plain| batch::decode(&plain));
        let records = records.map_err(|why| unreadable(place(), &why))?;
        if records.len() as i64 != last - first + 1 {
            return Err(damaged(place(), format!("{} records up to position {last}", records.len())));
        }
        let seq = Seq(row.get::<_, i64>(4).map_err(from_sqlite)? as u64);
        Ok(Decoded { first: first as u64, at, seq, records })
    }
}

/// Up to `limit` whole batches from the one that holds `from` on.
pub(super) fn read(
    connection: &Connection,
    from: JournalPosition,
    limit: usize,
) -> Result<Vec<(UnixMs, Vec<Record>)>, StoreError> {
    let mut batches = Vec::new();
    each_batch(connection, from, limit, |kept| {
        batches.push(with_bodies(connection, kept)?);
        Ok(true)
    })?;
    Ok(batches.into_iter().map(|batch| (batch.at, batch.records)).collect())
}

/// Whole batches from `from` on, as many as hold `records` records, at least one if there is one.
pub(super) fn kept(
    connection: &Connection,
    from: JournalPosition,
    records: usize,
) -> Result<Vec<KeptBatch>, StoreError> {
    let (mut batches, mut count) = (Vec::new(), 0);
    each_batch(connection, from, usize::MAX, |kept| {
        count += kept.records.len();
        batches.push(with_bodies(connection, kept)?);
        Ok(count < records)
    })?;
    Ok(batches)
}

fn with_bodies(connection: &Connection, kept: Decoded) -> Result<KeptBatch, StoreError> {
    let mut records = Vec::with_capacity(kept.records.len());
    for (position, record) in (kept.first..).map(JournalPosition).zip(kept.records) {
        let body = record.into_body(|key, revision| edit(connection, position, key, revision))?;
        records.push(Record { position, at: kept.at, body });
    }
    Ok(KeptBatch { at: kept.at, seq: kept.seq, records })
}

/// Calls `each` with the fixes of every batch from the one that holds `from` on, those from `from` on.
pub(super) fn each_fix(
    connection: &Connection,
    from: JournalPosition,
    mut each: impl FnMut(UnixMs, &mut dyn Iterator<Item = Placed>),
) -> Result<(), StoreError> {
    each_batch(connection, from, usize::MAX, |kept| {
        let mut fixes = (kept.first..).zip(kept.records).filter(|(position, _)| *position >= from.0).filter_map(
            |(position, record)| match record {
                Kept::Fix(fix) => Some((position, fix)),
                _ => None,
            },
        );
        each(kept.at, &mut fixes);
        Ok(true)
    })
}

/// Calls `each` with batches until it answers that it has enough.
fn each_batch(
    connection: &Connection,
    from: JournalPosition,
    limit: usize,
    mut each: impl FnMut(Decoded) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT first, last, at_ms, records, seq FROM journal
             WHERE first >= coalesce((SELECT max(first) FROM journal WHERE first <= ?1), 0) AND last >= ?1
             ORDER BY first LIMIT ?2",
        )
        .map_err(from_sqlite)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = select.query(params![rows::signed(from.0), limit]).map_err(from_sqlite)?;
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        if !each(Decoded::of(row)?)? {
            break;
        }
    }
    Ok(())
}

fn edit(
    connection: &Connection,
    position: JournalPosition,
    key: FeatureKey,
    revision: Revision,
) -> Result<Edit, StoreError> {
    let place = || format!("journal, the edit at position {}", position.0);
    let Some(feature) = rows::feature_revision(connection, key, revision)? else {
        return Err(damaged(place(), format!("revision {} of feature {key} is missing", revision.0)));
    };
    let now = edited(&feature).map_err(|error| damaged(place(), error))?;
    Ok(Edit { key, revision, now })
}

//! What every store does with a batch before it writes it: whether it follows, which rows stand, what people did.

use crate::shipment::Shipment;
use crate::store::{AuditLine, Batch, Head, StoreError};
use cordon_spatial::alarm::{AlarmAct, AlarmLine};
use cordon_spatial::ids::JournalPosition;
use cordon_spatial::record::RecordBody;
use serde_json::json;
use std::collections::HashSet;

/// The head after a batch. Errors when the batch does not follow on `head`.
pub(crate) fn head_after(head: Head, batch: &Batch<'_>) -> Result<Head, StoreError> {
    let expected = head.position.0 + 1;
    let gap = (expected..).zip(batch.records).find(|(position, r)| r.position.0 != *position || r.at != batch.at);
    if let Some((position, record)) = gap {
        let found = (record.position.0, record.at);
        return Err(StoreError::Failed(format!(
            "a batch at {} has {found:?} where position {position} follows",
            batch.at
        )));
    }
    let seq = batch.events.iter().map(|e| e.seq).chain(batch.alarms.iter().map(|a| a.seq)).max();
    if seq.is_some_and(|seq| seq <= head.seq) {
        return Err(StoreError::Failed(format!("a change has a number not after {}", head.seq.0)));
    }
    Ok(Head {
        position: JournalPosition(head.position.0 + batch.records.len() as u64),
        seq: seq.unwrap_or(head.seq),
        at: if batch.records.is_empty() { head.at } else { batch.at },
        last_key: batch.features.iter().map(|f| f.key.0).fold(head.last_key, u32::max),
    })
}

/// Whether a shipment's batches follow on `head`, without a gap; on a new store they may begin anywhere.
pub(crate) fn follows(head: Head, shipment: &Shipment) -> Result<(), StoreError> {
    let mut expected = (head.position.0 > 0).then_some(head.position.0 + 1);
    for record in shipment.journal.iter().flat_map(|batch| &batch.records) {
        if expected.is_some_and(|expected| record.position.0 != expected) {
            let (found, expected) = (record.position.0, expected.unwrap_or_default());
            return Err(StoreError::Failed(format!("a shipment has position {found} where {expected} follows")));
        }
        expected = Some(record.position.0 + 1);
    }
    Ok(())
}

/// The last of each id, in order.
pub(crate) fn last_of_each<T>(rows: &[T], id: impl Fn(&T) -> u128) -> Vec<&T> {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut last: Vec<&T> = rows.iter().rev().filter(|row| seen.insert(id(row))).collect();
    last.reverse();
    last
}

/// What people did to alarms, for the audit trail; an act that changed nothing is in the journal alone.
pub(crate) fn acts(batch: &Batch<'_>) -> Vec<AuditLine> {
    let mut lines = Vec::new();
    for record in batch.records {
        let RecordBody::Act(act) = &record.body else { continue };
        let is_its = |line: &AlarmLine| line.at == batch.at && line.who.as_deref() == Some(&act.who);
        let mut changed = batch.alarms.iter().filter(|alarm| alarm.id == act.alarm);
        if !changed.any(|alarm| alarm.history.iter().any(is_its)) {
            continue;
        }
        let (action, said) = match &act.act {
            AlarmAct::Acknowledge { note } => ("alarm.acknowledge", json!({ "note": note })),
            AlarmAct::Close { result, note } => ("alarm.close", json!({ "result": result, "note": note })),
            AlarmAct::Shelve { reason, until } => ("alarm.shelve", json!({ "reason": reason, "until_ms": until.0 })),
        };
        let detail = json!({ "alarm": act.alarm.to_string(), "said": said });
        lines.push(AuditLine { at: batch.at, who: act.who.clone(), action: action.to_owned(), detail });
    }
    lines
}

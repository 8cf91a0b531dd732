//! What a terminal hands in of the time before it began.

use super::outbox::BATCH;

/// Seconds between two reports of the past.
pub(super) const EVERY_S: u32 = 10;

/// How many seconds before the beginning each report was taken, the oldest first.
pub(super) fn seconds(before_s: u32) -> impl Iterator<Item = u32> {
    (1..=before_s / EVERY_S).rev().map(|n| n * EVERY_S)
}

/// The newest of these reports that make whole batches. So the last batch holds more than two minutes, and whoever sent another
/// before it is still known to be handing in its past: time brings such a vehicle nothing that the next batch refutes.
pub(super) fn whole_batches<T>(mut reports: Vec<T>) -> Vec<T> {
    reports.drain(..reports.len() % BATCH);
    reports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_ends_where_the_present_begins_and_its_last_batch_holds_two_minutes() {
        let all: Vec<u32> = seconds(2_700).collect();
        assert_eq!((all.len(), all[0], all[269]), (270, 2_700, EVERY_S));
        let sent = whole_batches(all[7..].to_vec());
        assert_eq!((sent.len() % BATCH, sent.last()), (0, Some(&EVERY_S)));
        assert!(sent[sent.len() - BATCH] > 120);
    }
}

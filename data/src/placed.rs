//! Fixes with their places in the journal, and how a late fix is to see them.

use cordon_spatial::fix::{Fix, Marks};

/// A fix with its place in the journal.
pub(crate) type Placed = (u64, Fix);

/// The fixes that were judged, by (fixed_at, place), of exact repeats the first of the journal, without the engine's marks.
pub(crate) fn as_given(mut placed: Vec<Placed>) -> Vec<Fix> {
    placed.retain(|(_, fix)| !fix.marks.contains(Marks::TOO_LATE));
    placed.sort_unstable_by_key(|(position, fix)| (fix.fixed_at, fix.position, *position));
    placed.dedup_by_key(|(_, fix)| (fix.fixed_at, fix.position));
    let stripped = |(_, fix): Placed| Fix { marks: fix.marks & Marks::GATEWAY, ..fix };
    placed.into_iter().map(stripped).collect()
}

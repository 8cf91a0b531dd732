//! Fixes with their places in the journal, how a late fix is to see them, and how they are a track.

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

/// Appends fixes, all of them later than those of the track, by (fixed_at, source, place), exact repeats once.
pub(crate) fn append_in_order(track: &mut Vec<Fix>, mut fixes: Vec<Fix>) {
    fixes.sort_by_key(|fix| (fix.fixed_at, fix.source, fix.position, fix.received_at));
    let start = track.len();
    for fix in fixes {
        let mut same_instant = track[start..].iter().rev().take_while(|known| known.fixed_at == fix.fixed_at);
        if !same_instant.any(|known| known.position == fix.position) {
            track.push(fix);
        }
    }
}

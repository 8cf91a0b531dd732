//! The end of the journal that is not yet cut into tracks, in memory, by vehicle: shared by the writer and all readers.
//!
//! It holds committed fixes only. It is never larger than [`super::Options::tail_fixes`] and what came during one cut.

use crate::placed::Placed;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{JournalPosition, VehicleKey};
use cordon_spatial::units::UnixMs;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Tail {
    fixes: Mutex<Fixes>,
}

#[derive(Debug, Default)]
struct Fixes {
    /// Each vehicle's in journal order; no empty lists.
    by_vehicle: HashMap<VehicleKey, Vec<Placed>>,
    count: usize,
}

impl Tail {
    fn lock(&self) -> MutexGuard<'_, Fixes> {
        // Each change below leaves the lists whole, so that they stay right after a panic elsewhere.
        self.fixes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds committed fixes, in journal order.
    pub(super) fn extend(&self, fixes: impl Iterator<Item = Placed>) {
        let mut guard = self.lock();
        let all = &mut *guard;
        for (position, fix) in fixes {
            all.by_vehicle.entry(fix.vehicle).or_default().push((position, fix));
            all.count += 1;
        }
    }

    /// How many are held.
    pub(super) fn count(&self) -> usize {
        self.lock().count
    }

    /// The vehicles that have any, by key.
    pub(super) fn vehicles(&self) -> Vec<VehicleKey> {
        let mut vehicles: Vec<VehicleKey> = self.lock().by_vehicle.keys().copied().collect();
        vehicles.sort_unstable();
        vehicles
    }

    /// A vehicle's fixes taken at these times.
    pub(super) fn during(&self, vehicle: VehicleKey, times: &Range<UnixMs>) -> Vec<Fix> {
        let guard = self.lock();
        let fixes = guard.by_vehicle.get(&vehicle).map_or(&[][..], Vec::as_slice);
        fixes.iter().map(|(_, fix)| *fix).filter(|fix| times.contains(&fix.fixed_at)).collect()
    }

    /// A vehicle's fixes taken at this time or later, with their places.
    pub(super) fn since(&self, vehicle: VehicleKey, since: UnixMs) -> Vec<Placed> {
        let guard = self.lock();
        let fixes = guard.by_vehicle.get(&vehicle).map_or(&[][..], Vec::as_slice);
        fixes.iter().filter(|(_, fix)| fix.fixed_at >= since).copied().collect()
    }

    /// A vehicle's fixes up to a place in the journal.
    pub(super) fn up_to(&self, vehicle: VehicleKey, position: JournalPosition) -> Vec<Placed> {
        let guard = self.lock();
        let fixes = guard.by_vehicle.get(&vehicle).map_or(&[][..], Vec::as_slice);
        fixes[..fixes.partition_point(|(at, _)| *at <= position.0)].to_vec()
    }

    /// Forgets a vehicle's fixes up to a place in the journal.
    pub(super) fn forget(&self, vehicle: VehicleKey, position: JournalPosition) {
        let mut guard = self.lock();
        let all = &mut *guard;
        let Some(fixes) = all.by_vehicle.get_mut(&vehicle) else { return };
        let cut = fixes.partition_point(|(at, _)| *at <= position.0);
        all.count -= cut;
        if cut == fixes.len() {
            all.by_vehicle.remove(&vehicle);
        } else {
            *fixes = fixes.split_off(cut);
        }
    }
}

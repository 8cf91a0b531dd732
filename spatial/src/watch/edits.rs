//! Edits of zones, vehicles and exemptions: they act forward, and whoever stands in what changed is told at once.

use super::shard::Shard;
use super::track::Track;
use super::{Evaluated, Watch};
use crate::exemption::ExemptionEdit;
use crate::geodesy::LocalScale;
use crate::ids::{VehicleKey, ZoneKey};
use crate::onemap::ZoneEdit;
use crate::position::Position;
use crate::record::{Edit, Edited};
use crate::units::{Millimetres, UnixMs};
use crate::zone::{Bounds, Ground, RuleWhen, Zone};
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Watch {
    pub(super) fn edit(
        &mut self,
        at: UnixMs,
        edit: &Edit,
        edits: &mut Vec<ZoneEdit>,
        out: &mut Evaluated,
        moved: &mut Vec<VehicleKey>,
    ) {
        match &edit.now {
            Edited::Zone(zone) => edits.push((zone.key, Some(Arc::clone(zone)))),
            Edited::ZoneDeleted(key) => edits.push((*key, None)),
            Edited::Vehicle(key, vehicle) => {
                let shard = self.shard_of(*key);
                self.shards[shard].track_mut(*key).set_attributes(at, Arc::clone(vehicle));
                // It may have become one that must be somewhere.
                if !self.map.guards().is_empty() {
                    self.bring_up_to_now(vec![*key], out, moved);
                }
            }
            Edited::VehicleDeleted(key) => {
                self.for_vehicle(*key, out, Shard::end);
                moved.push(*key);
            }
            Edited::Exemption(exemption) => self.exempt((exemption.key, Some(Arc::clone(exemption))), out, moved),
            Edited::ExemptionDeleted(key) => self.exempt((*key, None), out, moved),
            Edited::Other => {}
        }
    }

    /// An exemption was given, changed or taken back: acts forward on whoever holds it.
    fn exempt(&mut self, edit: ExemptionEdit, out: &mut Evaluated, moved: &mut Vec<VehicleKey>) {
        let before = self.exemptions.holder(edit.0);
        self.exemptions = Arc::new(self.exemptions.edited(std::slice::from_ref(&edit), self.now));
        let after = self.exemptions.holder(edit.0);
        self.bring_up_to_now([before, after].into_iter().flatten().collect(), out, moved);
    }

    /// Lays edits on the map and says so to every vehicle that stands in an edited zone, before or after.
    pub(super) fn apply_edits(&mut self, edits: &mut Vec<ZoneEdit>, out: &mut Evaluated, moved: &mut Vec<VehicleKey>) {
        if edits.is_empty() {
            return;
        }
        let edits = std::mem::take(edits);
        let keys: FxHashSet<ZoneKey> = edits.iter().map(|(key, _)| *key).collect();
        let drawn = edits.iter().filter_map(|(_, zone)| Some(&zone.as_ref()?.ground));
        let grounds = keys.iter().flat_map(|key| self.map.grounds(*key)).chain(drawn);
        let grounds: Vec<(Bounds, &Ground)> = grounds.filter_map(|ground| Some((ground.bounds()?, ground))).collect();
        let asks = |zone: &Zone| zone.rules.iter().any(|rule| matches!(rule.when, RuleWhen::MustBeInside));
        let asks_for_presence = keys.iter().any(|key| self.map.guards().contains(key))
            || edits.iter().any(|(_, zone)| zone.as_ref().is_some_and(|zone| asks(zone)));
        // Whoever is near keeps the revisions of its window: a late fix judges that window again.
        let mut forget_before = self.now - self.settings.window - self.settings.gap;
        let mut touched: Vec<VehicleKey> = Vec::new();
        let visits = |track: &Track| track.state().visits.briefs().iter().any(|visit| keys.contains(&visit.zone));
        if asks_for_presence {
            for (key, track) in self.shards.iter().flat_map(Shard::tracks) {
                touched.push(key);
                forget_before = forget_before.min(track.oldest());
            }
        } else {
            // Whoever leaves a zone is still near it.
            let wide: Vec<Bounds> = grounds.iter().map(|(bounds, _)| self.with_what_is_near(*bounds)).collect();
            for (key, track) in self.shards.iter().flat_map(|shard| shard.near(&wide)) {
                forget_before = forget_before.min(track.oldest());
                let is_in = |p: Position| grounds.iter().any(|(bounds, ground)| bounds.holds(p) && ground.covers(p));
                if visits(track) || track.spot().is_some_and(is_in) {
                    touched.push(key);
                }
            }
            debug_assert!(
                self.shards.iter().flat_map(Shard::tracks).all(|(key, track)| !visits(track) || touched.contains(&key)),
                "a visit goes on far from its zone"
            );
        }
        let in_use = || self.shards.iter().flat_map(Shard::tracks).flat_map(|(_, track)| track.slots()).collect();
        self.map = Arc::new(self.map.edited(&edits, self.now, forget_before, in_use));
        self.bring_up_to_now(touched, out, moved);
    }

    /// A box and as much around it as the last place of a visit that goes on may be from the zone.
    fn with_what_is_near(&self, bounds: Bounds) -> Bounds {
        let reach = self.settings.max_accuracy.max(self.settings.exit_hysteresis).0 + Millimetres::metres(1).0;
        let farthest = if bounds.north.abs() > bounds.south.abs() { bounds.north } else { bounds.south };
        let scale = LocalScale::at(farthest);
        let units = |per_unit: f64| (reach as f64 / per_unit.max(1e-3)).ceil() as i32;
        bounds.wider(units(scale.lon_mm), units(scale.lat_mm))
    }
}

//! The park's own roads and gates as the network is joined with them: those that are there at an instant, and whether a join lags
//! behind them.
//!
//! A gate that has a time is there in that time alone: before and after it, it stops nobody and joins nothing.

use super::moment::FeatureFace;
use cordon_data::feature::{Collection, OwnFeature, StoredFeature, own_feature_of};
use cordon_spatial::ids::FeatureKey;
use cordon_spatial::road::Own;
use cordon_spatial::units::{Millimetres, UnixMs};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far roads and gates as they are drawn may be from those of the network: half the width of a road of two lanes (3.75 m
/// each, JTG B01-2014 4.0.2) and a metre or two by which positions from imagery and surveys differ.
const SNAP: Millimetres = Millimetres(5_000);

/// A road or a gate of the one-map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEntry {
    /// What it is called.
    pub face: FeatureFace,
    /// What it is to the network.
    pub read: OwnFeature,
}

impl OwnEntry {
    /// Whether it is there at an instant.
    fn holds(&self, now: UnixMs) -> bool {
        self.read.valid_from.is_none_or(|from| from <= now) && self.read.valid_to.is_none_or(|to| now < to)
    }
}

/// The park's own roads and gates, by key.
pub type OwnEntries = BTreeMap<FeatureKey, Arc<OwnEntry>>;

/// All of them, and those that the town was joined with.
#[derive(Default)]
pub struct Joining {
    all: OwnEntries,
    /// How often they changed.
    changes: u64,
    joined: Arc<OwnEntries>,
    /// What [`Joining::changes`] was when they were joined.
    joined_at: Option<u64>,
    /// When the next gate begins or ends by itself.
    next: Option<UnixMs>,
}

impl Joining {
    /// Takes a revision in, if it is one of theirs.
    pub fn take(&mut self, feature: &StoredFeature) {
        if !matches!(feature.collection, Collection::Roads | Collection::Gates) {
            return;
        }
        let entry = own_entry(feature).map(Arc::new);
        let before = match &entry {
            Some(entry) => self.all.insert(feature.key, Arc::clone(entry)),
            None => self.all.remove(&feature.key),
        };
        self.changes += u64::from(before != entry);
    }

    /// Lets time go on: a gate that begins or ends is a change.
    pub fn advance(&mut self, now: UnixMs) {
        if self.next.is_some_and(|next| next <= now) {
            self.next = None;
            self.changes += 1;
        }
    }

    /// Whether the town was joined with others than are there now.
    pub fn is_behind(&self) -> bool {
        self.joined_at != Some(self.changes)
    }

    /// Those that the town was joined with.
    pub fn joined(&self) -> Arc<OwnEntries> {
        Arc::clone(&self.joined)
    }

    /// Those that are there now, and the change that they are.
    pub fn at(&mut self, now: UnixMs) -> (Arc<OwnEntries>, u64) {
        let borders = self.all.values().flat_map(|entry| [entry.read.valid_from, entry.read.valid_to]).flatten();
        self.next = borders.filter(|border| *border > now).min();
        let there = self.all.iter().filter(|(_, entry)| entry.holds(now));
        (Arc::new(there.map(|(key, entry)| (*key, Arc::clone(entry))).collect()), self.changes)
    }

    /// The town was joined with these, which were a change.
    pub fn done(&mut self, joined: Arc<OwnEntries>, change: u64) {
        (self.joined, self.joined_at) = (joined, Some(change));
    }

    /// They could not be joined, and are not tried again before they change.
    pub fn failed(&mut self, change: u64) {
        self.joined_at = Some(change);
    }
}

/// What the network is joined with.
pub fn own_of(entries: &OwnEntries) -> Own {
    let roads = entries.values().flat_map(|entry| entry.read.roads.iter().cloned()).collect();
    let gates = entries.values().filter_map(|entry| entry.read.gate).collect();
    Own { roads, gates, snap: SNAP }
}

/// A road or gate that is not deleted and means something to the network.
fn own_entry(feature: &StoredFeature) -> Option<OwnEntry> {
    let read = own_feature_of(feature)?;
    let body: Value = serde_json::from_str(feature.body.as_deref()?).ok()?;
    let text = |name: &str| body["properties"][name].as_str().map(str::to_owned);
    let (collection, id) = (feature.collection.name(), feature.id.to_string());
    Some(OwnEntry { face: FeatureFace { collection, id, name: text("name"), name_en: text("name_en") }, read })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::ids::{FeatureId, Revision};
    use serde_json::json;

    fn gate(key: u32, properties: Value) -> StoredFeature {
        let point = json!({"type": "Point", "coordinates": [121.0, 30.0]});
        let body = json!({"type": "Feature", "id": "x", "geometry": point, "properties": properties});
        StoredFeature {
            key: FeatureKey(key),
            collection: Collection::Gates,
            id: FeatureId::new("x").expect("an id"),
            revision: Revision(1),
            at: UnixMs(0),
            who: String::new(),
            body: Some(body.to_string()),
            derived: None,
        }
    }

    #[test]
    fn a_gate_is_there_in_its_time_alone_and_its_borders_are_changes() {
        let mut joining = Joining::default();
        let day = |hour: i64| UnixMs(1_795_305_600_000 + hour * 3_600_000);
        joining.take(&gate(1, json!({"kind": "ordinary"})));
        let time =
            json!({"kind": "ordinary", "valid_from": "2026-11-22T02:00:00Z", "valid_to": "2026-11-22T04:00:00Z"});
        joining.take(&gate(2, time));
        let mut there = |hour: i64| {
            joining.advance(day(hour));
            let is_behind = joining.is_behind();
            let (own, change) = joining.at(day(hour));
            joining.done(Arc::clone(&own), change);
            (own.len(), is_behind)
        };
        assert_eq!(
            [there(0), there(1), there(2), there(3), there(4), there(5)],
            [(1, true), (1, false), (2, true), (2, false), (1, true), (1, false)]
        );
    }
}

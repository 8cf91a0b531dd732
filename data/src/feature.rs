//! Map features as they are edited and kept: GeoJSON in, checked types out, revisions kept.

use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, RuleId};
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::Ground;
use serde::{Deserialize, Serialize};

/// A collection of map features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    /// The park's boundary and name.
    Parks,
    /// Zones with rules.
    Zones,
    /// Vehicles.
    Vehicles,
    /// Gates.
    Gates,
    /// Roads drawn as lines.
    Roads,
    /// Rescue resources.
    Resources,
    /// Hazard sources.
    HazardSources,
}

/// One revision of a feature as the store keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFeature {
    /// Its key.
    pub key: FeatureKey,
    /// Its collection.
    pub collection: Collection,
    /// Its id.
    pub id: FeatureId,
    /// This revision.
    pub revision: Revision,
    /// Journal time of this revision's record.
    pub at: UnixMs,
    /// Who made it.
    pub who: String,
    /// The GeoJSON feature as text (RFC 7946) with `id`; `None` = deleted by this revision.
    pub body: Option<String>,
    /// For a zone: what was derived from the body on entry; `None` for everything else and for deletions.
    pub derived: Option<Derived>,
}

/// What entry makes of a zone's body: kept, so that it is judged by the same bytes for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// The ground that is judged and shown.
    pub ground: Ground,
    /// Each rule's own revision: the zone revision at which the rule or the ground or the validity last changed.
    pub rule_revisions: Vec<(RuleId, Revision)>,
}

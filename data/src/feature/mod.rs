//! Map features as they are edited and kept: GeoJSON in, checked types out, revisions kept.
//!
//! Everything that comes from a person or a file is judged here once, by [`prepare`], and refused with a
//! [`FieldError`] that names the field, its value and the limit. What was kept is read back by [`edited`]; it must give
//! the same zone and vehicle for ever, so a zone's ground is kept beside its body and never derived again.
//!
//! Words: *feature*, *collection*, *revision*, *body* (the GeoJSON text that is kept), *drawn* (what a person drew,
//! where that was a circle or a corridor).

mod closure;
pub(crate) mod code;
mod collection;
mod entry;
mod exemption;
mod extent;
mod field_error;
mod geometry;
mod ground;
mod judge;
mod members;
mod reference;
mod road;
mod rule;
pub mod schema;
mod vehicle;
mod window;
mod zone;

#[cfg(test)]
mod tests;

pub use closure::{AUDIENCE_LIMIT, ClosesUnsaid, RoadClosure, audience_names, audience_of, closure_of};
pub use collection::Collection;
pub use entry::{Draft, Find, Prepared, Wholes, deletion, edited, no_wholes, prepare};
pub use exemption::exemption_of;
pub use extent::Extent;
pub use field_error::FieldError;
pub use geometry::{bbox, bbox_of, bbox_of_ground, ground_of};
pub use reference::{Reference, references, wholes};
pub use road::{OwnFeature, RoadRead, own_feature_of, read_road};
pub use vehicle::{VehicleFeature, class_name, vehicle_of};
pub use zone::{RISK_LEVELS, ZONE_KINDS, zone_of};

use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, RuleId, VehicleKey, ZoneKey};
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::Ground;
use serde::{Deserialize, Serialize};

/// Longest body of one feature as text, bytes.
pub const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

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
    /// For a zone or an exemption: what was derived from the body on entry; `None` for everything else and for deletions.
    pub derived: Option<Derived>,
}

/// What entry makes of a body: kept, so that the same is judged for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Derived {
    /// Of a zone.
    Zone(DerivedZone),
    /// Of an exemption.
    Exemption(DerivedExemption),
}

/// Whom and where an exemption meant when it was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerivedExemption {
    /// The vehicle; `None` when it is given to a person.
    pub vehicle: Option<VehicleKey>,
    /// The only zone; `None` = every one.
    pub zone: Option<ZoneKey>,
}

/// What a zone's body became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerivedZone {
    /// The ground that is judged and shown.
    pub ground: Ground,
    /// Each rule's own revision: the zone revision at which the rule or the ground or the validity last changed.
    pub rule_revisions: Vec<(RuleId, Revision)>,
}

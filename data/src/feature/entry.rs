//! From a feature that somebody sent to the revision that is kept and what the engine judges by.

use super::closure;
use super::exemption::{self, ExemptionDraft, exemption_of};
use super::field_error::FieldError;
use super::judge::Judged;
use super::members::{Members, object};
use super::vehicle::{self, VehicleFeature, vehicle_of};
use super::zone::{self, ZoneDraft, zone_of};
use super::{Collection, Derived, MAX_BODY_BYTES, StoredFeature, geometry};
use cordon_spatial::ids::{ExemptionKey, FeatureId, FeatureKey, Revision, VehicleKey, ZoneKey};
use cordon_spatial::record::Edited;
use cordon_spatial::units::UnixMs;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Deepest nesting of a property's value.
const MAX_DEPTH: usize = 16;
/// Most members of `properties`.
const MAX_PROPERTIES: usize = 200;
/// Longest name of a property and longest text in it, characters.
const MAX_NAME_CHARS: usize = 100;
const MAX_TEXT_CHARS: usize = 10_000;
/// Most entries of a list and members of an object inside a property.
const MAX_ENTRIES: usize = 10_000;

/// Finds the key of a feature that exists, by its collection and id.
pub type Find<'a> = dyn Fn(Collection, &FeatureId) -> Option<FeatureKey> + 'a;

/// Tells what a feature of the same collection is part of: the ids that it names in its own collection.
pub type Wholes<'a> = dyn Fn(&FeatureId) -> Vec<FeatureId> + 'a;

/// No feature is part of another: for collections whose features name none of their own.
pub fn no_wholes(_: &FeatureId) -> Vec<FeatureId> {
    Vec::new()
}

/// A feature as it was sent, and what it is to become.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    /// Its collection.
    pub collection: Collection,
    /// Its id: from the path, from the feature, or a new one.
    pub id: &'a FeatureId,
    /// The GeoJSON feature as JSON (for a merge patch: after it was merged).
    pub feature: &'a Value,
    /// The current revision, if there is one.
    pub previous: Option<&'a StoredFeature>,
    /// Finds what it refers to: what is kept, and what comes in the same request, by any key.
    pub find: &'a Find<'a>,
    /// Tells what the features of its collection are part of, so that none becomes part of itself.
    pub wholes: &'a Wholes<'a>,
}

/// A checked feature, not yet kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// Its collection.
    pub collection: Collection,
    /// Its id.
    pub id: FeatureId,
    /// The revision that it becomes: 1, or the one after the previous.
    pub revision: Revision,
    /// The body to keep.
    pub body: String,
    /// For a zone or an exemption: what was derived from it.
    pub derived: Option<Derived>,
    /// For a vehicle: what was read from it.
    pub vehicle: Option<VehicleFeature>,
    zone: Option<ZoneDraft>,
    exemption: Option<ExemptionDraft>,
}

/// Checks a feature whole. Known properties are judged where they differ from the revision before, unknown ones are kept as they are
/// unless a zone's or vehicle's is nearly a known one; members of the feature other than `type`, `id`, `geometry` and `properties` are
/// dropped (RFC 7946 §6.1), a `crs` other than WGS 84 is refused.
///
/// Errors name the first field that is wrong, its value and what is allowed. Cost: linear in the body, and for a zone
/// that of [`cordon_spatial::shape::polygons`].
pub fn prepare(draft: &Draft<'_>) -> Result<Prepared, FieldError> {
    let feature = object(draft.feature, "the feature")?;
    check_frame(feature, draft.id)?;
    if draft.collection == Collection::Datasets {
        check_described(draft.id)?;
    }
    let mut properties = match feature.get("properties") {
        None | Some(Value::Null) => Map::new(),
        Some(value) => object(value, "properties")?.clone(),
    };
    check_sizes(&properties, draft.collection)?;
    let mut drawing = feature.get("geometry").cloned().unwrap_or(Value::Null);
    let revision = Revision(draft.previous.map_or(1, |previous| previous.revision.0 + 1));
    let (mut zone, mut vehicle, mut exemption) = (None, None, None);
    match draft.collection {
        Collection::Zones => {
            let entered = zone::enter(&mut drawing, &mut properties, draft.previous, revision)?;
            zone = Some(entered);
        }
        Collection::Exemptions => {
            exemption = Some(exemption::enter(&drawing, &properties, draft.previous, draft.find)?);
        }
        Collection::Vehicles => {
            vehicle = Some(vehicle::enter(&mut properties)?);
            drawing = Value::Null;
        }
        Collection::Closures => closure::enter(&mut drawing, &mut properties, draft.previous)?,
        _ => {
            if draft.collection == Collection::ClosedAreas {
                closure::enter_area(&drawing, &properties)?;
            }
            Members::new(&properties, "properties").text("name", 200)?;
            if !draft.collection.is_drawn() && !drawing.is_null() {
                let limit = format!("null: what {} holds has no place of its own", draft.collection);
                return Err(FieldError::new("geometry", "geometry", drawing, limit));
            }
            if !drawing.is_null() {
                geometry::check_drawn(&drawing, "geometry")?;
            }
        }
    }
    let before = draft.previous.and_then(|previous| kept_properties(previous.body.as_deref()?));
    let judged = Judged {
        collection: draft.collection,
        id: draft.id,
        properties: &properties,
        before: before.as_ref(),
        find: draft.find,
        wholes: draft.wholes,
    };
    judged.check()?;
    let kept = Body { geometry: &drawing, id: draft.id.as_str(), properties: &properties, kind: "Feature" };
    let body = serde_json::to_string(&kept).expect("values always serialize to JSON");
    if body.len() > MAX_BODY_BYTES {
        let limit = format!("at most {MAX_BODY_BYTES} bytes");
        return Err(FieldError::new("too_large", "the feature", format!("{} bytes", body.len()), limit));
    }
    let derived = zone.as_ref().map(ZoneDraft::derived).or_else(|| exemption.as_ref().map(ExemptionDraft::derived));
    Ok(Prepared {
        collection: draft.collection,
        id: draft.id.clone(),
        revision,
        body,
        derived,
        vehicle,
        zone,
        exemption,
    })
}

/// A body as it is written; its members in the order of their names, as those of everything in it.
#[derive(serde::Serialize)]
struct Body<'a> {
    geometry: &'a Value,
    id: &'a str,
    properties: &'a Map<String, Value>,
    #[serde(rename = "type")]
    kind: &'a str,
}

impl Prepared {
    /// The revision to keep under its key, with `at` left to the pipeline (0), and what the engine is to judge by.
    pub fn under(self, key: FeatureKey, who: impl Into<String>) -> (StoredFeature, Edited) {
        let now = match (self.zone, self.vehicle, self.exemption) {
            (Some(draft), _, _) => Edited::Zone(Arc::new(draft.zone(ZoneKey(key.0), self.revision))),
            (_, Some(read), _) => Edited::Vehicle(VehicleKey(key.0), Arc::new(read.vehicle)),
            (_, _, Some(draft)) => Edited::Exemption(Arc::new(draft.exemption(ExemptionKey(key.0), self.revision))),
            _ => Edited::Other,
        };
        let feature = StoredFeature {
            key,
            collection: self.collection,
            id: self.id,
            revision: self.revision,
            at: UnixMs(0),
            who: who.into(),
            body: Some(self.body),
            derived: self.derived,
        };
        (feature, now)
    }
}

/// The revision that deletes a feature, with `at` left to the pipeline (0), and what the engine is to judge by.
pub fn deletion(previous: &StoredFeature, who: impl Into<String>) -> (StoredFeature, Edited) {
    let feature = StoredFeature {
        revision: Revision(previous.revision.0 + 1),
        at: UnixMs(0),
        who: who.into(),
        body: None,
        derived: None,
        ..previous.clone()
    };
    let now = deleted(feature.collection, feature.key);
    (feature, now)
}

fn deleted(collection: Collection, key: FeatureKey) -> Edited {
    match collection {
        Collection::Zones => Edited::ZoneDeleted(ZoneKey(key.0)),
        Collection::Vehicles => Edited::VehicleDeleted(VehicleKey(key.0)),
        Collection::Exemptions => Edited::ExemptionDeleted(ExemptionKey(key.0)),
        _ => Edited::Other,
    }
}

/// What the engine judges by after a kept revision: the same as when it was entered.
pub fn edited(feature: &StoredFeature) -> Result<Edited, FieldError> {
    if feature.body.is_none() {
        return Ok(deleted(feature.collection, feature.key));
    }
    match feature.collection {
        Collection::Zones => Ok(Edited::Zone(Arc::new(zone_of(feature)?))),
        Collection::Vehicles => Ok(Edited::Vehicle(VehicleKey(feature.key.0), Arc::new(vehicle_of(feature)?.vehicle))),
        // One without keys was kept by a version that took anything for an exemption: it grants nothing.
        Collection::Exemptions if feature.derived.is_some() => Ok(Edited::Exemption(Arc::new(exemption_of(feature)?))),
        _ => Ok(Edited::Other),
    }
}

/// Type, id and coordinate system.
fn check_frame(feature: &Map<String, Value>, id: &FeatureId) -> Result<(), FieldError> {
    match feature.get("type") {
        Some(Value::String(name)) if name == "Feature" => {}
        Some(other) => return Err(FieldError::new("type", "type", other, "Feature")),
        None => return Err(FieldError::missing("type", "Feature")),
    }
    match feature.get("id") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if text == id.as_str() => {}
        Some(Value::Number(number)) if number.to_string() == id.as_str() => {}
        Some(other) => return Err(FieldError::new("id", "id", other, id.as_str())),
    }
    for name in ["crs", "coordRefSys"] {
        let Some(value) = feature.get(name).filter(|value| !value.is_null()) else { continue };
        let text = value.to_string();
        if !["CRS84", "4326", "4490"].iter().any(|known| text.contains(known)) {
            return Err(FieldError::new("crs", name, value, "WGS 84 or CGCS2000, longitude first"));
        }
    }
    Ok(())
}

/// The properties of a kept body, to tell what an edit changes; none of one that cannot be read, so that all is judged.
fn kept_properties(body: &str) -> Option<Map<String, Value>> {
    #[derive(serde::Deserialize)]
    struct Kept {
        properties: Map<String, Value>,
    }
    serde_json::from_str::<Kept>(body).ok().map(|kept| kept.properties)
}

/// A dataset is called as the collection that it describes.
fn check_described(id: &FeatureId) -> Result<(), FieldError> {
    match Collection::from_name(id.as_str()) {
        Some(_) => Ok(()),
        None => {
            let names: Vec<&str> = Collection::ALL.iter().map(|collection| collection.name()).collect();
            Err(FieldError::new("id", "id", id, format!("the name of a collection: {}", names.join(", "))))
        }
    }
}

/// Bounds on everything that is kept without being understood.
fn check_sizes(properties: &Map<String, Value>, collection: Collection) -> Result<(), FieldError> {
    if properties.len() > MAX_PROPERTIES {
        let value = format!("{} members", properties.len());
        return Err(FieldError::new("too_many", "properties", value, format!("at most {MAX_PROPERTIES} members")));
    }
    for (name, value) in properties {
        check_name(name)?;
        // A ground's drawing is checked as the geometry that it is, or replaced.
        if name != "drawn" || !matches!(collection, Collection::Zones | Collection::Closures) {
            check_value(value, &format!("properties.{name}"), MAX_DEPTH)?;
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), FieldError> {
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(FieldError::new(
            "too_long",
            "the name of a property",
            name,
            format!("at most {MAX_NAME_CHARS} characters"),
        ));
    }
    Ok(())
}

fn check_value(value: &Value, path: &str, depth_left: usize) -> Result<(), FieldError> {
    let Some(depth_left) = depth_left.checked_sub(1) else {
        return Err(FieldError::new("too_deep", path, "nested deeper", format!("at most {MAX_DEPTH} levels")));
    };
    let too_many = |count: usize| {
        FieldError::new("too_many", path, format!("{count} entries"), format!("at most {MAX_ENTRIES} entries"))
    };
    match value {
        Value::String(text) if text.chars().count() > MAX_TEXT_CHARS => {
            Err(FieldError::new("too_long", path, text, format!("at most {MAX_TEXT_CHARS} characters")))
        }
        Value::Array(values) if values.len() > MAX_ENTRIES => Err(too_many(values.len())),
        Value::Object(members) if members.len() > MAX_ENTRIES => Err(too_many(members.len())),
        Value::Array(values) => {
            values.iter().enumerate().try_for_each(|(i, inner)| check_value(inner, &format!("{path}[{i}]"), depth_left))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, inner)| {
            check_name(name)?;
            check_value(inner, &format!("{path}.{name}"), depth_left)
        }),
        _ => Ok(()),
    }
}

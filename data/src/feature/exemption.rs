//! Exemptions as features: who is left alone by which rules, where and from when to when. They have no geometry.
//!
//! The vehicle and the zone are named by id; on entry they must exist, and their keys are kept beside the body, so that a
//! kept revision says for ever whom it meant.

use super::entry::Find;
use super::field_error::FieldError;
use super::members::{Members, object, one_of, text};
use super::{Collection, Derived, DerivedExemption, StoredFeature};
use cordon_spatial::exemption::{Exemption, ExemptionKind, ExemptionSubject};
use cordon_spatial::ids::{ExemptionKey, FeatureId, FeatureKey, Revision, VehicleKey, ZoneKey};
use cordon_spatial::units::UnixMs;
use serde_json::{Map, Value};

/// An exemption without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExemptionDraft {
    read: Read,
    keys: DerivedExemption,
}

impl ExemptionDraft {
    /// The exemption under its key.
    pub(super) fn exemption(self, key: ExemptionKey, revision: Revision) -> Exemption {
        let ExemptionDraft { read, keys } = self;
        let subject = match (read.subject, keys.vehicle) {
            (_, Some(vehicle)) => ExemptionSubject::Vehicle(vehicle),
            (Named::Vehicle(id) | Named::Person(id), None) => ExemptionSubject::Person(id),
        };
        Exemption { key, revision, kind: read.kind, subject, zone: keys.zone, from: read.from, to: read.to }
    }

    /// What is kept beside the body.
    pub(super) fn derived(&self) -> Derived {
        Derived::Exemption(self.keys)
    }
}

/// What the properties say, by ids.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Read {
    kind: ExemptionKind,
    subject: Named,
    zone: Option<FeatureId>,
    from: UnixMs,
    to: UnixMs,
}

/// Whom an exemption names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Vehicle(FeatureId),
    Person(FeatureId),
}

#[derive(Clone, Copy)]
enum SubjectKind {
    Vehicle,
    Person,
}

const SUBJECT_KINDS: [(&str, SubjectKind); 2] = [("vehicle", SubjectKind::Vehicle), ("person", SubjectKind::Person)];

/// Reads an exemption and finds whom and where it means. What the revision before named already is not looked up again: it
/// may have been deleted since.
pub(super) fn enter(
    drawing: &Value,
    properties: &Map<String, Value>,
    previous: Option<&StoredFeature>,
    find: &Find<'_>,
) -> Result<ExemptionDraft, FieldError> {
    if !drawing.is_null() {
        return Err(FieldError::new("geometry", "geometry", drawing, "null: an exemption has no place of its own"));
    }
    let read = read(properties)?;
    let before = previous.and_then(|feature| draft_of(feature).ok());
    let unknown = |code, field: &str, id: &FeatureId, what: &str| {
        FieldError::new(code, field, id, format!("the id of {what} that exists"))
    };
    let vehicle = match (&read.subject, &before) {
        (Named::Person(_), _) => None,
        (named, Some(before)) if *named == before.read.subject => before.keys.vehicle,
        (Named::Vehicle(id), _) => match find(Collection::Vehicles, id) {
            Some(key) => Some(VehicleKey(key.0)),
            None => return Err(unknown("unknown_vehicle", "properties.subject", id, "a vehicle")),
        },
    };
    let zone = match (&read.zone, &before) {
        (None, _) => None,
        (named, Some(before)) if *named == before.read.zone => before.keys.zone,
        (Some(id), _) => match find(Collection::Zones, id) {
            Some(key) => Some(ZoneKey(key.0)),
            None => return Err(unknown("unknown_zone", "properties.zone", id, "a zone")),
        },
    };
    Ok(ExemptionDraft { read, keys: DerivedExemption { vehicle, zone } })
}

fn read(properties: &Map<String, Value>) -> Result<Read, FieldError> {
    let members = Members::new(properties, "properties");
    members.text("name", 200)?;
    let Some(kind) = members.get("kind") else {
        return Err(FieldError::missing("properties.kind", "pass, permit, waybill or another word of a-z and _"));
    };
    let Some(subject_value) = members.get("subject") else {
        return Err(FieldError::missing("properties.subject", "the id of a vehicle, or {kind: vehicle|person, id}"));
    };
    let zone = members.get("zone").map(|value| id(value, "properties.zone")).transpose()?;
    let time = |name: &str| {
        members
            .time(name)?
            .ok_or_else(|| FieldError::missing(members.field(name), "a time with its offset by RFC 3339"))
    };
    let (from, to) = (time("from")?, time("to")?);
    if from >= to {
        let value = members.text("to", 64)?.unwrap_or_default();
        return Err(FieldError::new("order", "properties.to", value, "a time after properties.from"));
    }
    Ok(Read { kind: exemption_kind(kind, "properties.kind")?, subject: subject(subject_value)?, zone, from, to })
}

/// A kind of exemption.
pub(super) fn exemption_kind(value: &Value, field: &str) -> Result<ExemptionKind, FieldError> {
    let name = text(value, field, 100)?;
    ExemptionKind::new(name).map_err(|_| FieldError::new("value", field, name, "1 to 32 characters of a-z and _"))
}

/// The id of a vehicle, or an object with kind and id.
fn subject(value: &Value) -> Result<Named, FieldError> {
    const FIELD: &str = "properties.subject";
    if value.is_string() {
        return Ok(Named::Vehicle(id(value, FIELD)?));
    }
    let members = Members::new(object(value, FIELD)?, FIELD);
    members.refuse_unknown(&["kind", "id"])?;
    let Some(kind) = members.get("kind") else {
        return Err(FieldError::missing(members.field("kind"), "vehicle or person"));
    };
    let Some(id_value) = members.get("id") else {
        return Err(FieldError::missing(members.field("id"), "the id of the subject"));
    };
    let id = id(id_value, &members.field("id"))?;
    Ok(match one_of(kind, &members.field("kind"), &SUBJECT_KINDS)? {
        SubjectKind::Vehicle => Named::Vehicle(id),
        SubjectKind::Person => Named::Person(id),
    })
}

fn id(value: &Value, field: &str) -> Result<FeatureId, FieldError> {
    let name = text(value, field, 100)?;
    FeatureId::new(name).map_err(|error| FieldError::new("id", field, name, error.to_string()))
}

/// The exemption that a kept revision stands for. Errors when the feature is none, is deleted, cannot be read, or was kept
/// by a version that did not know what an exemption is.
pub fn exemption_of(feature: &StoredFeature) -> Result<Exemption, FieldError> {
    let FeatureKey(key) = feature.key;
    draft_of(feature).map(|draft| draft.exemption(ExemptionKey(key), feature.revision))
}

fn draft_of(feature: &StoredFeature) -> Result<ExemptionDraft, FieldError> {
    let (Some(body), Some(Derived::Exemption(keys))) = (&feature.body, &feature.derived) else {
        return Err(FieldError::missing("properties.subject", "an exemption that was kept with its keys"));
    };
    let body: Value = serde_json::from_str(body)
        .map_err(|error| FieldError::new("type", "the kept body", error, "a GeoJSON feature"))?;
    match body.get("properties") {
        Some(Value::Object(properties)) => Ok(ExemptionDraft { read: read(properties)?, keys: *keys }),
        _ => Err(FieldError::missing("properties", "an object")),
    }
}

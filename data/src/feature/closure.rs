//! What closes roads: features of `closures`, and zones and closed areas that say so.
//!
//! A closure has a ground, as a zone has, and says for whom it holds and when; it has no rules and raises no alarm. A zone
//! or a closed area closes roads by its member [`CLOSES`], which a site's settings stand in for where it is absent.

use super::field_error::FieldError;
use super::members::Members;
use super::window::{self, Validity};
use super::{Collection, StoredFeature, geometry, ground, zone, zone_of};
use cordon_spatial::calendar::Schedule;
use cordon_spatial::road::{Audience, ProfileId};
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::{Ground, RiskLevel, ZoneKind};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The member of a zone or a closed area that says for whom it closes roads.
pub(super) const CLOSES: &str = "closes_roads_for";

/// Every member that means something in a closure's properties. Others are kept as remarks.
pub(super) const KNOWN: [&str; 9] =
    ["name", "reason", "audience", "valid_from", "valid_to", "schedule", "radius_m", "width_m", "drawn"];

/// Audiences by the names that stand for several profiles.
const AUDIENCES: [(&str, Audience); 3] =
    [("all", Audience::all()), ("non_emergency", Audience::NON_EMERGENCY), ("none", Audience::empty())];

/// The profiles by their names.
const PROFILES: [(&str, ProfileId); 5] = [
    ("car", ProfileId::Car),
    ("hazmat_truck", ProfileId::HazmatTruck),
    ("fire_engine", ProfileId::FireEngine),
    ("ambulance", ProfileId::Ambulance),
    ("foot", ProfileId::Foot),
];

/// What may stand for an audience.
pub const AUDIENCE_LIMIT: &str =
    "all, non_emergency, none, or a list of car, hazmat_truck, fire_engine, ambulance and foot";

/// What closes roads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoadClosure {
    /// What it covers.
    pub ground: Ground,
    /// For whom.
    pub audience: Audience,
    /// From when, inclusive.
    pub valid_from: Option<UnixMs>,
    /// Until when, exclusive.
    pub valid_to: Option<UnixMs>,
    /// On which days and hours of these.
    pub schedule: Schedule,
    /// What people call it.
    pub name: Option<String>,
    /// The same in English.
    pub name_en: Option<String>,
    /// Why roads are closed.
    pub reason: Option<String>,
}

/// For whom features close roads that do not say it themselves.
pub type ClosesUnsaid<'a> = dyn Fn(ZoneKind, Option<RiskLevel>) -> Audience + 'a;

/// Checks a closure and makes both what is kept.
pub(super) fn enter(
    drawing: &mut Value,
    properties: &mut Map<String, Value>,
    previous: Option<&StoredFeature>,
) -> Result<(), FieldError> {
    Members::new(properties, "properties").refuse_misspelt(&KNOWN)?;
    let before = previous.and_then(|feature| feature.body.as_deref()).map(kept_ground).transpose()?;
    let made = ground::enter(drawing, properties, before.as_ref())?;
    let read = read(properties, made)?;
    if read.audience.is_empty() {
        return Err(FieldError::new("value", "properties.audience", "none", AUDIENCE_LIMIT.replace("none, ", "")));
    }
    *drawing = geometry::ground_geometry(&read.ground);
    Ok(())
}

/// Checks what a closed area says of roads: one that closes any must be an area.
pub(super) fn enter_area(drawing: &Value, properties: &Map<String, Value>) -> Result<(), FieldError> {
    match audience(&Members::new(properties, "properties"), CLOSES)? {
        Some(audience) if !audience.is_empty() => geometry::ground_of(drawing).map(|_| ()),
        _ => Ok(()),
    }
}

/// Everything of a closure, with its ground. Without an audience it holds for everybody.
fn read(properties: &Map<String, Value>, ground: Ground) -> Result<RoadClosure, FieldError> {
    let members = Members::new(properties, "properties");
    let text = |name: &str, most: usize| Ok::<_, FieldError>(members.text(name, most)?.map(str::to_owned));
    let Validity { valid_from, valid_to, schedule } = window::validity(&members)?;
    Ok(RoadClosure {
        ground,
        audience: audience(&members, "audience")?.unwrap_or(Audience::all()),
        valid_from,
        valid_to,
        schedule,
        name: text("name", 200)?,
        name_en: text("name_en", 200)?,
        reason: text("reason", 1_000)?,
    })
}

/// For whom a member says that roads are closed; `None` when it is absent.
pub(super) fn audience(members: &Members<'_>, name: &str) -> Result<Option<Audience>, FieldError> {
    let field = members.field(name);
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(word)) => {
            let wrong = || FieldError::new("value", field, word, AUDIENCE_LIMIT);
            audience_of(word).map(Some).ok_or_else(wrong)
        }
        Some(Value::Array(_)) => {
            let mut audience = Audience::empty();
            for (index, word) in members.texts(name, PROFILES.len(), 64)?.iter().enumerate() {
                let profile = PROFILES.iter().find(|(known, _)| known == word);
                let wrong = || FieldError::new("value", format!("{field}[{index}]"), word, AUDIENCE_LIMIT);
                audience |= profile.ok_or_else(wrong)?.1.audience();
            }
            Ok(Some(audience))
        }
        Some(other) => Err(FieldError::new("type", field, other, AUDIENCE_LIMIT)),
    }
}

/// The audience of one word: `all`, `non_emergency`, `none`, or a profile.
pub fn audience_of(word: &str) -> Option<Audience> {
    let several = AUDIENCES.iter().find(|(known, _)| *known == word).map(|(_, audience)| *audience);
    let one = || PROFILES.iter().find(|(known, _)| *known == word).map(|(_, profile)| profile.audience());
    several.or_else(one)
}

/// The names of the profiles of an audience.
pub fn audience_names(audience: Audience) -> Vec<&'static str> {
    PROFILES.iter().filter(|(_, profile)| audience.contains(profile.audience())).map(|(name, _)| *name).collect()
}

/// What is read of a kept body whose outline does not matter.
#[derive(Deserialize)]
struct Kept {
    properties: Map<String, Value>,
}

/// What is read of a kept body whose outline is its ground.
#[derive(Deserialize)]
struct KeptWhole {
    properties: Map<String, Value>,
    geometry: Value,
}

fn kept<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, FieldError> {
    let wrong =
        |error| FieldError::new("type", "the kept body", error, "a GeoJSON feature with geometry and properties");
    serde_json::from_str(body).map_err(wrong)
}

fn kept_ground(body: &str) -> Result<Ground, FieldError> {
    geometry::ground_of(&kept::<KeptWhole>(body)?.geometry)
}

/// What roads a kept feature closes; `None` when it closes none: another collection, deleted, or for nobody. Zones that do
/// not say for whom are asked of `unsaid`.
pub fn closure_of(feature: &StoredFeature, unsaid: &ClosesUnsaid<'_>) -> Result<Option<RoadClosure>, FieldError> {
    let Some(body) = feature.body.as_deref() else { return Ok(None) };
    let closure = match feature.collection {
        Collection::Closures => {
            let KeptWhole { properties, geometry } = kept(body)?;
            read(&properties, geometry::ground_of(&geometry)?)?
        }
        Collection::Zones => {
            let Kept { properties } = kept(body)?;
            let members = Members::new(&properties, "properties");
            let (kind, level) = zone::sort(&members)?;
            let audience = audience(&members, CLOSES)?.unwrap_or_else(|| unsaid(kind, level));
            // Of a hundred thousand zones few close roads: the others are read no further.
            if audience.is_empty() {
                return Ok(None);
            }
            let (zone, named) = (zone_of(feature)?, named(&properties)?);
            let (valid_from, valid_to, schedule) = (zone.valid_from, zone.valid_to, zone.schedule);
            RoadClosure { ground: zone.ground, audience, valid_from, valid_to, schedule, ..named }
        }
        Collection::ClosedAreas => {
            let KeptWhole { properties, geometry } = kept(body)?;
            let said = audience(&Members::new(&properties, "properties"), CLOSES)?;
            let Some(audience) = said.filter(|audience| !audience.is_empty()) else { return Ok(None) };
            RoadClosure { ground: geometry::ground_of(&geometry)?, audience, ..named(&properties)? }
        }
        _ => return Ok(None),
    };
    Ok(Some(closure).filter(|closure| !closure.audience.is_empty()))
}

/// What a feature is called, closing nothing yet.
fn named(properties: &Map<String, Value>) -> Result<RoadClosure, FieldError> {
    let of_names = properties.iter().filter(|(name, _)| ["name", "name_en", "reason"].contains(&name.as_str()));
    let names = of_names.map(|(name, value)| (name.clone(), value.clone())).collect();
    read(&names, Ground { parts: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::super::{Draft, no_wholes, prepare};
    use super::*;
    use cordon_spatial::ids::{FeatureId, FeatureKey};
    use serde_json::json;

    /// What of a feature is kept, and what it closes where unsaid zones close nothing.
    fn kept(
        collection: Collection,
        geometry: Value,
        properties: Value,
        previous: Option<&StoredFeature>,
    ) -> Result<(StoredFeature, Option<RoadClosure>), FieldError> {
        let id = FeatureId::new("c").expect("an id");
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": properties});
        let draft = Draft { collection, id: &id, feature: &feature, previous, find: &|_, _| None, wholes: &no_wholes };
        let (stored, _) = prepare(&draft)?.under(FeatureKey(1), "anna");
        let closure = closure_of(&stored, &|_, _| Audience::empty())?;
        Ok((stored, closure))
    }

    fn square() -> Value {
        json!({"type": "Polygon", "coordinates": [[[121.0, 31.0], [121.01, 31.0], [121.01, 31.01], [121.0, 31.01], [121.0, 31.0]]]})
    }

    fn audience_said(properties: Value, collection: Collection) -> Option<Audience> {
        let (_, closure) = kept(collection, square(), properties, None).expect("it is fine");
        closure.map(|closure| closure.audience)
    }

    #[test]
    fn a_closure_says_for_whom_and_a_zone_or_area_whether_at_all() {
        let closure = |properties| audience_said(properties, Collection::Closures);
        assert_eq!(closure(json!({})), Some(Audience::all()));
        assert_eq!(closure(json!({"audience": "non_emergency"})), Some(Audience::NON_EMERGENCY));
        assert_eq!(closure(json!({"audience": ["car", "foot"]})), Some(Audience::CAR | Audience::FOOT));
        let zone =
            |closes: Value| audience_said(json!({"kind": "closed", "closes_roads_for": closes}), Collection::Zones);
        assert_eq!(zone(Value::Null), None, "as the site says");
        assert_eq!(zone(json!("all")), Some(Audience::all()));
        assert_eq!(zone(json!("none")), None);
        assert_eq!(zone(json!(["hazmat_truck"])), Some(Audience::HAZMAT_TRUCK));
        let area = |closes: Value| audience_said(json!({"closes_roads_for": closes}), Collection::ClosedAreas);
        assert_eq!((area(Value::Null), area(json!("all"))), (None, Some(Audience::all())));
        let point = json!({"type": "Point", "coordinates": [121.0, 31.0]});
        let refused = kept(Collection::ClosedAreas, point, json!({"closes_roads_for": "all"}), None);
        assert_eq!(refused.expect_err("no area").field, "geometry.type");
        assert_eq!(audience_names(Audience::NON_EMERGENCY), ["car", "hazmat_truck", "foot"]);
    }

    #[test]
    fn a_circle_is_kept_as_its_polygon_and_can_be_resized() {
        let point = json!({"type": "Point", "coordinates": [121.0, 31.0]});
        let (first, closure) =
            kept(Collection::Closures, point, json!({"radius_m": 100}), None).expect("a circle is a closure");
        let before = closure.expect("it closes").ground;
        let mut body: Value = serde_json::from_str(first.body.as_deref().expect("kept")).expect("JSON");
        assert_eq!(body["geometry"]["type"], "Polygon");
        body["properties"]["radius_m"] = json!(200);
        let (geometry, properties) = (body["geometry"].clone(), body["properties"].clone());
        let (_, closure) = kept(Collection::Closures, geometry, properties, Some(&first)).expect("it is resized");
        let after = closure.expect("it closes").ground;
        let north = |ground: &Ground| ground.parts[0][0].iter().map(|p| p.lat_e7).max().expect("a ring") - 310_000_000;
        assert!((north(&after) - 2 * north(&before)).abs() <= 2, "{} {}", north(&after), north(&before));
    }
}

//! Zones as features: what a person drew and wrote, made into the zone that is judged.
//!
//! A circle or corridor becomes its polygon on entry. The body then shows that polygon as `geometry` and keeps the
//! drawing in `properties.drawn` beside `radius_m` or `width_m`, so that it can be resized later. A zone whose geometry is
//! edited as a polygon is a polygon from then on.

use super::field_error::FieldError;
use super::geometry::{self, Parts};
use super::members::Members;
use super::rule::{self, SameExtent};
use super::window;
use super::{Derived, DerivedZone, StoredFeature};
use cordon_spatial::calendar::Schedule;
use cordon_spatial::ids::{Revision, ZoneKey};
use cordon_spatial::position::Position;
use cordon_spatial::shape::{self, MAX_REACH_M};
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::{Ground, RiskLevel, Rule, RuleWhen, Zone, ZoneKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const KINDS: [(&str, ZoneKind); 8] = [
    ("hazard", ZoneKind::Hazard),
    ("restricted", ZoneKind::Restricted),
    ("closed", ZoneKind::Closed),
    ("no_stop", ZoneKind::NoStop),
    ("speed", ZoneKind::Speed),
    ("parking", ZoneKind::Parking),
    ("evacuation", ZoneKind::Evacuation),
    ("staging", ZoneKind::Staging),
];

const LEVELS: [(&str, RiskLevel); 4] =
    [("red", RiskLevel::Red), ("orange", RiskLevel::Orange), ("yellow", RiskLevel::Yellow), ("blue", RiskLevel::Blue)];

/// Every member that means something in a zone's properties. Others are kept as remarks.
const KNOWN: [&str; 10] =
    ["name", "kind", "level", "valid_from", "valid_to", "schedule", "rules", "radius_m", "width_m", "drawn"];

/// Members of a rule: beside the rules they would be kept and watch nothing.
const OF_A_RULE: [&str; 11] = [
    "when",
    "subjects",
    "except",
    "limit_s",
    "limit_kph",
    "limit_n",
    "window",
    "exempt",
    "priority",
    "on_delay_s",
    "off_delay_s",
];

/// Smallest radius and width that are no slip of the pen, metres.
const MIN_REACH_M: f64 = 0.1;

/// A zone without its key: what its properties and its ground say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ZoneDraft {
    kind: ZoneKind,
    level: Option<RiskLevel>,
    ground: Ground,
    valid_from: Option<UnixMs>,
    valid_to: Option<UnixMs>,
    pub(super) schedule: Schedule,
    pub(super) rules: Vec<Rule>,
}

impl ZoneDraft {
    /// The zone under its key.
    pub(super) fn zone(self, key: ZoneKey, revision: Revision) -> Zone {
        let ZoneDraft { kind, level, ground, valid_from, valid_to, schedule, rules } = self;
        Zone { key, revision, kind, level, ground, valid_from, valid_to, schedule, rules }
    }

    /// What is kept beside the body.
    pub(super) fn derived(&self) -> Derived {
        let rule_revisions = self.rules.iter().map(|rule| (rule.id.clone(), rule.revision)).collect();
        Derived::Zone(DerivedZone { ground: self.ground.clone(), rule_revisions })
    }
}

/// Reads a zone from its feature's geometry and properties and makes both what is kept.
pub(super) fn enter(
    drawing: &mut Value,
    properties: &mut Map<String, Value>,
    previous: Option<&StoredFeature>,
    revision: Revision,
) -> Result<ZoneDraft, FieldError> {
    refuse_what_would_not_be_watched(properties)?;
    let before = match previous {
        Some(feature) if feature.body.is_some() => Some(Before::of(feature)?),
        _ => None,
    };
    let draft =
        ZoneDraft { ground: enter_ground(drawing, properties, before.as_ref())?, ..read(properties, revision)? };
    let mut draft = draft;
    if let Some(before) = &before {
        let same = draft.ground == before.zone.ground
            && draft.valid_from == before.zone.valid_from
            && draft.valid_to == before.zone.valid_to
            && draft.schedule == before.zone.schedule;
        let same = if same { SameExtent::Yes } else { SameExtent::No };
        rule::revise(&mut draft.rules, &before.zone.rules, same, revision);
    }
    write_rules(properties, &draft.rules);
    *drawing = geometry::ground_geometry(&draft.ground);
    Ok(draft)
}

/// Refuses free members that look as if they were judged. Only on entry: what was kept once is read for ever.
fn refuse_what_would_not_be_watched(properties: &Map<String, Value>) -> Result<(), FieldError> {
    let members = Members::new(properties, "properties");
    for name in OF_A_RULE {
        let Some(value) = members.get(name) else { continue };
        let (field, place) = (members.field(name), members.field(&format!("rules[0].{name}")));
        let message = format!("{field} is not known here and would not be watched; it belongs in a rule: {place}");
        return Err(FieldError::new("unknown_member", field, value, place).saying(message));
    }
    members.refuse_misspelt(&KNOWN)
}

/// The revision before: its zone, and its geometry as it was given out.
struct Before {
    zone: Zone,
    outline: Parts,
}

impl Before {
    fn of(feature: &StoredFeature) -> Result<Before, FieldError> {
        let zone = zone_of(feature)?;
        let outline = geometry::polygon_parts(&geometry::ground_geometry(&zone.ground), "geometry")?;
        Ok(Before { zone, outline })
    }
}

/// Everything of a zone but its ground.
fn read(properties: &Map<String, Value>, revision: Revision) -> Result<ZoneDraft, FieldError> {
    let members = Members::new(properties, "properties");
    members.text("name", 200)?;
    let Some(kind) = members.one_of("kind", &KINDS)? else {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        return Err(FieldError::missing("properties.kind", names.join(", ")));
    };
    let level = members.one_of("level", &LEVELS)?;
    let (valid_from, valid_to) = (members.time("valid_from")?, members.time("valid_to")?);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && from >= to
    {
        let value = members.text("valid_to", 64)?.unwrap_or_default();
        return Err(FieldError::new("order", "properties.valid_to", value, "a time after properties.valid_from"));
    }
    let schedule = window::schedule(&members, "schedule")?;
    let rules = rule::rules(&members, revision)?;
    let draft = ZoneDraft { kind, level, ground: Ground { parts: Vec::new() }, valid_from, valid_to, schedule, rules };
    check_presence(&draft)?;
    Ok(draft)
}

/// Whoever must be inside must be told when: without a window, a schedule or dates it would be for ever.
fn check_presence(zone: &ZoneDraft) -> Result<(), FieldError> {
    let is_dated = zone.valid_from.is_some() || zone.valid_to.is_some() || !zone.schedule.windows().is_empty();
    let timeless = |rule: &Rule| matches!(rule.when, RuleWhen::MustBeInside) && rule.window.is_none();
    match zone.rules.iter().position(timeless) {
        Some(i) if !is_dated => {
            let limit =
                "a window, or schedule, valid_from or valid_to of the zone, when the rule watches must_be_inside";
            Err(FieldError::missing(format!("properties.rules[{i}].window"), limit))
        }
        _ => Ok(()),
    }
}

fn enter_ground(
    drawing: &Value,
    properties: &mut Map<String, Value>,
    before: Option<&Before>,
) -> Result<Ground, FieldError> {
    if drawing.is_null() {
        return Err(FieldError::missing(
            "geometry",
            "Polygon, MultiPolygon, Point with radius_m or LineString with width_m",
        ));
    }
    geometry::check(drawing, "geometry")?;
    match geometry::type_of(drawing, "geometry")? {
        "Point" | "LineString" => {
            let ground = drawn_ground(drawing, "geometry", properties)?;
            properties.insert("drawn".to_owned(), drawing.clone());
            Ok(ground)
        }
        "Polygon" | "MultiPolygon" => {
            let parts = geometry::polygon_parts(drawing, "geometry")?;
            let untouched = before.filter(|b| geometry::snapped(&b.outline) == geometry::snapped(&parts));
            if let Some(ground) = redrawn(&parts, properties, untouched.is_some())? {
                return Ok(ground);
            }
            for name in ["drawn", "radius_m", "width_m"] {
                properties.remove(name);
            }
            match untouched {
                Some(before) => Ok(before.zone.ground.clone()),
                None => shape::polygons(&parts).map_err(|error| geometry::refused(error, "geometry", "this polygon")),
            }
        }
        other => {
            let limit = "Polygon, MultiPolygon, Point with radius_m or LineString with width_m";
            Err(FieldError::new("geometry", "geometry.type", other, limit))
        }
    }
}

/// The ground of the circle or corridor in `properties.drawn`, where the geometry is still its polygon: as it was given
/// out (then a changed `radius_m` or `width_m` resizes it), or as another site made it from the same drawing.
fn redrawn(parts: &Parts, properties: &Map<String, Value>, untouched: bool) -> Result<Option<Ground>, FieldError> {
    let Some(drawn) = properties.get("drawn").filter(|drawn| drawn.is_object()) else { return Ok(None) };
    if untouched {
        geometry::check(drawn, "properties.drawn")?;
        return drawn_ground(drawn, "properties.drawn", properties).map(Some);
    }
    if geometry::check(drawn, "properties.drawn").is_err() {
        return Ok(None);
    }
    let Ok(ground) = drawn_ground(drawn, "properties.drawn", properties) else { return Ok(None) };
    let outline = geometry::polygon_parts(&geometry::ground_geometry(&ground), "geometry")?;
    Ok((geometry::snapped(&outline) == geometry::snapped(parts)).then_some(ground))
}

fn drawn_ground(drawn: &Value, path: &str, properties: &Map<String, Value>) -> Result<Ground, FieldError> {
    let members = Members::new(properties, "properties");
    let reach = |name: &str, what: &str| {
        let reach_m = members.number(name, MIN_REACH_M..=MAX_REACH_M)?;
        reach_m.ok_or_else(|| {
            FieldError::missing(members.field(name), format!("{what} in metres, {MIN_REACH_M} to {MAX_REACH_M}"))
        })
    };
    match geometry::type_of(drawn, path)? {
        "Point" => {
            let (lon, lat) = geometry::point(drawn, path)?;
            let centre = Position::from_degrees(lon, lat)
                .map_err(|error| FieldError::new("coordinate", path, error, "a position in WGS 84"))?;
            let radius_m = reach("radius_m", "the radius of the circle")?;
            shape::circle(centre, radius_m).map_err(|error| geometry::refused(error, path, "this circle"))
        }
        "LineString" => {
            let line = geometry::line(drawn, path)?;
            let width_m = reach("width_m", "the whole width of the corridor")?;
            shape::corridor(&line, width_m).map_err(|error| geometry::refused(error, path, "this corridor"))
        }
        other => Err(FieldError::new("geometry", format!("{path}.type"), other, "Point or LineString")),
    }
}

/// Writes each rule's id and priority into the body, so that they stay when the rules are reordered.
fn write_rules(properties: &mut Map<String, Value>, rules: &[Rule]) {
    let Some(Value::Array(values)) = properties.get_mut("rules") else { return };
    for (value, rule) in values.iter_mut().zip(rules) {
        value["id"] = json!(rule.id.as_str());
        value["priority"] = json!(rule.priority);
    }
}

/// What is read of a kept body: its outline is passed over, for the ground is kept beside it, and a start reads every zone.
#[derive(Deserialize)]
struct Kept {
    properties: Map<String, Value>,
}

/// The zone that a kept revision stands for. Errors when the feature is none, is deleted or cannot be read.
pub fn zone_of(feature: &StoredFeature) -> Result<Zone, FieldError> {
    let (Some(body), Some(Derived::Zone(derived))) = (&feature.body, &feature.derived) else {
        return Err(FieldError::missing("geometry", "a zone that was kept with its ground"));
    };
    let Kept { properties } = serde_json::from_str(body)
        .map_err(|error| FieldError::new("type", "the kept body", error, "a GeoJSON feature with properties"))?;
    let mut draft = ZoneDraft { ground: derived.ground.clone(), ..read(&properties, feature.revision)? };
    for rule in &mut draft.rules {
        if let Some((_, revision)) = derived.rule_revisions.iter().find(|(id, _)| *id == rule.id) {
            rule.revision = *revision;
        }
    }
    Ok(draft.zone(ZoneKey(feature.key.0), feature.revision))
}

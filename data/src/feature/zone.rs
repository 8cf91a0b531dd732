//! Zones as features: what a person drew and wrote, made into the zone that is judged.
//!
//! A circle or corridor becomes its polygon on entry. The body then shows that polygon as `geometry` and keeps the
//! drawing in `properties.drawn` beside `radius_m` or `width_m`, so that it can be resized later. A zone whose geometry is
//! edited as a polygon is a polygon from then on.

use super::field_error::FieldError;
use super::members::Members;
use super::rule::{self, SameExtent};
use super::window::Validity;
use super::{Derived, DerivedZone, StoredFeature};
use super::{closure, geometry, ground, window};
use cordon_spatial::calendar::Schedule;
use cordon_spatial::ids::{Revision, ZoneKey};
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::{Ground, RiskLevel, Rule, RuleWhen, Zone, ZoneKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The kinds of a zone by their names.
pub const ZONE_KINDS: [(&str, ZoneKind); 8] = [
    ("hazard", ZoneKind::Hazard),
    ("restricted", ZoneKind::Restricted),
    ("closed", ZoneKind::Closed),
    ("no_stop", ZoneKind::NoStop),
    ("speed", ZoneKind::Speed),
    ("parking", ZoneKind::Parking),
    ("evacuation", ZoneKind::Evacuation),
    ("staging", ZoneKind::Staging),
];

/// The levels of risk by their names.
pub const RISK_LEVELS: [(&str, RiskLevel); 4] =
    [("red", RiskLevel::Red), ("orange", RiskLevel::Orange), ("yellow", RiskLevel::Yellow), ("blue", RiskLevel::Blue)];

/// Every member that means something in a zone's properties. Others are kept as remarks.
pub(super) const KNOWN: [&str; 11] = [
    "name",
    "kind",
    "level",
    "valid_from",
    "valid_to",
    "schedule",
    "rules",
    "radius_m",
    "width_m",
    "drawn",
    closure::CLOSES,
];

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
    let before = previous.filter(|feature| feature.body.is_some()).map(zone_of).transpose()?;
    let ground = ground::enter(drawing, properties, before.as_ref().map(|zone| &zone.ground))?;
    let mut draft = ZoneDraft { ground, ..read(properties, revision)? };
    closure::audience(&Members::new(properties, "properties"), closure::CLOSES)?;
    if let Some(before) = &before {
        let same = draft.ground == before.ground
            && draft.valid_from == before.valid_from
            && draft.valid_to == before.valid_to
            && draft.schedule == before.schedule;
        let same = if same { SameExtent::Yes } else { SameExtent::No };
        rule::revise(&mut draft.rules, &before.rules, same, revision);
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

/// Everything of a zone but its ground.
fn read(properties: &Map<String, Value>, revision: Revision) -> Result<ZoneDraft, FieldError> {
    let members = Members::new(properties, "properties");
    members.text("name", 200)?;
    let (kind, level) = sort(&members)?;
    let Validity { valid_from, valid_to, schedule } = window::validity(&members)?;
    let rules = rule::rules(&members, revision)?;
    let draft = ZoneDraft { kind, level, ground: Ground { parts: Vec::new() }, valid_from, valid_to, schedule, rules };
    check_presence(&draft)?;
    Ok(draft)
}

/// A zone's kind and level.
pub(super) fn sort(members: &Members<'_>) -> Result<(ZoneKind, Option<RiskLevel>), FieldError> {
    let Some(kind) = members.one_of("kind", &ZONE_KINDS)? else {
        let names: Vec<&str> = ZONE_KINDS.iter().map(|(name, _)| *name).collect();
        return Err(FieldError::missing("properties.kind", names.join(", ")));
    };
    Ok((kind, members.one_of("level", &RISK_LEVELS)?))
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

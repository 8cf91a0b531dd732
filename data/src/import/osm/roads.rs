//! What the tags of a way say of a road.

use super::limits::{self, Value};
use super::tags::{Tags, permission};
use cordon_spatial::road::{
    Access, Direction, FindingKind, Permission, RoadClass, RoadKind, RoadLimits, RoadName, TunnelCategory,
};

/// A road, and what was noticed of it.
pub(super) struct Road {
    pub kind: RoadKind,
    pub name: RoadName,
    pub found: Vec<FindingKind>,
}

/// The road that a way is; `None` where it is none, or one that is not there yet.
pub(super) fn road(tags: &Tags) -> Option<Road> {
    let highway = tags.get("highway")?;
    let (class, is_link) = class(highway)?;
    if tags.is("area", &["yes"]) {
        return None;
    }
    let mut found = Vec::new();
    let mut kind = RoadKind { is_link, ..RoadKind::of_class(class) };
    kind.access = access(tags);
    kind.is_roundabout = tags.is("junction", &["roundabout", "circular"]);
    direction(tags, &mut kind);
    kind.is_bridge = tags.get("bridge").is_some_and(|value| value != "no");
    kind.is_tunnel = tags.is("tunnel", &["yes"]);
    kind.tunnel_category = ["hazmat:adr_tunnel_cat", "hazmat:tunnel_cat"].iter().find_map(|key| tunnel(tags.get(key)?));
    kind.limits = road_limits(tags, &mut |finding| found.push(finding));
    if !found.is_empty() || says_what_cannot_be_read(tags) {
        kind.has_unread_rule = true;
        if found.is_empty() {
            found.push(FindingKind::RuleConditional);
        }
    }
    speed_limits(tags, &mut kind, &mut found);
    let text = |key: &str| tags.get(key).unwrap_or_default().to_owned();
    let name = RoadName { name: text("name"), name_en: text("name:en"), number: text("ref") };
    Some(Road { kind, name, found })
}

fn class(highway: &str) -> Option<(RoadClass, bool)> {
    let (plain, is_link) = match highway.strip_suffix("_link") {
        Some(plain) => (plain, true),
        None => (highway, false),
    };
    let class = match plain {
        "motorway" => RoadClass::Motorway,
        "trunk" => RoadClass::Trunk,
        "primary" => RoadClass::Primary,
        "secondary" => RoadClass::Secondary,
        "tertiary" => RoadClass::Tertiary,
        "unclassified" | "road" => RoadClass::Unclassified,
        "residential" => RoadClass::Residential,
        "living_street" => RoadClass::LivingStreet,
        "service" | "services" | "rest_area" => RoadClass::Service,
        "track" => RoadClass::Track,
        "pedestrian" => RoadClass::Pedestrian,
        "cycleway" => RoadClass::Cycleway,
        "footway" | "path" | "bridleway" => RoadClass::Footway,
        "steps" => RoadClass::Steps,
        _ => return None,
    };
    Some((class, is_link))
}

/// The rights of way, each by the most special key that says something (OSM wiki, Key:access).
pub(super) fn access(tags: &Tags) -> Access {
    let emergency = match tags.get("emergency") {
        Some(value @ ("yes" | "designated" | "official" | "no")) => permission(value),
        _ if tags.is("access", &["emergency"]) => Permission::Yes,
        _ => Permission::Unsaid,
    };
    let mut access = Access {
        motor: tags.permission(&["motorcar", "motor_vehicle", "vehicle", "access"]),
        goods: tags.permission(&["hgv", "motor_vehicle", "vehicle", "access"]),
        hazmat: tags.permission(&["hazmat"]),
        emergency,
        foot: tags.permission(&["foot", "access"]),
    };
    // A road whose direction changes by the hour leads nowhere for certain.
    if tags.is("oneway", &["reversible", "alternating"]) {
        (access.motor, access.goods) = (Permission::No, Permission::No);
    }
    access
}

fn direction(tags: &Tags, kind: &mut RoadKind) {
    let is_forward_unless_said = kind.is_roundabout || (kind.class == RoadClass::Motorway && !kind.is_link);
    kind.direction = match tags.get("oneway") {
        Some("yes" | "true" | "1") => Direction::Forward,
        Some("-1" | "reverse") => Direction::Backward,
        Some("no" | "false" | "0") => Direction::Both,
        _ if is_forward_unless_said => Direction::Forward,
        _ => Direction::Both,
    };
    kind.emergency_direction = match tags.get("oneway:emergency") {
        Some("no") => Some(Direction::Both),
        Some("yes") => Some(Direction::Forward),
        _ => None,
    };
}

fn tunnel(value: &str) -> Option<TunnelCategory> {
    Some(match value {
        "A" => TunnelCategory::A,
        "B" => TunnelCategory::B,
        "C" => TunnelCategory::C,
        "D" => TunnelCategory::D,
        "E" => TunnelCategory::E,
        _ => return None,
    })
}

/// Greatest measures; what cannot be read is told.
pub(super) fn road_limits(tags: &Tags, tell: &mut impl FnMut(FindingKind)) -> RoadLimits {
    let mut least = |keys: &[&str], read: fn(&str) -> Value, factor: f64| -> f64 {
        let mut found: Option<f64> = None;
        for value in keys.iter().filter_map(|key| tags.get(key)) {
            match read(value) {
                Value::Number(number) => found = Some(found.map_or(number, |f| f.min(number))),
                Value::None => {}
                Value::Unread => tell(FindingKind::ValueUnread),
            }
        }
        // Rounded down: what is allowed is not more than what is written.
        found.map_or(0.0, |number| (number * factor + 1e-6).floor())
    };
    RoadLimits {
        height_cm: least(&["maxheight", "maxheight:physical"], limits::metres, 100.0) as u16,
        width_cm: least(&["maxwidth", "maxwidth:physical"], limits::metres, 100.0) as u16,
        length_cm: least(&["maxlength"], limits::metres, 100.0) as u16,
        weight_kg: least(&["maxweight", "maxweight:hgv"], limits::tonnes, 1_000.0) as u32,
        axle_kg: least(&["maxaxleload"], limits::tonnes, 1_000.0) as u32,
    }
}

/// Rules about goods that hold at times, for some loads or in one direction.
fn says_what_cannot_be_read(tags: &Tags) -> bool {
    let heads =
        ["access", "vehicle", "motor_vehicle", "hgv", "hazmat", "goods", "maxheight", "maxweight", "maxaxleload"];
    let is_unread = |key: &str, value: &str| {
        let Some((head, rest)) = key.split_once(':') else { return false };
        match rest {
            "conditional" | "forward" | "backward" | "forward:conditional" | "backward:conditional" => {
                heads.contains(&head)
            }
            // Loads that harm water, or the loads of one tunnel category.
            "water" | "A" | "B" | "C" | "D" | "E" => head == "hazmat" && value != "yes" && value != "designated",
            _ => false,
        }
    };
    tags.iter().any(|(key, value)| is_unread(key, value))
}

fn speed_limits(tags: &Tags, kind: &mut RoadKind, found: &mut Vec<FindingKind>) {
    let mut least = |keys: &[&str]| -> u8 {
        let mut least = 0.0_f64;
        for value in keys.iter().filter_map(|key| tags.get(key)) {
            match limits::speed_kph(value) {
                Value::Number(kph) if least == 0.0 || kph < least => least = kph,
                Value::Number(_) | Value::None => {}
                Value::Unread => found.push(FindingKind::ValueUnread),
            }
        }
        least.round().min(255.0) as u8
    };
    kind.limit_kph = least(&["maxspeed", "maxspeed:forward", "maxspeed:backward"]);
    kind.goods_limit_kph = least(&["maxspeed:hgv", "maxspeed:hazmat"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &[(&str, &str)]) -> Option<Road> {
        // The borrow of the texts ends with the road.
        road(&tags.iter().copied().collect())
    }

    fn kind(tags: &[(&str, &str)]) -> RoadKind {
        of(tags).expect("a road").kind
    }

    #[test]
    fn special_rights_stand_above_general_ones() {
        let gate = kind(&[("highway", "service"), ("access", "no"), ("hazmat", "designated"), ("emergency", "yes")]);
        assert_eq!(gate.access.motor, Permission::No);
        assert_eq!(gate.access.hazmat, Permission::Yes);
        assert_eq!(gate.access.emergency, Permission::Yes);
        let trucks = kind(&[("highway", "primary"), ("motor_vehicle", "no"), ("hgv", "yes")]);
        assert_eq!((trucks.access.motor, trucks.access.goods), (Permission::No, Permission::Yes));
    }

    #[test]
    fn what_cannot_be_read_on_a_road_is_an_unread_rule() {
        assert!(kind(&[("highway", "primary"), ("hgv:conditional", "no @ (07:00-09:00)")]).has_unread_rule);
        assert!(kind(&[("highway", "primary"), ("maxheight", "low")]).has_unread_rule);
        assert!(kind(&[("highway", "primary"), ("hazmat:water", "no")]).has_unread_rule);
        let fine = kind(&[("highway", "primary"), ("maxheight", "4.5"), ("maxspeed", "60"), ("name", "海堤路")]);
        assert!(!fine.has_unread_rule);
        assert_eq!((fine.limits.height_cm, fine.limit_kph), (450, 60));
    }

    #[test]
    fn directions_follow_tags_and_what_a_class_implies() {
        assert_eq!(kind(&[("highway", "motorway")]).direction, Direction::Forward);
        assert_eq!(kind(&[("highway", "motorway_link")]).direction, Direction::Both);
        assert_eq!(kind(&[("highway", "residential"), ("oneway", "-1")]).direction, Direction::Backward);
        assert_eq!(kind(&[("highway", "residential"), ("junction", "roundabout")]).direction, Direction::Forward);
        let turning = kind(&[("highway", "primary"), ("oneway", "reversible")]);
        assert_eq!(turning.access.motor, Permission::No);
    }

    #[test]
    fn a_tunnel_keeps_its_category() {
        let tags = [("highway", "primary"), ("tunnel", "yes"), ("hazmat:adr_tunnel_cat", "D"), ("maxheight", "4.2")];
        let tunnel = kind(&tags);
        assert!(tunnel.is_tunnel);
        assert_eq!(tunnel.tunnel_category, Some(TunnelCategory::D));
    }

    #[test]
    fn what_is_not_there_yet_or_no_line_is_no_road() {
        assert!(of(&[("highway", "construction")]).is_none());
        assert!(of(&[("highway", "pedestrian"), ("area", "yes")]).is_none());
        assert!(of(&[("waterway", "river")]).is_none());
    }
}

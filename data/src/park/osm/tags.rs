//! Which tags a way and a gate get, as OpenStreetMap's wiki uses them.

use crate::park::roads::{Admits, RoadClass, Roads, Structure, Way};

/// A key and its value.
pub(super) type Tag = (&'static str, String);

/// The tags of a node: those of a gate's barrier, none for any other.
pub(super) fn of_node(roads: &Roads, node: usize) -> Vec<Tag> {
    let Some((gate, _)) = roads.gates.iter().find(|(_, at)| *at == node) else { return Vec::new() };
    let mut tags = vec![("barrier", "lift_gate".to_owned()), ("ref", (*gate).to_owned())];
    if gate.contains("emergency") {
        tags.extend([("access", "no".to_owned()), ("emergency", "yes".to_owned())]);
    }
    tags
}

/// The tags of a way.
pub(super) fn of_way(way: &Way) -> Vec<Tag> {
    let mut tags = vec![("highway", highway(way.class).to_owned()), ("maxspeed", way.max_kph.to_string())];
    if !way.name.is_empty() {
        tags.extend([
            ("name", way.name.to_owned()),
            ("name:zh", way.name.to_owned()),
            ("name:en", way.name_en.to_owned()),
        ]);
    }
    if way.oneway {
        tags.push(("oneway", "yes".to_owned()));
    }
    match way.structure {
        Structure::Ground => {}
        Structure::Bridge { max_weight_t } => {
            tags.extend([("bridge", "yes".to_owned()), ("layer", "1".to_owned())]);
            tags.extend(max_weight_t.map(|tonnes| ("maxweight", tonnes.to_string())));
        }
        Structure::Tunnel { category, max_height_m } => {
            tags.extend([
                ("tunnel", "yes".to_owned()),
                ("layer", "-1".to_owned()),
                ("maxheight", max_height_m.to_string()),
                ("hazmat:adr_tunnel_cat", category.to_string()),
            ]);
        }
    }
    let admits: &[(&'static str, &str)] = match way.admits {
        Admits::All => &[],
        Admits::NoHazmat => &[("hazmat", "no")],
        Admits::HazmatOnly => &[("access", "no"), ("hazmat", "designated"), ("emergency", "yes")],
        Admits::EmergencyOnly => &[("access", "no"), ("emergency", "yes")],
        Admits::Works => &[("access", "private")],
    };
    tags.extend(admits.iter().map(|(key, value)| (*key, (*value).to_owned())));
    tags
}

fn highway(class: RoadClass) -> &'static str {
    match class {
        RoadClass::Service => "service",
        RoadClass::Street => "residential",
        RoadClass::ParkRoad => "unclassified",
        RoadClass::ParkMain | RoadClass::Rural => "tertiary",
        RoadClass::County => "secondary",
        RoadClass::Avenue => "primary",
        RoadClass::National => "trunk",
        RoadClass::Ramp => "motorway_link",
        RoadClass::Expressway => "motorway",
    }
}

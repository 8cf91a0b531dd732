//! Gates of each class, as parks have them (DOMAIN, fact 3), and the closed areas that they lead into, one in another.

use super::plane::{Spot, feature, line, point, polygon, rectangle, spot};
use super::roads::Roads;
use serde_json::{Value, json};

/// The gates.
pub(super) fn features(roads: &Roads) -> Vec<Value> {
    let on_road = |id: &str| {
        let (_, node) = roads.gates.iter().find(|(gate, _)| *gate == id).expect("the gate is drawn");
        roads.nodes[*node]
    };
    let gate = |id: &str, (name, name_en): (&str, &str), at: Spot, is: Is| {
        let properties = json!({
            "name": name, "name_en": name_en, "kind": is.kind, "direction": is.direction, "lanes": is.lanes,
            "state": is.state, "closed_area": if id == "gate-people-jetty" { "area-jetty" } else { "area-park" },
        });
        feature(id, point(at), properties)
    };
    let here = |id: &str, names, is| gate(id, names, on_road(id), is);
    vec![
        here("gate-hazmat-in", ("南门危化品入口", "South Hazmat Gate, in"), is("hazmat", "in", 2, "open")),
        here("gate-hazmat-out", ("南门危化品出口", "South Hazmat Gate, out"), is("hazmat", "out", 2, "open")),
        here("gate-east", ("东门（危化品）", "East Hazmat Gate"), is("hazmat", "both", 2, "open")),
        here("gate-main", ("南大门", "Main Gate"), is("ordinary", "both", 4, "open")),
        here("gate-west", ("西门", "West Gate"), is("ordinary", "both", 2, "open")),
        gate(
            "gate-people-south",
            ("南大门人行通道", "Main Gate, people"),
            spot(-322.0, -1_000.0),
            is("people", "both", 3, "open"),
        ),
        gate(
            "gate-people-west",
            ("西门人行通道", "West Gate, people"),
            spot(-1_600.0, -30.0),
            is("people", "both", 2, "open"),
        ),
        gate(
            "gate-people-jetty",
            ("码头人行通道", "Jetty, people"),
            spot(-150.0, 745.0),
            is("people", "both", 1, "open"),
        ),
        here("gate-emergency-south", ("南应急门", "South Emergency Gate"), is("emergency", "both", 1, "closed")),
        here("gate-emergency-west", ("西北应急门", "Northwest Emergency Gate"), is("emergency", "both", 1, "closed")),
    ]
}

/// What a gate is: whom it is for, which way it leads, how wide it is, whether it stands open.
#[derive(Clone, Copy)]
struct Is {
    kind: &'static str,
    direction: &'static str,
    lanes: u32,
    state: &'static str,
}

const fn is(kind: &'static str, direction: &'static str, lanes: u32, state: &'static str) -> Is {
    Is { kind, direction, lanes, state }
}

/// The closed areas: the whole park, the key areas in it, and their cores.
pub(super) fn closed_areas() -> Vec<Value> {
    let area = |id: &str,
                (name, name_en): (&str, &str),
                (kind, parent): (&str, Option<&str>),
                capacity: u32,
                ring: [f64; 4]| {
        let [west, south, east, north] = ring;
        let properties = json!({
            "name": name, "name_en": name_en, "kind": kind, "parent": parent, "capacity_people": capacity,
        });
        feature(id, polygon(&rectangle(west, south, east, north)), properties)
    };
    vec![
        area(
            "area-park",
            ("园区一般控制区", "Park, general control"),
            ("general", None),
            5_000,
            [-1_580.0, -985.0, 1_580.0, 880.0],
        ),
        area(
            "area-storage",
            ("储运关键控制区", "Storage, critical control"),
            ("critical", Some("area-park")),
            400,
            [-1_430.0, 370.0, 880.0, 690.0],
        ),
        area(
            "area-chlor",
            ("氯碱关键控制区", "Chlor-alkali, critical control"),
            ("critical", Some("area-park")),
            240,
            [-880.0, -30.0, -320.0, 330.0],
        ),
        area(
            "area-jetty",
            ("码头关键控制区", "Jetty, critical control"),
            ("critical", Some("area-park")),
            60,
            [-430.0, 720.0, 170.0, 1_235.0],
        ),
        area(
            "area-ammonia",
            ("液氨核心控制区", "Ammonia, core control"),
            ("core", Some("area-storage")),
            20,
            [-862.0, 442.0, -338.0, 676.0],
        ),
        area(
            "area-chlorine",
            ("液氯核心控制区", "Chlorine, core control"),
            ("core", Some("area-chlor")),
            12,
            [-645.0, 115.0, -475.0, 285.0],
        ),
    ]
}

/// Routes that the park gives to hazmat vehicles and to whoever leaves in an emergency.
pub(super) fn routes(roads: &Roads) -> Vec<Value> {
    let along = |ways: &[&str]| {
        let spots: Vec<Spot> = ways.iter().flat_map(|way| roads.spots(roads.way(way).expect("drawn"))).collect();
        line(&spots)
    };
    let bent = |spots: &[Spot]| line(&super::plane::bent(spots));
    let route = |id: &str, (name, name_en): (&str, &str), kind: &str, geometry, width_m: u32| {
        let properties = json!({"name": name, "name_en": name_en, "kind": kind, "width_m": width_m, "limit_kph": 40});
        feature(id, geometry, properties)
    };
    vec![
        route(
            "route-hazmat-north",
            ("危化品主通道（南门—港前路）", "Hazmat route, South Gate to Harbour Road"),
            "hazmat",
            bent(&[
                spot(300.0, -1_300.0),
                spot(308.0, -1_060.0),
                spot(308.0, -940.0),
                spot(300.0, -850.0),
                spot(300.0, 350.0),
                spot(-1_450.0, 350.0),
            ]),
            100,
        ),
        route(
            "route-hazmat-ring",
            ("危化品环园通道", "Hazmat route, Ring Road"),
            "hazmat",
            along(&["ring-south", "ring-east", "ring-north", "ring-west"]),
            80,
        ),
        route(
            "route-evacuation-west",
            ("西向疏散路线", "Evacuation route West"),
            "evacuation",
            bent(&[spot(300.0, -50.0), spot(-2_400.0, -50.0), spot(-2_400.0, -1_300.0)]),
            60,
        ),
        route(
            "route-evacuation-south",
            ("南向疏散路线", "Evacuation route South"),
            "evacuation",
            bent(&[spot(-300.0, 350.0), spot(-300.0, -1_300.0), spot(-300.0, -2_200.0)]),
            60,
        ),
    ]
}

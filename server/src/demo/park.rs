//! The park: Dongsha, on a bay that no map shows. Boundary, four zones of the four levels, roads, gates and vehicles.
//!
//! Laid out in metres east and north of its middle, so that one can read it; the roads lead through every zone.

use serde_json::{Value, json};

/// The middle of the park, degrees.
const LON: f64 = 121.05;
const LAT: f64 = 30.60;
/// Metres in a degree of latitude, and of longitude at the park (sphere of 6,371,008.8 m).
const METRES_LAT: f64 = 111_195.08;
const METRES_LON: f64 = METRES_LAT * 0.860_742;
/// The phone of the first simulated terminal; the others count on from it.
pub const FIRST_PHONE: u64 = 13_900_000_001;

/// A collection's name and its features.
pub type Seed = (cordon_data::feature::Collection, Vec<Value>);

/// Everything that the park holds before its vehicles drive; `vehicles` of them.
pub fn seeds(vehicles: u32) -> Vec<Seed> {
    use cordon_data::feature::Collection;
    vec![
        (Collection::Parks, vec![boundary()]),
        (Collection::Roads, roads()),
        (Collection::Gates, gates()),
        (Collection::Zones, zones()),
        (Collection::Vehicles, (0..vehicles).map(vehicle).collect()),
    ]
}

/// The roads as a GeoJSON FeatureCollection: what the simulated terminals drive along.
pub fn lines() -> Value {
    json!({"type": "FeatureCollection", "features": roads()})
}

fn at(east_m: f64, north_m: f64) -> [f64; 2] {
    let degrees = |value: f64| (value * 1e7).round() / 1e7;
    [degrees(LON + east_m / METRES_LON), degrees(LAT + north_m / METRES_LAT)]
}

fn path(metres: &[(f64, f64)]) -> Vec<[f64; 2]> {
    metres.iter().map(|(east, north)| at(*east, *north)).collect()
}

fn feature(id: &str, geometry: Value, properties: Value) -> Value {
    json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties})
}

fn polygon(metres: &[(f64, f64)]) -> Value {
    let mut ring = path(metres);
    ring.extend(ring.first().copied());
    json!({"type": "Polygon", "coordinates": [ring]})
}

fn line(metres: &[(f64, f64)]) -> Value {
    json!({"type": "LineString", "coordinates": path(metres)})
}

fn boundary() -> Value {
    // The north side follows the quay of the bay.
    let shape = [
        (-1_600.0, -1_000.0),
        (1_600.0, -1_000.0),
        (1_750.0, -200.0),
        (1_650.0, 700.0),
        (900.0, 1_020.0),
        (100.0, 1_100.0),
        (-800.0, 1_010.0),
        (-1_650.0, 800.0),
    ];
    feature("dongsha", polygon(&shape), json!({"name": "东沙湾化工园区 Dongsha Bay Chemical Park", "kind": "park"}))
}

fn roads() -> Vec<Value> {
    let road =
        |id: &str, name: &str, metres: &[(f64, f64)]| feature(id, line(metres), json!({"name": name, "kind": "road"}));
    vec![
        road(
            "ring",
            "环园路 Ring Road",
            &[
                (-1_400.0, -800.0),
                (1_400.0, -800.0),
                (1_500.0, -150.0),
                (1_400.0, 560.0),
                (700.0, 780.0),
                (-700.0, 780.0),
                (-1_400.0, 600.0),
                (-1_400.0, -800.0),
            ],
        ),
        road(
            "centre",
            "中央大道 Centre Avenue",
            &[(-1_400.0, -60.0), (-500.0, -40.0), (400.0, -40.0), (1_490.0, -100.0)],
        ),
        road("harbour", "港前路 Harbour Road", &[(-1_400.0, 430.0), (-450.0, 420.0), (500.0, 430.0), (1_430.0, 380.0)]),
        road("west", "西纬路 West Road", &[(-620.0, -800.0), (-600.0, -40.0), (-560.0, 420.0), (-560.0, 780.0)]),
        road("east", "东纬路 East Road", &[(640.0, -800.0), (620.0, -50.0), (600.0, 430.0), (600.0, 780.0)]),
        road(
            "south-link",
            "南联络线 South Link",
            &[(-1_400.0, -430.0), (-610.0, -420.0), (630.0, -430.0), (1_450.0, -470.0)],
        ),
    ]
}

fn gates() -> Vec<Value> {
    let gate = |id: &str, name: &str, east: f64, north: f64| {
        feature(id, json!({"type": "Point", "coordinates": at(east, north)}), json!({"name": name, "kind": "vehicle"}))
    };
    vec![gate("gate-south", "南门 South Gate", -620.0, -990.0), gate("gate-west", "西门 West Gate", -1_600.0, -60.0)]
}

fn zones() -> Vec<Value> {
    let tank_farm = feature(
        "tank-farm",
        polygon(&[(-480.0, 120.0), (-460.0, 690.0), (-820.0, 690.0), (-830.0, 130.0)]),
        json!({
            "name": "液氨储罐区 Ammonia tank farm", "kind": "hazard", "level": "red",
            "rules": [
                {"id": "no-ordinary", "when": "enter", "subjects": {"classes": ["ordinary"]}, "priority": 1},
                {"id": "no-waiting", "when": "dwell", "limit_s": 60, "except": {"classes": ["emergency"]}, "priority": 2},
                {"id": "crowded", "when": "count", "limit_n": 3, "priority": 2},
            ],
        }),
    );
    let chlorine = feature(
        "chlorine-unit",
        json!({"type": "Point", "coordinates": at(620.0, -430.0)}),
        json!({
            "name": "氯化装置 Chlorination unit", "kind": "restricted", "level": "orange", "radius_m": 160,
            "rules": [
                {"id": "hazmat-in", "when": "enter", "subjects": {"classes": ["hazmat"]}, "priority": 2},
                {"id": "hazmat-out", "when": "exit", "subjects": {"classes": ["hazmat"]}, "priority": 4},
            ],
        }),
    );
    let avenue = feature(
        "centre-avenue",
        line(&[(-1_200.0, -56.0), (-500.0, -40.0), (400.0, -40.0), (1_200.0, -84.0)]),
        json!({
            "name": "中央大道限速 Centre Avenue speed limit", "kind": "speed", "level": "yellow", "width_m": 36,
            "rules": [{"id": "limit-40", "when": "speed", "limit_kph": 40, "priority": 3}],
        }),
    );
    let pipe_rack = feature(
        "pipe-rack",
        polygon(&[(-60.0, 360.0), (40.0, 360.0), (40.0, 500.0), (-60.0, 500.0)]),
        json!({
            "name": "管廊跨越段 Pipe rack crossing", "kind": "no_stop", "level": "blue",
            "rules": [
                {"id": "hazmat-crossing", "when": "cross", "subjects": {"classes": ["hazmat"]}, "priority": 4},
                {"id": "no-stop", "when": "dwell", "limit_s": 30, "priority": 3},
            ],
        }),
    );
    vec![tank_farm, chlorine, avenue, pipe_rack]
}

fn vehicle(number: u32) -> Value {
    const COMPANIES: [&str; 4] = ["甬东物流", "海湾运输", "东沙化学", "沪浙危运"];
    let class = match number % 10 {
        0..=3 => "hazmat",
        4 | 5 => "goods",
        6 | 7 => "resident",
        8 => "ordinary",
        _ => "emergency",
    };
    let mut properties = json!({
        "plate": format!("浙B{:05}", 10_001 + number * 137 % 89_999),
        "plate_colour": if class == "hazmat" || class == "goods" { 2 } else { 1 },
        "class": class,
        "company": if class == "emergency" { "园区消防站" } else { COMPANIES[number as usize % COMPANIES.len()] },
        "terminal_phone": (FIRST_PHONE + u64::from(number)).to_string(),
        "tags": [],
    });
    if class == "hazmat" {
        properties["goods_class"] = ["2.3", "3", "8"][number as usize % 3].into();
    }
    feature(&format!("truck-{:02}", number + 1), Value::Null, properties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_data::feature::{Collection, Draft, prepare};
    use cordon_spatial::ids::FeatureId;

    #[test]
    fn every_feature_of_the_park_is_accepted() {
        for (collection, features) in seeds(50) {
            assert!(!features.is_empty());
            for feature in &features {
                let id = FeatureId::new(feature["id"].as_str().unwrap_or_default()).expect("a good id");
                let draft = Draft { collection, id: &id, feature, previous: None, find: &|_, _| None };
                let prepared = prepare(&draft);
                assert!(prepared.is_ok(), "{collection:?} {id}: {prepared:?}");
            }
        }
    }

    #[test]
    fn the_four_zones_have_the_four_levels_and_every_kind_of_rule() {
        let (_, zones) = seeds(1).into_iter().find(|(c, _)| *c == Collection::Zones).expect("the park has zones");
        let levels: Vec<&str> = zones.iter().filter_map(|zone| zone["properties"]["level"].as_str()).collect();
        assert_eq!(levels, ["red", "orange", "yellow", "blue"]);
        let text = serde_json::to_string(&zones).expect("JSON");
        for kind in ["enter", "exit", "cross", "dwell", "speed"] {
            assert!(text.contains(&format!("\"when\":\"{kind}\"")), "no rule watches {kind}");
        }
    }

    #[test]
    fn plates_and_phones_are_unique() {
        let vehicles: Vec<Value> = (0..50).map(vehicle).collect();
        for name in ["plate", "terminal_phone"] {
            let names: std::collections::BTreeSet<&str> =
                vehicles.iter().filter_map(|vehicle| vehicle["properties"][name].as_str()).collect();
            assert_eq!(names.len(), 50, "{name}");
        }
    }
}

//! The park's zones with their rules: every kind of zone, all four levels, every kind of rule.
//!
//! Whoever keeps to the roads that admit it, to the limits and to its bays breaks none of them: what the demo's alarms show
//! is done on purpose. Limits of speed are local policy (DOMAIN, fact 5), the others the demo's own.

use super::plane::{Spot, bent, feature, line, point, polygon, rectangle, spot};
use super::plants;
use super::roads::{COLUMNS, NATIONAL, ROWS, Roads};
use serde_json::{Value, json};

/// The zones of the park and the district.
pub(super) fn features(roads: &Roads) -> Vec<Value> {
    let mut all = hazards();
    all.extend(restricted(roads));
    all.extend(on_roads(roads));
    all.extend(standing(roads));
    all.extend(for_emergencies(roads));
    all
}

/// Roads that are closed by hand.
pub(super) fn closures() -> Vec<Value> {
    vec![zone(
        "riverside-drain",
        ("江滨路排水管施工", "Riverside Road, drain works"),
        point(spot(4_750.0, -3_500.0)),
        json!({"radius_m": 20, "audience": "all", "reason": "路面开挖"}),
    )]
}

fn zone(id: &str, (name, name_en): (&str, &str), geometry: Value, properties: Value) -> Value {
    let mut zone = feature(id, geometry, properties);
    zone["properties"]["name"] = name.into();
    zone["properties"]["name_en"] = name_en.into();
    zone
}

fn box_of((south_west, north_east): (Spot, Spot)) -> Value {
    polygon(&rectangle(south_west.east_m, south_west.north_m, north_east.east_m, north_east.north_m))
}

fn hazards() -> Vec<Value> {
    let works = |plant: &str| box_of(plants::by_id(plant).works_ground());
    let ordinary = json!({"classes": ["ordinary", "resident", "goods"]});
    vec![
        zone(
            "ammonia-tank-farm",
            ("液氨储罐区", "Ammonia tank farm"),
            works("haiyue-ammonia"),
            json!({
                "kind": "hazard", "level": "red", "rules": [
                    {"id": "no-ordinary", "when": "enter", "subjects": ordinary, "exempt": ["permit"], "priority": 1},
                    {"id": "no-waiting", "when": "dwell", "limit_s": 60, "except": {"classes": ["emergency"]}, "priority": 2},
                ],
            }),
        ),
        zone(
            "chlorine-liquefaction",
            ("液氯工段", "Chlorine liquefaction"),
            point(spot(-560.0, 200.0)),
            json!({
                "kind": "hazard", "level": "red", "radius_m": 75, "rules": [
                    {"id": "no-vehicle", "when": "enter", "except": {"classes": ["emergency"]}, "exempt": ["permit"], "priority": 1},
                ],
            }),
        ),
        zone(
            "lpg-sphere-farm",
            ("液化气罐区", "LPG tank farm"),
            works("lanhai-lpg"),
            json!({
                "kind": "hazard", "level": "orange", "rules": [
                    {"id": "no-ordinary", "when": "enter", "subjects": ordinary, "exempt": ["permit"], "priority": 2},
                    {"id": "no-waiting", "when": "dwell", "limit_s": 300, "priority": 2},
                ],
            }),
        ),
        zone(
            "aromatics-tank-farm",
            ("芳烃罐区", "Aromatics tank farm"),
            works("wanli-aromatics"),
            json!({
                "kind": "hazard", "level": "orange", "rules": [
                    {"id": "no-ordinary", "when": "enter", "subjects": {"classes": ["ordinary", "resident"]}, "priority": 2},
                    {"id": "night-vehicles", "when": "enter", "window": {"days": [1, 2, 3, 4, 5, 6, 7], "from": "22:00", "to": "06:00"},
                     "subjects": {"tags": ["day-pass"]}, "priority": 3},
                ],
            }),
        ),
        zone(
            "acid-works",
            ("酸储罐与装卸区", "Acid tanks and loading"),
            box_of((spot(740.0, -440.0), spot(880.0, -260.0))),
            json!({
                "kind": "hazard", "level": "yellow", "rules": [
                    {"id": "long-stay", "when": "dwell", "limit_s": 1_800, "except": {"classes": ["emergency"]}, "priority": 3},
                ],
            }),
        ),
        zone(
            "glycol-works",
            ("环氧乙烷装置", "Ethylene oxide plant"),
            works("haina-glycol"),
            json!({
                "kind": "hazard", "level": "orange", "rules": [
                    {"id": "no-ordinary", "when": "enter", "subjects": {"classes": ["ordinary", "resident"]}, "priority": 2},
                ],
            }),
        ),
        zone(
            "oil-tank-farm",
            ("油品罐区", "Oil tank farm"),
            works("east-asia-storage"),
            json!({
                "kind": "hazard", "level": "yellow", "rules": [
                    {"id": "no-ordinary", "when": "enter", "subjects": {"classes": ["ordinary", "resident"]}, "priority": 3},
                ],
            }),
        ),
        zone(
            "hydrogen-works",
            ("氢气站", "Hydrogen station"),
            works("qingyuan-hydrogen"),
            json!({
                "kind": "hazard", "level": "blue", "rules": [
                    {"id": "no-ordinary", "when": "enter", "subjects": {"classes": ["ordinary"]}, "priority": 4},
                ],
            }),
        ),
    ]
}

fn restricted(roads: &Roads) -> Vec<Value> {
    let forecourt = roads.lot("coatings-forecourt").corners;
    let days = json!([1, 2, 3, 4, 5, 6, 7]);
    vec![
        zone(
            "jetty",
            ("码头作业区", "Jetty"),
            box_of((spot(-420.0, 760.0), spot(160.0, 1_230.0))),
            json!({
                "kind": "restricted", "level": "orange", "rules": [
                    {"id": "pass-only", "when": "enter", "except": {"classes": ["emergency"]}, "exempt": ["pass", "waybill"], "priority": 2},
                ],
            }),
        ),
        zone(
            "coatings-forecourt",
            ("涂料装卸场", "Coatings loading yard"),
            box_of(forecourt),
            json!({
                "kind": "restricted", "level": "yellow", "rules": [
                    {"id": "crowded", "when": "count", "limit_n": 3, "subjects": {"classes": ["hazmat"]}, "priority": 2},
                ],
            }),
        ),
        zone(
            "shapu-town",
            ("沙浦镇危化品禁行区", "Shapu: no dangerous goods"),
            box_of((spot(4_345.0, -3_560.0), spot(5_560.0, -2_560.0))),
            json!({
                "kind": "restricted", "level": "yellow", "closes_roads_for": ["hazmat_truck"], "rules": [
                    {"id": "no-hazmat", "when": "enter", "subjects": {"classes": ["hazmat"]}, "exempt": ["permit"], "priority": 3},
                ],
            }),
        ),
        zone(
            "aromatics-road-works",
            ("断路作业封闭区", "Road works, closed"),
            box_of((spot(575.0, 130.0), spot(625.0, 210.0))),
            json!({
                "kind": "closed", "level": "blue", "rules": [
                    {"id": "nobody-through", "when": "cross", "exempt": ["permit"], "priority": 3},
                ],
            }),
        ),
        zone(
            "warehouse-night",
            ("危化品仓库夜间封闭区", "Hazmat warehouse, closed at night"),
            box_of(plants::by_id("hengtai-warehouse").works_ground()),
            json!({
                "kind": "closed", "level": "orange", "schedule": [{"days": days, "from": "20:00", "to": "06:00"}], "rules": [
                    {"id": "closed-at-night", "when": "enter", "priority": 2, "exempt": ["permit"]},
                ],
            }),
        ),
        zone(
            "reservoir-protection",
            ("塘湾水库水源保护区", "Tangwan Reservoir, source of drinking water"),
            box_of((spot(-1_900.0, -3_560.0), spot(-1_100.0, -2_940.0))),
            json!({
                "kind": "restricted", "level": "yellow", "closes_roads_for": ["hazmat_truck"], "rules": [
                    {"id": "no-hazmat", "when": "enter", "subjects": {"classes": ["hazmat"]}, "priority": 2},
                ],
            }),
        ),
    ]
}

fn on_roads(roads: &Roads) -> Vec<Value> {
    let along = |way: &str| {
        let way = roads.way(way).expect("the road is drawn");
        line(&roads.spots(way))
    };
    let workdays = json!([1, 2, 3, 4, 5]);
    vec![
        zone(
            "centre-avenue",
            ("中央大道限速区", "Centre Avenue speed limit"),
            along("centre-avenue"),
            json!({
                "kind": "speed", "level": "yellow", "width_m": 36, "rules": [
                    {"id": "limit-40", "when": "speed", "limit_kph": 40, "except": {"classes": ["emergency"]}, "off_delay_s": 20, "priority": 3},
                ],
            }),
        ),
        zone(
            "ring-south",
            ("环园路南段限速区", "Ring Road South speed limit"),
            along("ring-south"),
            json!({
                "kind": "speed", "level": "blue", "width_m": 30, "rules": [
                    {"id": "limit-40-day", "when": "speed", "limit_kph": 40, "window": {"days": [1, 2, 3, 4, 5, 6, 7], "from": "06:00", "to": "20:00"}, "except": {"classes": ["emergency"]}, "priority": 4},
                    {"id": "limit-45-night", "when": "speed", "limit_kph": 45, "window": {"days": [1, 2, 3, 4, 5, 6, 7], "from": "20:00", "to": "06:00"}, "except": {"classes": ["emergency"]}, "priority": 4},
                ],
            }),
        ),
        zone(
            "school-road",
            ("学校周边限速区", "School: speed limit"),
            line(&bent(&[spot(4_930.0, -3_200.0), spot(5_170.0, -3_200.0)])),
            json!({
                "kind": "speed", "level": "blue", "width_m": 40, "rules": [
                    {"id": "school-hours-morning", "when": "speed", "limit_kph": 30, "subjects": {"classes": ["hazmat", "goods"]}, "window": {"days": workdays, "from": "07:00", "to": "08:30"}, "priority": 3},
                    {"id": "school-hours-afternoon", "when": "speed", "limit_kph": 30, "subjects": {"classes": ["hazmat", "goods"]}, "window": {"days": workdays, "from": "16:00", "to": "17:30"}, "priority": 3},
                ],
            }),
        ),
        zone(
            "pipe-rack-crossing",
            ("管廊跨越段", "Pipe rack crossing"),
            line(&[spot(300.0, 330.0), spot(300.0, 400.0)]),
            json!({
                "kind": "no_stop", "level": "blue", "width_m": 30, "rules": [
                    {"id": "no-stop", "when": "dwell", "limit_s": 60, "except": {"classes": ["emergency"]}, "priority": 3},
                ],
            }),
        ),
        zone(
            "river-bridge",
            ("沙浦江大桥禁停段", "Shapu River Bridge: no stopping"),
            line(&bent(&[spot(2_450.0, NATIONAL), spot(2_950.0, NATIONAL)])),
            json!({
                "kind": "no_stop", "level": "yellow", "width_m": 30, "rules": [
                    {"id": "no-stop", "when": "dwell", "limit_s": 120, "subjects": {"classes": ["hazmat"]}, "priority": 2},
                ],
            }),
        ),
        zone(
            "tunnel-approach",
            ("青龙山隧道禁行段", "Qinglong Hill Tunnel: no dangerous goods"),
            line(&bent(&[spot(-4_500.0, NATIONAL), spot(-3_400.0, NATIONAL)])),
            json!({
                "kind": "restricted", "level": "orange", "width_m": 30, "rules": [
                    {"id": "category-d", "when": "enter", "subjects": {"classes": ["hazmat"]}, "priority": 2},
                ],
            }),
        ),
    ]
}

fn standing(roads: &Roads) -> Vec<Value> {
    let parking = roads.lot("hazmat-parking");
    vec![
        zone(
            "hazmat-parking",
            ("危化品车辆专用停车场", "Hazmat vehicle park"),
            box_of(parking.corners),
            json!({
                "kind": "parking", "level": "blue", "capacity": parking.slots.len(), "rules": [
                    {"id": "full", "when": "count", "limit_n": parking.slots.len(), "priority": 3},
                    {"id": "impounded", "when": "exit", "subjects": {"tags": ["impounded"]}, "priority": 2},
                    {"id": "six-hours", "when": "dwell", "limit_s": 21_600, "subjects": {"classes": ["hazmat"]}, "except": {"tags": ["impounded"]}, "priority": 4},
                ],
            }),
        ),
        zone(
            "visitor-parking",
            ("访客停车场", "Visitor parking"),
            box_of(roads.lot("visitor-parking").corners),
            json!({
                "kind": "parking", "rules": [
                    {"id": "no-hazmat", "when": "enter", "subjects": {"classes": ["hazmat"]}, "priority": 3},
                ],
            }),
        ),
    ]
}

fn for_emergencies(roads: &Roads) -> Vec<Value> {
    let assembly = |id, names, at: Spot| {
        zone(
            id,
            names,
            point(at),
            json!({
                "kind": "evacuation", "radius_m": 45, "rules": [
                    {"id": "keep-free", "when": "dwell", "limit_s": 300, "except": {"classes": ["emergency"]}, "priority": 4},
                ],
            }),
        )
    };
    vec![
        assembly("assembly-south", ("南部疏散集合点", "Assembly point South"), spot(-850.0, -1_150.0)),
        assembly("assembly-west", ("西部疏散集合点", "Assembly point West"), spot(-1_950.0, -250.0)),
        assembly("assembly-east", ("东部疏散集合点", "Assembly point East"), spot(1_830.0, -500.0)),
        zone(
            "staging-south",
            ("南部集结区", "Staging area South"),
            box_of((spot(420.0, -1_260.0), spot(680.0, -1_100.0))),
            json!({
                "kind": "staging", "rules": [
                    {"id": "keep-free", "when": "dwell", "limit_s": 600, "except": {"classes": ["emergency"]}, "priority": 4},
                ],
            }),
        ),
        zone(
            "fire-station-park",
            ("园区消防站值守区", "Park fire station: on duty"),
            box_of(roads.lot("fire-station-park").corners),
            json!({
                "kind": "staging", "rules": [
                    {"id": "on-duty", "when": "must_be_inside", "subjects": {"tags": ["on-duty"]}, "window": {"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "24:00"}, "on_delay_s": 120, "priority": 2},
                ],
            }),
        ),
        zone(
            "works-centre",
            ("核心区疏散通道", "Evacuation way Centre"),
            line(&bent(&[spot(COLUMNS[3], ROWS[2] + 30.0), spot(COLUMNS[3], ROWS[3] - 60.0)])),
            json!({
                "kind": "evacuation", "width_m": 24, "rules": [
                    {"id": "keep-free", "when": "dwell", "limit_s": 180, "except": {"classes": ["emergency"]}, "priority": 3},
                ],
            }),
        ),
    ]
}

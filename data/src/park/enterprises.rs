//! The companies of the park as legal persons, and the equipment and measuring points of their major hazards.
//!
//! Names of people, codes and phones are made up: the codes' region does not exist, and process limits are no engineer's. Alarm
//! levels of gas detectors are those of GB/T 50493-2019 as DOMAIN §1.2 lists them: 25 and 50 % of the lower explosive limit.

use super::hazards::{self, UNITS, Unit};
use super::plane::{Spot, feature, point, polygon, rectangle, spot};
use super::plants::{PLANTS, Plant};
use crate::feature::code::uscc_check;
use serde_json::{Value, json};

/// Who answers for a hazard, by office: three people of each company, from this list in turn.
const PEOPLE: [&str; 12] = [
    "陈海生",
    "林志远",
    "王建国",
    "周晓东",
    "吴文斌",
    "郑立新",
    "孙国强",
    "何雨桐",
    "徐长河",
    "马永胜",
    "朱明哲",
    "胡一凡",
];

/// Whether a plant belongs to a company: the park's own services do not.
pub(super) fn is_of_a_company(plant: &Plant) -> bool {
    !plant.id.starts_with("park-")
}

/// The companies: the ground inside their fences, with who answers for their hazards.
pub(super) fn features() -> Vec<Value> {
    PLANTS
        .iter()
        .filter(|plant| is_of_a_company(plant))
        .enumerate()
        .map(|(number, plant)| company(number, plant))
        .collect()
}

fn company(number: usize, plant: &Plant) -> Value {
    let (a, b) = plant.fence();
    let first = format!("91990000MA0{:06}", 100_000 + number);
    let check = uscc_check(&first).expect("digits and capitals, 17 of them");
    let person = |office: usize| PEOPLE[(number * 3 + office) % PEOPLE.len()];
    let phone = |office: usize| format!("0570-555{:04}", number * 10 + office);
    let properties = json!({
        "name": format!("{}有限公司", plant.name), "name_en": format!("{} Ltd", plant.name_en), "kind": plant.kind,
        "uscc": format!("{first}{check}"), "park": "dongsha", "duty_phone": phone(9),
        "principal": person(0), "principal_phone": phone(1), "technical_lead": person(1), "technical_phone": phone(2),
        "operations_lead": person(2), "operations_phone": phone(3),
        "people_day": plant.people, "people_night": plant.people / 4,
    });
    feature(plant.id, polygon(&rectangle(a.east_m, a.north_m, b.east_m, b.north_m)), properties)
}

/// The main vessel of each major hazard.
pub(super) fn equipment() -> Vec<Value> {
    let vessel = |unit: &Unit| {
        let &(id, (name, name_en), kind, plant, _, _, held) = unit;
        let (what, what_en, sort) = match kind {
            "storage" => ("一号储罐", "tank 1", "tank"),
            _ => ("主反应器", "main reactor", "reactor"),
        };
        let properties = json!({
            "name": format!("{name}{what}"), "name_en": format!("{name_en}, {what_en}"), "kind": sort, "plant": plant,
            "hazard_source": id, "substance": held[0].0.id, "inspected_on": "2026-03-15", "inspection_due": "2029-03-15",
        });
        feature(&vessel_id(id), point(hazards::place(unit)), properties)
    };
    UNITS.iter().map(vessel).collect()
}

fn vessel_id(hazard: &str) -> String {
    hazard.replacen("hs-", "vessel-", 1)
}

/// What is measured at each major hazard.
pub(super) fn points() -> Vec<Value> {
    UNITS.iter().enumerate().flat_map(|(number, unit)| measured(number + 1, unit)).collect()
}

fn measured(number: usize, unit: &Unit) -> Vec<Value> {
    let &(id, (name, name_en), kind, plant, _, _, held) = unit;
    let substance = held[0].0;
    let at = hazards::place(unit);
    let beside = |east: f64, north: f64| spot(at.east_m + east, at.north_m + north);
    let one = |sort: &str, (what, what_en): (&str, &str), tag: String, at: Spot, mut more: Value| {
        let properties = more.as_object_mut().expect("an object");
        let known = json!({
            "name": format!("{name}{what}"), "name_en": format!("{name_en}, {what_en}"), "kind": sort, "tag": tag, "plant": plant,
            "equipment": vessel_id(id), "hazard_source": id, "substance": substance.id, "quality": "good",
        });
        properties.extend(known.as_object().expect("an object").clone());
        feature(&tag.to_ascii_lowercase(), point(at), more)
    };
    let of_design = "设计文件（虚构）";
    let mut all = vec![
        one(
            "temperature",
            ("温度", "temperature"),
            format!("TI-{number}01"),
            beside(4.0, 0.0),
            json!({
            "unit": "℃", "limit_h": 45, "limit_hh": 55, "limits_source": of_design}),
        ),
        one(
            "pressure",
            ("压力", "pressure"),
            format!("PI-{number}02"),
            beside(-4.0, 0.0),
            json!({
            "unit": "MPa", "limit_h": 1.4, "limit_hh": 1.6, "limits_source": of_design}),
        ),
    ];
    if kind == "storage" {
        all.push(one(
            "level",
            ("液位", "level"),
            format!("LI-{number}03"),
            beside(0.0, 4.0),
            json!({
            "unit": "%", "limit_ll": 10, "limit_l": 15, "limit_h": 85, "limit_hh": 90, "limits_source": of_design}),
        ));
    }
    if substance.lel_percent.is_some() {
        all.push(one(
            "combustible",
            ("可燃气体", "combustible gas"),
            format!("GT-{number}04"),
            beside(0.0, -6.0),
            json!({
            "unit": "%LEL", "limit_h": 25, "limit_hh": 50, "limits_source": "GB/T 50493-2019"}),
        ));
    }
    all
}

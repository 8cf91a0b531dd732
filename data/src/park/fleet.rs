//! The vehicles: who they are, whom they work for, and which part each plays. What they do is driven elsewhere.

use super::plane::feature;
use serde_json::{Value, json};

/// The phone of the first vehicle's terminal; the others count on from it.
pub const FIRST_PHONE: u64 = 13_900_000_001;

/// What a vehicle does all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Plays a part in the story.
    Story(StoryPart),
    /// Carries dangerous goods between yards, gates, loading bays and the district's ends.
    Tanker,
    /// Stands all day with the ignition off.
    Parked,
    /// Stands in the hazmat car park: it may not leave.
    Impounded,
    /// Carries other goods.
    Goods,
    /// Drives to work, to town, on visits.
    Car,
    /// Stands by at the fire station.
    OnDuty,
    /// Drives its rounds in the park.
    Patrol,
}

/// The parts of the story; `server` drives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoryPart {
    /// An ordinary van that drives through the ammonia tank farm.
    Intruder,
    /// Drives too fast on Centre Avenue.
    Speeder,
    /// Waits in the ammonia tank farm.
    Overstayer,
    /// Drives through closed road works between two fixes.
    CutThrough,
    /// Falls silent in the acid works.
    Silent,
    /// Reports one place while it says that it moves.
    Frozen,
    /// Loses its link, drives through the town and delivers afterwards.
    BlindArea,
    /// Its receiver places it in the sea for a moment.
    Drifter,
    /// One of four that crowd the coatings yard.
    Crowd(u8),
}

/// The cast of the story, in the order of the first vehicles.
pub const CAST: [StoryPart; 12] = [
    StoryPart::Intruder,
    StoryPart::Speeder,
    StoryPart::Overstayer,
    StoryPart::CutThrough,
    StoryPart::Silent,
    StoryPart::Frozen,
    StoryPart::BlindArea,
    StoryPart::Drifter,
    StoryPart::Crowd(0),
    StoryPart::Crowd(1),
    StoryPart::Crowd(2),
    StoryPart::Crowd(3),
];

/// A haulier: name, English name, its yard.
const HAULIERS: [(&str, &str, &str); 5] = [
    ("甬东物流", "Yongdong Logistics", "yard-yongdong"),
    ("海湾危运", "Haiwan Hazmat Transport", "yard-haiwan"),
    ("沪合运输", "Huhe Transport", "yard-huhe"),
    ("东沙化学品物流", "Dongsha Chemical Logistics", "yard-dongsha"),
    ("安捷危运", "Anjie Hazmat Transport", "yard-anjie"),
];

/// Goods of tank trucks: class, name, English name, UN number.
const GOODS: [(&str, &str, &str, &str); 8] = [
    ("3", "甲醇", "methanol", "1230"),
    ("2.3", "液氨", "ammonia", "1005"),
    ("8", "硫酸", "sulphuric acid", "1830"),
    ("3", "汽油", "petrol", "1203"),
    ("2.1", "液化石油气", "LPG", "1075"),
    ("3", "苯", "benzene", "1114"),
    ("8", "烧碱溶液", "caustic soda solution", "1824"),
    ("6.1", "环氧氯丙烷", "epichlorohydrin", "2023"),
];

/// The class of a vehicle, as its feature says it.
fn class(part: Part) -> &'static str {
    match part {
        Part::Story(StoryPart::Intruder) => "ordinary",
        Part::Story(StoryPart::CutThrough) | Part::Goods => "goods",
        Part::Story(_) | Part::Tanker | Part::Parked | Part::Impounded => "hazmat",
        Part::Car => "resident",
        Part::OnDuty | Part::Patrol => "emergency",
    }
}

/// What the vehicle of that number, counted from 0, does. The cast comes first, then in every 24 twenty with dangerous
/// goods, two goods vehicles and cars, with an emergency vehicle now and then.
pub fn part(number: u32) -> Part {
    let number = number as usize;
    if let Some(part) = CAST.get(number) {
        return Part::Story(*part);
    }
    let rest = number - CAST.len();
    match rest % 24 {
        3 => Part::Goods,
        9 => [Part::OnDuty, Part::Patrol, Part::Goods][rest / 24 % 3],
        14 | 20 => Part::Car,
        6 | 12 | 18 => Part::Parked,
        _ if rest % 96 == 5 => Part::Impounded,
        _ => Part::Tanker,
    }
}

/// The id of the yard that a vehicle belongs to.
pub fn yard(number: u32) -> &'static str {
    HAULIERS[number as usize % HAULIERS.len()].2
}

/// The haulier that a vehicle or driver of that number works for, in Chinese and English.
pub(super) fn haulier(number: u32) -> (&'static str, &'static str) {
    let (name, name_en, ..) = HAULIERS[number as usize % HAULIERS.len()];
    (name, name_en)
}

/// The id of the vehicle of that number.
pub fn id(number: u32) -> String {
    let prefix = match part(number) {
        Part::OnDuty | Part::Patrol => "rescue",
        Part::Car => "car",
        Part::Story(StoryPart::Intruder) => "van",
        _ => "truck",
    };
    format!("{prefix}-{:03}", number + 1)
}

/// The first `count` vehicles as features.
pub fn features(count: u32) -> Vec<Value> {
    (0..count).map(vehicle).collect()
}

fn vehicle(number: u32) -> Value {
    let part = part(number);
    let class = class(part);
    let haulier = HAULIERS[number as usize % HAULIERS.len()];
    let (company, company_en) = match class {
        "emergency" => ("园区消防救援站", "Park Fire Station"),
        "resident" => ("园区企业员工", "Staff of the park"),
        "ordinary" => ("快递外协", "Parcel contractor"),
        _ => (haulier.0, haulier.1),
    };
    let tags: &[&str] = match part {
        Part::Impounded => &["impounded"],
        Part::OnDuty => &["on-duty"],
        _ => &[],
    };
    let mut properties = json!({
        "plate": plate(number, class),
        "plate_colour": if matches!(class, "hazmat" | "goods") { 2 } else { 1 },
        "class": class,
        "company": company,
        "company_en": company_en,
        "terminal_phone": (FIRST_PHONE + u64::from(number)).to_string(),
        "tags": tags,
    });
    if class == "hazmat" {
        let (goods_class, goods, goods_en, un) = GOODS[number as usize * 5 % GOODS.len()];
        properties["goods_class"] = goods_class.into();
        properties["cargo"] = json!({"name": goods, "name_en": goods_en, "un": un, "quantity_t": 18 + number % 13});
    }
    feature(&id(number), Value::Null, properties)
}

/// A plate of the province: hazmat trucks of a few towns, five places after the letter.
fn plate(number: u32, class: &str) -> String {
    let town = ["B", "F", "L", "A"][number as usize % 4];
    let digits = 10_001 + number * 137 % 89_999;
    match class {
        "emergency" => format!("浙{town}{:04}应急", digits % 10_000),
        _ => format!("浙{town}{digits:05}"),
    }
}

/// What lets single vehicles through where others may not go: fixed dates, so that the park is the same at every start.
pub(super) fn exemptions(count: u32) -> Vec<Value> {
    let tankers = (0..count).filter(|number| part(*number) == Part::Tanker);
    let grant = |name: String, kind: &str, subject: u32, zone: &str| {
        let properties = json!({
            "kind": kind, "subject": id(subject), "zone": zone,
            "from": "2026-01-01T00:00:00+08:00", "to": "2036-01-01T00:00:00+08:00",
        });
        feature(&name, Value::Null, properties)
    };
    let mut all: Vec<Value> = tankers
        .clone()
        .take(6)
        .enumerate()
        .map(|(i, n)| grant(format!("pass-jetty-{}", i + 1), "pass", n, "jetty"))
        .collect();
    all.extend(tankers.skip(6).take(2).enumerate().map(|(i, n)| {
        grant(format!("permit-warehouse-{}", i + 1), "permit", n, "warehouse-night") //
    }));
    all
}

//! Whom the park endangers and who comes to help: protection targets with their people, and rescue resources.

use super::plane::{Spot, feature, point, polygon, rectangle, spot};
use serde_json::{Value, json};

/// What is to be protected, with how many people are there by day and by night.
pub(super) fn protection_targets() -> Vec<Value> {
    let area = |[west, south, east, north]: [f64; 4]| polygon(&rectangle(west, south, east, north));
    let target = |id: &str, (name, name_en): (&str, &str), kind: &str, geometry, (day, night): (u32, u32)| {
        let properties =
            json!({"name": name, "name_en": name_en, "kind": kind, "people_day": day, "people_night": night});
        feature(id, geometry, properties)
    };
    let at = |east, north| point(spot(east, north));
    vec![
        target(
            "village-dongsha",
            ("东沙村", "Dongsha Village"),
            "village",
            area([-3_720.0, -900.0, -3_380.0, -500.0]),
            (420, 690),
        ),
        target(
            "village-haitang",
            ("海塘村", "Haitang Village"),
            "village",
            area([-4_500.0, -120.0, -4_215.0, 130.0]),
            (310, 520),
        ),
        target(
            "village-xingang",
            ("新港村", "Xingang Village"),
            "village",
            area([3_510.0, -1_060.0, 3_790.0, -740.0]),
            (380, 610),
        ),
        target(
            "village-tangwan",
            ("塘湾村", "Tangwan Village"),
            "village",
            area([710.0, -3_150.0, 1_000.0, -2_840.0]),
            (350, 570),
        ),
        target(
            "town-shapu",
            ("沙浦镇区", "Shapu Town"),
            "town",
            area([4_310.0, -3_520.0, 5_520.0, -2_580.0]),
            (8_600, 11_200),
        ),
        target(
            "school-shapu-primary",
            ("沙浦中心小学", "Shapu Primary School"),
            "school",
            at(5_050.0, -3_255.0),
            (1_120, 6),
        ),
        target(
            "school-shapu-middle",
            ("沙浦中学", "Shapu Middle School"),
            "school",
            at(4_755.0, -2_690.0),
            (1_480, 240),
        ),
        target(
            "kindergarten-dongsha",
            ("东沙村幼儿园", "Dongsha Kindergarten"),
            "school",
            at(-3_550.0, -600.0),
            (96, 0),
        ),
        target("hospital-shapu", ("沙浦镇人民医院", "Shapu Hospital"), "hospital", at(5_330.0, -3_110.0), (420, 210)),
        target(
            "home-care-shapu",
            ("沙浦敬老院", "Shapu Home for the Elderly"),
            "care_home",
            at(5_410.0, -2_690.0),
            (140, 130),
        ),
        target("market-shapu", ("沙浦农贸市场", "Shapu Market"), "market", at(4_730.0, -3_110.0), (900, 15)),
        target(
            "reservoir-tangwan",
            ("塘湾水库取水口", "Tangwan Reservoir intake"),
            "water_source",
            at(-1_500.0, -3_020.0),
            (4, 2),
        ),
    ]
}

/// Rescue resources, with what they can do.
pub(super) fn resources() -> Vec<Value> {
    let resource = |id: &str, (name, name_en): (&str, &str), kind: &str, at: Spot, can: Value| {
        let properties =
            json!({"name": name, "name_en": name_en, "kind": kind, "state": "available", "capability": can});
        feature(id, point(at), properties)
    };
    let mut all = vec![
        resource(
            "fire-station-park",
            ("东沙园区消防救援站", "Park Fire Station"),
            "fire_station",
            spot(120.0, -380.0),
            json!({"crew": 32, "engines": 6, "foam_l": 18_000, "pump_l_s": 480, "ladder_m": 32, "level_a_suits": 12}),
        ),
        resource(
            "fire-station-shapu",
            ("沙浦镇消防救援站", "Shapu Fire Station"),
            "fire_station",
            spot(4_700.0, -2_830.0),
            json!({"crew": 18, "engines": 3, "foam_l": 6_000, "pump_l_s": 200}),
        ),
        resource(
            "fire-team-ammonia",
            ("海岳企业专职消防队", "Haiyue Works Fire Team"),
            "fire_team",
            spot(-350.0, 420.0),
            json!({"crew": 12, "engines": 2, "foam_l": 8_000, "water_curtain": 2}),
        ),
        resource(
            "gas-rescue-station",
            ("园区气防站", "Gas Rescue Station"),
            "gas_rescue",
            spot(1_075.0, 430.0),
            json!({"crew": 16, "breathing_sets": 40, "level_a_suits": 8, "gas_detectors": 12}),
        ),
        resource(
            "ambulance-park-1",
            ("园区急救点1号车", "Park Ambulance 1"),
            "ambulance",
            spot(160.0, -375.0),
            json!({"crew": 3}),
        ),
        resource(
            "ambulance-park-2",
            ("园区急救点2号车", "Park Ambulance 2"),
            "ambulance",
            spot(172.0, -375.0),
            json!({"crew": 3}),
        ),
        resource(
            "ambulance-shapu-1",
            ("沙浦医院急救1号车", "Shapu Ambulance 1"),
            "ambulance",
            spot(5_280.0, -3_135.0),
            json!({"crew": 3}),
        ),
        resource(
            "ambulance-xingang",
            ("新港急救点车", "Xingang Ambulance"),
            "ambulance",
            spot(3_650.0, -720.0),
            json!({"crew": 3}),
        ),
        resource(
            "ambulance-tangwan",
            ("塘湾急救点车", "Tangwan Ambulance"),
            "ambulance",
            spot(880.0, -2_830.0),
            json!({"crew": 3}),
        ),
        resource(
            "ambulance-dongsha",
            ("东沙村急救点车", "Dongsha Ambulance"),
            "ambulance",
            spot(-3_400.0, -700.0),
            json!({"crew": 3}),
        ),
        resource(
            "hospital-shapu",
            ("沙浦镇人民医院", "Shapu Hospital"),
            "hospital",
            spot(5_330.0, -3_120.0),
            json!({"beds": 260, "icu": 12, "burns": 6, "poisoning": 20}),
        ),
        resource(
            "clinic-park",
            ("园区职业病防治门诊", "Park Occupational Health Clinic"),
            "clinic",
            spot(-30.0, -330.0),
            json!({"beds": 12, "antidotes": ["cyanide", "hydrogen_fluoride"]}),
        ),
        resource(
            "store-foam",
            ("园区泡沫储备库", "Foam Store"),
            "store",
            spot(40.0, -300.0),
            json!({"foam_l": 60_000, "kind": "AR-AFFF 3%"}),
        ),
        resource(
            "store-materials",
            ("应急物资库", "Emergency Store"),
            "store",
            spot(-80.0, -300.0),
            json!({"sand_t": 60, "lime_t": 25, "caustic_t": 40, "absorbent_t": 6, "booms_m": 800}),
        ),
        resource(
            "store-jetty",
            ("码头溢油设备库", "Oil Spill Store"),
            "store",
            spot(-210.0, 760.0),
            json!({"booms_m": 1_600, "skimmers": 2}),
        ),
        resource(
            "accident-pond",
            ("园区事故应急池", "Accident Pond"),
            "accident_pond",
            spot(1_320.0, 620.0),
            json!({"volume_m3": 24_000, "free_m3": 22_500}),
        ),
    ];
    let intake = |id: &str, name: (&str, &str), at| {
        resource(id, name, "water_source", at, json!({"flow_l_s": 300, "access": "hardstanding"}))
    };
    all.push(intake("water-sea-west", ("海水消防取水口（西）", "Sea water intake West"), spot(-700.0, 880.0)));
    all.push(intake("water-sea-east", ("海水消防取水口（东）", "Sea water intake East"), spot(800.0, 880.0)));
    all.push(intake("water-river", ("沙浦江取水点", "Shapu River intake"), spot(2_560.0, -600.0)));
    for (number, (east, north)) in [
        (-870.0, -20.0),
        (-270.0, -20.0),
        (330.0, -20.0),
        (930.0, -20.0),
        (-870.0, 380.0),
        (330.0, 380.0),
        (930.0, 380.0),
        (-270.0, -420.0),
        (930.0, -420.0),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("hydrant-{}", number + 1);
        let name = (format!("消火栓{}号", number + 1), format!("Hydrant {}", number + 1));
        all.push(resource(&id, (&name.0, &name.1), "hydrant", spot(east, north), json!({"flow_l_s": 40})));
    }
    all
}

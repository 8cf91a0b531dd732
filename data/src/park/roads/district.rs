//! The district around the park, about 12 km by 8: expressway with an interchange, national road with a bridge and a tunnel,
//! county and village roads, the streets of a town.

use super::draft::{Draft, Line};
use super::{Admits, RoadClass, Structure};
use crate::park::plane::{Spot, spot};

/// Half the width of the district, metres.
pub(in crate::park) const REACH_M: f64 = 6_000.0;
/// The river's bridges stand between these, metres east.
const BRIDGE: (f64, f64) = (2_450.0, 2_950.0);
/// The tunnel through the hill, metres east.
const TUNNEL: (f64, f64) = (-4_600.0, -3_300.0);
/// The national road and the carriageways of the expressway, metres north.
pub(in crate::park) const NATIONAL: f64 = -2_200.0;
pub(in crate::park) const EXPRESSWAY: (f64, f64) = (-4_185.0, -4_215.0);
const OPEN_BRIDGE: Structure = Structure::Bridge { max_weight_t: None };

pub(super) fn draw(draft: &mut Draft) {
    national(draft);
    expressway(draft);
    avenue_and_interchange(draft);
    county(draft);
    villages(draft);
    town(draft);
}

fn east_west(id: &str, class: RoadClass, north: f64, (from, to): (f64, f64)) -> Line {
    Line::new(id, class, &[spot(from, north), spot(to, north)])
}

fn national(draft: &mut Draft) {
    let road = |id, span| {
        east_west(id, RoadClass::National, NATIONAL, span).named("滨海国道", "Binhai National Road") //
    };
    draft.draw(road("national-west", (-REACH_M, TUNNEL.0)));
    draft.draw(
        east_west("tunnel", RoadClass::National, NATIONAL, TUNNEL)
            .named("青龙山隧道", "Qinglong Hill Tunnel")
            .on(Structure::Tunnel { category: 'D', max_height_m: 4.5 })
            .admits(Admits::NoHazmat),
    );
    draft.draw(road("national-middle", (TUNNEL.1, BRIDGE.0)));
    draft.draw(road("bridge-national", BRIDGE).named("沙浦江大桥", "Shapu River Bridge").on(OPEN_BRIDGE));
    draft.draw(road("national-east", (BRIDGE.1, REACH_M)));
    // Who may not use the tunnel goes round the hill.
    let bypass = [
        spot(-5_000.0, NATIONAL),
        spot(-4_950.0, -2_800.0),
        spot(-4_500.0, -3_350.0),
        spot(-3_500.0, -3_400.0),
        spot(-3_050.0, -2_850.0),
        spot(-3_000.0, NATIONAL),
    ];
    draft.draw(Line::new("hill-bypass", RoadClass::County, &bypass).named("青龙山绕行线", "Qinglong Hill Bypass"));
}

fn expressway(draft: &mut Draft) {
    let (westbound, eastbound) = EXPRESSWAY;
    let road = |id, north, span| {
        let line = east_west(id, RoadClass::Expressway, north, span).oneway();
        line.named("甬沙高速", "Yongsha Expressway")
    };
    draft.draw(road("expressway-east-1", eastbound, (-REACH_M, BRIDGE.0)));
    draft.draw(road("expressway-east-bridge", eastbound, BRIDGE).on(OPEN_BRIDGE));
    draft.draw(road("expressway-east-2", eastbound, (BRIDGE.1, REACH_M)));
    draft.draw(road("expressway-west-1", westbound, (REACH_M, BRIDGE.1)));
    draft.draw(road("expressway-west-bridge", westbound, (BRIDGE.1, BRIDGE.0)).on(OPEN_BRIDGE));
    draft.draw(road("expressway-west-2", westbound, (BRIDGE.0, -REACH_M)));
}

fn avenue_and_interchange(draft: &mut Draft) {
    let (westbound, eastbound) = EXPRESSWAY;
    let road = |id, from, to| {
        let line = Line::new(id, RoadClass::Avenue, &[spot(-300.0, from), spot(-300.0, to)]);
        line.named("园区大道", "Park Avenue")
    };
    draft.draw(road("avenue-north", -1_300.0, -4_050.0));
    draft.draw(road("avenue-bridge", -4_050.0, -4_350.0).on(OPEN_BRIDGE));
    draft.draw(road("avenue-south", -4_350.0, -5_800.0));
    let (north, south) = (-3_980.0, -4_420.0);
    let ramp = |id, spots: &[Spot]| {
        let line = Line::new(id, RoadClass::Ramp, spots).oneway();
        line.named("东沙互通匝道", "Dongsha Interchange")
    };
    let (far, near) = (-4_140.0, -4_030.0);
    draft.draw(ramp(
        "ramp-west-off",
        &[spot(250.0, westbound), spot(0.0, far), spot(-200.0, near), spot(-300.0, north)],
    ));
    draft.draw(ramp(
        "ramp-west-on",
        &[spot(-300.0, north), spot(-400.0, near), spot(-600.0, far), spot(-850.0, westbound)],
    ));
    let (far, near) = (-4_260.0, -4_370.0);
    draft.draw(ramp(
        "ramp-east-off",
        &[spot(-850.0, eastbound), spot(-600.0, far), spot(-400.0, near), spot(-300.0, south)],
    ));
    draft
        .draw(ramp("ramp-east-on", &[spot(-300.0, south), spot(-200.0, near), spot(0.0, far), spot(250.0, eastbound)]));
}

fn county(draft: &mut Draft) {
    let road = |id, spots: &[Spot]| Line::new(id, RoadClass::County, spots);
    let coast = [spot(-REACH_M, 500.0), spot(-4_200.0, 350.0), spot(-3_000.0, 100.0), spot(-2_400.0, -50.0)];
    draft.draw(road("coast-west", &coast).named("滨海公路", "Coast Road"));
    draft.draw(road("coast-middle", &[spot(2_000.0, -50.0), spot(BRIDGE.0, -50.0)]).named("滨海公路", "Coast Road"));
    draft.draw(
        road("bridge-coast", &[spot(BRIDGE.0, -50.0), spot(BRIDGE.1, -50.0)])
            .named("江口老桥", "Old River Mouth Bridge")
            .on(Structure::Bridge { max_weight_t: Some(20) })
            .admits(Admits::NoHazmat),
    );
    let coast = [spot(BRIDGE.1, -50.0), spot(4_300.0, 150.0), spot(REACH_M, 450.0)];
    draft.draw(road("coast-east", &coast).named("滨海公路", "Coast Road"));
    for (east, [north_part, bridge, south_part], top, name, name_en) in [
        (-2_400.0, ["west-dyke-north", "west-dyke-bridge", "west-dyke-south"], -50.0, "西堤路", "West Dyke Road"),
        (4_300.0, ["east-city-north", "east-city-bridge", "east-city-south"], 150.0, "东城路", "East Town Road"),
    ] {
        let part = |id, from, to| road(id, &[spot(east, from), spot(east, to)]).named(name, name_en);
        draft.draw(part(north_part, top, -4_050.0));
        draft.draw(part(bridge, -4_050.0, -4_350.0).on(OPEN_BRIDGE));
        draft.draw(part(south_part, -4_350.0, -5_800.0));
    }
    let south = |id, span| {
        east_west(id, RoadClass::County, -5_800.0, span).named("南浦公路", "Nanpu Road") //
    };
    draft.draw(south("nanpu-west", (-REACH_M, BRIDGE.0)));
    draft.draw(south("nanpu-bridge", BRIDGE).on(Structure::Bridge { max_weight_t: Some(55) }));
    draft.draw(south("nanpu-east", (BRIDGE.1, REACH_M)));
}

fn villages(draft: &mut Draft) {
    let road = |id, spots: &[Spot]| Line::new(id, RoadClass::Rural, spots);
    let front = [spot(-2_400.0, -1_300.0), spot(2_000.0, -1_300.0)];
    draft.draw(road("frontage-road", &front).named("园南路", "Park South Road"));
    let east = [spot(2_000.0, -50.0), spot(2_000.0, NATIONAL)];
    draft.draw(road("park-east-road", &east).named("园东路", "Park East Road"));
    draft.draw(
        road("dongsha-lane", &[spot(-2_400.0, -700.0), spot(-4_200.0, -700.0)])
            .named("东沙村路", "Dongsha Village Road"),
    );
    draft.draw(road("haitang-lane", &[spot(-4_200.0, 350.0), spot(-4_200.0, -700.0)]).named("海塘路", "Haitang Road"));
    draft.draw(
        road("xingang-lane", &[spot(4_300.0, -900.0), spot(3_300.0, -900.0)]).named("新港村路", "Xingang Village Road"),
    );
    draft.draw(
        road("tangwan-lane", &[spot(-300.0, -3_000.0), spot(1_200.0, -3_000.0), spot(1_200.0, NATIONAL)])
            .named("塘湾路", "Tangwan Road"),
    );
    let street = |id: &str, from, to| Line::new(id, RoadClass::Street, &[from, to]).admits(Admits::NoHazmat);
    draft.draw(street("dongsha-street-1", spot(-3_400.0, -500.0), spot(-3_400.0, -900.0)));
    draft.draw(street("dongsha-street-2", spot(-3_700.0, -500.0), spot(-3_700.0, -900.0)));
    draft.draw(street("dongsha-street-3", spot(-3_400.0, -500.0), spot(-3_700.0, -500.0)));
    draft.draw(street("xingang-street-1", spot(3_500.0, -700.0), spot(3_500.0, -1_100.0)));
    draft.draw(street("xingang-street-2", spot(3_800.0, -700.0), spot(3_800.0, -1_100.0)));
    draft.draw(street("tangwan-street", spot(700.0, -2_800.0), spot(700.0, -3_200.0)));
}

/// Shapu: the streets between East Town Road and the hospital, closed to dangerous goods.
fn town(draft: &mut Draft) {
    const NAMES: [(&str, &str); 8] = [
        ("沙浦大街", "Shapu Street"),
        ("人民路", "Renmin Road"),
        ("学府路", "Xuefu Road"),
        ("江滨路", "Riverside Road"),
        ("解放路", "Jiefang Road"),
        ("医院路", "Hospital Road"),
        ("海棠路", "Haitang Street"),
        ("东兴路", "Dongxing Road"),
    ];
    let street = |number: usize, from, to| {
        let line = Line::new(format!("shapu-street-{}", number + 1), RoadClass::Street, &[from, to]);
        line.named(NAMES[number].0, NAMES[number].1).admits(Admits::NoHazmat)
    };
    for (number, north) in [-2_600.0, -2_900.0, -3_200.0, -3_500.0].into_iter().enumerate() {
        draft.draw(street(number, spot(4_300.0, north), spot(5_500.0, north)));
    }
    for (number, east) in [4_600.0, 4_900.0, 5_200.0, 5_500.0].into_iter().enumerate() {
        let top = if number == 1 { NATIONAL } else { -2_600.0 };
        draft.draw(street(number + 4, spot(east, top), spot(east, -3_500.0)));
    }
}

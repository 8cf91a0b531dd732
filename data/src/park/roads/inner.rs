//! The roads inside the park, its gates, and the short ways through them.

use super::draft::{Draft, Line};
use super::{Admits, RoadClass};
use crate::park::plane::spot;

/// West, inner and east roads that run north, metres east.
pub(in crate::park) const COLUMNS: [f64; 6] = [-1_450.0, -900.0, -300.0, 300.0, 900.0, 1_450.0];
/// South, inner and north roads that run east, metres north.
pub(in crate::park) const ROWS: [f64; 5] = [-850.0, -450.0, -50.0, 350.0, 700.0];

pub(super) fn draw(draft: &mut Draft) {
    ring(draft);
    let [_, west, haina, huagong, east, _] = COLUMNS;
    let [south, link, centre, harbour, north] = ROWS;
    let run = |id, class, east_m, from, to| Line::new(id, class, &[spot(east_m, from), spot(east_m, to)]);
    draft.draw(run("west-road", RoadClass::ParkRoad, west, south, north).named("西纬路", "West Road"));
    draft.draw(run("haina-road", RoadClass::ParkMain, haina, south, north).named("海纳路", "Haina Road"));
    draft.draw(run("huagong-road", RoadClass::ParkMain, huagong, south, north).named("化工路", "Huagong Road"));
    draft.draw(run("east-road", RoadClass::ParkRoad, east, south, north).named("东纬路", "East Road"));
    let across = |id, class, north_m| {
        Line::new(id, class, &[spot(COLUMNS[0], north_m), spot(COLUMNS[5], north_m)]) //
    };
    draft.draw(across("south-link", RoadClass::ParkRoad, link).named("南联路", "South Link"));
    draft.draw(across("centre-avenue", RoadClass::ParkMain, centre).named("中央大道", "Centre Avenue"));
    draft.draw(across("harbour-road", RoadClass::ParkRoad, harbour).named("港前路", "Harbour Road"));
    let works = |id, east_m, from, to| {
        let line = Line::new(id, RoadClass::Service, &[spot(east_m, from), spot(east_m, to)]);
        line.admits(Admits::Works)
    };
    draft.draw(works("ammonia-works-road", -600.0, harbour, north).named("液氨罐区检修道", "Ammonia works road"));
    draft.draw(works("aromatics-works-road", 600.0, centre, harbour).named("芳烃罐区检修道", "Aromatics works road"));
    let jetty = [spot(-150.0, north), spot(-150.0, 1_180.0), spot(120.0, 1_180.0)];
    draft.draw(Line::new("jetty-road", RoadClass::Service, &jetty).named("码头引桥", "Jetty trestle"));
    gates(draft);
}

fn ring(draft: &mut Draft) {
    let ([west, .., east], [south, .., north]) = (COLUMNS, ROWS);
    let side = |id, from, to| Line::new(id, RoadClass::ParkMain, &[from, to]).named("环园路", "Ring Road");
    let (sw, se) = (spot(west, south), spot(east, south));
    let (ne, nw) = (spot(east, north), spot(west, north));
    draft.draw(side("ring-south", sw, se));
    draft.draw(side("ring-east", se, ne));
    draft.draw(side("ring-north", ne, nw));
    draft.draw(side("ring-west", nw, sw));
}

/// The ways through the fence. A pair of gates has a way in and a way out.
fn gates(draft: &mut Draft) {
    let way = |id, class, spots: &[_], admits| Line::new(id, class, spots).admits(admits);
    let main = RoadClass::ParkMain;
    let (south, out) = (ROWS[0], -1_300.0);
    draft.draw(way(
        "gate-way-main",
        main,
        &[spot(-300.0, south), spot(-300.0, -1_000.0), spot(-300.0, out)],
        Admits::NoHazmat,
    ));
    let inward = [spot(300.0, out), spot(308.0, -1_060.0), spot(308.0, -940.0), spot(300.0, south)];
    draft.draw(way("gate-way-hazmat-in", main, &inward, Admits::HazmatOnly).oneway());
    let outward = [spot(300.0, south), spot(292.0, -940.0), spot(292.0, -1_060.0), spot(300.0, out)];
    draft.draw(way("gate-way-hazmat-out", main, &outward, Admits::HazmatOnly).oneway());
    draft.draw(way(
        "gate-way-west",
        main,
        &[spot(COLUMNS[0], -50.0), spot(-1_600.0, -50.0), spot(-2_400.0, -50.0)],
        Admits::NoHazmat,
    ));
    draft.draw(way(
        "gate-way-east",
        main,
        &[spot(COLUMNS[5], -50.0), spot(1_600.0, -50.0), spot(2_000.0, -50.0)],
        Admits::HazmatOnly,
    ));
    let closed = Admits::EmergencyOnly;
    let emergency = RoadClass::Service;
    draft.draw(way(
        "gate-way-emergency-south",
        emergency,
        &[spot(900.0, south), spot(900.0, -1_000.0), spot(900.0, out)],
        closed,
    ));
    let north_west = [spot(COLUMNS[0], 700.0), spot(-2_100.0, 600.0), spot(-3_000.0, 100.0)];
    draft.draw(way("gate-way-emergency-west", emergency, &north_west, closed));
    draft.gate("gate-hazmat-in", spot(308.0, -940.0));
    draft.gate("gate-hazmat-out", spot(292.0, -1_060.0));
    for (id, at) in [
        ("gate-main", spot(-300.0, -1_000.0)),
        ("gate-west", spot(-1_600.0, -50.0)),
        ("gate-east", spot(1_600.0, -50.0)),
        ("gate-emergency-south", spot(900.0, -1_000.0)),
        ("gate-emergency-west", spot(-2_100.0, 600.0)),
    ] {
        draft.gate(id, at);
    }
}

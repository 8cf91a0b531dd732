//! Closed roads: at once, for whom and for how long it is said.

use super::super::*;
use super::sketch::{NOW, Sketch, Town, at, rectangle};
use crate::units::{Millimetres, SpanMs};
use crate::zone::Ground;

fn square() -> Town {
    Sketch::new("A---B\n|   |\nC---D").roads("AB BD AC CD").town()
}

#[test]
fn a_closure_holds_at_once_and_opens_again() {
    let mut town = square();
    let before = town.closures.clone();
    town.close(1, rectangle(1.0, -0.5, 3.0, 0.5), Audience::all());
    assert_eq!(town.way(ProfileId::Car, 'A', 'B').as_deref(), Ok("ACDB"));
    assert_eq!(town.closures.epoch(), ClosureEpoch(1));
    // Whoever read before goes on reading what was then.
    assert_eq!(before.epoch(), ClosureEpoch(0));
    assert!(!before.overlay(ProfileId::Car).closed().has(EdgeId(0)));
    assert!(town.closures.open(ClosureId(1)));
    assert_eq!(town.way(ProfileId::Car, 'A', 'B').as_deref(), Ok("AB"));
    assert!(!town.closures.open(ClosureId(1)));
}

#[test]
fn a_closure_holds_for_its_audience_alone() {
    let mut town = square();
    town.close(1, rectangle(1.0, -0.5, 3.0, 0.5), Audience::NON_EMERGENCY);
    assert_eq!(town.way(ProfileId::HazmatTruck, 'A', 'B').as_deref(), Ok("ACDB"));
    assert_eq!(town.way(ProfileId::FireEngine, 'A', 'B').as_deref(), Ok("AB"));
}

#[test]
fn a_start_or_an_end_inside_is_said_and_never_routed() {
    let mut town = square();
    town.close(7, rectangle(-0.5, -0.5, 0.5, 0.5), Audience::all());
    assert_eq!(town.way(ProfileId::Car, 'A', 'D'), Err("A: Closed([ClosureId(7)])".to_owned()));
    assert_eq!(town.way(ProfileId::Car, 'D', 'A'), Err("A: Closed([ClosureId(7)])".to_owned()));
    town.close(7, rectangle(-9.0, -9.0, 9.0, 9.0), Audience::all());
    assert_eq!(town.way(ProfileId::Car, 'B', 'D'), Err("B: Closed([ClosureId(7)])".to_owned()));
}

#[test]
fn roads_shared_by_two_closures_open_with_the_last() {
    let mut town = square();
    town.close(1, rectangle(1.0, -0.5, 2.0, 0.5), Audience::all());
    town.close(2, rectangle(2.5, -0.5, 3.0, 0.5), Audience::CAR);
    town.closures.open(ClosureId(1));
    assert_eq!(town.way(ProfileId::Car, 'A', 'B').as_deref(), Ok("ACDB"));
    assert_eq!(town.way(ProfileId::FireEngine, 'A', 'B').as_deref(), Ok("AB"));
    town.closures.open(ClosureId(2));
    assert_eq!(town.way(ProfileId::Car, 'A', 'B').as_deref(), Ok("AB"));
}

#[test]
fn a_hole_in_a_closure_stays_open_and_nothing_closes_nothing() {
    let mut town = square();
    let mut ring = rectangle(-1.0, -1.0, 5.0, 3.0);
    ring.parts[0].extend(rectangle(-0.5, -0.5, 4.5, 2.5).parts.remove(0));
    town.close(1, ring, Audience::all());
    assert_eq!(town.closures.edges(ClosureId(1)), Some(&[][..]));
    town.close(2, Ground { parts: Vec::new() }, Audience::all());
    assert_eq!(town.way(ProfileId::Car, 'A', 'B').as_deref(), Ok("AB"));
}

#[test]
fn a_closure_for_a_time_is_asked_when_the_road_is_driven() {
    let mut town = square();
    let closure = Closure {
        id: ClosureId(1),
        ground: rectangle(1.0, -0.5, 3.0, 0.5),
        audience: Audience::all(),
        from: Some(NOW + SpanMs::seconds(600)),
        to: Some(NOW + SpanMs::seconds(1_200)),
    };
    town.closures.close(&town.network, &town.grid, closure);
    // 400 m at 45 km/h take 32 s.
    let way = |after| town.way_at(ProfileId::Car, 'A', 'B', NOW + SpanMs::seconds(after));
    assert_eq!(way(0).as_deref(), Ok("AB"));
    assert_eq!(way(560).as_deref(), Ok("AB"));
    assert_eq!(way(590).as_deref(), Ok("ACDB"));
    assert_eq!(way(1_190).as_deref(), Ok("ACDB"));
    assert_eq!(way(1_200).as_deref(), Ok("AB"));
}

#[test]
fn time_goes_on_and_closures_begin_and_end() {
    let mut town = square();
    let mut closure = Closure {
        id: ClosureId(1),
        ground: rectangle(1.0, -0.5, 3.0, 0.5),
        audience: Audience::all(),
        from: Some(NOW + SpanMs::seconds(60)),
        to: None,
    };
    town.closures.close(&town.network, &town.grid, closure.clone());
    assert!(!town.closures.overlay(ProfileId::Car).is_untimed());
    town.closures.advance(NOW + SpanMs::seconds(60));
    assert!(town.closures.overlay(ProfileId::Car).is_untimed());
    assert_eq!(town.way(ProfileId::Car, 'A', 'B').as_deref(), Ok("ACDB"));
    closure.to = Some(NOW + SpanMs::seconds(90));
    town.closures.close(&town.network, &town.grid, closure.clone());
    town.closures.advance(NOW + SpanMs::seconds(90));
    assert_eq!(town.closures.iter().count(), 0);
    // One that begins and ends is told twice.
    (closure.from, closure.to) = (Some(NOW + SpanMs::seconds(100)), Some(NOW + SpanMs::seconds(120)));
    town.closures.close(&town.network, &town.grid, closure);
    let epoch = town.closures.epoch().0;
    let at = [95, 100, 110, 120].map(|after| {
        town.closures.advance(NOW + SpanMs::seconds(after));
        town.closures.epoch().0 - epoch
    });
    assert_eq!(at, [0, 1, 1, 2]);
    assert_eq!(town.way(ProfileId::Car, 'A', 'B').as_deref(), Ok("AB"));
}

#[test]
fn a_place_beside_a_closed_road_goes_to_the_next_open_one() {
    let mut town = square();
    town.close(1, rectangle(1.0, -0.5, 1.5, 0.5), Audience::all());
    let graph = town.graph(ProfileId::Car);
    let stop = town.view(&graph).stop(at(3.5, 0.1), NOW, Millimetres::metres(500)).unwrap();
    assert_eq!(town.network.name(stop.snap.unwrap().edge).name, "BD");
}

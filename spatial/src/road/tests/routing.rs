//! Which way whom, and what they are told.

use super::super::*;
use super::sketch::{NOW, Sketch, at};
use crate::units::Millimetres;

fn check(sketch: &mut Sketch, profile: ProfileId, (from, to): (char, char), expected: &str) {
    assert_eq!(sketch.town().way(profile, from, to).as_deref(), Ok(expected));
}

#[test]
fn the_shorter_way_is_taken_and_one_way_roads_are_obeyed() {
    let drawing = "A---B\n|   |\nC---D";
    check(Sketch::new(drawing).roads("AB BD AC CD"), ProfileId::Car, ('A', 'B'), "AB");
    let mut one_way = Sketch::new(drawing);
    one_way.road("AB", |road| road.direction = Direction::Backward).roads("BD AC CD");
    check(&mut one_way, ProfileId::Car, ('A', 'B'), "ACDB");
    let mut one_way = Sketch::new(drawing);
    one_way.road("AB", |road| road.direction = Direction::Backward).roads("BD AC CD");
    check(&mut one_way, ProfileId::Foot, ('A', 'B'), "AB");
}

#[test]
fn a_tanker_goes_round_the_tunnel_and_is_told_why() {
    let mut sketch = Sketch::new("A---B---C\n|       |\nD-------E");
    let category = TunnelCategory::E;
    sketch.roads("AB").road("BC", |road| (road.is_tunnel, road.tunnel_category) = (true, Some(category)));
    let town = sketch.roads("AD DE EC").town();
    assert_eq!(town.way(ProfileId::Car, 'A', 'C').as_deref(), Ok("ABC"));
    assert_eq!(town.way(ProfileId::HazmatTruck, 'A', 'C').as_deref(), Ok("ADEC"));
    let graph = town.graph(ProfileId::HazmatTruck);
    let view = town.view(&graph);
    let unbound = Graph::unbound(&town.network, &Profiles::default(), ProfileId::HazmatTruck, Metric::Fastest);
    let stop = |letter| view.stop(town.at(letter), NOW, Millimetres::metres(100)).unwrap();
    let nothing = Closures::none(&town.network, NOW);
    let free = View { graph: &unbound, closures: &nothing, ..view };
    let refused = view.refused(&mut Scratch::default(), &free, &stop('A'), &stop('C'), NOW);
    let names: Vec<(&str, Option<Refusal>)> =
        refused.iter().map(|r| (town.network.name(r.arcs[0].edge()).name.as_str(), r.refusal)).collect();
    assert_eq!(names, [("BC", Some(Refusal::Tunnel(TunnelCategory::E)))]);
}

#[test]
fn instructions_name_turns_and_roads() {
    let mut sketch = Sketch::new("A---B---C\n    |    \n    D    ");
    let town = sketch.roads("AB BC BD").town();
    let graph = town.graph(ProfileId::Car);
    let view = town.view(&graph);
    let stop = |letter| view.stop(town.at(letter), NOW, Millimetres::metres(100)).unwrap();
    let (from, to) = (stop('A'), stop('D'));
    let way = view.way(&mut Scratch::default(), &from, &to, NOW).unwrap();
    let route = view.route(&way, &from, &to);
    let told: Vec<(Manoeuvre, &str)> = route.instructions.iter().map(|i| (i.manoeuvre, i.road.name.as_str())).collect();
    assert_eq!(told, [(Manoeuvre::Depart, "AB"), (Manoeuvre::Right, "BD"), (Manoeuvre::Arrive, "BD")]);
    assert_eq!(route.length_mm / 1_000, 400 + 200);
    let sum: u64 = route.instructions.iter().map(|i| i.length_mm).sum();
    assert_eq!(sum, route.length_mm);
}

#[test]
fn a_route_between_places_on_one_road_is_the_piece_between_them() {
    let town = Sketch::new("A-----B").roads("AB").town();
    let graph = town.graph(ProfileId::Car);
    let view = town.view(&graph);
    let stop = |column| view.stop(at(column, 0.1), NOW, Millimetres::metres(100)).unwrap();
    let (from, to) = (stop(4.0), stop(1.0));
    let way = view.way(&mut Scratch::default(), &from, &to, NOW).unwrap();
    let route = view.route(&way, &from, &to);
    assert_eq!(way.arcs.len(), 1);
    assert!(route.length_mm.abs_diff(300_000) < 300, "{}", route.length_mm);
    assert_eq!(
        (route.line.first(), route.line.last()),
        (from.snap.map(|s| s.at).as_ref(), to.snap.map(|s| s.at).as_ref())
    );
}

#[test]
fn a_place_at_sea_has_no_road_and_an_island_no_way() {
    let town = Sketch::new("A---B      \n          \n      C---D").roads("AB CD").town();
    assert_eq!(town.way(ProfileId::Car, 'A', 'D'), Err("no way".to_owned()));
    let graph = town.graph(ProfileId::Car);
    let sea = town.view(&graph).stop(at(500.0, 0.0), NOW, Millimetres::metres(1_000));
    assert_eq!(sea, Err(StopError::NoRoad));
}

#[test]
fn what_can_be_reached_in_a_time_from_many_places() {
    let town = Sketch::new("A---B---C").roads("AB BC").town();
    let graph = town.graph(ProfileId::Foot);
    let view = town.view(&graph);
    let stops = [Stop::at_junction(&town.network, JunctionId(0)), Stop::at_junction(&town.network, JunctionId(2))];
    // 400 m at 5 km/h take 288 s: half of each road from its outer end, less a millimetre, and nothing from the middle.
    let reached = view.reach(&mut Scratch::default(), &stops, 144_000, NOW);
    let parts: Vec<(u32, u16)> = reached.iter().map(|r| (r.arc.0, r.part)).collect();
    assert_eq!(parts, [(0, 499), (3, 499)]);
}

#[test]
fn the_way_through_a_gate_is_refused_to_those_it_does_not_admit() {
    let mut sketch = Sketch::new("A---G---B");
    sketch.roads("AGB");
    let access = Access { motor: Permission::No, emergency: Permission::Yes, ..Access::default() };
    sketch.draft.barriers.push(Barrier { place: sketch.place('G'), access, limits: RoadLimits::default() });
    let town = sketch.town();
    assert_eq!(town.way(ProfileId::Car, 'A', 'B'), Err("no way".to_owned()));
    assert_eq!(town.way(ProfileId::FireEngine, 'A', 'B').as_deref(), Ok("AGB"));
}

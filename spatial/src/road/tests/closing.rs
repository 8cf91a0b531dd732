//! Closed roads: at once, for whom and for how long it is said.

use super::super::*;
use super::oracle::{self, Random};
use super::sketch::{NOW, Sketch, Town, at, rectangle};
use crate::position::Position;
use crate::shape;
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

/// Rings between two distances from a middle, with so many corners.
fn jagged(random: &mut Random, middle: Position, corners: u64, (least, most): (f64, f64)) -> Vec<Position> {
    let corner = |of: u64| {
        let reach = least + (most - least) * random.below(1_000) as f64 / 1_000.0;
        let angle = of as f64 * std::f64::consts::TAU / corners as f64;
        let part = |low: i32, by: f64| low + (reach * by) as i32;
        Position { lon_e7: part(middle.lon_e7, angle.cos()), lat_e7: part(middle.lat_e7, angle.sin()) }
    };
    (0..corners).map(corner).collect()
}

#[test]
fn a_prepared_ground_says_of_every_place_and_line_what_its_rings_say() {
    for seed in 0..60 {
        let mut random = Random(seed);
        let middle = at(random.below(50) as f64, random.below(50) as f64);
        // From some units to some kilometres, from triangles to what has more corners than cells.
        let reach = [40.0, 3_000.0, 400_000.0][seed as usize % 3];
        let corners = [3, 7, 60, 900][seed as usize % 4];
        let outer = jagged(&mut random, middle, corners, (reach * 0.6, reach));
        let corners = 3 + random.below(40);
        let hole = jagged(&mut random, middle, corners, (reach * 0.1, reach * 0.3));
        let ground = Ground { parts: vec![vec![outer, hole]] };
        let outline = Outline::of(&ground, 4 + seed as u32 % 9).unwrap();
        let rings = &ground.parts[0];
        let mut place = || {
            let mut part = |low: i32| low + ((random.below(2_400) as f64 / 1_000.0 - 1.2) * reach) as i32;
            Position { lon_e7: part(middle.lon_e7), lat_e7: part(middle.lat_e7) }
        };
        let places: Vec<Position> = (0..400).map(|_| place()).chain(rings.iter().flatten().copied()).collect();
        for p in &places {
            let covers = shape::covers(rings, *p);
            assert_eq!(outline.covers(*p), covers, "seed {seed}: {p:?}");
            assert_eq!(outline.touches(&[*p, *p]), covers, "seed {seed}: {p:?}");
        }
        // A line that touches no ground has no place on it that does.
        for pair in places.windows(2).take(400) {
            let between = |share: i64| {
                let part = |a: i32, b: i32| (i64::from(a) + (i64::from(b) - i64::from(a)) * share / 64) as i32;
                Position { lon_e7: part(pair[0].lon_e7, pair[1].lon_e7), lat_e7: part(pair[0].lat_e7, pair[1].lat_e7) }
            };
            // Rounding moves a place by less than two units: one that near to the boundary says nothing.
            let lies_in = |p: Position| {
                let near = |dx: i32, dy: i32| Position { lon_e7: p.lon_e7 + dx, lat_e7: p.lat_e7 + dy };
                [near(0, 0), near(2, 0), near(-2, 0), near(0, 2), near(0, -2)].into_iter().all(|p| outline.covers(p))
            };
            let passes = (0..=64).map(between).any(lies_in);
            assert!(!passes || outline.touches(pair), "seed {seed}: {pair:?}");
        }
    }
}

#[test]
fn a_large_ground_takes_every_road_that_touches_it_and_no_other() {
    for seed in 0..12 {
        let mut random = Random(seed);
        let side = 30;
        let network = Network::build(&mut oracle::town(&mut random, side)).unwrap().0;
        let grid = EdgeGrid::of(&network);
        let mut closures = Closures::none(&network, NOW);
        for id in 0..4 {
            let mut within = |low: i32| low + random.below(u64::from(side) * 10_000) as i32;
            let middle = Position { lon_e7: within(1_210_000_000), lat_e7: within(300_000_000) };
            // The last is so large that a cell of its raster is larger than one of the grid.
            let reach = (20_000.0 + random.below(150_000) as f64) * if id == 3 { 8.0 } else { 1.0 };
            let outer = jagged(&mut random, middle, 40, (reach * 0.7, reach));
            let hole = jagged(&mut random, middle, 20, (reach * 0.2, reach * 0.4));
            let ground = Ground { parts: vec![vec![outer, hole]] };
            let touched: Vec<EdgeId> = oracle::touched(&network, &ground).into_iter().collect();
            let closure = Closure { id: ClosureId(id), ground, audience: Audience::all(), from: None, to: None };
            closures.close(&network, &grid, closure);
            assert_eq!(closures.edges(ClosureId(id)), Some(touched.as_slice()), "seed {seed}, ground {id}");
        }
    }
}

#[test]
fn what_one_reads_stays_as_it_was_whatever_is_closed_after() {
    let mut random = Random(9);
    let network = Network::build(&mut oracle::town(&mut random, 8)).unwrap().0;
    let grid = EdgeGrid::of(&network);
    let of = |id: u64, audience: Audience, random: &mut Random| Closure {
        id: ClosureId(id),
        ground: oracle::ground(random, 8),
        audience,
        from: None,
        to: None,
    };
    let closed = |closures: &Closures| ProfileId::ALL.map(|profile| closures.overlay(profile).closed().clone());
    let mut closures = Closures::none(&network, NOW);
    let mut read = Vec::new();
    for id in 0..40 {
        let audience = [Audience::all(), Audience::AMBULANCE, Audience::all() - Audience::AMBULANCE][id as usize % 3];
        closures.close(&network, &grid, of(id, audience, &mut random));
        if id % 4 == 3 {
            closures.open(ClosureId(id - 2));
        }
        read.push((closures.clone(), closed(&closures)));
        // From nothing it is the same: nobody's edges were written into another's.
        let mut anew = Closures::none(&network, NOW);
        closures.iter().for_each(|(closure, _)| anew.close(&network, &grid, closure.clone()));
        assert_eq!(closed(&anew), closed(&closures), "after {id}");
    }
    assert!(read.iter().all(|(closures, then)| closed(closures) == *then));
}

//! Arriving from upwind: never through the circle, on the side that the wind comes from, as an oracle says.

use super::super::*;
use super::exact::Case;
use super::oracle::{self, End, Random};
use super::sketch::{NOW, Sketch, Town, rectangle};
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};
use std::collections::BTreeSet;

/// A source at c, a road from each side to it, and roads around.
const PARK: &str = "\
a n b

w c e

d s f";

fn park() -> Town {
    Sketch::new(PARK).roads("an nb aw wd ds sf be ef nc wc ec sc").town()
}

/// 100 m around c, in a wind.
fn ring(town: &Town, wind_from_deg: f64) -> Ring {
    let approach =
        Approach { centre: town.at('c'), radius: Millimetres::metres(100), wind_from_deg, sector_deg: 120.0 };
    Ring::of(&town.network, &town.grid, &approach)
}

/// The letters that one passes to the best place of a side, and the bearing of that place.
fn arrives(town: &Town, profile: ProfileId, from: char, wind_from_deg: f64, side: Side) -> Option<(String, u32)> {
    let graph = town.graph(profile);
    let (view, ring) = (town.view(&graph), ring(town, wind_from_deg));
    let stop = view.stop(town.at(from), NOW, Millimetres::metres(50)).expect("a road");
    let from = ring.outside(&town.network, stop);
    let mut scratch = Scratch::default();
    let arrivals = view.arrivals(&mut scratch, &from, &ring, NOW, |place| place.side == side);
    let of_side = ring.places().iter().zip(arrivals).filter(|(place, _)| place.side == side);
    let (arrival, place) = of_side.filter_map(|(place, arrival)| Some((arrival?, place))).min_by_key(|a| a.0.cost)?;
    let way = view.way_of(&scratch, arrival, place);
    let route = view.route(&way, &from, &view.ring_stop(place));
    assert_eq!(route.line.last(), Some(&place.snap.at));
    assert!(route.duration_ms.abs_diff(u64::from(arrival.cost)) <= 2, "{route:?}");
    Some((town.letters_of(&route.line), place.bearing_deg.round() as u32))
}

#[test]
fn one_arrives_upwind_and_goes_round_the_circle_to_get_there() {
    let town = park();
    let car = |from, wind| arrives(&town, ProfileId::Car, from, wind, Side::Upwind);
    assert_eq!(car('s', 0.0), Some(("sdwan".to_owned(), 0)), "straight on would be 300 m");
    assert_eq!(car('s', 90.0), Some(("sfe".to_owned(), 90)));
    assert_eq!(car('s', 180.0), Some(("s".to_owned(), 180)));
    assert_eq!(car('s', 350.0), Some(("sdwan".to_owned(), 0)), "a wind over north");
    // Ten degrees of wind decide between two roads that are both in the sector.
    assert_eq!(car('d', 315.0), Some(("dw".to_owned(), 270)));
}

#[test]
fn where_no_road_comes_from_upwind_there_is_none_and_the_side_is_said() {
    let mut town = park();
    town.close(1, rectangle(1.5, 0.5, 2.5, 1.5), Audience::all());
    assert_eq!(arrives(&town, ProfileId::Car, 's', 0.0, Side::Upwind), None);
    assert_eq!(arrives(&town, ProfileId::Car, 'd', 0.0, Side::Crosswind), Some(("dw".to_owned(), 270)));
    assert_eq!(arrives(&town, ProfileId::Car, 's', 0.0, Side::Downwind), Some(("s".to_owned(), 180)));
    let places = ring(&town, 0.0);
    let off: Vec<u32> = places.places().iter().map(|place| place.off_wind_deg.round() as u32).collect();
    assert_eq!((off.len(), off.iter().sum::<u32>()), (4, 360), "0, 90, 90 and 180: {off:?}");
}

#[test]
fn a_road_that_is_closed_for_a_time_is_no_way_while_it_is() {
    let mut town = park();
    let graph = town.graph(ProfileId::Car);
    let hour = UnixMs(NOW.0 + 3_600_000);
    let closure = Closure {
        id: ClosureId(1),
        ground: rectangle(-0.5, -0.5, 0.5, 1.5),
        audience: Audience::all(),
        from: None,
        to: Some(hour),
    };
    town.closures.close(&town.network, &town.grid, closure);
    let ring = ring(&town, 0.0);
    let costs = |when: UnixMs| {
        let view = town.view(&graph);
        let from = view.stop(town.at('w'), when, Millimetres::metres(50)).expect("a road");
        let arrivals = view.arrivals(&mut Scratch::default(), &from, &ring, when, |place| place.side == Side::Upwind);
        arrivals.iter().zip(ring.places()).find(|(_, place)| place.side == Side::Upwind).unwrap().0.unwrap().cost
    };
    assert!(costs(NOW) > 2 * costs(hour), "round the south and east: {} {}", costs(NOW), costs(hour));
}

/// Whether a shape comes within a radius of a place, looked at every few centimetres, and where first: along it, mm.
fn first_within(shape: &[Position], centre: Position, radius_mm: f64) -> Option<u32> {
    let scale = crate::geodesy::LocalScale::at(centre.lat_e7);
    let mut along = 0.0;
    for pair in shape.windows(2) {
        let length = crate::geodesy::distance(pair[0], pair[1]).0 as f64;
        let steps = (length / 50.0).ceil().max(1.0) as u32;
        for step in 0..=steps {
            let share = f64::from(step) / f64::from(steps);
            let part = |a: i32, b: i32| f64::from(a) + share * (f64::from(b) - f64::from(a));
            let x = (part(pair[0].lon_e7, pair[1].lon_e7) - f64::from(centre.lon_e7)) * scale.lon_mm;
            let y = (part(pair[0].lat_e7, pair[1].lat_e7) - f64::from(centre.lat_e7)) * scale.lat_mm;
            if x.hypot(y) <= radius_mm {
                return Some((along + share * length) as u32);
            }
        }
        along += length;
    }
    None
}

#[test]
fn every_arrival_costs_what_the_oracle_says_and_none_passes_through_the_circle() {
    let mut scratch = Scratch::default();
    let (mut reached, mut unreached, mut sooner) = (0, 0, 0);
    for seed in 500..560 {
        let case = Case::new(seed);
        let mut random = Random(seed);
        let centre = case.network.junction(JunctionId(random.below(case.network.junction_count() as u64) as u32));
        let centre = Position { lon_e7: centre.lon_e7 + random.below(5_000) as i32, ..centre };
        let radius = Millimetres(40_000 + random.below(120_000) as i64);
        let approach = Approach { centre, radius, wind_from_deg: random.below(360) as f64, sector_deg: 120.0 };
        let ring = Ring::of(&case.network, &case.grid, &approach);
        let within = |edge: EdgeId| first_within(case.network.shape(edge), centre, radius.0 as f64);
        let inside: BTreeSet<EdgeId> = case.network.edges().filter(|edge| within(*edge).is_some()).collect();
        let closed: BTreeSet<EdgeId> = case.closed.union(&inside).copied().collect();
        let view = case.view();
        let is_beyond = |stop: &&Stop| match stop.snap {
            Some(snap) => !ring.covers(snap.at) && !inside.contains(&snap.edge),
            None => !ring.covers(case.network.junction(JunctionId(stop.out[0].node))),
        };
        let mut starts = Vec::new();
        for from in case.stops.iter().filter(is_beyond) {
            let arrivals = view.arrivals(&mut scratch, from, &ring, NOW, |_| false);
            for (place, arrival) in ring.places().iter().zip(&arrivals) {
                let end = End { snap: Some(place.snap), arc: Some(place.arc), junction: None };
                let is_open = !case.closed.contains(&place.arc.edge());
                let expected = oracle::cost_to(&case.network, &case.graph, &closed, from, &end);
                let expected = expected.filter(|_| is_open);
                assert_eq!(arrival.map(|a| a.cost), expected, "seed {seed}: {from:?} to {place:?}");
                reached += u32::from(arrival.is_some());
                unreached += u32::from(arrival.is_none());
                let Some(arrival) = arrival else { continue };
                let way = view.way_of(&scratch, *arrival, place);
                let (last, before) = way.arcs.split_last().unwrap();
                assert_eq!(*last, place.arc);
                assert!(before.iter().all(|arc| !inside.contains(&arc.edge())), "seed {seed}: {way:?}");
                let line = view.route(&way, from, &view.ring_stop(place)).line;
                // Up to a decimetre of rounding at the ring itself.
                let touch = first_within(&line, centre, radius.0 as f64 - 100.0);
                assert_eq!(touch, None, "seed {seed}: {way:?}");
                let free = view.way(
                    &mut Scratch::default(),
                    from,
                    &Stop::on_edge(&case.network, &case.graph, place.snap),
                    NOW,
                );
                sooner += u32::from(free.is_some_and(|free| free.cost < arrival.cost));
            }
            starts.push(from.clone());
        }
        let wanted = |place: &RingPlace| place.side == Side::Upwind;
        let best = |from: &Stop| {
            let arrivals = view.arrivals(&mut Scratch::default(), from, &ring, NOW, |_| false);
            let costs = ring.places().iter().zip(arrivals).filter(|(place, _)| wanted(place));
            costs.filter_map(|(_, arrival)| Some(arrival?.cost)).min()
        };
        let mut expected: Vec<Near> =
            starts.iter().zip(0..).filter_map(|(from, index)| best(from).map(|cost| Near { cost, index })).collect();
        expected.sort_unstable();
        expected.truncate(3);
        let near = view.nearest_to_ring(&mut scratch, &starts, &ring, (3, wanted), NOW);
        assert_eq!(near.iter().map(|ring| ring.near).collect::<Vec<_>>(), expected, "seed {seed}");
    }
    assert!(reached > 300 && unreached > 100 && sooner > 30, "{reached} {unreached} {sooner}");
}

//! What is reached in a time: pieces of roads, and the areas around them.

use super::super::*;
use super::oracle::{self, Random};
use super::sketch::{NOW, Sketch, at};
use crate::geodesy;
use crate::position::Position;
use crate::units::Millimetres;
use geo::{Area, Contains, Coord, LineString, Point, Polygon};

fn length_m(lines: &[Line]) -> f64 {
    let of_line = |line: &Line| line.windows(2).map(|pair| geodesy::distance(pair[0], pair[1]).0).sum::<i64>();
    lines.iter().map(of_line).sum::<i64>() as f64 / 1e3
}

/// A straight road of 1,000 m with a branch of 400 m in its middle, asked from its middle.
fn reached(limits_s: &[u32], change: impl Fn(&mut super::sketch::Town)) -> Vec<f64> {
    let mut town =
        Sketch::new("A----M----B\n     |     \n     |     \n     |     \n     C     ").roads("AM MB MC").town();
    change(&mut town);
    let graph = town.graph(ProfileId::Car);
    let view = town.view(&graph);
    let stop = view.stop(at(2.5, 0.0), NOW, Millimetres::metres(50)).unwrap();
    let limits: Vec<u32> = limits_s.iter().map(|s| s * 1_000).collect();
    view.isochrones(&mut Scratch::default(), &[stop], &limits, NOW)
        .iter()
        .map(|reached| {
            // Told and drawn, they are as long.
            assert!((reached.length_mm as f64 / 1e3 - length_m(&reached.lines)).abs() < 0.1, "{reached:?}");
            length_m(&reached.lines).round()
        })
        .collect()
}

#[test]
fn the_roads_within_a_time_are_those_of_its_length() {
    // A car goes 12.5 m a second on such a road; the stop is 250 m from the branch.
    let all = reached(&[8, 20, 30, 1_000], |_| {});
    assert_eq!(all[0], 200.0, "100 m both ways");
    assert_eq!(all[1], 500.0, "250 m both ways");
    // 375 m: 250 to one end, 250 to the branch, 125 on and 125 along it.
    assert_eq!(all[2], 750.0);
    assert_eq!(all[3], 1_400.0);
}

#[test]
fn a_closed_road_is_not_reached() {
    let closed = |town: &mut super::sketch::Town| {
        town.close(1, super::sketch::rectangle(4.8, 0.5, 5.2, 1.5), Audience::all());
    };
    assert_eq!(reached(&[1_000], closed), [1_000.0]);
}

#[test]
fn an_area_holds_its_roads_and_its_rings_are_whole() {
    for seed in 900..930 {
        let mut random = Random(seed);
        let side = 5 + random.below(6) as u32;
        let network = Network::build(&mut oracle::town(&mut random, side)).unwrap().0;
        let grid = EdgeGrid::of(&network);
        let closures = Closures::none(&network, NOW);
        let graph = Graph::of(&network, &Profiles::default(), ProfileId::Foot, Metric::Fastest);
        let view = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
        let junction = JunctionId(random.below(network.junction_count() as u64) as u32);
        let from = [Stop::at_junction(&network, junction)];
        let limit = 60_000 + random.below(240_000) as u32;
        let lines = view.isochrones(&mut Scratch::default(), &from, &[limit], NOW).remove(0).lines;
        let ring = |ring: &Vec<Position>| {
            LineString::new(ring.iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect::<Vec<_>>())
        };
        let parts: Vec<Polygon> = area(&lines)
            .iter()
            .map(|rings| Polygon::new(ring(&rings[0]), rings[1..].iter().map(ring).collect()))
            .collect();
        for place in lines.iter().flatten() {
            let point = Point::new(place.lon(), place.lat());
            assert!(parts.iter().any(|part| part.contains(&point)), "seed {seed}: {place:?}");
        }
        for part in &parts {
            assert!(part.exterior().0.len() > 3 && part.signed_area() > 0.0, "seed {seed}");
            // A hole lies inside and has an area of its own.
            let rings = part.interiors().iter().map(|hole| Polygon::new(hole.clone(), Vec::new()));
            let in_holes: f64 = rings.map(|hole| hole.unsigned_area()).sum();
            let whole = Polygon::new(part.exterior().clone(), Vec::new());
            assert!((whole.unsigned_area() - in_holes - part.unsigned_area()).abs() < 1e-12, "seed {seed}");
            assert!(part.interiors().iter().all(|hole| whole.contains(hole)), "seed {seed}");
        }
    }
    assert!(area(&[]).is_empty());
}

#[test]
fn what_a_ring_road_encloses_is_a_hole_unless_it_is_small() {
    let ring = |side: f64| vec![at(0.0, 0.0), at(side, 0.0), at(side, side), at(0.0, side), at(0.0, 0.0)];
    let rings = |side: f64| area(&[ring(side)]).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(rings(10.0), [2], "1 km");
    assert_eq!(rings(2.0), [1], "200 m");
    let apart = [ring(2.0), ring(10.0).iter().map(|p| Position { lon_e7: p.lon_e7 + 500_000, ..*p }).collect()];
    assert_eq!(area(&apart).len(), 2);
}

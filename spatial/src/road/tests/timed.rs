//! Closures for a time beside a search that tries every order of events: earliest arrival at each node, nobody waiting.

use super::super::hierarchy::{Shortcuts, Skeleton, order};
use super::super::*;
use super::oracle::{self, Random};
use super::sketch::NOW;
use crate::position::Position;
use crate::units::{SpanMs, UnixMs};
use crate::zone::Ground;
use std::collections::BTreeMap;

/// Earliest arrivals from a junction by relaxing, again and again, whichever node is due first; closures asked one by one.
fn arrivals(graph: &Graph, closures: &Closures, from: u32, depart: UnixMs) -> BTreeMap<u32, u32> {
    let held: Vec<(&Closure, Vec<EdgeId>)> =
        closures.iter().map(|(closure, _)| (closure, closures.edges(closure.id).unwrap().to_vec())).collect();
    let is_closed = |edge: EdgeId, enter: i64, leave: i64| {
        held.iter().any(|(closure, edges)| {
            let begins = closure.from.unwrap_or(UnixMs::MIN).0;
            let ends = closure.to.unwrap_or(UnixMs::MAX).0;
            edges.contains(&edge) && enter < ends && begins < leave
        })
    };
    let mut due = BTreeMap::from([(from, 0_u32)]);
    let mut settled = BTreeMap::new();
    while let Some((node, cost)) =
        due.iter().map(|(node, cost)| (*node, *cost)).min_by_key(|(node, cost)| (*cost, *node))
    {
        due.remove(&node);
        settled.insert(node, cost);
        for link in graph.forward().at(node) {
            let enter = depart.0 + i64::from(cost);
            let arrival = cost + link.cost;
            let is_late = settled.contains_key(&link.node) || due.get(&link.node).is_some_and(|d| *d <= arrival);
            if !is_late && !is_closed(link.arc.edge(), enter, enter + i64::from(link.cost)) {
                due.insert(link.node, arrival);
            }
        }
    }
    settled
}

#[test]
fn arrivals_under_timed_closures_are_the_earliest_in_both_layers_whenever_one_departs() {
    let (mut scratch, mut round, mut reached) = (Scratch::default(), 0_u64, 0);
    for seed in 500..540 {
        let mut random = Random(seed);
        let side = 5 + random.below(4) as u32;
        let network = Network::build(&mut oracle::town(&mut random, side)).unwrap().0;
        let grid = EdgeGrid::of(&network);
        let skeleton = Skeleton::new(&network, &order(&network)).unwrap();
        let mut closures = Closures::none(&network, NOW);
        for id in 0..4 {
            let ground = oracle::ground(&mut random, side);
            let after = |seconds: u64| Some(NOW + SpanMs::seconds(seconds as i64));
            let from = [None, after(random.below(60))][random.below(2) as usize];
            let to = after(60 + random.below(90));
            closures.close(&network, &grid, Closure { id: ClosureId(id), ground, audience: Audience::all(), from, to });
        }
        let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);
        let mut shortcuts = Shortcuts::new(&network, &skeleton, &graph, &closures);
        for after in [0, 45, 100, 200] {
            // Half a minute after what the closures are up to: something may have changed in between.
            closures.advance(NOW + SpanMs::seconds(after));
            shortcuts.follow(&skeleton, &closures);
            assert_eq!(shortcuts, Shortcuts::new(&network, &skeleton, &graph, &closures), "seed {seed}");
            for depart in [after, after + 30].map(|seconds| NOW + SpanMs::seconds(seconds)) {
                let exact = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
                let fast = View { fast: Some(Fast { skeleton: &skeleton, shortcuts: &shortcuts }), ..exact };
                let mut elsewhere = Random(seed * 1_000 + round);
                let stops = [0; 7].map(|_| {
                    let junction = elsewhere.below(network.junction_count() as u64) as u32;
                    Stop::at_junction(&network, JunctionId(junction))
                });
                let end = &stops[0];
                let of = |stop: &Stop| {
                    let arrivals = arrivals(&graph, &closures, stop.out[0].node, depart);
                    end.back.iter().filter_map(|step| arrivals.get(&step.node)).min().copied()
                };
                let expected: Vec<Option<u32>> = stops.iter().map(of).collect();
                let (all, single) =
                    [stops.to_vec(), vec![end.clone()]].map(|s| Prepared::new(s, network.node_count())).into();
                let mut nearest: Vec<Near> =
                    expected.iter().zip(0..).filter_map(|(cost, index)| Some(Near { cost: (*cost)?, index })).collect();
                nearest.sort_unstable();
                for view in [exact, fast] {
                    for (stop, least) in stops.iter().zip(&expected) {
                        let way = view.way(&mut scratch, stop, end, depart);
                        assert_eq!(way.as_ref().map(|way| way.cost), *least, "seed {seed}, {after}: {stop:?}");
                        assert!(way.is_none_or(|way| view.is_open(&way, stop, depart)), "seed {seed}");
                        let one = view.one_to_many(&mut scratch, stop, &single, depart)[0];
                        assert_eq!(one, least.unwrap_or(NEVER), "seed {seed}");
                    }
                    let column = view.table(&mut scratch, &stops, &single, depart);
                    assert!(
                        column.iter().zip(&expected).all(|(cost, least)| *cost == least.unwrap_or(NEVER)),
                        "seed {seed}"
                    );
                    for count in [1, 3, 9] {
                        let first = &nearest[..count.min(nearest.len())];
                        assert_eq!(view.nearest(&mut scratch, &all, end, count, depart), first, "seed {seed}");
                        let buckets = view.buckets(&mut scratch, &all);
                        let quick =
                            buckets.and_then(|of| view.nearest_in(&mut scratch, (&all, &of), end, count, depart));
                        assert!(quick.is_none_or(|quick| quick == first), "seed {seed}");
                    }
                }
                round += expected.len() as u64;
                reached += expected.iter().flatten().count() as u64;
            }
        }
    }
    assert!(reached > round / 2, "{reached} of {round}");
}

/// A closure that begins in an hour does not make the fast layer idle, nor one that holds for an hour.
#[test]
fn the_fast_layer_answers_what_is_over_before_anything_changes() {
    let mut random = Random(77);
    let network = Network::build(&mut oracle::town(&mut random, 7)).unwrap().0;
    let grid = EdgeGrid::of(&network);
    let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);
    let hour = SpanMs::seconds(3_600);
    for (from, to) in [(Some(NOW + hour), None), (None, Some(NOW + hour))] {
        let mut closures = Closures::none(&network, NOW);
        let corner = |x: i32, y: i32| Position { lon_e7: 1_210_000_000 + x * 30_000, lat_e7: 300_000_000 + y * 30_000 };
        let ground = Ground { parts: vec![vec![vec![corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)]]] };
        closures.close(&network, &grid, Closure { id: ClosureId(1), ground, audience: Audience::all(), from, to });
        let view = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
        assert_eq!(view.steady_for(NOW), Some(3_600_000));
        assert_eq!(view.steady_for(NOW + SpanMs::seconds(3_000)), Some(600_000));
        assert_eq!(view.steady_for(NOW + hour), None);
        assert!(view.is_right(3_600_000, 3_600_000) && !view.is_right(3_600_001, 3_600_000));
        assert_eq!(view.is_right(NEVER, 3_600_000), from.is_some(), "what holds for an hour may open a way");
        let shortest = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Shortest);
        assert_eq!(View { graph: &shortest, ..view }.steady_for(NOW), None);
    }
}

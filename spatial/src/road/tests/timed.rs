//! Closures for a time beside a search that tries every order of events: earliest arrival at each node, nobody waiting.

use super::super::*;
use super::oracle::{self, Random};
use super::sketch::NOW;
use crate::units::{SpanMs, UnixMs};
use std::collections::BTreeMap;

/// Earliest arrivals from a junction by relaxing, again and again, whichever node is due first; closures asked one by one.
fn arrivals(graph: &Graph, closures: &Closures, from: u32) -> BTreeMap<u32, u32> {
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
            let enter = NOW.0 + i64::from(cost);
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
fn arrivals_under_timed_closures_are_the_earliest_and_every_way_is_open_when_it_is_driven() {
    let (mut scratch, mut round, mut reached) = (Scratch::default(), 0, 0);
    for seed in 500..540 {
        let mut random = Random(seed);
        let side = 5 + random.below(4) as u32;
        let network = Network::build(&mut oracle::town(&mut random, side)).unwrap().0;
        let grid = EdgeGrid::of(&network);
        let mut closures = Closures::none(&network, NOW);
        for id in 0..4 {
            let ground = oracle::ground(&mut random, side);
            let after = |seconds: u64| Some(NOW + SpanMs::seconds(seconds as i64));
            let from = [None, after(random.below(60))][random.below(2) as usize];
            let to = after(60 + random.below(90));
            closures.close(&network, &grid, Closure { id: ClosureId(id), ground, audience: Audience::all(), from, to });
        }
        let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);
        let view = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
        let junction = |random: &mut Random| JunctionId(random.below(network.junction_count() as u64) as u32);
        for _ in 0..4 {
            let (from, to) = (junction(&mut random), junction(&mut random));
            let expected = arrivals(&graph, &closures, from.0);
            let (start, end) = (Stop::at_junction(&network, from), Stop::at_junction(&network, to));
            let least = end.back.iter().filter_map(|step| expected.get(&step.node)).min().copied();
            let way = view.way(&mut scratch, &start, &end, NOW);
            assert_eq!(way.as_ref().map(|way| way.cost), least, "seed {seed}: {from:?} to {to:?}");
            assert!(way.is_none_or(|way| view.is_open(&way, &start, NOW)), "seed {seed}");
            let all = Prepared::new(vec![end.clone()], network.node_count());
            let one = view.one_to_many(&mut scratch, &start, &all, NOW)[0];
            assert_eq!(one, least.unwrap_or(NEVER), "seed {seed}");
            let mut elsewhere = Random(seed * 10 + round as u64);
            let others = [0; 6].map(|_| junction(&mut elsewhere));
            let stops = others.map(|at| Stop::at_junction(&network, at));
            let mut costs = stops.iter().zip(0..).map(|(stop, index)| {
                let arrivals = arrivals(&graph, &closures, stop.out[0].node);
                let cost = end.back.iter().filter_map(|step| arrivals.get(&step.node)).min().copied();
                Near { cost: cost.unwrap_or(NEVER), index }
            });
            let mut nearest: Vec<Near> = costs.by_ref().filter(|near| near.cost < NEVER).collect();
            nearest.sort_unstable();
            nearest.truncate(3);
            let prepared = Prepared::new(stops.to_vec(), network.node_count());
            assert_eq!(view.nearest(&mut scratch, &prepared, &end, 3, NOW), nearest, "seed {seed}");
            round += 1;
            reached += usize::from(least.is_some());
        }
    }
    assert!(reached > round / 2, "{reached} of {round}");
}

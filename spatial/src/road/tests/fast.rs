//! The fast layer beside the exact one, the oracle and a published hierarchy.

use super::super::hierarchy::{Shortcuts, Skeleton, order};
use super::super::*;
use super::exact::Case;
use super::oracle::{self, Random};
use super::sketch::NOW;

fn skeleton(network: &Network) -> Skeleton {
    Skeleton::new(network, &order(network)).expect("an order of its own nodes")
}

#[test]
fn both_layers_and_the_oracle_agree_on_every_kind_of_answer() {
    let (mut fast_scratch, mut exact_scratch) = (Scratch::default(), Scratch::default());
    for seed in 200..240 {
        let case = Case::new(seed);
        let skeleton = skeleton(&case.network);
        let shortcuts = Shortcuts::new(&case.network, &skeleton, &case.graph, &case.closures);
        let exact = case.view();
        let fast = View { fast: Some(Fast { skeleton: &skeleton, shortcuts: &shortcuts }), ..exact };
        assert!(fast.fast().is_some() && exact.fast().is_none());
        for pair in case.stops.windows(2) {
            let way = fast.way(&mut fast_scratch, &pair[0], &pair[1], NOW);
            assert_eq!(way.as_ref().map(|w| w.cost), case.expected(&pair[0], &pair[1]), "seed {seed}: {pair:?}");
            let Some(way) = way else { continue };
            assert!(fast.is_open(&way, &pair[0], NOW));
            assert!(way.arcs.windows(2).all(|arcs| case.network.head(arcs[0]) == case.network.tail(arcs[1])));
            let route = fast.route(&way, &pair[0], &pair[1]);
            // Each piece at an end is rounded by itself.
            assert!(route.duration_ms.abs_diff(u64::from(way.cost)) <= 2, "seed {seed}: {route:?} of {way:?}");
        }
        let all = Prepared::new(case.stops.clone(), case.network.node_count());
        let table = fast.table(&mut fast_scratch, &case.stops, &all, NOW);
        assert_eq!(table, exact.table(&mut exact_scratch, &case.stops, &all, NOW), "seed {seed}");
        let one = fast.one_to_many(&mut fast_scratch, &case.stops[0], &all, NOW);
        assert_eq!(one, table[..case.stops.len()], "seed {seed}");
        let buckets = fast.buckets(&mut fast_scratch, &all).expect("the fast layer answers");
        for (count, to) in [0, 1, 3, 16].into_iter().flat_map(|count| case.stops.iter().map(move |to| (count, to))) {
            let near = fast.nearest_in(&mut fast_scratch, (&all, &buckets), to, count, NOW);
            assert_eq!(near, Some(exact.nearest(&mut exact_scratch, &all, to, count, NOW)), "seed {seed}");
        }
        // More than they hold are left to who knows all.
        assert_eq!(fast.nearest_in(&mut fast_scratch, (&all, &buckets), &case.stops[1], 17, NOW), None);
        assert!(exact.buckets(&mut exact_scratch, &all).is_none());
    }
}

#[test]
fn the_way_that_one_is_kept_from_costs_the_same_in_both_layers() {
    let (mut fast_scratch, mut exact_scratch) = (Scratch::default(), Scratch::default());
    let mut found = 0;
    for seed in 300..320 {
        let case = Case::new(seed);
        let unbound = Graph::unbound(&case.network, &Profiles::default(), ProfileId::HazmatTruck, Metric::Fastest);
        let nothing = Closures::none(&case.network, NOW);
        let exact = View { graph: &unbound, closures: &nothing, ..case.view() };
        let skeleton = skeleton(&case.network);
        let shortcuts = Shortcuts::new(&case.network, &skeleton, &unbound, &nothing);
        let fast = View { fast: Some(Fast { skeleton: &skeleton, shortcuts: &shortcuts }), ..exact };
        for pair in case.stops.windows(2) {
            let cost =
                |view: &View<'_>, scratch: &mut Scratch| view.way(scratch, &pair[0], &pair[1], NOW).map(|way| way.cost);
            assert_eq!(cost(&fast, &mut fast_scratch), cost(&exact, &mut exact_scratch), "seed {seed}: {pair:?}");
            found += usize::from(cost(&fast, &mut fast_scratch).is_some());
        }
    }
    assert!(found > 50, "{found}");
}

#[test]
fn few_places_far_away_are_found_by_whichever_layer_is_sooner() {
    let mut random = Random(500);
    let network = Network::build(&mut oracle::town(&mut random, 40)).unwrap().0;
    let grid = EdgeGrid::of(&network);
    let skeleton = skeleton(&network);
    let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);
    let mut closures = Closures::none(&network, NOW);
    for id in 0..3 {
        let ground = oracle::ground(&mut random, 40);
        closures.close(
            &network,
            &grid,
            Closure { id: ClosureId(id), ground, audience: Audience::all(), from: None, to: None },
        );
    }
    let shortcuts = Shortcuts::new(&network, &skeleton, &graph, &closures);
    let exact = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
    let fast = View { fast: Some(Fast { skeleton: &skeleton, shortcuts: &shortcuts }), ..exact };
    let (mut fast_scratch, mut exact_scratch) = (Scratch::default(), Scratch::default());
    let mut stop = || {
        let junction = JunctionId(random.below(network.junction_count() as u64) as u32);
        Stop::at_junction(&network, junction)
    };
    for places in [1, 2, 5, 40] {
        let all = Prepared::new((0..places).map(|_| stop()).collect(), network.node_count());
        for to in (0..30).map(|_| stop()).collect::<Vec<_>>() {
            for count in [1, 4, 99] {
                let near = exact.nearest(&mut exact_scratch, &all, &to, count, NOW);
                assert_eq!(fast.nearest(&mut fast_scratch, &all, &to, count, NOW), near, "{count} of {places}");
            }
        }
    }
}

#[test]
fn following_closures_is_the_same_as_customizing_anew() {
    for seed in 300..330 {
        let mut random = Random(seed);
        let side = 6 + random.below(6) as u32;
        let network = Network::build(&mut oracle::town(&mut random, side)).unwrap().0;
        let grid = EdgeGrid::of(&network);
        let skeleton = skeleton(&network);
        let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);
        let mut closures = Closures::none(&network, NOW);
        let mut shortcuts = Shortcuts::new(&network, &skeleton, &graph, &closures);
        for step in 0..12 {
            for _ in 0..1 + random.below(3) {
                let id = ClosureId(random.below(4));
                if random.below(2) == 0 {
                    let ground = oracle::ground(&mut random, side);
                    closures.close(
                        &network,
                        &grid,
                        Closure { id, ground, audience: Audience::all(), from: None, to: None },
                    );
                } else {
                    closures.open(id);
                }
            }
            let stale = shortcuts.epoch() != closures.epoch();
            assert_eq!(stale, !shortcuts.answer_for(&graph, &closures));
            shortcuts.follow(&skeleton, &closures);
            assert_eq!(shortcuts, Shortcuts::new(&network, &skeleton, &graph, &closures), "seed {seed}, step {step}");
        }
    }
}

#[test]
fn shortcuts_that_lag_behind_are_not_asked() {
    let mut case = Case::new(1);
    let skeleton = skeleton(&case.network);
    let shortcuts = Shortcuts::new(&case.network, &skeleton, &case.graph, &case.closures);
    let ground = oracle::ground(&mut Random(5), 4);
    let closure = Closure { id: ClosureId(77), ground, audience: Audience::all(), from: None, to: None };
    case.closures.close(&case.network, &case.grid, closure);
    let view = View { fast: Some(Fast { skeleton: &skeleton, shortcuts: &shortcuts }), ..case.view() };
    assert!(view.fast().is_none());
    let table = Prepared::new(case.stops.clone(), case.network.node_count());
    assert!(view.selection(&table).is_none());
}

#[test]
fn costs_are_those_of_a_published_hierarchy() {
    for seed in 400..403 {
        let mut random = Random(seed);
        let network = Network::build(&mut oracle::town(&mut random, 24)).unwrap().0;
        let closures = Closures::none(&network, NOW);
        let graph = Graph::of(&network, &Profiles::default(), ProfileId::HazmatTruck, Metric::Shortest);
        let skeleton = skeleton(&network);
        let shortcuts = Shortcuts::new(&network, &skeleton, &graph, &closures);
        let (mut first_out, mut head, mut weight) = (vec![0], Vec::new(), Vec::new());
        for node in 0..network.node_count() as u32 {
            for link in graph.forward().at(node) {
                head.push(link.node);
                weight.push(link.cost);
            }
            first_out.push(head.len() as u32);
        }
        let published = cch::graph::Graph { first_out, head, weight };
        let built = cch::Cch::build(&published, &cch::degree_order(&published));
        let metric = built.customize(&published.weight);
        let junctions: Vec<JunctionId> =
            (0..40).map(|_| JunctionId(random.below(network.junction_count() as u64) as u32)).collect();
        let stops: Vec<Stop> = junctions.iter().map(|junction| Stop::at_junction(&network, *junction)).collect();
        let all = Prepared::new(stops.clone(), network.node_count());
        let grid = EdgeGrid::of(&network);
        let fast = Some(Fast { skeleton: &skeleton, shortcuts: &shortcuts });
        let view = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast };
        let table = view.table(&mut Scratch::default(), &stops, &all, NOW);
        for (row, from) in table.chunks(stops.len()).zip(&junctions) {
            for (cost, to) in row.iter().zip(&all_nodes(&network, &junctions)) {
                let published = to.iter().map(|to| cch::distance(&built.view(), &metric.view(), from.0, *to)).min();
                assert_eq!(Some(*cost), published, "seed {seed}: {from:?} to {to:?}");
            }
        }
    }
}

/// All nodes of each junction: one may come to any of them.
fn all_nodes(network: &Network, junctions: &[JunctionId]) -> Vec<Vec<u32>> {
    let nodes =
        |junction: &JunctionId| Stop::at_junction(network, *junction).back.iter().map(|step| step.node).collect();
    junctions.iter().map(nodes).collect()
}

#[test]
fn an_order_of_other_nodes_is_refused() {
    let network = Network::build(&mut oracle::town(&mut Random(3), 5)).unwrap().0;
    let mut wrong = order(&network);
    assert!(Skeleton::new(&network, &wrong[1..]).is_err());
    wrong[0] = wrong[1];
    assert!(Skeleton::new(&network, &wrong).is_err());
}

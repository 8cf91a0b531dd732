//! Every kind of answer of the exact layer beside the oracle, on random towns under random closures.

use super::super::*;
use super::oracle::{self, Random};
use super::sketch::NOW;
use crate::position::Position;
use crate::units::Millimetres;
use std::collections::BTreeSet;

/// What a case is asked of.
pub(super) struct Case {
    pub network: Network,
    pub grid: EdgeGrid,
    pub closures: Closures,
    pub closed: BTreeSet<EdgeId>,
    pub graph: Graph,
    pub stops: Vec<Stop>,
}

impl Case {
    pub fn new(seed: u64) -> Case {
        let mut random = Random(seed);
        let side = 4 + random.below(3) as u32;
        let network = Network::build(&mut oracle::town(&mut random, side)).unwrap().0;
        let grid = EdgeGrid::of(&network);
        let mut closures = Closures::none(&network, NOW);
        let profile = [ProfileId::Car, ProfileId::HazmatTruck, ProfileId::Foot][random.below(3) as usize];
        let mut closed = BTreeSet::new();
        for id in 0..random.below(4) {
            let ground = oracle::ground(&mut random, side);
            let touched = oracle::touched(&network, &ground);
            let audience = if random.below(4) == 0 { Audience::AMBULANCE } else { Audience::all() };
            closures.close(&network, &grid, Closure { id: ClosureId(id), ground, audience, from: None, to: None });
            let found: BTreeSet<EdgeId> = closures.edges(ClosureId(id)).unwrap().iter().copied().collect();
            assert_eq!(found, touched, "closure {id} of seed {seed}");
            if audience == Audience::all() {
                closed.extend(touched);
            }
        }
        if random.below(2) == 0 && closures.open(ClosureId(0)) {
            closed.clear();
            for (closure, _) in closures.iter().filter(|(closure, _)| closure.audience == Audience::all()) {
                closed.extend(oracle::touched(&network, &closure.ground));
            }
        }
        let graph = Graph::of(&network, &Profiles::default(), profile, Metric::Fastest);
        let view = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
        let mut stops: Vec<Stop> = Vec::new();
        for _ in 0..8 {
            let span = u64::from(side) * 10_000;
            let place = Position {
                lon_e7: 1_210_000_000 + random.below(span) as i32,
                lat_e7: 300_000_000 + random.below(span) as i32,
            };
            stops.extend(view.stop(place, NOW, Millimetres::metres(300)).ok());
        }
        for _ in 0..4 {
            let junction = JunctionId(random.below(network.junction_count() as u64) as u32);
            stops.push(Stop::at_junction(&network, junction));
        }
        Case { network, grid, closures, closed, graph, stops }
    }

    pub fn view(&self) -> View<'_> {
        View { network: &self.network, grid: &self.grid, graph: &self.graph, closures: &self.closures, fast: None }
    }

    pub fn expected(&self, from: &Stop, to: &Stop) -> Option<u32> {
        oracle::cost(&self.network, &self.graph, &self.closed, from, to)
    }
}

/// How many random towns.
const CASES: u64 = 60;

#[test]
fn routes_cost_what_the_oracle_says_and_can_be_driven() {
    let mut scratch = Scratch::default();
    let mut ways = 0;
    for seed in 0..CASES {
        let case = Case::new(seed);
        let view = case.view();
        for pair in case.stops.windows(2) {
            let way = view.way(&mut scratch, &pair[0], &pair[1], NOW);
            assert_eq!(way.as_ref().map(|w| w.cost), case.expected(&pair[0], &pair[1]), "seed {seed}: {pair:?}");
            if let Some(way) = way {
                ways += 1;
                assert!(view.is_open(&way, &pair[0], NOW));
                assert!(way.arcs.windows(2).all(|arcs| case.network.head(arcs[0]) == case.network.tail(arcs[1])));
                let mode = case.graph.rules.mode.as_set();
                let mut rules = case.network.forbidden().filter(|(_, modes)| modes.intersects(mode));
                assert!(!rules.any(|(rule, _)| way.arcs.windows(rule.len()).any(|arcs| arcs == rule)), "seed {seed}");
            }
        }
    }
    assert!(ways > 300, "{ways}");
}

#[test]
fn tables_and_the_nearest_are_what_the_oracle_says() {
    let mut scratch = Scratch::default();
    for seed in 100..100 + CASES / 3 {
        let case = Case::new(seed);
        let view = case.view();
        let all = Prepared::new(case.stops.clone(), case.network.node_count());
        let table = view.table(&mut scratch, &case.stops, &all, NOW);
        let expected: Vec<u32> = case
            .stops
            .iter()
            .flat_map(|from| case.stops.iter().map(|to| case.expected(from, to).unwrap_or(NEVER)))
            .collect();
        assert_eq!(table, expected, "seed {seed}");
        let to = &case.stops[0];
        let mut near: Vec<Near> = (0..case.stops.len())
            .map(|from| Near { cost: expected[from * case.stops.len()], index: from as u32 })
            .filter(|near| near.cost < NEVER)
            .collect();
        near.sort();
        // More than there are gives all there are.
        assert_eq!(view.nearest(&mut scratch, &all, to, 99, NOW), near, "seed {seed}");
        near.truncate(3);
        assert_eq!(view.nearest(&mut scratch, &all, to, 3, NOW), near, "seed {seed}");
        assert!(view.nearest(&mut scratch, &all, to, 0, NOW).is_empty());
    }
}

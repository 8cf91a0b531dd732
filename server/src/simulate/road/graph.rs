//! The park's roads as a graph, and the quickest way through it.

use cordon_data::park::Spot;
use cordon_data::park::roads::{Admits, RoadClass, Roads};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Who asks for a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) enum Profile {
    /// A vehicle with dangerous goods that keeps to the signs.
    Hazmat,
    /// Any other vehicle that keeps to them.
    Other,
    /// An emergency vehicle: through every gate.
    Emergency,
    /// Whoever does not care about signs.
    Heedless,
}

/// One direction of one piece of a way.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Edge {
    pub(in crate::simulate) to: usize,
    pub(in crate::simulate) class: RoadClass,
    pub(in crate::simulate) max_kph: u32,
    length_m: f64,
    admits: Admits,
}

/// The network with its edges by node.
#[derive(Debug)]
pub(in crate::simulate) struct Graph {
    pub(in crate::simulate) roads: Roads,
    edges: Vec<Vec<Edge>>,
    /// By node, how many edges lead from those before it; after the last, how many there are.
    first_edge: Vec<usize>,
}

impl Graph {
    pub(in crate::simulate) fn of_the_park() -> Graph {
        let roads = Roads::of_the_park();
        let mut edges = vec![Vec::new(); roads.nodes.len()];
        for way in &roads.ways {
            for ends in way.nodes.windows(2) {
                let length_m = roads.nodes[ends[0]].distance_m(roads.nodes[ends[1]]);
                let edge = |to| Edge { to, class: way.class, max_kph: way.max_kph, length_m, admits: way.admits };
                edges[ends[0]].push(edge(ends[1]));
                if !way.oneway {
                    edges[ends[1]].push(edge(ends[0]));
                }
            }
        }
        let mut first_edge = vec![0];
        first_edge.extend(edges.iter().scan(0, |sum, out: &Vec<Edge>| {
            *sum += out.len();
            Some(*sum)
        }));
        Graph { roads, edges, first_edge }
    }

    /// The edges out of a node.
    pub(in crate::simulate) fn edges(&self, node: usize) -> &[Edge] {
        &self.edges[node]
    }

    /// The node nearest to a place on the board.
    pub(in crate::simulate) fn nearest(&self, at: Spot) -> usize {
        let nodes = self.roads.nodes.iter().enumerate();
        let nearest = nodes.min_by(|(_, a), (_, b)| a.distance_m(at).total_cmp(&b.distance_m(at)));
        nearest.map(|(node, _)| node).expect("the park has roads")
    }

    /// The quickest way over these nodes in this order; `None` when one cannot be reached. Some 0.5 ms a leg.
    pub(in crate::simulate) fn route(&self, over: &[usize], profile: Profile) -> Option<Vec<usize>> {
        let mut nodes = vec![*over.first()?];
        for ends in over.windows(2) {
            nodes.extend(self.leg(ends[0], ends[1], profile)?.into_iter().skip(1));
        }
        Some(nodes)
    }

    /// Dijkstra's search by seconds at the limit, over pieces: which way somebody came decides where they may turn. Nobody turns
    /// round on the road.
    fn leg(&self, from: usize, to: usize, profile: Profile) -> Option<Vec<usize>> {
        if from == to {
            return Some(vec![from]);
        }
        // A piece by the node that it leads from and its place there.
        let number = |node: usize, index: usize| self.first_edge[node] + index;
        let count = self.first_edge.last().copied().unwrap_or(0);
        let mut best = vec![u64::MAX; count];
        // By piece: the piece before it and the node that it leads from.
        let mut before: Vec<(Option<usize>, usize)> = vec![(None, from); count];
        let mut open = BinaryHeap::from([Reverse((0, from, 0, None))]);
        let mut pushed = 0;
        while let Some(Reverse((cost_ms, node, _, came))) = open.pop() {
            if node == to {
                return Some(walked_back(to, came, &before));
            }
            if came.is_some_and(|piece: usize| cost_ms > best[piece]) {
                continue;
            }
            let last = came.map(|piece| before[piece].1);
            for (index, edge) in self.edges[node].iter().enumerate().filter(|(_, edge)| profile.may_use(edge)) {
                let turns = |last: usize| profile.may_turn(&self.roads, [last, node, edge.to]);
                if !last.is_none_or(turns) {
                    continue;
                }
                let next_ms = cost_ms + (edge.length_m * 3_600.0 / f64::from(edge.max_kph)) as u64;
                let piece = number(node, index);
                if next_ms < best[piece] {
                    (best[piece], before[piece]) = (next_ms, (came, node));
                    pushed += 1;
                    open.push(Reverse((next_ms, edge.to, pushed, Some(piece))));
                }
            }
        }
        None
    }
}

/// The nodes of a way by its last piece.
fn walked_back(to: usize, mut came: Option<usize>, before: &[(Option<usize>, usize)]) -> Vec<usize> {
    let mut nodes = vec![to];
    while let Some(piece) = came {
        nodes.push(before[piece].1);
        came = before[piece].0;
    }
    nodes.reverse();
    nodes
}

impl Profile {
    /// Whether it goes from one node over a second to a third: as the signs say, and never back at once.
    fn may_turn(self, roads: &Roads, [from, via, to]: [usize; 3]) -> bool {
        let heeds = matches!(self, Profile::Hazmat | Profile::Other);
        from != to && (!heeds || roads.lets_turn(from, via, to))
    }

    fn may_use(self, edge: &Edge) -> bool {
        match (edge.admits, self) {
            (Admits::All, _) | (_, Profile::Heedless) => true,
            (Admits::Works, _) => false,
            (_, Profile::Emergency) => true,
            (Admits::HazmatOnly, _) => self == Profile::Hazmat,
            (Admits::NoHazmat, _) => self == Profile::Other,
            (Admits::EmergencyOnly, _) => false,
        }
    }

    /// The most that such a vehicle drives anywhere, km/h: with dangerous goods 80 on expressways and 60 elsewhere (Order
    /// 29 of 2019, art. 46).
    pub(in crate::simulate) fn max_kph(self, class: RoadClass) -> f64 {
        match (self, class) {
            (Profile::Hazmat, RoadClass::Expressway) => 80.0,
            (Profile::Hazmat, _) => 60.0,
            _ => 100.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids of the named ways that a route uses.
    fn ways(graph: &Graph, from: &str, to: &str, profile: Profile) -> Vec<String> {
        let slot = |lot: &str| graph.roads.lot(lot).slots[0];
        let nodes = graph.route(&[slot(from), slot(to)], profile).expect("it can be reached");
        let uses = |way: &cordon_data::park::roads::Way| {
            nodes.windows(2).any(|ends| {
                let (a, b) = (ends[0], ends[1]);
                way.nodes.windows(2).any(|piece| piece == [a, b] || piece == [b, a])
            })
        };
        graph.roads.ways.iter().filter(|way| uses(way)).map(|way| way.id.clone()).collect()
    }

    #[test]
    fn dangerous_goods_go_through_their_own_gate_and_round_the_hill() {
        let graph = Graph::of_the_park();
        let inward = ways(&graph, "yard-yongdong", "haiyue-ammonia", Profile::Hazmat);
        assert!(inward.iter().any(|way| way == "gate-way-hazmat-in"), "{inward:?}");
        let outward = ways(&graph, "haiyue-ammonia", "end-national-west", Profile::Hazmat);
        for way in ["gate-way-hazmat-out", "hill-bypass"] {
            assert!(outward.iter().any(|used| used == way), "{outward:?}");
        }
        let others = ways(&graph, "centre-offices", "end-national-west", Profile::Other);
        assert!(others.iter().any(|used| used == "tunnel"), "{others:?}");
        assert!(others.iter().all(|used| !used.contains("hazmat")), "{others:?}");
    }

    #[test]
    fn who_heeds_signs_turns_where_they_let_it() {
        let graph = Graph::of_the_park();
        let slots: Vec<usize> = graph.roads.lots.iter().map(|lot| lot.slots[0]).collect();
        let mut spared = 0;
        for turn in &graph.roads.turns {
            // From some way off on the one side of the sign to some way off on the other.
            let before = |node: usize, next: usize| {
                let mut back = (node, next);
                for _ in 0..3 {
                    let on = graph.edges(back.0).iter().map(|edge| edge.to).find(|to| *to != back.1);
                    back = on.map_or(back, |on| (on, back.0));
                }
                back.0
            };
            let (from, to) = (before(turn.from, turn.via), before(turn.to, turn.via));
            let heedless = graph.route(&[from, to], Profile::Heedless);
            let passes =
                |nodes: &[usize]| nodes.windows(3).any(|three| !graph.roads.lets_turn(three[0], three[1], three[2]));
            spared += u32::from(heedless.is_some_and(|nodes| passes(&nodes)));
            let heeding = graph.route(&[from, to], Profile::Other);
            assert!(heeding.is_none_or(|nodes| !passes(&nodes)), "{turn:?}");
        }
        assert!(spared >= 2, "the signs forbid what is quickest: {spared}");
        for from in &slots {
            for profile in [Profile::Hazmat, Profile::Other] {
                let nodes = graph.route(&[*from, slots[0]], profile).unwrap_or_default();
                assert!(
                    nodes
                        .windows(3)
                        .all(|three| graph.roads.lets_turn(three[0], three[1], three[2]) && three[0] != three[2])
                );
            }
        }
    }

    #[test]
    fn every_lot_is_reached_by_whom_it_is_for_and_nobody_needs_a_works_road() {
        use cordon_data::park::roads::LotKind;
        let graph = Graph::of_the_park();
        let yard = graph.roads.lot("yard-haiwan").slots[0];
        for lot in &graph.roads.lots {
            let profile = match lot.kind {
                LotKind::Cars | LotKind::Station => Profile::Other,
                _ => Profile::Hazmat,
            };
            for slot in &lot.slots {
                for ends in [[yard, *slot], [*slot, yard]] {
                    assert!(graph.route(&ends, profile).is_some(), "{} for {profile:?}", lot.id);
                }
            }
        }
    }
}

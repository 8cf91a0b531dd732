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
        Graph { roads, edges }
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

    /// Dijkstra's search by seconds at the limit.
    fn leg(&self, from: usize, to: usize, profile: Profile) -> Option<Vec<usize>> {
        let mut best = vec![u64::MAX; self.edges.len()];
        let mut before = vec![usize::MAX; self.edges.len()];
        let mut open = BinaryHeap::from([Reverse((0, from))]);
        best[from] = 0;
        while let Some(Reverse((cost_ms, node))) = open.pop() {
            if node == to {
                break;
            }
            if cost_ms > best[node] {
                continue;
            }
            for edge in self.edges[node].iter().filter(|edge| profile.may_use(edge)) {
                let next_ms = cost_ms + (edge.length_m * 3_600.0 / f64::from(edge.max_kph)) as u64;
                if next_ms < best[edge.to] {
                    best[edge.to] = next_ms;
                    before[edge.to] = node;
                    open.push(Reverse((next_ms, edge.to)));
                }
            }
        }
        let mut nodes = vec![to];
        while nodes.last() != Some(&from) {
            let node = before[*nodes.last()?];
            if node == usize::MAX {
                return None;
            }
            nodes.push(node);
        }
        nodes.reverse();
        Some(nodes)
    }
}

impl Profile {
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

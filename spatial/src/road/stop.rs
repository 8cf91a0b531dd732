//! Where a way begins or ends, in terms of nodes: what it costs from the place to each node that one comes to first, and
//! from each node that one may come from last.

use super::graph::{Graph, NEVER};
use super::kind::Heading;
use super::network::{Arc, JunctionId, Network};
use super::snap::Snap;

/// A node, what it costs between it and the place, and the arc on which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The node.
    pub node: u32,
    /// What it costs.
    pub cost: u32,
    /// The arc that is driven in part; `None` where the place is the node's junction.
    pub arc: Option<Arc>,
}

/// A place as a beginning and as an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The nodes that one comes to first.
    pub out: Vec<Step>,
    /// The nodes that one may come from last.
    pub back: Vec<Step>,
    /// Where it is on an edge; `None` where it is a junction.
    pub snap: Option<Snap>,
}

impl Stop {
    /// A junction.
    pub fn at_junction(network: &Network, junction: JunctionId) -> Stop {
        let step = |node| Step { node, cost: 0, arc: None };
        Stop { out: vec![step(junction.0)], back: network.links.nodes_of(junction).map(step).collect(), snap: None }
    }

    /// A place on an edge.
    pub fn on_edge(network: &Network, graph: &Graph, snap: Snap) -> Stop {
        let length = network.edge(snap.edge).length_mm;
        let mode = graph.rules.mode.as_set();
        let (mut out, mut back) = (Vec::new(), Vec::new());
        for heading in [Heading::Along, Heading::Against] {
            let arc = Arc::new(snap.edge, heading);
            let cost = graph.cost(arc);
            if cost >= NEVER {
                continue;
            }
            let (done, left) = shares(cost, along(snap, length, heading), length);
            let links = &network.links;
            let tail = network.tail(arc);
            let link = links.range(tail.0).find(|link| links.arc[*link] == arc);
            out.extend(link.map(|link| Step { node: links.head[link], cost: left, arc: Some(arc) }));
            for node in links.nodes_of(tail) {
                let is_open = |link: usize| links.arc[link] == arc && !links.banned[link].intersects(mode);
                if links.range(node).any(is_open) {
                    back.push(Step { node, cost: done, arc: Some(arc) });
                }
            }
        }
        Stop { out, back, snap: Some(snap) }
    }

    /// What it costs to go on along the same edge to another stop, and the arc; `None` where one cannot.
    pub fn straight_to(&self, network: &Network, graph: &Graph, to: &Stop) -> Option<(u32, Arc)> {
        let (from, to) = (self.snap?, to.snap?);
        if from.edge != to.edge {
            return None;
        }
        let length = network.edge(from.edge).length_mm;
        let on = |heading| {
            let (start, end) = (along(from, length, heading), along(to, length, heading));
            let arc = Arc::new(from.edge, heading);
            let cost = graph.cost(arc);
            let drives = cost < NEVER && start <= end;
            drives.then(|| (shares(cost, end, length).0.saturating_sub(shares(cost, start, length).0), arc))
        };
        on(Heading::Along).into_iter().chain(on(Heading::Against)).min()
    }
}

/// How far a place is on an edge in a direction, mm.
fn along(snap: Snap, length: u32, heading: Heading) -> u32 {
    if heading == Heading::Along { snap.along_mm } else { length - snap.along_mm }
}

/// What of a cost is spent when so much of a length is driven, and what is left.
fn shares(cost: u32, along: u32, length: u32) -> (u32, u32) {
    let done = (u64::from(cost) * u64::from(along)).checked_div(u64::from(length)).unwrap_or(0) as u32;
    (done, cost - done)
}

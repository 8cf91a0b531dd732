//! The network as one profile sees it: the links that it may take with what they cost, forwards and backwards.

use super::kind::{Heading, RoadClass, RoadKind};
use super::network::{Arc, EdgeId, JunctionId, Network};
use super::profile::{Profile, ProfileId, Profiles, Refusal};
use serde::{Deserialize, Serialize};

/// What a cost that no way has is; the greatest that two can be added of.
pub const NEVER: u32 = u32::MAX / 2;

/// What a route makes little of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Time, ms.
    #[default]
    Fastest,
    /// Length, cm.
    Shortest,
}

/// One link of a star.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The node at its other end: the one it leads to, or comes from in a star backwards.
    pub node: u32,
    /// What it costs, at least 1.
    pub cost: u32,
    /// The arc that it drives.
    pub arc: Arc,
}

/// All links by the node that they stand at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Star {
    first: Vec<u32>,
    links: Vec<Link>,
}

impl Star {
    /// The links at a node.
    pub fn at(&self, node: u32) -> &[Link] {
        &self.links[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// How many nodes it has.
    pub fn node_count(&self) -> usize {
        self.first.len() - 1
    }
}

/// What a profile makes of the network; made anew whenever a network is loaded or a table edited.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Whose it is.
    pub profile: ProfileId,
    /// What it makes little of.
    pub metric: Metric,
    /// The rules that it was made by.
    pub rules: Profile,
    costs: Vec<u32>,
    forward: Star,
    backward: Star,
    /// Junctions from which most of the network can be reached and back.
    well_connected: Vec<bool>,
}

impl Graph {
    /// What a profile of a table makes of a network.
    pub fn of(network: &Network, profiles: &Profiles, profile: ProfileId, metric: Metric) -> Graph {
        let rules = profiles.get(profile).clone();
        Graph::by(network, profile, metric, rules, |rules, kind, heading| rules.speed_kph(kind, heading).ok())
    }

    /// The same when neither law nor measures keep it from a road that is one for it: to see what it is kept from.
    pub fn unbound(network: &Network, profiles: &Profiles, profile: ProfileId, metric: Metric) -> Graph {
        let rules = profiles.get(profile).clone();
        Graph::by(network, profile, metric, rules, |rules, kind, heading| rules.unbound_kph(kind, heading))
    }

    fn by(
        network: &Network,
        profile: ProfileId,
        metric: Metric,
        rules: Profile,
        speed: impl Fn(&Profile, &RoadKind, Heading) -> Option<u8>,
    ) -> Graph {
        let costs = costs(network, &rules, metric, speed);
        let (forward, backward) = stars(network, &rules, &costs);
        let well_connected = super::connected::well_connected(&forward, &backward, network.junction_count());
        Graph { profile, metric, rules, costs, forward, backward, well_connected }
    }

    /// What an arc costs; [`NEVER`] where the profile may not go.
    pub fn cost(&self, arc: Arc) -> u32 {
        self.costs[arc.0 as usize]
    }

    /// The costs of all arcs by their numbers.
    pub fn costs(&self) -> &[u32] {
        &self.costs
    }

    /// Links by the node that they leave.
    pub fn forward(&self) -> &Star {
        &self.forward
    }

    /// Links by the node that they lead to.
    pub fn backward(&self) -> &Star {
        &self.backward
    }

    /// Whether the profile may use an edge in some direction.
    pub fn admits(&self, edge: EdgeId) -> bool {
        self.costs[edge.0 as usize * 2] < NEVER || self.costs[edge.0 as usize * 2 + 1] < NEVER
    }

    /// Whether a junction belongs to a part of the network that one can get to and away from.
    pub fn is_well_connected(&self, junction: JunctionId) -> bool {
        self.well_connected[junction.0 as usize]
    }

    /// Why the profile may not drive an arc; `None` where it may.
    pub fn refusal(&self, network: &Network, arc: Arc) -> Option<Refusal> {
        self.rules.speed_kph(network.kind(arc.edge()), arc.heading()).err()
    }
}

/// What each arc costs a profile.
fn costs(
    network: &Network,
    rules: &Profile,
    metric: Metric,
    speed: impl Fn(&Profile, &RoadKind, Heading) -> Option<u8>,
) -> Vec<u32> {
    // Few kinds, many edges.
    let both = |kind| [Heading::Along, Heading::Against].map(|heading| speed(rules, kind, heading));
    let speeds: Vec<[Option<u8>; 2]> = network.data.kinds.iter().map(both).collect();
    let mut costs = Vec::with_capacity(network.edge_count() * 2);
    for edge in &network.data.edges {
        for speed in speeds[edge.kind as usize] {
            costs.push(match (speed, metric) {
                (None, _) => NEVER,
                (Some(_), Metric::Shortest) => (edge.length_mm / 10).max(1),
                (Some(_), Metric::Fastest) if is_barrier(network, edge.kind) => rules.barrier_ms.max(1),
                (Some(kph), Metric::Fastest) => travel_ms(edge.length_mm, kph),
            });
        }
    }
    costs
}

fn is_barrier(network: &Network, kind: u32) -> bool {
    network.data.kinds[kind as usize].class == RoadClass::Barrier
}

/// How long a length takes at a speed, ms, rounded, at least 1.
fn travel_ms(length_mm: u32, kph: u8) -> u32 {
    let (length, kph) = (u64::from(length_mm) * 36, u64::from(kph.max(1)) * 10);
    ((length + kph / 2) / kph).clamp(1, u64::from(NEVER) - 1) as u32
}

/// The links that a profile may take, by both their ends.
fn stars(network: &Network, rules: &Profile, costs: &[u32]) -> (Star, Star) {
    let links = &network.links;
    let mode = rules.mode.as_set();
    let nodes = network.node_count();
    let is_open = |link: usize| costs[links.arc[link].0 as usize] < NEVER && !links.banned[link].intersects(mode);
    let mut forward = Star { first: Vec::with_capacity(nodes + 1), links: Vec::with_capacity(links.head.len()) };
    let mut first_in = vec![0_u32; nodes + 1];
    forward.first.push(0);
    for node in 0..nodes as u32 {
        for link in links.range(node).filter(|link| is_open(*link)) {
            let arc = links.arc[link];
            forward.links.push(Link { node: links.head[link], cost: costs[arc.0 as usize], arc });
            first_in[links.head[link] as usize + 1] += 1;
        }
        forward.first.push(forward.links.len() as u32);
    }
    for node in 0..nodes {
        first_in[node + 1] += first_in[node];
    }
    let mut next = first_in.clone();
    let mut backward = vec![Link { node: 0, cost: 0, arc: Arc(0) }; forward.links.len()];
    for node in 0..nodes as u32 {
        for link in forward.at(node) {
            let slot = &mut next[link.node as usize];
            backward[*slot as usize] = Link { node, ..*link };
            *slot += 1;
        }
    }
    (forward, Star { first: first_in, links: backward })
}

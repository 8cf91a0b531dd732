//! What is noticed about a network: how it hangs together, and what looks wrong in the data.

use super::grid::EdgeGrid;
use super::kind::RoadClass;
use super::network::{EdgeId, JunctionId, Network};
use crate::geodesy::{self, LocalScale};
use crate::position::Position;
use crate::units::Millimetres;
use serde::{Deserialize, Serialize};

/// What kind of thing was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A way of fewer than two places was left out.
    WayWithoutLength,
    /// A way leads to places that are not in the file; it was cut there.
    PlaceMissing,
    /// An edge whose ends are one place; it is kept.
    EdgeWithoutLength,
    /// A barrier where other than two roads meet: it cannot be said whom it stops, and it stops nobody.
    BarrierNotBetween,
    /// A restriction whose roads do not hang together or are missing was left out.
    RestrictionUnresolved,
    /// A restriction that orders what another forbids was left out.
    RestrictionContradicts,
    /// A restriction that holds at certain times only: it is held to hold always.
    RestrictionConditional,
    /// A value that could not be read as a number: a road with an unread rule.
    ValueUnread,
    /// A rule about goods with a condition: a road with an unread rule.
    RuleConditional,
    /// A dead end within two metres of a road that it does not join.
    NearlyJoined,
    /// Two edges of the same shape.
    Doubled,
}

/// One thing that was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// Where.
    pub at: Position,
    /// The way's or relation's id in the source, if one is to blame.
    pub source: Option<i64>,
}

/// How a network hangs together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Junctions.
    pub junctions: usize,
    /// Edges.
    pub edges: usize,
    /// Length of all edges, m.
    pub length_m: u64,
    /// Sequences of arcs that somebody may not drive.
    pub forbidden_turns: usize,
    /// Junctions of each part that hangs together, the largest first.
    pub components: Vec<usize>,
    /// Junctions with one edge.
    pub dead_ends: usize,
    /// What was noticed, sorted.
    pub findings: Vec<Finding>,
}

/// How near a dead end comes to a road to be suspicious.
const NEARLY_JOINED: Millimetres = Millimetres(2_000);

impl Report {
    /// The report on a network; `findings` are those of its making. Costs some hundred milliseconds for a city.
    pub fn of(network: &Network, grid: &EdgeGrid, mut findings: Vec<Finding>) -> Report {
        let degree = degrees(network);
        findings.extend(nearly_joined(network, grid, &degree));
        findings.extend(doubled(network));
        findings.sort();
        Report {
            junctions: network.junction_count(),
            edges: network.edge_count(),
            length_m: network.edges().map(|edge| u64::from(network.edge(edge).length_mm)).sum::<u64>() / 1_000,
            forbidden_turns: network.forbidden().count(),
            components: components(network),
            dead_ends: degree.iter().filter(|degree| **degree == 1).count(),
            findings,
        }
    }
}

fn degrees(network: &Network) -> Vec<u32> {
    let mut degree = vec![0; network.junction_count()];
    for edge in network.edges() {
        let edge = network.edge(edge);
        degree[edge.from.0 as usize] += 1;
        degree[edge.to.0 as usize] += 1;
    }
    degree
}

/// Sizes of the parts that hang together when directions and laws are left aside.
fn components(network: &Network) -> Vec<usize> {
    let mut parent: Vec<u32> = (0..network.junction_count() as u32).collect();
    fn root(parent: &mut [u32], mut of: u32) -> u32 {
        while parent[of as usize] != of {
            parent[of as usize] = parent[parent[of as usize] as usize];
            of = parent[of as usize];
        }
        of
    }
    for edge in network.edges() {
        let edge = network.edge(edge);
        let (a, b) = (root(&mut parent, edge.from.0), root(&mut parent, edge.to.0));
        parent[a.max(b) as usize] = a.min(b);
    }
    let mut sizes = vec![0_usize; parent.len()];
    for junction in 0..parent.len() as u32 {
        sizes[root(&mut parent, junction) as usize] += 1;
    }
    sizes.retain(|size| *size > 0);
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes
}

fn nearly_joined(network: &Network, grid: &EdgeGrid, degree: &[u32]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut near = Vec::new();
    for junction in (0..network.junction_count() as u32).map(JunctionId) {
        if degree[junction.0 as usize] != 1 {
            continue;
        }
        let at = network.junction(junction);
        let scale = LocalScale::at(at.lat_e7);
        near.clear();
        grid.within(network, at, NEARLY_JOINED, &mut near);
        let joins = |edge: EdgeId| network.edge(edge).from == junction || network.edge(edge).to == junction;
        let other = near.iter().find(|edge| {
            let is_road = network.kind(**edge).class != RoadClass::Barrier && !joins(**edge);
            let shape = network.shape(**edge);
            let layer = |edge: EdgeId| (network.kind(edge).is_bridge, network.kind(edge).is_tunnel);
            is_road
                && layer(**edge) == (false, false)
                && shape
                    .windows(2)
                    .any(|pair| geodesy::distance_to_segment(scale, at, pair[0], pair[1]) <= NEARLY_JOINED)
        });
        if let Some(other) = other {
            let kind = FindingKind::NearlyJoined;
            found.push(Finding { kind, at, source: Some(network.edge(*other).way) });
        }
    }
    found
}

fn doubled(network: &Network) -> Vec<Finding> {
    let mut shapes: Vec<(Vec<Position>, EdgeId)> = network
        .edges()
        .filter(|edge| network.kind(*edge).class != RoadClass::Barrier)
        .map(|edge| {
            let shape = network.shape(edge);
            let reversed: Vec<Position> = shape.iter().rev().copied().collect();
            (reversed.min(shape.to_vec()), edge)
        })
        .collect();
    shapes.sort();
    let same = |pair: &&[(Vec<Position>, EdgeId)]| pair[0].0 == pair[1].0;
    let finding = |pair: &[(Vec<Position>, EdgeId)]| Finding {
        kind: FindingKind::Doubled,
        at: pair[0].0[0],
        source: Some(network.edge(pair[1].1).way),
    };
    shapes.windows(2).filter(same).map(finding).collect()
}

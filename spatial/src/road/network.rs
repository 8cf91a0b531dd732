//! The network: junctions, the edges between them with their shapes, and the nodes and links that a search walks.
//!
//! A junction is one node. Where a turn is forbidden to those who come a certain way there is one more node of the same
//! junction for them, from which the forbidden link is missing; a search needs to know nothing else of turns.

use super::draft::RoadName;
use super::kind::{Heading, RoadKind};
use super::profile::Modes;
use super::turns::{Forbidden, Links};
use crate::index::hint;
use crate::position::Position;
use serde::{Deserialize, Serialize};

/// A junction by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JunctionId(pub u32);

/// An edge by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EdgeId(pub u32);

/// An edge in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Arc(pub u32);

impl Arc {
    /// The arc of an edge in a direction.
    pub fn new(edge: EdgeId, heading: Heading) -> Arc {
        Arc(edge.0 * 2 + u32::from(heading == Heading::Against))
    }

    /// Its edge.
    pub fn edge(self) -> EdgeId {
        EdgeId(self.0 / 2)
    }

    /// Its direction.
    pub fn heading(self) -> Heading {
        if self.0.is_multiple_of(2) { Heading::Along } else { Heading::Against }
    }

    /// The same edge in the other direction.
    pub fn reversed(self) -> Arc {
        Arc(self.0 ^ 1)
    }
}

/// A road between two junctions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// Where its shape begins.
    pub from: JunctionId,
    /// Where its shape ends.
    pub to: JunctionId,
    /// Index of its properties.
    pub kind: u32,
    /// Index of its name.
    pub name: u32,
    /// Its length, mm.
    pub length_mm: u32,
    /// The way in the source that it is a piece of.
    pub way: i64,
}

/// What a network is saved as: everything that does not follow from the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkData {
    pub(super) junctions: Vec<Position>,
    pub(super) edges: Vec<Edge>,
    /// Where each edge's vertices begin, one more than edges.
    pub(super) first_vertex: Vec<u32>,
    pub(super) vertices: Vec<Position>,
    pub(super) kinds: Vec<RoadKind>,
    pub(super) names: Vec<RoadName>,
    pub(super) forbidden: Vec<Forbidden>,
}

/// Why data is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no road network: {0}")]
pub struct NetworkError(pub(super) &'static str);

/// A road network; see the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub(super) data: NetworkData,
    pub(super) links: Links,
}

impl Network {
    /// The network that data describes; refused where an index leads nowhere. Costs some ten milliseconds for a city.
    pub fn new(data: NetworkData) -> Result<Network, NetworkError> {
        check(&data)?;
        let links = Links::of(&data);
        Ok(Network { data, links })
    }

    /// What to save.
    pub fn data(&self) -> &NetworkData {
        &self.data
    }

    /// How many junctions there are.
    pub fn junction_count(&self) -> usize {
        self.data.junctions.len()
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.data.edges.len()
    }

    /// How many nodes a search may meet: junctions and their copies.
    pub fn node_count(&self) -> usize {
        self.links.junction_of.len()
    }

    /// The junction that a node is, or is a copy of.
    pub fn junction_of(&self, node: u32) -> JunctionId {
        JunctionId(self.links.junction_of[node as usize])
    }

    /// Where a junction is.
    pub fn junction(&self, junction: JunctionId) -> Position {
        self.data.junctions[junction.0 as usize]
    }

    /// An edge.
    pub fn edge(&self, edge: EdgeId) -> &Edge {
        &self.data.edges[edge.0 as usize]
    }

    /// An edge's shape from its first junction to its last, both included.
    pub fn shape(&self, edge: EdgeId) -> &[Position] {
        let first = &self.data.first_vertex;
        &self.data.vertices[first[edge.0 as usize] as usize..first[edge.0 as usize + 1] as usize]
    }

    /// Soon an edge's shape will be read.
    pub(super) fn hint_shape(&self, edge: EdgeId) {
        self.shape(edge).first().into_iter().for_each(hint);
    }

    /// An edge's properties.
    pub fn kind(&self, edge: EdgeId) -> &RoadKind {
        &self.data.kinds[self.edge(edge).kind as usize]
    }

    /// An edge's name.
    pub fn name(&self, edge: EdgeId) -> &RoadName {
        &self.data.names[self.edge(edge).name as usize]
    }

    /// Where an arc begins.
    pub fn tail(&self, arc: Arc) -> JunctionId {
        let edge = self.edge(arc.edge());
        if arc.heading() == Heading::Along { edge.from } else { edge.to }
    }

    /// Where an arc ends.
    pub fn head(&self, arc: Arc) -> JunctionId {
        self.tail(arc.reversed())
    }

    /// The sequences of arcs that nobody of these modes may drive, for a report and for tests.
    pub fn forbidden(&self) -> impl Iterator<Item = (&[Arc], Modes)> {
        self.data.forbidden.iter().map(|f| (f.arcs.as_slice(), f.modes))
    }

    /// All edges.
    pub fn edges(&self) -> impl Iterator<Item = EdgeId> + use<> {
        (0..self.edge_count() as u32).map(EdgeId)
    }
}

pub(super) fn check(data: &NetworkData) -> Result<(), NetworkError> {
    let (junctions, edges) = (data.junctions.len(), data.edges.len());
    if edges >= u32::MAX as usize / 4 || junctions >= u32::MAX as usize / 4 {
        return Err(NetworkError("too large"));
    }
    if data.first_vertex.len() != edges + 1
        || data.first_vertex[0] != 0
        || data.first_vertex[edges] as usize != data.vertices.len()
    {
        return Err(NetworkError("shapes and edges do not agree"));
    }
    if data.first_vertex.windows(2).any(|pair| pair[1] < pair[0].saturating_add(2)) {
        return Err(NetworkError("an edge without a shape"));
    }
    let is_whole = |edge: &Edge| {
        (edge.from.0 as usize) < junctions
            && (edge.to.0 as usize) < junctions
            && (edge.kind as usize) < data.kinds.len()
            && (edge.name as usize) < data.names.len()
    };
    if !data.edges.iter().all(is_whole) {
        return Err(NetworkError("an edge that leads nowhere"));
    }
    let ends = |arc: &Arc| {
        let edge = data.edges.get(arc.edge().0 as usize)?;
        Some(if arc.heading() == Heading::Along { (edge.from, edge.to) } else { (edge.to, edge.from) })
    };
    let is_path = |arcs: &[Arc]| {
        arcs.len() >= 2
            && arcs.iter().all(|arc| ends(arc).is_some())
            && arcs.windows(2).all(|pair| ends(&pair[0]).map(|e| e.1) == ends(&pair[1]).map(|e| e.0))
    };
    if !data.forbidden.iter().all(|f| is_path(&f.arcs)) {
        return Err(NetworkError("a forbidden turn that nobody can drive"));
    }
    Ok(())
}

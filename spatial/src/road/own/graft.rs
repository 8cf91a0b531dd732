//! The work on the network itself: edges are cut, take on what the one-map says of them, and another network is joined on.
//!
//! Everything that the network had keeps its number: junctions and edges are only added, and the first part of an edge that
//! is cut keeps the edge's.

use super::super::kind::{Direction, Heading, RoadClass, RoadKind};
use super::super::network::{Arc, Edge, EdgeId, JunctionId, Network, NetworkData};
use super::super::turns::Forbidden;
use super::along::{Cover, OnEdge};
use super::{Own, OwnRoad};
use crate::geodesy;
use crate::position::Position;
use crate::units::Millimetres;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What is so near the end of an edge is there: no edge is made that is shorter.
const SAME: Millimetres = Millimetres(1_000);

/// A junction that the network has or will have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// It has it.
    Known(JunctionId),
    /// That of a cut, by number.
    Cut(usize),
}

struct Cut {
    on: OnEdge,
    /// The gate whose barrier stands there, if one does.
    gate: Option<usize>,
    /// The junction before it along the edge and after it: one unless a barrier stands between.
    junctions: [JunctionId; 2],
}

/// What is to be done to a network.
pub(super) struct Graft<'a> {
    base: &'a Network,
    own: &'a Own,
    cuts: Vec<Cut>,
    cuts_of: BTreeMap<EdgeId, Vec<usize>>,
    covers_of: BTreeMap<EdgeId, Vec<Cover>>,
    law_of: BTreeMap<EdgeId, usize>,
}

/// Another network and where it joins.
pub(super) struct Scion<'a> {
    pub network: &'a Network,
    /// Junctions that are one, by the place that they have in both.
    pub joins: BTreeMap<Position, At>,
    /// Junctions of both at one place with a gate between them.
    pub gates: BTreeMap<Position, (At, usize)>,
}

impl<'a> Graft<'a> {
    pub fn new(base: &'a Network, own: &'a Own) -> Graft<'a> {
        Graft {
            base,
            own,
            cuts: Vec::new(),
            cuts_of: BTreeMap::new(),
            covers_of: BTreeMap::new(),
            law_of: BTreeMap::new(),
        }
    }

    /// A road runs along an edge, which is cut where that begins and ends.
    pub fn cover(&mut self, cover: Cover) {
        self.covers_of.entry(cover.from.edge).or_default().push(cover);
        self.junction(cover.from, SAME);
        self.junction(cover.to, SAME);
    }

    /// Whether a place on an edge is on a road of the one-map.
    pub fn is_own(&self, on: OnEdge) -> bool {
        let holds = |cover: &Cover| (cover.from.along_mm..=cover.to.along_mm).contains(&on.along_mm);
        self.covers_of.get(&on.edge).is_some_and(|covers| covers.iter().any(holds))
    }

    /// Whether a road of the one-map runs along some of an edge.
    pub fn is_own_edge(&self, edge: EdgeId) -> bool {
        self.covers_of.contains_key(&edge)
    }

    /// The junction within a distance of a place along its edge, which is cut there where it has none, and where it is.
    pub fn junction(&mut self, on: OnEdge, within: Millimetres) -> (At, Position) {
        let edge = *self.base.edge(on.edge);
        for (junction, off) in [(edge.from, on.along_mm), (edge.to, edge.length_mm.saturating_sub(on.along_mm))] {
            if i64::from(off) <= within.0 {
                return (At::Known(junction), self.base.junction(junction));
            }
        }
        let of_edge = self.cuts_of.entry(on.edge).or_default();
        let off = |cut: &usize| i64::from(self.cuts[*cut].on.along_mm.abs_diff(on.along_mm));
        let known = of_edge.iter().find(|cut| off(cut) <= within.0);
        let cut = match known {
            Some(cut) => *cut,
            None => {
                self.cuts.push(Cut { on, gate: None, junctions: [JunctionId(0); 2] });
                of_edge.push(self.cuts.len() - 1);
                self.cuts.len() - 1
            }
        };
        (At::Cut(cut), self.cuts[cut].on.at)
    }

    /// Sets a gate into an edge; `false` where a junction is there, and nobody knows between which of its roads.
    pub fn set_gate(&mut self, on: OnEdge, gate: usize) -> bool {
        match self.junction(on, SAME).0 {
            At::Known(_) => false,
            At::Cut(cut) => {
                self.cuts[cut].gate.get_or_insert(gate);
                true
            }
        }
    }

    /// A barrier of the network takes on a gate's law.
    pub fn judge(&mut self, barrier: EdgeId, gate: usize) {
        self.law_of.insert(barrier, gate);
    }

    /// How many junctions come to be by cutting.
    pub fn added(&self) -> usize {
        self.cuts.iter().map(|cut| 1 + usize::from(cut.gate.is_some())).sum()
    }

    /// The network with all of it done.
    pub fn done(mut self, scion: &Scion<'_>) -> NetworkData {
        let base = self.base.data();
        let mut data = NetworkData {
            junctions: base.junctions.clone(),
            edges: base.edges.clone(),
            first_vertex: Vec::with_capacity(base.first_vertex.len()),
            vertices: Vec::with_capacity(base.vertices.len()),
            kinds: base.kinds.clone(),
            names: base.names.clone(),
            forbidden: Vec::new(),
        };
        for cut in &mut self.cuts {
            let first = JunctionId(data.junctions.len() as u32);
            data.junctions.push(cut.on.at);
            cut.junctions = [first, first];
            if cut.gate.is_some() {
                cut.junctions[1] = JunctionId(first.0 + 1);
                data.junctions.push(cut.on.at);
            }
        }
        let mut work = Work { kinds: data.kinds.iter().copied().zip(0..).collect(), data, cut: Vec::new() };
        let mut parts_of: BTreeMap<EdgeId, Vec<EdgeId>> = BTreeMap::new();
        let mut first_shapes: BTreeMap<u32, Vec<Position>> = BTreeMap::new();
        for (edge, mut cuts) in std::mem::take(&mut self.cuts_of) {
            let along = |cut: &usize| {
                let on = &self.cuts[*cut].on;
                (on.segment, geodesy::distance(self.base.shape(edge)[on.segment], on.at))
            };
            cuts.sort_by_key(along);
            parts_of.insert(edge, work.cut(&self, edge, &cuts, &mut first_shapes));
        }
        self.say(&mut work, &parts_of);
        for (edge, gate) in &self.law_of {
            let old = work.data.kinds[work.data.edges[edge.0 as usize].kind as usize];
            let kind = work.kind(RoadKind { access: self.own.gates[*gate].access, ..old });
            work.data.edges[edge.0 as usize].kind = kind;
        }
        self.graft(&mut work, scion);
        let Work { mut data, cut, .. } = work;
        data.first_vertex.push(0);
        for edge in 0..base.edges.len() as u32 {
            let shape = first_shapes.get(&edge).map_or_else(|| self.base.shape(EdgeId(edge)), Vec::as_slice);
            data.vertices.extend_from_slice(shape);
            data.first_vertex.push(data.vertices.len() as u32);
        }
        for shape in &cut {
            data.vertices.extend_from_slice(shape);
            data.first_vertex.push(data.vertices.len() as u32);
        }
        data.forbidden = base.forbidden.iter().map(|forbidden| renamed(forbidden, &parts_of)).collect();
        data
    }

    /// Edges, or their parts, take on what the roads along them say.
    fn say(&self, work: &mut Work, parts_of: &BTreeMap<EdgeId, Vec<EdgeId>>) {
        for (edge, covers) in &self.covers_of {
            let whole = [*edge];
            let mut from = 0;
            for part in parts_of.get(edge).map_or(whole.as_slice(), Vec::as_slice) {
                let length = work.data.edges[part.0 as usize].length_mm;
                let middle = from + length / 2;
                let is_along = |cover: &&Cover| (cover.from.along_mm..=cover.to.along_mm).contains(&middle);
                let is_barrier = work.class_of(*part) == RoadClass::Barrier;
                for cover in covers.iter().filter(|cover| !is_barrier && is_along(cover)) {
                    let OwnRoad { said, .. } = &self.own.roads[cover.road];
                    let old = work.data.kinds[work.data.edges[part.0 as usize].kind as usize];
                    let kind = work.kind(said.over(old, cover.heading));
                    work.data.edges[part.0 as usize].kind = kind;
                }
                from += length;
            }
        }
    }

    /// Joins another network on.
    fn graft(&self, work: &mut Work, scion: &Scion<'_>) {
        let junction_of = |at: At| match at {
            At::Known(junction) => junction,
            At::Cut(cut) => self.cuts[cut].junctions[0],
        };
        let of = scion.network.data();
        let mut now = Vec::with_capacity(of.junctions.len());
        for at in &of.junctions {
            now.push(match scion.joins.get(at) {
                Some(join) => junction_of(*join),
                None => {
                    let junction = JunctionId(work.data.junctions.len() as u32);
                    work.data.junctions.push(*at);
                    if let Some((join, gate)) = scion.gates.get(at) {
                        let gate = &self.own.gates[*gate];
                        let kind = RoadKind {
                            access: gate.access,
                            direction: gate.direction,
                            emergency_direction: Some(Direction::Both),
                            ..RoadKind::of_class(RoadClass::Barrier)
                        };
                        let kind = work.kind(kind);
                        work.barrier((junction_of(*join), junction), kind, *at, gate.key);
                    }
                    junction
                }
            });
        }
        let first_name = work.data.names.len() as u32;
        work.data.names.extend(of.names.iter().cloned());
        for (index, edge) in of.edges.iter().enumerate() {
            let kind = work.kind(of.kinds[edge.kind as usize]);
            let (from, to) = (now[edge.from.0 as usize], now[edge.to.0 as usize]);
            work.data.edges.push(Edge { from, to, kind, name: first_name + edge.name, ..*edge });
            work.cut.push(scion.network.shape(EdgeId(index as u32)).to_vec());
        }
    }
}

/// The way of an edge that is a feature's: no source has negative ones.
pub(super) fn way_of(key: u32) -> i64 {
    -1 - i64::from(key)
}

struct Work {
    data: NetworkData,
    kinds: FxHashMap<RoadKind, u32>,
    /// The shapes of the edges that were added.
    cut: Vec<Vec<Position>>,
}

impl Work {
    fn class_of(&self, edge: EdgeId) -> RoadClass {
        self.data.kinds[self.data.edges[edge.0 as usize].kind as usize].class
    }

    fn kind(&mut self, kind: RoadKind) -> u32 {
        *self.kinds.entry(kind).or_insert_with(|| {
            self.data.kinds.push(kind);
            self.data.kinds.len() as u32 - 1
        })
    }

    fn barrier(&mut self, (from, to): (JunctionId, JunctionId), kind: u32, at: Position, key: u32) {
        let name = self.data.names.iter().position(|name| *name == Default::default()).unwrap_or_else(|| {
            self.data.names.push(Default::default());
            self.data.names.len() - 1
        });
        self.data.edges.push(Edge { from, to, kind, name: name as u32, length_mm: 0, way: way_of(key) });
        self.cut.push(vec![at, at]);
    }

    /// Cuts an edge; its parts in order, with the barriers between them.
    fn cut(
        &mut self,
        graft: &Graft<'_>,
        edge: EdgeId,
        order: &[usize],
        first_shapes: &mut BTreeMap<u32, Vec<Position>>,
    ) -> Vec<EdgeId> {
        let (whole, shape) = (*graft.base.edge(edge), graft.base.shape(edge));
        let mut parts = Vec::with_capacity(order.len() + 1);
        let (mut from, mut begin, mut done_mm) = (whole.from, (0, shape[0]), 0);
        for cut in order.iter().map(|cut| Some(&graft.cuts[*cut])).chain([None]) {
            let (to, end_mm) = cut.map_or((whole.to, whole.length_mm), |cut| (cut.junctions[0], cut.on.along_mm));
            let (last, end) = cut.map_or((shape.len() - 2, shape[shape.len() - 1]), |cut| (cut.on.segment, cut.on.at));
            let mut part = vec![begin.1];
            part.extend(shape.iter().take(last + 1).skip(begin.0 + 1));
            part.push(end);
            let end_mm = end_mm.clamp(done_mm, whole.length_mm);
            let cut_edge = Edge { from, to, length_mm: end_mm - done_mm, ..whole };
            if parts.is_empty() {
                self.data.edges[edge.0 as usize] = cut_edge;
                first_shapes.insert(edge.0, part);
                parts.push(edge);
            } else {
                parts.push(EdgeId(self.data.edges.len() as u32));
                self.data.edges.push(cut_edge);
                self.cut.push(part);
            }
            if let Some((cut, gate)) = cut.and_then(|cut| Some((cut, &graft.own.gates[cut.gate?]))) {
                let kind = self.kind(RoadKind { access: gate.access, ..RoadKind::of_class(RoadClass::Barrier) });
                parts.push(EdgeId(self.data.edges.len() as u32));
                self.barrier((cut.junctions[0], cut.junctions[1]), kind, cut.on.at, gate.key);
            }
            from = cut.map_or(whole.to, |cut| cut.junctions[1]);
            (begin, done_mm) = ((last, end), end_mm);
        }
        parts
    }
}

/// A forbidden sequence over the parts of edges: of the first edge its last part, of the last its first, between all.
fn renamed(forbidden: &Forbidden, parts_of: &BTreeMap<EdgeId, Vec<EdgeId>>) -> Forbidden {
    let last = forbidden.arcs.len() - 1;
    let mut arcs = Vec::with_capacity(forbidden.arcs.len());
    for (index, arc) in forbidden.arcs.iter().enumerate() {
        let Some(parts) = parts_of.get(&arc.edge()) else {
            arcs.push(*arc);
            continue;
        };
        let mut driven: Vec<Arc> = parts.iter().map(|part| Arc::new(*part, arc.heading())).collect();
        if arc.heading() == Heading::Against {
            driven.reverse();
        }
        match index {
            0 => arcs.extend(driven.last()),
            _ if index == last => arcs.extend(driven.first()),
            _ => arcs.extend(driven),
        }
    }
    Forbidden { arcs, modes: forbidden.modes }
}

//! The park's own roads and gates, as the one-map has them, joined to a network.
//!
//! A road of the one-map that runs along a road of the network adds nothing to it but what it says of it: the edge, or the
//! part of it, takes that on. What is left of it becomes edges. Own roads join each other, and roads that one of them runs
//! along, wherever they meet; other roads they join at gates alone. A gate is a barrier: the one of the network that stands
//! there already, or one between an own road and the road that it comes to, or one in the middle of an own road.

mod along;
mod graft;

use super::draft::{Barrier, Draft, RoadName};
use super::grid::EdgeGrid;
use super::hierarchy::order;
use super::kind::{Access, Direction, Heading, RoadClass, RoadKind, RoadLimits, TunnelCategory};
use super::lines::{RoadLine, join_lines};
use super::network::{EdgeId, JunctionId, Network, NetworkData, NetworkError};
use super::report::FindingKind;
use super::snap::{Near, nearest_on};
use crate::geodesy::{self, LocalScale};
use crate::position::Position;
use crate::units::Millimetres;
use along::{OnEdge, Piece, follow};
use graft::{At, Graft, Scion, way_of};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a feature says of a road; what it does not say stays as the network has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoadSaid {
    /// Its class, where the network does not have the road.
    pub class: RoadClass,
    /// Whether it is a slip road, then.
    pub is_link: bool,
    /// In which directions it may be driven, seen along the feature.
    pub direction: Option<Direction>,
    /// Whom it admits.
    pub access: Option<Access>,
    /// Whether a bridge carries it.
    pub is_bridge: bool,
    /// Whether it runs through a tunnel.
    pub is_tunnel: bool,
    /// The tunnel's category.
    pub tunnel_category: Option<TunnelCategory>,
    /// Greatest measures; 0 where nothing is said.
    pub limits: RoadLimits,
    /// Speed limit, km/h; 0 where nothing is said.
    pub limit_kph: u8,
    /// Whether something that it says could not be read.
    pub has_unread_rule: bool,
}

impl RoadSaid {
    /// A road of a class of which nothing else is said.
    pub fn of_class(class: RoadClass) -> RoadSaid {
        RoadSaid {
            class,
            is_link: false,
            direction: None,
            access: None,
            is_bridge: false,
            is_tunnel: false,
            tunnel_category: None,
            limits: RoadLimits::default(),
            limit_kph: 0,
            has_unread_rule: false,
        }
    }

    /// The properties of a road of which only this is known.
    pub fn kind(&self) -> RoadKind {
        let plain = RoadKind {
            is_link: self.is_link,
            is_bridge: self.is_bridge,
            is_tunnel: self.is_tunnel,
            ..RoadKind::of_class(self.class)
        };
        self.over(plain, Heading::Along)
    }

    /// What it makes of a road along which the feature runs in a heading.
    fn over(&self, road: RoadKind, heading: Heading) -> RoadKind {
        let turned = |direction| match (direction, heading) {
            (Direction::Forward, Heading::Against) => Direction::Backward,
            (Direction::Backward, Heading::Against) => Direction::Forward,
            (direction, _) => direction,
        };
        let (said, had) = (&self.limits, &road.limits);
        let small = |said: u16, had: u16| if said > 0 { said } else { had };
        let large = |said: u32, had: u32| if said > 0 { said } else { had };
        RoadKind {
            direction: self.direction.map_or(road.direction, turned),
            access: self.access.unwrap_or(road.access),
            tunnel_category: self.tunnel_category.or(road.tunnel_category),
            limits: RoadLimits {
                height_cm: small(said.height_cm, had.height_cm),
                width_cm: small(said.width_cm, had.width_cm),
                length_cm: small(said.length_cm, had.length_cm),
                weight_kg: large(said.weight_kg, had.weight_kg),
                axle_kg: large(said.axle_kg, had.axle_kg),
            },
            limit_kph: if self.limit_kph > 0 { self.limit_kph } else { road.limit_kph },
            has_unread_rule: self.has_unread_rule || road.has_unread_rule,
            ..road
        }
    }
}

/// A road of the one-map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRoad {
    /// The feature's key.
    pub key: u32,
    /// Its line.
    pub shape: Vec<Position>,
    /// What it says.
    pub said: RoadSaid,
    /// What it is called.
    pub name: RoadName,
}

/// A gate of the one-map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnGate {
    /// The feature's key.
    pub key: u32,
    /// Where it is.
    pub at: Position,
    /// Whom it lets pass.
    pub access: Access,
    /// Which way it may be passed by others than emergency vehicles: forward is from the network onto the own road.
    pub direction: Direction,
}

/// The park's own roads and gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Roads, by key.
    pub roads: Vec<OwnRoad>,
    /// Gates, by key.
    pub gates: Vec<OwnGate>,
    /// How far what is drawn may be from what it is: within it a road is the same road, an end on another, a gate at one.
    pub snap: Millimetres,
}

/// What kind of thing does not join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnFindingKind {
    /// A road, or a piece of one, from which no way leads to the network.
    RoadAlone,
    /// A road ends at a road of the network, and no gate is there: they are not joined.
    EndWithoutGate,
    /// A gate with no own road and no barrier within the tolerance: nobody passes it.
    GateWithoutRoad,
    /// A gate at the end of an own road with no road of the network within the tolerance.
    GateLeadsNowhere,
    /// A gate where several roads meet: it cannot be said between which, and it stops nobody.
    GateAtJunction,
}

/// One thing that does not join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnFinding {
    /// What kind.
    pub kind: OwnFindingKind,
    /// The feature's key.
    pub key: u32,
    /// Where.
    pub at: Position,
}

/// What became of the own roads and gates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnReport {
    /// Own roads.
    pub roads: usize,
    /// How many of them run along the network in some part.
    pub roads_along: usize,
    /// The length of what they add to it, m.
    pub added_m: u64,
    /// Gates.
    pub gates: usize,
    /// How many stand on a road: a barrier of the network, one of their own in it, or between it and an own road.
    pub gates_on_roads: usize,
    /// What does not join, sorted.
    pub findings: Vec<OwnFinding>,
}

/// A network with the own roads and gates.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The network; what the one before had keeps its number.
    pub network: Network,
    /// The order in which the fast layer contracts its nodes.
    pub order: Vec<u32>,
    /// What became of the roads and gates.
    pub report: OwnReport,
}

/// Joins own roads and gates to a network with its grid and the order of its nodes. Costs a few times what [`Network::new`]
/// does, and some milliseconds for a kilometre of own roads.
pub fn join(base: (&Network, &EdgeGrid), base_order: &[u32], own: &Own) -> Result<Joined, NetworkError> {
    let mut work = Work::new(base, own);
    work.roads();
    work.gates();
    work.meetings();
    let Work { graft, pieces, joins, gates, barriers, mut report, .. } = work;
    let (network, findings) = own_network(own, &pieces, &joins, &gates, &barriers)?;
    report.findings.extend(findings);
    let added_mm: u64 = network.edges().map(|edge| u64::from(network.edge(edge).length_mm)).sum();
    report.added_m = (added_mm + 500) / 1_000;
    report.findings.extend(alone(&network, own, &joins, &gates));
    report.findings.sort();
    report.findings.dedup();
    let (known, cut) = (base.0.junction_count(), graft.added());
    let added = order(&network);
    let joined = Network::new(graft.done(&Scion { network: &network, joins, gates }))?;
    let order = joined_order(&joined, (known, cut), base_order, &added, &network);
    Ok(Joined { network: joined, order, report })
}

struct Work<'a> {
    base: &'a Network,
    grid: &'a EdgeGrid,
    own: &'a Own,
    graft: Graft<'a>,
    pieces: Vec<Piece>,
    /// Where own roads and the network are one.
    joins: BTreeMap<Position, At>,
    /// Where a gate is between them.
    gates: BTreeMap<Position, (At, usize)>,
    /// Gates on own roads alone.
    barriers: BTreeMap<Position, usize>,
    report: OwnReport,
}

impl<'a> Work<'a> {
    fn new((base, grid): (&'a Network, &'a EdgeGrid), own: &'a Own) -> Work<'a> {
        Work {
            base,
            grid,
            own,
            graft: Graft::new(base, own),
            pieces: Vec::new(),
            joins: BTreeMap::new(),
            gates: BTreeMap::new(),
            barriers: BTreeMap::new(),
            report: OwnReport { roads: own.roads.len(), gates: own.gates.len(), ..OwnReport::default() },
        }
    }

    /// What runs along the network, and what does not.
    fn roads(&mut self) {
        for (number, road) in self.own.roads.iter().enumerate() {
            let (covers, pieces) = follow((self.base, self.grid), number, road, self.own.snap);
            self.report.roads_along += usize::from(!covers.is_empty());
            covers.into_iter().for_each(|cover| self.graft.cover(cover));
            self.pieces.extend(pieces);
        }
    }

    fn find(&mut self, kind: OwnFindingKind, key: u32, at: Position) {
        self.report.findings.push(OwnFinding { kind, key, at });
    }

    fn gates(&mut self) {
        for (number, gate) in self.own.gates.iter().enumerate() {
            let near = self.edges_near(gate.at);
            let barrier = near.iter().find(|(edge, _)| self.base.kind(*edge).class == RoadClass::Barrier);
            if let Some((barrier, _)) = barrier {
                self.graft.judge(*barrier, number);
                self.report.gates_on_roads += 1;
                continue;
            }
            let road = near.first().map(|(edge, near)| on_edge(self.base, *edge, *near));
            let piece = self.piece_near(gate.at);
            let is_on_road = match (piece, road) {
                (Some(piece), Some(road)) => {
                    let (junction, at) = self.graft.junction(road, self.own.snap);
                    self.put(piece, at);
                    self.gates.insert(at, (junction, number));
                    true
                }
                (Some((piece, near)), None) => self.gate_in_piece(number, piece, near),
                (None, Some(_)) => {
                    let own = near.iter().map(|(edge, near)| on_edge(self.base, *edge, *near));
                    match own.into_iter().find(|on| self.graft.is_own(*on)) {
                        Some(on) if self.graft.set_gate(on, number) => true,
                        Some(on) => {
                            self.find(OwnFindingKind::GateAtJunction, gate.key, on.at);
                            false
                        }
                        None => {
                            self.find(OwnFindingKind::GateWithoutRoad, gate.key, gate.at);
                            false
                        }
                    }
                }
                (None, None) => {
                    self.find(OwnFindingKind::GateWithoutRoad, gate.key, gate.at);
                    false
                }
            };
            self.report.gates_on_roads += usize::from(is_on_road);
        }
    }

    /// Sets a gate into an own road that is nowhere near the network.
    fn gate_in_piece(&mut self, gate: usize, piece: usize, near: Near) -> bool {
        let shape = &self.pieces[piece].shape;
        let ends = [shape[0], shape[shape.len() - 1]];
        let key = self.own.gates[gate].key;
        let goes_on = ends.iter().zip(&self.pieces[piece].ends).any(|(end, on)| *end == near.at && on.is_some());
        if !goes_on && ends.iter().any(|end| geodesy::distance(*end, near.at).0 < along::LEAST_MM / 15) {
            self.find(OwnFindingKind::GateLeadsNowhere, key, near.at);
            return false;
        }
        self.put((piece, near), near.at);
        self.barriers.insert(near.at, gate);
        true
    }

    /// The edges within the tolerance of a place, nearest first.
    fn edges_near(&self, at: Position) -> Vec<(EdgeId, Near)> {
        let mut edges = Vec::new();
        self.grid.within(self.base, at, self.own.snap, &mut edges);
        let scale = LocalScale::at(at.lat_e7);
        let near = |edge: EdgeId| (edge, nearest_on(scale, self.base.shape(edge), at));
        let mut near: Vec<(EdgeId, Near)> =
            edges.into_iter().map(near).filter(|(_, near)| near.distance <= self.own.snap).collect();
        near.sort_by_key(|(edge, near)| (near.distance, *edge));
        near
    }

    /// The own road within the tolerance of a place that is nearest.
    fn piece_near(&self, at: Position) -> Option<(usize, Near)> {
        let scale = LocalScale::at(at.lat_e7);
        let near = |(index, piece): (usize, &Piece)| (index, nearest_on(scale, &piece.shape, at));
        let near = self.pieces.iter().enumerate().map(near).filter(|(_, near)| near.distance <= self.own.snap);
        near.min_by_key(|(index, near)| (near.distance, *index))
    }

    /// Makes a place a vertex of an own road: the end that is within the tolerance, else one more.
    fn put(&mut self, (index, near): (usize, Near), at: Position) {
        let piece = &mut self.pieces[index];
        let last = piece.shape.len() - 1;
        for (vertex, end) in [(0, 0), (last, 1)] {
            if geodesy::distance(piece.shape[vertex], near.at) <= self.own.snap {
                piece.shape[vertex] = at;
                piece.ends[end] = None;
                return;
            }
        }
        if !piece.shape.contains(&at) {
            piece.shape.insert(near.segment + 1, at);
        }
    }

    /// Where own roads meet the network without a gate.
    fn meetings(&mut self) {
        for index in 0..self.pieces.len() {
            self.meet_ends_of_network(index);
            for vertex in 0..self.pieces[index].shape.len() {
                self.meet(index, vertex);
            }
        }
    }

    fn meet(&mut self, index: usize, vertex: usize) {
        let piece = &self.pieces[index];
        let (at, last) = (piece.shape[vertex], piece.shape.len() - 1);
        if self.gates.contains_key(&at) || self.joins.contains_key(&at) || self.barriers.contains_key(&at) {
            return;
        }
        let end = [(0, 0), (last, 1)].into_iter().find(|(end, _)| *end == vertex).map(|(_, end)| end);
        let is_ground = |kind: &RoadKind| !kind.is_bridge && !kind.is_tunnel;
        let own_ground = !self.own.roads[piece.road].said.is_bridge && !self.own.roads[piece.road].said.is_tunnel;
        let on = match end.and_then(|end| piece.ends[end]) {
            Some(on) => Some(on),
            None => {
                let near = self.edges_near(at);
                let roads = near.iter().filter(|(edge, _)| self.base.kind(*edge).class != RoadClass::Barrier);
                let ons: Vec<OnEdge> = roads.map(|(edge, near)| on_edge(self.base, *edge, *near)).collect();
                let is_end = |on: &OnEdge| on.along_mm == 0 || on.along_mm >= self.base.edge(on.edge).length_mm;
                let may_meet = |on: &&OnEdge| {
                    let both_on_ground = own_ground && is_ground(self.base.kind(on.edge));
                    self.graft.is_own(**on) && (both_on_ground || (end.is_some() && is_end(on)))
                };
                let own = ons.iter().find(may_meet).copied();
                if own.is_none() && end.is_some() && !ons.is_empty() && !self.is_at_gate(at) {
                    let key = self.own.roads[piece.road].key;
                    self.find(OwnFindingKind::EndWithoutGate, key, at);
                }
                own
            }
        };
        if let Some(on) = on {
            let (junction, at) = self.graft.junction(on, self.own.snap);
            if !self.gates.contains_key(&at) {
                self.joins.insert(at, junction);
            }
            self.pieces[index].shape[vertex] = at;
        }
    }

    fn is_at_gate(&self, at: Position) -> bool {
        self.gates.keys().any(|gate| geodesy::distance(*gate, at) <= self.own.snap)
    }

    /// Ends of roads that an own road runs along meet an own road that passes them.
    fn meet_ends_of_network(&mut self, index: usize) {
        let mut segment = 0;
        while segment + 1 < self.pieces[index].shape.len() {
            let shape = &self.pieces[index].shape;
            let (a, b) = (shape[segment], shape[segment + 1]);
            let found = self.own_ends_near(a, b);
            let mut along: Vec<(i64, Position)> =
                found.into_iter().map(|at| (geodesy::distance(a, at).0, at)).collect();
            along.sort_unstable();
            let inserted: Vec<Position> =
                along.into_iter().map(|(_, at)| at).filter(|at| !self.pieces[index].shape.contains(at)).collect();
            let count = inserted.len();
            self.pieces[index].shape.splice(segment + 1..segment + 1, inserted);
            segment += 1 + count;
        }
    }

    /// The junctions of own edges beside a segment, and well between its ends.
    fn own_ends_near(&self, a: Position, b: Position) -> BTreeSet<Position> {
        let length = geodesy::distance(a, b);
        let middle = Position { lon_e7: a.lon_e7.midpoint(b.lon_e7), lat_e7: a.lat_e7.midpoint(b.lat_e7) };
        let mut edges = Vec::new();
        self.grid.within(self.base, middle, Millimetres(length.0 / 2 + self.own.snap.0), &mut edges);
        let of_own = edges.into_iter().filter(|edge| self.graft.is_own_edge(*edge));
        let ends = of_own.flat_map(|edge| [self.base.edge(edge).from, self.base.edge(edge).to]);
        let is_beside = |at: &Position| {
            let scale = LocalScale::at(at.lat_e7);
            geodesy::distance_to_segment(scale, *at, a, b) <= self.own.snap
                && geodesy::distance(*at, a) > self.own.snap
                && geodesy::distance(*at, b) > self.own.snap
        };
        ends.map(|junction| self.base.junction(junction)).filter(is_beside).collect()
    }
}

fn on_edge(base: &Network, edge: EdgeId, near: Near) -> OnEdge {
    let along_mm = near.along_mm.min(base.edge(edge).length_mm);
    OnEdge { edge, segment: near.segment, along_mm, at: near.at }
}

/// The own roads as a network, and gates of which it cannot be said between which of its roads they stand.
fn own_network(
    own: &Own,
    pieces: &[Piece],
    joins: &BTreeMap<Position, At>,
    gates: &BTreeMap<Position, (At, usize)>,
    barriers: &BTreeMap<Position, usize>,
) -> Result<(Network, Vec<OwnFinding>), NetworkError> {
    if pieces.is_empty() {
        let data = NetworkData {
            junctions: Vec::new(),
            edges: Vec::new(),
            first_vertex: vec![0],
            vertices: Vec::new(),
            kinds: Vec::new(),
            names: Vec::new(),
            forbidden: Vec::new(),
        };
        return Ok((Network::new(data)?, Vec::new()));
    }
    let line = |piece: &Piece| {
        let road = &own.roads[piece.road];
        let level = i8::from(road.said.is_bridge) - i8::from(road.said.is_tunnel);
        let (kind, name) = (road.said.kind(), road.name.clone());
        RoadLine { id: way_of(road.key), shape: piece.shape.clone(), kind, name, level }
    };
    let lines: Vec<RoadLine> = pieces.iter().map(line).collect();
    let anchors: Vec<Position> = joins.keys().chain(gates.keys()).chain(barriers.keys()).copied().collect();
    let joined = join_lines(&lines, &anchors, own.snap)?;
    let mut draft: Draft = joined.draft;
    let met = joins.len() + gates.len();
    draft.junctions = joined.anchors[..met].to_vec();
    for (place, gate) in joined.anchors[met..].iter().zip(barriers.values()) {
        draft.barriers.push(Barrier { place: *place, access: own.gates[*gate].access, limits: RoadLimits::default() });
    }
    let (network, findings) = Network::build(&mut draft)?;
    let undecided = findings.iter().filter(|finding| finding.kind == FindingKind::BarrierNotBetween);
    let told = undecided.filter_map(|finding| {
        let key = own.gates[*barriers.get(&finding.at)?].key;
        Some(OwnFinding { kind: OwnFindingKind::GateAtJunction, key, at: finding.at })
    });
    Ok((network, told.collect()))
}

/// The own roads from which no way leads to the network.
fn alone(
    network: &Network,
    own: &Own,
    joins: &BTreeMap<Position, At>,
    gates: &BTreeMap<Position, (At, usize)>,
) -> Vec<OwnFinding> {
    let junctions = network.junction_count() as u32;
    let is_joined = |at: &Position| joins.contains_key(at) || gates.contains_key(at);
    let mut reached: Vec<bool> = (0..junctions).map(|j| is_joined(&network.junction(JunctionId(j)))).collect();
    let mut is_changed = true;
    while is_changed {
        is_changed = false;
        for edge in network.edges().map(|edge| network.edge(edge)) {
            let (from, to) = (edge.from.0 as usize, edge.to.0 as usize);
            is_changed |= reached[from] != reached[to];
            let either = reached[from] || reached[to];
            (reached[from], reached[to]) = (either, either);
        }
    }
    let key_of: BTreeMap<i64, u32> = own.roads.iter().map(|road| (way_of(road.key), road.key)).collect();
    let is_alone = |edge: &EdgeId| !reached[network.edge(*edge).from.0 as usize];
    let told = network.edges().filter(is_alone).filter_map(|edge| {
        let key = *key_of.get(&network.edge(edge).way)?;
        Some(OwnFinding { kind: OwnFindingKind::RoadAlone, key, at: network.shape(edge)[0] })
    });
    // One finding for a road, whatever it was cut into.
    let mut by_key: BTreeMap<u32, OwnFinding> = BTreeMap::new();
    told.for_each(|finding| {
        by_key.entry(finding.key).or_insert(finding);
    });
    by_key.into_values().collect()
}

/// The order of the joined network's nodes: what was added is contracted first, so that the order that is there stays good.
/// Copies of a junction stand beside it.
fn joined_order(
    joined: &Network,
    (known, cut): (usize, usize),
    base_order: &[u32],
    own_order: &[u32],
    own: &Network,
) -> Vec<u32> {
    // Own junctions were added in their order, but for those that the network had.
    let mut junctions: Vec<u32> = Vec::with_capacity(joined.junction_count());
    let first_own = known + cut;
    let is_own: BTreeMap<Position, u32> =
        (first_own..joined.junction_count()).map(|j| (joined.junction(JunctionId(j as u32)), j as u32)).collect();
    let mut seen = BTreeSet::new();
    for node in own_order {
        let at = own.junction(own.junction_of(*node));
        if let Some(junction) = is_own.get(&at).filter(|junction| seen.insert(**junction)) {
            junctions.push(*junction);
        }
    }
    // Two junctions at one place, with a barrier between: the place stands for one of them.
    junctions.extend((first_own as u32..joined.junction_count() as u32).filter(|junction| !seen.contains(junction)));
    junctions.extend(known as u32..first_own as u32);
    junctions.extend(base_order.iter().filter(|node| (**node as usize) < known));
    junctions.iter().flat_map(|junction| joined.links.nodes_of(JunctionId(*junction))).collect()
}

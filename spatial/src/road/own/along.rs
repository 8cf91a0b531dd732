//! Where a road of the one-map runs along a road that the network has already, and the pieces of it that are left.
//!
//! A road is looked at every few metres. It runs along an edge where it is within the tolerance of it and in its direction;
//! of a bridge and the road below, along the one that is as it is.

use super::super::grid::{EdgeGrid, Extent};
use super::super::kind::{Heading, RoadClass};
use super::super::network::{EdgeId, Network};
use super::OwnRoad;
use crate::geodesy::LocalScale;
use crate::position::Position;
use crate::units::Millimetres;

/// How far apart the looks are: below any tolerance that makes sense.
const STEP_MM: f64 = 4_000.0;
/// Two lines run in one direction when the cosine between them is more: 30 degrees.
const SAME_DIRECTION: f64 = 0.866;
/// A stretch shorter than this along a road, or off it, says nothing: roads cross and leave each other at sharp angles.
pub(super) const LEAST_MM: i64 = 15_000;
/// A road that runs along an edge to so near its end does so to the end.
pub(super) const NEAR_END_MM: u32 = 10_000;

/// A place on an edge of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OnEdge {
    pub edge: EdgeId,
    pub segment: usize,
    pub along_mm: u32,
    pub at: Position,
}

/// A road of the one-map runs along an edge between two of its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cover {
    pub road: usize,
    pub from: OnEdge,
    pub to: OnEdge,
    pub heading: Heading,
}

/// A piece of a road that the network does not have, with the places of the network that it goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub road: usize,
    pub shape: Vec<Position>,
    pub ends: [Option<OnEdge>; 2],
}

struct Look {
    at: Position,
    is_vertex: bool,
    /// How far along the road, mm.
    done: i64,
    on: Option<(OnEdge, Heading)>,
}

/// Along which edges a road runs, and what of it is left.
pub(super) fn follow(
    (network, grid): (&Network, &EdgeGrid),
    number: usize,
    road: &OwnRoad,
    snap: Millimetres,
) -> (Vec<Cover>, Vec<Piece>) {
    let looks = looks(network, grid, road, snap);
    let is_along = settled(&looks, snap);
    let (mut covers, mut pieces) = (Vec::new(), Vec::new());
    let mut from = 0;
    for run in is_along.chunk_by(|a, b| a == b) {
        let to = from + run.len();
        if run[0] {
            covers.extend(covered(network, number, &looks[from..to]));
        } else {
            let before = looks[..from].iter().rev().find_map(|look| look.on).map(|on| on.0).filter(|_| from > 0);
            let after = looks[to..].iter().find_map(|look| look.on).map(|on| on.0);
            let mut shape: Vec<Position> = before.iter().map(|on| on.at).collect();
            shape.extend(looks[from..to].iter().filter(|look| look.is_vertex).map(|look| look.at));
            shape.extend(after.iter().map(|on| on.at));
            shape.dedup();
            if shape.len() >= 2 {
                pieces.push(Piece { road: number, shape, ends: [before, after] });
            }
        }
        from = to;
    }
    (covers, pieces)
}

fn looks(network: &Network, grid: &EdgeGrid, road: &OwnRoad, snap: Millimetres) -> Vec<Look> {
    let mut looks = Vec::new();
    let mut done = 0.0;
    for (index, pair) in road.shape.windows(2).enumerate() {
        let plane = Plane::at(pair[0]);
        let end = plane.of(pair[1]);
        let length = libm::hypot(end.0, end.1);
        let steps = (length / STEP_MM).ceil().max(1.0) as usize;
        let is_last = index + 2 == road.shape.len();
        let mut near = Near::default();
        for step in 0..steps + usize::from(is_last) {
            let share = step as f64 / steps as f64;
            let at = between(pair[0], pair[1], share);
            near.look(network, grid, at, snap);
            let on = near.along(network, plane, (at, end), road, snap);
            let is_vertex = step == 0 || step == steps;
            looks.push(Look { at, is_vertex, done: (done + share * length) as i64, on });
        }
        done += length;
    }
    looks
}

/// Whether each look is on a stretch along the network, short stretches left aside.
fn settled(looks: &[Look], snap: Millimetres) -> Vec<bool> {
    let mut is_along: Vec<bool> = looks.iter().map(|look| look.on.is_some()).collect();
    // First what is off for a moment, then what is along for a moment.
    for value in [false, true] {
        let mut from = 0;
        let runs: Vec<(usize, usize, bool)> = is_along
            .chunk_by(|a, b| a == b)
            .map(|run| {
                from += run.len();
                (from - run.len(), from, run[0])
            })
            .collect();
        for &(start, end, along) in runs.iter().filter(|run| run.2 == value && runs.len() > 1) {
            let length = looks[end - 1].done - looks[start].done;
            let is_end = start == 0 || end == looks.len();
            let least = if !along && is_end { snap.0 } else { LEAST_MM };
            if length < least {
                is_along[start..end].fill(!along);
            }
        }
    }
    is_along
}

/// The edges that a stretch runs along.
fn covered(network: &Network, road: usize, looks: &[Look]) -> Vec<Cover> {
    let mut covers: Vec<Cover> = Vec::new();
    for (on, heading) in looks.iter().filter_map(|look| look.on) {
        match covers.iter_mut().find(|cover| cover.from.edge == on.edge && cover.heading == heading) {
            Some(cover) if on.along_mm < cover.from.along_mm => cover.from = on,
            Some(cover) if on.along_mm > cover.to.along_mm => cover.to = on,
            Some(_) => {}
            None => covers.push(Cover { road, from: on, to: on, heading }),
        }
    }
    covers.retain_mut(|cover| {
        let length = network.edge(cover.from.edge).length_mm;
        let shape = network.shape(cover.from.edge);
        let covered = i64::from(cover.to.along_mm - cover.from.along_mm);
        if cover.from.along_mm <= NEAR_END_MM {
            (cover.from.along_mm, cover.from.segment, cover.from.at) = (0, 0, shape[0]);
        }
        if cover.to.along_mm.saturating_add(NEAR_END_MM) >= length {
            (cover.to.along_mm, cover.to.segment, cover.to.at) = (length, shape.len() - 2, shape[shape.len() - 1]);
        }
        covered >= LEAST_MM || covered * 5 >= i64::from(length) * 3
    });
    covers
}

/// A plane around a place, mm east and north.
#[derive(Clone, Copy)]
pub(super) struct Plane {
    origin: Position,
    scale: LocalScale,
}

impl Plane {
    pub fn at(origin: Position) -> Plane {
        Plane { origin, scale: LocalScale::at(origin.lat_e7) }
    }

    pub fn of(self, at: Position) -> (f64, f64) {
        let lon = i64::from(at.lon_e7) - i64::from(self.origin.lon_e7);
        let lat = i64::from(at.lat_e7) - i64::from(self.origin.lat_e7);
        (lon as f64 * self.scale.lon_mm, lat as f64 * self.scale.lat_mm)
    }
}

fn between(a: Position, b: Position, share: f64) -> Position {
    let part = |from: i32, to: i32| (f64::from(from) + share * (f64::from(to) - f64::from(from))).round() as i32;
    Position { lon_e7: part(a.lon_e7, b.lon_e7), lat_e7: part(a.lat_e7, b.lat_e7) }
}

/// The edges around the looks of the last hundred metres.
#[derive(Default)]
struct Near {
    around: Option<Extent>,
    edges: Vec<EdgeId>,
}

/// How far around a look edges are fetched, so that the next looks need not.
const FETCHED: Millimetres = Millimetres(100_000);

impl Near {
    fn look(&mut self, network: &Network, grid: &EdgeGrid, at: Position, snap: Millimetres) {
        let need = Extent::around(at, snap);
        let holds =
            |e: Extent| e.west <= need.west && e.east >= need.east && e.south <= need.south && e.north >= need.north;
        if !self.around.is_some_and(holds) {
            let reach = Millimetres(FETCHED.0 + snap.0);
            self.around = Some(Extent::around(at, reach));
            self.edges.clear();
            grid.within(network, at, reach, &mut self.edges);
            self.edges.retain(|edge| network.kind(*edge).class != RoadClass::Barrier);
        }
    }

    /// The place beside a look on the edge that it runs along: of those that are carried as the road is the nearest, else the
    /// nearest.
    fn along(
        &self,
        network: &Network,
        plane: Plane,
        (at, towards): (Position, (f64, f64)),
        road: &OwnRoad,
        snap: Millimetres,
    ) -> Option<(OnEdge, Heading)> {
        let p = plane.of(at);
        let mut best: Option<((bool, i64, EdgeId), OnEdge, Heading)> = None;
        let around = Extent::around(at, snap);
        for &edge in &self.edges {
            let kind = network.kind(edge);
            let is_other = (kind.is_bridge, kind.is_tunnel) != (road.said.is_bridge, road.said.is_tunnel);
            let mut before = 0.0;
            for (segment, pair) in network.shape(edge).windows(2).enumerate() {
                let (a, b) = (plane.of(pair[0]), plane.of(pair[1]));
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let length = libm::hypot(dx, dy);
                let start = before;
                before += length;
                if length <= 0.0 || !Extent::of(pair.iter().copied()).is_some_and(|e| e.meets(around)) {
                    continue;
                }
                let cosine = (dx * towards.0 + dy * towards.1) / (length * libm::hypot(towards.0, towards.1).max(1.0));
                let share = (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / (length * length)).clamp(0.0, 1.0);
                let distance = libm::hypot(a.0 + share * dx - p.0, a.1 + share * dy - p.1) as i64;
                let rated = (is_other, distance, edge);
                if cosine.abs() < SAME_DIRECTION || distance > snap.0 || best.is_some_and(|best| best.0 <= rated) {
                    continue;
                }
                let along_mm = ((start + share * length).round() as u32).min(network.edge(edge).length_mm);
                let on = OnEdge { edge, segment, along_mm, at: between(pair[0], pair[1], share) };
                best = Some((rated, on, if cosine > 0.0 { Heading::Along } else { Heading::Against }));
            }
        }
        best.map(|(_, on, heading)| (on, heading))
    }
}

//! A search written otherwise: over the arcs that were just driven, with every rule asked as it is written.
//!
//! Slow and plain: a state is the last arcs, forbidden sequences are compared with them, closures with the shapes.

use super::super::*;
use crate::position::Position;
use crate::zone::Ground;
use geo::{Coord, Intersects, LineString, Polygon};
use std::collections::{BTreeMap, BTreeSet};

/// Random numbers that are the same every time (Knuth's MMIX multiplier).
pub(super) struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A town of `side` x `side` junctions with bent, missing and one-way roads and forbidden turns.
pub(super) fn town(random: &mut Random, side: u32) -> Draft {
    let mut draft = Draft::default();
    let index = |x: u32, y: u32| y * side + x;
    for y in 0..side {
        for x in 0..side {
            let jitter = |random: &mut Random| random.below(6_000) as i32;
            let (dx, dy) = (jitter(random), jitter(random));
            draft.places.push(Position {
                lon_e7: 1_210_000_000 + x as i32 * 10_000 + dx,
                lat_e7: 300_000_000 + y as i32 * 9_000 + dy,
            });
        }
    }
    let classes = [RoadClass::Primary, RoadClass::Tertiary, RoadClass::Residential];
    for y in 0..side {
        for x in 0..side {
            for (to_x, to_y) in [(x + 1, y), (x, y + 1)] {
                if to_x >= side || to_y >= side || random.below(8) == 0 {
                    continue;
                }
                let mut kind = RoadKind::of_class(classes[random.below(3) as usize]);
                kind.direction = [Direction::Both, Direction::Both, Direction::Forward, Direction::Backward]
                    [random.below(4) as usize];
                if random.below(12) == 0 {
                    kind.access.hazmat = Permission::No;
                }
                let kind = draft.kind(kind);
                let name = draft.name(RoadName::default());
                let mut places = vec![index(x, y), index(to_x, to_y)];
                if random.below(3) == 0 {
                    let at = draft.places[places[0] as usize];
                    let bend = Position {
                        lon_e7: at.lon_e7 + random.below(9_000) as i32,
                        lat_e7: at.lat_e7 + random.below(9_000) as i32,
                    };
                    places.insert(1, draft.places.len() as u32);
                    draft.places.push(bend);
                }
                draft.ways.push(DraftWay { id: draft.ways.len() as i64, places, kind, name });
            }
        }
    }
    restrict(random, &mut draft, side);
    draft
}

/// Restrictions at random places, over places and over roads.
fn restrict(random: &mut Random, draft: &mut Draft, side: u32) {
    let at_place = |draft: &Draft, place: u32| -> Vec<u32> {
        let ends = |way: &DraftWay| way.places.first() == Some(&place) || way.places.last() == Some(&place);
        (0..draft.ways.len() as u32).filter(|way| ends(&draft.ways[*way as usize])).collect()
    };
    let other_end = |draft: &Draft, way: u32, place: u32| {
        let places = &draft.ways[way as usize].places;
        if places[0] == place { *places.last().unwrap() } else { places[0] }
    };
    for id in 0..(side * side / 2) as i64 {
        let place = random.below(u64::from(side * side)) as u32;
        let ways = at_place(draft, place);
        if ways.len() < 2 {
            continue;
        }
        let pick = |random: &mut Random, from: &[u32]| from[random.below(from.len() as u64) as usize];
        let from = pick(random, &ways);
        let kind = [RestrictionKind::No, RestrictionKind::NoUTurn, RestrictionKind::Only][random.below(3) as usize];
        let modes = [Modes::MOTOR | Modes::HAZMAT, Modes::HAZMAT][random.below(2) as usize];
        let over = pick(random, &ways);
        let (via, to) = if random.below(2) == 0 && over != from && kind != RestrictionKind::NoUTurn {
            let next = at_place(draft, other_end(draft, over, place));
            (Via::Ways(vec![over]), pick(random, &next))
        } else {
            (Via::Place(place), if kind == RestrictionKind::NoUTurn { from } else { over })
        };
        draft.restrictions.push(DraftRestriction { id, from: vec![from], via, to: vec![to], kind, modes });
    }
}

/// A star of some corners somewhere in the town, sometimes with a hole.
pub(super) fn ground(random: &mut Random, side: u32) -> Ground {
    let span = u64::from(side) * 10_000;
    let centre = (1_210_000_000 + random.below(span) as i32, 300_000_000 + random.below(span) as i32);
    let reach = 1_000 + random.below(12_000) as i32;
    let corners = 3 + random.below(12) as usize;
    let ring = |scale: f64| -> Vec<Position> {
        (0..corners)
            .map(|corner| {
                let angle = std::f64::consts::TAU * corner as f64 / corners as f64;
                let radius = f64::from(reach) * scale * if corner % 2 == 0 { 1.0 } else { 0.7 };
                Position {
                    lon_e7: centre.0 + (radius * angle.cos()) as i32,
                    lat_e7: centre.1 + (radius * angle.sin()) as i32,
                }
            })
            .collect()
    };
    let mut rings = vec![ring(1.0)];
    if random.below(3) == 0 {
        rings.push(ring(0.5));
    }
    Ground { parts: vec![rings] }
}

/// The edges whose shapes touch a ground, by another library.
pub(super) fn touched(network: &Network, ground: &Ground) -> BTreeSet<EdgeId> {
    let line = |places: &[Position]| -> LineString<f64> {
        places.iter().map(|p| Coord { x: f64::from(p.lon_e7), y: f64::from(p.lat_e7) }).collect::<Vec<_>>().into()
    };
    let polygons: Vec<Polygon<f64>> = ground
        .parts
        .iter()
        .map(|rings| {
            let mut lines = rings.iter().map(|ring| line(ring));
            Polygon::new(lines.next().unwrap(), lines.collect())
        })
        .collect();
    let touches = |edge: &EdgeId| {
        let shape = line(network.shape(*edge));
        polygons.iter().any(|polygon| polygon.intersects(&shape))
    };
    network.edges().filter(touches).collect()
}

/// What it costs from one stop to another when these edges are closed; `None` where there is no way.
pub(super) fn cost(network: &Network, graph: &Graph, closed: &BTreeSet<EdgeId>, from: &Stop, to: &Stop) -> Option<u32> {
    let end = End { snap: to.snap, arc: None, junction: to.back.first().map(|step| JunctionId(step.node)) };
    cost_to(network, graph, closed, from, &end)
}

/// Where a way ends.
pub(super) struct End {
    pub snap: Option<Snap>,
    /// The arc on which it is come to, though its edge may be closed farther on; `None`: on any that is open.
    pub arc: Option<Arc>,
    /// Where it is not on an edge.
    pub junction: Option<JunctionId>,
}

/// The same to an end that may be on the open beginning of a closed road.
pub(super) fn cost_to(
    network: &Network,
    graph: &Graph,
    closed: &BTreeSet<EdgeId>,
    from: &Stop,
    to: &End,
) -> Option<u32> {
    let mode = graph.rules.mode.as_set();
    let rules: Vec<Vec<Arc>> =
        network.forbidden().filter(|(_, modes)| modes.intersects(mode)).map(|(arcs, _)| arcs.to_vec()).collect();
    let memory = rules.iter().map(Vec::len).max().unwrap_or(1) - 1;
    let is_open = |arc: Arc| graph.cost(arc) < NEVER && !closed.contains(&arc.edge());
    let ends_on = |arc: Arc| match to.arc {
        Some(end) => arc == end && graph.cost(arc) < NEVER,
        None => is_open(arc),
    };
    let may_follow = |driven: &[Arc], arc: Arc| {
        let whole = [driven, &[arc]].concat();
        !rules.iter().any(|rule| whole.ends_with(rule))
    };
    let part = |arc: Arc, along_mm: u32| {
        let length = network.edge(arc.edge()).length_mm;
        let along = if arc.0.is_multiple_of(2) { along_mm } else { length - along_mm };
        (u64::from(graph.cost(arc)) * u64::from(along) / u64::from(length.max(1))) as u32
    };
    let mut best: Option<u32> = None;
    let mut offer = |cost: u32| best = Some(best.map_or(cost, |b| b.min(cost)));
    // The states by what they cost: the place and the arcs driven last.
    let mut open: BTreeSet<(u32, JunctionId, Vec<Arc>)> = BTreeSet::new();
    let mut known: BTreeMap<(JunctionId, Vec<Arc>), u32> = BTreeMap::new();
    match from.snap {
        None => {
            open.insert((0, JunctionId(from.out[0].node), Vec::new()));
        }
        Some(snap) => {
            for arc in [Arc(snap.edge.0 * 2), Arc(snap.edge.0 * 2 + 1)].into_iter().filter(|arc| is_open(*arc)) {
                let left = graph.cost(arc) - part(arc, snap.along_mm);
                open.insert((left, network.head(arc), vec![arc]));
            }
            for arc in [Arc(snap.edge.0 * 2), Arc(snap.edge.0 * 2 + 1)].into_iter().filter(|arc| ends_on(*arc)) {
                let ahead = |end: &Snap| end.edge == snap.edge && part(arc, end.along_mm) >= part(arc, snap.along_mm);
                if let Some(end) = to.snap.filter(ahead) {
                    offer(part(arc, end.along_mm) - part(arc, snap.along_mm));
                }
            }
        }
    }
    while let Some((cost, at, driven)) = open.pop_first() {
        if known.get(&(at, driven.clone())).is_some_and(|k| *k <= cost) {
            continue;
        }
        known.insert((at, driven.clone()), cost);
        if to.snap.is_none() && to.junction == Some(at) {
            offer(cost);
        }
        for edge in network.edges() {
            for arc in [Arc(edge.0 * 2), Arc(edge.0 * 2 + 1)] {
                if network.tail(arc) != at || !may_follow(&driven, arc) {
                    continue;
                }
                if let Some(end) = to.snap.filter(|end| end.edge == edge && ends_on(arc)) {
                    offer(cost + part(arc, end.along_mm));
                }
                if !is_open(arc) {
                    continue;
                }
                let mut next = [driven.as_slice(), &[arc]].concat();
                next.drain(..next.len().saturating_sub(memory));
                open.insert((cost + graph.cost(arc), network.head(arc), next));
            }
        }
    }
    best
}

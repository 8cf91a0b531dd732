//! From a draft to a network: chains of places between junctions become edges, restrictions become sequences of arcs.
//!
//! Nothing is mended in silence: whatever is left out or looks wrong is a finding.

use super::draft::{Barrier, Draft, DraftRestriction, RestrictionKind, Via};
use super::kind::{RoadClass, RoadKind};
use super::network::{Arc, Edge, EdgeId, JunctionId, Network, NetworkData, NetworkError};
use super::profile::Modes;
use super::renumber::along_the_ground;
use super::report::{Finding, FindingKind};
use super::turns::{Forbidden, outgoing};
use crate::geodesy::{self, LocalScale};
use crate::position::Position;
use std::collections::BTreeMap;

/// Most arcs that a restriction over ways may span: more is a mistake of the source.
const MAX_RESTRICTED_ARCS: usize = 64;

impl Network {
    /// The network of a draft and what was noticed on the way; refused when there is no road at all.
    pub fn build(draft: &mut Draft) -> Result<(Network, Vec<Finding>), NetworkError> {
        let mut builder = Builder::new(draft);
        builder.chains();
        builder.barriers();
        let (forbidden, mut findings) = (builder.forbidden(), std::mem::take(&mut builder.findings));
        let Builder { junctions, edges, first_vertex, vertices, .. } = builder;
        if edges.is_empty() {
            return Err(NetworkError("no road in it"));
        }
        let (kinds, names) = (std::mem::take(&mut draft.kinds), std::mem::take(&mut draft.names));
        findings.sort();
        let data = NetworkData { junctions, edges, first_vertex, vertices, kinds, names, forbidden };
        Ok((Network::new(along_the_ground(data))?, findings))
    }
}

const NONE: u32 = u32::MAX;

struct Builder<'a> {
    draft: &'a mut Draft,
    /// How many arms of ways meet at each place.
    arms: Vec<u8>,
    /// The junction at each place; of a place with a barrier between two arms the first, the second is the next.
    junction_at: Vec<u32>,
    /// Places whose barrier stands between two arms: how many of them were taken. Others that have a barrier: `None`.
    barrier_at: BTreeMap<u32, (usize, u8)>,
    /// The first edge of each way, and where on the way each edge begins.
    first_edge: Vec<u32>,
    begins: Vec<u32>,
    junctions: Vec<Position>,
    edges: Vec<Edge>,
    first_vertex: Vec<u32>,
    vertices: Vec<Position>,
    findings: Vec<Finding>,
    scales: Scales,
}

/// The local plane of the latitude that was asked for last: what comes next is nearly always on it, within 1 cm a km.
struct Scales {
    band: i32,
    scale: LocalScale,
}

impl Scales {
    /// Height of a band: 0.001 degree.
    const BAND: i32 = 10_000;

    fn at(band: i32) -> Scales {
        Scales { band, scale: LocalScale::at((band * Scales::BAND).saturating_add(Scales::BAND / 2)) }
    }

    /// The distance of two places, mm; far apart, or over 180 degrees, on the plane at their middle.
    fn distance(&mut self, a: Position, b: Position) -> i64 {
        let (d_lon, d_lat) = (i64::from(b.lon_e7) - i64::from(a.lon_e7), i64::from(b.lat_e7) - i64::from(a.lat_e7));
        if d_lat.abs() > i64::from(Scales::BAND) || d_lon.abs() > 1_800_000_000 {
            return geodesy::distance(a, b).0;
        }
        let band = a.lat_e7.div_euclid(Scales::BAND);
        if band != self.band {
            *self = Scales::at(band);
        }
        self.scale.length(d_lon, d_lat).0
    }
}

impl Builder<'_> {
    fn new(draft: &mut Draft) -> Builder<'_> {
        let mut arms = vec![0_u8; draft.places.len()];
        for way in &mut draft.ways {
            way.places.dedup();
            let last = way.places.len().saturating_sub(1);
            if last > 0 {
                for (index, place) in way.places.iter().enumerate() {
                    let met = &mut arms[*place as usize];
                    *met = met.saturating_add(if index == 0 || index == last { 1 } else { 2 });
                }
            }
        }
        for place in &draft.junctions {
            arms[*place as usize] = arms[*place as usize].saturating_add(1);
        }
        let mut findings = Vec::new();
        let mut barrier_at = BTreeMap::new();
        for (index, barrier) in draft.barriers.iter().enumerate() {
            match arms[barrier.place as usize] {
                0 => {}
                2 => {
                    barrier_at.insert(barrier.place, (index, 0));
                }
                _ => findings.push(Finding {
                    kind: FindingKind::BarrierNotBetween,
                    at: draft.places[barrier.place as usize],
                    source: None,
                }),
            }
        }
        Builder {
            arms,
            junction_at: vec![NONE; draft.places.len()],
            barrier_at,
            first_edge: Vec::with_capacity(draft.ways.len()),
            begins: Vec::new(),
            junctions: Vec::new(),
            edges: Vec::new(),
            first_vertex: vec![0],
            vertices: Vec::new(),
            findings,
            scales: Scales::at(0),
            draft,
        }
    }

    /// Cuts every way at its junctions.
    fn chains(&mut self) {
        for way in 0..self.draft.ways.len() {
            self.first_edge.push(self.edges.len() as u32);
            let places = std::mem::take(&mut self.draft.ways[way].places);
            if places.len() < 2 {
                let at = places.first().map_or(Position { lon_e7: 0, lat_e7: 0 }, |p| self.draft.places[*p as usize]);
                self.find(FindingKind::WayWithoutLength, at, self.draft.ways[way].id);
            } else {
                self.cut(way, &places);
            }
            self.draft.ways[way].places = places;
        }
        self.first_edge.push(self.edges.len() as u32);
    }

    fn cut(&mut self, way: usize, places: &[u32]) {
        let last = places.len() - 1;
        let mut begin = 0;
        let mut from = self.arm(places[0]);
        for end in 1..=last {
            let place = places[end];
            // A place of two arms inside a way is no junction, unless a barrier stands there.
            let is_through = end < last && self.arms[place as usize] == 2 && !self.barrier_at.contains_key(&place);
            if is_through {
                continue;
            }
            let to = self.arm(place);
            self.begins.push(begin as u32);
            let shape: Vec<Position> = places[begin..=end].iter().map(|p| self.draft.places[*p as usize]).collect();
            let draft_way = &self.draft.ways[way];
            let (kind, name, id) = (draft_way.kind, draft_way.name, draft_way.id);
            self.edge(from, to, kind, name, id, &shape);
            if end < last {
                from = self.arm(place);
            }
            begin = end;
        }
    }

    /// The junction at which an arm ends at a place.
    fn arm(&mut self, place: u32) -> JunctionId {
        if self.junction_at[place as usize] == NONE {
            self.junction_at[place as usize] = self.junctions.len() as u32;
            let at = self.draft.places[place as usize];
            self.junctions.push(at);
            if self.barrier_at.contains_key(&place) {
                self.junctions.push(at);
            }
        }
        let junction = self.junction_at[place as usize];
        match self.barrier_at.get_mut(&place) {
            Some((_, taken)) => {
                let arm = JunctionId(junction + u32::from(*taken).min(1));
                *taken += 1;
                arm
            }
            None => JunctionId(junction),
        }
    }

    fn edge(&mut self, from: JunctionId, to: JunctionId, kind: u32, name: u32, way: i64, shape: &[Position]) {
        let length: i64 = shape.windows(2).map(|pair| self.scales.distance(pair[0], pair[1])).sum();
        let length_mm = u32::try_from(length).unwrap_or(u32::MAX);
        if length_mm == 0 && self.draft.kinds[kind as usize].class != RoadClass::Barrier {
            self.find(FindingKind::EdgeWithoutLength, shape[0], way);
        }
        self.edges.push(Edge { from, to, kind, name, length_mm, way });
        self.vertices.extend_from_slice(shape);
        self.first_vertex.push(self.vertices.len() as u32);
    }

    /// An edge without length through each barrier, so that its law is that of a road.
    fn barriers(&mut self) {
        let name = self.draft.name(Default::default());
        for (place, (barrier, _)) in std::mem::take(&mut self.barrier_at) {
            let Some(first) = Some(self.junction_at[place as usize]).filter(|first| *first != NONE) else { continue };
            let Barrier { access, limits, .. } = self.draft.barriers[barrier];
            let kind = self.draft.kind(RoadKind { access, limits, ..RoadKind::of_class(RoadClass::Barrier) });
            let at = self.draft.places[place as usize];
            self.edge(JunctionId(first), JunctionId(first + 1), kind, name, 0, &[at, at]);
        }
    }

    fn find(&mut self, kind: FindingKind, at: Position, source: i64) {
        self.findings.push(Finding { kind, at, source: Some(source) });
    }

    /// The forbidden sequences of all restrictions, each once.
    fn forbidden(&mut self) -> Vec<Forbidden> {
        let restrictions = std::mem::take(&mut self.draft.restrictions);
        let mut forbidden: BTreeMap<Vec<Arc>, Modes> = BTreeMap::new();
        let by_junction = outgoing(self.junctions.len(), &self.edges);
        // What must not be driven first: what must be driven is held against it.
        let order = |r: &&DraftRestriction| u8::from(r.kind == RestrictionKind::Only);
        let mut sorted: Vec<&DraftRestriction> = restrictions.iter().collect();
        sorted.sort_by_key(order);
        for restriction in sorted {
            let paths = self.paths(restriction);
            if paths.is_empty() {
                let at = match &restriction.via {
                    Via::Place(place) => self.draft.places[*place as usize],
                    Via::Ways(ways) => self.draft.places[self.draft.ways[ways[0] as usize].places[0] as usize],
                };
                self.find(FindingKind::RestrictionUnresolved, at, restriction.id);
            } else if restriction.kind != RestrictionKind::Only {
                paths
                    .into_iter()
                    .for_each(|path| *forbidden.entry(path).or_insert(Modes::empty()) |= restriction.modes);
            } else {
                self.forbid_all_but(restriction, &paths, &by_junction, &mut forbidden);
            }
        }
        forbidden.into_iter().map(|(arcs, modes)| Forbidden { arcs, modes }).collect()
    }

    /// Forbids leaving any of these paths before its end.
    fn forbid_all_but(
        &mut self,
        restriction: &DraftRestriction,
        paths: &[Vec<Arc>],
        (first_out, out): &(Vec<u32>, Vec<Arc>),
        forbidden: &mut BTreeMap<Vec<Arc>, Modes>,
    ) {
        let modes = restriction.modes;
        let contradicts = |path: &Vec<Arc>| {
            forbidden
                .iter()
                .any(|(arcs, banned)| banned.intersects(modes) && path.windows(arcs.len()).any(|w| w == arcs))
        };
        if paths.iter().all(contradicts) {
            let at = self.junctions[self.head(paths[0][0]).0 as usize];
            self.find(FindingKind::RestrictionContradicts, at, restriction.id);
            return;
        }
        for path in paths {
            for end in 1..path.len() {
                let prefix = &path[..end];
                let at = self.head(path[end - 1]).0 as usize;
                for &arc in &out[first_out[at] as usize..first_out[at + 1] as usize] {
                    let goes_on = paths.iter().any(|p| p.len() > end && p[..end] == *prefix && p[end] == arc);
                    if !goes_on {
                        let sequence = [prefix, &[arc]].concat();
                        *forbidden.entry(sequence).or_insert(Modes::empty()) |= modes;
                    }
                }
            }
        }
    }

    fn head(&self, arc: Arc) -> JunctionId {
        let edge = &self.edges[arc.edge().0 as usize];
        if arc.0.is_multiple_of(2) { edge.to } else { edge.from }
    }

    fn tail(&self, arc: Arc) -> JunctionId {
        self.head(arc.reversed())
    }

    /// Every sequence of arcs that a restriction speaks of.
    fn paths(&self, restriction: &DraftRestriction) -> Vec<Vec<Arc>> {
        let mut found = Vec::new();
        for &from in &restriction.from {
            for &to in &restriction.to {
                match &restriction.via {
                    Via::Place(place) => self.paths_at(from, *place, to, restriction.kind, &mut found),
                    Via::Ways(ways) => found.extend(self.path_over(from, ways, to)),
                }
            }
        }
        found
    }

    fn paths_at(&self, from: u32, place: u32, to: u32, kind: RestrictionKind, found: &mut Vec<Vec<Arc>>) {
        let junction = self.junction_at[place as usize];
        if junction == NONE {
            return;
        }
        let at = JunctionId(junction);
        for coming in self.arcs_of(from).filter(|arc| self.head(*arc) == at) {
            for going in self.arcs_of(to).filter(|arc| self.tail(*arc) == at) {
                let turns_back = going == coming.reversed();
                if turns_back == (kind == RestrictionKind::NoUTurn) || (kind == RestrictionKind::NoUTurn && from != to)
                {
                    found.push(vec![coming, going]);
                }
            }
        }
    }

    /// Both arcs of each edge of a way.
    fn arcs_of(&self, way: u32) -> impl Iterator<Item = Arc> + use<> {
        let (first, end) = (self.first_edge[way as usize], self.first_edge[way as usize + 1]);
        (first * 2..end * 2).map(Arc)
    }

    /// The one way from `from` along all of `over` into `to`; `None` where they do not hang together at their ends.
    fn path_over(&self, from: u32, over: &[u32], to: u32) -> Option<Vec<Arc>> {
        let ways: Vec<u32> = [&[from], over, &[to]].concat();
        let meets: Vec<u32> = ways.windows(2).map(|pair| self.shared(pair[0], pair[1])).collect::<Option<_>>()?;
        let (first, last) = (*meets.first()?, *meets.last()?);
        let mut path = vec![self.arcs_of(from).find(|arc| self.is_at(self.head(*arc), first))?];
        for (way, pair) in over.iter().zip(meets.windows(2)) {
            path.extend(self.along(*way, pair[0], pair[1])?);
        }
        path.push(self.arcs_of(to).find(|arc| self.is_at(self.tail(*arc), last))?);
        let hangs_together = path.windows(2).all(|pair| self.head(pair[0]) == self.tail(pair[1]));
        (hangs_together && path.len() <= MAX_RESTRICTED_ARCS).then_some(path)
    }

    fn is_at(&self, junction: JunctionId, place: u32) -> bool {
        self.junction_at[place as usize] == junction.0
    }

    /// The place that is an end of one way and a place of the other.
    fn shared(&self, a: u32, b: u32) -> Option<u32> {
        let (a, b) = (&self.draft.ways[a as usize].places, &self.draft.ways[b as usize].places);
        let ends = |way: &[u32]| [way.first().copied(), way.last().copied()].into_iter().flatten().collect::<Vec<_>>();
        let of_both = ends(a).into_iter().find(|place| ends(b).contains(place));
        of_both
            .or_else(|| ends(b).into_iter().find(|place| a.contains(place)))
            .or_else(|| ends(a).into_iter().find(|place| b.contains(place)))
    }

    /// The arcs along a way between two of its places.
    fn along(&self, way: u32, from: u32, to: u32) -> Option<Vec<Arc>> {
        let places = &self.draft.ways[way as usize].places;
        let (start, end) = (places.iter().position(|p| *p == from)?, places.iter().position(|p| *p == to)?);
        let (low, high) = (start.min(end) as u32, start.max(end) as u32);
        let edges = self.first_edge[way as usize]..self.first_edge[way as usize + 1];
        let between = edges.filter(|edge| (low..high).contains(&self.begins[*edge as usize])).map(EdgeId);
        let mut arcs: Vec<Arc> = between.map(|edge| Arc(edge.0 * 2)).collect();
        if start > end {
            arcs = arcs.into_iter().rev().map(Arc::reversed).collect();
        }
        (!arcs.is_empty()).then_some(arcs)
    }
}

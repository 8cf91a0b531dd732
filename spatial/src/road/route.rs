//! A way as people and maps want it: its line, length, time and instructions, and what it was kept from.

use super::closure::{ClosureEpoch, ClosureId};
use super::graph::Metric;
use super::guide::{self, Instruction};
use super::kind::{Heading, RoadClass};
use super::network::{Arc, Network};
use super::profile::Refusal;
use super::stop::Stop;
use super::view::{Scratch, View, Way};
use crate::position::Position;
use crate::units::UnixMs;

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The closures that it obeys.
    pub epoch: ClosureEpoch,
    /// Its length, mm.
    pub length_mm: u64,
    /// How long it takes, ms.
    pub duration_ms: u64,
    /// Its line.
    pub line: Vec<Position>,
    /// Its arcs; the first and the last may be driven in part.
    pub arcs: Vec<Arc>,
    /// What to do where.
    pub instructions: Vec<Instruction>,
}

/// A road that a better way would have taken, and why it was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The arcs, one after the other, that share the reason.
    pub arcs: Vec<Arc>,
    /// Why the profile may not drive them at all.
    pub refusal: Option<Refusal>,
    /// The closures that hold them.
    pub closures: Vec<ClosureId>,
}

/// A piece of an arc as it is driven.
pub(super) struct Piece {
    pub arc: Arc,
    pub line: Vec<Position>,
    pub length_mm: u32,
    pub duration_ms: u64,
}

impl View<'_> {
    /// The route along a way between the stops that it was asked for.
    pub fn route(&self, way: &Way, from: &Stop, to: &Stop) -> Route {
        let pieces = self.pieces(way, from, to);
        let mut line: Vec<Position> = Vec::new();
        pieces.iter().for_each(|piece| line.extend(&piece.line));
        line.dedup();
        Route {
            epoch: self.epoch(),
            length_mm: pieces.iter().map(|piece| u64::from(piece.length_mm)).sum(),
            duration_ms: pieces.iter().map(|piece| piece.duration_ms).sum(),
            line,
            arcs: way.arcs.clone(),
            instructions: guide::instructions(self.network, &pieces),
        }
    }

    fn pieces(&self, way: &Way, from: &Stop, to: &Stop) -> Vec<Piece> {
        let last = way.arcs.len().saturating_sub(1);
        let piece = |(index, arc): (usize, &Arc)| {
            let edge = self.network.edge(arc.edge());
            let whole = edge.length_mm;
            let on_arc = |along: u32| if arc.heading() == Heading::Along { along } else { whole - along };
            // A stop on an edge stands on the first or the last arc, whichever end of the way it is.
            let begin = from.snap.filter(|_| index == 0).map_or(0, |snap| on_arc(snap.along_mm));
            let end = to.snap.filter(|_| index == last).map_or(whole, |snap| on_arc(snap.along_mm));
            let length_mm = end.saturating_sub(begin);
            let full = self.duration_ms(*arc);
            let duration_ms =
                if length_mm == whole { full } else { full * u64::from(length_mm) / u64::from(whole.max(1)) };
            Piece { arc: *arc, line: cut(self.network, *arc, begin, end, (from, to)), length_mm, duration_ms }
        };
        way.arcs.iter().enumerate().map(piece).collect()
    }

    /// How long an arc takes whatever the metric.
    fn duration_ms(&self, arc: Arc) -> u64 {
        if self.graph.metric == Metric::Fastest {
            return u64::from(self.graph.cost(arc));
        }
        let kind = self.network.kind(arc.edge());
        if kind.class == RoadClass::Barrier {
            return u64::from(self.graph.rules.barrier_ms);
        }
        let kph = self.graph.rules.speed_kph(kind, arc.heading()).unwrap_or(1);
        u64::from(self.network.edge(arc.edge()).length_mm) * 36 / (u64::from(kph) * 10)
    }

    /// What keeps the profile from the way that it would take if nothing did (`free` is of [`Graph::unbound`], with nothing closed):
    /// the roads on it that are refused or closed, in its order. Empty where the way is the same.
    ///
    /// [`Graph::unbound`]: super::graph::Graph::unbound
    pub fn refused(
        &self,
        scratch: &mut Scratch,
        free: &View<'_>,
        from: &Stop,
        to: &Stop,
        depart: UnixMs,
    ) -> Vec<Refused> {
        let Some(way) = free.way(scratch, from, to, depart) else { return Vec::new() };
        let mut refused: Vec<Refused> = Vec::new();
        for arc in way.arcs {
            let refusal = self.graph.refusal(self.network, arc);
            let closures = self.closures.on_edge(arc.edge(), self.graph.profile, depart);
            if refusal.is_none() && closures.is_empty() {
                continue;
            }
            match refused.last_mut().filter(|last| last.refusal == refusal && last.closures == closures) {
                Some(last) => last.arcs.push(arc),
                None => refused.push(Refused { arcs: vec![arc], refusal, closures }),
            }
        }
        refused
    }
}

/// The line of an arc between two lengths along it; ends that are stops are exactly where the stops are.
fn cut(network: &Network, arc: Arc, begin: u32, end: u32, stops: (&Stop, &Stop)) -> Vec<Position> {
    let mut shape = network.shape(arc.edge()).to_vec();
    if arc.heading() == Heading::Against {
        shape.reverse();
    }
    let whole = network.edge(arc.edge()).length_mm;
    if begin == 0 && end == whole {
        return shape;
    }
    let mut line = Vec::new();
    let mut at = 0_i64;
    if begin > 0 {
        line.extend(stops.0.snap.map(|snap| snap.at));
    }
    for (index, place) in shape.iter().enumerate() {
        if index > 0 {
            at += crate::geodesy::distance(shape[index - 1], *place).0;
        }
        if at >= i64::from(begin) && at <= i64::from(end) && line.last() != Some(place) {
            line.push(*place);
        }
    }
    if end < whole {
        line.extend(stops.1.snap.map(|snap| snap.at).filter(|at| line.last() != Some(at)));
    }
    line
}

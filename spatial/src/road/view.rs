//! One moment of the roads, as one profile sees them: what a question is asked of, and the way between two stops.
//!
//! Every answer of a view obeys the closures of the view, whichever layer made it.

use super::closure::{ClosureEpoch, ClosureId, Closures, Overlay};
use super::graph::{Graph, Metric, NEVER};
use super::grid::EdgeGrid;
use super::hierarchy::{Lanes, Shortcuts, Skeleton, Sweep};
use super::network::{Arc, EdgeId, Network};
use super::search::{Go, Search, both_ways};
use super::snap::snap;
use super::stop::{Step, Stop};
use crate::position::Position;
use crate::units::{Millimetres, SpanMs, UnixMs};

/// A moment of the roads.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The network.
    pub network: &'a Network,
    /// Its edges by place.
    pub grid: &'a EdgeGrid,
    /// What the profile makes of it.
    pub graph: &'a Graph,
    /// What is closed.
    pub closures: &'a Closures,
    /// The fast layer, if there is one; it is asked only while it obeys the same closures.
    pub fast: Option<Fast<'a>>,
}

/// The fast layer.
#[derive(Clone, Copy)]
pub struct Fast<'a> {
    /// Its skeleton.
    pub skeleton: &'a Skeleton,
    /// What the shortcuts cost.
    pub shortcuts: &'a Shortcuts,
}

/// The memory of searches, kept from one question to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) ahead: Search,
    pub(super) behind: Search,
    pub(super) sweep: Sweep,
    pub(super) lanes: Lanes,
}

/// Why a place is no stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopError {
    /// It lies in what is closed for the profile at that time.
    Closed(Vec<ClosureId>),
    /// There is no open road for the profile within reach.
    NoRoad,
}

/// A way: what it costs, and the arcs from the first to the last, which may be driven in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What it costs in the graph's metric.
    pub cost: u32,
    /// Its arcs.
    pub arcs: Vec<Arc>,
}

impl<'a> View<'a> {
    /// What is closed for the profile.
    pub fn overlay(&self) -> &'a Overlay {
        self.closures.overlay(self.graph.profile)
    }

    /// The epoch that its answers obey.
    pub fn epoch(&self) -> ClosureEpoch {
        self.closures.epoch()
    }

    /// The fast layer, if it obeys the closures of this moment. What it says holds for as long as [`View::steady_for`].
    pub fn fast(&self) -> Option<Fast<'a>> {
        self.fast.filter(|fast| fast.shortcuts.answer_for(self.graph, self.closures))
    }

    /// For how much cost the closures stay as they are at present for who departs at an instant; `None` where they may have
    /// changed by then already. Who spends no more meets nothing but these; by length nobody knows when that is.
    pub(super) fn steady_for(&self, depart: UnixMs) -> Option<u32> {
        let overlay = self.overlay();
        if overlay.is_untimed() {
            return Some(NEVER);
        }
        let left = (overlay.steady_until() - depart).0;
        (self.graph.metric == Metric::Fastest && left > 0).then(|| u32::try_from(left).unwrap_or(NEVER).min(NEVER - 1))
    }

    /// Whether a cost that was found with the closures at present is right when they stay so for a cost: also that there is
    /// no way at all, where none of them will open by itself.
    pub(super) fn is_right(&self, cost: u32, steady_for: u32) -> bool {
        cost <= steady_for || (cost >= NEVER && !self.overlay().holds_for_a_time())
    }

    /// When somebody departs who asks for `depart`: not in the past.
    pub fn departure(&self, depart: Option<UnixMs>) -> UnixMs {
        depart.unwrap_or(self.closures.now()).max(self.closures.now())
    }

    /// The stop for a place: on the nearest open road within `reach`.
    pub fn stop(&self, at: Position, depart: UnixMs, reach: Millimetres) -> Result<Stop, StopError> {
        let closed = self.closures.covering(at, self.graph.profile, depart);
        if !closed.is_empty() {
            return Err(StopError::Closed(closed));
        }
        let found = snap(self.network, self.grid, self.graph, self.overlay(), (at, depart), reach);
        found.map(|snap| Stop::on_edge(self.network, self.graph, snap)).ok_or(StopError::NoRoad)
    }

    /// The cheapest way between two stops for somebody who departs at an instant; `None` where there is none.
    pub fn way(&self, scratch: &mut Scratch, from: &Stop, to: &Stop, depart: UnixMs) -> Option<Way> {
        let straight = from.straight_to(self.network, self.graph, to);
        let straight = straight.filter(|(cost, arc)| !self.is_closed(arc.edge(), depart, 0, (*cost).max(1)));
        let straight = straight.map(|(cost, arc)| Way { cost, arcs: vec![arc] });
        let bound = straight.as_ref().map_or(NEVER, |way| way.cost);
        if let Some(steady_for) = self.steady_for(depart) {
            let round = self.way_now(scratch, from, to, bound);
            let cost = round.as_ref().map_or(bound, |way| way.cost);
            if self.is_right(cost, steady_for) {
                return round.or(straight);
            }
        }
        self.way_timed(scratch, from, to, depart, bound).or(straight)
    }

    /// A way cheaper than `bound`, as long as the closures stay as they are at present.
    fn way_now(&self, scratch: &mut Scratch, from: &Stop, to: &Stop, bound: u32) -> Option<Way> {
        if let Some(Fast { skeleton, shortcuts }) = self.fast() {
            let layer = (self.network, skeleton, shortcuts);
            return scratch.sweep.way(layer, &from.out, &to.back, bound).map(|(cost, arcs)| Way { cost, arcs });
        }
        let Scratch { ahead, behind, .. } = scratch;
        let nodes = self.network.node_count();
        ahead.begin(nodes, from.out.iter().copied());
        behind.begin(nodes, to.back.iter().copied());
        let stars = (self.graph.forward(), self.graph.backward());
        let (cost, node) = both_ways(ahead, behind, stars, self.overlay().at_present(), bound)?;
        let mut arcs = ahead.arcs_to(node);
        arcs.extend(behind.arcs_to(node).into_iter().rev());
        Some(Way { cost, arcs })
    }

    /// A way cheaper than `bound`, when some edges are closed for a time.
    fn way_timed(&self, scratch: &mut Scratch, from: &Stop, to: &Stop, depart: UnixMs, bound: u32) -> Option<Way> {
        let (mut least, mut last) = (bound, None);
        scratch.ahead.begin(self.network.node_count(), self.first_steps(from, depart));
        let is_closed = |edge, cost, spent| self.is_closed(edge, depart, cost, spent);
        scratch.ahead.run_timed(self.graph.forward(), is_closed, |node, cost| {
            if cost >= least {
                return Go::Stop;
            }
            for step in to.back.iter().filter(|step| step.node == node) {
                if cost + step.cost < least && !self.is_step_closed(*step, cost, depart) {
                    (least, last) = (cost + step.cost, Some(*step));
                }
            }
            Go::On
        });
        let (cost, step) = (least, last?);
        let mut arcs = scratch.ahead.arcs_to(step.node);
        arcs.extend(step.arc);
        Some(Way { cost, arcs })
    }

    /// The pieces by which a stop is left that are open when they are driven.
    pub(super) fn first_steps(&self, from: &Stop, depart: UnixMs) -> impl Iterator<Item = Step> {
        from.out.iter().copied().filter(move |step| !self.is_step_closed(*step, 0, depart))
    }

    /// Whether the first or last piece at a stop is closed when it is driven. A stop at the very end of a road is not on it.
    pub(super) fn is_step_closed(&self, step: Step, cost: u32, depart: UnixMs) -> bool {
        step.cost > 0 && step.arc.is_some_and(|arc| self.is_closed(arc.edge(), depart, cost, step.cost))
    }

    /// Whether an edge is closed to who departs at an instant, comes to it after a cost and spends another on it. A way that
    /// is sought by length is driven nobody knows when: for it an edge is closed that is so at any time of the day after.
    pub(super) fn is_closed(&self, edge: EdgeId, depart: UnixMs, cost: u32, spent: u32) -> bool {
        let (enter, leave) = match self.graph.metric {
            Metric::Fastest => (SpanMs(i64::from(cost)), SpanMs(i64::from(cost) + i64::from(spent))),
            Metric::Shortest => (SpanMs(0), SpanMs::seconds(86_400)),
        };
        self.overlay().forbids(edge, depart + enter, depart + leave)
    }

    /// Whether somebody who departs at an instant may drive a way from a stop: asked of every route last, whoever found it.
    pub fn is_open(&self, way: &Way, from: &Stop, depart: UnixMs) -> bool {
        let overlay = self.overlay();
        if overlay.is_untimed() {
            return way.arcs.iter().all(|arc| !overlay.at_present().has(arc.edge()));
        }
        let last = way.arcs.len().saturating_sub(1);
        let mut spent: u32 = 0;
        way.arcs.iter().enumerate().all(|(index, arc)| {
            let first = from.out.iter().find(|step| index == 0 && step.arc == Some(*arc)).map(|step| step.cost);
            let cost = if index == last { way.cost - spent } else { first.unwrap_or(self.graph.cost(*arc)) };
            let enter = spent;
            spent += cost;
            cost == 0 || !self.is_closed(arc.edge(), depart, enter, cost)
        })
    }
}

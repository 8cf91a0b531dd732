//! The exact layer's searches: Dijkstra's algorithm that looks at the overlay whenever it looks at an edge.

use super::closure::EdgeSet;
use super::graph::{NEVER, Star};
use super::network::{Arc, EdgeId};
use super::stop::Step;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Whether a search goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// On.
    On,
    /// No further.
    Stop,
}

/// The memory of a search, kept from one to the next so that none has to be cleared.
#[derive(Debug, Default)]
pub struct Search {
    cost: Vec<u32>,
    /// The node before, or itself where the search began.
    before: Vec<u32>,
    arc: Vec<Arc>,
    round_of: Vec<u32>,
    round: u32,
    heap: BinaryHeap<Reverse<(u32, u32)>>,
}

impl Search {
    /// Begins anew at some steps of a graph with so many nodes.
    pub fn begin(&mut self, nodes: usize, steps: impl IntoIterator<Item = Step>) {
        if self.cost.len() < nodes || self.round == u32::MAX {
            self.cost = vec![NEVER; nodes];
            self.before = vec![0; nodes];
            self.arc = vec![Arc(u32::MAX); nodes];
            self.round_of = vec![0; nodes];
            self.round = 0;
        }
        self.round += 1;
        self.heap.clear();
        for step in steps {
            self.reach(step.node, step.cost, step.node, step.arc.unwrap_or(Arc(u32::MAX)));
        }
    }

    /// What the cheapest way found so far to a node costs; [`NEVER`] where none was.
    pub fn cost(&self, node: u32) -> u32 {
        if self.round_of[node as usize] == self.round { self.cost[node as usize] } else { NEVER }
    }

    fn reach(&mut self, node: u32, cost: u32, before: u32, arc: Arc) {
        if cost < self.cost(node) {
            let index = node as usize;
            self.round_of[index] = self.round;
            self.cost[index] = cost;
            self.before[index] = before;
            self.arc[index] = arc;
            self.heap.push(Reverse((cost, node)));
        }
    }

    /// The next node to settle, nearest first.
    fn settle(&mut self) -> Option<(u32, u32)> {
        while let Some(Reverse((cost, node))) = self.heap.pop() {
            if cost == self.cost[node as usize] {
                return Some((node, cost));
            }
        }
        None
    }

    /// What the next node to settle costs at least.
    fn least(&self) -> u32 {
        self.heap.peek().map_or(NEVER, |top| top.0.0)
    }

    fn relax(&mut self, star: &Star, closed: &EdgeSet, node: u32, cost: u32) {
        for link in star.at(node) {
            if !closed.has(link.arc.edge()) {
                self.reach(link.node, cost.saturating_add(link.cost).min(NEVER), node, link.arc);
            }
        }
    }

    /// Settles nodes in the order of their cost and tells of each, until told to stop or all are settled.
    pub fn run(&mut self, star: &Star, closed: &EdgeSet, mut tell: impl FnMut(u32, u32) -> Go) {
        while let Some((node, cost)) = self.settle() {
            if tell(node, cost) == Go::Stop {
                return;
            }
            self.relax(star, closed, node, cost);
        }
    }

    /// The same when it depends on when an edge is driven whether it is closed: nobody waits, and an edge is not taken of
    /// which `is_closed` says so for the cost up to it and its own.
    pub fn run_timed(
        &mut self,
        star: &Star,
        is_closed: impl Fn(EdgeId, u32, u32) -> bool,
        mut tell: impl FnMut(u32, u32) -> Go,
    ) {
        while let Some((node, cost)) = self.settle() {
            if tell(node, cost) == Go::Stop {
                return;
            }
            for link in star.at(node) {
                if !is_closed(link.arc.edge(), cost, link.cost) {
                    self.reach(link.node, cost.saturating_add(link.cost).min(NEVER), node, link.arc);
                }
            }
        }
    }

    /// The node from which a node was reached and the arc on which; `None` where the search began, and where it did not come.
    pub fn step_to(&self, node: u32) -> Option<(u32, Arc)> {
        let index = node as usize;
        let is_step = self.round_of[index] == self.round && self.before[index] != node;
        is_step.then(|| (self.before[index], self.arc[index]))
    }

    /// The arcs by which a node was reached, from where the search began; the first may be driven in part.
    pub fn arcs_to(&self, mut node: u32) -> Vec<Arc> {
        let mut arcs = Vec::new();
        loop {
            let index = node as usize;
            if self.arc[index] != Arc(u32::MAX) {
                arcs.push(self.arc[index]);
            }
            if self.before[index] == node {
                arcs.reverse();
                return arcs;
            }
            node = self.before[index];
        }
    }
}

/// The cheapest way between two sets of steps, searched from both ends: its cost and the node where the searches met.
pub fn both_ways(
    ahead: &mut Search,
    behind: &mut Search,
    stars: (&Star, &Star),
    closed: &EdgeSet,
    bound: u32,
) -> Option<(u32, u32)> {
    let (forward, backward) = stars;
    let mut best = (bound, u32::MAX);
    loop {
        let (near, far) = (ahead.least(), behind.least());
        if near.saturating_add(far) >= best.0 || near >= NEVER || far >= NEVER {
            return (best.1 != u32::MAX).then_some(best);
        }
        let (this, other, star) =
            if near <= far { (&mut *ahead, &*behind, forward) } else { (&mut *behind, &*ahead, backward) };
        let Some((node, cost)) = this.settle() else { continue };
        let met = other.cost(node);
        if met < NEVER && cost + met < best.0 {
            best = (cost + met, node);
        }
        this.relax(star, closed, node, cost);
    }
}

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
    reached: Vec<Reach>,
    round: u32,
    heap: BinaryHeap<Reverse<Entry>>,
}

/// How a node was reached last. All of it lies together: a search meets each node at a place in memory of its own.
#[derive(Clone, Copy, Debug)]
struct Reach {
    /// In which search.
    round: u32,
    cost: u32,
    /// The node before, or itself where the search began.
    before: u32,
    arc: Arc,
}

/// A cost, and below it the node: ordered as the pair of both, and compared in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u64);

impl Entry {
    fn new(cost: u32, node: u32) -> Entry {
        Entry(u64::from(cost) << 32 | u64::from(node))
    }

    fn cost(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn node(self) -> u32 {
        self.0 as u32
    }
}

impl Search {
    /// Begins anew at some steps of a graph with so many nodes.
    pub fn begin(&mut self, nodes: usize, steps: impl IntoIterator<Item = Step>) {
        if self.reached.len() < nodes || self.round == u32::MAX {
            let never = Reach { round: 0, cost: NEVER, before: 0, arc: Arc(u32::MAX) };
            self.reached.clear();
            self.reached.resize(nodes, never);
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
        let reach = &self.reached[node as usize];
        if reach.round == self.round { reach.cost } else { NEVER }
    }

    fn reach(&mut self, node: u32, cost: u32, before: u32, arc: Arc) {
        let reach = &mut self.reached[node as usize];
        if cost < if reach.round == self.round { reach.cost } else { NEVER } {
            *reach = Reach { round: self.round, cost, before, arc };
            self.heap.push(Reverse(Entry::new(cost, node)));
        }
    }

    /// The next node to settle, nearest first.
    fn settle(&mut self) -> Option<(u32, u32)> {
        while let Some(Reverse(entry)) = self.heap.pop() {
            if entry.cost() == self.reached[entry.node() as usize].cost {
                return Some((entry.node(), entry.cost()));
            }
        }
        None
    }

    /// What the next node to settle costs at least.
    fn least(&self) -> u32 {
        self.heap.peek().map_or(NEVER, |top| top.0.cost())
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
        let reach = &self.reached[node as usize];
        let is_step = reach.round == self.round && reach.before != node;
        is_step.then_some((reach.before, reach.arc))
    }

    /// The arcs by which a node was reached, from where the search began; the first may be driven in part.
    pub fn arcs_to(&self, mut node: u32) -> Vec<Arc> {
        let mut arcs = Vec::new();
        loop {
            let reach = &self.reached[node as usize];
            if reach.arc != Arc(u32::MAX) {
                arcs.push(reach.arc);
            }
            if reach.before == node {
                arcs.reverse();
                return arcs;
            }
            node = reach.before;
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

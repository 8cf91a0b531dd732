//! From a node up through its ancestors, and from another: where the sweeps meet is the way, without a heap.

use super::shortcuts::Shortcuts;
use super::skeleton::{DOWN, NONE, Skeleton};
use crate::index::hint;
use crate::road::graph::NEVER;
use crate::road::network::{Arc, Network};
use crate::road::stop::Step;

/// The memory of sweeps: costs by rank, all [`NEVER`] between one question and the next.
#[derive(Debug, Default)]
pub struct Sweep {
    /// What it costs to each rank from both ends, side by side: who looks at one mostly looks at the other.
    costs: Vec<[u32; 2]>,
    /// The shortcuts by which each rank was reached.
    by: Vec<[u32; 2]>,
    walkers: Vec<u32>,
    visited: Vec<u32>,
}

/// Which end: where a sweep from the start, and one from the end, keeps what it finds.
const AHEAD: usize = 0;
const BEHIND: usize = 1;

impl Sweep {
    fn begin(&mut self, ranks: usize) {
        if self.costs.len() < ranks {
            self.costs = vec![[NEVER; 2]; ranks];
            self.by = vec![[NONE; 2]; ranks];
        }
        self.walkers.clear();
        self.visited.clear();
    }

    fn end(&mut self) {
        for rank in &self.visited {
            self.costs[*rank as usize] = [NEVER; 2];
        }
    }

    /// Sets walkers out at some steps from an end.
    fn set_out<const END: usize>(&mut self, skeleton: &Skeleton, steps: impl Iterator<Item = Step>) {
        for step in steps {
            let rank = skeleton.rank[step.node as usize];
            let cost = &mut self.costs[rank as usize][END];
            *cost = (*cost).min(step.cost);
            self.walkers.push(rank);
        }
    }

    /// Goes from a rank that was reached at a cost up all its shortcuts, which cost so much.
    fn rise<const END: usize>(&mut self, skeleton: &Skeleton, rank: u32, cost: u32, over: &[u32]) {
        let ups = skeleton.ups(rank);
        for (high, up) in skeleton.high[ups.clone()].iter().zip(&over[ups]) {
            let at = &mut self.costs[*high as usize][END];
            *at = (*at).min(cost + up);
        }
    }

    /// The same, and keeps by which shortcut.
    fn rise_by<const END: usize>(&mut self, skeleton: &Skeleton, rank: u32, cost: u32, over: &[u32]) {
        let ups = skeleton.ups(rank);
        let highs = skeleton.high[ups.clone()].iter().zip(&over[ups.clone()]);
        for (shortcut, (high, up)) in (ups.start as u32..).zip(highs) {
            let at = &mut self.costs[*high as usize][END];
            if cost + up < *at {
                *at = cost + up;
                self.by[*high as usize][END] = shortcut;
            }
        }
    }

    /// The lowest rank that a walker is at; walkers there go on to the parent together.
    fn walk(&mut self, skeleton: &Skeleton) -> Option<u32> {
        let rank = *self.walkers.iter().min()?;
        self.walkers.retain(|walker| *walker != rank);
        let parent = skeleton.parent[rank as usize];
        if parent != NONE {
            self.walkers.push(parent);
        }
        self.visited.push(rank);
        Some(rank)
    }

    /// The cheapest way under `bound` from some steps to others: its cost and its arcs.
    pub(in crate::road) fn way(
        &mut self,
        (network, skeleton, shortcuts): (&Network, &Skeleton, &Shortcuts),
        from: &[Step],
        to: &[Step],
        bound: u32,
    ) -> Option<(u32, Vec<Arc>)> {
        self.begin(skeleton.parent.len());
        self.set_out::<AHEAD>(skeleton, from.iter().copied());
        self.set_out::<BEHIND>(skeleton, to.iter().copied());
        self.walkers.iter().for_each(|rank| self.by[*rank as usize] = [NONE; 2]);
        let (mut best, mut top) = (bound, NONE);
        while let Some(rank) = self.walk(skeleton) {
            let [ahead, behind] = self.costs[rank as usize];
            if ahead.saturating_add(behind) < best {
                (best, top) = (ahead + behind, rank);
            }
            if ahead < best {
                self.rise_by::<AHEAD>(skeleton, rank, ahead, &shortcuts.up);
            }
            if behind < best {
                self.rise_by::<BEHIND>(skeleton, rank, behind, &shortcuts.down);
            }
        }
        let found = (top != NONE).then(|| (best, self.arcs((network, skeleton, shortcuts), from, to, top)));
        self.end();
        found
    }

    /// What it costs from some steps up to each of their ancestors, told from the lowest up; `costs` are those of all shortcuts in
    /// the direction of the climb.
    pub(super) fn climb(
        &mut self,
        skeleton: &Skeleton,
        costs: &[u32],
        steps: impl Iterator<Item = Step>,
        mut tell: impl FnMut(u32, u32),
    ) {
        self.begin(skeleton.parent.len());
        self.set_out::<AHEAD>(skeleton, steps);
        while let Some(rank) = self.walk(skeleton) {
            let cost = self.costs[rank as usize][AHEAD];
            if cost < NEVER {
                tell(rank, cost);
                self.rise::<AHEAD>(skeleton, rank, cost, costs);
            }
        }
        self.end();
    }

    /// What it costs from some steps to each of some others: up from them once, and for each other only what nobody before it
    /// asked for. `costs` are those of all shortcuts climbing from the steps, and those climbing from the others.
    pub(in crate::road) fn costs_to_each<'a>(
        &mut self,
        skeleton: &Skeleton,
        costs: (&[u32], &[u32]),
        from: &[Step],
        others: impl Iterator<Item = &'a [Step]>,
    ) -> Vec<u32> {
        let (climb, fall) = costs;
        self.begin(skeleton.parent.len());
        self.set_out::<AHEAD>(skeleton, from.iter().copied());
        while let Some(rank) = self.walk(skeleton) {
            let cost = self.costs[rank as usize][AHEAD];
            if cost < NEVER {
                self.rise::<AHEAD>(skeleton, rank, cost, climb);
            }
        }
        let mut found = Vec::with_capacity(others.size_hint().0);
        let mut chain = Vec::new();
        for steps in others {
            let reached = steps.iter().map(|step| {
                self.settle(skeleton, fall, skeleton.rank[step.node as usize], &mut chain).saturating_add(step.cost)
            });
            found.push(reached.min().unwrap_or(NEVER).min(NEVER));
        }
        self.end();
        found
    }

    /// What it costs to a rank from where the climb began: over it and its ancestors, each of them looked at once. the cost behind says
    /// that it was: it holds the cost, never [`NEVER`].
    fn settle(&mut self, skeleton: &Skeleton, fall: &[u32], rank: u32, chain: &mut Vec<u32>) -> u32 {
        const NOWHERE: u32 = NEVER - 1;
        chain.clear();
        let mut at = rank;
        while at != NONE && self.costs[at as usize][BEHIND] == NEVER {
            chain.push(at);
            let first = skeleton.first_up[at as usize] as usize;
            skeleton.high.get(first).into_iter().for_each(hint);
            fall.get(first).into_iter().for_each(hint);
            at = skeleton.parent[at as usize];
        }
        while let Some(at) = chain.pop() {
            let ups = skeleton.ups(at);
            let over = skeleton.high[ups.clone()].iter().zip(&fall[ups]);
            let ahead = self.costs[at as usize][AHEAD];
            let least = over.fold(ahead, |least, (high, down)| least.min(self.costs[*high as usize][BEHIND] + down));
            self.costs[at as usize][BEHIND] = least.min(NOWHERE);
            self.visited.push(at);
        }
        let cost = self.costs[rank as usize][BEHIND];
        if cost == NOWHERE { NEVER } else { cost }
    }

    /// The arcs of the way over `top`, with those of the steps at both ends.
    fn arcs(
        &self,
        (network, skeleton, shortcuts): (&Network, &Skeleton, &Shortcuts),
        from: &[Step],
        to: &[Step],
        top: u32,
    ) -> Vec<Arc> {
        let mut rising = Vec::new();
        let first = self.chain::<AHEAD>(skeleton, top, &mut rising);
        let mut falling = Vec::new();
        let last = self.chain::<BEHIND>(skeleton, top, &mut falling);
        let end = |steps: &[Step], rank: u32, end: usize| {
            let cost = self.costs[rank as usize][end];
            let is_it = |step: &&Step| skeleton.rank[step.node as usize] == rank && step.cost == cost;
            steps.iter().find(is_it).and_then(|step| step.arc)
        };
        let mut arcs: Vec<Arc> = end(from, first, AHEAD).into_iter().collect();
        let mut stack: Vec<(u32, Way)> = falling.iter().rev().map(|shortcut| (*shortcut, Way::Down)).collect();
        stack.extend(rising.iter().map(|shortcut| (*shortcut, Way::Up)));
        unpack((network, skeleton, shortcuts), stack, &mut arcs);
        arcs.extend(end(to, last, BEHIND));
        arcs
    }

    /// The shortcuts from a rank down to where the sweep from an end began, and the rank there.
    fn chain<const END: usize>(&self, skeleton: &Skeleton, top: u32, shortcuts: &mut Vec<u32>) -> u32 {
        let mut rank = top;
        while self.by[rank as usize][END] != NONE {
            shortcuts.push(self.by[rank as usize][END]);
            rank = skeleton.low[self.by[rank as usize][END] as usize];
        }
        rank
    }
}

/// Up or down a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// The arcs of the links that shortcuts on a stack stand for, the last of the stack first.
fn unpack(
    (network, skeleton, shortcuts): (&Network, &Skeleton, &Shortcuts),
    mut stack: Vec<(u32, Way)>,
    arcs: &mut Vec<Arc>,
) {
    while let Some((shortcut, way)) = stack.pop() {
        let index = shortcut as usize;
        let cost = if way == Way::Up { shortcuts.up[index] } else { shortcuts.down[index] };
        let is_it =
            |link: &&u32| (**link & DOWN == 0) == (way == Way::Up) && shortcuts.cost[(**link & !DOWN) as usize] == cost;
        if let Some(link) = skeleton.links(index).iter().find(is_it) {
            arcs.push(network.links.arc[(link & !DOWN) as usize]);
            continue;
        }
        let (low, high) = (skeleton.downs(skeleton.low[index]), skeleton.downs(skeleton.high[index]));
        in_both(low, high, |a, b| {
            let (first, second) = if way == Way::Up {
                ((a, Way::Down, shortcuts.down[a]), (b, Way::Up, shortcuts.up[b]))
            } else {
                ((b, Way::Down, shortcuts.down[b]), (a, Way::Up, shortcuts.up[a]))
            };
            let is_other = first.2 + second.2 != cost;
            if !is_other {
                stack.push((second.0 as u32, second.1));
                stack.push((first.0 as u32, first.1));
            }
            is_other
        });
    }
}

/// Calls with the numbers of both lists for every node in both, until told to stop (`false`). Lists ascend by node; the
/// first is often far shorter.
pub(super) fn in_both(short: &[(u32, u32)], long: &[(u32, u32)], mut with: impl FnMut(usize, usize) -> bool) {
    let mut rest = long;
    for &(node, number) in short {
        if rest.len() > 8 * short.len() {
            rest = &rest[rest.partition_point(|other| other.0 < node)..];
        } else {
            let skip = rest.iter().position(|other| other.0 >= node).unwrap_or(rest.len());
            rest = &rest[skip..];
        }
        match rest.first() {
            None => return,
            Some(other) if other.0 == node => {
                if !with(number as usize, other.1 as usize) {
                    return;
                }
            }
            Some(_) => {}
        }
    }
}

//! From a node up through its ancestors, and from another: where the sweeps meet is the way, without a heap.

use super::shortcuts::Shortcuts;
use super::skeleton::{DOWN, NONE, Skeleton};
use crate::road::graph::NEVER;
use crate::road::network::{Arc, Network};
use crate::road::stop::Step;

/// The memory of sweeps: costs by rank, all [`NEVER`] between one question and the next.
#[derive(Debug, Default)]
pub struct Sweep {
    ahead: Vec<u32>,
    behind: Vec<u32>,
    /// The shortcut by which each rank was reached.
    by_ahead: Vec<u32>,
    by_behind: Vec<u32>,
    walkers: Vec<u32>,
    visited: Vec<u32>,
}

impl Sweep {
    fn begin(&mut self, ranks: usize) {
        if self.ahead.len() < ranks {
            self.ahead = vec![NEVER; ranks];
            self.behind = vec![NEVER; ranks];
            self.by_ahead = vec![NONE; ranks];
            self.by_behind = vec![NONE; ranks];
        }
        self.walkers.clear();
        self.visited.clear();
    }

    fn end(&mut self) {
        for rank in &self.visited {
            self.ahead[*rank as usize] = NEVER;
            self.behind[*rank as usize] = NEVER;
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
        for (steps, costs) in [(from, &mut self.ahead), (to, &mut self.behind)] {
            for step in steps {
                let rank = skeleton.rank[step.node as usize];
                costs[rank as usize] = costs[rank as usize].min(step.cost);
                self.walkers.push(rank);
            }
        }
        let seeds = self.walkers.clone();
        seeds.iter().for_each(|rank| {
            self.by_ahead[*rank as usize] = NONE;
            self.by_behind[*rank as usize] = NONE;
        });
        let (mut best, mut top) = (bound, NONE);
        while let Some(rank) = self.walk(skeleton) {
            let (ahead, behind) = (self.ahead[rank as usize], self.behind[rank as usize]);
            if ahead.saturating_add(behind) < best {
                (best, top) = (ahead + behind, rank);
            }
            let ups = skeleton.ups(rank);
            if ahead < best {
                let highs = skeleton.high[ups.clone()].iter().zip(&shortcuts.up[ups.clone()]);
                relax(highs, ups.start, ahead, &mut self.ahead, &mut self.by_ahead);
            }
            if behind < best {
                let highs = skeleton.high[ups.clone()].iter().zip(&shortcuts.down[ups.clone()]);
                relax(highs, ups.start, behind, &mut self.behind, &mut self.by_behind);
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
        for step in steps {
            let rank = skeleton.rank[step.node as usize];
            self.ahead[rank as usize] = self.ahead[rank as usize].min(step.cost);
            self.walkers.push(rank);
        }
        while let Some(rank) = self.walk(skeleton) {
            let cost = self.ahead[rank as usize];
            if cost < NEVER {
                tell(rank, cost);
                let ups = skeleton.ups(rank);
                for (high, up) in skeleton.high[ups.clone()].iter().zip(&costs[ups]) {
                    let at = &mut self.ahead[*high as usize];
                    *at = (*at).min(cost + up);
                }
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
        for step in from {
            let rank = skeleton.rank[step.node as usize];
            self.ahead[rank as usize] = self.ahead[rank as usize].min(step.cost);
            self.walkers.push(rank);
        }
        while let Some(rank) = self.walk(skeleton) {
            let cost = self.ahead[rank as usize];
            if cost < NEVER {
                let ups = skeleton.ups(rank);
                for (high, up) in skeleton.high[ups.clone()].iter().zip(&climb[ups]) {
                    let at = &mut self.ahead[*high as usize];
                    *at = (*at).min(cost + up);
                }
            }
        }
        let mut found = Vec::new();
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

    /// What it costs to a rank from where the climb began: over it and its ancestors, each of them looked at once. `behind` says
    /// that it was: it holds the cost, never [`NEVER`].
    fn settle(&mut self, skeleton: &Skeleton, fall: &[u32], rank: u32, chain: &mut Vec<u32>) -> u32 {
        const NOWHERE: u32 = NEVER - 1;
        chain.clear();
        let mut at = rank;
        while at != NONE && self.behind[at as usize] == NEVER {
            chain.push(at);
            at = skeleton.parent[at as usize];
        }
        while let Some(at) = chain.pop() {
            let ups = skeleton.ups(at);
            let over = skeleton.high[ups.clone()].iter().zip(&fall[ups]);
            let least =
                over.fold(self.ahead[at as usize], |least, (high, down)| least.min(self.behind[*high as usize] + down));
            self.behind[at as usize] = least.min(NOWHERE);
            self.visited.push(at);
        }
        let cost = self.behind[rank as usize];
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
        let first = chain(&self.by_ahead, skeleton, top, &mut rising);
        let mut falling = Vec::new();
        let last = chain(&self.by_behind, skeleton, top, &mut falling);
        let end = |steps: &[Step], rank: u32, costs: &[u32]| {
            let is_it = |step: &&Step| skeleton.rank[step.node as usize] == rank && step.cost == costs[rank as usize];
            steps.iter().find(is_it).and_then(|step| step.arc)
        };
        let mut arcs: Vec<Arc> = end(from, first, &self.ahead).into_iter().collect();
        let mut stack: Vec<(u32, Way)> = falling.iter().rev().map(|shortcut| (*shortcut, Way::Down)).collect();
        stack.extend(rising.iter().map(|shortcut| (*shortcut, Way::Up)));
        unpack((network, skeleton, shortcuts), stack, &mut arcs);
        arcs.extend(end(to, last, &self.behind));
        arcs
    }
}

/// Up or down a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

fn relax<'a>(
    highs: impl Iterator<Item = (&'a u32, &'a u32)>,
    first: usize,
    cost: u32,
    costs: &mut [u32],
    by: &mut [u32],
) {
    for (shortcut, (high, over)) in (first as u32..).zip(highs) {
        let at = &mut costs[*high as usize];
        if cost + over < *at {
            *at = cost + over;
            by[*high as usize] = shortcut;
        }
    }
}

/// The shortcuts from a rank down to where the sweep began, and the rank there.
fn chain(by: &[u32], skeleton: &Skeleton, top: u32, shortcuts: &mut Vec<u32>) -> u32 {
    let mut rank = top;
    while by[rank as usize] != NONE {
        shortcuts.push(by[rank as usize]);
        rank = skeleton.low[by[rank as usize] as usize];
    }
    rank
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

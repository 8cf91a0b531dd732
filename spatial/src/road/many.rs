//! Questions about many places at once: costs from one to many, tables, the nearest of many, what can be reached in a time.

use super::graph::NEVER;
use super::hierarchy::{Buckets, Selection};
use super::network::{Arc, EdgeId};
use super::search::Go;
use super::stop::{Step, Stop};
use super::view::{Scratch, View};
use crate::units::UnixMs;

/// So many nodes, and so many more for each place, the nearest are sought among before the fast layer is asked for all of them: near
/// ones are found sooner by a search, and few in a large network are not. A node costs a search 0.1 us; a place costs a sweep
/// 0.5 us in a city and 15 us in a network of 44 cities (`bench roads`, the rows of 1 x 500).
const NEAR_NODES: usize = 500;
const NEAR_NODES_PER_PLACE: usize = 5;

/// Places that are asked about again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub(super) stops: Vec<Stop>,
    /// The steps by which they are left and come to, sorted by node, with the place's index.
    out: Vec<(Step, u32)>,
    back: Vec<(Step, u32)>,
    /// Nodes at which one of them begins, a bit for each; the same for ends.
    is_out: Vec<u64>,
    is_back: Vec<u64>,
    /// Their grounds, sorted, each with the index of who stands on it.
    by_ground: Vec<(Ground, u32)>,
}

/// What a stop stands on: who stands on another has no way to it along that alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ground {
    Edge(EdgeId),
    /// The first node that one comes to, if there is one.
    Junction(Option<u32>),
}

impl Ground {
    fn of(stop: &Stop) -> Ground {
        match stop.snap {
            Some(snap) => Ground::Edge(snap.edge),
            None => Ground::Junction(stop.out.first().map(|step| step.node)),
        }
    }
}

/// One of the nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// What it costs from it.
    pub cost: u32,
    /// Its index.
    pub index: u32,
}

/// A part of an arc that is reached in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The arc.
    pub arc: Arc,
    /// When its tail is reached.
    pub cost: u32,
    /// How much of it is reached, in thousandths.
    pub part: u16,
}

impl Prepared {
    /// Prepares stops.
    pub fn new(stops: Vec<Stop>, nodes: usize) -> Prepared {
        let steps = |of: fn(&Stop) -> &[Step]| {
            let mut steps: Vec<(Step, u32)> =
                stops.iter().zip(0..).flat_map(|(stop, i)| of(stop).iter().map(move |step| (*step, i))).collect();
            steps.sort_unstable_by_key(|(step, index)| (step.node, *index));
            let mut bits = vec![0_u64; nodes.div_ceil(64)];
            steps.iter().for_each(|(step, _)| bits[step.node as usize / 64] |= 1 << (step.node % 64));
            (steps, bits)
        };
        let (out, is_out) = steps(|stop| &stop.out);
        let (back, is_back) = steps(|stop| &stop.back);
        let mut by_ground: Vec<(Ground, u32)> = stops.iter().map(Ground::of).zip(0..).collect();
        by_ground.sort_unstable();
        Prepared { stops, out, back, is_out, is_back, by_ground }
    }

    /// The stops, as they were given.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.stops.len()
    }

    /// The stops that a way straight along one road, or none at all, may lead to or from: on the same edge or junction.
    fn sharing(&self, stop: &Stop) -> Vec<usize> {
        let ground = Ground::of(stop);
        let from = self.by_ground.partition_point(|of| of.0 < ground);
        let on_it = self.by_ground[from..].iter().take_while(|of| of.0 == ground).map(|of| of.1 as usize);
        on_it.filter(|index| stop.snap.is_some() || self.stops[*index].out == stop.out).collect()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
    }

    fn at<'a>(steps: &'a [(Step, u32)], bits: &[u64], node: u32) -> &'a [(Step, u32)] {
        if bits[node as usize / 64] >> (node % 64) & 1 == 0 {
            return &[];
        }
        let from = steps.partition_point(|(step, _)| step.node < node);
        let count = steps[from..].iter().take_while(|(step, _)| step.node == node).count();
        &steps[from..from + count]
    }
}

impl View<'_> {
    /// What it costs from one stop to each of many; [`NEVER`] where there is no way.
    pub fn one_to_many(&self, scratch: &mut Scratch, from: &Stop, to: &Prepared, depart: UnixMs) -> Vec<u32> {
        let (Some(fast), Some(steady_for)) = (self.fast(), self.steady_for(depart)) else {
            return self.searched(scratch, from, to, depart);
        };
        let costs = (fast.shortcuts.up.as_slice(), fast.shortcuts.down.as_slice());
        let backs = to.stops.iter().map(|stop| stop.back.as_slice());
        let mut found = scratch.sweep.costs_to_each(fast.skeleton, costs, &from.out, backs);
        for index in to.sharing(from) {
            found[index] = found[index].min(self.straight(from, &to.stops[index], depart));
        }
        if found.iter().all(|cost| self.is_right(*cost, steady_for)) {
            return found;
        }
        self.searched(scratch, from, to, depart)
    }

    /// The same by the exact layer.
    fn searched(&self, scratch: &mut Scratch, from: &Stop, to: &Prepared, depart: UnixMs) -> Vec<u32> {
        let mut costs: Vec<u32> = to.stops.iter().map(|stop| self.straight(from, stop, depart)).collect();
        let mut pending: u32 = to.is_back.iter().map(|word| word.count_ones()).sum();
        if pending == 0 {
            return costs;
        }
        let overlay = self.overlay();
        let tell = |node: u32, cost: u32| {
            let steps = Prepared::at(&to.back, &to.is_back, node);
            for (step, index) in steps {
                if cost + step.cost < costs[*index as usize] && !self.is_step_closed(*step, cost, depart) {
                    costs[*index as usize] = cost + step.cost;
                }
            }
            pending -= u32::from(!steps.is_empty());
            if pending == 0 { Go::Stop } else { Go::On }
        };
        scratch.ahead.begin(self.network.node_count(), self.first_steps(from, depart));
        if overlay.is_untimed() {
            scratch.ahead.run(self.graph.forward(), overlay.closed(), tell);
        } else {
            scratch.ahead.run_timed(
                self.graph.forward(),
                |edge, cost, spent| self.is_closed(edge, depart, cost, spent),
                tell,
            );
        }
        costs
    }

    /// What it costs from each to each, row by row.
    pub fn table(&self, scratch: &mut Scratch, from: &[Stop], to: &Prepared, depart: UnixMs) -> Vec<u32> {
        match self.selection(to) {
            Some(selection) => self.table_of(scratch, from, to, &selection, depart),
            None => from.iter().flat_map(|stop| self.searched(scratch, stop, to, depart)).collect(),
        }
    }

    /// The places as the fast layer wants them for as long as its closures hold; `None` while the exact layer answers.
    pub fn selection(&self, places: &Prepared) -> Option<Selection> {
        self.fast().map(|fast| Selection::new(fast.skeleton, fast.shortcuts, places))
    }

    /// The table from each of some stops to the places of a selection that was made from them in this moment.
    pub fn table_of(
        &self,
        scratch: &mut Scratch,
        from: &[Stop],
        to: &Prepared,
        selection: &Selection,
        depart: UnixMs,
    ) -> Vec<u32> {
        let (Some(fast), Some(steady_for)) = (self.fast(), self.steady_for(depart)) else {
            return from.iter().flat_map(|stop| self.searched(scratch, stop, to, depart)).collect();
        };
        let Scratch { sweep, lanes, .. } = scratch;
        let mut table = selection.table((fast.skeleton, fast.shortcuts), (sweep, lanes), from);
        for (stop, row) in from.iter().zip(table.chunks_mut(to.len().max(1))) {
            for index in to.sharing(stop) {
                row[index] = row[index].min(self.straight(stop, &to.stops[index], depart));
            }
            if !row.iter().all(|cost| self.is_right(*cost, steady_for)) {
                row.copy_from_slice(&self.searched(scratch, stop, to, depart));
            }
        }
        table
    }

    /// The `count` places from which it costs least to get to a stop, nearest first, by index where costs are equal; fewer
    /// where fewer can get there.
    pub fn nearest(&self, scratch: &mut Scratch, of: &Prepared, to: &Stop, count: usize, depart: UnixMs) -> Vec<Near> {
        let mut costs: Vec<Near> = Vec::with_capacity(count + 1);
        if count == 0 {
            return costs;
        }
        let Some(steady_for) = self.steady_for(depart) else {
            return self.nearest_timed(scratch, of, to, count, depart);
        };
        for index in of.sharing(to) {
            let cost = self.straight(&of.stops[index], to, depart);
            keep(&mut costs, count, Near { cost, index: index as u32 });
        }
        let fast = self.fast();
        let mut left = NEAR_NODES + NEAR_NODES_PER_PLACE * of.len();
        scratch.behind.begin(self.network.node_count(), to.back.iter().copied());
        scratch.behind.run(self.graph.backward(), self.overlay().at_present(), |node, cost| {
            if costs.len() == count && cost > costs[count - 1].cost {
                return Go::Stop;
            }
            left = left.saturating_sub(1);
            if left == 0 && fast.is_some() {
                return Go::Stop;
            }
            for (step, index) in Prepared::at(&of.out, &of.is_out, node) {
                keep(&mut costs, count, Near { cost: cost + step.cost, index: *index });
            }
            Go::On
        });
        if let Some(fast) = fast.filter(|_| left == 0) {
            let climb_and_fall = (fast.shortcuts.down.as_slice(), fast.shortcuts.up.as_slice());
            let outs = of.stops.iter().map(|stop| stop.out.as_slice());
            let all = scratch.sweep.costs_to_each(fast.skeleton, climb_and_fall, &to.back, outs);
            costs = self.least(all, (of, to), count, depart);
        }
        if self.are_right(&costs, count, steady_for) {
            return costs;
        }
        self.nearest_timed(scratch, of, to, count, depart)
    }

    /// The `count` least of what it costs from each place, once the way straight along one road is looked at too.
    fn least(&self, mut costs: Vec<u32>, (of, to): (&Prepared, &Stop), count: usize, depart: UnixMs) -> Vec<Near> {
        for index in of.sharing(to) {
            costs[index] = costs[index].min(self.straight(&of.stops[index], to, depart));
        }
        let all = costs.into_iter().zip(0..).map(|(cost, index)| Near { cost, index });
        let mut near: Vec<Near> = all.filter(|near| near.cost < NEVER).collect();
        if count < near.len() {
            near.select_nth_unstable(count);
            near.truncate(count);
        }
        near.sort_unstable();
        near
    }

    /// Whether the nearest are so when the closures stay as they are for a cost. Fewer than were asked for are all that can get
    /// there.
    fn are_right(&self, near: &[Near], count: usize, steady_for: u32) -> bool {
        let farthest = if near.len() < count { NEVER } else { near.last().map_or(0, |near| near.cost) };
        self.is_right(farthest, steady_for) && near.iter().all(|near| self.is_right(near.cost, steady_for))
    }

    /// The same when some edges are closed for a time: what it would cost without these is the least that it can cost, so
    /// places are asked one by one in that order until no other can be nearer.
    fn nearest_timed(
        &self,
        scratch: &mut Scratch,
        of: &Prepared,
        to: &Stop,
        count: usize,
        depart: UnixMs,
    ) -> Vec<Near> {
        let mut least = vec![NEVER; of.len()];
        of.sharing(to).into_iter().for_each(|index| least[index] = 0);
        scratch.behind.begin(self.network.node_count(), to.back.iter().copied());
        scratch.behind.run(self.graph.backward(), self.overlay().closed(), |node, cost| {
            for (step, index) in Prepared::at(&of.out, &of.is_out, node) {
                let least = &mut least[*index as usize];
                *least = (*least).min(cost + step.cost);
            }
            Go::On
        });
        let mut order: Vec<Near> = least.into_iter().zip(0..).map(|(cost, index)| Near { cost, index }).collect();
        order.retain(|near| near.cost < NEVER);
        order.sort_unstable();
        let single = Prepared::new(vec![to.clone()], self.network.node_count());
        let mut costs: Vec<Near> = Vec::with_capacity(count + 1);
        for candidate in order {
            if costs.len() == count && candidate.cost > costs[count - 1].cost {
                break;
            }
            let cost = self.searched(scratch, &of.stops[candidate.index as usize], &single, depart)[0];
            keep(&mut costs, count, Near { cost, ..candidate });
        }
        costs
    }

    /// Places so that the nearest of them are soon found by [`View::nearest_in`]; `None` while the exact layer answers.
    pub fn buckets(&self, scratch: &mut Scratch, of: &Prepared) -> Option<Buckets> {
        self.fast().map(|fast| Buckets::new(fast.skeleton, fast.shortcuts, &mut scratch.sweep, of))
    }

    /// What [`View::nearest`] says, from places that were put into buckets in this moment; `None` where that has to be asked: the
    /// closures change on the way, or more are wanted than the buckets hold.
    pub fn nearest_in(
        &self,
        scratch: &mut Scratch,
        (of, buckets): (&Prepared, &Buckets),
        to: &Stop,
        count: usize,
        depart: UnixMs,
    ) -> Option<Vec<Near>> {
        let (fast, steady_for) = (self.fast()?, self.steady_for(depart)?);
        if !buckets.answer_for(fast.shortcuts, count) {
            return None;
        }
        let mut near: Vec<Near> = Vec::with_capacity(count + 1);
        if count == 0 {
            return Some(near);
        }
        for index in of.sharing(to) {
            let cost = self.straight(&of.stops[index], to, depart);
            keep(&mut near, count, Near { cost, index: index as u32 });
        }
        let layer = (fast.skeleton, fast.shortcuts);
        buckets.near(layer, &mut scratch.sweep, &to.back, |index, cost| {
            keep(&mut near, count, Near { cost, index });
            if near.len() == count { near[count - 1].cost } else { NEVER }
        });
        self.are_right(&near, count, steady_for).then_some(near)
    }

    /// What is reached from any of some stops within a budget, each arc once, in the order of their numbers.
    pub fn reach(&self, scratch: &mut Scratch, from: &[Stop], budget: u32, depart: UnixMs) -> Vec<Reached> {
        let overlay = self.overlay();
        let mut reached = Vec::new();
        let star = self.graph.forward();
        let mut tell = |node: u32, cost: u32| {
            if cost > budget {
                return Go::Stop;
            }
            for link in star.at(node) {
                if !self.is_closed(link.arc.edge(), depart, cost, link.cost) {
                    let left = u64::from(budget - cost) * 1_000;
                    let part = (left / u64::from(link.cost)).min(1_000) as u16;
                    reached.push(Reached { arc: link.arc, cost, part });
                }
            }
            Go::On
        };
        scratch.ahead.begin(self.network.node_count(), from.iter().flat_map(|stop| self.first_steps(stop, depart)));
        if self.steady_for(depart).is_some_and(|steady_for| budget <= steady_for) {
            scratch.ahead.run(star, overlay.at_present(), &mut tell);
        } else {
            scratch.ahead.run_timed(star, |edge, cost, spent| self.is_closed(edge, depart, cost, spent), &mut tell);
        }
        // Copies of a junction reach the same arcs again: the first time counts.
        reached.sort_unstable_by_key(|r| (r.arc, r.cost));
        reached.dedup_by_key(|r| r.arc);
        reached
    }

    /// What it costs straight along the edge that both stops are on; [`NEVER`] where that cannot be.
    fn straight(&self, from: &Stop, to: &Stop, depart: UnixMs) -> u32 {
        let is_open = |cost: u32, arc: Arc| !self.is_closed(arc.edge(), depart, 0, cost.max(1));
        if from.snap.is_none() && from.out == to.out {
            return 0;
        }
        let straight = from.straight_to(self.network, self.graph, to);
        straight.filter(|(cost, arc)| is_open(*cost, *arc)).map_or(NEVER, |(cost, _)| cost)
    }
}

/// Keeps the `count` least, each index once.
fn keep(kept: &mut Vec<Near>, count: usize, near: Near) {
    if near.cost >= NEVER {
        return;
    }
    if let Some(known) = kept.iter().position(|k| k.index == near.index) {
        if kept[known].cost <= near.cost {
            return;
        }
        kept.remove(known);
    }
    let at = kept.partition_point(|k| *k < near);
    kept.insert(at, near);
    kept.truncate(count);
}

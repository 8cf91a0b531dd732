//! After closures changed: only what changes is done again, from the lowest node up.
//!
//! A shortcut that becomes cheaper is told to those above it at once; one that becomes dearer makes those above it, whose cost
//! came from it, be made anew from all that is below them.

use super::shortcuts::Shortcuts;
use super::skeleton::{DOWN, NONE, Skeleton};
use crate::road::closure::Closures;
use crate::road::graph::NEVER;
use crate::road::network::EdgeId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// A shortcut that is looked at: what it cost before, and whether it has to be made anew.
#[derive(Clone, Copy)]
struct Touched {
    up: u32,
    down: u32,
    anew: Anew,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Anew {
    Yes,
    No,
}

/// Shortcuts that are looked at, by number: which is also the order of their lower ends.
#[derive(Default)]
struct Work {
    touched: BTreeMap<u32, Touched>,
    lows: BinaryHeap<Reverse<u32>>,
}

impl Shortcuts {
    /// Obeys these closures. Costs what changed since: milliseconds for some hundred edges of a city.
    pub fn follow(&mut self, skeleton: &Skeleton, closures: &Closures) {
        let closed = closures.overlay(self.profile).at_present();
        let changed = self.closed.difference(closed);
        let mut work = Work::default();
        for edge in changed {
            self.change(skeleton, edge, closed.has(edge), &mut work);
        }
        self.closed = closed.clone();
        self.epoch = closures.epoch();
        while let Some(Reverse(low)) = work.lows.pop() {
            while work.lows.peek() == Some(&Reverse(low)) {
                work.lows.pop();
            }
            self.settle(skeleton, low, &mut work);
        }
    }

    fn change(&mut self, skeleton: &Skeleton, edge: EdgeId, is_closed: bool, work: &mut Work) {
        for &(link, shortcut) in skeleton.links_of(edge) {
            let open = self.open_cost[link as usize];
            self.cost[link as usize] = if is_closed { NEVER } else { open };
            if open >= NEVER || shortcut == NONE {
                continue;
            }
            let index = shortcut as usize;
            let rises = |cost: u32| is_closed && cost == open;
            if !is_closed {
                let touched = self.touch(skeleton, shortcut, work);
                if touched.anew == Anew::No {
                    let is_down = skeleton.links(index).contains(&(link | DOWN));
                    let cost = if is_down { &mut self.down[index] } else { &mut self.up[index] };
                    *cost = (*cost).min(open);
                }
            } else if rises(self.up[index]) || rises(self.down[index]) {
                self.touch(skeleton, shortcut, work).anew = Anew::Yes;
            }
        }
    }

    fn touch<'a>(&self, skeleton: &Skeleton, shortcut: u32, work: &'a mut Work) -> &'a mut Touched {
        work.touched.entry(shortcut).or_insert_with(|| {
            work.lows.push(Reverse(skeleton.low[shortcut as usize]));
            Touched { up: self.up[shortcut as usize], down: self.down[shortcut as usize], anew: Anew::No }
        })
    }

    /// Settles the shortcuts upwards from a node: nothing below them changes any more.
    fn settle(&mut self, skeleton: &Skeleton, low: u32, work: &mut Work) {
        let ups = skeleton.ups(low);
        let mut before: Vec<Option<(u32, u32)>> = vec![None; ups.len()];
        let of_low: Vec<(u32, Touched)> = work
            .touched
            .range(ups.start as u32..ups.end as u32)
            .map(|(shortcut, touched)| (*shortcut, *touched))
            .collect();
        for (shortcut, touched) in of_low {
            work.touched.remove(&shortcut);
            let index = shortcut as usize;
            if touched.anew == Anew::Yes {
                (self.up[index], self.down[index]) = self.made_anew(skeleton, index);
            }
            if (self.up[index], self.down[index]) != (touched.up, touched.down) {
                before[index - ups.start] = Some((touched.up, touched.down));
            }
        }
        for first in 0..ups.len() {
            let middle = skeleton.high[ups.start + first];
            let mut over = skeleton.ups(middle).start;
            for second in first + 1..ups.len() {
                if before[first].is_none() && before[second].is_none() {
                    continue;
                }
                let high = skeleton.high[ups.start + second];
                while skeleton.high[over] != high {
                    over += 1;
                }
                let now = |at: usize| (self.up[ups.start + at], self.down[ups.start + at]);
                let (a, b) = (now(first), now(second));
                let (was_a, was_b) = (before[first].unwrap_or(a), before[second].unwrap_or(b));
                let was = (was_a.1 + was_b.0, was_b.1 + was_a.0);
                let is = (a.1 + b.0, b.1 + a.0);
                self.tell(skeleton, over, was, is, work);
            }
        }
    }

    /// Tells a shortcut what one of its lower triangles cost and costs, upwards and downwards.
    fn tell(&mut self, skeleton: &Skeleton, shortcut: usize, was: (u32, u32), is: (u32, u32), work: &mut Work) {
        let number = shortcut as u32;
        if is.0 < self.up[shortcut] || is.1 < self.down[shortcut] {
            self.touch(skeleton, number, work);
            self.up[shortcut] = self.up[shortcut].min(is.0);
            self.down[shortcut] = self.down[shortcut].min(is.1);
        }
        // Only what it cost before anything changed can have come from what the triangle cost then.
        let known = work.touched.get(&number).map_or((self.up[shortcut], self.down[shortcut]), |t| (t.up, t.down));
        let came_from_it = |was: u32, is: u32, known: u32| is > was && was < NEVER && known == was;
        if came_from_it(was.0, is.0, known.0) || came_from_it(was.1, is.1, known.1) {
            self.touch(skeleton, number, work).anew = Anew::Yes;
        }
    }

    /// What a shortcut costs by its links and all its lower triangles.
    fn made_anew(&self, skeleton: &Skeleton, shortcut: usize) -> (u32, u32) {
        let (mut up, mut down) = self.of_links(skeleton, shortcut);
        let (low, high) = (skeleton.downs(skeleton.low[shortcut]), skeleton.downs(skeleton.high[shortcut]));
        super::sweep::in_both(low, high, |a, b| {
            up = up.min(self.down[a] + self.up[b]);
            down = down.min(self.down[b] + self.up[a]);
            true
        });
        (up, down)
    }
}

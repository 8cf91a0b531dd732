//! Many places at once: all their ancestors are swept from the top down, for several others side by side.
//!
//! As RPHAST (Delling, Goldberg & Werneck 2011) with the elimination tree in the place of a search.

use super::shortcuts::Shortcuts;
use super::skeleton::{NONE, Skeleton};
use super::sweep::Sweep;
use crate::road::graph::NEVER;
use crate::road::many::Prepared;
use crate::road::stop::{Step, Stop};

/// How many are swept side by side.
const LANES: usize = 16;
/// What no way costs in a lane: two of them fit into a lane. A way that costs more than this is none in a table (12 days).
const LANE_NEVER: i32 = (1 << 30) - 1;

/// Places with all their ancestors and what leads down to them, under one epoch of closures.
#[derive(Clone, Debug)]
pub struct Selection {
    count: usize,
    ranks: Ranks,
    /// Where each place's shortcuts to higher places begin, and for each the higher place and what it costs.
    first: Vec<u32>,
    over: Vec<(u32, i32)>,
    /// The places where the stops are: place, cost, index of the stop.
    ends: Vec<(u32, u32, u32)>,
}

/// The memory of tables.
#[derive(Debug, Default)]
pub struct Lanes {
    narrow: Vec<[i32; 1]>,
    wide: Vec<[i32; LANES]>,
}

impl Selection {
    /// Selects what leads to some stops. Costs a tenth of a millisecond for some hundred stops of a city.
    pub fn new(skeleton: &Skeleton, shortcuts: &Shortcuts, stops: &Prepared) -> Selection {
        let mut ranks = Ranks::new(skeleton.parent.len());
        for step in stops.stops.iter().flat_map(|stop| &stop.back) {
            let mut rank = skeleton.rank[step.node as usize];
            while rank != NONE && ranks.add(rank) {
                rank = skeleton.parent[rank as usize];
            }
        }
        ranks.count_up();
        let costs = &shortcuts.down;
        let mut first = Vec::with_capacity(ranks.count as usize + 1);
        let mut over = Vec::new();
        first.push(0);
        ranks.each_from_the_highest(|rank| {
            for shortcut in skeleton.ups(rank) {
                if costs[shortcut] < NEVER {
                    over.push((ranks.place(skeleton.high[shortcut]), lane(costs[shortcut])));
                }
            }
            first.push(over.len() as u32);
        });
        let ends = stops.stops.iter().zip(0_u32..).flat_map(|(stop, index)| {
            let at = |step: &Step| (ranks.place(skeleton.rank[step.node as usize]), step.cost, index);
            stop.back.iter().map(at).collect::<Vec<_>>()
        });
        let ends = ends.collect();
        Selection { count: stops.len(), ranks, first, over, ends }
    }

    /// What it costs from each of some others to each of the stops, row by row for the others; [`NEVER`] where there is no
    /// way. Stops on one road and the way straight along it are not looked at.
    pub(in crate::road) fn table(
        &self,
        (skeleton, shortcuts): (&Skeleton, &Shortcuts),
        (sweep, lanes): (&mut Sweep, &mut Lanes),
        others: &[Stop],
    ) -> Vec<u32> {
        let mut table = vec![NEVER; others.len() * self.count];
        let mut chunks = others.chunks(LANES).zip(table.chunks_mut(LANES * self.count.max(1)));
        for (others, rows) in &mut chunks {
            if others.len() == 1 {
                self.rows(skeleton, shortcuts, sweep, &mut lanes.narrow, others, rows);
            } else {
                self.rows(skeleton, shortcuts, sweep, &mut lanes.wide, others, rows);
            }
        }
        table
    }

    fn rows<const L: usize>(
        &self,
        skeleton: &Skeleton,
        shortcuts: &Shortcuts,
        sweep: &mut Sweep,
        costs: &mut Vec<[i32; L]>,
        others: &[Stop],
        rows: &mut [u32],
    ) {
        costs.clear();
        costs.resize(self.first.len() - 1, [LANE_NEVER; L]);
        for (lane_of, other) in others.iter().enumerate() {
            sweep.climb(skeleton, &shortcuts.up, other.out.iter().copied(), |rank, cost| {
                if self.ranks.has(rank) {
                    costs[self.ranks.place(rank) as usize][lane_of] = lane(cost);
                }
            });
        }
        for at in 0..costs.len() {
            let (higher, lower) = costs.split_at_mut(at);
            let mut least = lower[0];
            for &(place, cost) in &self.over[self.first[at] as usize..self.first[at + 1] as usize] {
                let from = &higher[place as usize];
                for l in 0..L {
                    least[l] = least[l].min(from[l] + cost);
                }
            }
            // Two lanes' worth of cost fit into one, three do not.
            least.iter_mut().for_each(|l| *l = (*l).min(LANE_NEVER));
            lower[0] = least;
        }
        for &(place, cost, index) in &self.ends {
            for (lane_of, row) in rows.chunks_mut(self.count).enumerate() {
                let reached = costs[place as usize][lane_of];
                if reached < LANE_NEVER {
                    let at = &mut row[index as usize];
                    *at = (*at).min(reached as u32 + cost);
                }
            }
        }
    }
}

/// A set of ranks, a bit for each, that knows how many lie above each of them.
#[derive(Clone, Debug)]
pub(super) struct Ranks {
    bits: Vec<u64>,
    /// How many lie below each word.
    below: Vec<u32>,
    count: u32,
}

impl Ranks {
    pub fn new(ranks: usize) -> Ranks {
        Ranks { bits: vec![0; ranks.div_ceil(64)], below: Vec::new(), count: 0 }
    }

    /// Adds a rank; says whether it is new.
    pub fn add(&mut self, rank: u32) -> bool {
        let (word, bit) = (&mut self.bits[rank as usize / 64], 1 << (rank % 64));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// To be called once all are added.
    pub fn count_up(&mut self) {
        self.below = Vec::with_capacity(self.bits.len());
        for word in &self.bits {
            self.below.push(self.count);
            self.count += word.count_ones();
        }
    }

    pub fn has(&self, rank: u32) -> bool {
        self.bits[rank as usize / 64] >> (rank % 64) & 1 == 1
    }

    /// The place of a rank of the set in the order of the sweep, from the highest down.
    pub fn place(&self, rank: u32) -> u32 {
        let word = rank as usize / 64;
        let lower = self.bits[word] & ((1 << (rank % 64)) - 1);
        self.count - 1 - (self.below[word] + lower.count_ones())
    }

    fn each_from_the_highest(&self, mut with: impl FnMut(u32)) {
        for (word, bits) in self.bits.iter().enumerate().rev() {
            let mut left = *bits;
            while left != 0 {
                let bit = 63 - left.leading_zeros();
                with(word as u32 * 64 + bit);
                left ^= 1 << bit;
            }
        }
    }
}

fn lane(cost: u32) -> i32 {
    cost.min(LANE_NEVER as u32) as i32
}

//! The nearest of some places: over each of their ancestors those that come up to it soonest are kept, and who asks looks at their
//! own ancestors alone.
//!
//! As buckets of bounded size in a customizable hierarchy (Delling & Werneck 2015, points of interest).

use super::shortcuts::Shortcuts;
use super::skeleton::Skeleton;
use super::sweep::Sweep;
use super::table::Ranks;
use crate::road::closure::ClosureEpoch;
use crate::road::graph::{Metric, NEVER};
use crate::road::many::Prepared;
use crate::road::profile::ProfileId;
use crate::road::stop::Step;

/// How many of the nearest are found: of no ancestor more are kept.
const DEPTH: usize = 16;

/// Places by the ranks that they come over, under one epoch of closures.
#[derive(Clone, Debug)]
pub struct Buckets {
    profile: ProfileId,
    metric: Metric,
    epoch: ClosureEpoch,
    ranks: Ranks,
    /// Where the entries of each of these begin, in the order of [`Ranks::place`].
    first: Vec<u32>,
    /// What it costs up to the rank, and which place: least first.
    entries: Vec<(u32, u32)>,
}

impl Buckets {
    /// Puts places over their ancestors. Costs some ten microseconds for each place in a city.
    pub(in crate::road) fn new(
        skeleton: &Skeleton,
        shortcuts: &Shortcuts,
        sweep: &mut Sweep,
        places: &Prepared,
    ) -> Buckets {
        let mut all: Vec<(u32, u32, u32)> = Vec::new();
        for (stop, index) in places.stops.iter().zip(0..) {
            sweep.climb(skeleton, &shortcuts.up, stop.out.iter().copied(), |rank, cost| all.push((rank, cost, index)));
        }
        // From the highest rank down, as they have their places; in each the least first.
        all.sort_unstable_by_key(|(rank, cost, index)| (u32::MAX - rank, *cost, *index));
        let mut ranks = Ranks::new(skeleton.parent.len());
        let (mut first, mut entries): (Vec<u32>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
        for of_rank in all.chunk_by(|a, b| a.0 == b.0) {
            ranks.add(of_rank[0].0);
            first.push(entries.len() as u32);
            entries.extend(of_rank.iter().take(DEPTH).map(|(_, cost, index)| (*cost, *index)));
        }
        first.push(entries.len() as u32);
        ranks.count_up();
        let (profile, metric, epoch) = (shortcuts.profile, shortcuts.metric, shortcuts.epoch);
        Buckets { profile, metric, epoch, ranks, first, entries }
    }

    /// Whether they hold under these shortcuts and as many are found as are asked for.
    pub(in crate::road) fn answer_for(&self, shortcuts: &Shortcuts, count: usize) -> bool {
        let is_same = (self.profile, self.metric, self.epoch) == (shortcuts.profile, shortcuts.metric, shortcuts.epoch);
        is_same && count <= DEPTH
    }

    /// Tells of places and what it costs from each over some ancestor of the steps to where these lead: of the nearest ones what it
    /// costs at least, of some of them more than once. `tell` says what they may cost to be of interest.
    pub(in crate::road) fn near(
        &self,
        (skeleton, shortcuts): (&Skeleton, &Shortcuts),
        sweep: &mut Sweep,
        to: &[Step],
        mut tell: impl FnMut(u32, u32) -> u32,
    ) {
        let mut most = NEVER;
        sweep.climb(skeleton, &shortcuts.down, to.iter().copied(), |rank, cost| {
            if cost > most || !self.ranks.has(rank) {
                return;
            }
            let place = self.ranks.place(rank) as usize;
            for (up, index) in &self.entries[self.first[place] as usize..self.first[place + 1] as usize] {
                if cost + up > most {
                    break;
                }
                most = tell(*index, cost + up);
            }
        });
    }
}

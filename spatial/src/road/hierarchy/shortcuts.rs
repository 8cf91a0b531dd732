//! What the shortcuts cost one profile: the least over the links and lower shortcuts that each stands for.

use super::skeleton::{DOWN, Skeleton};
use crate::road::closure::{ClosureEpoch, Closures, EdgeSet};
use crate::road::graph::{Graph, Metric, NEVER};
use crate::road::network::Network;
use crate::road::profile::ProfileId;

/// The costs of a skeleton's shortcuts for one profile and metric under one epoch of closures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcuts {
    pub(super) profile: ProfileId,
    pub(super) metric: Metric,
    pub(super) epoch: ClosureEpoch,
    /// The closed edges that they obey.
    pub(super) closed: EdgeSet,
    /// What each link costs when nothing is closed; [`NEVER`] where it may not be taken.
    pub(super) open_cost: Vec<u32>,
    /// What each link costs as it is.
    pub(super) cost: Vec<u32>,
    /// What each shortcut costs from its lower end to its higher, and back.
    pub(in crate::road) up: Vec<u32>,
    pub(in crate::road) down: Vec<u32>,
}

impl Shortcuts {
    /// Customizes a skeleton. Costs some ten milliseconds for a city.
    pub fn new(network: &Network, skeleton: &Skeleton, graph: &Graph, closures: &Closures) -> Shortcuts {
        let mode = graph.rules.mode.as_set();
        let links = &network.links;
        let open_cost: Vec<u32> = links
            .arc
            .iter()
            .zip(&links.banned)
            .map(|(arc, banned)| if banned.intersects(mode) { NEVER } else { graph.cost(*arc) })
            .collect();
        let closed = closures.overlay(graph.profile).at_present().clone();
        let cost =
            links.arc.iter().zip(&open_cost).map(|(arc, open)| if closed.has(arc.edge()) { NEVER } else { *open });
        let cost: Vec<u32> = cost.collect();
        let count = skeleton.shortcut_count();
        let mut shortcuts = Shortcuts {
            profile: graph.profile,
            metric: graph.metric,
            epoch: closures.epoch(),
            closed,
            open_cost,
            cost,
            up: vec![NEVER; count],
            down: vec![NEVER; count],
        };
        for shortcut in 0..count {
            (shortcuts.up[shortcut], shortcuts.down[shortcut]) = shortcuts.of_links(skeleton, shortcut);
        }
        shortcuts.customize(skeleton);
        shortcuts
    }

    /// The epoch that they obey.
    pub fn epoch(&self) -> ClosureEpoch {
        self.epoch
    }

    /// Whether they answer for a graph under closures: the same profile and metric, and the same epoch.
    pub fn answer_for(&self, graph: &Graph, closures: &Closures) -> bool {
        self.profile == graph.profile && self.metric == graph.metric && self.epoch == closures.epoch()
    }

    /// The least of the links under a shortcut, upwards and downwards.
    pub(super) fn of_links(&self, skeleton: &Skeleton, shortcut: usize) -> (u32, u32) {
        skeleton.links(shortcut).iter().fold((NEVER, NEVER), |(up, down), link| {
            let cost = self.cost[(link & !DOWN) as usize];
            if link & DOWN == 0 { (up.min(cost), down) } else { (up, down.min(cost)) }
        })
    }

    /// Every shortcut over every lower triangle, from the lowest node up.
    fn customize(&mut self, skeleton: &Skeleton) {
        for low in 0..skeleton.parent.len() as u32 {
            let ups = skeleton.ups(low);
            for first in ups.clone() {
                let (up_first, down_first) = (self.up[first], self.down[first]);
                if up_first >= NEVER && down_first >= NEVER {
                    continue;
                }
                // The higher ends that follow are all among the neighbours of this one.
                let middle = skeleton.high[first];
                let mut over = skeleton.ups(middle).start;
                for second in first + 1..ups.end {
                    let high = skeleton.high[second];
                    while skeleton.high[over] != high {
                        over += 1;
                    }
                    self.up[over] = self.up[over].min(down_first + self.up[second]);
                    self.down[over] = self.down[over].min(self.down[second] + up_first);
                }
            }
        }
    }
}

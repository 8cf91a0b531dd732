//! The shortcuts that an order of contraction calls for, whatever they cost: for each node its neighbours of higher rank.
//!
//! Nodes are numbered by rank here. A shortcut has one number for both its directions: `up` from its lower end to its
//! higher, `down` back. The parent of a node, its lowest higher neighbour, makes a tree in which every shortcut leads to an
//! ancestor.

use crate::road::columns::{Column, ColumnShape, Taken, are_below};
use crate::road::network::{EdgeId, Network, NetworkError};

/// What no node has for a parent.
pub(super) const NONE: u32 = u32::MAX;

/// The skeleton of a network under an order; see the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skeleton {
    /// The rank of each node.
    pub(super) rank: Vec<u32>,
    /// The lowest higher neighbour of each rank.
    pub(super) parent: Vec<u32>,
    /// Where each rank's shortcuts upwards begin; their numbers are their places.
    pub(super) first_up: Vec<u32>,
    /// The higher end of each shortcut, ascending for each lower end.
    pub(super) high: Vec<u32>,
    /// The lower end of each shortcut.
    pub(super) low: Vec<u32>,
    /// Where each rank's shortcuts downwards begin, and for each its lower end and its number, ascending.
    pub(super) first_down: Vec<u32>,
    pub(super) down: Vec<(u32, u32)>,
    /// Where the links under each shortcut begin, and the links: those that lead down with their sign bit set.
    pub(super) first_link: Vec<u32>,
    pub(super) link: Vec<u32>,
    /// Where the links of each edge begin, and for each the shortcut over it; `NONE` for one from a node to itself.
    pub(super) first_of_edge: Vec<u32>,
    pub(super) of_edge: Vec<(u32, u32)>,
}

/// The bit of a link that leads from a higher rank to a lower one.
pub(super) const DOWN: u32 = 1 << 31;

/// An order that is not one of the network's nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order of {given} nodes for a network of {nodes}, or one with a node twice")]
pub struct SkeletonError {
    given: usize,
    nodes: usize,
}

impl Skeleton {
    /// The skeleton of a network under an order of contraction. Costs less than a tenth of a second for a city.
    pub fn new(network: &Network, order: &[u32]) -> Result<Skeleton, SkeletonError> {
        let nodes = network.node_count();
        let mut rank = vec![NONE; nodes];
        let error = SkeletonError { given: order.len(), nodes };
        for (at, node) in order.iter().enumerate() {
            let slot = rank.get_mut(*node as usize).filter(|slot| **slot == NONE).ok_or(error)?;
            *slot = at as u32;
        }
        if order.len() != nodes {
            return Err(error);
        }
        let (parent, higher) = contract(network, &rank);
        let mut first_up = Vec::with_capacity(nodes + 1);
        let (mut high, mut low) = (Vec::new(), Vec::new());
        first_up.push(0);
        for (at, of_node) in higher.iter().enumerate() {
            high.extend_from_slice(of_node);
            low.resize(high.len(), at as u32);
            first_up.push(high.len() as u32);
        }
        drop(higher);
        let (first_down, down) = downwards(nodes, &high, &low);
        let mut skeleton = Skeleton {
            rank,
            parent,
            first_up,
            high,
            low,
            first_down,
            down,
            first_link: Vec::new(),
            link: Vec::new(),
            first_of_edge: Vec::new(),
            of_edge: Vec::new(),
        };
        skeleton.place_links(network);
        Ok(skeleton)
    }

    /// The order of contraction that it follows.
    pub fn order(&self) -> Vec<u32> {
        let mut order = vec![0; self.rank.len()];
        self.rank.iter().zip(0..).for_each(|(rank, node)| order[*rank as usize] = node);
        order
    }

    /// What its columns are.
    pub const COLUMNS: [ColumnShape; 9] = {
        use ColumnShape::{Numbers, Pairs};
        [Numbers, Numbers, Numbers, Pairs, Numbers, Numbers, Numbers, Pairs, Numbers]
    };

    /// Its columns, to be saved.
    pub fn columns(&self) -> Vec<Column> {
        vec![
            Column::Numbers(self.rank.clone()),
            Column::Numbers(self.high.clone()),
            Column::Numbers(self.first_up.clone()),
            Column::Pairs(self.down.clone()),
            Column::Numbers(self.first_down.clone()),
            Column::Numbers(self.link.clone()),
            Column::Numbers(self.first_link.clone()),
            Column::Pairs(self.of_edge.clone()),
            Column::Numbers(self.first_of_edge.clone()),
        ]
    }

    /// The skeleton that columns make for so many nodes, links and edges; refused where a number leads nowhere.
    pub fn from_columns(
        (nodes, links, edges): (usize, usize, usize),
        columns: impl Iterator<Item = Column>,
    ) -> Result<Skeleton, NetworkError> {
        let mut taken = Taken(columns);
        let rank = taken.column()?;
        let mut is_taken = vec![false; nodes];
        let is_new = |rank: &u32| is_taken.get_mut(*rank as usize).is_some_and(|taken| !std::mem::replace(taken, true));
        if rank.len() != nodes || !rank.iter().all(is_new) {
            return Err(NetworkError("an order that is none of its nodes"));
        }
        let high = taken.below(nodes)?;
        let count = high.len();
        let first_up = taken.starts(nodes, count)?;
        let mut low = Vec::with_capacity(count);
        let mut parent = Vec::with_capacity(nodes);
        for (at, pair) in (0..).zip(first_up.windows(2)) {
            let ups = &high[pair[0] as usize..pair[1] as usize];
            // Who climbs gets higher with every step, or would climb for ever.
            if ups.first().is_some_and(|first| *first <= at) || !ups.is_sorted() {
                return Err(NetworkError("a shortcut that does not climb"));
            }
            parent.push(ups.first().copied().unwrap_or(NONE));
            low.resize(pair[1] as usize, at);
        }
        let down = taken.pairs()?;
        let first_down = taken.starts(nodes, down.len())?;
        are_below(down.iter().map(|down| down.0), nodes)?;
        are_below(down.iter().map(|down| down.1), count)?;
        let link = taken.column()?;
        let first_link = taken.starts(count, link.len())?;
        are_below(link.iter().map(|link| link & !DOWN), links)?;
        let of_edge = taken.pairs()?;
        let first_of_edge = taken.starts(edges, of_edge.len())?;
        are_below(of_edge.iter().map(|of| of.0), links)?;
        are_below(of_edge.iter().map(|of| of.1).filter(|over| *over != NONE), count)?;
        Ok(Skeleton { rank, parent, first_up, high, low, first_down, down, first_link, link, first_of_edge, of_edge })
    }

    /// How many shortcuts there are, links that are their own included.
    pub fn shortcut_count(&self) -> usize {
        self.high.len()
    }

    /// The mean and the greatest number of a node's ancestors.
    pub fn depth(&self) -> (f64, u32) {
        let mut depth = vec![0_u32; self.parent.len()];
        for at in (0..self.parent.len()).rev() {
            if self.parent[at] != NONE {
                depth[at] = depth[self.parent[at] as usize] + 1;
            }
        }
        let sum: u64 = depth.iter().map(|d| u64::from(*d)).sum();
        (sum as f64 / depth.len().max(1) as f64, depth.iter().copied().max().unwrap_or(0))
    }

    /// The numbers of a rank's shortcuts upwards.
    pub(super) fn ups(&self, rank: u32) -> std::ops::Range<usize> {
        self.first_up[rank as usize] as usize..self.first_up[rank as usize + 1] as usize
    }

    /// A rank's shortcuts downwards: lower end and number, ascending.
    pub(super) fn downs(&self, rank: u32) -> &[(u32, u32)] {
        &self.down[self.first_down[rank as usize] as usize..self.first_down[rank as usize + 1] as usize]
    }

    /// The links under a shortcut.
    pub(super) fn links(&self, shortcut: usize) -> &[u32] {
        &self.link[self.first_link[shortcut] as usize..self.first_link[shortcut + 1] as usize]
    }

    /// The links of an edge with the shortcuts over them.
    pub(super) fn links_of(&self, edge: EdgeId) -> &[(u32, u32)] {
        let first = &self.first_of_edge;
        &self.of_edge[first[edge.0 as usize] as usize..first[edge.0 as usize + 1] as usize]
    }

    /// The shortcut between two ranks.
    fn between(&self, low: u32, high: u32) -> Option<usize> {
        let range = self.ups(low);
        self.high[range.clone()].binary_search(&high).ok().map(|at| range.start + at)
    }

    fn place_links(&mut self, network: &Network) {
        let links = &network.links;
        let mut over = vec![NONE; links.head.len()];
        let mut entries: Vec<(u32, u32)> = Vec::with_capacity(links.head.len());
        for node in 0..network.node_count() as u32 {
            for link in links.range(node) {
                let (tail, head) = (self.rank[node as usize], self.rank[links.head[link] as usize]);
                let Some(shortcut) = self.between(tail.min(head), tail.max(head)) else { continue };
                over[link] = shortcut as u32;
                entries.push((shortcut as u32, link as u32 | if tail > head { DOWN } else { 0 }));
            }
        }
        entries.sort_unstable();
        self.first_link = starts(self.high.len(), entries.iter().map(|entry| entry.0));
        self.link = entries.into_iter().map(|entry| entry.1).collect();
        let mut by_edge: Vec<(u32, u32, u32)> =
            (0..over.len()).map(|link| (links.arc[link].edge().0, link as u32, over[link])).collect();
        by_edge.sort_unstable();
        self.first_of_edge = starts(network.edge_count(), by_edge.iter().map(|entry| entry.0));
        self.of_edge = by_edge.into_iter().map(|entry| (entry.1, entry.2)).collect();
    }
}

/// Where each of `count` numbers begins among sorted ones, one more than numbers.
fn starts(count: usize, sorted: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut first = vec![0_u32; count + 1];
    sorted.for_each(|number| first[number as usize + 1] += 1);
    for at in 1..first.len() {
        first[at] += first[at - 1];
    }
    first
}

/// Parents and higher neighbours after contraction, by rank: a node's higher neighbours become its parent's.
fn contract(network: &Network, rank: &[u32]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let neighbours = super::order::neighbours(network);
    let mut higher: Vec<Vec<u32>> = vec![Vec::new(); rank.len()];
    for (node, of_node) in neighbours.iter().enumerate() {
        let at = rank[node];
        let list = &mut higher[at as usize];
        list.extend(of_node.iter().map(|other| rank[*other as usize]).filter(|other| *other > at));
        list.sort_unstable();
    }
    drop(neighbours);
    let mut parent = vec![NONE; rank.len()];
    let mut merged = Vec::new();
    for at in 0..rank.len() {
        let (lower, upper) = higher.split_at_mut(at + 1);
        let list = &lower[at];
        let Some((&first, rest)) = list.split_first() else { continue };
        parent[at] = first;
        let of_parent = &mut upper[first as usize - at - 1];
        merge(of_parent, rest, &mut merged);
        std::mem::swap(of_parent, &mut merged);
    }
    (parent, higher)
}

fn merge(a: &[u32], b: &[u32], out: &mut Vec<u32>) {
    out.clear();
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        out.push(a[i].min(b[j]));
        let (x, y) = (a[i], b[j]);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    out.extend_from_slice(&a[i..]);
    out.extend_from_slice(&b[j..]);
}

fn downwards(nodes: usize, high: &[u32], low: &[u32]) -> (Vec<u32>, Vec<(u32, u32)>) {
    let mut first = vec![0_u32; nodes + 1];
    high.iter().for_each(|high| first[*high as usize + 1] += 1);
    for at in 1..first.len() {
        first[at] += first[at - 1];
    }
    let mut next = first.clone();
    let mut down = vec![(0, 0); high.len()];
    for (number, (high, low)) in high.iter().zip(low).enumerate() {
        down[next[*high as usize] as usize] = (*low, number as u32);
        next[*high as usize] += 1;
    }
    (first, down)
}

//! In which order nodes are contracted: what hangs on few others first, then what separates the least parts, and last of all
//! what separates the whole.

use super::dissect::dissect;
use super::peel::peel;
use super::skeleton::NONE;
use crate::geodesy::LocalScale;
use crate::road::network::{JunctionId, Network};

/// The nodes of a network in the order of their contraction. Costs a second or two for a city; it is made once and saved.
pub fn order(network: &Network) -> Vec<u32> {
    let mut neighbours = neighbours(network);
    let mut order = peel(&mut neighbours);
    let mut is_peeled = vec![false; neighbours.len()];
    order.iter().for_each(|node| is_peeled[*node as usize] = true);
    let core: Vec<u32> = (0..neighbours.len() as u32).filter(|node| !is_peeled[*node as usize]).collect();
    order.extend(dissect(&neighbours, &places(network), core));
    drop(neighbours);
    along_the_tree(network, &order)
}

/// The same shortcuts in another order of contraction: each node after all that lie below it in the elimination tree, and of
/// these last the branch that is largest, so that who climbs goes mostly to the next place in memory (an equivalent
/// reordering, Liu 1990: The role of elimination trees in sparse factorization).
fn along_the_tree(network: &Network, order: &[u32]) -> Vec<u32> {
    let parent = elimination_tree(network, order);
    let nodes = order.len();
    let mut size = vec![1_u32; nodes];
    let mut largest = vec![NONE; nodes];
    for (at, above) in parent.iter().enumerate().filter(|(_, above)| **above != NONE) {
        let above = *above as usize;
        size[above] += size[at];
        if largest[above] == NONE || size[at] >= size[largest[above] as usize] {
            largest[above] = at as u32;
        }
    }
    // Each branch takes the places before those that are taken, from the highest node down.
    let mut place = vec![0_u32; nodes];
    let mut taken = vec![0_u32; nodes];
    let mut taken_by_roots = nodes as u32;
    let mut along = vec![0_u32; nodes];
    for at in (0..nodes).rev() {
        let end = match parent[at] {
            NONE => {
                taken_by_roots -= size[at];
                taken_by_roots + size[at]
            }
            above if largest[above as usize] == at as u32 => place[above as usize],
            above => {
                let taken = &mut taken[above as usize];
                *taken -= size[at];
                *taken + size[at]
            }
        };
        place[at] = end - 1;
        let of_largest = if largest[at] == NONE { 0 } else { size[largest[at] as usize] };
        taken[at] = place[at] - of_largest;
        along[place[at] as usize] = order[at];
    }
    along
}

/// The lowest higher neighbour of each rank once all below it are contracted, without contracting them (Liu 1986).
fn elimination_tree(network: &Network, order: &[u32]) -> Vec<u32> {
    let links = &network.links;
    let mut rank = vec![0_u32; order.len()];
    order.iter().zip(0..).for_each(|(node, at)| rank[*node as usize] = at);
    let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(links.head.len());
    for node in 0..network.node_count() as u32 {
        for link in links.range(node) {
            let (a, b) = (rank[node as usize], rank[links.head[link] as usize]);
            pairs.push((a.max(b), a.min(b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut parent = vec![NONE; order.len()];
    // The highest node that is known to lie above each.
    let mut above = vec![NONE; order.len()];
    for (high, low) in pairs.into_iter().filter(|(high, low)| high != low) {
        let mut at = low as usize;
        while above[at] != NONE && above[at] != high {
            at = std::mem::replace(&mut above[at], high) as usize;
        }
        if above[at] == NONE {
            above[at] = high;
            parent[at] = high;
        }
    }
    parent
}

/// The nodes that links join to each node, sorted, each once.
pub(super) fn neighbours(network: &Network) -> Vec<Vec<u32>> {
    let links = &network.links;
    let mut neighbours: Vec<Vec<u32>> = vec![Vec::new(); network.node_count()];
    for node in 0..network.node_count() as u32 {
        for link in links.range(node) {
            let head = links.head[link];
            if head != node {
                neighbours[node as usize].push(head);
                neighbours[head as usize].push(node);
            }
        }
    }
    for of_node in &mut neighbours {
        of_node.sort_unstable();
        of_node.dedup();
    }
    neighbours
}

/// Where each node is, on a plane in millimetres.
fn places(network: &Network) -> Vec<(i64, i64)> {
    let middle = network.data.junctions.get(network.junction_count() / 2).map_or(0, |at| at.lat_e7);
    let scale = LocalScale::at(middle);
    let place = |junction: &u32| {
        let at = network.junction(JunctionId(*junction));
        ((f64::from(at.lon_e7) * scale.lon_mm) as i64, (f64::from(at.lat_e7) * scale.lat_mm) as i64)
    };
    network.links.junction_of.iter().map(place).collect()
}

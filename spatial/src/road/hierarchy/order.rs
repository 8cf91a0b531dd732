//! In which order nodes are contracted: what hangs on few others first, then what separates the least parts, and last of all
//! what separates the whole.

use super::dissect::dissect;
use super::peel::peel;
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
    order
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

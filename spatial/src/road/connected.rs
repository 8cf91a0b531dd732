//! Which junctions one can get to and away from: those strongly connected with enough others.

use super::graph::Star;

/// A part of fewer nodes that one cannot get out of, or not into, is an island.
const LARGE: usize = 50;

/// For each junction whether it is in a strongly connected part of at least [`LARGE`] nodes, or in the largest where none is.
///
/// Kosaraju's algorithm: the order in which searches finish forwards, then searches backwards in its reverse.
pub(super) fn well_connected(forward: &Star, backward: &Star, junctions: usize) -> Vec<bool> {
    let nodes = forward.node_count();
    let order = finished(forward);
    let mut part = vec![u32::MAX; nodes];
    let mut sizes: Vec<usize> = Vec::new();
    let mut stack = Vec::new();
    for &start in order.iter().rev() {
        if part[start as usize] != u32::MAX {
            continue;
        }
        let number = sizes.len() as u32;
        let mut size = 0;
        part[start as usize] = number;
        stack.push(start);
        while let Some(node) = stack.pop() {
            size += 1;
            for link in backward.at(node) {
                if part[link.node as usize] == u32::MAX {
                    part[link.node as usize] = number;
                    stack.push(link.node);
                }
            }
        }
        sizes.push(size);
    }
    let least = sizes.iter().copied().max().unwrap_or(0).min(LARGE);
    (0..junctions).map(|junction| sizes[part[junction] as usize] >= least).collect()
}

/// Nodes in the order in which a depth-first search is done with them.
fn finished(star: &Star) -> Vec<u32> {
    let nodes = star.node_count();
    let mut seen = vec![false; nodes];
    let mut order = Vec::with_capacity(nodes);
    let mut stack: Vec<(u32, usize)> = Vec::new();
    for start in 0..nodes as u32 {
        if seen[start as usize] {
            continue;
        }
        seen[start as usize] = true;
        stack.push((start, 0));
        while let Some((node, next)) = stack.last_mut() {
            match star.at(*node).get(*next) {
                Some(link) => {
                    *next += 1;
                    if !seen[link.node as usize] {
                        seen[link.node as usize] = true;
                        stack.push((link.node, 0));
                    }
                }
                None => {
                    order.push(*node);
                    stack.pop();
                }
            }
        }
    }
    order
}

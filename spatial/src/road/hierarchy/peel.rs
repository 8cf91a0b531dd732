//! Nodes that hang on one or two others are contracted first: it adds no more than it takes away, and a third of a road
//! network is gone before the costly part begins.

/// Takes nodes of at most two neighbours away, round by round, and gives them in that order; what is left of the graph, with
/// the shortcuts that they leave, is in `neighbours`.
///
/// In one round no two neighbours go, so that long streets are halved and not unravelled from an end.
pub(super) fn peel(neighbours: &mut [Vec<u32>]) -> Vec<u32> {
    let mut gone = Vec::new();
    let mut is_gone = vec![false; neighbours.len()];
    let mut touched = vec![0_u32; neighbours.len()];
    let mut round = 0;
    let mut candidates: Vec<u32> = (0..neighbours.len() as u32).collect();
    while !candidates.is_empty() {
        round += 1;
        let mut next = Vec::new();
        for node in candidates {
            let index = node as usize;
            if is_gone[index] || neighbours[index].len() > 2 {
                continue;
            }
            if touched[index] == round {
                next.push(node);
                continue;
            }
            is_gone[index] = true;
            gone.push(node);
            let left = std::mem::take(&mut neighbours[index]);
            for &other in &left {
                let of_other = &mut neighbours[other as usize];
                of_other.retain(|n| *n != node);
                touched[other as usize] = round;
                next.push(other);
            }
            if let [a, b] = left[..] {
                join(neighbours, a, b);
                join(neighbours, b, a);
            }
        }
        next.sort_unstable();
        next.dedup();
        candidates = next;
    }
    gone
}

fn join(neighbours: &mut [Vec<u32>], at: u32, other: u32) {
    let list = &mut neighbours[at as usize];
    if let Err(place) = list.binary_search(&other) {
        list.insert(place, other);
    }
}

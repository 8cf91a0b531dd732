//! Nested dissection by inertial flow (Schild & Sommer, SEA 2015): a cell is cut where least roads cross between its ends in
//! one of some directions; the ends of these roads are contracted after everything on both sides.

use super::flow::{Cell, End, Flow};

/// Cells up to this are ordered by degree alone; at most 64, a bit each.
const SMALL: usize = 40;
/// How much of a cell is at each end, in hundredths.
const END: usize = 25;
/// The directions, as factors of x and y.
const DIRECTIONS: [(i64, i64); 4] = [(1, 0), (0, 1), (1, 1), (1, -1)];

/// The nodes of a core in the order of their contraction.
pub(super) fn dissect(neighbours: &[Vec<u32>], places: &[(i64, i64)], core: Vec<u32>) -> Vec<u32> {
    let mut work = Work {
        neighbours,
        places,
        local: vec![u32::MAX; neighbours.len()],
        order: vec![0; core.len()],
        flow: Flow::default(),
        cells: Vec::new(),
    };
    let end = core.len();
    work.cells.push((core, end));
    while let Some((cell, end)) = work.cells.pop() {
        work.cell(cell, end);
    }
    work.order
}

struct Work<'a> {
    neighbours: &'a [Vec<u32>],
    places: &'a [(i64, i64)],
    /// The number of each node within the cell at hand; `u32::MAX` outside.
    local: Vec<u32>,
    order: Vec<u32>,
    flow: Flow,
    /// Cells that are left, each with the end of its places in the order.
    cells: Vec<(Vec<u32>, usize)>,
}

impl Work<'_> {
    fn cell(&mut self, nodes: Vec<u32>, end: usize) {
        if nodes.len() <= SMALL {
            self.small(&nodes, end);
            return;
        }
        let cell = self.local_cell(&nodes);
        let (separator, parts) = match parts(&cell) {
            parts if parts.len() > 1 => (Vec::new(), parts),
            _ => self.cut(&cell, &nodes),
        };
        let mut end = end;
        for local in separator {
            end -= 1;
            self.order[end] = nodes[local as usize];
        }
        for part in parts {
            let of_part: Vec<u32> = part.iter().map(|local| nodes[*local as usize]).collect();
            let size = of_part.len();
            self.cells.push((of_part, end));
            end -= size;
        }
    }

    /// The cell as a graph of its own.
    fn local_cell(&mut self, nodes: &[u32]) -> Cell {
        nodes.iter().zip(0..).for_each(|(node, local)| self.local[*node as usize] = local);
        let mut cell = Cell { first: vec![0], ..Cell::default() };
        for node in nodes {
            let inside = self.neighbours[*node as usize].iter().map(|n| self.local[*n as usize]);
            cell.head.extend(inside.filter(|local| *local != u32::MAX));
            cell.first.push(cell.head.len() as u32);
        }
        // Neighbours are sorted by node, and so are the nodes of a cell: arcs back come in the order of their tails.
        let mut next = cell.first.clone();
        cell.reverse = vec![0; cell.head.len()];
        for node in 0..nodes.len() {
            for arc in cell.first[node]..cell.first[node + 1] {
                let head = cell.head[arc as usize] as usize;
                let back = next[head];
                next[head] += 1;
                cell.reverse[arc as usize] = back;
            }
        }
        nodes.iter().for_each(|node| self.local[*node as usize] = u32::MAX);
        cell
    }

    /// The separator of a connected cell and what it leaves on both sides.
    fn cut(&mut self, cell: &Cell, nodes: &[u32]) -> (Vec<u32>, Vec<Vec<u32>>) {
        let count = nodes.len();
        let at_end = (count * END / 100).max(1);
        let mut best: Option<(u64, Vec<bool>)> = None;
        for (x, y) in DIRECTIONS {
            let mut along: Vec<(i64, u32)> = nodes
                .iter()
                .zip(0..)
                .map(|(node, local)| {
                    let place = self.places[*node as usize];
                    (place.0 * x + place.1 * y, local)
                })
                .collect();
            along.select_nth_unstable(at_end);
            along[at_end..].select_nth_unstable(count - 2 * at_end);
            let mut ends = vec![End::Neither; count];
            along[..at_end].iter().for_each(|(_, local)| ends[*local as usize] = End::Source);
            along[count - at_end..].iter().for_each(|(_, local)| ends[*local as usize] = End::Sink);
            // With at least a quarter on each side, a cut of this size cannot be better than the best.
            let limit = best.as_ref().map_or(usize::MAX, |(rating, _)| ((*rating as usize * (count / 2)) >> 20) + 1);
            let cut = self.flow.run(cell, &ends, limit);
            if cut >= limit {
                continue;
            }
            for end in [End::Source, End::Sink] {
                let side = self.flow.side(cell, &ends, end);
                let size = side.iter().filter(|inside| **inside).count();
                let smaller = size.min(count - size).max(1);
                let rating = ((cut as u64) << 20) / smaller as u64;
                if best.as_ref().is_none_or(|(least, _)| rating < *least) {
                    best = Some((rating, side));
                }
            }
        }
        let side = best.map_or_else(|| vec![false; count], |(_, side)| side);
        separate(cell, &side)
    }

    /// Orders a small cell by degree: always the node with the least neighbours left, counting those outside.
    fn small(&mut self, nodes: &[u32], end: usize) {
        nodes.iter().zip(0..).for_each(|(node, local)| self.local[*node as usize] = local);
        let mut inside = vec![0_u64; nodes.len()];
        let mut outside = vec![0_u32; nodes.len()];
        for (index, node) in nodes.iter().enumerate() {
            for neighbour in &self.neighbours[*node as usize] {
                match self.local[*neighbour as usize] {
                    u32::MAX => outside[index] += 1,
                    local => inside[index] |= 1 << local,
                }
            }
        }
        nodes.iter().for_each(|node| self.local[*node as usize] = u32::MAX);
        let mut left: u64 = if nodes.len() == 64 { u64::MAX } else { (1 << nodes.len()) - 1 };
        let begin = end - nodes.len();
        for place in begin..end {
            let of = |index: &usize| (inside[*index] & left).count_ones() + outside[*index];
            let chosen = (0..nodes.len()).filter(|index| left >> index & 1 == 1).min_by_key(of);
            let chosen = chosen.expect("there are as many nodes as places");
            left &= !(1 << chosen);
            let joined = inside[chosen] & left;
            for index in (0..nodes.len()).filter(|index| joined >> index & 1 == 1) {
                inside[index] |= joined & !(1 << index);
                outside[index] = outside[index].max(outside[chosen]);
            }
            self.order[place] = nodes[chosen];
        }
    }
}

/// The parts of a cell that hang together.
fn parts(cell: &Cell) -> Vec<Vec<u32>> {
    let mut part = vec![false; cell.len()];
    let mut parts = Vec::new();
    for start in 0..cell.len() as u32 {
        if part[start as usize] {
            continue;
        }
        part[start as usize] = true;
        let mut found = vec![start];
        let mut at = 0;
        while let Some(&node) = found.get(at) {
            at += 1;
            for arc in cell.first[node as usize]..cell.first[node as usize + 1] {
                let head = cell.head[arc as usize];
                if !part[head as usize] {
                    part[head as usize] = true;
                    found.push(head);
                }
            }
        }
        found.sort_unstable();
        parts.push(found);
    }
    parts
}

/// The ends, on the side where they are fewer, of the edges between two sides; and the rest of both.
fn separate(cell: &Cell, side: &[bool]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut borders = [Vec::new(), Vec::new()];
    for node in 0..cell.len() as u32 {
        let crosses = |arc: u32| side[cell.head[arc as usize] as usize] != side[node as usize];
        if (cell.first[node as usize]..cell.first[node as usize + 1]).any(crosses) {
            borders[usize::from(side[node as usize])].push(node);
        }
    }
    let [far, near] = borders;
    let separator = if near.len() <= far.len() { near } else { far };
    let mut is_separator = vec![false; cell.len()];
    separator.iter().for_each(|node| is_separator[*node as usize] = true);
    let rest = |inside: bool| {
        let of_side = |node: &u32| side[*node as usize] == inside && !is_separator[*node as usize];
        (0..cell.len() as u32).filter(of_side).collect::<Vec<u32>>()
    };
    let parts = [rest(true), rest(false)].into_iter().filter(|part| !part.is_empty()).collect();
    (separator, parts)
}

//! The least cut between two ends of a cell, by Dinic's algorithm on edges of capacity one.

/// A cell as a graph of its own: nodes from 0, each edge as two arcs that know each other.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub first: Vec<u32>,
    pub head: Vec<u32>,
    pub reverse: Vec<u32>,
}

/// The memory of a flow.
#[derive(Debug, Default)]
pub(super) struct Flow {
    flow: Vec<i8>,
    level: Vec<u32>,
    next: Vec<u32>,
    queue: Vec<u32>,
    path: Vec<u32>,
}

/// What a node is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Source,
    Sink,
    Neither,
}

const UNREACHED: u32 = u32::MAX;

impl Cell {
    pub fn len(&self) -> usize {
        self.first.len() - 1
    }

    fn arcs(&self, node: u32) -> std::ops::Range<u32> {
        self.first[node as usize]..self.first[node as usize + 1]
    }
}

impl Flow {
    /// The greatest flow from sources to sinks, given up once it is `limit` or more; says how much.
    pub fn run(&mut self, cell: &Cell, ends: &[End], limit: usize) -> usize {
        self.flow.clear();
        self.flow.resize(cell.head.len(), 0);
        let mut total = 0;
        while total < limit && self.levels(cell, ends, End::Source) {
            self.next.clear();
            self.next.extend_from_slice(&cell.first[..cell.len()]);
            for source in (0..cell.len() as u32).filter(|node| ends[*node as usize] == End::Source) {
                while self.augment(cell, ends, source) {
                    total += 1;
                }
            }
        }
        total
    }

    /// Breadth first over what can still flow; from sinks against the flow. Says whether the other end is reached.
    fn levels(&mut self, cell: &Cell, ends: &[End], from: End) -> bool {
        self.level.clear();
        self.level.resize(cell.len(), UNREACHED);
        self.queue.clear();
        self.queue.extend((0..cell.len() as u32).filter(|node| ends[*node as usize] == from));
        self.queue.iter().for_each(|node| self.level[*node as usize] = 0);
        let mut reaches = false;
        let mut at = 0;
        while let Some(&node) = self.queue.get(at) {
            at += 1;
            for arc in cell.arcs(node) {
                let head = cell.head[arc as usize];
                let flow = if from == End::Source { self.flow[arc as usize] } else { -self.flow[arc as usize] };
                if flow < 1 && self.level[head as usize] == UNREACHED {
                    self.level[head as usize] = self.level[node as usize] + 1;
                    reaches |= ends[head as usize] != End::Neither && ends[head as usize] != from;
                    self.queue.push(head);
                }
            }
        }
        reaches
    }

    /// One more unit along the levels.
    fn augment(&mut self, cell: &Cell, ends: &[End], source: u32) -> bool {
        self.path.clear();
        let mut node = source;
        loop {
            if ends[node as usize] == End::Sink {
                for &arc in &self.path {
                    self.flow[arc as usize] += 1;
                    self.flow[cell.reverse[arc as usize] as usize] -= 1;
                }
                return true;
            }
            let end = cell.first[node as usize + 1];
            let next = &mut self.next[node as usize];
            while *next < end {
                let head = cell.head[*next as usize];
                if self.flow[*next as usize] < 1 && self.level[head as usize] == self.level[node as usize] + 1 {
                    break;
                }
                *next += 1;
            }
            if *next < end {
                self.path.push(*next);
                node = cell.head[*next as usize];
                continue;
            }
            // A dead end: back by one, and never here again in this round.
            let Some(arc) = self.path.pop() else { return false };
            node = cell.head[cell.reverse[arc as usize] as usize];
            self.next[node as usize] += 1;
        }
    }

    /// After a whole flow, which nodes are on the side of an end: those that more could still flow to.
    pub fn side(&mut self, cell: &Cell, ends: &[End], of: End) -> Vec<bool> {
        self.levels(cell, ends, of);
        self.level.iter().map(|level| *level != UNREACHED).collect()
    }
}

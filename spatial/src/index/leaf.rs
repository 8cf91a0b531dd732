//! One leaf as it lies in memory, and the two questions that it answers.
//!
//! Words: number of runs, of vertices, of whole zones; the runs (slot, number of the first edge doubled plus whether the
//! zone covers the reference point, end among the vertices); the vertices' longitudes, then their latitudes; the zones
//! that cover the leaf wholly. A run is a chain of vertices of one zone; runs of one zone follow each other.

use super::lanes::{MOST, Marks, Segment, marks};
use super::scan::{Parity, parity};
use super::{Edge, Slot, Way, meet};
use crate::position::Position;
use crate::zone::Bounds;

/// Words before the runs.
const HEAD: usize = 3;
/// Words of a run.
pub const RUN: usize = 3;

/// A leaf within the words of its top cell.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'a> {
    runs: &'a [[u32; RUN]],
    /// Longer than the vertices: what follows is there to be read over.
    xs: &'a [u32],
    ys: &'a [u32],
    /// The zones that cover the leaf wholly.
    pub whole: &'a [Slot],
}

/// A run of a leaf.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub slot: Slot,
    /// Whether its zone covers the leaf's reference point.
    pub inside: bool,
    first_edge: u32,
    from: usize,
    /// One past its last vertex.
    to: usize,
}

impl<'a> Leaf<'a> {
    /// The leaf whose words begin at `at`.
    #[inline]
    pub fn at(words: &'a [u32], at: usize) -> Leaf<'a> {
        let words = &words[at..];
        let (runs, vertices, whole) = (words[0] as usize, words[1] as usize, words[2] as usize);
        let xs = HEAD + RUN * runs;
        let ys = xs + vertices;
        Leaf {
            runs: words[HEAD..xs].as_chunks().0,
            xs: &words[xs..],
            ys: &words[ys..],
            whole: &words[ys + vertices..ys + vertices + whole],
        }
    }

    /// Its runs in order.
    #[inline]
    pub fn runs(self) -> impl Iterator<Item = Run> + 'a {
        let mut from = 0;
        self.runs.iter().map(move |&[slot, packed, to]| {
            let run = Run { slot, inside: packed & 1 == 1, first_edge: packed >> 1, from, to: to as usize };
            from = run.to;
            run
        })
    }

    /// Its runs of one zone in order.
    #[inline]
    pub fn runs_of(self, slot: Slot) -> impl Iterator<Item = Run> + 'a {
        // Runs stand by slot, and a leaf seldom has more than some tens.
        let first = self.runs.partition_point(|[of, ..]| *of < slot);
        let mut from = first.checked_sub(1).map_or(0, |before| self.runs[before][2] as usize);
        self.runs[first..].iter().take_while(move |[of, ..]| *of == slot).map(move |&[slot, packed, to]| {
            let run = Run { slot, inside: packed & 1 == 1, first_edge: packed >> 1, from, to: to as usize };
            from = run.to;
            run
        })
    }

    /// How many words it takes.
    pub fn size(self) -> usize {
        HEAD + RUN * self.runs.len() + 2 * self.vertices() + self.whole.len()
    }

    /// Whether it names one of these zones.
    pub fn names_any(self, slots: &[Slot]) -> bool {
        self.runs.iter().any(|[slot, ..]| slots.contains(slot)) || self.whole.iter().any(|slot| slots.contains(slot))
    }

    /// Appends the words of this leaf and another together, of the other without some zones. No zone is in both.
    pub fn write_with(self, other: Option<Leaf<'_>>, without: &[Slot], words: &mut Vec<u32>) {
        let stays = |slot: &Slot| !without.contains(slot);
        let others = other.into_iter().flat_map(|leaf| leaf.runs().map(move |run| (leaf, run)));
        let mut runs: Vec<(Leaf<'_>, Run)> = others.filter(|(_, run)| stays(&run.slot)).collect();
        runs.extend(self.runs().map(|run| (self, run)));
        // The runs of one zone stay in their order.
        runs.sort_by_key(|(_, run)| run.slot);
        let mut whole: Vec<Slot> = other.into_iter().flat_map(|leaf| leaf.whole).copied().filter(stays).collect();
        whole.extend_from_slice(self.whole);
        whole.sort_unstable();
        let vertices: usize = runs.iter().map(|(_, run)| run.to - run.from).sum();
        words.extend_from_slice(&[runs.len() as u32, vertices as u32, whole.len() as u32]);
        let mut end = 0;
        for (_, run) in &runs {
            end += run.to - run.from;
            words.extend_from_slice(&[run.slot, run.first_edge << 1 | u32::from(run.inside), end as u32]);
        }
        runs.iter().for_each(|(leaf, run)| words.extend_from_slice(&leaf.xs[run.from..run.to]));
        runs.iter().for_each(|(leaf, run)| words.extend_from_slice(&leaf.ys[run.from..run.to]));
        words.extend_from_slice(&whole);
    }

    fn vertices(self) -> usize {
        self.runs.last().map_or(0, |run| run[2] as usize)
    }

    /// The edges of a run.
    pub fn edges(self, run: Run) -> impl Iterator<Item = Edge> + 'a {
        (run.from..run.to - 1).map(move |i| self.edge(run, i))
    }

    /// Looks at the edges of a zone here whose boxes meet a box.
    #[inline]
    pub fn for_edges_near(self, slot: Slot, near: Bounds, mut look: impl FnMut(Edge)) {
        for run in self.runs_of(slot) {
            for i in run.from..run.to - 1 {
                let (x, next_x) = (self.xs[i] as i32, self.xs[i + 1] as i32);
                let (y, next_y) = (self.ys[i] as i32, self.ys[i + 1] as i32);
                let beside = x.max(next_x) < near.west || x.min(next_x) > near.east;
                let above = y.max(next_y) < near.south || y.min(next_y) > near.north;
                if !beside && !above {
                    look(self.edge(run, i));
                }
            }
        }
    }

    fn edge(self, run: Run, i: usize) -> Edge {
        let at = |i: usize| Position { lon_e7: self.xs[i] as i32, lat_e7: self.ys[i] as i32 };
        Edge { a: at(i), b: at(i + 1), number: run.first_edge + (i - run.from) as u32 }
    }

    /// Appends the zones with edges here that cover `p`. `lanes` is the segment from the reference point to `p` if all is
    /// near enough for it.
    #[inline]
    pub fn covering(self, reference: (i64, i64), p: Position, lanes: Option<Segment>, out: &mut Vec<Slot>) {
        let marked = lanes.and_then(|segment| self.all_marks(segment));
        let mut runs = self.runs().peekable();
        while let Some(first) = runs.next() {
            let (slot, mut inside) = (first.slot, first.inside);
            let mut next = Some(first);
            while let Some(run) = next {
                let crossed = match (marked, lanes) {
                    (Some(Marks { crossed, tied }), _) => {
                        (within(tied, run) == 0).then(|| within(crossed, run).count_ones() & 1 == 1)
                    }
                    (None, Some(segment)) => self.crossed_oddly(segment, run),
                    (None, None) => None,
                };
                if let Some(crossed) = crossed {
                    inside ^= crossed;
                } else {
                    // A tie is broken the same way for both edges of a vertex, so the whole zone is judged anew.
                    inside = self.covers(slot, reference, p);
                    while runs.next_if(|run| run.slot == slot).is_some() {}
                }
                next = runs.next_if(|run| run.slot == slot);
            }
            if inside {
                out.push(slot);
            }
        }
    }

    /// Whether a segment crosses a run's edges an odd number of times; `None` if it is tied with one.
    fn crossed_oddly(self, segment: Segment, run: Run) -> Option<bool> {
        let mut count = 0;
        for (from, bits, edges) in chunks(run) {
            let Marks { crossed, tied } = marks(segment, &self.xs[from..], &self.ys[from..], edges);
            if tied & bits != 0 {
                return None;
            }
            count += (crossed & bits).count_ones();
        }
        Some(count % 2 == 1)
    }

    /// Whether a zone with edges here covers `p`, in integers of any size.
    #[cold]
    fn covers(self, slot: Slot, reference: (i64, i64), p: Position) -> bool {
        let mut inside = self.runs_of(slot).next().is_some_and(|run| run.inside);
        for edge in self.runs_of(slot).flat_map(|run| self.edges(run)) {
            match parity(&edge, reference, p) {
                Parity::Same => {}
                Parity::Other => inside = !inside,
                Parity::OnEdge => return true,
            }
        }
        inside
    }

    /// Whether a zone covers `p`, which lies here. `lanes` is the segment from the reference point to `p` if all is near enough
    /// for it.
    pub fn is_covered_by(self, slot: Slot, reference: (i64, i64), p: Position, lanes: Option<Segment>) -> bool {
        if self.whole.contains(&slot) {
            return true;
        }
        let mut inside = None;
        for run in self.runs_of(slot) {
            let Some(crossed) = lanes.and_then(|segment| self.crossed_oddly(segment, run)) else {
                return self.covers(slot, reference, p);
            };
            inside = Some(inside.unwrap_or(run.inside) ^ crossed);
        }
        inside.unwrap_or(false)
    }

    /// Whether the way from `a` to `b` meets the boundary of a zone here. `lanes` is the way if all is near enough for it.
    pub fn meets(self, slot: Slot, a: Position, b: Position, lanes: Option<Segment>) -> bool {
        let mut way = Way::default();
        for run in self.runs_of(slot) {
            match lanes {
                Some(segment) => self.cross_run(run, a, b, segment, &mut way),
                None => self.edges(run).for_each(|edge| meet(&edge, a, b, slot, &mut way)),
            }
        }
        !way.is_empty()
    }

    /// Appends what the way from `a` to `b` meets here. `lanes` is the way if all is near enough for it.
    #[inline]
    pub fn cross(self, a: Position, b: Position, lanes: Option<Segment>, way: &mut Way) {
        let Some(segment) = lanes else {
            for run in self.runs() {
                self.edges(run).for_each(|edge| meet(&edge, a, b, run.slot, way));
            }
            return;
        };
        if let Some(Marks { crossed, tied }) = self.all_marks(segment) {
            let marked = crossed | tied;
            if marked == 0 {
                return;
            }
            for run in self.runs() {
                let mut marked = within(marked, run);
                while marked != 0 {
                    let i = run.from + marked.trailing_zeros() as usize;
                    meet(&self.edge(run, i), a, b, run.slot, way);
                    marked &= marked - 1;
                }
            }
            return;
        }
        self.runs().for_each(|run| self.cross_run(run, a, b, segment, way));
    }

    /// The same of one run.
    fn cross_run(self, run: Run, a: Position, b: Position, segment: Segment, way: &mut Way) {
        for (from, bits, edges) in chunks(run) {
            let Marks { crossed, tied } = marks(segment, &self.xs[from..], &self.ys[from..], edges);
            let mut marked = (crossed | tied) & bits;
            while marked != 0 {
                meet(&self.edge(run, from + marked.trailing_zeros() as usize), a, b, run.slot, way);
                marked &= marked - 1;
            }
        }
    }

    /// The marks of all its edges, the places between runs included, if they fit into one answer.
    #[inline]
    fn all_marks(self, segment: Segment) -> Option<Marks> {
        let edges = self.runs.last().map_or(0, |run| run[2] as usize - 1);
        (edges <= MOST).then(|| marks(segment, self.xs, self.ys, edges))
    }
}

/// The bits of a run's edges, its first in the lowest.
#[inline]
fn within(bits: u64, run: Run) -> u64 {
    (bits >> run.from) & (u64::MAX >> (MOST + 1 - (run.to - run.from)))
}

/// The edges of a run in chunks of one answer: where a chunk begins, the bits of its edges, and how many they are.
fn chunks(run: Run) -> impl Iterator<Item = (usize, u64, usize)> {
    (run.from..run.to - 1).step_by(MOST).map(move |from| {
        let edges = (run.to - 1 - from).min(MOST);
        (from, u64::MAX >> (MOST - edges), edges)
    })
}

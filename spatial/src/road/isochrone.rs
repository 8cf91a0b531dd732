//! What is reached in a time, as lines and as areas to be drawn: the roads themselves, and what lies beside them.
//!
//! An area is made of square cells, so that it costs what it covers and not how its roads cross: cells near a reached road
//! are in, what they enclose and is small is in as well, and the outline runs over the middles of the cells' sides.

use super::kind::Heading;
use super::network::{Arc, EdgeId, Network};
use super::stop::{Step, Stop};
use super::view::{Scratch, View};
use crate::geodesy::{self, LocalScale};
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};
use crate::zone::Ring;
use std::collections::{BTreeMap, VecDeque};

/// Least side of a cell: a lane and its verges.
const LEAST_CELL: Millimetres = Millimetres::metres(25);
/// Most cells on a side of the area: larger areas get larger cells.
const MOST_CELLS: i64 = 400;
/// How far beside a road somebody who came on it is said to get. Our own choice: a short walk.
const BESIDE: Millimetres = Millimetres::metres(75);
/// Enclosed holes of fewer cells are filled.
const LEAST_HOLE: usize = 24;

/// A line on the ground.
pub type Line = Vec<Position>;

/// The roads that are reached within a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedRoads {
    /// Their lines.
    pub lines: Vec<Line>,
    /// How long they are together, mm.
    pub length_mm: u64,
}

impl View<'_> {
    /// The roads that are reached from any of some stops within each of some limits, in the unit of the graph's metric.
    pub fn isochrones(
        &self,
        scratch: &mut Scratch,
        from: &[Stop],
        limits: &[u32],
        depart: UnixMs,
    ) -> Vec<ReachedRoads> {
        let most = limits.iter().copied().max().unwrap_or(0);
        let reached = self.reach(scratch, from, most, depart);
        let within = |limit: u32| {
            let mut pieces: Vec<Piece> = from.iter().flat_map(|stop| self.set_off(stop, limit, depart)).collect();
            pieces.extend(reached.iter().filter(|reached| reached.cost < limit).map(|reached| {
                let (whole, length) = (self.graph.cost(reached.arc), self.network.edge(reached.arc.edge()).length_mm);
                Piece::of_arc(reached.arc, length, (0, share(length, limit - reached.cost, whole)))
            }));
            pieces.sort_unstable();
            pieces.dedup_by(|next, last| {
                let is_one = next.edge == last.edge && next.begin_mm <= last.end_mm;
                if is_one {
                    last.end_mm = last.end_mm.max(next.end_mm);
                }
                is_one
            });
            let length_mm = pieces.iter().map(|piece| u64::from(piece.end_mm - piece.begin_mm)).sum();
            ReachedRoads { lines: pieces.into_iter().filter_map(|piece| piece.line(self.network)).collect(), length_mm }
        };
        limits.iter().map(|limit| within(*limit)).collect()
    }

    /// The pieces of a stop's own road that are driven first.
    fn set_off(&self, stop: &Stop, limit: u32, depart: UnixMs) -> impl Iterator<Item = Piece> {
        let piece = move |step: Step| {
            let (arc, snap) = (step.arc?, stop.snap?);
            let length = self.network.edge(arc.edge()).length_mm;
            let begin = if arc.heading() == Heading::Along { snap.along_mm } else { length - snap.along_mm };
            Some(Piece::of_arc(arc, length, (begin, begin + share(length - begin, limit, step.cost))))
        };
        self.first_steps(stop, depart).filter_map(piece)
    }
}

/// How much of a length is driven for a budget when all of it costs so much.
fn share(length_mm: u32, budget: u32, whole: u32) -> u32 {
    let driven = u64::from(length_mm) * u64::from(budget) / u64::from(whole.max(1));
    driven.min(u64::from(length_mm)) as u32
}

/// A piece of an edge, by lengths along its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    edge: EdgeId,
    begin_mm: u32,
    end_mm: u32,
}

impl Piece {
    /// From one length along an arc to another.
    fn of_arc(arc: Arc, length_mm: u32, (begin, end): (u32, u32)) -> Piece {
        let edge = arc.edge();
        match arc.heading() {
            Heading::Along => Piece { edge, begin_mm: begin, end_mm: end },
            Heading::Against => Piece { edge, begin_mm: length_mm - end, end_mm: length_mm - begin },
        }
    }

    /// Its line; `None` where it has none.
    fn line(self, network: &Network) -> Option<Line> {
        if self.begin_mm == 0 && self.end_mm > 0 && self.end_mm == network.edge(self.edge).length_mm {
            // Most are reached whole, and then nothing has to be measured.
            return Some(network.shape(self.edge).to_vec());
        }
        let (begin, end) = (i64::from(self.begin_mm), i64::from(self.end_mm));
        let mut line = Line::new();
        let mut at = 0;
        for pair in network.shape(self.edge).windows(2) {
            let length = geodesy::distance(pair[0], pair[1]).0;
            let place = |along: i64| {
                let share = (along - at).clamp(0, length) as f64 / length.max(1) as f64;
                let part = |a: i32, b: i32| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as i32;
                let [from, to] = [pair[0], pair[1]];
                Position { lon_e7: part(from.lon_e7, to.lon_e7), lat_e7: part(from.lat_e7, to.lat_e7) }
            };
            if at + length > begin && at < end {
                if line.is_empty() {
                    line.push(place(begin));
                }
                line.push(place(end));
            }
            at += length;
        }
        line.dedup();
        (line.len() > 1).then_some(line)
    }
}

/// The area around some lines: parts of an outer ring and its holes each. None where there is no line.
pub fn area(lines: &[Line]) -> Vec<Vec<Ring>> {
    let Some(mut cells) = Cells::around(lines) else { return Vec::new() };
    lines.iter().for_each(|line| cells.mark(line));
    cells.widen();
    cells.fill_holes();
    cells.parts()
}

/// A corner of cells, by column and row.
type Corner = (i64, i64);

/// A raster over an area. Cells beyond it are empty; its margin is too, whatever is marked.
struct Cells {
    /// The south-west corner of the first cell, 1e-7 degree.
    corner: (i64, i64),
    /// The sides of a cell, 1e-7 degree.
    side: (i64, i64),
    width: i64,
    height: i64,
    /// How many cells lie beside a road.
    beside: i64,
    is_in: Vec<bool>,
}

impl Cells {
    fn around(lines: &[Line]) -> Option<Cells> {
        let extent = super::grid::Extent::of(lines.iter().flatten().copied())?;
        let scale = LocalScale::at(extent.south.midpoint(extent.north));
        let spans = [(extent.west, extent.east, scale.lon_mm), (extent.south, extent.north, scale.lat_mm)];
        let lengths = spans.map(|(low, high, mm)| ((f64::from(high) - f64::from(low)) * mm) as i64);
        let cell = (lengths[0].max(lengths[1]) / MOST_CELLS).max(LEAST_CELL.0);
        let beside = (BESIDE.0 / cell).max(1);
        let sides = spans.map(|(_, _, mm)| ((cell as f64 / mm.max(0.1)) as i64).max(1));
        let margin = beside + 2;
        let low = |at: usize| i64::from(spans[at].0) - margin * sides[at];
        let count = |at: usize| (i64::from(spans[at].1) - i64::from(spans[at].0)) / sides[at] + 1 + 2 * margin;
        let (width, height) = (count(0), count(1));
        let is_in = vec![false; (width * height) as usize];
        Some(Cells { corner: (low(0), low(1)), side: (sides[0], sides[1]), width, height, beside, is_in })
    }

    fn has(&self, x: i64, y: i64) -> bool {
        (0..self.width).contains(&x) && (0..self.height).contains(&y) && self.is_in[(y * self.width + x) as usize]
    }

    fn mark(&mut self, line: &Line) {
        for pair in line.windows(2) {
            let ends = [pair[0], pair[1]].map(|p| (i64::from(p.lon_e7), i64::from(p.lat_e7)));
            let (dx, dy) = (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
            let steps = (dx.abs() / self.side.0).max(dy.abs() / self.side.1) + 1;
            for step in 0..=steps {
                let x = (ends[0].0 + dx * step / steps - self.corner.0) / self.side.0;
                let y = (ends[0].1 + dy * step / steps - self.corner.1) / self.side.1;
                self.is_in[(y * self.width + x) as usize] = true;
            }
        }
    }

    /// Marks the cells beside marked ones, one direction after the other.
    fn widen(&mut self) {
        for (dx, dy) in [(1, 0), (0, 1)] {
            let before = std::mem::take(&mut self.is_in);
            let mut after = before.clone();
            for y in 0..self.height {
                for x in 0..self.width {
                    if before[(y * self.width + x) as usize] {
                        for by in -self.beside..=self.beside {
                            after[((y + by * dy) * self.width + x + by * dx) as usize] = true;
                        }
                    }
                }
            }
            self.is_in = after;
        }
    }

    /// Fills what is enclosed and small.
    fn fill_holes(&mut self) {
        let mut seen = self.is_in.clone();
        for start in 0..seen.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut hole = vec![start as i64];
            let mut next = 0;
            while let Some(&cell) = hole.get(next) {
                next += 1;
                let (x, y) = (cell % self.width, cell / self.width);
                for (x, y) in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)] {
                    let is_there = (0..self.width).contains(&x) && (0..self.height).contains(&y);
                    let cell = y * self.width + x;
                    if is_there && !std::mem::replace(&mut seen[cell as usize], true) {
                        hole.push(cell);
                    }
                }
            }
            if hole.len() < LEAST_HOLE {
                hole.into_iter().for_each(|cell| self.is_in[cell as usize] = true);
            }
        }
    }

    /// A number for each cell that is in, the same for those that hang together over their sides.
    fn labels(&self) -> Vec<u32> {
        let mut labels = vec![0_u32; self.is_in.len()];
        let mut label = 0;
        for start in 0..labels.len() {
            if labels[start] > 0 || !self.is_in[start] {
                continue;
            }
            label += 1;
            labels[start] = label;
            let mut queue = VecDeque::from([start as i64]);
            while let Some(cell) = queue.pop_front() {
                let (x, y) = (cell % self.width, cell / self.width);
                for (x, y) in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)] {
                    let at = (y * self.width + x) as usize;
                    if self.has(x, y) && labels[at] == 0 {
                        labels[at] = label;
                        queue.push_back(at as i64);
                    }
                }
            }
        }
        labels
    }

    /// The outlines, the inside on their left: of each part the outer ring first.
    fn parts(&self) -> Vec<Vec<Ring>> {
        let labels = self.labels();
        // Sides between a cell that is in and one that is not, by the corner that they leave, with the cell's label.
        let mut sides: BTreeMap<Corner, Vec<(Corner, u32)>> = BTreeMap::new();
        for y in 0..self.height {
            for x in (0..self.width).filter(|x| self.has(*x, y)) {
                let label = labels[(y * self.width + x) as usize];
                let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
                let beyond = [(x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y)];
                for (index, (bx, by)) in beyond.into_iter().enumerate() {
                    if !self.has(bx, by) {
                        sides.entry(corners[index]).or_default().push((corners[(index + 1) % 4], label));
                    }
                }
            }
        }
        let mut parts: BTreeMap<u32, Vec<Ring>> = BTreeMap::new();
        while let Some((start, label)) = sides.first_key_value().map(|(corner, next)| (*corner, next[0].1)) {
            let (mut corners, mut at, mut from) = (Vec::new(), start, (start.0 - 1, start.1));
            loop {
                corners.push(at);
                let next = sides.get_mut(&at).expect("a ring of sides is closed");
                // Where two parts touch at a corner each goes on with its own.
                let left = |to: Corner| (at.0 - from.0) * (to.1 - at.1) - (at.1 - from.1) * (to.0 - at.0);
                let own = (0..next.len()).filter(|i| next[*i].1 == label).max_by_key(|i| left(next[*i].0));
                let (to, _) = next.swap_remove(own.expect("a ring keeps to its part"));
                if next.is_empty() {
                    sides.remove(&at);
                }
                (from, at) = (at, to);
                if at == start {
                    break;
                }
            }
            parts.entry(label).or_default().push(self.ring(&corners));
        }
        // The first corner in order lies on the outer ring of its part.
        parts.into_values().collect()
    }

    /// The ring over the middles of the sides between some corners.
    fn ring(&self, corners: &[Corner]) -> Ring {
        let middles: Vec<(i64, i64)> =
            corners.iter().zip(corners.iter().cycle().skip(1)).map(|(a, b)| (a.0 + b.0, a.1 + b.1)).collect();
        let count = middles.len();
        let bends = |at: &usize| {
            let (a, b, c) = (middles[(at + count - 1) % count], middles[*at], middles[(at + 1) % count]);
            (b.0 - a.0) * (c.1 - b.1) != (b.1 - a.1) * (c.0 - b.0)
        };
        let place = |at: usize| Position {
            lon_e7: (self.corner.0 + middles[at].0 * self.side.0 / 2) as i32,
            lat_e7: (self.corner.1 + middles[at].1 * self.side.1 / 2) as i32,
        };
        (0..count).filter(bends).map(place).collect()
    }
}

//! From lines on the board to a network: a node wherever two lines on the ground meet, cross or end on each other.

use super::{Admits, Lot, RoadClass, Roads, Sign, Structure, Turn, Way};
use crate::park::plane::{Spot, bent, spot};
use std::collections::BTreeMap;

/// Places that are nearer than this on the board are one, metres.
const SAME_M: f64 = 0.5;

/// A road as it is drawn, before it has nodes.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) way: Way,
    spots: Vec<Spot>,
}

impl Line {
    pub(super) fn new(id: impl Into<String>, class: RoadClass, spots: &[Spot]) -> Line {
        let way = Way {
            id: id.into(),
            name: "",
            name_en: "",
            class,
            oneway: false,
            structure: Structure::Ground,
            admits: Admits::All,
            max_kph: class.max_kph(),
            nodes: Vec::new(),
        };
        Line { way, spots: spots.to_vec() }
    }

    pub(super) fn named(mut self, name: &'static str, name_en: &'static str) -> Line {
        (self.way.name, self.way.name_en) = (name, name_en);
        self
    }

    pub(super) fn oneway(mut self) -> Line {
        self.way.oneway = true;
        self
    }

    pub(super) fn admits(mut self, admits: Admits) -> Line {
        self.way.admits = admits;
        self
    }

    pub(super) fn on(mut self, structure: Structure) -> Line {
        self.way.structure = structure;
        self
    }
}

/// Roads, lots and gates as they are drawn.
#[derive(Debug, Default)]
pub(super) struct Draft {
    lines: Vec<Line>,
    lots: Vec<(Lot, Vec<Spot>)>,
    gates: Vec<(&'static str, Spot)>,
    turns: Vec<(Sign, Spot, (Spot, Spot))>,
}

impl Draft {
    pub(super) fn draw(&mut self, line: Line) {
        self.lines.push(line);
    }

    pub(super) fn lot(&mut self, lot: Lot, slots: Vec<Spot>) {
        self.lots.push((lot, slots));
    }

    pub(super) fn gate(&mut self, id: &'static str, at: Spot) {
        self.gates.push((id, at));
    }

    /// A sign at a junction: for who comes from the direction of one place, about going on to that of another.
    pub(super) fn turn(&mut self, sign: Sign, via: Spot, towards: (Spot, Spot)) {
        self.turns.push((sign, via, towards));
    }

    /// Joins the lines where they meet and numbers the places.
    pub(super) fn finish(self) -> Roads {
        let met: Vec<Vec<Spot>> = (0..self.lines.len()).map(|i| bent(&met_by_others(&self.lines, i))).collect();
        let mut places = Places::default();
        let mut ways = Vec::new();
        for (line, spots) in self.lines.into_iter().zip(met) {
            let mut nodes: Vec<usize> = spots.into_iter().map(|at| places.node(at)).collect();
            nodes.dedup();
            ways.push(Way { nodes, ..line.way });
        }
        let lots = self.lots.into_iter().map(|(lot, slots)| {
            let slots = slots.into_iter().map(|at| places.known(at)).collect();
            Lot { slots, ..lot }
        });
        let lots = lots.collect();
        let gates = self.gates.into_iter().map(|(id, at)| (id, places.known(at))).collect();
        let vias: Vec<usize> = self.turns.iter().map(|(_, via, _)| places.known(*via)).collect();
        let mut roads = Roads { nodes: places.spots, ways, lots, gates, turns: Vec::new() };
        for ((sign, _, (from, to)), via) in self.turns.into_iter().zip(vias) {
            let (from, to) = (roads.next_towards(via, from), roads.next_towards(via, to));
            roads.turns.push(Turn { sign, from, via, to });
        }
        roads
    }
}

/// The places of one line, with those added at which others on its level meet it.
fn met_by_others(lines: &[Line], index: usize) -> Vec<Spot> {
    let line = &lines[index];
    let mut spots = Vec::new();
    for ends in line.spots.windows(2) {
        let mut between: Vec<(f64, Spot)> = Vec::new();
        for (other_index, other) in lines.iter().enumerate() {
            if other_index == index {
                continue;
            }
            // A bridge or tunnel meets others at its ends alone.
            let joins_at_ends_alone = line.way.structure != Structure::Ground;
            let met = if other.way.structure == Structure::Ground {
                meetings((ends[0], ends[1]), &other.spots)
            } else {
                let own_ends = [other.spots[0], other.spots[other.spots.len() - 1]];
                own_ends.into_iter().filter_map(|end| share_on((ends[0], ends[1]), end)).collect()
            };
            if !joins_at_ends_alone {
                between.extend(met);
            }
        }
        between.sort_by(|a, b| a.0.total_cmp(&b.0));
        spots.push(ends[0]);
        spots.extend(between.into_iter().map(|(_, at)| at));
    }
    spots.extend(line.spots.last());
    spots.dedup_by(|a, b| a.distance_m(*b) < SAME_M);
    spots
}

/// Where another line touches or crosses a piece: shares of the piece and places.
fn meetings(piece: (Spot, Spot), other: &[Spot]) -> Vec<(f64, Spot)> {
    let mut found: Vec<(f64, Spot)> = other.iter().filter_map(|at| share_on(piece, *at)).collect();
    for ends in other.windows(2) {
        found.extend(crossing(piece, (ends[0], ends[1])));
    }
    found
}

/// How far along a piece a place lies; `None` when it lies beside it.
fn share_on((a, b): (Spot, Spot), at: Spot) -> Option<(f64, Spot)> {
    let (dx, dy) = (b.east_m - a.east_m, b.north_m - a.north_m);
    let share = ((at.east_m - a.east_m) * dx + (at.north_m - a.north_m) * dy) / (dx * dx + dy * dy);
    ((0.0..=1.0).contains(&share) && a.towards(b, share).distance_m(at) < SAME_M).then_some((share, at))
}

/// Where two pieces cross inside both.
fn crossing((a, b): (Spot, Spot), (c, d): (Spot, Spot)) -> Option<(f64, Spot)> {
    let (r, s) = (spot(b.east_m - a.east_m, b.north_m - a.north_m), spot(d.east_m - c.east_m, d.north_m - c.north_m));
    let cross = r.east_m * s.north_m - r.north_m * s.east_m;
    if cross.abs() < 1e-9 {
        return None;
    }
    let (x, y) = (c.east_m - a.east_m, c.north_m - a.north_m);
    let share = (x * s.north_m - y * s.east_m) / cross;
    let other_share = (x * r.north_m - y * r.east_m) / cross;
    let inside = |share: f64| (0.0..=1.0).contains(&share);
    (inside(share) && inside(other_share)).then(|| (share, a.towards(b, share)))
}

/// Numbered places; those within [`SAME_M`] of each other get one number.
#[derive(Default)]
struct Places {
    spots: Vec<Spot>,
    by_cell: BTreeMap<(i64, i64), Vec<usize>>,
}

impl Places {
    fn node(&mut self, at: Spot) -> usize {
        if let Some(known) = self.find(at) {
            return known;
        }
        self.spots.push(at);
        let number = self.spots.len() - 1;
        self.by_cell.entry(cell(at)).or_default().push(number);
        number
    }

    /// The number of a place on a line.
    fn known(&self, at: Spot) -> usize {
        self.find(at).unwrap_or_else(|| panic!("no road leads through {at:?}"))
    }

    fn find(&self, at: Spot) -> Option<usize> {
        let (column, row) = cell(at);
        let near = (column - 1..=column + 1).flat_map(|column| (row - 1..=row + 1).map(move |row| (column, row)));
        let numbers = near.filter_map(|cell| self.by_cell.get(&cell)).flatten();
        numbers.copied().find(|number| self.spots[*number].distance_m(at) < SAME_M)
    }
}

fn cell(at: Spot) -> (i64, i64) {
    (at.east_m.floor() as i64, at.north_m.floor() as i64)
}

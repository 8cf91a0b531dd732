//! Roads that come as plain lines, as road layers and the one-map have them, joined where they meet.
//!
//! Lines join where they share a vertex on one level, and where an end comes within the tolerance of another end or of a
//! line of its level. They never join at a mere crossing: nobody knows whether one passes over the other.

use super::draft::{Draft, DraftWay, RoadName};
use super::grid::EdgeGrid;
use super::kind::RoadKind;
use super::network::{Edge, EdgeId, JunctionId, Network, NetworkData, NetworkError};
use super::snap::{Near, nearest_on};
use crate::geodesy::{self, LocalScale};
use crate::position::Position;
use crate::units::Millimetres;
use rustc_hash::FxHashMap;

/// A road as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoadLine {
    /// Its id in the source.
    pub id: i64,
    /// Its vertices.
    pub shape: Vec<Position>,
    /// Its properties.
    pub kind: RoadKind,
    /// Its name.
    pub name: RoadName,
    /// Over (positive) or under (negative) the ground.
    pub level: i8,
}

/// What lines became.
#[derive(Debug, Default)]
pub struct JoinedLines {
    /// The draft: one way for each line, in their order.
    pub draft: Draft,
    /// The place of each anchor.
    pub anchors: Vec<u32>,
    /// How many ends were moved onto another end or line.
    pub moved: usize,
}

/// Joins lines. Ends within `snap` of an anchor are moved to it; a vertex that is exactly an anchor is at its place. Costs
/// some hundred milliseconds for a city. Refused where there is more than a network can hold.
pub fn join_lines(lines: &[RoadLine], anchors: &[Position], snap: Millimetres) -> Result<JoinedLines, NetworkError> {
    let mut join = Join::new(lines, anchors, snap);
    let mut ways: Vec<Vec<u32>> = lines.iter().enumerate().map(|(index, line)| join.places(index, line)).collect();
    let grid = Grid::of(lines)?;
    join.ends_onto_lines(&grid, &mut ways);
    let Join { mut draft, anchors, moved, .. } = join;
    for (line, places) in lines.iter().zip(ways) {
        let (kind, name) = (draft.kind(line.kind), draft.name(line.name.clone()));
        draft.ways.push(DraftWay { id: line.id, places, kind, name });
    }
    Ok(JoinedLines { draft, anchors, moved })
}

struct Join<'a> {
    lines: &'a [RoadLine],
    snap: Millimetres,
    cells: Cells,
    draft: Draft,
    anchors: Vec<u32>,
    /// The place of each vertex by level, and of each anchor and end on any.
    vertices: FxHashMap<(Position, Option<i8>), u32>,
    /// How many ends are at each place.
    ends: Vec<u32>,
    moved: usize,
}

impl<'a> Join<'a> {
    fn new(lines: &'a [RoadLine], anchors: &[Position], snap: Millimetres) -> Join<'a> {
        let all = lines.iter().flat_map(|line| &line.shape).chain(anchors);
        let farthest = all.map(|at| at.lat_e7.saturating_abs()).max().unwrap_or(0);
        let mut join = Join {
            lines,
            snap,
            cells: Cells::new(LocalScale::at(farthest), snap),
            draft: Draft::default(),
            anchors: Vec::new(),
            vertices: FxHashMap::default(),
            ends: Vec::new(),
            moved: 0,
        };
        for at in anchors {
            let place = join.place(*at, None);
            join.cells.add(*at, place);
            join.anchors.push(place);
        }
        // What others may end on is known before any end is.
        for line in lines {
            for at in line.shape.iter().skip(1).rev().skip(1) {
                if !join.vertices.contains_key(&(*at, None)) {
                    join.place(*at, Some(line.level));
                }
            }
        }
        join
    }

    /// The place of a vertex, which is made if it is new.
    fn place(&mut self, at: Position, level: Option<i8>) -> u32 {
        *self.vertices.entry((at, level)).or_insert_with(|| {
            self.draft.places.push(at);
            self.ends.push(0);
            self.draft.places.len() as u32 - 1
        })
    }

    fn places(&mut self, index: usize, line: &RoadLine) -> Vec<u32> {
        let last = line.shape.len().saturating_sub(1);
        let mut places = Vec::with_capacity(line.shape.len());
        for (number, at) in line.shape.iter().enumerate() {
            let place = match number == 0 || number == last {
                true => self.end(index, *at, places.first().copied().filter(|_| number > 0)),
                false => match self.vertices.get(&(*at, None)) {
                    Some(place) => *place,
                    None => self.place(*at, Some(line.level)),
                },
            };
            places.push(place);
        }
        places
    }

    /// The place of an end: of the nearest other end or anchor within the tolerance, or of a vertex that it shares; never that
    /// of the line's own other end, unless it is closed.
    fn end(&mut self, line: usize, at: Position, other: Option<u32>) -> u32 {
        let exact = self.vertices.get(&(at, None)).or_else(|| self.vertices.get(&(at, Some(self.lines[line].level))));
        let exact = exact.copied();
        let near = || {
            let is_near = |place: &u32| {
                let distance = geodesy::distance(self.draft.places[*place as usize], at);
                (distance <= self.snap && Some(*place) != other).then_some((distance, *place))
            };
            self.cells.around(at).iter().filter_map(is_near).min().map(|(_, place)| place)
        };
        let place = match exact.or_else(near) {
            Some(place) => place,
            None => {
                let place = self.place(at, None);
                self.cells.add(at, place);
                place
            }
        };
        self.moved += usize::from(self.draft.places[place as usize] != at);
        self.ends[place as usize] += 1;
        place
    }

    /// Moves each end that is alone onto the line of its level that it nearly touches.
    fn ends_onto_lines(&mut self, grid: &Grid, ways: &mut [Vec<u32>]) {
        let anchored: Vec<u32> = self.anchors.clone();
        let mut met: Vec<Met> = Vec::new();
        let mut moves: Vec<(u32, u32)> = Vec::new();
        for line in 0..self.lines.len() {
            let ends = [ways[line].first().copied(), ways[line].last().copied()];
            for end in ends.into_iter().flatten() {
                let is_alone = self.ends[end as usize] == 1 && !anchored.contains(&end);
                if !is_alone || self.is_shared_vertex(line, end) {
                    continue;
                }
                let at = self.draft.places[end as usize];
                let Some((other, near)) = grid.nearest(self.lines, line, at, self.snap) else { continue };
                let on = near.at;
                match self.vertex_near(&ways[other], on) {
                    // A line shorter than the tolerance stays one.
                    Some(vertex) if ends.contains(&Some(vertex)) => continue,
                    Some(vertex) => moves.push((end, vertex)),
                    None => {
                        let place = self.draft.places.len() as u32;
                        self.draft.places.push(on);
                        self.ends.push(0);
                        let along = geodesy::distance(self.lines[other].shape[near.segment], on).0;
                        met.push((other, near.segment, along, place));
                        moves.push((end, place));
                    }
                }
                self.moved += usize::from(on != at);
            }
        }
        insert(ways, met);
        let moves: FxHashMap<u32, u32> = moves.into_iter().collect();
        for places in ways.iter_mut() {
            let last = places.len().saturating_sub(1);
            for index in [0, last] {
                if let Some(to) = places.get(index).and_then(|place| moves.get(place)) {
                    places[index] = *to;
                }
            }
        }
    }

    /// Whether an end is also a vertex inside some line of its level.
    fn is_shared_vertex(&self, line: usize, end: u32) -> bool {
        let at = self.draft.places[end as usize];
        self.vertices.get(&(at, Some(self.lines[line].level))) == Some(&end)
    }

    /// The vertex of a line within the tolerance of a place on it.
    fn vertex_near(&self, places: &[u32], on: Position) -> Option<u32> {
        let distance = |place: &u32| (geodesy::distance(self.draft.places[*place as usize], on), *place);
        places.iter().map(distance).min().filter(|(distance, _)| *distance <= self.snap).map(|(_, place)| place)
    }
}

/// A place that is to be put into a line: the line, which segment, how far along it, and the place.
type Met = (usize, usize, i64, u32);

/// Puts places into lines where they lie along them.
fn insert(ways: &mut [Vec<u32>], mut met: Vec<Met>) {
    met.sort_unstable();
    for of_line in met.chunk_by(|a, b| a.0 == b.0) {
        let line = of_line[0].0;
        let mut placed = Vec::with_capacity(ways[line].len() + of_line.len());
        for (segment, place) in ways[line].iter().enumerate() {
            placed.push(*place);
            placed.extend(of_line.iter().filter(|met| met.1 == segment).map(|met| met.3));
        }
        ways[line] = placed;
    }
}

/// Points by cells as wide as the tolerance.
struct Cells {
    lon: i64,
    lat: i64,
    places: FxHashMap<(i64, i64), Vec<u32>>,
}

impl Cells {
    fn new(scale: LocalScale, snap: Millimetres) -> Cells {
        let size = |mm_per_unit: f64| (snap.0 as f64 / mm_per_unit.max(0.1)).ceil().max(1.0) as i64;
        Cells { lon: size(scale.lon_mm), lat: size(scale.lat_mm), places: FxHashMap::default() }
    }

    fn cell(&self, at: Position) -> (i64, i64) {
        (i64::from(at.lon_e7).div_euclid(self.lon), i64::from(at.lat_e7).div_euclid(self.lat))
    }

    fn add(&mut self, at: Position, place: u32) {
        self.places.entry(self.cell(at)).or_default().push(place);
    }

    fn around(&self, at: Position) -> Vec<u32> {
        let (x, y) = self.cell(at);
        let cells = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        cells.filter_map(|cell| self.places.get(&cell)).flatten().copied().collect()
    }
}

/// The lines by place.
struct Grid {
    network: Network,
    grid: EdgeGrid,
    /// The line of each edge.
    line_of: Vec<usize>,
}

impl Grid {
    fn of(lines: &[RoadLine]) -> Result<Grid, NetworkError> {
        let none = Position { lon_e7: 0, lat_e7: 0 };
        let mut data = NetworkData {
            junctions: vec![none],
            edges: Vec::new(),
            first_vertex: vec![0],
            vertices: Vec::new(),
            kinds: lines.first().map(|line| line.kind).into_iter().collect(),
            names: vec![RoadName::default()],
            forbidden: Vec::new(),
        };
        let mut line_of = Vec::new();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.shape.len() >= 2) {
            let (from, to) = (JunctionId(0), JunctionId(0));
            data.edges.push(Edge { from, to, kind: 0, name: 0, length_mm: 0, way: 0 });
            data.vertices.extend_from_slice(&line.shape);
            data.first_vertex.push(data.vertices.len() as u32);
            line_of.push(index);
        }
        let network = Network::new(data)?;
        let grid = EdgeGrid::of(&network);
        Ok(Grid { network, grid, line_of })
    }

    /// The nearest place within a distance on another line of the same level, and the line.
    fn nearest(&self, lines: &[RoadLine], line: usize, at: Position, snap: Millimetres) -> Option<(usize, Near)> {
        let mut edges = Vec::new();
        self.grid.within(&self.network, at, snap, &mut edges);
        let scale = LocalScale::at(at.lat_e7);
        let other = |edge: EdgeId| {
            let other = self.line_of[edge.0 as usize];
            let may_join = other != line && lines[other].level == lines[line].level;
            may_join.then(|| (other, nearest_on(scale, self.network.shape(edge), at)))
        };
        let near = edges.into_iter().filter_map(other).filter(|(_, near)| near.distance <= snap);
        near.min_by_key(|(other, near)| (near.distance, *other))
    }
}

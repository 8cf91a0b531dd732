//! The place on a road that a traveller starts from or goes to: the nearest one that the profile may use and that is open.

use super::closure::Overlay;
use super::graph::Graph;
use super::grid::EdgeGrid;
use super::kind::RoadClass;
use super::network::{EdgeId, Network};
use crate::geodesy::LocalScale;
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};

/// A place on an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snap {
    /// The edge.
    pub edge: EdgeId,
    /// How far it is along the edge's shape, mm; at most the edge's length.
    pub along_mm: u32,
    /// Where it is.
    pub at: Position,
    /// How far the place that was asked for is from it.
    pub distance: Millimetres,
}

/// Rings in which roads are looked for, so that near ones are found soon.
const REACHES: [Millimetres; 3] = [Millimetres(60_000), Millimetres(400_000), Millimetres(3_000_000)];

/// How much nearer an island's road has to be than one that leads on.
const ISLAND_PENALTY: Millimetres = Millimetres(100_000);

/// The nearest place on a road within `reach` that the profile may use, that is open when it departs and that leads on;
/// where there is only one on an island, that. `None` where there is no road.
pub fn snap(
    network: &Network,
    grid: &EdgeGrid,
    graph: &Graph,
    overlay: &Overlay,
    asked: (Position, UnixMs),
    reach: Millimetres,
) -> Option<Snap> {
    let (at, when) = asked;
    let mut edges = Vec::new();
    for ring in REACHES.into_iter().filter(|ring| *ring < reach).chain([reach]) {
        edges.clear();
        grid.candidates(super::grid::Extent::around(at, ring), &mut edges);
        let usable = edges.iter().filter(|edge| {
            graph.admits(**edge)
                && network.kind(**edge).class != RoadClass::Barrier
                && !overlay.forbids(**edge, when, UnixMs(when.0 + 1))
        });
        let scale = LocalScale::at(at.lat_e7);
        let candidates = usable.map(|edge| (*edge, nearest_on(scale, network.shape(*edge), at)));
        let rated = candidates.map(|(edge, near)| {
            let of = network.edge(edge);
            let leads_on = graph.is_well_connected(of.from) && graph.is_well_connected(of.to);
            let rated = if leads_on { near.distance } else { Millimetres(near.distance.0 + ISLAND_PENALTY.0) };
            (rated, edge, near)
        });
        let best = rated.filter(|r| r.2.distance <= ring).min_by_key(|(rated, edge, _)| (*rated, *edge));
        // A road beyond the ring may be better than an island's within it.
        if let Some((_, edge, near)) = best.filter(|best| best.0 <= ring || ring == reach) {
            let length: u32 = network.edge(edge).length_mm;
            return Some(Snap { edge, along_mm: near.along_mm.min(length), at: near.at, distance: near.distance });
        }
    }
    None
}

/// A place on a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near {
    pub at: Position,
    /// Which of the line's segments it is on.
    pub segment: usize,
    pub along_mm: u32,
    pub distance: Millimetres,
}

/// The nearest place of a line of at least two places.
pub(super) fn nearest_on(scale: LocalScale, line: &[Position], p: Position) -> Near {
    let plane = |q: Position| {
        let (lon, lat) = (i64::from(q.lon_e7) - i64::from(p.lon_e7), i64::from(q.lat_e7) - i64::from(p.lat_e7));
        (lon as f64 * scale.lon_mm, lat as f64 * scale.lat_mm)
    };
    let mut best = (f64::INFINITY, 0.0, line[0], 0);
    let mut before = 0.0;
    for (segment, pair) in line.windows(2).enumerate() {
        let ((ax, ay), (bx, by)) = (plane(pair[0]), plane(pair[1]));
        let (dx, dy) = (bx - ax, by - ay);
        let squared = dx * dx + dy * dy;
        let t = if squared > 0.0 { (-(ax * dx + ay * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
        let (x, y) = (ax + t * dx, ay + t * dy);
        let distance = x * x + y * y;
        let length = libm::sqrt(squared);
        if distance < best.0 {
            let part = |from: i32, to: i32| (f64::from(from) + t * (f64::from(to) - f64::from(from))).round() as i32;
            let at =
                Position { lon_e7: part(pair[0].lon_e7, pair[1].lon_e7), lat_e7: part(pair[0].lat_e7, pair[1].lat_e7) };
            best = (distance, before + t * length, at, segment);
        }
        before += length;
    }
    let distance = Millimetres(libm::sqrt(best.0) as i64);
    Near { at: best.2, segment: best.3, along_mm: best.1.round() as u32, distance }
}

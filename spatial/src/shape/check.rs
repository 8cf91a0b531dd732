//! Whether rings bound an area: exact, and bounded in time whatever a file holds.

use super::ShapeError;
use super::exact::{Place, Side, between, doubled_area, place, side_of};
use crate::position::Position;
use crate::zone::Ring;
use rustc_hash::FxHashMap;

/// Most pairs of edges that are compared for one zone; real zones of 200,000 vertices need about 2 million.
const MAX_PAIRS: usize = 50_000_000;
/// Most cells that all edges of one zone may be entered in.
const MAX_ENTRIES: usize = 20_000_000;

#[derive(Clone, Copy)]
struct Edge {
    ring: u32,
    number: u32,
    of: u32,
    a: Position,
    b: Position,
}

/// A polygon's rings: the shell first. Area, crossings, holes inside the shell and outside each other.
pub fn part(rings: &[Ring]) -> Result<(), ShapeError> {
    for ring in rings {
        let flat = ring.iter().all(|&v| side_of(ring[0], ring[1], v) == Side::On);
        if flat {
            return Err(ShapeError::at("zero_area", "a ring that encloses no area", ring[0]));
        }
    }
    if let Some(at) = crossing(&edges(rings))? {
        return Err(ShapeError::at(
            "self_intersection",
            format!("a ring crosses or runs over itself or another ring near {:.7}, {:.7}", at.lon(), at.lat()),
            at,
        ));
    }
    if let Some(ring) = rings.iter().find(|ring| doubled_area(ring) == 0) {
        return Err(ShapeError::at("zero_area", "a ring that encloses no area", ring[0]));
    }
    let Some((shell, holes)) = rings.split_first() else {
        return Err(ShapeError::new("too_few_vertices", "a polygon without a shell"));
    };
    for (i, hole) in holes.iter().enumerate() {
        if lies(hole, shell) == Place::Outside {
            return Err(ShapeError::at("hole_outside", "a hole outside its shell", hole[0]));
        }
        for other in &holes[..i] {
            if boxes_meet(hole, other) && (lies(hole, other) == Place::Inside || lies(other, hole) == Place::Inside) {
                return Err(ShapeError::at("self_intersection", "a hole inside another hole", hole[0]));
            }
        }
    }
    Ok(())
}

/// Whether any two parts share area.
pub fn parts_overlap(parts: &[Vec<Ring>]) -> Result<bool, ShapeError> {
    let all: Vec<Ring> = parts.iter().flatten().cloned().collect();
    if crossing(&edges(&all))?.is_some() {
        return Ok(true);
    }
    let within = |inner: &Vec<Ring>, outer: &Vec<Ring>| {
        boxes_meet(&inner[0], &outer[0])
            && lies(&inner[0], &outer[0]) == Place::Inside
            && outer[1..].iter().all(|hole| lies(&inner[0], hole) == Place::Outside)
    };
    Ok(parts.iter().enumerate().any(|(i, a)| parts[..i].iter().any(|b| within(a, b) || within(b, a))))
}

/// Where a ring lies that crosses no edge of `other`: by its first vertex that is off the other's boundary.
fn lies(ring: &Ring, other: &Ring) -> Place {
    ring.iter().map(|&v| place([other], v)).find(|&p| p != Place::Boundary).unwrap_or(Place::Boundary)
}

fn boxes_meet(a: &Ring, b: &Ring) -> bool {
    let range = |ring: &Ring, axis: fn(&Position) -> i32| {
        ring.iter().map(axis).fold((i32::MAX, i32::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let meet = |axis: fn(&Position) -> i32| {
        let ((a_low, a_high), (b_low, b_high)) = (range(a, axis), range(b, axis));
        a_low <= b_high && b_low <= a_high
    };
    meet(|v| v.lon_e7) && meet(|v| v.lat_e7)
}

fn edges(rings: &[Ring]) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(rings.iter().map(Vec::len).sum());
    for (ring_number, ring) in rings.iter().enumerate() {
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            edges.push(Edge { ring: ring_number as u32, number: i as u32, of: ring.len() as u32, a, b });
        }
    }
    edges
}

/// A place where two edges cross properly or overlap along a line; touching in a point is allowed.
fn crossing(edges: &[Edge]) -> Result<Option<Position>, ShapeError> {
    let too_complex =
        || ShapeError::new("too_complex", "too many long edges over each other to be checked; simplify the zone");
    let (mut west, mut south, mut east, mut north) = (i64::MAX, i64::MAX, i64::MIN, i64::MIN);
    for v in edges.iter().flat_map(|e| [e.a, e.b]) {
        west = west.min(v.lon_e7.into());
        east = east.max(v.lon_e7.into());
        south = south.min(v.lat_e7.into());
        north = north.max(v.lat_e7.into());
    }
    let side = ((edges.len() as f64).sqrt() as i64).clamp(1, 1_000);
    let cell = ((east - west).max(north - south) / side).max(1);
    let mut cells: FxHashMap<(i64, i64), Vec<u32>> = FxHashMap::default();
    let mut entries = 0;
    for (i, edge) in edges.iter().enumerate() {
        let columns = span(edge.a.lon_e7, edge.b.lon_e7, west, cell);
        let rows = span(edge.a.lat_e7, edge.b.lat_e7, south, cell);
        for row in rows {
            for column in columns.clone() {
                entries += 1;
                if entries > MAX_ENTRIES {
                    return Err(too_complex());
                }
                cells.entry((column, row)).or_default().push(i as u32);
            }
        }
    }
    let mut pairs = 0;
    let mut keys: Vec<(i64, i64)> = cells.keys().copied().collect();
    keys.sort_unstable();
    for key in keys {
        let members = &cells[&key];
        for (i, &first) in members.iter().enumerate() {
            pairs += i;
            if pairs > MAX_PAIRS {
                return Err(too_complex());
            }
            for &second in &members[..i] {
                if let Some(at) = clash(&edges[first as usize], &edges[second as usize]) {
                    return Ok(Some(at));
                }
            }
        }
    }
    Ok(None)
}

fn span(a: i32, b: i32, origin: i64, cell: i64) -> std::ops::RangeInclusive<i64> {
    let (low, high) = (i64::from(a.min(b)), i64::from(a.max(b)));
    (low - origin) / cell..=(high - origin) / cell
}

fn clash(e: &Edge, f: &Edge) -> Option<Position> {
    let (a_side, b_side) = (side_of(e.a, e.b, f.a), side_of(e.a, e.b, f.b));
    let (c_side, d_side) = (side_of(f.a, f.b, e.a), side_of(f.a, f.b, e.b));
    let opposite = |x: Side, y: Side| x != Side::On && y != Side::On && x != y;
    if opposite(a_side, b_side) && opposite(c_side, d_side) {
        return Some(e.a);
    }
    if a_side != Side::On || b_side != Side::On {
        return None;
    }
    let inner: Vec<Position> = [(e.a, e.b, f.a), (e.a, e.b, f.b), (f.a, f.b, e.a), (f.a, f.b, e.b)]
        .into_iter()
        .filter(|&(a, b, p)| between(a, b, p))
        .map(|(_, _, p)| p)
        .collect();
    let neighbours = e.ring == f.ring && (e.number.abs_diff(f.number) == 1 || e.number.abs_diff(f.number) == e.of - 1);
    let overlap = inner.iter().any(|p| *p != inner[0]);
    (overlap && (!neighbours || e.of > 2)).then(|| inner[0])
}

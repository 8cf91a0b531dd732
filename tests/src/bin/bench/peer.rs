//! Peers beside the index, in the same run and on the same data: boxes in an R*-tree (`rstar`), and behind each box an interval
//! tree over the edges of its zone (`geo`), the quickest of what that crate offers for many points; and PostGIS.

use cordon_spatial::index::CellIndex;
use cordon_spatial::position::Position;
use cordon_spatial::zone::{Ring, Zone};
use cordon_tests::postgres::Postgres;
use geo::indexed::IntervalTreeMultiPolygon;
use geo::orient::{Direction, Orient};
use geo::{Contains, Coord, LineString, MultiPolygon, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

type Boxed = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// Membership of some positions by the index and by the peer, on one thread; how often they differ.
pub fn beside(index: &CellIndex, zones: &[Arc<Zone>], positions: &[Position]) -> serde_json::Value {
    let began = Instant::now();
    let trees: Vec<IntervalTreeMultiPolygon<f64>> = zones.iter().map(|zone| tree(zone)).collect();
    let boxes = zones.iter().enumerate().filter_map(|(number, zone)| {
        let b = zone.ground.bounds()?;
        let corner = |lon: i32, lat: i32| [f64::from(lon), f64::from(lat)];
        let rectangle = Rectangle::from_corners(corner(b.west, b.south), corner(b.east, b.north));
        Some(Boxed::new(rectangle, number))
    });
    let boxes = RTree::bulk_load(boxes.collect());
    let built_s = began.elapsed().as_secs_f64();

    let mut theirs = Vec::with_capacity(positions.len());
    let began = Instant::now();
    for p in positions {
        let point = coord(*p);
        let near = boxes.locate_in_envelope_intersecting(&AABB::from_point([point.x, point.y]));
        theirs.push(near.filter(|zone| trees[zone.data].contains(&point)).count());
    }
    let their_s = began.elapsed().as_secs_f64();

    let mut ours = vec![0; positions.len()];
    let began = Instant::now();
    index.covering_batch(positions, |number, slots| ours[number] = slots.len());
    let our_s = began.elapsed().as_secs_f64();
    let differing = ours.iter().zip(&theirs).filter(|(one, other)| one != other).count();
    let rate = |seconds: f64| (positions.len() as f64 / seconds).round();
    json!({
        "name": "rstar + geo IntervalTreeMultiPolygon",
        "positions": positions.len(),
        "built_s": built_s,
        "fixes_per_s": rate(their_s),
        "index_fixes_per_s": rate(our_s),
        "times": their_s / our_s,
        // On a boundary the peer says outside and the index inside.
        "positions_that_differ": differing,
    })
}

/// Membership of some positions by PostGIS: one join of all of them with `ST_Covers` over a GiST index, on one process. Loading
/// is not counted.
pub fn postgis(zones: &[Arc<Zone>], positions: &[Position]) -> serde_json::Value {
    let postgres = Postgres::start();
    let mut rows = String::from("CREATE TABLE zones (shape geometry);\nCOPY zones FROM stdin;\n");
    for zone in zones {
        rows.push_str(&wkt(zone));
        rows.push('\n');
    }
    rows.push_str("\\.\nCREATE TABLE places (shape geometry);\nCOPY places FROM stdin;\n");
    for p in positions {
        rows.push_str(&format!("POINT({} {})\n", p.lon(), p.lat()));
    }
    rows.push_str("\\.\nCREATE INDEX ON zones USING gist (shape);\nANALYZE;\n");
    postgres.run(&rows);
    let asked = "SET max_parallel_workers_per_gather = 0; SET jit = off;
        SELECT count(*) FROM places p JOIN zones z ON ST_Covers(z.shape, p.shape);";
    postgres.run(asked);
    let began = Instant::now();
    let members = postgres.run(asked);
    let seconds = began.elapsed().as_secs_f64();
    json!({
        "name": "PostGIS ST_Covers, one join, warm",
        "positions": positions.len(),
        "members": members.trim().parse::<u64>().ok(),
        "fixes_per_s": (positions.len() as f64 / seconds).round(),
    })
}

fn wkt(zone: &Zone) -> String {
    let corner = |p: &Position| format!("{} {}", p.lon(), p.lat());
    let ring = |ring: &Ring| ring.iter().chain(ring.first()).map(corner).collect::<Vec<_>>().join(",");
    let part = |part: &Vec<Ring>| part.iter().map(|r| format!("({})", ring(r))).collect::<Vec<_>>().join(",");
    format!(
        "MULTIPOLYGON({})",
        zone.ground.parts.iter().map(|p| format!("({})", part(p))).collect::<Vec<_>>().join(",")
    )
}

fn coord(p: Position) -> Coord<f64> {
    Coord { x: f64::from(p.lon_e7), y: f64::from(p.lat_e7) }
}

/// In units of 1e-7 degree, which are whole numbers: nothing is rounded. Holes whose rings run like their shell's would be taken
/// for ground, so the rings are turned first.
fn tree(zone: &Zone) -> IntervalTreeMultiPolygon<f64> {
    let line = |ring: &Ring| LineString::new(ring.iter().chain(ring.first()).map(|p| coord(*p)).collect());
    let polygon = |part: &Vec<Ring>| {
        let mut rings = part.iter().map(line);
        let shell = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
        Polygon::new(shell, rings.collect()).orient(Direction::Default)
    };
    IntervalTreeMultiPolygon::new(&MultiPolygon::new(zone.ground.parts.iter().map(polygon).collect()))
}

//! The index equals a look at every edge of every zone: random zones, and every place that is awkward on purpose.

use super::*;
use proptest::prelude::*;

/// A star-shaped ring around a centre, vertices snapped to `step` units so that they often meet cell borders.
fn star(centre: (i32, i32), radii: &[i32], step: i32) -> Vec<Position> {
    let n = radii.len();
    let mut ring: Vec<Position> = Vec::new();
    for (i, &radius) in radii.iter().enumerate() {
        let angle = 2.0 * std::f64::consts::PI * i as f64 / n as f64;
        let snap = |v: f64| (v.round() as i32).div_euclid(step) * step;
        let vertex = Position {
            lon_e7: centre.0 + snap(f64::from(radius) * angle.cos()),
            lat_e7: centre.1 + snap(f64::from(radius) * angle.sin()),
        };
        if ring.last() != Some(&vertex) && ring.first() != Some(&vertex) {
            ring.push(vertex);
        }
    }
    ring
}

fn ground(rings: Vec<Vec<Position>>) -> Ground {
    Ground { parts: vec![rings.into_iter().filter(|ring| ring.len() >= 3).collect()] }
}

const ORIGIN: (i32, i32) = (9_232 << 17, 2_334 << 17);

fn zones() -> impl Strategy<Value = Vec<Ground>> {
    let zone = (
        (-300_000..300_000_i32, -300_000..300_000_i32),
        prop::collection::vec(1_000..400_000_i32, 3..14),
        prop::sample::select(vec![1, 1_024, 32_768]),
        prop::option::of(prop::collection::vec(100..900_i32, 3..8)),
    );
    prop::collection::vec(zone, 1..8).prop_map(|zones| {
        zones
            .into_iter()
            .map(|((x, y), radii, step, hole)| {
                let centre = (ORIGIN.0 + x / step * step, ORIGIN.1 + y / step * step);
                let mut rings = vec![star(centre, &radii, step)];
                rings.extend(hole.map(|radii| star(centre, &radii, 1)));
                ground(rings)
            })
            .collect()
    })
}

fn indexed(zones: &[Ground]) -> CellIndex {
    let added: Vec<(Slot, &Ground)> = zones.iter().enumerate().map(|(i, g)| (i as Slot, g)).collect();
    CellIndex::default().with(&added, &[])
}

fn covering(index: &CellIndex, p: Position) -> Vec<Slot> {
    let mut out = Vec::new();
    index.covering(p, &mut out);
    out.sort_unstable();
    out
}

fn brute(zones: &[Ground], p: Position) -> Vec<Slot> {
    (0..zones.len()).filter(|&i| zones[i].covers(p)).map(|i| i as Slot).collect()
}

/// Vertices, their neighbours, middles of edges, cell borders.
fn awkward(zones: &[Ground]) -> Vec<Position> {
    let mut places = Vec::new();
    for ring in zones.iter().flat_map(Ground::rings) {
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            for (dx, dy) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
                places.push(Position { lon_e7: a.lon_e7 + dx, lat_e7: a.lat_e7 + dy });
            }
            let middle = Position {
                lon_e7: ((i64::from(a.lon_e7) + i64::from(b.lon_e7)) / 2) as i32,
                lat_e7: ((i64::from(a.lat_e7) + i64::from(b.lat_e7)) / 2) as i32,
            };
            places.push(middle);
            places.push(Position { lon_e7: (middle.lon_e7 >> 17) << 17, lat_e7: middle.lat_e7 });
            places.push(Position { lon_e7: (middle.lon_e7 >> 17) << 17, lat_e7: (middle.lat_e7 >> 17) << 17 });
            places.push(Position { lon_e7: middle.lon_e7, lat_e7: (middle.lat_e7 >> 12) << 12 });
        }
    }
    places
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn membership_equals_brute_force(
        zones in zones(),
        points in prop::collection::vec((-700_000..700_000_i32, -700_000..700_000_i32), 40),
    ) {
        let index = indexed(&zones);
        let random = points.into_iter().map(|(x, y)| Position { lon_e7: ORIGIN.0 + x, lat_e7: ORIGIN.1 + y });
        for p in awkward(&zones).into_iter().chain(random) {
            prop_assert_eq!(covering(&index, p), brute(&zones, p), "at {:?}", p);
        }
    }

    #[test]
    fn a_way_changes_sides_where_the_hits_say(
        zones in zones(),
        steps in prop::collection::vec((-400_000..400_000_i32, -400_000..400_000_i32), 20),
    ) {
        let index = indexed(&zones);
        let mut way = Way::default();
        let mut places: Vec<Position> =
            steps.iter().map(|(x, y)| Position { lon_e7: ORIGIN.0 + x, lat_e7: ORIGIN.1 + y }).collect();
        places.extend(awkward(&zones).into_iter().step_by(7));
        for pair in places.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            index.cross(a, b, &mut way);
            for (i, zone) in zones.iter().enumerate() {
                if way.grazed.contains(&(i as Slot)) {
                    continue;
                }
                let hits = way.hits.iter().filter(|hit| hit.slot == i as Slot).count();
                prop_assert_eq!(zone.covers(a) != zone.covers(b), hits % 2 == 1, "zone {} from {:?} to {:?}", i, a, b);
            }
        }
    }

    #[test]
    fn an_edited_index_equals_a_fresh_one(zones in zones(), gone in 0..8_usize) {
        let gone = gone % zones.len();
        let edited = indexed(&zones).with(&[], &[(gone as Slot, &zones[gone])]);
        for p in awkward(&zones) {
            let mut expected = brute(&zones, p);
            expected.retain(|&slot| slot as usize != gone);
            prop_assert_eq!(covering(&edited, p), expected);
        }
    }
}

#[test]
fn a_zone_larger_than_the_coarse_cells_is_covered_everywhere() {
    let corner = |x: i32, y: i32| Position { lon_e7: 1_100_000_000 + x, lat_e7: 200_000_000 + y };
    let side = 300_000_000;
    let hole = 41_943_040;
    let big = ground(vec![
        vec![corner(0, 0), corner(side, 0), corner(side, side), corner(0, side)],
        vec![corner(hole, hole), corner(2 * hole, hole), corner(2 * hole, 2 * hole), corner(hole, 2 * hole)],
    ]);
    let zones = [big];
    let index = indexed(&zones);
    for x in (-10_000_000..310_000_000).step_by(7_777_777) {
        for y in (-10_000_000..310_000_000).step_by(8_388_608) {
            let p = corner(x, y);
            assert_eq!(covering(&index, p), brute(&zones, p), "at {p:?}");
        }
    }
}

#[test]
fn distance_to_a_boundary_is_found_across_cells() {
    let square = ground(vec![vec![
        Position { lon_e7: ORIGIN.0, lat_e7: ORIGIN.1 },
        Position { lon_e7: ORIGIN.0 + 500_000, lat_e7: ORIGIN.1 },
        Position { lon_e7: ORIGIN.0 + 500_000, lat_e7: ORIGIN.1 + 500_000 },
        Position { lon_e7: ORIGIN.0, lat_e7: ORIGIN.1 + 500_000 },
    ]]);
    let index = indexed(&[square]);
    let p = Position { lon_e7: ORIGIN.0 + 250_000, lat_e7: ORIGIN.1 - 1_000 };
    let distance = index.boundary_within(0, p, Millimetres::metres(30)).expect("11 m away");
    assert!((distance.as_metres() - 11.07).abs() < 0.1, "{distance:?}");
    assert_eq!(index.boundary_within(0, p, Millimetres::metres(10)), None);
}

/// An edge through the very point from which a cell's parities are counted: on its west side, half a unit above its south.
#[test]
fn an_edge_through_the_corner_of_the_counting_lines_is_counted_once() {
    let at = |x: i32, y: i32| Position { lon_e7: ORIGIN.0 + x, lat_e7: ORIGIN.1 + y };
    for (steep, far) in [(1, 90_000), (-1, 90_000), (1, -90_000), (-1, -90_000)] {
        let ring = vec![at(-1, if steep > 0 { 0 } else { 1 }), at(1, if steep > 0 { 1 } else { 0 }), at(far, 120_000)];
        let zones = [ground(vec![ring])];
        let index = indexed(&zones);
        for x in (-100_000..140_000).step_by(3_571) {
            for y in (-2_000..140_000).step_by(3_163) {
                let p = at(x, y);
                assert_eq!(covering(&index, p), brute(&zones, p), "slope {steep}, far {far}, at {x}, {y}");
            }
        }
    }
}

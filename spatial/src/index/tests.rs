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

/// Corners of cells where coordinates are awkward: home, both sides of 180 degrees, the equator, far north and south.
const ORIGINS: [(i32, i32); 6] =
    [ORIGIN, (13_730 << 17, 100 << 17), (-13_730 << 17, -3), (0, 0), (5 << 22, 6_480 << 17), (-7 << 22, -6_480 << 17)];

/// One zone: a star with perhaps a star-shaped hole, which may touch it or stick out, and perhaps a spike.
fn zone(origin: (i32, i32)) -> impl Strategy<Value = Ground> {
    (
        (-300_000..300_000_i32, -300_000..300_000_i32),
        prop_oneof![
            4 => prop::collection::vec(1_000..400_000_i32, 3..14),
            // A decimetre.
            1 => prop::collection::vec(3..9_i32, 3..8),
            // Many vertices in few leaves.
            1 => prop::collection::vec(300..3_000_i32, 60..200),
        ],
        prop::sample::select(vec![1, 1_024, 32_768, 131_072]),
        prop::option::of(prop::collection::vec(100..90_000_i32, 3..8)),
        prop::bool::weighted(0.2),
    )
        .prop_map(move |((x, y), radii, step, hole, spike)| {
            let centre = (origin.0 + x / step * step, origin.1 + y / step * step);
            let step = if radii[0] < 10 { 1 } else { step };
            let mut outer = star(centre, &radii, step);
            if spike && outer.len() >= 3 {
                let back = outer[1];
                outer.insert(2, Position { lon_e7: back.lon_e7 + 70_000, lat_e7: back.lat_e7 + 3 });
                outer.insert(3, back);
            }
            let mut rings = vec![outer];
            rings.extend(hole.map(|radii| star(centre, &radii, if radii[0] % 2 == 0 { 1 } else { step })));
            ground(rings)
        })
}

fn zones() -> impl Strategy<Value = Vec<Ground>> {
    prop::sample::select(ORIGINS.to_vec()).prop_flat_map(|origin| prop::collection::vec(zone(origin), 1..8))
}

/// Some vertex, to lay places around.
fn around(zones: &[Ground]) -> (i32, i32) {
    zones.iter().flat_map(Ground::rings).flatten().next().map_or(ORIGIN, |v| (v.lon_e7, v.lat_e7))
}

fn moved((x, y): (i32, i32), (dx, dy): (i32, i32)) -> Position {
    Position { lon_e7: x.saturating_add(dx), lat_e7: y.saturating_add(dy) }
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

/// The zones that cover a place, by every edge of every zone, in 128 bits.
fn brute(zones: &[Ground], p: Position) -> Vec<Slot> {
    let covers = |zone: &Ground| {
        let mut inside = false;
        for edge in edges(zone) {
            let side = area(edge.a, edge.b, p);
            if side == 0 && between(edge.a, edge.b, p) {
                return true;
            }
            if (edge.a.lat_e7 > p.lat_e7) != (edge.b.lat_e7 > p.lat_e7) {
                inside ^= (side > 0) == (edge.b.lat_e7 > edge.a.lat_e7);
            }
        }
        inside
    };
    (0..zones.len()).filter(|&i| covers(&zones[i])).map(|i| i as Slot).collect()
}

fn area(a: Position, b: Position, p: Position) -> i128 {
    let [ax, ay, bx, by, px, py] = [a.lon_e7, a.lat_e7, b.lon_e7, b.lat_e7, p.lon_e7, p.lat_e7].map(i128::from);
    (bx - ax) * (py - ay) - (by - ay) * (px - ax)
}

fn edges(zone: &Ground) -> impl Iterator<Item = Edge> {
    let ends = zone.rings().flat_map(|ring| (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])));
    ends.enumerate().map(|(number, (a, b))| Edge { a, b, number: number as u32 })
}

/// What a way meets, by every edge of every zone: crossings as (slot, edge), and zones that hold an end on their boundary.
fn brute_way(zones: &[Ground], a: Position, b: Position) -> (Vec<(Slot, u32)>, Vec<Slot>) {
    let (mut hits, mut grazed) = (Vec::new(), Vec::new());
    for (slot, zone) in zones.iter().enumerate() {
        for edge in edges(zone) {
            let (from, to) = (area(edge.a, edge.b, a), area(edge.a, edge.b, b));
            let on = |side: i128, p: Position| side == 0 && between(edge.a, edge.b, p);
            if on(from, a) || on(to, b) {
                grazed.push(slot as Slot);
            } else if (from > 0) != (to > 0) && (area(a, b, edge.a) > 0) != (area(a, b, edge.b) > 0) {
                hits.push((slot as Slot, edge.number));
            }
        }
    }
    grazed.dedup();
    (hits, grazed)
}

/// Checks a way against every edge: the same crossings, in the order of their places on the way.
fn check_way(
    index: &CellIndex,
    zones: &[Ground],
    a: Position,
    b: Position,
    way: &mut Way,
) -> Result<(), TestCaseError> {
    index.cross(a, b, way);
    let (expected, grazed) = brute_way(zones, a, b);
    let mut hits: Vec<(Slot, u32)> = way.hits.iter().map(|hit| (hit.slot, hit.edge)).collect();
    hits.sort_unstable();
    prop_assert_eq!(hits, expected, "hits from {:?} to {:?}", a, b);
    prop_assert_eq!(&way.grazed, &grazed, "grazed from {:?} to {:?}", a, b);
    let at_start = brute(zones, a);
    for slot in 0..zones.len() as Slot {
        let met = way.slots().any(|met| met == slot) || at_start.contains(&slot);
        prop_assert_eq!(index.way_meets(slot, a, b), met, "zone {} from {:?} to {:?}", slot, a, b);
    }
    for hit in &way.hits {
        prop_assert!(hit.denominator > 0 && (0..=hit.denominator).contains(&hit.numerator), "{:?}", hit);
    }
    for pair in way.hits.windows(2).filter(|pair| pair[0].slot == pair[1].slot) {
        let place = |x: &Hit, y: &Hit| i128::from(x.numerator) * i128::from(y.denominator);
        prop_assert!(place(&pair[0], &pair[1]) <= place(&pair[1], &pair[0]), "{:?}", pair);
    }
    Ok(())
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
            // On the line from a leaf's reference point over the vertex: the reference points are the middles of leaves.
            for cut in [0, 2, 4] {
                let middle = |v: i32| ((v >> (17 - cut)) << (17 - cut)) + (1 << (16 - cut));
                places.push(Position { lon_e7: middle(a.lon_e7), lat_e7: middle(a.lat_e7) });
                places
                    .push(Position { lon_e7: 2 * (a.lon_e7 - middle(a.lon_e7)) + middle(a.lon_e7), lat_e7: a.lat_e7 });
            }
            places.push(Position { lon_e7: (middle.lon_e7 >> 17) << 17, lat_e7: middle.lat_e7 });
            places.push(Position { lon_e7: (middle.lon_e7 >> 17) << 17, lat_e7: (middle.lat_e7 >> 17) << 17 });
            places.push(Position { lon_e7: middle.lon_e7, lat_e7: (middle.lat_e7 >> 12) << 12 });
        }
    }
    places
}

/// Whether two indexes hold the same, word for word, wherever these zones are.
fn same(x: &CellIndex, y: &CellIndex, zones: &[Ground]) -> bool {
    let parts = |index: &CellIndex, cell: Cell| {
        let top = index.directory.top(cell).map(|top| (top.words.to_vec(), top.full.to_vec(), top.cut, top.short));
        let mut whole = index.directory.block(cell.coarse()).map(|block| block.whole.clone()).unwrap_or_default();
        whole.sort_unstable();
        (top, whole)
    };
    zones.iter().filter_map(Ground::bounds).all(|bounds| {
        let mut cells = ((bounds.south >> TOP_SHIFT) - 1..=(bounds.north >> TOP_SHIFT) + 1).flat_map(|row| {
            ((bounds.west >> TOP_SHIFT) - 1..=(bounds.east >> TOP_SHIFT) + 1).map(move |column| Cell { row, column })
        });
        cells.all(|cell| parts(x, cell) == parts(y, cell))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn membership_equals_brute_force(
        zones in zones(),
        points in prop::collection::vec((-700_000..700_000_i32, -700_000..700_000_i32), 40),
    ) {
        let index = indexed(&zones);
        let random = points.into_iter().map(|by| moved(around(&zones), by));
        let places: Vec<Position> = awkward(&zones).into_iter().chain(random).collect();
        for &p in &places {
            prop_assert_eq!(covering(&index, p), brute(&zones, p), "at {:?}", p);
        }
        let mut told = 0;
        index.covering_batch(&places, |number, slots| {
            let mut slots = slots.to_vec();
            slots.sort_unstable();
            assert_eq!((number, slots), (told, brute(&zones, places[number])));
            told += 1;
        });
        prop_assert_eq!(told, places.len());
    }

    #[test]
    fn a_way_meets_what_every_edge_says(
        zones in zones(),
        steps in prop::collection::vec((-400_000..400_000_i32, -400_000..400_000_i32), 20),
        far in prop::collection::vec((-90_000_000..90_000_000_i32, -90_000_000..90_000_000_i32), 2),
    ) {
        let index = indexed(&zones);
        let mut way = Way::default();
        let mut places: Vec<Position> = steps.iter().chain(&far).map(|by| moved(around(&zones), *by)).collect();
        // Along borders of cells, too.
        places.extend(steps.iter().map(|by| {
            let p = moved(around(&zones), *by);
            Position { lon_e7: p.lon_e7 >> 17 << 17, lat_e7: p.lat_e7 >> 12 << 12 }
        }));
        let awkward = awkward(&zones);
        let step = (awkward.len() / 120).max(1);
        places.extend(awkward.into_iter().step_by(step));
        for pair in places.windows(2) {
            check_way(&index, &zones, pair[0], pair[1], &mut way)?;
            let upright = Position { lon_e7: pair[0].lon_e7, ..pair[1] };
            check_way(&index, &zones, pair[0], upright, &mut way)?;
            check_way(&index, &zones, pair[1], upright, &mut way)?;
        }
    }

    #[test]
    fn a_way_changes_sides_where_the_hits_say(
        zones in zones(),
        steps in prop::collection::vec((-400_000..400_000_i32, -400_000..400_000_i32), 20),
    ) {
        let index = indexed(&zones);
        let mut way = Way::default();
        let mut places: Vec<Position> = steps.iter().map(|by| moved(around(&zones), *by)).collect();
        places.extend(awkward(&zones).into_iter().step_by(7));
        for pair in places.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            index.cross(a, b, &mut way);
            let (before, after) = (brute(&zones, a), brute(&zones, b));
            for slot in (0..zones.len() as Slot).filter(|slot| !way.grazed.contains(slot)) {
                let hits = way.hits.iter().filter(|hit| hit.slot == slot).count();
                prop_assert_eq!(before.contains(&slot) != after.contains(&slot), hits % 2 == 1, "{} {:?}", slot, pair);
            }
        }
    }

    #[test]
    fn after_edits_the_index_is_the_one_built_fresh(
        zones in zones(),
        edits in prop::collection::vec(prop::collection::vec(0..8_usize, 1..4), 1..8),
    ) {
        let mut there = vec![false; zones.len()];
        let mut index = CellIndex::default();
        for edit in edits {
            let (mut added, mut removed) = (Vec::new(), Vec::new());
            for i in edit.into_iter().map(|i| i % zones.len()).collect::<std::collections::BTreeSet<_>>() {
                if there[i] { &mut removed } else { &mut added }.push((i as Slot, &zones[i]));
                there[i] = !there[i];
            }
            let before = index.clone();
            index = before.with(&added, &removed);
            let kept: Vec<(Slot, &Ground)> =
                (0..zones.len()).filter(|&i| there[i]).map(|i| (i as Slot, &zones[i])).collect();
            prop_assert!(same(&index, &CellIndex::default().with(&kept, &[]), &zones));
            for p in awkward(&zones).into_iter().step_by(11) {
                let mut expected = brute(&zones, p);
                expected.retain(|&slot| there[slot as usize]);
                prop_assert_eq!(covering(&index, p), expected);
            }
        }
    }

    #[test]
    fn marks_of_many_edges_equal_integers(
        vertices in prop::collection::vec((-2_000..2_000_i32, -2_000..2_000_i32), 2..=65),
        scale in prop::sample::select(vec![1, 977, 4_000]),
        (from, to) in ((-2_000..2_000_i32, -2_000..2_000_i32), (-2_000..2_000_i32, -2_000..2_000_i32)),
        half in any::<bool>(),
    ) {
        let at = |(x, y): (i32, i32)| Position { lon_e7: ORIGIN.0 + x * scale, lat_e7: ORIGIN.1 + y * scale };
        let vertices: Vec<Position> = vertices.into_iter().map(at).collect();
        let from2 = (2 * i64::from(at(from).lon_e7) + i64::from(half), 2 * i64::from(at(from).lat_e7) + i64::from(half));
        let segment = lanes::Segment::from_doubled(from2, at(to));
        if !half {
            prop_assert_eq!(segment, lanes::Segment::between(at(from), at(to)));
        }
        let axis = |of: fn(&Position) -> i32| -> Vec<u32> {
            vertices.iter().map(|v| of(v) as u32).chain([7; lanes::OVERREAD]).collect()
        };
        let edges = vertices.len() - 1;
        let (xs, ys) = (axis(|v| v.lon_e7), axis(|v| v.lat_e7));
        let marks = lanes::marks_anywhere(segment, &xs, &ys, edges);
        if let Some(machine) = machine::marks(segment, &xs, &ys, edges) {
            let real = u64::MAX >> (64 - edges);
            prop_assert_eq!(machine.crossed & real, marks.crossed & real);
            prop_assert_eq!(machine.tied & real, marks.tied & real);
        }
        let doubled = |p: Position| (2 * i128::from(p.lon_e7), 2 * i128::from(p.lat_e7));
        let area = |a: (i128, i128), b: (i128, i128), p: (i128, i128)| (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0);
        let (from, to) = ((i128::from(from2.0), i128::from(from2.1)), doubled(at(to)));
        for i in 0..edges {
            let (a, b) = (doubled(vertices[i]), doubled(vertices[i + 1]));
            let signs = [area(a, b, from), area(a, b, to), area(from, to, a), area(from, to, b)];
            let crossed = (signs[0] > 0) != (signs[1] > 0) && (signs[2] > 0) != (signs[3] > 0);
            prop_assert_eq!(marks.crossed >> i & 1 == 1, crossed, "edge {}", i);
            prop_assert_eq!(marks.tied >> i & 1 == 1, signs.contains(&0), "edge {}", i);
        }
    }
}

proptest! {
    // Each case lays a boundary round much of the globe on the grid.
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn zones_and_ways_of_any_size_are_judged_exactly(
        corners in prop::collection::vec((-1_800_000_000..=1_800_000_000_i32, -850_000_000..=850_000_000_i32), 3..6),
        places in prop::collection::vec((-1_800_000_000..=1_800_000_000_i32, -900_000_000..=900_000_000_i32), 6),
    ) {
        let ring: Vec<Position> = corners.iter().map(|&by| moved((0, 0), by)).collect();
        let zones = [ground(vec![ring.clone()])];
        let index = indexed(&zones);
        let places: Vec<Position> = places.into_iter().map(|by| moved((0, 0), by)).chain(ring).collect();
        for &p in &places {
            prop_assert_eq!(covering(&index, p), brute(&zones, p), "at {:?}", p);
        }
        // A way of a few hundred kilometres, and one round half the globe.
        let mut way = Way::default();
        let near = Position { lon_e7: places[0].lon_e7 / 100 * 99, ..places[0] };
        check_way(&index, &zones, places[0], near, &mut way)?;
        check_way(&index, &zones, places[1], places[2], &mut way)?;
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

/// Edges through the very reference point of a cell that is one leaf, with vertices and places in line with them.
#[test]
fn an_edge_through_a_reference_point_is_on_one_side_of_it() {
    let half = 1 << 16;
    let at = |x: i32, y: i32| Position { lon_e7: ORIGIN.0 + half + x, lat_e7: ORIGIN.1 + half + y };
    // The reference point is at half a unit: an edge from (-k, -k) to (k + 1, k + 1) leads through it.
    for (dx, dy) in [(1, 1), (-1, 1), (3, 1), (1, 3), (-3, 1)] {
        let k = 4_001;
        let (a, b) = (at((1 - k * dx) / 2, (1 - k * dy) / 2), at((1 + k * dx) / 2, (1 + k * dy) / 2));
        let reference = top::reference(Cell::top_of(a), 0, 0);
        let doubled = |p: Position| (2 * i64::from(p.lon_e7) - reference.0, 2 * i64::from(p.lat_e7) - reference.1);
        assert_eq!(
            doubled(a).0 * doubled(b).1,
            doubled(a).1 * doubled(b).0,
            "the edge leads through the reference point"
        );
        for third in [at(9_000, -2_000), at(-9_000, 2_500), at(3 * k, 3 * k + 1), at(-3 * k, 3 * k)] {
            let zones = [ground(vec![vec![a, b, third]])];
            let index = indexed(&zones);
            assert_eq!(index.directory.top(Cell::top_of(a)).map(|top| top.cut), Some(0));
            for s in -12..=12 {
                // On the line through the edge, beside it, and all around.
                for p in [
                    at((1 + s * 1_001 * dx) / 2, (1 + s * 1_001 * dy) / 2),
                    at(s, s),
                    at(s * 700, s * 300),
                    at(s, -s),
                    at(0, s),
                ] {
                    assert_eq!(covering(&index, p), brute(&zones, p), "edge {a:?} {b:?}, third {third:?}, at {p:?}");
                }
            }
        }
    }
}

/// Many zones in few top cells, each put away and laid again: the cells stay cut as they are, and most leaves are copied.
#[test]
fn a_crowded_cell_after_an_edit_is_the_one_built_fresh() {
    let zone = |i: i32| {
        let centre = (ORIGIN.0 + 61_003 + 1_717 * i % 97_001, ORIGIN.1 + 58_001 + 2_311 * i % 89_003);
        let radii: Vec<i32> = (0..24).map(|k| 9_000 + 131 * ((i * 7 + k * 13) % 311)).collect();
        ground(vec![star(centre, &radii, 1)])
    };
    let zones: Vec<Ground> = (0..80).map(zone).collect();
    let cell = Cell::top_of(Position { lon_e7: ORIGIN.0 + 61_003, lat_e7: ORIGIN.1 + 58_001 });
    let all = indexed(&zones);
    let cut = all.directory.top(cell).map(|top| top.cut);
    let mut kept_cut = 0;
    for gone in 0..zones.len() {
        let removed = [(gone as Slot, &zones[gone])];
        let less = all.with(&[], &removed);
        let others: Vec<(Slot, &Ground)> =
            (0..zones.len()).filter(|&i| i != gone).map(|i| (i as Slot, &zones[i])).collect();
        assert!(same(&less, &CellIndex::default().with(&others, &[]), &zones), "without {gone}");
        assert!(same(&less.with(&removed, &[]), &all, &zones), "{gone} again");
        kept_cut += usize::from(less.directory.top(cell).map(|top| top.cut) == cut);
    }
    assert!(cut > Some(2) && kept_cut > 60, "cut {cut:?}, kept by {kept_cut}");
}

//! PostGIS as a referee: which zones cover a place, by the index and by `ST_Covers`.

use cordon_spatial::index::{CellIndex, Slot};
use cordon_spatial::position::Position;
use cordon_spatial::zone::{Ground, Ring};
use cordon_tests::postgres::Postgres;
use cordon_tests::random::Random;
use std::fmt::Write;

/// Places are told to PostGIS in units of 1e-7 degree from here: whole numbers, small enough for it to be exact.
const ORIGIN: Position = Position { lon_e7: 1_210_000_000, lat_e7: 300_000_000 };

/// A ring around a centre: corners between two parts of the radius.
fn star(random: &mut Random, centre: (i32, i32), radius: f64, from: f64, to: f64, turned: bool) -> Ring {
    let corners = 5 + random.below(40);
    let mut ring: Ring = (0..corners)
        .map(|i| {
            let angle = i as f64 / corners as f64 * std::f64::consts::TAU;
            let r = radius * (from + (to - from) * random.below(1_000) as f64 / 1_000.0);
            let (east, north) = ((r * angle.cos()) as i32, (r * angle.sin()) as i32);
            Position { lon_e7: ORIGIN.lon_e7 + centre.0 + east, lat_e7: ORIGIN.lat_e7 + centre.1 + north }
        })
        .collect();
    if turned {
        ring.reverse();
    }
    ring
}

/// Stars from 20 m to 5 km, some with a hole, its ring running either way, some of two parts.
fn grounds(random: &mut Random, count: usize, span: i32) -> Vec<Ground> {
    let part = |random: &mut Random| {
        let centre = (random.below(span as u64) as i32, random.below(span as u64) as i32);
        let radius = 2_000.0 * 250.0_f64.powf(random.below(1_000) as f64 / 1_000.0);
        let turned = random.below(2) == 0;
        let mut rings = vec![star(random, centre, radius, 0.7, 1.0, turned)];
        if random.below(2) == 0 {
            let turned = random.below(2) == 0;
            rings.push(star(random, centre, radius, 0.3, 0.5, turned));
        }
        rings
    };
    (0..count).map(|_| Ground { parts: vec![part(random)] }).collect()
}

/// Anywhere, at vertices and beside them, in the middle of edges.
fn places(random: &mut Random, grounds: &[Ground], span: i32) -> Vec<Position> {
    let off = |p: Position, east: i32, north: i32| Position { lon_e7: p.lon_e7 + east, lat_e7: p.lat_e7 + north };
    let mut places: Vec<Position> =
        (0..3_000).map(|_| off(ORIGIN, random.below(span as u64) as i32, random.below(span as u64) as i32)).collect();
    for _ in 0..1_000 {
        let ground = &grounds[random.below(grounds.len() as u64) as usize];
        let rings: Vec<&Ring> = ground.rings().collect();
        let ring = rings[random.below(rings.len() as u64) as usize];
        let i = random.below(ring.len() as u64) as usize;
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        places.extend([a, off(a, 1, 0), off(a, 0, -1)]);
        places.push(Position { lon_e7: a.lon_e7.midpoint(b.lon_e7), lat_e7: a.lat_e7.midpoint(b.lat_e7) });
    }
    places
}

fn wkt(ground: &Ground) -> String {
    let corner = |p: &Position| format!("{} {}", p.lon_e7 - ORIGIN.lon_e7, p.lat_e7 - ORIGIN.lat_e7);
    let ring = |ring: &Ring| {
        let corners: Vec<String> = ring.iter().chain(ring.first()).map(corner).collect();
        format!("({})", corners.join(","))
    };
    let part = |part: &Vec<Ring>| format!("({})", part.iter().map(ring).collect::<Vec<_>>().join(","));
    format!("MULTIPOLYGON({})", ground.parts.iter().map(part).collect::<Vec<_>>().join(","))
}

#[test]
fn the_index_finds_the_zones_that_st_covers_finds() {
    let postgres = Postgres::start();
    let mut random = Random::seeded("postgis");
    for (count, span) in [(5, 200_000), (100, 1_000_000), (1_000, 4_000_000)] {
        let grounds = grounds(&mut random, count, span);
        let places = places(&mut random, &grounds, span);
        let mut statements = String::from("CREATE TABLE zones (slot int, shape geometry);\nCOPY zones FROM stdin;\n");
        for (slot, ground) in grounds.iter().enumerate() {
            writeln!(statements, "{slot}\t{}", wkt(ground)).expect("memory");
        }
        statements.push_str("\\.\nCREATE TABLE places (number int, shape geometry);\nCOPY places FROM stdin;\n");
        for (number, p) in places.iter().enumerate() {
            let (east, north) = (p.lon_e7 - ORIGIN.lon_e7, p.lat_e7 - ORIGIN.lat_e7);
            writeln!(statements, "{number}\tPOINT({east} {north})").expect("memory");
        }
        statements.push_str("\\.\nCREATE INDEX ON zones USING gist (shape);\n");
        statements
            .push_str("SELECT number, slot FROM places p JOIN zones z ON ST_Covers(z.shape, p.shape) ORDER BY 1, 2;\n");
        statements.push_str("DROP TABLE zones, places;\n");
        let rows = postgres.run(&statements);
        let theirs: Vec<(usize, Slot)> = rows
            .lines()
            .map(|row| {
                let (number, slot) = row.split_once('|').expect("two columns");
                (number.parse().expect("a number"), slot.parse().expect("a slot"))
            })
            .collect();

        let numbered: Vec<(Slot, &Ground)> = (0..).zip(&grounds).collect();
        let index = CellIndex::default().with(&numbered, &[]);
        let mut ours: Vec<(usize, Slot)> = Vec::new();
        index.covering_batch(&places, |number, slots| ours.extend(slots.iter().map(|slot| (number, *slot))));
        ours.sort_unstable();
        assert!(ours.len() > places.len() / 2, "{} memberships of {} places say little", ours.len(), places.len());
        let differ = ours.iter().zip(&theirs).find(|(one, other)| one != other);
        assert_eq!((ours.len(), differ), (theirs.len(), None), "{count} zones");
    }
}

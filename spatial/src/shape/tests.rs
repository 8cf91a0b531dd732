//! What is taken, what is refused and why, and how far a made polygon is from what it stands for.

use super::*;
use crate::geodesy::{LocalScale, distance};

fn square(west: f64, south: f64, side: f64) -> Vec<(f64, f64)> {
    vec![(west, south), (west + side, south), (west + side, south + side), (west, south + side), (west, south)]
}

fn refused(parts: &[Vec<Vec<(f64, f64)>>]) -> &'static str {
    polygons(parts).expect_err("must be refused").code
}

#[test]
fn rings_in_any_direction_are_taken() {
    let mut hole = square(121.01, 30.01, 0.01);
    for _ in 0..2 {
        let ground = polygons(&[vec![square(121.0, 30.0, 0.1), hole.clone()]]).expect("a square with a hole");
        assert_eq!(ground.parts[0].len(), 2);
        hole.reverse();
    }
}

#[test]
fn what_bounds_no_area_is_refused_with_its_reason() {
    let bow_tie = vec![(121.0, 30.0), (121.1, 30.1), (121.1, 30.0), (121.0, 30.1), (121.0, 30.0)];
    assert_eq!(refused(&[vec![bow_tie]]), "self_intersection");
    let lopsided = vec![(121.0, 30.0), (121.2, 30.15), (121.1, 30.0), (121.0, 30.1), (121.0, 30.0)];
    assert_eq!(refused(&[vec![lopsided]]), "self_intersection");
    let flat = vec![(121.0, 30.0), (121.1, 30.0), (121.2, 30.0), (121.0, 30.0)];
    assert_eq!(refused(&[vec![flat]]), "zero_area");
    let mut open = square(121.0, 30.0, 0.1);
    open[4] = (121.05, 30.05);
    assert_eq!(refused(&[vec![open]]), "unclosed");
    assert_eq!(refused(&[vec![square(121.0, 30.0, 0.1), square(122.0, 30.0, 0.01)]]), "hole_outside");
    assert_eq!(refused(&[vec![square(f64::NAN, 30.0, 0.1)]]), "coordinate");
    assert_eq!(refused(&[vec![square(-100.0, -40.0, 80.0)]]), "extent");
    let spike = vec![(121.0, 30.0), (121.1, 30.0), (121.3, 30.0), (121.1, 30.0), (121.1, 30.1), (121.0, 30.0)];
    assert_eq!(refused(&[vec![spike]]), "self_intersection");
}

#[test]
fn rings_that_touch_in_a_point_are_taken() {
    let hole = vec![(121.0, 30.05), (121.05, 30.02), (121.05, 30.08), (121.0, 30.05)];
    assert!(polygons(&[vec![square(121.0, 30.0, 0.1), hole]]).is_ok());
}

#[test]
fn overlapping_parts_become_one() {
    let ground = polygons(&[vec![square(121.0, 30.0, 0.1)], vec![square(121.05, 30.05, 0.1)]]).expect("two squares");
    assert_eq!(ground.parts.len(), 1);
    let nested = polygons(&[vec![square(121.0, 30.0, 0.1)], vec![square(121.02, 30.02, 0.01)]]).expect("nested");
    assert_eq!((nested.parts.len(), nested.parts[0].len()), (1, 1));
    let apart = polygons(&[vec![square(121.0, 30.0, 0.1)], vec![square(122.0, 30.0, 0.1)]]).expect("apart");
    assert_eq!(apart.parts.len(), 2);
}

#[test]
fn two_hundred_thousand_vertices_are_checked_and_one_more_is_refused() {
    let ring = |n: usize| {
        let mut ring: Vec<(f64, f64)> = (0..n)
            .map(|i| {
                let angle = 2.0 * std::f64::consts::PI * i as f64 / n as f64;
                let radius = 0.2 + 0.01 * (37.0 * angle).sin();
                (121.0 + radius * angle.cos(), 30.0 + radius * angle.sin())
            })
            .collect();
        ring.push(ring[0]);
        ring
    };
    assert!(polygons(&[vec![ring(MAX_VERTICES - 1)]]).is_ok());
    assert_eq!(refused(&[vec![ring(MAX_VERTICES)]]), "too_many_vertices");
}

#[test]
fn a_star_of_long_edges_is_refused_in_bounded_time() {
    let mut star: Vec<(f64, f64)> = (0..100_001)
        .map(|i| {
            let angle = std::f64::consts::PI * (i as f64) * (100_000.0 / 100_001.0);
            (121.0 + angle.cos(), 30.0 + angle.sin())
        })
        .collect();
    star.push(star[0]);
    assert!(["self_intersection", "too_complex"].contains(&refused(&[vec![star]])));
}

/// Distance of the farthest and nearest boundary point from the centre, metres.
fn radii(ground: &Ground, centre: Position) -> (f64, f64) {
    let ring = &ground.parts[0][0];
    let mut range = (f64::MAX, 0.0_f64);
    for (i, &a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let middle = Position {
            lon_e7: ((i64::from(a.lon_e7) + i64::from(b.lon_e7)) / 2) as i32,
            lat_e7: ((i64::from(a.lat_e7) + i64::from(b.lat_e7)) / 2) as i32,
        };
        for p in [a, middle] {
            let metres = distance(centre, p).as_metres();
            range = (range.0.min(metres), range.1.max(metres));
        }
    }
    range
}

#[test]
fn a_circle_is_within_five_centimetres() {
    let centre = Position::from_degrees(121.05, 30.60).expect("in range");
    for radius in [1.0, 30.0, 600.0, 5_000.0] {
        let (near, far) = radii(&circle(centre, radius).expect("a circle"), centre);
        assert!(near > radius - 0.05 && far < radius + 0.05, "{radius}: {near} to {far}");
    }
    assert_eq!(circle(centre, 0.0).expect_err("no radius").code, "radius");
    assert_eq!(circle(centre, f64::NAN).expect_err("no number").code, "radius");
    assert_eq!(circle(centre, 200_000.0).expect_err("too far").code, "radius");
}

#[test]
fn a_corridor_keeps_its_width_along_and_around_bends() {
    let line = [(121.0, 30.0), (121.1, 30.05), (121.1, 30.3), (121.05, 30.28)];
    let ground = corridor(&line, 200.0).expect("a corridor");
    assert_eq!(ground.parts.len(), 1);
    let segments: Vec<Position> =
        line.iter().map(|&(lon, lat)| Position::from_degrees(lon, lat).expect("in range")).collect();
    let away = |p: Position| {
        let scale = LocalScale::at(p.lat_e7);
        segments
            .windows(2)
            .map(|s| crate::geodesy::distance_to_segment(scale, p, s[0], s[1]).as_metres())
            .fold(f64::MAX, f64::min)
    };
    for ring in &ground.parts[0] {
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            let middle = Position { lon_e7: a.lon_e7 / 2 + b.lon_e7 / 2, lat_e7: a.lat_e7 / 2 + b.lat_e7 / 2 };
            for p in [a, middle] {
                let metres = away(p);
                assert!((metres - 100.0).abs() < 0.05, "{metres} m at {p:?}");
            }
        }
    }
    assert_eq!(corridor(&line[..1], 10.0).expect_err("one position").code, "line");
    assert_eq!(corridor(&line, -1.0).expect_err("negative").code, "width");
}

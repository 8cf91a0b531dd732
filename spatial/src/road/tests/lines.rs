//! Roads that come as plain lines: where they join, and where they must not.

use super::super::*;
use super::sketch::at;
use crate::position::Position;
use crate::units::Millimetres;

fn line(id: i64, shape: &[(f64, f64)], level: i8) -> RoadLine {
    let shape: Vec<Position> = shape.iter().map(|(column, line)| at(*column, *line)).collect();
    RoadLine { id, shape, kind: RoadKind::of_class(RoadClass::Tertiary), name: RoadName::default(), level }
}

/// Junctions, edges, and parts that hang together.
fn check(lines: &[RoadLine], expected: (usize, usize, usize)) {
    let mut joined = join_lines(lines, &[], Millimetres(1_000)).expect("they are few");
    let (network, findings) = Network::build(&mut joined.draft).expect("a network");
    let report = Report::of(&network, &EdgeGrid::of(&network), findings);
    assert_eq!((report.junctions, report.edges, report.components.len()), expected, "{lines:?}");
    // Nothing is lost: the lines are as long as the edges, but for what ends were moved by.
    let drawn: f64 = lines
        .iter()
        .flat_map(|line| line.shape.windows(2))
        .map(|p| crate::geodesy::distance(p[0], p[1]).as_metres())
        .sum();
    assert!((drawn - report.length_m as f64).abs() < 3.0, "{drawn} {}", report.length_m);
}

#[test]
fn lines_join_at_ends_at_shared_vertices_and_where_an_end_touches() {
    // Two ends at one place, exactly and within the tolerance (0.5 m); too far (2 m).
    check(&[line(1, &[(0.0, 0.0), (1.0, 0.0)], 0), line(2, &[(1.0, 0.0), (2.0, 0.0)], 0)], (3, 2, 1));
    check(&[line(1, &[(0.0, 0.0), (1.0, 0.0)], 0), line(2, &[(1.005, 0.0), (2.0, 0.0)], 0)], (3, 2, 1));
    check(&[line(1, &[(0.0, 0.0), (1.0, 0.0)], 0), line(2, &[(1.02, 0.0), (2.0, 0.0)], 0)], (4, 2, 2));
    // A vertex inside both.
    let cross = [line(1, &[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)], 0), line(2, &[(1.0, 0.0), (1.0, 1.0), (1.0, 2.0)], 0)];
    check(&cross, (5, 4, 1));
    // An end on a line, where that has no vertex, and nearly so; one line is met twice.
    let comb = [
        line(1, &[(0.0, 0.0), (3.0, 0.0)], 0),
        line(2, &[(2.0, 0.0), (2.0, 1.0)], 0),
        line(3, &[(1.0, 0.005), (1.0, 1.0)], 0),
    ];
    check(&comb, (6, 5, 1));
}

#[test]
fn lines_that_only_cross_do_not_join() {
    check(&[line(1, &[(0.0, 1.0), (2.0, 1.0)], 0), line(2, &[(1.0, 0.0), (1.0, 2.0)], 0)], (4, 2, 2));
    // A bridge with a vertex right over the road's; its ends join what is below all the same.
    let over = [
        line(1, &[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)], 0),
        line(2, &[(1.0, 0.0), (1.0, 1.0), (1.0, 2.0)], 1),
        line(3, &[(1.0, 2.0), (2.0, 2.0)], 0),
    ];
    check(&over, (5, 3, 2));
    // A road on the ground that ends under a bridge.
    check(&[line(1, &[(0.0, 0.0), (2.0, 0.0)], 1), line(2, &[(1.0, 0.0), (1.0, 1.0)], 0)], (4, 2, 2));
}

#[test]
fn a_short_line_and_a_closed_one_stay_what_they_are() {
    check(&[line(1, &[(0.0, 0.0), (0.005, 0.0)], 0), line(2, &[(0.005, 0.0), (1.0, 0.0)], 0)], (3, 2, 1));
    check(&[line(1, &[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)], 0)], (1, 1, 1));
}

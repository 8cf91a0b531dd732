//! Data that is wrong, and what is said of it.

use super::super::*;
use super::sketch::Sketch;

#[test]
fn parts_and_dead_ends_are_counted() {
    let town = Sketch::new("A---B---C\n\n\nD---E").roads("AB BC DE").town();
    let report = Report::of(&town.network, &town.grid, town.findings.clone());
    assert_eq!((report.junctions, report.edges, report.dead_ends), (5, 3, 4));
    assert_eq!(report.components, [3, 2]);
    assert_eq!(report.length_m, 1_200);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn roads_without_length_twice_there_or_nearly_joined_are_found() {
    let mut sketch = Sketch::new("A---B---C");
    sketch.roads("AB BC AB");
    let b = sketch.draft.places[1];
    // One and a half metres north of the middle of BC, going north.
    let near = |metres: f64| crate::position::Position {
        lat_e7: b.lat_e7 + (metres / 0.0110852) as i32,
        lon_e7: b.lon_e7 + 9_000,
    };
    sketch.draft.places.extend([near(1.5), near(80.0), b, b]);
    let (kind, name) = (sketch.draft.ways[0].kind, sketch.draft.ways[0].name);
    sketch.draft.ways.push(DraftWay { id: 40, places: vec![3, 4], kind, name });
    sketch.draft.ways.push(DraftWay { id: 41, places: vec![5, 6], kind, name });
    sketch.draft.ways.push(DraftWay { id: 42, places: vec![1, 1], kind, name });
    let town = sketch.town();
    let report = Report::of(&town.network, &town.grid, town.findings.clone());
    let found: Vec<(FindingKind, Option<i64>)> = report.findings.iter().map(|f| (f.kind, f.source)).collect();
    assert!(found.contains(&(FindingKind::WayWithoutLength, Some(42))), "{found:?}");
    assert!(found.contains(&(FindingKind::EdgeWithoutLength, Some(41))), "{found:?}");
    assert!(found.iter().any(|f| f.0 == FindingKind::NearlyJoined && f.1 == Some(2)), "{found:?}");
    assert!(found.contains(&(FindingKind::Doubled, Some(3))), "{found:?}");
    // It does not keep anybody from driving.
    assert_eq!(town.way(ProfileId::Car, 'A', 'C').as_deref(), Ok("ABC"));
}

#[test]
fn nothing_is_no_network() {
    assert!(Network::build(&mut Draft::default()).is_err());
}

#[test]
fn data_that_leads_nowhere_is_refused() {
    let town = Sketch::new("A---B").roads("AB").town();
    let mut data = town.network.data().clone();
    data.edges[0].to = JunctionId(9);
    assert!(Network::new(data).is_err());
    let mut data = town.network.data().clone();
    data.vertices.pop();
    assert!(Network::new(data).is_err());
    assert!(Network::new(town.network.data().clone()).is_ok());
}

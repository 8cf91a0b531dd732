//! The demo park's road net, read back from its `.osm.pbf` by GDAL: the same ways with the same tags.

use cordon_data::park::osm::road_net;
use cordon_data::park::roads::Roads;
use std::path::PathBuf;
use std::process::Command;

/// The file in a folder of its own.
fn written() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("park.osm.pbf");
    std::fs::write(&file, road_net(&Roads::of_the_park())).expect("a temporary file can be written");
    (folder, file)
}

fn ogrinfo(file: &PathBuf, arguments: &[&str]) -> String {
    let output = Command::new("ogrinfo").arg("-ro").arg(file).args(arguments).output();
    let output = output.expect("ogrinfo runs (Debian's gdal-bin)");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// How many features of a layer meet a condition.
fn count(file: &PathBuf, layer: &str, condition: &str) -> usize {
    let query = format!("SELECT osm_id FROM {layer} WHERE {condition}");
    let said = ogrinfo(file, &["-q", "-sql", &query, "-geom=NO"]);
    said.lines().filter(|line| line.starts_with("OGRFeature")).count()
}

#[test]
fn another_reader_finds_the_same_roads_and_tags() {
    let (_folder, file) = written();
    let roads = Roads::of_the_park();
    // A way is cut where a sign stands at one of its junctions.
    let parts = |way: &cordon_data::park::roads::Way| {
        let inner = &way.nodes[1..way.nodes.len() - 1];
        1 + inner.iter().filter(|node| roads.turns.iter().any(|turn| turn.via == **node)).count()
    };
    assert_eq!(count(&file, "lines", "highway IS NOT NULL"), roads.ways.iter().map(parts).sum::<usize>());
    let of = |holds: fn(&cordon_data::park::roads::Way) -> bool| -> usize {
        roads.ways.iter().filter(|way| holds(way)).map(parts).sum()
    };
    use cordon_data::park::roads::{Admits, RoadClass, Structure};
    for (condition, expected) in [
        ("highway = 'motorway'", of(|way| way.class == RoadClass::Expressway)),
        ("highway = 'residential'", of(|way| way.class == RoadClass::Street)),
        ("other_tags LIKE '%\"oneway\"=>\"yes\"%'", of(|way| way.oneway)),
        ("other_tags LIKE '%\"bridge\"=>\"yes\"%'", of(|way| matches!(way.structure, Structure::Bridge { .. }))),
        ("other_tags LIKE '%\"hazmat:adr_tunnel_cat\"=>\"D\"%'", 1),
        ("other_tags LIKE '%\"hazmat\"=>\"no\"%'", of(|way| way.admits == Admits::NoHazmat)),
        ("other_tags LIKE '%\"maxspeed\"=>\"80\"%'", of(|way| way.max_kph == 80)),
        ("other_tags LIKE '%\"maxheight\"=>\"4.5\"%'", 1),
        ("other_tags LIKE '%\"maxweight\"=>\"20\"%'", 1),
        ("name = '中央大道'", 1),
    ] {
        assert!(expected > 0, "{condition}");
        assert_eq!(count(&file, "lines", condition), expected, "{condition}");
    }
    assert_eq!(count(&file, "points", "barrier = 'lift_gate'"), roads.gates.len());
}

#[test]
fn another_reader_finds_the_signs_at_junctions_with_the_roads_and_the_place_that_they_are_about() {
    let (_folder, file) = written();
    let roads = Roads::of_the_park();
    assert!(roads.turns.len() >= 4);
    for sign in ["no_left_turn", "no_straight_on", "only_straight_on"] {
        let expected = roads.turns.iter().filter(|turn| turn.sign.word() == sign).count();
        let condition = format!("type = 'restriction' AND other_tags LIKE '%\"restriction\"=>\"{sign}\"%'");
        assert!(expected > 0, "{sign}");
        assert_eq!(count(&file, "other_relations", &condition), expected, "{sign}");
    }
    let said = ogrinfo(&file, &["-q", "other_relations"]);
    for turn in &roads.turns {
        let at = roads.nodes[turn.via].position();
        assert!(said.contains(&format!("POINT ({} {})", at.lon(), at.lat())), "{turn:?}: {said}");
    }
    assert_eq!(said.matches("LINESTRING").count(), 2 * roads.turns.len(), "each has a way from and a way to: {said}");
}

#[test]
fn another_reader_finds_each_place_where_it_is() {
    let (_folder, file) = written();
    let roads = Roads::of_the_park();
    let (gate, node) = roads.gates[0];
    let said = ogrinfo(&file, &["-q", "-sql", &format!("SELECT * FROM points WHERE ref = '{gate}'")]);
    let at = roads.nodes[node].position();
    let point = format!("POINT ({} {})", at.lon(), at.lat());
    assert!(said.contains(&point), "{point} is not in {said}");
    let ends = &roads.way("tunnel").expect("it is drawn").nodes;
    let said = ogrinfo(&file, &["-q", "-sql", "SELECT * FROM lines WHERE name = '青龙山隧道'"]);
    for node in [ends[0], ends[ends.len() - 1]] {
        let at = roads.nodes[node].position();
        assert!(said.contains(&format!("{} {}", at.lon(), at.lat())), "{at:?} is not in {said}");
    }
}

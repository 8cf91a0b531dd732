//! `cordon roads …` on the demo park's own road net: made, asked, closed, and what is said of files that are no good.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::park;
use cordon_data::park::roads::Roads;
use cordon_spatial::position::Position;
use cordon_tests::server::binary;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

/// A folder with the park's extract and the network that was made of it.
fn built() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("park.osm.pbf"), park::osm::road_net(&Roads::of_the_park())).unwrap();
    let output = roads(folder.path(), &["build", "park.osm.pbf", "--data", "."]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 part(s)"), "{said}");
    folder
}

fn roads(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(binary()).arg("roads").args(arguments).current_dir(folder).output().unwrap()
}

/// The objects that a question is answered with.
fn answers(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = roads(folder, &[arguments, &["--data", "."]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refusal(folder: &Path, arguments: &[&str]) -> String {
    let output = roads(folder, arguments);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// Both ends of the park's tunnel.
fn tunnel() -> (Position, Position) {
    let roads = Roads::of_the_park();
    let way = roads.ways.iter().find(|way| way.name == "青龙山隧道").unwrap();
    (roads.nodes[way.nodes[0]].position(), roads.nodes[*way.nodes.last().unwrap()].position())
}

fn text(at: Position) -> String {
    format!("{},{}", at.lon(), at.lat())
}

/// A square of some metres around a place, as a file.
fn square(folder: &Path, name: &str, at: Position, half_deg: f64) {
    let corner = |x: f64, y: f64| json!([at.lon() + x * half_deg, at.lat() + y * half_deg]);
    let ring = [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0), corner(-1.0, -1.0)];
    let area = json!({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}});
    std::fs::write(folder.join(name), area.to_string()).unwrap();
}

#[test]
fn a_tanker_goes_round_the_tunnel_and_says_why() {
    let folder = built();
    let (from, to) = tunnel();
    let route = |profile: &str| {
        let (from, to) = (text(from), text(to));
        answers(folder.path(), &["route", "--from", &from, "--to", &to, "--profile", profile]).remove(0)
    };
    let (car, tanker) = (route("car"), route("hazmat_truck"));
    assert!(car["refused"].as_array().unwrap().is_empty(), "{car}");
    assert!(tanker["length_m"].as_f64().unwrap() > car["length_m"].as_f64().unwrap() * 1.5, "{tanker}");
    let refused = &tanker["refused"][0];
    assert_eq!((&refused["road"], &refused["reason"]), (&json!("青龙山隧道"), &json!("hazmat")), "{tanker}");
    assert_eq!(car["instructions"].as_array().unwrap().last().unwrap()["manoeuvre"], "arrive");
}

#[test]
fn an_approach_ends_upwind_and_says_what_is_next_best() {
    let folder = built();
    let (from, to) = tunnel();
    let middle = Position { lon_e7: from.lon_e7.midpoint(to.lon_e7), lat_e7: from.lat_e7.midpoint(to.lat_e7) };
    let turn = |deg: f64| deg.rem_euclid(360.0).to_string();
    // The bearing of the first end from the middle of the tunnel, near enough for a sector of 120 degrees.
    let x = (from.lon() - middle.lon()) * middle.lat().to_radians().cos();
    let bearing = x.atan2(from.lat() - middle.lat()).to_degrees();
    let (centre, start, wind, across) = (text(middle), text(to), turn(bearing), turn(bearing + 80.0));
    let asked = ["route", "--from", &start, "--profile", "fire_engine", "--approach", &centre, "--radius-m", "80"];
    let route = answers(folder.path(), &[&asked[..], &["--wind-from-deg", &wind]].concat()).remove(0);
    assert_eq!(route["approach"]["place"]["side"], "upwind", "{route}");
    let straight = answers(folder.path(), &["route", "--from", &start, "--to", &text(from)]).remove(0);
    assert!(route["length_m"].as_f64() > straight["length_m"].as_f64(), "not through the tunnel: {route}");
    let narrow = [&asked[..], &["--wind-from-deg", &across, "--sector-deg", "20", "--data", "."]].concat();
    let refused = refusal(folder.path(), &narrow);
    assert!(refused.contains("no road leads to the ring from upwind") && refused.contains("next best is"), "{refused}");
    let half = refusal(folder.path(), &[&asked[..], &["--data", "."]].concat());
    assert!(half.contains("--wind-from-deg"), "{half}");
}

#[test]
fn a_closure_turns_the_route_and_an_end_inside_is_said() {
    let folder = built();
    let (from, to) = tunnel();
    let middle = Position { lon_e7: from.lon_e7.midpoint(to.lon_e7), lat_e7: from.lat_e7.midpoint(to.lat_e7) };
    square(folder.path(), "closed.geojson", middle, 0.0005);
    let (from_text, to_text) = (text(from), text(to));
    let asked = ["route", "--from", &from_text, "--to", &to_text];
    let open = answers(folder.path(), &asked).remove(0);
    let closed = answers(folder.path(), &[&asked[..], &["--closed", "closed.geojson"]].concat()).remove(0);
    assert!(closed["length_m"].as_f64().unwrap() > open["length_m"].as_f64().unwrap() * 1.5, "{closed}");
    assert_eq!(closed["refused"][0]["closures"], json!([1]), "{closed}");
    let taken = answers(folder.path(), &["closure", "closed.geojson"]);
    assert!(taken.iter().any(|road| road["road"] == "青龙山隧道"), "{taken:?}");
    square(folder.path(), "start.geojson", from, 0.0005);
    let said = refusal(folder.path(), &[&asked[..], &["--data", ".", "--closed", "start.geojson"]].concat());
    assert!(said.contains("the start") && said.contains("lies in what is closed"), "{said}");
}

#[test]
fn the_nearest_come_first_and_those_in_a_closed_area_are_named() {
    let folder = built();
    let roads = Roads::of_the_park();
    let place = |node: usize| roads.nodes[node].position();
    let point = |id: &str, node: usize| {
        let at = place(node);
        json!({"type": "Feature", "id": id, "properties": {}, "geometry": {"type": "Point", "coordinates": [at.lon(), at.lat()]}})
    };
    let way = roads.ways.iter().find(|way| way.name == "青龙山隧道").unwrap();
    let (near, far) = (way.nodes[0], *way.nodes.last().unwrap());
    let units = json!({"type": "FeatureCollection", "features": [point("far", far), point("near", near)]});
    std::fs::write(folder.path().join("units.geojson"), units.to_string()).unwrap();
    let to = text(place(near));
    let asked = ["nearest", "--to", &to, "--of", "units.geojson", "--profile", "ambulance", "--count", "9"];
    let names = |answers: &[Value]| answers.iter().map(|a| a["place"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let all = answers(folder.path(), &asked);
    assert_eq!(names(&all), ["near", "far"]);
    assert!(all[0]["duration_s"].as_f64() < all[1]["duration_s"].as_f64(), "{all:?}");
    square(folder.path(), "closed.geojson", place(far), 0.0005);
    let some = answers(folder.path(), &[&asked[..], &["--closed", "closed.geojson"]].concat());
    assert_eq!((names(&some), &some[1]["left_out"]), (vec!["near".to_owned(), "far".to_owned()], &json!("closed")));
}

#[test]
fn files_that_are_no_good_are_said_to_be_so_and_the_network_stays() {
    let folder = built();
    let whole = std::fs::read(folder.path().join("park.osm.pbf")).unwrap();
    std::fs::write(folder.path().join("cut.osm.pbf"), &whole[..whole.len() - 9]).unwrap();
    let said = refusal(folder.path(), &["build", "cut.osm.pbf", "--data", "."]);
    assert!(said.contains("cut short"), "{said}");
    let (from, to) = tunnel();
    let (from, to) = (text(from), text(to));
    assert_eq!(answers(folder.path(), &["route", "--from", &from, "--to", &to]).len(), 1);
    let empty = tempfile::tempdir().unwrap();
    let said = refusal(empty.path(), &["route", "--from", &from, "--to", &to, "--data", "."]);
    assert!(said.contains("no road network") && said.contains("roads build"), "{said}");
    let said = refusal(folder.path(), &["route", "--from", "121", "--to", &to, "--data", "."]);
    assert!(said.contains("longitude and latitude"), "{said}");
    let far = refusal(folder.path(), &["route", "--from", "0,0", "--to", &to, "--data", "."]);
    assert!(far.contains("no road within"), "{far}");
}

#[test]
fn the_table_of_profiles_can_be_edited() {
    let folder = built();
    let table = String::from_utf8(roads(folder.path(), &["profiles"]).stdout).unwrap();
    let low = table.replace("height_cm = 170", "height_cm = 500");
    assert_ne!(table, low);
    std::fs::write(folder.path().join("low.toml"), low).unwrap();
    let (from, to) = tunnel();
    let (from, to) = (text(from), text(to));
    let asked = ["route", "--from", &from, "--to", &to, "--profiles", "low.toml"];
    let route = answers(folder.path(), &asked).remove(0);
    assert_eq!(route["refused"][0]["reason"], "height", "{route}");
    std::fs::write(folder.path().join("wrong.toml"), table.replace("fails_closed", "fails_open")).unwrap();
    let said =
        refusal(folder.path(), &["route", "--from", &from, "--to", &to, "--data", ".", "--profiles", "wrong.toml"]);
    assert!(said.contains("fails_open"), "{said}");
}

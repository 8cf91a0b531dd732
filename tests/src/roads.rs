//! The demo park's roads as tests need them: a network in a server's folder, and places on it.

use crate::server::{Server, cordon};
use crate::wait;
use cordon_data::park;
use cordon_data::park::roads::Roads;
use cordon_spatial::position::Position;
use serde_json::{Value, json};

/// Makes the park's network in the folder of a running server by the command line, and waits until the server has it.
pub fn build(server: &Server) {
    let folder = server.folder().to_str().expect("the folder's name is text").to_owned();
    let extract = format!("{folder}/park.osm.pbf");
    std::fs::write(&extract, park::osm::road_net(&Roads::of_the_park())).expect("the folder can be written to");
    let output = cordon(&["roads", "build", &extract, "--data", &folder], "");
    assert!(output.status.success(), "roads build: {}", String::from_utf8_lossy(&output.stderr));
    await_ready(server);
}

/// Waits until the server has its network.
pub fn await_ready(server: &Server) {
    wait::until("the network is loaded", || {
        (server.api().get("/api/health").expect(200)["roads"]["state"] == "ready").then_some(())
    });
}

/// Both ends of a road of the park, by its Chinese name.
pub fn ends(name: &str) -> (Position, Position) {
    let roads = Roads::of_the_park();
    let way = roads.ways.iter().find(|way| way.name == name).expect("the park has a road of that name");
    let last = way.nodes.last().expect("a road has nodes");
    (roads.nodes[way.nodes[0]].position(), roads.nodes[*last].position())
}

/// The middle between two places.
pub fn middle((a, b): (Position, Position)) -> Position {
    Position { lon_e7: a.lon_e7.midpoint(b.lon_e7), lat_e7: a.lat_e7.midpoint(b.lat_e7) }
}

/// A place as questions about roads have it.
pub fn at(place: Position) -> Value {
    json!({"lon": place.lon(), "lat": place.lat()})
}

/// A square of some degrees around a place, as GeoJSON.
pub fn square(place: Position, half_deg: f64) -> Value {
    let corner = |x: f64, y: f64| json!([place.lon() + x * half_deg, place.lat() + y * half_deg]);
    let ring = [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0), corner(-1.0, -1.0)];
    json!({"type": "Polygon", "coordinates": [ring]})
}

//! What a console gets of the vehicles by where it looks: single ones when it is near, counts by cell from far away.

use cordon_tests::http::Api;
use cordon_tests::live::Live;
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};

/// The surroundings of the park.
const DISTRICT: [f64; 4] = [120.0, 29.0, 122.0, 31.0];

fn make(api: &Api, id: &str) {
    let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": id, "class": "goods"}});
    api.put(&format!("/ogc/collections/vehicles/items/{id}"), &vehicle).expect(201);
}

fn fix(id: &str, lon: f64) -> Value {
    json!({"vehicle": id, "fixed_at": jiff::Timestamp::now().to_string(), "lon": lon, "lat": 30.0, "speed_kph": 0})
}

#[test]
fn from_far_away_a_console_gets_counts_and_single_vehicles_when_it_comes_near() {
    let server = Server::start();
    let api = server.api();
    for id in ["near-1", "near-2", "far"] {
        make(&api, id);
    }
    let fixes = json!([fix("near-1", 121.05), fix("near-2", 121.051), fix("far", -70.0)]);
    api.post("/api/fixes", &fixes).expect(200);
    let mut live = Live::connect(server.http, &server.token);

    live.look(DISTRICT, 8.0);
    let counts = live.positions_until("counts", |frame| frame.kind == 4);
    let (count, lon_e7, lat_e7, flags) = counts.records[0];
    assert_eq!((counts.records.len(), count, flags), (1, 2, 0), "{counts:?}");
    // A cell of zoom 8 is a tile of zoom 11: 0.18 degrees wide.
    assert!((lon_e7 - 1_210_500_000).abs() < 900_000 && (lat_e7 - 300_000_000).abs() < 900_000, "{counts:?}");

    make(&api, "third");
    api.post("/api/fixes", &json!([fix("third", 121.052)])).expect(200);
    let counts = live.positions_until("a count of three", |frame| frame.records.iter().any(|record| record.0 == 3));
    assert_eq!((counts.kind, counts.records.len()), (4, 1));

    live.look(DISTRICT, 12.0);
    let snapshot = live.positions_until("a snapshot", |frame| frame.kind != 4);
    assert_eq!((snapshot.kind, snapshot.records.len()), (1, 3), "{snapshot:?}");
    live.look([-180.0, -85.0, 180.0, 85.0], 0.0);
    let counts = live.positions_until("counts of the world", |frame| frame.kind == 4);
    assert_eq!(counts.records.iter().map(|record| record.0).collect::<Vec<_>>(), [1, 3], "of one row, from the west");
}

#[test]
fn counts_leave_out_the_layers_that_a_console_hides() {
    let server = Server::start();
    let api = server.api();
    for (id, class) in [("h1", "hazmat"), ("h2", "hazmat"), ("g1", "goods")] {
        let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": id, "class": class}});
        api.put(&format!("/ogc/collections/vehicles/items/{id}"), &vehicle).expect(201);
    }
    api.post("/api/fixes", &json!([fix("h1", 121.05), fix("h2", 121.051), fix("g1", 121.052)])).expect(200);
    let mut live = Live::connect(server.http, &server.token);
    let mut counted = |hide: &[&str]| {
        live.look_without(DISTRICT, 8.0, hide);
        live.positions_until("counts", |frame| frame.kind == 4).records[0].0
    };
    assert_eq!([counted(&[]), counted(&["hazmat"]), counted(&["goods", "quiet"])], [3, 1, 2]);
    assert_eq!([counted(&["standing"]), counted(&["moving"])], [0, 3], "they stand");
    api.json("PATCH", "/ogc/collections/vehicles/items/h2", &json!({"properties": {"class": "goods"}})).expect(200);
    live.look_without(DISTRICT, 8.0, &["goods"]);
    live.positions_until("one with dangerous goods", |frame| frame.kind == 4 && frame.records[0].0 == 1);
}

#[test]
fn a_cell_with_a_vehicle_in_alarm_says_so() {
    let server = Server::start();
    let api = server.api();
    make(&api, "truck");
    let ring = [[121.0, 29.9], [121.1, 29.9], [121.1, 30.1], [121.0, 30.1], [121.0, 29.9]];
    let zone = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties":
        {"name": "tanks", "kind": "closed", "rules": [{"id": "in", "when": "enter", "priority": 1}]}});
    api.put("/ogc/collections/zones/items/tanks", &zone).expect(201);
    let mut live = Live::connect(server.http, &server.token);
    live.look(DISTRICT, 8.0);
    let now = jiff::Timestamp::now().as_second();
    let fixes: Vec<Value> = [(40, 120.999), (20, 121.001), (10, 121.002), (0, 121.003)]
        .map(|(ago, lon)| {
            let mut fix = fix("truck", lon);
            fix["fixed_at"] = json!(jiff::Timestamp::from_second(now - ago).expect("a time").to_string());
            fix
        })
        .into();
    api.post("/api/fixes", &json!(fixes)).expect(200);
    let counts =
        live.positions_until("a cell in alarm", |frame| frame.kind == 4 && frame.records.iter().any(|r| r.3 == 2));
    assert_eq!((counts.records.len(), counts.records[0].0), (1, 1), "{counts:?}");
}

#[test]
fn a_console_that_takes_nothing_is_cut_and_told_why_when_it_reads_on() {
    let server = Server::start();
    let api = server.api();
    let vehicle = |n: u32| {
        json!({"type": "Feature", "id": format!("v{n}"), "geometry": null,
            "properties": {"plate": n.to_string(), "class": "goods"}})
    };
    let features: Vec<Value> = (0..2_000).map(vehicle).collect();
    api.post("/ogc/collections/vehicles/items", &json!({"type": "FeatureCollection", "features": features}))
        .expect(201);
    let fixes: Vec<Value> = (0..2_000).map(|n| fix(&format!("v{n}"), 121.0)).collect();
    api.post("/api/fixes", &json!(fixes)).expect(200);
    let mut sleeping = Live::connect(server.http, &server.token);
    let mut awake = Live::connect(server.http, &server.token);
    // Each look is answered with 40 kB: more than the buffers between two sockets hold together. Of looks that come at once the
    // last alone is answered, so each waits for an answer to somebody else.
    for _ in 0..400 {
        sleeping.look(DISTRICT, 12.0);
        awake.look(DISTRICT, 12.0);
        awake.positions_until("the view", |frame| !frame.records.is_empty());
    }
    wait::until("the console is cut", || {
        let metrics = api.get("/metrics").text();
        metrics
            .lines()
            .any(|line| line.starts_with("cordon_ws_kicked_total") && line.contains("too slow"))
            .then_some(())
    });
    api.post("/api/fixes", &json!([fix("v1", 121.001)])).expect(200);
    awake.positions_until("what moved meanwhile", |frame| frame.records.iter().any(|record| record.1 == 1_210_010_000));
    assert_eq!(sleeping.closed(), 4008);
}

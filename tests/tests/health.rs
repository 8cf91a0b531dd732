//! How the server says that it is: figures that agree with what was done to it.

use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::live::Live;
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};

fn vehicle(server: &Server, id: &str) {
    let feature = json!({"type": "Feature", "geometry": null, "properties": {"plate": id, "class": "goods"}});
    server.api().put(&format!("/ogc/collections/vehicles/items/{id}"), &feature).expect(201);
}

#[test]
fn the_figures_are_those_of_what_happened() {
    let server = Server::start();
    let api = server.api();
    let before = api.get("/api/health").expect(200);
    assert_eq!((&before["ready"], &before["not_ready"], &before["warnings"]), (&json!(true), &json!([]), &json!([])));
    assert_eq!(
        (&before["vehicles"]["total"], &before["zones"], &before["alarms_open"]),
        (&json!(0), &json!(0), &json!(0))
    );
    assert_eq!(before["ingest"]["fixes_total"], 0);

    vehicle(&server, "truck");
    let ring = [[121.0, 29.9], [121.1, 29.9], [121.1, 30.1], [121.0, 30.1], [121.0, 29.9]];
    let zone = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties":
        {"name": "tanks", "kind": "closed", "rules": [{"id": "in", "when": "enter", "priority": 1}]}});
    api.put("/ogc/collections/zones/items/tanks", &zone).expect(201);
    let now = jiff::Timestamp::now().as_second();
    let fix = |ago: i64, lon: f64| {
        let at = jiff::Timestamp::from_second(now - ago).expect("a time").to_string();
        json!({"vehicle": "truck", "fixed_at": at, "lon": lon, "lat": 30.0})
    };
    let mut fixes =
        [(40, 120.999), (20, 121.001), (10, 121.002), (0, 121.003)].map(|(ago, lon)| fix(ago, lon)).to_vec();
    fixes.push(json!({"vehicle": "nobody", "fixed_at": "2026-01-01T00:00:00Z", "lon": 0, "lat": 0}));
    api.post("/api/fixes", &json!(fixes)).expect(200);
    let (_terminal, _) = Terminal::sign_on(server.jt808, "13800000001", b"A1", Version::V2013).expect("it signs on");
    let mut live = Live::connect(server.http, &server.token);
    live.until("hello", |frame| frame["type"] == "hello");

    let health = wait::until("the terminal is online", || {
        let health = api.get("/api/health").expect(200);
        (health["terminals"]["online"] == 1).then_some(health)
    });
    assert_eq!(health["terminals"], json!({"online": 1, "approved": 1, "waiting_approval": 0}));
    assert_eq!(health["vehicles"], json!({"total": 2, "online": 2, "silent": 0}));
    let counts = ["zones", "alarms_open", "consoles"].map(|name| health[name].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(1)]);
    let ingest = &health["ingest"];
    assert_eq!((&ingest["fixes_total"], &ingest["refused_total"]), (&json!(4), &json!(1)));
    let over_zero = |value: &Value| value.as_f64().is_some_and(|number| number > 0.0);
    assert!(
        ["fixes_per_s", "batches_per_s", "commit_ms_p50", "commit_ms_p99", "lag_ms"]
            .iter()
            .all(|n| over_zero(&ingest[n])),
        "{ingest}"
    );
    assert_eq!((&ingest["waiting"], &ingest["late_waiting"]), (&json!(0), &json!(0)));
    let disk = &health["disk"];
    assert!(["free_bytes", "total_bytes", "database_bytes"].iter().all(|name| over_zero(&disk[name])), "{disk}");
    let file = std::fs::metadata(server.folder().join("cordon.db")).expect("the store has a file").len();
    assert!(disk["database_bytes"].as_u64() >= Some(file), "the file and its log: {disk}");
    assert!(over_zero(&health["engine"]["threads"]) && over_zero(&health["engine_version"]));
    let [started, at] = ["started_at", "now"].map(|name| health[name].as_str().unwrap_or_default().to_owned());
    assert!(started < at, "{started} {at}");
}

#[test]
fn a_device_is_not_told_how_the_server_is() {
    let server = Server::start();
    let device = server.add_token("tracker", "device");
    let api = cordon_tests::http::Api::new(server.http, Some(device));
    assert_eq!(api.get("/api/health").expect(403)["code"], "forbidden");
    assert_eq!(server.anonymous().get("/api/health").status, 401);
}

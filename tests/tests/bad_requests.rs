//! What comes over HTTP and cannot be taken: a clear problem with code, field, value and limit, and nothing is lost.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::Lane;
use cordon_tests::http::Reply;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use serde_json::{Value, json};

/// The answer is a problem that says what is wrong; its JSON.
#[track_caller]
fn is_problem(name: &str, reply: &Reply, statuses: &[u16]) -> Value {
    assert!(statuses.contains(&reply.status), "{name}: {} {}", reply.status, reply.text());
    assert_eq!(reply.content_type.split(';').next().unwrap(), "application/problem+json", "{name}: {}", reply.text());
    let problem = reply.json();
    assert_eq!(problem["status"], reply.status, "{name}");
    for key in ["code", "detail", "title", "type", "trace_id"] {
        assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{name}: no {key} in {problem:#}");
    }
    problem
}

/// A ring of so many vertices around the park.
fn ring(vertices: usize) -> Vec<[f64; 2]> {
    let mut ring: Vec<[f64; 2]> = (0..vertices)
        .map(|i| {
            let angle = i as f64 / vertices as f64 * std::f64::consts::TAU;
            [121.6 + 0.05 * angle.cos(), 29.98 + 0.05 * angle.sin()]
        })
        .collect();
    ring.push(ring[0]);
    ring
}

fn zone(geometry: Value) -> Value {
    json!({"type": "Feature", "geometry": geometry,
        "properties": {"name": "Z", "kind": "restricted", "rules": [{"id": "r", "when": "enter", "priority": 2}]}})
}

fn polygon(rings: Value) -> Value {
    zone(json!({"type": "Polygon", "coordinates": rings}))
}

fn with(mut feature: Value, key: &str, value: Value) -> Value {
    feature["properties"][key] = value;
    feature
}

#[test]
fn a_deleted_feature_can_be_neither_changed_nor_deleted_nor_made_again() {
    let server = Server::start();
    let api = server.api();
    let path = "/ogc/collections/vehicles/items/gone";
    let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": "A"}});
    api.put(path, &vehicle).expect(201);
    assert_eq!(api.send("DELETE", path, &[], &[]).unwrap().status, 204);
    let patch = json!({"properties": {"plate": "B"}});
    for path in [path, "/ogc/collections/vehicles/items/never"] {
        assert_eq!(api.json("PATCH", path, &patch).expect(404)["code"], "not_found", "{path}");
        assert_eq!(api.send("DELETE", path, &[], &[]).unwrap().expect(404)["code"], "not_found", "{path}");
    }
    assert_eq!(api.put(path, &vehicle).expect(409)["code"], "id_used");
}

#[test]
fn a_zone_that_cannot_be_is_refused_with_the_reason() {
    let server = Server::start();
    let api = server.api();
    let good = polygon(json!([ring(12)]));
    let square = [[121.6, 30.0], [121.61, 30.0], [121.61, 30.01], [121.6, 30.01]];
    let cases: Vec<(&str, Value)> = vec![
        ("unclosed", polygon(json!([square]))),
        (
            "a bow tie",
            polygon(json!([[[121.6, 30.0], [121.61, 30.01], [121.61, 30.0], [121.6, 30.01], [121.6, 30.0]]])),
        ),
        ("two vertices", polygon(json!([[[121.6, 30.0], [121.61, 30.0], [121.6, 30.0]]]))),
        ("no area", polygon(json!([[[121.6, 30.0], [121.61, 30.0], [121.62, 30.0], [121.6, 30.0]]]))),
        ("a hole outside", polygon(json!([ring(12), [[120.0, 20.0], [120.1, 20.0], [120.1, 20.1], [120.0, 20.0]]]))),
        ("no ring", polygon(json!([]))),
        ("latitude first", polygon(json!([[[30.0, 121.6], [30.0, 121.61], [30.01, 121.61], [30.0, 121.6]]]))),
        ("a longitude of 200 degrees", polygon(json!([[[200.0, 30.0], [200.1, 30.0], [200.1, 30.1], [200.0, 30.0]]]))),
        ("text for a coordinate", polygon(json!([[["a", "b"], [121.61, 30.0], [121.61, 30.01], ["a", "b"]]]))),
        ("no geometry", zone(Value::Null)),
        ("a point without radius", zone(json!({"type": "Point", "coordinates": [121.6, 30.0]}))),
        (
            "a negative radius",
            with(zone(json!({"type": "Point", "coordinates": [121.6, 30.0]})), "radius_m", json!(-5)),
        ),
        ("a line without width", zone(json!({"type": "LineString", "coordinates": [[121.6, 30.0], [121.7, 30.0]]}))),
        ("an unknown kind", with(good.clone(), "kind", json!("forbidden"))),
        ("an unknown level", with(good.clone(), "level", json!("purple"))),
        ("an unknown rule", with(good.clone(), "rules", json!([{"id": "r", "when": "entering", "priority": 2}]))),
        ("a priority of 9", with(good.clone(), "rules", json!([{"id": "r", "when": "enter", "priority": 9}]))),
        ("dwell without limit", with(good.clone(), "rules", json!([{"id": "r", "when": "dwell", "priority": 2}]))),
        (
            "a rule twice",
            with(
                good.clone(),
                "rules",
                json!([
            {"id": "r", "when": "enter", "priority": 2}, {"id": "r", "when": "exit", "priority": 2}]),
            ),
        ),
        (
            "an unknown member of a rule",
            with(good.clone(), "rules", json!([{"id": "r", "when": "enter", "priority": 2, "limit": 5}])),
        ),
        (
            "a schedule that opens and closes at once",
            with(good.clone(), "schedule", json!([{"days": [1], "from": "08:00", "to": "08:00"}])),
        ),
        (
            "valid to before from",
            with(
                with(good.clone(), "valid_from", json!("2026-02-01T00:00:00Z")),
                "valid_to",
                json!("2026-01-01T00:00:00Z"),
            ),
        ),
        ("no feature", json!({"type": "Banana"})),
        ("a list", json!([1, 2, 3])),
    ];
    assert_eq!(api.put("/ogc/collections/zones/items/good", &good).status, 201);
    let before = api.get("/ogc/collections/zones/items").json()["features"].clone();
    assert_eq!(before.as_array().unwrap().len(), 1);
    for (name, body) in cases {
        let problem = is_problem(name, &api.put("/ogc/collections/zones/items/bad", &body), &[400, 422]);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.len() > 10, "{name}: {problem:#}");
        assert!(problem["field"].is_string(), "{name} names no field: {problem:#}");
        // The same over what is good already: the good one stands.
        is_problem(name, &api.put("/ogc/collections/zones/items/good", &body), &[400, 422]);
    }
    assert_eq!(api.get("/ogc/collections/zones/items").json()["features"], before, "nothing was lost or added");
}

#[test]
fn a_zone_of_200k_vertices_is_taken_or_refused_by_a_stated_limit() {
    let server = Server::start();
    let api = server.api();
    for vertices in [199_000, 400_000] {
        let reply = api.put("/ogc/collections/zones/items/huge", &polygon(json!([ring(vertices)])));
        if !matches!(reply.status, 200 | 201) {
            let problem = is_problem("many vertices", &reply, &[400, 413, 422]);
            assert!(problem["limit"].is_string() || problem["limit"].is_number(), "{problem:#}");
        }
    }
    // Whatever became of it, the rest works.
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&api);
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=50 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    assert!(api.items("/api/alarms").iter().any(|a| a["zone"] == lane.zone()));
}

#[test]
fn a_fix_that_cannot_be_is_refused_by_itself_and_the_others_are_taken() {
    let server = Server::start();
    let api = server.api();
    let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": "浙B00042", "class": "hazmat"}});
    assert_eq!(api.put("/ogc/collections/vehicles/items/truck", &vehicle).status, 201);
    let now = cordon_tests::drive::rfc3339(Lane::hours_ago(0));
    let good = json!({"vehicle": "truck", "fixed_at": now, "lon": 121.6, "lat": 30.0});
    let spoiled = |key: &str, value: Value| {
        let mut fix = good.clone();
        fix[key] = value;
        fix
    };
    let cases = [
        (spoiled("vehicle", json!("nobody")), "unknown_vehicle", "vehicle"),
        (spoiled("lon", json!(181.0)), "", "lon"),
        (spoiled("lat", json!(-90.5)), "", "lat"),
        (spoiled("lat", json!("NaN")), "", "lat"),
        (spoiled("fixed_at", json!("yesterday")), "", "fixed_at"),
        (spoiled("speed_kph", json!(-3)), "", "speed_kph"),
        (spoiled("heading_deg", json!(400)), "", "heading_deg"),
        (spoiled("accuracy_m", json!(-1)), "", "accuracy_m"),
    ];
    for (fix, code, field) in &cases {
        let problem = is_problem(field, &api.post("/api/fixes", &json!([fix])), &[422]);
        let refused = &problem["refused"][0];
        assert_eq!((&refused["index"], &refused["field"]), (&json!(0), &json!(field)), "{problem:#}");
        assert!(code.is_empty() || refused["code"] == *code, "{problem:#}");
        assert!(refused["code"].is_string());
    }
    let mixed: Vec<Value> = cases.iter().map(|(fix, _, _)| fix.clone()).chain([good.clone()]).collect();
    let receipt = api.post("/api/fixes", &json!(mixed)).expect(200);
    assert_eq!((&receipt["accepted"], &receipt["duplicates"]), (&json!(1), &json!(0)));
    assert_eq!(receipt["refused"].as_array().unwrap().len(), cases.len());
    let again = api.post("/api/fixes", &json!([good])).expect(200);
    assert_eq!((&again["accepted"], &again["duplicates"]), (&json!(0), &json!(1)));
    let track = api.get("/api/vehicles/truck/track").expect(200);
    assert_eq!(track["properties"]["fixes"].as_array().unwrap().len(), 1);
}

#[test]
fn requests_that_make_no_sense_get_a_problem() {
    let server = Server::start();
    let api = server.api();
    let raw = |method: &str, path: &str, content_type: &str, body: &[u8]| {
        api.send(method, path, &[("Content-Type", content_type)], body).unwrap()
    };
    let cases: Vec<(&str, Reply, &[u16])> = vec![
        ("not JSON", raw("POST", "/api/fixes", "application/json", b"{\"lon\": NaN}"), &[400, 422]),
        (
            "a number without end",
            raw("POST", "/api/fixes", "application/json", b"[{\"vehicle\":\"x\",\"lon\":1e999}]"),
            &[400, 422],
        ),
        ("an empty body", raw("POST", "/api/fixes", "application/json", b""), &[400, 422]),
        ("a wrong content type", raw("POST", "/api/fixes", "text/csv", b"a,b\n"), &[415]),
        (
            "deep nesting",
            raw("PUT", "/ogc/collections/zones/items/z", "application/geo+json", "[".repeat(100_000).as_bytes()),
            &[400, 413, 422],
        ),
        (
            "no UTF-8",
            raw("PUT", "/ogc/collections/zones/items/z", "application/geo+json", b"{\"type\":\"\xff\xfe\"}"),
            &[400, 422],
        ),
        ("an unknown alarm", api.post("/api/alarms/00000000000000000000000000000000/acknowledge", &json!({})), &[404]),
        ("an alarm id that is none", api.post("/api/alarms/%00/acknowledge", &json!({})), &[400, 404]),
        ("an unknown vehicle", api.get("/api/vehicles/nobody/track"), &[404]),
        ("an unknown collection", api.get("/ogc/collections/bananas/items"), &[404]),
        ("an unknown item", api.get("/ogc/collections/zones/items/nowhere"), &[404]),
        (
            "an id with a slash",
            api.put("/ogc/collections/zones/items/a%2Fb", &polygon(json!([ring(5)]))),
            &[400, 404, 422],
        ),
        (
            "an id that is too long",
            api.put(&format!("/ogc/collections/zones/items/{}", "a".repeat(65)), &polygon(json!([ring(5)]))),
            &[400, 404, 422],
        ),
        ("an unknown address", api.get("/api/bananas"), &[404]),
        ("a method that is not", raw("DELETE", "/api/alarms", "application/json", b""), &[405]),
        ("a limit that is none", api.get("/api/alarms?limit=many"), &[400, 422]),
        ("a state that is none", api.get("/api/alarms?state=asleep"), &[400, 422]),
        ("a time that is none", api.get("/api/events?from=yesterday"), &[400, 422]),
    ];
    for (name, reply, statuses) in cases {
        is_problem(name, &reply, statuses);
    }
    let anonymous = server.anonymous();
    for path in ["/api/vehicles", "/api/alarms", "/api/events", "/ogc/collections/zones/items"] {
        is_problem(path, &anonymous.get(path), &[401]);
    }
    let wrong = cordon_tests::http::Api::new(server.http, Some("not-a-token".to_owned()));
    is_problem("a wrong token", &wrong.get("/api/alarms"), &[401]);
    assert_eq!(server.api().get("/readyz").status, 200);
}

#[test]
fn a_body_over_the_limit_is_refused_and_the_server_goes_on() {
    let server = Server::start();
    let api = server.api();
    let body = vec![b' '; 40 << 20];
    // Told before all of it was sent, or by hanging up on the rest.
    match api.send("POST", "/api/fixes", &[("Content-Type", "application/json")], &body) {
        Ok(reply) => drop(is_problem("40 MiB", &reply, &[413])),
        Err(ureq::Error::Io(_)) => {}
        Err(e) => panic!("{e}"),
    }
    assert_eq!(api.get("/readyz").status, 200);
}

#[test]
fn a_device_may_only_report() {
    let server = Server::start();
    let device = cordon_tests::http::Api::new(server.http, Some(server.add_token("gps", "device")));
    is_problem("alarms", &device.get("/api/alarms"), &[403]);
    is_problem("a zone", &device.put("/ogc/collections/zones/items/z", &polygon(json!([ring(5)]))), &[403]);
    assert_ne!(device.post("/api/fixes", &json!([])).status, 403);
}

//! What was deleted: listed with who and when, brought back under its id, and many features deleted at once.

use cordon_tests::drive::Lane;
use cordon_tests::drive::unix_ms;
use cordon_tests::http::{Api, Reply, without_links};
use cordon_tests::server::Server;
use serde_json::{Value, json};

const DELETIONS: &str = "/ogc/collections/zones/deletions";

fn zone(id: &str) -> Value {
    let ring = [[121.0, 29.9], [121.1, 29.9], [121.1, 30.1], [121.0, 30.1], [121.0, 29.9]];
    json!({"type": "Feature", "id": id, "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": format!("罐区 {id}"), "kind": "closed", "level": "red", "note": "kept",
            "rules": [{"id": "in", "when": "enter", "priority": 1}]}})
}

fn delete(api: &Api, path: &str) {
    api.send("DELETE", path, &[], &[]).expect("an answer").expect(204);
}

fn restore(api: &Api, path: &str, headers: &[(&str, &str)]) -> Reply {
    api.send("POST", &format!("{path}/restore"), headers, &[]).expect("an answer")
}

fn item(id: &str) -> String {
    format!("/ogc/collections/zones/items/{id}")
}

#[test]
fn a_deleted_zone_is_listed_and_comes_back_as_it_was() {
    let mut server = Server::start();
    let api = server.api();
    let features: Vec<Value> = ["a", "b", "c"].map(zone).into();
    api.post("/ogc/collections/zones/items", &json!({"type": "FeatureCollection", "features": features})).expect(201);
    let before = api.get(&item("b")).expect(200);
    let commander = Api::new(server.http, Some(server.add_token("commander-1", "commander")));
    delete(&commander, &item("b"));
    delete(&api, &item("a"));

    let guard = Api::new(server.http, Some(server.add_token("guard-1", "guard")));
    let list = guard.get(DELETIONS).expect(200);
    let told: Vec<[Value; 5]> = list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| ["id", "revision", "by", "name", "level"].map(|name| item[name].clone()))
        .collect();
    assert_eq!(
        told,
        [
            [json!("a"), json!(2), json!("tests"), json!("罐区 a"), json!("red")],
            [json!("b"), json!(2), json!("commander-1"), json!("罐区 b"), json!("red")],
        ]
    );
    assert!(unix_ms(&list["items"][0]["deleted_at"]) >= unix_ms(&list["items"][1]["deleted_at"]));
    assert_eq!(guard.items(&format!("{DELETIONS}?limit=1")).len(), 2, "page by page");

    assert_eq!(restore(&guard, &item("b"), &[]).status, 403);
    assert_eq!(restore(&api, &item("c"), &[]).expect(409)["code"], "not_deleted");
    assert_eq!(restore(&api, &item("never"), &[]).expect(404)["code"], "not_found");
    assert_eq!(restore(&api, &item("b"), &[("If-Match", "\"1\"")]).expect(412)["code"], "changed");
    let back = restore(&commander, &item("b"), &[("If-Match", "\"2\"")]);
    assert_eq!((without_links(back.expect(200)), back.etag.as_str()), (without_links(before.clone()), "\"3\""));
    assert_eq!(api.get(&item("b")).expect(200), before);
    assert_eq!(api.items(DELETIONS).len(), 1);
    let history = api.get(&format!("{}/history", item("b"))).expect(200);
    let acts: Vec<&Value> = history["items"].as_array().expect("a list").iter().map(|line| &line["action"]).collect();
    assert_eq!(acts, ["restored", "deleted", "created"]);

    assert!(server.stop().success());
    server.restart();
    let api = server.api();
    assert_eq!(api.get(&item("b")).expect(200), before);
    assert_eq!(api.items(DELETIONS)[0]["id"], "a");
}

#[test]
fn a_zone_that_came_back_judges_from_then_on() {
    let server = Server::start();
    let api = server.api();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(1) };
    lane.put_zone(&api);
    let path = item(&lane.zone());
    delete(&api, &path);
    restore(&api, &path, &[]).expect(200);
    let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": "A", "class": "hazmat"}});
    api.put("/ogc/collections/vehicles/items/truck", &vehicle).expect(201);
    delete(&api, "/ogc/collections/vehicles/items/truck");
    restore(&api, "/ogc/collections/vehicles/items/truck", &[]).expect(200);
    let now = jiff::Timestamp::now();
    let fix = |after_s: i64, second: i64| {
        let at = now + jiff::SignedDuration::from_secs(after_s);
        let report = lane.report(second);
        json!({"vehicle": "truck", "fixed_at": at.to_string(), "lon": f64::from(report.lon_e6) / 1e6,
            "lat": f64::from(report.lat_e6) / 1e6})
    };
    // In and out before it was deleted, and in again after it came back.
    api.post("/api/fixes", &json!([fix(-60, 35), fix(-50, 45), fix(-40, 37), fix(-30, 25)])).expect(200);
    api.post("/api/fixes", &json!([fix(-1, 37), fix(3, 43)])).expect(200);
    let events = api.items("/api/events");
    let told: Vec<_> = events.iter().map(|event| (&event["kind"], &event["zone_revision"])).collect();
    let enter = json!("enter");
    assert_eq!(told, [(&enter, &json!(1)), (&enter, &json!(3))], "{events:#?}");
}

#[test]
fn a_vehicle_comes_back_with_its_terminal_unless_another_has_it() {
    let server = Server::start();
    let api = server.api();
    let car = |plate: &str| json!({"type": "Feature", "geometry": null, "properties": {"plate": plate, "terminal_phone": "13800000001"}});
    let path = "/ogc/collections/vehicles/items/old";
    api.put(path, &car("A")).expect(201);
    delete(&api, path);
    api.put("/ogc/collections/vehicles/items/new", &car("B")).expect(201);
    assert_eq!(restore(&api, path, &[]).expect(409)["field"], "properties.terminal_phone");
    delete(&api, "/ogc/collections/vehicles/items/new");
    assert_eq!(restore(&api, path, &[]).expect(200)["properties"]["terminal_phone"], "13800000001");
    assert_eq!(api.get("/api/vehicles/old").expect(200)["plate"], "A");
}

#[test]
fn many_are_deleted_together_or_not_at_all() {
    let server = Server::start();
    let api = server.api();
    let ids: Vec<String> = (0..1_200).map(|n| format!("z{n}")).collect();
    let features: Vec<Value> = ids.iter().map(|id| zone(id)).collect();
    api.post("/ogc/collections/zones/items", &json!({"type": "FeatureCollection", "features": features})).expect(201);
    let count = || api.get("/ogc/collections/zones").expect(200)["itemCount"].clone();
    let all = |revision: u32| json!({"items": ids.iter().map(|id| json!({"id": id, "revision": revision})).collect::<Vec<_>>()});
    api.json("PATCH", &item("z700"), &json!({"properties": {"note": "mine"}})).expect(200);
    let refused = api.post(DELETIONS, &all(1)).expect(412);
    assert_eq!([&refused["code"], &refused["field"], &refused["value"]], ["changed", "items[700]", "z700"]);
    assert_eq!(count(), 1_200);
    let mut seen = all(1);
    seen["items"][700]["revision"] = json!(2);
    api.post(DELETIONS, &seen).expect(204);
    assert_eq!(count(), 0);
    assert_eq!(api.post(DELETIONS, &seen).expect(412)["value"], "z0", "they are gone");

    for (body, field) in [
        (json!({"items": []}), "items"),
        (json!({"items": [{"id": "a b", "revision": 1}]}), "items[0].id"),
        (json!({"items": [{"id": "a", "revision": 1}, {"id": "a", "revision": 1}]}), "items[1].id"),
    ] {
        assert_eq!(api.post(DELETIONS, &body).expect(400)["field"], field, "{body}");
    }
    let guard = Api::new(server.http, Some(server.add_token("guard-1", "guard")));
    guard.post(DELETIONS, &all(1)).expect(403);
}

//! Features found by what people call them, wherever they lie and however many there are.

use cordon_tests::browser::Browser;
use cordon_tests::http::Api;
use cordon_tests::server::Server;
use serde_json::{Value, json};
use std::time::Instant;

fn zone(n: u32) -> Value {
    let (west, south) = (121.0 + f64::from(n % 400) / 400.0, 30.0 + f64::from(n / 400) / 400.0);
    let (east, north) = (west + 0.001, south + 0.001);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    json!({"type": "Feature", "id": format!("z{n}"), "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": format!("{}号罐区", n), "name_en": format!("Tank farm {n}"), "kind": "hazard", "level": "red"}})
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("a list").iter().filter_map(|item| item["id"].as_str()).collect()
}

#[test]
fn what_is_typed_is_found_in_every_collection_by_whoever_sees_the_map() {
    let server = Server::start();
    let api = server.api();
    let zones: Vec<Value> = (0..30).map(zone).collect();
    api.post("/ogc/collections/zones/items", &json!({"type": "FeatureCollection", "features": zones})).expect(201);
    let car = json!({"type": "Feature", "geometry": null,
        "properties": {"plate": "浙A·D1234", "company": "罐区物流", "class": "hazmat", "device_id": "a-secret-of-the-beacon"}});
    api.put("/ogc/collections/vehicles/items/car", &car).expect(201);
    let guard = Api::new(server.http, Some(server.add_token("guard-1", "guard")));

    let page = guard.get("/api/find?q=罐区&limit=3").expect(200);
    assert_eq!(ids(&page), ["z0", "z1", "z2", "car"]);
    assert_eq!((&page["totals"], &page["complete"]), (&json!({"zones": 30, "vehicles": 1}), &json!(true)));
    assert_eq!(
        page["items"][0],
        json!({"collection": "zones", "id": "z0", "name": "0号罐区", "name_en": "Tank farm 0", "kind": "hazard", "level": "red"})
    );
    assert_eq!(ids(&guard.get("/api/find?q=TANK%20farm%2017").expect(200)), ["z17"]);
    assert_eq!(ids(&guard.get("/api/find?q=ad12&collection=zones").expect(200)), Vec::<&str>::new());
    assert_eq!(ids(&guard.get("/api/find?q=ad12&collection=zones,vehicles").expect(200)), ["car"]);
    assert_eq!(ids(&guard.get("/api/find?q=secret").expect(200)), Vec::<&str>::new());

    api.json("PATCH", "/ogc/collections/zones/items/z17", &json!({"properties": {"name_en": "Pond"}})).expect(200);
    assert_eq!(ids(&guard.get("/api/find?q=pond").expect(200)), ["z17"]);
    api.send("DELETE", "/ogc/collections/zones/items/z17", &[], &[]).expect("an answer").expect(204);
    assert_eq!(ids(&guard.get("/api/find?q=pond").expect(200)), Vec::<&str>::new());
}

#[test]
fn a_question_that_cannot_be_looked_for_is_refused_and_says_why() {
    let server = Server::start();
    let api = server.api();
    for (query, status, field) in [
        ("", 400, "q"),
        ("q=", 400, "q"),
        ("q=%20", 400, "q"),
        ("q=a%00b", 400, "q"),
        ("q=a%0Ab", 400, "q"),
        (&format!("q={}", "x".repeat(101)), 400, "q"),
        ("q=a&limit=0", 400, "limit"),
        ("q=a&limit=101", 400, "limit"),
        ("q=a&bbox=1,2,3,4", 400, "bbox"),
    ] {
        assert_eq!(api.get(&format!("/api/find?{query}")).expect(status)["field"], field, "{query}");
    }
    assert_eq!(api.get("/api/find?q=a&collection=never").expect(404)["code"], "not_found");
    let device = Api::new(server.http, Some(server.add_token("box", "device")));
    device.get("/api/find?q=a").expect(403);
    Api::new(server.http, None).get("/api/find?q=a").expect(401);
}

#[test]
fn twenty_thousand_zones_are_searched_while_somebody_types_and_after_a_restart() {
    let mut server = Server::start();
    let zones: Vec<Value> = (0..20_000).map(zone).collect();
    server
        .api()
        .post("/ogc/collections/zones/items", &json!({"type": "FeatureCollection", "features": zones}))
        .expect(201);
    assert!(server.stop().success());
    server.restart();
    let api = server.api();
    let mut took: Vec<_> = (0..40)
        .map(|n| {
            let begin = Instant::now();
            let page = api.get(&format!("/api/find?q=farm{}", 19_960 + n)).expect(200);
            assert_eq!(ids(&page), [format!("z{}", 19_960 + n)]);
            begin.elapsed()
        })
        .collect();
    took.sort_unstable();
    assert!(took[20].as_millis() < 100, "half of the answers took longer than {:?}", took[20]);
}

#[test]
fn the_console_finds_and_shows_what_lies_out_of_its_view() {
    let server = Server::start();
    server.add_user("ada", "commander", "the commander's pass phrase");
    let zones: Vec<Value> = (0..6_100).map(zone).collect();
    server
        .api()
        .post("/ogc/collections/zones/items", &json!({"type": "FeatureCollection", "features": zones}))
        .expect(201);
    let ada = [("CORDON_NAME", "ada"), ("CORDON_PASSWORD", "the commander's pass phrase")];
    let found = Browser::start("find-far.mjs", &server, &ada).found(|_| {});
    let text = |name: &str| found[name].as_str().expect("a text").to_owned();
    assert!(text("item").contains("hazard zone") && text("item").contains("red"), "kind and level are said: {found:#}");
    assert_eq!(found["cut"], 0, "nothing is left unsearched: {found:#}");
    assert!(text("card").contains("6017"), "{found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

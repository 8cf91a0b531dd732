//! What became of a feature: every revision, with who made it and when.

use cordon_tests::drive::unix_ms;
use cordon_tests::http::Api;
use cordon_tests::server::Server;
use serde_json::{Value, json};

fn zone(name: &str) -> Value {
    let ring = [[121.0, 29.9], [121.1, 29.9], [121.1, 30.1], [121.0, 30.1], [121.0, 29.9]];
    json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": name, "kind": "closed", "rules": []}})
}

#[test]
fn a_features_history_is_readable_after_it_was_deleted() {
    let server = Server::start();
    let (api, path) = (server.api(), "/ogc/collections/zones/items/tanks");
    let commander = Api::new(server.http, Some(server.add_token("commander-1", "commander")));
    api.put(path, &zone("Tanks")).expect(201);
    commander.json("PATCH", path, &json!({"properties": {"name": "Tank farm"}})).expect(200);
    api.send("DELETE", path, &[], &[]).unwrap().expect(204);

    let history = api.get(&format!("{path}/history")).expect(200);
    let told = |item: &Value| ["revision", "by", "action"].map(|name| item[name].clone());
    let items = history["items"].as_array().unwrap();
    assert_eq!(
        items.iter().map(told).collect::<Vec<_>>(),
        [
            [json!(3), json!("tests"), json!("deleted")],
            [json!(2), json!("commander-1"), json!("changed")],
            [json!(1), json!("tests"), json!("created")],
        ]
    );
    let names = items.iter().map(|item| item["feature"]["properties"]["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names, [Value::Null, json!("Tank farm"), json!("Tanks")]);
    assert!(unix_ms(&items[0]["recorded_at"]) >= unix_ms(&items[2]["recorded_at"]));
    assert!(history.get("next").is_none());

    let paged = api.items(&format!("{path}/history?limit=1"));
    assert_eq!(paged.iter().collect::<Vec<_>>(), items.iter().collect::<Vec<_>>());
    assert_eq!(api.get("/ogc/collections/zones/items/never/history").expect(404)["code"], "not_found");
}

#[test]
fn a_history_shows_a_device_id_to_nobody_who_may_not_set_it() {
    let server = Server::start();
    let (api, path) = (server.api(), "/ogc/collections/vehicles/items/car");
    let monitor = Api::new(server.http, Some(server.add_token("monitor-1", "monitor")));
    let car = json!({"type": "Feature", "geometry": null, "properties": {"plate": "A1", "device_id": "a-secret-of-the-beacon"}});
    api.put(path, &car).expect(201);
    let device = |api: &Api| {
        api.get(&format!("{path}/history")).expect(200)["items"][0]["feature"]["properties"]["device_id"].clone()
    };
    assert_eq!((device(&api), device(&monitor)), (json!("a-secret-of-the-beacon"), Value::Null));
}

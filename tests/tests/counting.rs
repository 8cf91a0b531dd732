//! Too many vehicles in a zone at once, over HTTP and a crash.

use cordon_tests::drive::{Lane, rfc3339};
use cordon_tests::http::Api;
use cordon_tests::server::Server;
use serde_json::{Value, json};

/// A fix of a truck, so many seconds ago; the yard lies from 121.6 to 121.61.
fn at(api: &Api, truck: &str, seconds_ago: i64, lon: f64) {
    let fixed_at = rfc3339(Lane::hours_ago(0) - seconds_ago);
    let fix = json!([{"vehicle": truck, "fixed_at": fixed_at, "lon": lon, "lat": 30.005}]);
    assert_eq!(api.post("/api/fixes", &fix).expect(200)["accepted"], 1);
}

fn counts(api: &Api) -> Vec<Value> {
    api.items("/api/events?kind=count")
}

#[test]
fn a_full_yard_is_one_alarm_of_the_zone_until_somebody_leaves() {
    let mut server = Server::start();
    let api = server.api();
    for (number, truck) in ["t-1", "t-2", "t-3"].into_iter().enumerate() {
        let plate = format!("浙B0020{number}");
        let truck_json =
            json!({"type": "Feature", "geometry": null, "properties": {"plate": plate, "class": "hazmat"}});
        api.put(&format!("/ogc/collections/vehicles/items/{truck}"), &truck_json).expect(201);
    }
    let ring = [[121.6, 30.0], [121.61, 30.0], [121.61, 30.01], [121.6, 30.01], [121.6, 30.0]];
    let yard = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "东停车场", "kind": "parking",
            "rules": [{"id": "full", "when": "count", "limit_n": 2, "priority": 3}]}});
    api.put("/ogc/collections/zones/items/yard", &yard).expect(201);

    for truck in ["t-1", "t-2"] {
        at(&api, truck, 60, 121.605);
    }
    assert_eq!(counts(&api), Vec::<Value>::new());
    at(&api, "t-3", 60, 121.598);
    at(&api, "t-3", 40, 121.605);
    let events = counts(&api);
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["subject"], json!({"kind": "zone", "id": "yard"}));
    assert_eq!(
        (&events[0]["evidence"]["counted"], &events[0]["evidence"]["thresholds"]["limit_n"]),
        (&json!(3), &json!(2))
    );
    let alarm = api.items("/api/alarms?state=unacknowledged").remove(0);
    assert_eq!((&alarm["kind"], &alarm["priority"], &alarm["zone"]), (&json!("count"), &json!(3), &json!("yard")));
    let explained = api.get(&format!("/api/events/{}/explain", events[0]["id"].as_str().unwrap())).expect(200);
    let zh = explained["text"]["zh"].as_str().unwrap();
    assert!(zh.contains("停车区『东停车场』内车辆多于 2 辆，最多时 3 辆"), "{zh}");

    server.kill();
    server.restart();
    let api = server.api();
    let id = alarm["id"].as_str().unwrap();
    api.post(&format!("/api/alarms/{id}/acknowledge"), &json!({})).expect(200);
    at(&api, "t-1", 10, 121.62);
    let events = counts(&api);
    assert_eq!((events.len(), events[0]["ended_at"].is_string()), (1, true), "{events:#?}");
    assert_eq!(api.items("/api/alarms?state=closed").remove(0)["id"], alarm["id"]);

    let asked = json!({"zone": "yard", "from": rfc3339(Lane::hours_ago(1)), "to": rfc3339(Lane::hours_ago(0))});
    let tried = api.post("/api/rules/try", &asked).expect(200);
    assert_eq!((&tried["rules"], &tried["not_tried"]), (&json!([]), &json!(["full"])));
}

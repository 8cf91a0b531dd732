//! Who must be inside a zone and is elsewhere, over HTTP and a crash.

use cordon_tests::drive::{Lane, rfc3339};
use cordon_tests::http::Api;
use cordon_tests::server::Server;
use serde_json::{Value, json};

/// A fix of the patrol car, so many seconds ago.
fn at(api: &Api, seconds_ago: i64, lon: f64) {
    let fixed_at = rfc3339(Lane::hours_ago(0) - seconds_ago);
    let fix = json!([{"vehicle": "patrol", "fixed_at": fixed_at, "lon": lon, "lat": 30.005}]);
    assert_eq!(api.post("/api/fixes", &fix).expect(200)["accepted"], 1);
}

fn missing(api: &Api) -> Vec<Value> {
    api.items("/api/events?kind=must_be_inside")
}

#[test]
fn a_patrol_car_that_is_not_at_its_post_is_an_alarm_until_it_comes() {
    let mut server = Server::start();
    let api = server.api();
    let car = json!({"type": "Feature", "geometry": null,
        "properties": {"plate": "浙B00110", "class": "emergency", "tags": ["patrol"]}});
    api.put("/ogc/collections/vehicles/items/patrol", &car).expect(201);
    let ring = [[121.6, 30.0], [121.61, 30.0], [121.61, 30.01], [121.6, 30.01], [121.6, 30.0]];
    let always = json!({"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "24:00"});
    let post = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"kind": "staging", "rules": [
            {"id": "post", "when": "must_be_inside", "window": always, "subjects": {"tags": ["patrol"]}, "priority": 2}]}});
    api.put("/ogc/collections/zones/items/post", &post).expect(201);

    at(&api, 50, 121.59);
    let events = missing(&api);
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!((&events[0]["zone"], &events[0]["rule"]), (&json!("post"), &json!("post")));
    assert!(events[0]["ended_at"].is_null());
    let alarms = api.items("/api/alarms?state=unacknowledged");
    assert_eq!(alarms.len(), 1);
    assert_eq!((&alarms[0]["kind"], &alarms[0]["priority"]), (&json!("must_be_inside"), &json!(2)));

    server.kill();
    server.restart();
    let api = server.api();
    at(&api, 30, 121.595);
    assert_eq!(missing(&api).len(), 1, "it goes on");
    at(&api, 10, 121.605);
    let events = missing(&api);
    assert_eq!((events.len(), events[0]["ended_at"].is_string()), (1, true), "{events:#?}");
    assert_eq!(api.items("/api/alarms?state=returned").len(), 1);
}

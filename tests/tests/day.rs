//! What happened to a vehicle on a day: its events and the alarms of a span of time.

use cordon_tests::drive::{Lane, rfc3339};
use cordon_tests::server::Server;
use serde_json::{Value, json};

#[test]
fn a_vehicles_events_of_a_span_and_the_alarms_raised_in_it_are_found() {
    let server = Server::start();
    let api = server.api();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(2) };
    lane.put_zone(&api);
    for id in ["truck", "other"] {
        let vehicle = json!({"type": "Feature", "geometry": null, "properties": {"plate": id, "class": "goods"}});
        api.put(&format!("/ogc/collections/vehicles/items/{id}"), &vehicle).expect(201);
        let fix = |second: i64| {
            let report = lane.report(second);
            json!({"vehicle": id, "fixed_at": rfc3339(report.at_s), "lon": f64::from(report.lon_e6) / 1e6,
                "lat": f64::from(report.lat_e6) / 1e6, "speed_kph": 69.4})
        };
        api.post("/api/fixes", &json!((0..=80).map(fix).collect::<Vec<Value>>())).expect(200);
    }
    let (from, to) = (rfc3339(lane.begin_s), rfc3339(lane.begin_s + 200));
    let span = format!("from={from}&to={to}");
    let events = |subject: &str| api.items(&format!("/api/events?subject={subject}&{span}"));
    let of_truck = events("truck");
    assert!(!of_truck.is_empty() && of_truck.iter().all(|event| event["subject"]["id"] == "truck"), "{of_truck:#?}");
    assert_eq!(events("vehicle:truck"), of_truck);
    assert_eq!(events("nobody"), Vec::<Value>::new());
    assert_eq!(api.get("/api/events?subject=zone:tanks").expect(400)["field"], "subject");
    assert!(api.items(&format!("/api/events?subject=truck&from={to}")).is_empty());

    let alarms = api.items(&format!("/api/alarms?{span}"));
    assert_eq!(alarms.len(), 2, "one of each vehicle");
    assert_eq!(api.items(&format!("/api/alarms?from={from}")).len(), 2);
    assert!(api.items(&format!("/api/alarms?from={to}")).is_empty());
    assert!(api.items(&format!("/api/alarms?to={from}")).is_empty());
    assert_eq!(api.get("/api/alarms?from=today").expect(400)["field"], "from");
}

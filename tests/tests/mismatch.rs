//! A replay of the journal that differs from what is stored is an alarm, and the stored events stand.

use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};

#[test]
fn a_replay_that_differs_from_the_store_is_an_alarm_and_the_store_stands() {
    let mut server = Server::start();
    let api = server.api();
    let ring = [[120.9, 29.9], [121.9, 29.9], [121.9, 31.9], [120.9, 31.9], [120.9, 29.9]];
    let wide = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"kind": "restricted", "rules": [{"when": "enter"}]}});
    api.put("/ogc/collections/zones/items/wide", &wide).expect(201);
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    assert_eq!(terminal.report(&lane.report(0)).unwrap(), 0);
    let told = api.get("/api/events").expect(200)["items"].as_array().unwrap().clone();
    assert!(!told.is_empty(), "the lane lies in the zone");
    server.kill();

    // Somebody changed what was stored.
    let database = rusqlite::Connection::open(server.folder().join("cordon.db")).unwrap();
    let certain = r#"UPDATE events SET body = replace(body, '"certainty":"unknown"', '"certainty":"certain"')"#;
    let changed = database.execute(certain, []).unwrap();
    assert!(changed > 0);
    drop(database);

    server.restart();
    let api = server.api();
    let alarms = wait::until("the alarm", || {
        let alarms = api.get("/api/alarms").expect(200)["items"].as_array().unwrap().clone();
        alarms.iter().any(|alarm| alarm["kind"] == "engine_mismatch").then_some(alarms)
    });
    let alarm: &Value = alarms.iter().find(|alarm| alarm["kind"] == "engine_mismatch").unwrap();
    assert_eq!((&alarm["priority"], &alarm["subject"]["kind"]), (&json!(1), &json!("system")));
    let event = api.get(&format!("/api/events/{}", alarm["events"][0].as_str().unwrap())).expect(200);
    assert!(event["evidence"]["events_differing"].as_u64().unwrap() > 0, "{event}");
    assert!(event.get("lon").is_none(), "it has no place");
    let now = api.get(&format!("/api/events/{}", told[0]["id"].as_str().unwrap())).expect(200);
    assert_eq!(now["certainty"], "certain", "what is stored stands");
}

//! An operator's desk in a real Chromium: alarms dealt with by keyboard, a flood by its cause, evidence, and the past played
//! back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::browser::Browser;
use cordon_tests::drive::{Lane, unix_ms};
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use serde_json::{Value, json};

const EVA: [(&str, &str); 2] = [("CORDON_NAME", "eva"), ("CORDON_PASSWORD", "the monitor's pass phrase")];

/// A server that the monitor Eva may use.
fn with_eva() -> Server {
    let server = Server::start();
    server.add_user("eva", "monitor", EVA[1].1);
    server
}

/// The seconds at which a vehicle is in the zone of its lane, and out of it again a little further.
const INSIDE: i64 = 50;
const BEYOND: i64 = 75;

/// A vehicle drives along its lane until that second, which was `ago_s` seconds ago.
fn drives(server: &Server, number: u32, until: i64, ago_s: i64) -> Lane {
    let lane = Lane { number, begin_s: Lane::hours_ago(0) - ago_s - until };
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=until {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    lane
}

fn text<'a>(found: &'a Value, name: &str) -> &'a str {
    found[name].as_str().unwrap_or_else(|| panic!("{name} is no text: {found:#}"))
}

#[test]
fn alarms_are_acknowledged_shelved_and_closed_by_keyboard_and_show_their_evidence() {
    let server = with_eva();
    for number in 1..=3 {
        drives(&server, number, INSIDE, 0);
    }
    let found = Browser::start("desk.mjs", &server, &EVA).found(|_| {});
    let alarm = |name: &str| server.api().get(&format!("/api/alarms/{}", text(&found, name))).expect(200);

    let acknowledged = alarm("acknowledged");
    assert_eq!(acknowledged["acknowledged_by"], "eva");

    let shelved = alarm("shelved");
    let steps: Vec<&str> = shelved["history"].as_array().unwrap().iter().map(|l| l["what"].as_str().unwrap()).collect();
    assert!(steps.contains(&"shelved") && steps.contains(&"acknowledged"), "{steps:?}");
    let notes: Vec<&str> = shelved["history"].as_array().unwrap().iter().filter_map(|l| l["note"].as_str()).collect();
    assert!(notes.contains(&"known, being repaired") && notes.contains(&"back at work"), "{notes:?}");
    assert!(text(&found, "shelvedText").contains("left"), "it says how long: {found:#}");

    let closed = alarm("closed");
    assert_eq!(closed["state"], "closed");
    assert_eq!(closed["result"], "patrol sent, driver told");
    assert_eq!(found["leftOpen"], 1, "Escape leaves the form and closes nothing");
    assert!(text(&found, "handledText").contains("patrol sent, driver told"), "{found:#}");
    assert!(text(&found, "handledText").contains("eva"), "{found:#}");

    let evidence = text(&found, "evidence");
    for said in ["15 m", "±15 m", "judged by revision 1", "any vehicle entering", "JT/T 808"] {
        assert!(evidence.to_lowercase().contains(&said.to_lowercase()), "“{said}” is not in: {evidence}");
    }
    let pins = found["pins"].as_array().unwrap();
    assert_eq!(pins.len(), 3, "two fixes and the crossing stand on the map: {pins:?}");
    assert_eq!(found["pinsAfter"], 0);
    assert!(text(&found, "address").contains("event="), "{found:#}");
    assert!(text(&found, "eventLine").contains(text(&found, "eventCard")), "{found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

#[test]
fn a_flood_is_one_cause_and_is_acknowledged_at_one_press() {
    let server = with_eva();
    let api = server.api();
    let zone = json!({"type": "Feature",
        "geometry": {"type": "Point", "coordinates": [120.2, 30.3]},
        "properties": {"name": "Tank farm", "kind": "hazard", "level": "red", "radius_m": 300,
            "rules": [{"id": "no-entry", "when": "enter", "priority": 1}]}});
    api.put("/ogc/collections/zones/items/tanks", &zone).expect(201);
    let now = jiff::Timestamp::now();
    let mut fixes = Vec::new();
    for number in 1..=12 {
        let id = format!("truck-{number:02}");
        let truck = json!({"type": "Feature", "geometry": null,
            "properties": {"plate": format!("TRUCK-{number:02}"), "company": "Bay Transport"}});
        api.put(&format!("/ogc/collections/vehicles/items/{id}"), &truck).expect(201);
        for (ago_s, lon) in [(40, 120.19), (20, 120.195), (5, 120.199)] {
            let fixed_at = (now - jiff::Span::new().seconds(ago_s)).to_string();
            fixes.push(json!({"vehicle": id, "fixed_at": fixed_at, "lon": lon, "lat": 30.3}));
        }
    }
    api.post("/api/fixes", &json!(fixes)).expect(200);

    let found = Browser::start("flood.mjs", &server, &EVA).found(|_| {});
    let group = text(&found, "text");
    assert!(group.contains("Tank farm") && group.contains("12 alarms, 12 not acknowledged"), "{group}");
    assert_eq!(found["shown"], 1, "the first-out stands for all");
    assert!(text(&found, "urgent").contains("12"), "{found:#}");
    assert!(text(&found, "done").contains("12 of 12"), "{found:#}");
    let filtered = found["filtered"].as_array().unwrap();
    assert_eq!(filtered.len(), 1, "{filtered:?}");
    assert!(filtered[0].as_str().unwrap().contains("TRUCK-07"), "{filtered:?}");
    let wall = |name: &str| found["wall"][name].as_u64().unwrap();
    assert_eq!((wall("shown") + wall("more"), wall("cut")), (12, 0), "{found:#}");
    assert!(wall("shown") >= 3, "{found:#}");
    assert_eq!(text(&found, "wallFlood"), "Alarm flood: 12 in 10 minutes");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
    let alarms = api.items("/api/alarms");
    assert_eq!(alarms.len(), 12);
    for alarm in alarms {
        assert_eq!(alarm["acknowledged_by"], "eva", "{alarm}");
    }
}

#[test]
fn what_an_event_was_about_is_played_back() {
    let server = with_eva();
    let lane = drives(&server, 1, BEYOND, 240);
    let found = Browser::start("playback.mjs", &server, &EVA).found(|_| {});
    let at = |name: &str| found[name].as_i64().unwrap_or_else(|| panic!("{name} is no number: {found:#}"));

    let events = server.api().items("/api/events?kind=enter");
    let entered = unix_ms(&events[0]["at"]);
    assert_eq!(entered, lane.entries_ms(BEYOND)[0]);
    assert_eq!(at("opened"), entered - 30_000, "it begins a little before");
    assert_eq!(at("stepped") - at("opened"), 10_000);
    assert_eq!(at("long") - at("stepped"), 60_000);
    assert_eq!(found["moved"], true, "the vehicle moves along its track");
    assert!(at("atEvent") < at("long"), "{found:#}");
    assert_eq!(found["fast"], "true", "a step changes nothing else");
    assert!(at("played") >= at("atEvent") + 5_000, "{found:#}");
    assert_eq!(found["known"], "held", "long after its last fix nobody knows where it is");
    assert_eq!(found["actorsAfter"], 0);
    assert!((at("reopened") - at("atEvent")).abs() <= 1, "the address opens the same moment: {found:#}");
    assert!(found["cast"][0].as_str().unwrap().contains(&lane.plate()), "{found:#}");
    assert!(text(&found, "watermark").starts_with("Playback"), "{found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

#[test]
fn a_desk_hears_what_is_urgent_and_meets_again_what_it_put_aside() {
    let server = with_eva();
    let api = server.api();
    for (name, lat, priority) in [("calm", 30.3, 3), ("urgent", 30.4, 1)] {
        let zone = json!({"type": "Feature",
            "geometry": {"type": "Point", "coordinates": [120.2, lat]},
            "properties": {"name": name, "kind": "hazard", "level": "red", "radius_m": 300,
                "rules": [{"id": "no-entry", "when": "enter", "priority": priority}]}});
        api.put(&format!("/ogc/collections/zones/items/{name}"), &zone).expect(201);
    }
    let plates = ["CALM-1", "URGENT-1", "URGENT-2", "URGENT-3"];
    for plate in plates {
        let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": plate}});
        api.put(&format!("/ogc/collections/vehicles/items/{plate}"), &truck).expect(201);
    }
    let found = Browser::start("sound.mjs", &server, &EVA).found(|plate| {
        assert!(plates.contains(&plate), "{plate}");
        let lat = if plate.starts_with("CALM") { 30.3 } else { 30.4 };
        let now = jiff::Timestamp::now();
        let fixes: Vec<Value> = [(30, 120.19), (15, 120.195), (1, 120.199)]
            .iter()
            .map(|(ago_s, lon)| {
                let fixed_at = (now - jiff::Span::new().seconds(*ago_s)).to_string();
                json!({"vehicle": plate, "fixed_at": fixed_at, "lon": lon, "lat": lat})
            })
            .collect();
        api.post("/api/fixes", &json!(fixes)).expect(200);
    });
    // An urgent alarm is two tones.
    let expected = json!({"notUrgent": 0, "urgent": 2, "quiet": 2, "afterQuiet": 4, "playback": 6, "back": 8});
    assert_eq!(found["heard"], expected, "{found:#}");
    assert_eq!(found["status"], 200);
    let alarm = api.get(&format!("/api/alarms/{}", text(&found, "id"))).expect(200);
    let last = alarm["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["what"], &alarm["state"]), (&json!("unshelved"), &json!("unacknowledged")), "{alarm:#}");
    assert_eq!(last.get("who"), None, "it came back by itself: {alarm:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

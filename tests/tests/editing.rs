//! Editing in a real Chromium: a zone drawn by hand wakes somebody, two editors of one zone lose nothing, a save and a
//! deletion are taken back, a file is imported, and a circle is made with the keyboard alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::browser::Browser;
use cordon_tests::drive::Lane;
use cordon_tests::http::Api;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use serde_json::{Value, json};

const ADA: [(&str, &str); 2] = [("CORDON_NAME", "ada"), ("CORDON_PASSWORD", "the commander's pass phrase")];

/// A server that the commander Ada may use.
fn with_ada() -> Server {
    let server = Server::start();
    server.add_user("ada", "commander", ADA[1].1);
    server
}

/// The one zone of a server that has one.
#[track_caller]
fn only_zone(api: &Api) -> Value {
    let answer = api.get("/ogc/collections/zones/items").expect(200);
    let zones = answer["features"].as_array().unwrap().clone();
    assert_eq!(zones.len(), 1, "{answer:#}");
    zones[0].clone()
}

#[test]
fn a_zone_that_is_drawn_by_hand_wakes_somebody() {
    let server = with_ada();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..3 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    let found = Browser::start("draw-zone.mjs", &server, &ADA).found(|line| {
        assert_eq!(line, "saved");
        for second in 3..=40 {
            assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
        }
    });

    let zone = only_zone(&server.api());
    let ring = zone["geometry"]["coordinates"][0].as_array().unwrap();
    assert_eq!(ring.len(), 5, "four corners, for the fifth was taken back: {zone:#}");
    assert_eq!(found["corners"], 4);
    assert_eq!(zone["properties"]["name"], "Drawn by hand");
    assert_eq!(zone["properties"]["level"], "yellow");
    assert_eq!(zone["properties"]["rules"][0]["limit_kph"], 30);
    assert!(found["sizeWhileDrawn"].as_str().unwrap().contains("m²"), "the area is said while it is drawn: {found:#}");
    let rule = found["rule"].as_str().unwrap();
    assert!(rule.contains("30 km/h"), "{rule}");
    assert!(found["card"].as_str().unwrap().contains(rule), "what is saved is what was read: {found:#}");
    let alarms = server.api().items("/api/alarms");
    assert_eq!((alarms.len(), &alarms[0]["kind"]), (1, &json!("speed")), "{alarms:#?}");
    assert_eq!(alarms[0]["zone"], zone["id"]);
    let alarm = found["alarm"].as_str().unwrap();
    assert!(alarm.contains(&lane.plate()) && alarm.contains("Drawn by hand"), "{alarm}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

#[test]
fn two_editors_lose_nothing_and_what_was_saved_is_taken_back() {
    let server = with_ada();
    let lane = Lane { number: 2, begin_s: 0 };
    lane.put_zone(&server.api());
    let (id, path) = (lane.zone(), format!("/ogc/collections/zones/items/{}", lane.zone()));
    let drawn = server.api().get(&path).expect(200);
    let found = Browser::start("edit-conflict.mjs", &server, &[ADA[0], ADA[1], ("CORDON_ZONE", &id)]).found(|line| {
        let now = server.api().get(&path);
        if line == "gone" {
            assert_eq!(now.status, 404);
            return;
        }
        let feature = now.expect(200);
        assert_eq!(feature["geometry"], drawn["geometry"], "nobody drew on it");
        let now = &feature["properties"];
        let expected = match line {
            "merged" => ("My name", "red"),
            "undone" => ("Their name", "red"),
            "restored" | "back" => ("Lane 2", "orange"),
            other => panic!("{other}"),
        };
        assert_eq!((now["name"].as_str().unwrap(), now["level"].as_str().unwrap()), expected, "{line}: {now:#}");
    });

    let conflict = found["conflict"].as_str().unwrap();
    for word in ["ada", "Lane 2", "My name", "Their name"] {
        assert!(conflict.contains(word), "the conflict says {word}: {conflict}");
    }
    assert_eq!(found["by"], json!({"name": "conflict", "level": "theirs"}));
    assert_eq!(found["nothingLost"], "My name");
    assert_eq!(found["restoredName"], "Lane 2");
    let history = found["history"].as_str().unwrap();
    assert!(history.contains("Their name") && history.contains("My name"), "{history}");
    let deleted = found["deleted"].as_str().unwrap();
    assert!(deleted.contains("Lane 2") && deleted.contains("deleted by ada"), "{deleted}");
    let history = server.api().items(&format!("{path}/history"));
    let acts: Vec<_> = history[..4].iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(acts, ["deleted", "restored", "deleted", "restored"], "it kept its id");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

#[test]
fn a_file_is_imported_without_what_was_refused() {
    let square = |lat: f64, lon: f64| json!([[lat, lon], [lat, lon + 0.01], [lat + 0.01, lon + 0.01], [lat, lon]]);
    let bow = json!([[30.0, 121.0], [30.01, 121.01], [30.01, 121.0], [30.0, 121.01], [30.0, 121.0]]);
    let feature = |name: &str, geometry: Value| json!({"type": "Feature", "properties": {"name": name, "level": "红"}, "geometry": geometry});
    let polygon = |ring: Value| json!({"type": "Polygon", "coordinates": [ring]});
    let open = json!([[30.0, 121.0], [30.0, 121.01], [30.01, 121.01]]);
    // Latitude first, as some tools write it.
    let file = json!({"type": "FeatureCollection", "features": [
        feature("North", polygon(square(30.0, 121.0))),
        feature("Bow", polygon(bow)),
        feature("Open", polygon(open)),
        feature("South", polygon(square(29.9, 121.0))),
    ]});
    let server = with_ada();
    let found = Browser::start("import-file.mjs", &server, &[ADA[0], ADA[1], ("CORDON_FILE", &file.to_string())]);
    let zones = || server.api().get("/ogc/collections/zones/items").expect(200);
    let mut answer = Value::Null;
    let found = found.found(|line| {
        assert_eq!(line, "imported");
        answer = zones();
    });

    assert_eq!(zones()["features"], json!([]), "it was taken back");
    let zones: Vec<_> = answer["features"].as_array().unwrap().iter().map(|zone| &zone["properties"]["name"]).collect();
    assert_eq!(zones, [&json!("North"), &json!("South")], "{answer:#}");
    let first = &answer["features"][0];
    assert_eq!(first["properties"]["level"], "red");
    assert!(first["geometry"]["coordinates"][0][0][0].as_f64().unwrap() > 120.0, "longitude first: {first:#}");
    assert_eq!(found["swapped"], true, "a latitude over 90 was seen");
    assert!(found["problems"].as_str().unwrap().contains("Feature 3"), "the open ring is named: {found:#}");
    assert!(found["refused"].as_str().unwrap().contains("Bow"), "what the server refuses is named: {found:#}");
    assert!(found["kept"].as_str().unwrap().contains('2'), "{found:#}");
    assert_eq!(found["sendAgain"], 0, "nothing is offered that would bring the kept ones in again");
    assert!(found["broken"].as_str().unwrap().contains("JSON"), "{found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

#[test]
fn a_circle_is_made_with_the_keyboard_alone() {
    let server = with_ada();
    let found = Browser::start("keyboard-circle.mjs", &server, &ADA).found(|_| {});

    let zone = only_zone(&server.api());
    assert_eq!(zone["properties"]["name"], "Typed circle");
    assert_eq!(zone["properties"]["radius_m"], 250);
    assert_eq!(zone["properties"]["drawn"], json!({"type": "Point", "coordinates": [121.5, 30.25]}));
    assert_eq!(found["asked"], "ask-no", "Escape asks first, and Enter keeps the work: {found:#}");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
}

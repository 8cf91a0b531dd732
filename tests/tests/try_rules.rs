//! Rules tried over past tracks: they find what the live engine finds, keep nothing and wake nobody.

use cordon_tests::drive::{Lane, rfc3339};
use cordon_tests::http::Api;
use cordon_tests::server::Server;
use serde_json::{Value, json};

/// A lane whose vehicle began an hour ago and drives through the zone in a little over a minute.
fn lane(number: u32) -> Lane {
    Lane { number, begin_s: Lane::hours_ago(1) }
}

fn vehicle(lane: &Lane) -> String {
    format!("truck-{}", lane.number)
}

/// Makes the vehicle of a lane and drives it through the zone across it, whether there is one or not.
fn drive(api: &Api, lane: &Lane) {
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": lane.plate(), "class": "hazmat"}});
    api.put(&format!("/ogc/collections/vehicles/items/{}", vehicle(lane)), &truck).expect(201);
    let fix = |second: i64| {
        let report = lane.report(second);
        json!({"vehicle": vehicle(lane), "fixed_at": rfc3339(report.at_s), "lon": f64::from(report.lon_e6) / 1e6,
            "lat": f64::from(report.lat_e6) / 1e6, "speed_kph": f64::from(report.speed_dkph) / 10.0})
    };
    let fixes: Vec<Value> = (0..=80).map(fix).collect();
    api.post("/api/fixes", &json!(fixes)).expect(200);
}

/// Tries a zone over the last hours, up to now.
fn asked(zone: impl Into<Value>, rules: Value) -> Value {
    let (from, to) = (rfc3339(Lane::hours_ago(3)), rfc3339(Lane::hours_ago(-1)));
    json!({"zone": zone.into(), "rules": rules, "from": from, "to": to})
}

/// Kind, rule, beginning, end and certainty of events.
fn told(events: &[Value]) -> Vec<[Value; 5]> {
    let mut told: Vec<[Value; 5]> = events
        .iter()
        .map(|event| ["kind", "rule", "at", "ended_at", "certainty"].map(|name| event[name].clone()))
        .collect();
    told.sort_by_key(|event| event.each_ref().map(Value::to_string));
    told
}

#[test]
fn a_trial_finds_what_the_live_engine_found_and_changes_nothing() {
    let server = Server::start();
    let (api, lane) = (server.api(), lane(1));
    let mut zone = lane.zone_feature();
    zone["properties"]["rules"] = json!([
        {"id": "in", "when": "enter", "priority": 2},
        {"id": "out", "when": "exit", "priority": 3},
        {"id": "stay", "when": "dwell", "limit_s": 10, "priority": 1},
        {"id": "fast", "when": "speed", "limit_kph": 30, "priority": 1},
        {"id": "others", "when": "enter", "subjects": {"classes": ["resident"]}, "priority": 1},
    ]);
    api.put(&format!("/ogc/collections/zones/items/{}", lane.zone()), &zone).expect(201);
    drive(&api, &lane);
    let live = api.items(&format!("/api/events?zone={}", lane.zone()));
    let alarms = api.items("/api/alarms");
    assert_eq!(live.len(), 4, "{live:#?}");

    let tried = api.post("/api/rules/try", &asked(lane.zone(), Value::Null)).expect(200);
    assert_eq!(told(tried["events"].as_array().unwrap()), told(&live));
    let counts = |tried: &Value| -> Vec<(String, u64, u64)> {
        let rules = tried["rules"].as_array().unwrap().iter();
        let count = |rule: &Value, name: &str| rule[name].as_u64().unwrap();
        rules
            .map(|rule| (rule["rule"].as_str().unwrap().to_owned(), count(rule, "events"), count(rule, "alarms")))
            .collect()
    };
    let expected = [("in", 1, 1), ("out", 1, 1), ("stay", 1, 1), ("fast", 1, 1), ("others", 0, 0)];
    assert_eq!(counts(&tried), expected.map(|(rule, events, alarms)| (rule.to_owned(), events, alarms)));
    assert_eq!(
        tried["vehicles"],
        json!([{"vehicle": vehicle(&lane), "plate": lane.plate(), "events": 4, "alarms": 4}])
    );
    assert_eq!((&tried["complete"], &tried["cut"], &tried["fixes_read"]), (&json!(true), &json!([]), &json!(81)));

    // Seen again: events may have become final meanwhile, but there is none more.
    assert_eq!(told(&api.items("/api/events")), told(&live));
    assert_eq!(api.items("/api/alarms"), alarms, "nobody was alarmed");
    let kept = api.get(&format!("/ogc/collections/zones/items/{}", lane.zone()));
    assert_eq!(kept.etag, "\"1\"");
}

#[test]
fn other_rules_and_zones_that_are_only_drawn_are_tried_for_the_vehicles_that_are_named() {
    let server = Server::start();
    let (api, first, second) = (server.api(), lane(2), lane(3));
    first.put_zone(&api);
    drive(&api, &first);
    drive(&api, &second);
    let stay = json!([{"id": "stay", "when": "dwell", "limit_s": 15}]);
    let tried = api.post("/api/rules/try", &asked(first.zone(), stay.clone())).expect(200);
    let at = first.entries_ms(80)[0] + 15_000;
    let at = jiff::Timestamp::from_millisecond(at).unwrap().to_string();
    assert_eq!((tried["events"].as_array().unwrap().len(), &tried["events"][0]["at"]), (1, &json!(at)));
    let long = json!([{"id": "stay", "when": "dwell", "limit_s": 60}]);
    assert_eq!(api.post("/api/rules/try", &asked(first.zone(), long)).expect(200)["events"], json!([]));

    let drawn = asked(second.zone_feature(), Value::Null);
    let tried = api.post("/api/rules/try", &drawn).expect(200);
    assert_eq!(tried["events"][0]["vehicle"], vehicle(&second));
    assert_eq!(tried["vehicles_judged"], 2);
    assert_eq!(api.get("/ogc/collections/zones/items").expect(200)["numberMatched"], 1, "it was not kept");
    let mut named = drawn.clone();
    named["vehicles"] = json!([vehicle(&first)]);
    let tried = api.post("/api/rules/try", &named).expect(200);
    assert_eq!((&tried["events"], &tried["vehicles_asked"]), (&json!([]), &json!(1)));

    // Half an hour ago nobody drove.
    let mut later = drawn;
    later["from"] = json!(rfc3339(Lane::hours_ago(0) - 1_800));
    assert_eq!(api.post("/api/rules/try", &later).expect(200)["events"], json!([]));
}

#[test]
fn exemptions_hold_in_a_trial_as_they_did() {
    let server = Server::start();
    let (api, lane) = (server.api(), lane(4));
    lane.put_zone(&api);
    drive(&api, &lane);
    let rules = json!([{"id": "in", "when": "enter", "exempt": ["pass"]}]);
    let events = || api.post("/api/rules/try", &asked(lane.zone(), rules.clone())).expect(200)["events"].clone();
    assert_eq!(events().as_array().unwrap().len(), 1);
    let pass = json!({"type": "Feature", "geometry": null, "properties": {"kind": "pass", "subject": vehicle(&lane),
        "from": rfc3339(Lane::hours_ago(5)), "to": rfc3339(Lane::hours_ago(-5))}});
    api.put("/ogc/collections/exemptions/items/p-1", &pass).expect(201);
    assert_eq!(events().as_array().unwrap().len(), 1, "it was given after the drive, and acts forward");
}

#[test]
fn what_cannot_be_tried_is_refused_as_an_edit_would_be() {
    let server = Server::start();
    let (api, lane) = (server.api(), lane(5));
    lane.put_zone(&api);
    let refused = |body: &Value, status: u16| api.post("/api/rules/try", body).expect(status);
    let said = |problem: &Value| ["code", "field", "value", "limit", "detail"].map(|name| problem[name].clone());
    for rule in
        [json!({"when": "dwell"}), json!({"when": "speed", "limit_kph": 900}), json!({"when": "enter", "vaild": 1})]
    {
        let mut zone = lane.zone_feature();
        zone["properties"]["rules"] = json!([rule]);
        let by_put = api.put(&format!("/ogc/collections/zones/items/{}", lane.zone()), &zone).expect(422);
        assert_eq!(said(&refused(&asked(lane.zone(), json!([rule])), 422)), said(&by_put), "{rule}");
        assert_eq!(said(&refused(&asked(zone, Value::Null), 422)), said(&by_put), "{rule}");
    }
    let problem = refused(&asked(lane.zone(), json!([])), 422);
    assert_eq!((&problem["code"], &problem["field"]), (&json!("missing"), &json!("properties.rules")));
    assert_eq!(refused(&asked("nowhere", Value::Null), 422)["code"], "unknown_zone");
    assert_eq!(refused(&asked(7, Value::Null), 400)["field"], "zone");
    let mut body = asked(lane.zone(), Value::Null);
    body["vehicles"] = json!(["nobody"]);
    let problem = refused(&body, 422);
    assert_eq!((&problem["code"], &problem["field"]), (&json!("unknown_vehicle"), &json!("vehicles[0]")));
    let mut body = asked(lane.zone(), Value::Null);
    body["from"] = json!(rfc3339(Lane::hours_ago(24 * 8)));
    let problem = refused(&body, 400);
    assert_eq!((&problem["field"], &problem["limit"]), (&json!("to"), &json!("at most 7 days after from")));
    let mut body = asked(lane.zone(), Value::Null);
    body["rule"] = json!([]);
    assert_eq!(refused(&body, 400)["code"], "bad_json");

    let body = asked(lane.zone(), Value::Null);
    for (role, status) in [("monitor", 200), ("supervisor", 200), ("guard", 403), ("device", 403)] {
        let asker = Api::new(server.http, Some(server.add_token(role, role)));
        assert_eq!(asker.post("/api/rules/try", &body).status, status, "{role}");
    }
}

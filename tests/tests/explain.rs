//! An event's own explanation: what a person asks about an alarm is answered as it was when it was judged.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::{Lane, rfc3339};
use cordon_tests::http::Api;
use cordon_tests::server::Server;
use serde_json::{Value, json};

/// A lane whose vehicle began 75 s ago.
fn lane(number: u32) -> Lane {
    Lane { number, begin_s: Lane::hours_ago(0) - 75 }
}

fn vehicle(lane: &Lane) -> String {
    format!("truck-{}", lane.number)
}

/// Makes the vehicle of a lane.
fn put_vehicle(api: &Api, lane: &Lane) {
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": lane.plate(), "class": "hazmat",
        "company": "北化物流", "goods_class": "3"}});
    api.put(&format!("/ogc/collections/vehicles/items/{}", vehicle(lane)), &truck).expect(201);
}

/// Drives the vehicle of a lane over some seconds of it.
fn drive(api: &Api, lane: &Lane, seconds: impl Iterator<Item = i64>) {
    let fix = |second: i64| {
        let report = lane.report(second);
        json!({"vehicle": vehicle(lane), "fixed_at": rfc3339(report.at_s), "lon": f64::from(report.lon_e6) / 1e6,
            "lat": f64::from(report.lat_e6) / 1e6, "speed_kph": f64::from(report.speed_dkph) / 10.0})
    };
    let fixes: Vec<Value> = seconds.map(fix).collect();
    api.post("/api/fixes", &json!(fixes)).expect(200);
}

/// The id of the lane's only event of a kind.
#[track_caller]
fn event(api: &Api, lane: &Lane, kind: &str) -> String {
    let events = api.items(&format!("/api/events?zone={}&kind={kind}", lane.zone()));
    assert_eq!(events.len(), 1, "{events:#?}");
    events[0]["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn explain(api: &Api, id: &str) -> Value {
    api.get(&format!("/api/events/{id}/explain")).expect(200)
}

/// A figure that decided, or was in force.
#[track_caller]
fn figure<'a>(explained: &'a Value, name: &str) -> &'a Value {
    let all = explained["thresholds"].as_array().unwrap();
    all.iter().find(|figure| figure["name"] == name).unwrap_or_else(|| panic!("no {name} in {all:#?}"))
}

#[test]
fn each_language_calls_the_zone_by_its_own_name() {
    let server = Server::start();
    let (api, lane) = (server.api(), lane(2));
    put_vehicle(&api, &lane);
    let mut zone = lane.zone_feature();
    zone["properties"]["name"] = json!("北罐区");
    zone["properties"]["name_en"] = json!("North tanks");
    api.put(&format!("/ogc/collections/zones/items/{}", lane.zone()), &zone).expect(201);
    drive(&api, &lane, 0..=50);
    let explained = explain(&api, &event(&api, &lane, "enter"));
    let said = |language: &str| explained["text"][language].as_str().unwrap().to_owned();
    assert!(said("zh").contains("『北罐区』") && !said("zh").contains("North"), "{}", said("zh"));
    assert!(said("en").contains("“North tanks”") && !said("en").contains("北"), "{}", said("en"));
    assert_eq!((&explained["zone"]["name"], &explained["zone"]["name_en"]), (&json!("北罐区"), &json!("North tanks")));
}

#[test]
fn an_entry_says_who_where_when_by_which_rule_and_how_sure_it_is() {
    let server = Server::start();
    let (api, lane) = (server.api(), lane(1));
    put_vehicle(&api, &lane);
    lane.put_zone(&api);
    drive(&api, &lane, 0..=50);
    let id = event(&api, &lane, "enter");
    let explained = explain(&api, &id);

    assert_eq!(explained["event"], api.get(&format!("/api/events/{id}")).expect(200));
    assert_eq!(explained["subject"]["plate"], lane.plate());
    assert_eq!((&explained["subject"]["class"], &explained["subject"]["goods_class"]), (&json!("hazmat"), &json!("3")));
    let zone = &explained["zone"];
    assert_eq!((&zone["id"], &zone["name"]), (&json!(lane.zone()), &json!("Lane 1")));
    assert_eq!((&zone["revision"], &zone["stored"], &zone["deleted"]), (&json!(1), &json!(true), &json!(false)));
    let rule = &explained["rule"];
    assert_eq!((&rule["id"], &rule["when"], &rule["priority"]), (&json!("no-entry"), &json!("enter"), &json!(2)));

    let fixes = explained["fixes"].as_array().unwrap();
    let seconds: Vec<Value> = fixes.iter().map(|fix| fix["fixed_at"].clone()).collect();
    assert_eq!(seconds, [39, 40].map(|second| json!(rfc3339(lane.begin_s + second))));
    assert_eq!(fixes.iter().map(|fix| fix["place"].as_str().unwrap()).collect::<Vec<_>>(), ["before", "after"]);
    for fix in fixes {
        assert_eq!((&fix["speed_kph"], &fix["source"], &fix["marks"]), (&json!(69.4), &json!("http"), &json!([])));
        assert!(fix["received_at"].is_string(), "{fix}");
    }
    assert_eq!(explained["path"]["reading"], "straight");
    assert_eq!(explained["crossing"]["at"], explained["event"]["at"]);
    assert!(explained["crossing"]["margin_m"].as_f64().unwrap() > 0.0);
    let accuracy = figure(&explained, "accuracy_m");
    assert_eq!((&accuracy["value"], &accuracy["unit"]), (&json!(15.0), &json!("m")));
    assert_eq!((&accuracy["from"], &accuracy["decided"]), (&json!("setting"), &json!(true)), "no fix stated any");
    assert_eq!(figure(&explained, "needed_m")["value"], 15.0);
    let gap = figure(&explained, "gap_s");
    assert_eq!((&gap["value"], &gap["unit"], &gap["decided"]), (&json!(120.0), &json!("s"), &json!(false)));

    assert_eq!(explained["alarm"]["state"], "unacknowledged");
    assert_eq!(explained["alarm"]["why"], "priority", "only priority 1 sounds a siren");
    let words = &explained["why_not_suppressed"];
    assert_eq!((&words["exemptions"], &words["left_out"]), (&json!([]), &json!(0)));
    let zh = explained["text"]["zh"].as_str().unwrap();
    assert!(zh.starts_with(&format!("{} 于 ", lane.plate())), "{zh}");
    assert!(zh.contains("驶入限制区『Lane 1』") && zh.contains("没有任何豁免"), "{zh}");
    let en = explained["text"]["en"].as_str().unwrap();
    assert!(en.contains("entered the restricted zone “Lane 1” at ") && en.contains("no exemption at all"), "{en}");
    assert_eq!(zh.lines().count(), en.lines().count(), "{zh}\n{en}");

    let alarm = api.items("/api/alarms").pop().unwrap();
    assert_eq!(explained["alarm"]["id"], alarm["id"]);
    api.post(&format!("/api/alarms/{}/acknowledge", alarm["id"].as_str().unwrap()), &json!({})).expect(200);
    assert_eq!(explain(&api, &id)["alarm"]["why"], "acknowledged");

    let path = format!("/api/events/{id}/explain");
    let guard = Api::new(server.http, Some(server.add_token("guard", "guard")));
    assert_eq!(guard.get(&path).status, 200, "whoever may read events may ask");
    let device = Api::new(server.http, Some(server.add_token("device", "device")));
    assert_eq!(device.get(&path).status, 403);
    for unknown in [format!("{:032x}", 7), "no-event".to_owned()] {
        let problem = api.get(&format!("/api/events/{unknown}/explain"));
        assert_eq!(problem.content_type, "application/problem+json");
        assert_eq!(problem.expect(404)["code"], "not_found");
    }
}

#[test]
fn zone_and_rule_are_those_that_judged_whatever_became_of_them() {
    let server = Server::start();
    let (api, lane) = (server.api(), lane(2));
    put_vehicle(&api, &lane);
    lane.put_zone(&api);
    drive(&api, &lane, 0..=50);
    let id = event(&api, &lane, "enter");
    let path = format!("/ogc/collections/zones/items/{}", lane.zone());
    let mut edited = lane.zone_feature();
    edited["properties"]["name"] = json!("renamed");
    edited["properties"]["rules"] = json!([{"id": "no-entry", "when": "exit", "priority": 4}]);
    api.put(&path, &edited).expect(200);
    let explained = explain(&api, &id);
    assert_eq!((&explained["zone"]["name"], &explained["zone"]["current_revision"]), (&json!("Lane 2"), &json!(2)));
    assert_eq!((&explained["rule"]["when"], &explained["rule"]["priority"]), (&json!("enter"), &json!(2)));
    assert_eq!(api.send("DELETE", &path, &[], b"").unwrap().status, 204);
    let explained = explain(&api, &id);
    assert_eq!((&explained["zone"]["name"], &explained["zone"]["deleted"]), (&json!("Lane 2"), &json!(true)));
    assert_eq!(explained["rule"]["when"], "enter");
    // What stood in the zone when it went has no rule: it says so.
    let gone = explain(&api, &event(&api, &lane, "zone_changed"));
    assert_eq!(
        (&gone["alarm"]["why"], &gone["rule"], &gone["path"]["reading"]),
        (&json!("no_rule"), &Value::Null, &json!("standing"))
    );
    assert!(gone["text"]["zh"].as_str().unwrap().contains("被删除"), "{gone:#}");
}

#[test]
fn each_exemption_says_why_it_did_not_apply() {
    let mut server = Server::start();
    let (api, lane) = (server.api(), lane(3));
    put_vehicle(&api, &lane);
    let mut zone = lane.zone_feature();
    zone["properties"]["rules"][0]["exempt"] = json!(["pass"]);
    api.put(&format!("/ogc/collections/zones/items/{}", lane.zone()), &zone).expect(201);
    let other = Lane { number: 4, ..lane };
    other.put_zone(&api);
    let hours = |hours: i64| rfc3339(lane.begin_s + hours * 3_600);
    let give = |id: &str, kind: &str, zone: Option<String>, from: i64, to: i64| {
        let pass = json!({"type": "Feature", "geometry": null, "properties": {"kind": kind, "subject": vehicle(&lane),
            "zone": zone, "from": hours(from), "to": hours(to)}});
        api.put(&format!("/ogc/collections/exemptions/items/{id}"), &pass).expect(201);
    };
    give("over", "pass", Some(lane.zone()), -20, -1);
    give("tomorrow", "pass", None, 20, 40);
    give("elsewhere", "pass", Some(other.zone()), -1, 5);
    give("permit", "permit", None, -1, 5);
    give("withdrawn", "pass", Some(lane.zone()), -1, 5);
    assert_eq!(api.send("DELETE", "/ogc/collections/exemptions/items/withdrawn", &[], b"").unwrap().status, 204);
    // It enters a moment after now, so that the withdrawal is before it: what was driven under the pass stays covered.
    let lane = Lane { begin_s: Lane::hours_ago(0) - 38, ..lane };
    drive(&api, &lane, 0..=42);
    let id = event(&api, &lane, "enter");
    give("afterwards", "pass", Some(lane.zone()), -1, 5);

    let expected = [
        ("over", "ended"),
        ("tomorrow", "not_begun"),
        ("elsewhere", "other_zone"),
        ("permit", "other_kind"),
        ("withdrawn", "withdrawn"),
        ("afterwards", "recorded_later"),
    ];
    let check = |server: &Server| {
        let explained = explain(&server.api(), &id);
        let why_not = &explained["why_not_suppressed"];
        assert_eq!(why_not["respected"], json!(["pass"]));
        let said = why_not["exemptions"].as_array().unwrap();
        let said: Vec<_> = said.iter().map(|one| (one["id"].as_str().unwrap(), one["why"].as_str().unwrap())).collect();
        assert_eq!(said, expected);
        let zh = explained["text"]["zh"].as_str().unwrap();
        assert!(zh.contains("permit：规则 no-entry 不认此类豁免（permit）。"), "{zh}");
    };
    check(&server);
    server.kill();
    server.restart();
    check(&server);
}

#[test]
fn it_says_why_nobody_was_woken() {
    let server = Server::start();
    let api = server.api();
    let waiting = lane(5);
    put_vehicle(&api, &waiting);
    let mut zone = waiting.zone_feature();
    zone["properties"]["rules"][0]["on_delay_s"] = json!(3_600);
    let path = format!("/ogc/collections/zones/items/{}", waiting.zone());
    api.put(&path, &zone).expect(201);
    drive(&api, &waiting, 0..=50);
    let id = event(&api, &waiting, "enter");
    let explained = explain(&api, &id);
    assert_eq!((&explained["alarm"]["why"], &explained["alarm"]["id"]), (&json!("on_delay_runs"), &Value::Null));
    assert_eq!(figure(&explained, "on_delay_s")["value"], 3_600.0);
    drive(&api, &waiting, 51..=70);
    assert_eq!(explain(&api, &id)["alarm"]["why"], "on_delay_not_reached");

    let late = Lane { number: 6, begin_s: Lane::hours_ago(2) };
    put_vehicle(&api, &late);
    let mut zone = late.zone_feature();
    zone["properties"]["rules"][0]["priority"] = json!(1);
    api.put(&format!("/ogc/collections/zones/items/{}", late.zone()), &zone).expect(201);
    drive(&api, &late, 0..=50);
    let explained = explain(&api, &event(&api, &late, "enter"));
    assert_eq!((&explained["alarm"]["why"], &explained["alarm"]["priority"]), (&json!("late"), &json!(1)));
    assert!(explained["text"]["zh"].as_str().unwrap().contains("迟报，不鸣响"), "{explained:#}");
}

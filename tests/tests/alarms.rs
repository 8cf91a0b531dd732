//! The alarm desk from outside: what people do to alarms, what is refused, and how much it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::{Lane, rfc3339, unix_ms};
use cordon_tests::http::Api;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::{Value, json};

/// A lane whose vehicle began 75 s ago.
fn lane(number: u32) -> Lane {
    Lane { number, begin_s: Lane::hours_ago(0) - 75 }
}

/// Drives a vehicle into the zone across its lane; the alarm.
#[track_caller]
fn alarm_of(server: &Server, lane: &Lane) -> Value {
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=50 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    let all = server.api().items("/api/alarms");
    all.into_iter().find(|alarm| alarm["zone"] == lane.zone()).expect("an alarm")
}

fn act(api: &Api, alarm: &Value, what: &str, body: &Value) -> cordon_tests::http::Reply {
    api.post(&format!("/api/alarms/{}/{what}", alarm["id"].as_str().unwrap()), body)
}

fn in_seconds(s: i64) -> String {
    rfc3339(Lane::hours_ago(0) + s)
}

fn steps(alarm: &Value) -> Vec<&str> {
    alarm["history"].as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap()).collect()
}

#[test]
fn an_alarm_is_shelved_listed_kept_over_a_crash_and_taken_back() {
    let mut server = Server::start();
    let alarm = alarm_of(&server, &lane(1));
    let until = in_seconds(3_600);
    let shelved = act(&server.api(), &alarm, "shelve", &json!({"reason": "road works", "until": until})).expect(200);
    assert_eq!(shelved["state"], "shelved");
    assert_eq!(unix_ms(&shelved["shelved_until"]), unix_ms(&json!(until)));
    let line = shelved["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&line["what"], &line["note"]), (&json!("shelved"), &json!("road works")));
    assert!(line["who"].is_string() && line["at"].is_string());

    let again = act(&server.api(), &alarm, "shelve", &json!({"reason": "road works", "until": until})).expect(200);
    assert_eq!(again, shelved, "repeating it changes nothing");
    assert_eq!(server.api().items("/api/alarms"), std::slice::from_ref(&shelved), "it is never hidden");
    assert_eq!(server.api().items("/api/alarms?state=shelved").len(), 1);
    assert!(server.api().items("/api/alarms?state=unacknowledged").is_empty());
    server.kill();
    server.restart();
    assert_eq!(server.api().items("/api/alarms"), [shelved]);

    let back = act(&server.api(), &alarm, "acknowledge", &json!({})).expect(200);
    assert_eq!(back["state"], "acknowledged");
    assert_eq!(steps(&back), ["raised", "shelved", "unshelved", "acknowledged"]);
    assert_eq!(back["shelved_until"], Value::Null);
}

#[test]
fn shelving_asks_for_a_reason_and_an_end_within_a_shift() {
    let server = Server::start();
    let alarm = alarm_of(&server, &lane(2));
    let refused = |body: Value, field: &str| {
        let reply = act(&server.api(), &alarm, "shelve", &body);
        assert_eq!(reply.status, 400, "{body}: {}", reply.text());
        let problem: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((&problem["code"], &problem["field"]), (&json!("bad_value"), &json!(field)), "{body}");
    };
    let hour = in_seconds(3_600);
    refused(json!({"reason": " ", "until": hour}), "reason");
    refused(json!({"reason": "x".repeat(2_001), "until": hour}), "reason");
    refused(json!({"reason": "works", "until": in_seconds(-1)}), "until");
    refused(json!({"reason": "works", "until": in_seconds(8 * 3_600 + 60)}), "until");
    refused(json!({"reason": "works", "until": "tomorrow"}), "until");
    assert_eq!(act(&server.api(), &alarm, "close", &json!({"result": ""})).status, 400, "closing needs a result");
    assert_eq!(server.api().items("/api/alarms"), [alarm], "nothing of it changed it");
}

#[test]
fn a_closed_alarm_stays_closed_whatever_is_done_to_it_before_and_after_a_restart() {
    let mut server = Server::start();
    let alarm = alarm_of(&server, &lane(3));
    let closed = act(&server.api(), &alarm, "close", &json!({"result": "a drill"})).expect(200);
    assert_eq!((&closed["state"], &closed["result"]), (&json!("closed"), &json!("a drill")));
    let stays = |server: &Server| {
        let until = in_seconds(3_600);
        for (what, body) in [
            ("close", json!({"result": "something else"})),
            ("acknowledge", json!({"note": "seen"})),
            ("shelve", json!({"reason": "works", "until": until})),
        ] {
            assert_eq!(act(&server.api(), &alarm, what, &body).expect(200), closed, "{what}");
        }
    };
    stays(&server);
    assert!(server.stop().success());
    server.restart();
    stays(&server);
    let unknown = server.api().post(&format!("/api/alarms/{:032x}/acknowledge", 7), &json!({}));
    assert_eq!(unknown.status, 404);
}

#[test]
fn the_load_counts_what_was_raised_acknowledged_and_closed() {
    let server = Server::start();
    let empty = server.api().get("/api/alarms/load").expect(200);
    assert_eq!((&empty["open"], &empty["oldest_open"], &empty["flood"]), (&json!(0), &Value::Null, &json!(false)));
    let (first, second) = (alarm_of(&server, &lane(4)), alarm_of(&server, &lane(5)));
    act(&server.api(), &first, "close", &json!({"result": "a drill"})).expect(200);
    act(&server.api(), &second, "acknowledge", &json!({})).expect(200);
    // It enters later than the others.
    let third = alarm_of(&server, &Lane { begin_s: lane(6).begin_s + 10, ..lane(6) });
    let load = server.api().get("/api/alarms/load").expect(200);
    assert_eq!(load["last"]["ten_minutes"], json!({"raised": 3, "acknowledged": 1, "closed": 1}));
    assert_eq!(load["last"]["day"], json!({"raised": 3, "acknowledged": 1, "closed": 1}));
    assert_eq!((&load["open"], &load["unacknowledged"], &load["shelved"]), (&json!(2), &json!(1), &json!(0)));
    assert_eq!(load["longest_unacknowledged"]["id"], third["id"]);
    assert!(load["longest_unacknowledged"]["seconds"].as_i64().unwrap() >= 0);
    assert_eq!(load["oldest_open"]["id"], second["id"]);
    let raised =
        |of: &str| -> i64 { load[of].as_array().unwrap().iter().map(|span| span["raised"].as_i64().unwrap()).sum() };
    assert_eq!([raised("ten_minutes"), raised("hours"), raised("days")], [3, 3, 3]);
    let lengths = ["ten_minutes", "hours", "days"].map(|of| load[of].as_array().unwrap().len());
    assert_eq!(lengths, [144, 24, 7]);
    assert_eq!(load["benchmarks"][0]["acceptable"], 1);
    assert_eq!(load["benchmarks"][0]["too_much"], 10);
    assert_eq!(server.api().get("/api/alarms/load?day=1").status, 400);
}

#[test]
fn an_alarm_with_an_on_delay_comes_when_its_time_is_over() {
    let server = Server::start();
    let lane = lane(7);
    let mut zone = lane.zone_feature();
    zone["properties"]["rules"][0]["on_delay_s"] = json!(30);
    let path = format!("/ogc/collections/zones/items/{}", lane.zone());
    assert!(matches!(server.api().put(&path, &zone).status, 200 | 201 | 204));
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    // It began 75 s ago and enters after 39.5 s: 30 s inside are over 5 s before now, which the next tick says.
    for second in 0..=50 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    let events = server.api().items(&format!("/api/events?zone={}&kind=enter", lane.zone()));
    assert_eq!(events.len(), 1, "the event stands at once");
    let alarm = wait::until("the alarm is raised", || server.api().items("/api/alarms").pop());
    assert_eq!(alarm["raised_at"], events[0]["at"]);
    assert_eq!(alarm["events"], json!([events[0]["id"]]));
    let event = server.api().get(&format!("/api/events/{}", events[0]["id"].as_str().unwrap())).expect(200);
    assert_eq!(event["alarm"], alarm["id"]);
}

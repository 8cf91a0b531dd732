//! The whole walk of a fix: a terminal drives into a zone, and what follows is seen, acted upon and kept.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::live::Live;
use cordon_tests::server::{Server, cordon};
use cordon_tests::wait;
use serde_json::{Value, json};

/// A lane whose vehicle began 75 s ago: 75 seconds of driving are in the past and none of it is late.
fn lane(number: u32) -> Lane {
    Lane { number, begin_s: Lane::hours_ago(0) - 75 }
}

/// Reports these seconds one by one, each positively acknowledged.
#[track_caller]
fn drive(terminal: &mut Terminal, lane: &Lane, seconds: std::ops::RangeInclusive<i64>) {
    for second in seconds {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0, "acknowledgement of second {second}");
    }
}

fn alarms_of(server: &Server, zone: &str) -> Vec<Value> {
    server.api().items("/api/alarms").into_iter().filter(|a| a["zone"] == zone).collect()
}

fn events_of(server: &Server, zone: &str, kind: &str) -> Vec<Value> {
    server.api().items(&format!("/api/events?zone={zone}&kind={kind}"))
}

/// The times and places of a vehicle's track.
fn track(server: &Server, vehicle: &str) -> Value {
    server.api().get(&format!("/api/vehicles/{vehicle}/track")).expect(200)
}

#[test]
fn a_terminal_drives_into_a_zone_and_the_alarm_is_seen_acknowledged_and_kept() {
    let mut server = Server::start();
    let lane = lane(1);
    lane.put_zone(&server.api());
    let mut live = Live::connect(server.http, &server.token);
    live.until("a greeting", |frame| frame["type"] == "hello");

    let (mut terminal, code) =
        Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    drive(&mut terminal, &lane, 0..=50);

    // By the API: what was acknowledged is there already, no waiting.
    let vehicle = server.api().vehicle(&lane.plate()).expect("the registration made a vehicle with its plate");
    let id = vehicle["id"].as_str().unwrap().to_owned();
    assert_eq!(vehicle["online"], true);
    assert_eq!(vehicle["last"]["lon"].as_f64().unwrap(), f64::from(lane.report(50).lon_e6) / 1e6);
    assert_eq!(vehicle["zones"][0]["zone"], lane.zone());
    let enters = events_of(&server, &lane.zone(), "enter");
    assert_eq!(enters.len(), 1, "{enters:#?}");
    assert_eq!(enters[0]["subject"], json!({"kind": "vehicle", "id": id}));
    assert_eq!(enters[0]["late"], false);
    assert_eq!(enters[0]["rule"], "no-entry");
    let alarms = alarms_of(&server, &lane.zone());
    assert_eq!(alarms.len(), 1, "{alarms:#?}");
    assert_eq!(alarms[0]["state"], "unacknowledged");
    assert_eq!(alarms[0]["priority"], 2);
    assert_eq!(alarms[0]["events"], json!([enters[0]["id"]]));
    let alarm = alarms[0]["id"].as_str().unwrap().to_owned();

    // By the live socket: pushed without asking.
    live.until("the alarm", |frame| frame["type"] == "alarms" && frame.to_string().contains(&alarm));
    wait::until("positions are pushed", || {
        live.text(std::time::Duration::from_millis(100));
        (live.binary_frames > 0).then_some(())
    });

    // Acknowledged, pushed to the consoles, kept over a crash, and repeating it changes nothing.
    let path = format!("/api/alarms/{alarm}/acknowledge");
    let acknowledged = server.api().post(&path, &json!({"note": "called the driver"})).expect(200);
    assert_eq!(acknowledged["state"], "acknowledged");
    live.until("the acknowledgement", |frame| {
        frame["type"] == "alarms"
            && frame.to_string().contains(&alarm)
            && frame.to_string().contains("called the driver")
    });
    server.kill();
    server.restart();
    let kept = alarms_of(&server, &lane.zone());
    assert_eq!(kept, std::slice::from_ref(&acknowledged));
    assert_eq!(server.api().post(&path, &json!({})).expect(200), acknowledged);

    // Everything sent again is known already: acknowledged, and nothing new.
    let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    let fixes = track(&server, &id)["properties"]["fixes"].as_array().unwrap().len();
    assert_eq!(fixes, 51);
    drive(&mut terminal, &lane, 0..=50);
    assert_eq!(track(&server, &id)["properties"]["fixes"].as_array().unwrap().len(), 51);
    assert_eq!(events_of(&server, &lane.zone(), "enter"), enters);
    assert_eq!(alarms_of(&server, &lane.zone()), kept);

    // Out again: the acknowledged alarm returns and is done.
    drive(&mut terminal, &lane, 51..=74);
    let done = alarms_of(&server, &lane.zone());
    assert_eq!(done.len(), 1);
    assert_eq!(done[0]["state"], "closed", "{:#}", done[0]);
    assert_eq!(done[0]["id"], alarm);
    assert_ne!(done[0]["returned_at"], Value::Null);
    assert!(server.api().vehicle(&lane.plate()).unwrap()["zones"].as_array().unwrap().is_empty());

    // An orderly stop, and it is all still there.
    assert!(server.stop().success());
    server.restart();
    assert_eq!(alarms_of(&server, &lane.zone()), done);
    assert_eq!(track(&server, &id)["properties"]["fixes"].as_array().unwrap().len(), 75);
}

#[test]
fn both_headers_work_side_by_side_and_a_code_outlives_a_restart() {
    let mut server = Server::start();
    let (old, new) = (lane(2), lane(3));
    let (mut first, old_code) =
        Terminal::sign_on(server.jt808, &old.phone(), &old.plate_gbk(), Version::V2013).unwrap();
    let (mut second, new_code) =
        Terminal::sign_on(server.jt808, &new.phone(), &new.plate_gbk(), Version::V2019).unwrap();
    drive(&mut first, &old, 0..=3);
    drive(&mut second, &new, 0..=3);
    server.kill();
    server.restart();
    for (lane, code, version) in [(old, old_code, Version::V2013), (new, new_code, Version::V2019)] {
        let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, version).unwrap();
        let heartbeat = terminal.send(0x0002, &[]).unwrap();
        assert_eq!(terminal.acknowledged(heartbeat).unwrap(), 0);
        drive(&mut terminal, &lane, 4..=6);
        let id = server.api().vehicle(&lane.plate()).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(track(&server, &id)["properties"]["fixes"].as_array().unwrap().len(), 7);
    }
    let mut stranger = Terminal::connect(server.jt808, &old.phone(), Version::V2013).unwrap();
    assert!(stranger.authenticate(b"guessed").is_err(), "a wrong code is refused");
}

#[test]
fn what_was_kept_in_a_blind_area_comes_in_a_batch() {
    let server = Server::start();
    let lane = lane(4);
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2019).unwrap();
    drive(&mut terminal, &lane, 0..=5);
    let missed: Vec<_> = (6..=30).map(|s| lane.report(s)).collect();
    assert_eq!(terminal.report_batch(&missed, true).unwrap(), 0);
    let more: Vec<_> = (31..=50).map(|s| lane.report(s)).collect();
    assert_eq!(terminal.report_batch(&more, false).unwrap(), 0);
    assert_eq!(alarms_of(&server, &lane.zone()).len(), 1);
    let id = server.api().vehicle(&lane.plate()).unwrap()["id"].as_str().unwrap().to_owned();
    let fixes = track(&server, &id)["properties"]["fixes"].as_array().unwrap().clone();
    assert_eq!(fixes.len(), 51);
    assert!(fixes[6]["marks"].to_string().contains("blind_area"), "{}", fixes[6]);
    assert!(!fixes[31]["marks"].to_string().contains("blind_area"), "{}", fixes[31]);
}

#[test]
fn a_vehicle_is_online_while_its_terminal_is_connected() {
    let server = Server::start();
    let lane = lane(8);
    let online = || server.api().vehicle(&lane.plate()).unwrap()["online"].as_bool().unwrap();
    let (mut terminal, code) =
        Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    assert!(online(), "connected, though it has not reported yet");
    drive(&mut terminal, &lane, 0..=1);
    drop(terminal);
    wait::until("it is offline, though it reported a moment ago", || (!online()).then_some(()));
    let _terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    assert!(online());

    let phone = json!({"type": "Feature", "geometry": null, "properties": {"plate": "phone"}});
    server.api().put("/ogc/collections/vehicles/items/phone", &phone).expect(201);
    let online = || server.api().get("/api/vehicles/phone").expect(200)["online"].as_bool().unwrap();
    assert!(!online(), "it never reported");
    let fix = json!([{"vehicle": "phone", "fixed_at": jiff::Timestamp::now().to_string(), "lon": 121.0, "lat": 30.0}]);
    server.api().post("/api/fixes", &fix).expect(200);
    assert!(online());
}

#[test]
fn the_line_of_a_track_makes_no_spike_and_the_fixes_are_all_there() {
    let server = Server::start();
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "truck"}});
    server.api().put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let begin = Lane::hours_ago(0) - 60;
    let at = |s: i64, lon: f64, lat: f64| {
        let fixed_at = jiff::Timestamp::from_second(begin + s).unwrap().to_string();
        json!({"vehicle": "truck", "fixed_at": fixed_at, "lon": lon, "lat": lat})
    };
    let ahead = at(3_600, 121.9, 30.9);
    let fixes = json!([
        at(0, 121.0, 30.0),
        at(1, 0.0, 0.0),
        at(2, 121.0002, 30.0),
        at(3, 99.0, 30.0),
        at(4, 121.0004, 30.0),
        ahead
    ]);
    server.api().post("/api/fixes", &fixes).expect(200);
    let track = track(&server, "truck");
    assert_eq!(track["geometry"]["coordinates"], json!([[121.0, 30.0], [121.0002, 30.0], [121.0004, 30.0]]));
    let fixes = track["properties"]["fixes"].as_array().unwrap();
    let marks: Vec<_> = fixes.iter().map(|fix| (fix["marks"].clone(), fix["on_line"].as_bool().unwrap())).collect();
    let expected = [
        (json!([]), true),
        (json!(["null_island"]), false),
        (json!([]), true),
        (json!(["teleport"]), false),
        (json!([]), true),
        (json!(["clock_ahead"]), false),
    ];
    assert_eq!(marks, expected);
}

#[test]
fn an_unknown_message_is_answered_with_unsupported() {
    let server = Server::start();
    let lane = lane(5);
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    let serial = terminal.send(0x0f0f, b"?").unwrap();
    assert_eq!(terminal.acknowledged(serial).unwrap(), 3);
    drive(&mut terminal, &lane, 0..=1);
}

#[test]
fn an_unapproved_terminal_is_turned_away_and_leaves_nothing() {
    let server = Server::with(cordon_tests::server::Options {
        arguments: ["--jt808-registration", "approved"].map(str::to_owned).to_vec(),
        ..Default::default()
    });
    let lane = lane(6);
    let refused = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013);
    assert!(refused.err().unwrap().to_string().contains("result 4"));
    assert!(server.api().vehicle(&lane.plate()).is_none());
}

#[test]
fn a_fresh_server_is_set_up_with_its_code_once() {
    let mut server = Server::unready(Default::default());
    server.await_ready();
    let said = wait::until("the set-up code is said", || Some(server.output()).filter(|said| said.contains("code")));
    let api = server.anonymous();
    let body = |code: &str| json!({"code": code, "name": "first", "password": "a long enough pass phrase"});
    assert!(api.post("/api/setup", &body("wrong")).status >= 400);
    let code = said
        .split(|c: char| c.is_whitespace() || "`'\".,".contains(c))
        .filter(|word| word.len() >= 8)
        .find(|word| matches!(api.post("/api/setup", &body(word)).status, 200 | 201 | 204))
        .unwrap_or_else(|| panic!("no word of this is the set-up code:\n{said}"))
        .to_owned();
    assert!(api.post("/api/setup", &body(&code)).status >= 400, "a second set-up is refused");
    let session = json!({"name": "first", "password": "a long enough pass phrase"});
    assert!(matches!(api.post("/api/session", &session).status, 200 | 201));
    let session = json!({"name": "first", "password": "another pass phrase"});
    assert_eq!(api.post("/api/session", &session).status, 401);
    assert_eq!(api.get("/api/alarms").status, 401, "nothing without credentials");
}

#[test]
fn a_frame_is_decoded_by_the_command_line() {
    let lane = lane(7);
    let frame = cordon_tests::jt808::encode(Version::V2019, 0x0200, "13900000007", 77, &lane.report(0).body());
    let hex: String = frame.iter().map(|b| format!("{b:02x}")).collect();
    let output = cordon(&["decode", "jt808", &hex], "");
    assert!(output.status.success(), "{output:?}");
    let decoded: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(decoded["ok"], true);
    assert_eq!(decoded["msg_id"], "0x0200");
    assert_eq!(decoded["version"], 2019);
    assert_eq!(decoded["phone"], "13900000007");
    assert_eq!(decoded["serial"], 77);
    let position = &decoded["positions"][0];
    assert_eq!(position["lon"].as_f64().unwrap(), 121.6);
    assert_eq!(position["speed_kph"].as_f64().unwrap(), 69.4);

    let spoiled = format!("{}{hex}", &hex[..2]).replacen("0200", "0201", 1);
    let output = cordon(&["decode", "jt808", "-"], &format!("{spoiled}\n"));
    let decoded: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&decoded["ok"], &decoded["code"]), (&json!(false), &json!("checksum")));
}

#[test]
fn a_folder_in_use_is_not_opened_twice() {
    let server = Server::start();
    let folder = server.folder().to_str().unwrap();
    let address = cordon_tests::server::free_address().to_string();
    let output = cordon(&["serve", "--data", folder, "--http", &address, "--jt808", "127.0.0.1:0"], "");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("in use"), "{said}");
    assert_eq!(server.api().get("/readyz").status, 200, "the first is not disturbed");
}

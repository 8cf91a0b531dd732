//! Vehicles whose place is not known: lost, connected without a fix, or frozen; over TCP, HTTP, restarts and other settings.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::{Lane, rfc3339, unix_ms};
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::{Options, Server, cordon};
use cordon_tests::wait;
use serde_json::{Value, json};

fn lane(number: u32) -> Lane {
    Lane { number, begin_s: Lane::hours_ago(0) - 30 }
}

fn sign_on(server: &Server, lane: &Lane) -> (Terminal, Vec<u8>) {
    Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2019).unwrap()
}

/// The reasons of a lane's silences in the order of their times, each with whether it has ended.
fn silences(server: &Server, lane: &Lane) -> Vec<(String, bool)> {
    let vehicle = server.api().vehicle(&lane.plate()).unwrap();
    let path = format!("/api/events?kind=silence&subject={}", vehicle["id"].as_str().unwrap());
    let mut events = server.api().items(&path);
    events.sort_by_key(|event| unix_ms(&event["at"]));
    let told =
        |event: &Value| (event["evidence"]["silence"].as_str().unwrap().to_owned(), event["ended_at"].is_string());
    events.iter().map(told).collect()
}

/// Waits until its last silence is one of a terminal that is out of touch: how soon a hang-up is noticed is not ours to say.
fn until_lost(server: &Server, lane: &Lane) {
    let lost = Some(("lost_signal".to_owned(), false));
    wait::until("it is lost", || (silences(server, lane).last() == lost.as_ref()).then_some(()));
}

fn until_silences(server: &Server, lane: &Lane, expected: &[(&str, bool)]) {
    let expected: Vec<_> = expected.iter().map(|(reason, ended)| ((*reason).to_owned(), *ended)).collect();
    wait::until(&format!("its silences are {expected:?}"), || (silences(server, lane) == expected).then_some(()));
}

#[test]
fn a_terminal_with_heartbeats_alone_is_told_apart_from_one_that_is_gone() {
    let settings = vec![("CORDON_SILENCE_S", "2".to_owned())];
    let mut server = Server::with(Options { settings, ..Options::default() });
    let (there, gone) = (lane(1), lane(2));
    let (mut terminal, code) = sign_on(&server, &there);
    let (mut leaving, _) = sign_on(&server, &gone);
    assert_eq!(leaving.report(&gone.report(0)).unwrap(), 0);
    drop(leaving);
    let serial = terminal.send(0x0002, &[]).unwrap();
    assert_eq!(terminal.acknowledged(serial).unwrap(), 0);

    until_silences(&server, &there, &[("connected_without_fix", false)]);
    until_lost(&server, &gone);
    let silence = &server.api().items("/api/events?kind=silence")[0];
    assert_explained(&server, silence, "已连接但无定位", "connected without a fix");
    let alarms = server.api().items("/api/alarms?state=unacknowledged");
    assert!(alarms.iter().all(|alarm| alarm["kind"] == "silence"), "{alarms:#?}");
    assert_eq!(alarms.len(), 2);

    let serial = terminal.send(0x0002, &[]).unwrap();
    assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
    drop(terminal);
    until_silences(&server, &there, &[("connected_without_fix", true), ("lost_signal", false)]);
    let mut terminal = Terminal::return_with(server.jt808, &there.phone(), &code, Version::V2019).unwrap();
    let back = [("connected_without_fix", true), ("lost_signal", true), ("connected_without_fix", false)];
    until_silences(&server, &there, &back);

    // Nothing of it depends on whether Cordon was killed meanwhile, and a start says so if a replay differs.
    server.kill();
    server.restart();
    assert_eq!(server.api().items("/api/events?kind=engine_mismatch"), [] as [Value; 0]);
    assert!(terminal.report(&there.report(1)).is_err(), "its connection is gone");
    let mut terminal = Terminal::return_with(server.jt808, &there.phone(), &code, Version::V2019).unwrap();
    assert_eq!(terminal.report(&there.report(1)).unwrap(), 0);
    let ended = silences(&server, &there).iter().all(|(_, ended)| *ended);
    assert!(ended, "a fix ends it: {:?}", silences(&server, &there));
    let alarms = server.api().items("/api/alarms");
    let returned: Vec<&Value> = alarms.iter().filter(|alarm| alarm["state"] == "returned").collect();
    assert_eq!(returned.len(), 1, "one alarm held all of its silences: {alarms:#?}");
}

/// The explanation of an event has these words.
#[track_caller]
fn assert_explained(server: &Server, event: &Value, zh: &str, en: &str) {
    let path = format!("/api/events/{}/explain", event["id"].as_str().unwrap());
    let text = server.api().get(&path).expect(200)["text"].clone();
    for (language, words) in [("zh", zh), ("en", en)] {
        assert!(text[language].as_str().unwrap().contains(words), "{text:#}");
    }
}

#[test]
fn a_vehicle_that_says_it_drives_and_stays_where_it_is_is_frozen_until_it_moves() {
    let settings = vec![("CORDON_FROZEN_FIXES", "3".to_owned()), ("CORDON_FROZEN_S", "20".to_owned())];
    let server = Server::with(Options { settings, ..Options::default() });
    let api = server.api();
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "浙B12345", "class": "hazmat"}});
    api.put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let begin_s = Lane::hours_ago(0) - 60;
    let at = |s: i64, lon: f64, speed_kph: f64| {
        let fixed_at = rfc3339(begin_s + s);
        let fix = json!([{"vehicle": "truck", "fixed_at": fixed_at, "lon": lon, "lat": 30.0, "speed_kph": speed_kph}]);
        assert_eq!(api.post("/api/fixes", &fix).expect(200)["accepted"], 1);
    };
    let events = || api.items("/api/events?kind=frozen");
    [0, 10].into_iter().for_each(|s| at(s, 121.6, 40.0));
    assert_eq!(events(), [] as [Value; 0]);
    at(20, 121.6, 40.0);
    let event = &events()[0];
    assert_eq!((&event["rule"], &event["ended_at"]), (&json!("frozen"), &Value::Null), "{event:#}");
    assert_eq!(event["evidence"]["fixes"].as_array().unwrap().len(), 2, "the first there and the one that decided");
    assert_explained(&server, event, "定位冻结", "it is frozen");
    assert_eq!(api.items("/api/alarms?state=unacknowledged")[0]["kind"], "frozen");
    at(30, 121.6, 0.0);
    assert!(events()[0]["ended_at"].is_null(), "that it says to stand does not thaw it");
    at(40, 121.601, 40.0);
    assert!(events()[0]["ended_at"].is_string());
    assert_eq!(api.items("/api/alarms?state=returned").len(), 1);
}

#[test]
fn other_figures_judge_from_the_start_on_that_brings_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "silence_s = 1\n").unwrap();
    let arguments = vec!["--config".to_owned(), file.to_str().unwrap().to_owned()];
    let mut server = Server::with(Options { arguments, ..Options::default() });
    let (first, second) = (lane(1), lane(2));
    assert_eq!(sign_on(&server, &first).0.report(&first.report(0)).unwrap(), 0);
    until_lost(&server, &first);
    server.kill();
    // The journal of before is replayed by the figures of then, what comes after by those of now.
    std::fs::write(&file, "silence_s = 3600\n").unwrap();
    server.restart();
    let (mut terminal, _) = sign_on(&server, &second);
    assert_eq!(terminal.report(&second.report(0)).unwrap(), 0);
    assert_eq!(silences(&server, &first).last(), Some(&("lost_signal".to_owned(), false)));
    assert_eq!(silences(&server, &second), []);
    assert_eq!(server.api().items("/api/events?kind=engine_mismatch"), [] as [Value; 0]);
    std::fs::write(&file, "silence_s = 90000\n").unwrap();
    let refused = cordon(&["config", "check", "--config", file.to_str().unwrap()], "");
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.contains("`silence_s` is `90000`, but must be a whole number from 1 to 86400"), "{error}");
    assert!(!refused.status.success());
}

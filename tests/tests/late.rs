//! Fixes that come hours late, from a blind area say: what they say about the past is found, kept, and told once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::{Lane, rfc3339, unix_ms};
use cordon_tests::jt808::{Report, Terminal, Version, batch_body};
use cordon_tests::server::Server;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

/// Seconds of the lane in the late batch: a drive through the zone, a report every four seconds.
const LATE_S: [i64; 25] = {
    let mut seconds = [0; 25];
    let mut i = 0;
    while i < 25 {
        seconds[i] = i as i64 * 4;
        i += 1;
    }
    seconds
};

/// A lane whose vehicle began five hours ago, and reported nothing until now.
fn site(number: u32) -> (Server, Lane, Terminal, Vec<u8>) {
    let server = Server::start();
    let lane = Lane { number, begin_s: Lane::hours_ago(5) };
    let mut zone = lane.zone_feature();
    let rules = [("in", "enter"), ("out", "exit")];
    zone["properties"]["rules"] = rules.map(|(id, when)| json!({"id": id, "when": when, "priority": 2})).into();
    server.api().put(&format!("/ogc/collections/zones/items/{}", lane.zone()), &zone).expect(201);
    let version = if number.is_multiple_of(2) { Version::V2019 } else { Version::V2013 };
    let (mut terminal, code) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), version).unwrap();
    // Twice at home within the last minutes: the window is there, five hours after the late drive.
    let lap = lane.home_after(1);
    let home = (5 * 3_600 / lap) * lap;
    assert_eq!(terminal.report(&lane.report(home)).unwrap(), 0);
    assert_eq!(terminal.report(&lane.report(home + 1)).unwrap(), 0);
    (server, lane, terminal, code)
}

/// Message 0x0704, type 1: reports recorded while there was no link.
fn blind_area_batch(lane: &Lane) -> Vec<u8> {
    batch_body(&LATE_S.map(|second| lane.report(second)), true)
}

fn events(server: &Server, lane: &Lane) -> Vec<Value> {
    let events = server.api().items("/api/events?limit=1000");
    events.into_iter().filter(|event| event["zone"] == lane.zone()).collect()
}

/// What happened in the zone: kind, milliseconds since 1970, whether it was known late; in the order of the times.
fn told(server: &Server, lane: &Lane) -> Vec<(String, i64, bool)> {
    let mut told: Vec<(String, i64, bool)> = events(server, lane)
        .iter()
        .filter(|event| event["status"] != "retracted")
        .map(|event| {
            (event["kind"].as_str().unwrap().to_owned(), unix_ms(&event["at"]), event["late"].as_bool().unwrap())
        })
        .collect();
    told.sort_by_key(|(_, at, _)| *at);
    told
}

fn alarms(server: &Server, lane: &Lane) -> Vec<(i64, bool)> {
    let alarms = server.api().items("/api/alarms?limit=1000");
    let in_zone = alarms.iter().filter(|alarm| alarm["zone"] == lane.zone());
    let mut raised: Vec<(i64, bool)> =
        in_zone.map(|alarm| (unix_ms(&alarm["raised_at"]), alarm["late"].as_bool().unwrap())).collect();
    raised.sort_unstable();
    raised
}

/// How many fixes of the lane's vehicle are kept of the time of the late drive.
fn kept(server: &Server, lane: &Lane) -> usize {
    let vehicle = server.api().vehicle(&lane.plate()).unwrap();
    let (from, to) = (rfc3339(lane.begin_s), rfc3339(lane.begin_s + 1_000));
    let path = format!("/api/vehicles/{}/track?from={from}&to={to}", vehicle["id"].as_str().unwrap());
    server.api().get(&path).expect(200)["properties"]["fixes"].as_array().unwrap().len()
}

#[track_caller]
fn assert_known_once(server: &Server, lane: &Lane) {
    let entered = lane.entries_ms(100)[0];
    // In at step 39.5, out at step 60.5, a step a second.
    let left = entered + 21_000;
    let told = told(server, lane);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((told[0].0.as_str(), told[0].2), ("enter", true));
    assert_eq!((told[1].0.as_str(), told[1].2), ("exit", true));
    assert!((told[0].1 - entered).abs() <= 100 && (told[1].1 - left).abs() <= 100, "{told:?}, not {entered}, {left}");
    assert_eq!(alarms(server, lane), [(told[0].1, true), (told[1].1, true)]);
    assert_eq!(kept(server, lane), LATE_S.len());
}

#[test]
fn a_blind_area_batch_of_hours_ago_gives_late_events_and_a_late_alarm_once() {
    let (server, lane, mut terminal, _) = site(1);
    assert_eq!(told(&server, &lane), []);
    let serial = terminal.send(0x0704, &blind_area_batch(&lane)).unwrap();
    assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
    // Nothing is waited for: what is acknowledged is kept, with everything that follows from it.
    assert_known_once(&server, &lane);
    let before = events(&server, &lane);
    let again = terminal.send(0x0704, &blind_area_batch(&lane)).unwrap();
    assert_eq!(terminal.acknowledged(again).unwrap(), 0);
    assert_known_once(&server, &lane);
    let seqs = |events: &[Value]| events.iter().map(|event| event["id"].clone()).collect::<Vec<_>>();
    assert_eq!(seqs(&events(&server, &lane)), seqs(&before), "sent twice gives nothing new");
}

#[test]
fn a_kill_after_the_acknowledgement_loses_nothing() {
    let (mut server, lane, mut terminal, code) = site(2);
    let serial = terminal.send(0x0704, &blind_area_batch(&lane)).unwrap();
    assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
    server.kill();
    server.restart();
    assert_known_once(&server, &lane);
    assert!(!server.output().contains("differs from what is stored"), "the replay agrees:\n{}", server.output());
    let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2019).unwrap();
    let again = terminal.send(0x0704, &blind_area_batch(&lane)).unwrap();
    assert_eq!(terminal.acknowledged(again).unwrap(), 0);
    assert_known_once(&server, &lane);
}

#[test]
fn a_kill_before_the_acknowledgement_doubles_nothing() {
    let (mut server, lane, mut terminal, code) = site(3);
    terminal.send(0x0704, &blind_area_batch(&lane)).unwrap();
    server.kill();
    server.restart();
    let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    let serial = terminal.send(0x0704, &blind_area_batch(&lane)).unwrap();
    assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
    assert_known_once(&server, &lane);
    assert!(!server.output().contains("differs from what is stored"), "the replay agrees:\n{}", server.output());
}

#[test]
fn posted_fixes_are_answered_when_the_late_ones_are_judged() {
    let (server, lane, _terminal, _) = site(4);
    let vehicle = server.api().vehicle(&lane.plate()).unwrap()["id"].clone();
    let fixes: Vec<Value> = LATE_S
        .iter()
        .map(|second| {
            let report = lane.report(*second);
            let (lon, lat) = (f64::from(report.lon_e6) / 1e6, f64::from(report.lat_e6) / 1e6);
            json!({"vehicle": vehicle, "fixed_at": rfc3339(report.at_s), "lon": lon, "lat": lat})
        })
        .collect();
    let answer = server.api().post("/api/fixes", &Value::from(fixes.clone())).expect(200);
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&Value::from(LATE_S.len()), &Value::from(0)));
    assert_known_once(&server, &lane);
    let answer = server.api().post("/api/fixes", &Value::from(fixes)).expect(200);
    assert_eq!((&answer["accepted"], &answer["duplicates"]), (&Value::from(0), &Value::from(LATE_S.len())));
    assert_known_once(&server, &lane);
}

/// Terminals that come out of a blind area together, and batches that each of them has kept.
const RETURNING: u32 = 40;
const BATCHES: i64 = 50;

#[test]
fn two_thousand_batches_of_a_blind_area_hold_up_no_live_alarm_and_each_is_judged() {
    let server = Server::start();
    let api = server.api();
    let begin_s = Lane::hours_ago(5);
    let lanes: Vec<Lane> = (100..100 + RETURNING).map(|number| Lane { number, begin_s }).collect();
    let mut terminals: Vec<Terminal> = Vec::new();
    for lane in &lanes {
        lane.put_zone(&api);
        let (mut terminal, _) =
            Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2019).unwrap();
        let home = lane.home_after(5 * 3_600 - 400);
        assert_eq!(terminal.report(&lane.report(home)).unwrap(), 0);
        terminals.push(terminal);
    }
    let live = Lane { number: 99, begin_s: Lane::hours_ago(0) - 50 };
    live.put_zone(&api);
    let (mut alive, _) = Terminal::sign_on(server.jt808, &live.phone(), &live.plate_gbk(), Version::V2019).unwrap();
    assert_eq!(alive.report(&live.report(37)).unwrap(), 0);

    // The newest first, as a terminal may that wants to be seen soon.
    let mut sent: Vec<HashSet<u16>> = vec![HashSet::new(); terminals.len()];
    for batch in (0..BATCHES).rev() {
        for ((lane, terminal), sent) in lanes.iter().zip(&mut terminals).zip(&mut sent) {
            let reports: Vec<Report> = (0..25).map(|i| lane.report(batch * 100 + i * 4)).collect();
            sent.insert(terminal.send(0x0704, &batch_body(&reports, true)).unwrap());
        }
    }
    for second in [39, 41, 43] {
        assert_eq!(alive.report(&live.report(second)).unwrap(), 0);
    }
    assert_eq!(alarms(&server, &live).len(), 1, "what is acknowledged is judged");
    let entered = |lane: &Lane| told(&server, lane).iter().filter(|(kind, ..)| kind == "enter").count();
    let expected = lanes[0].entries_ms(BATCHES * 100).len();
    let known: usize = lanes.iter().map(entered).sum();
    assert!(known < expected * lanes.len(), "the batches were done before the live vehicle was heard: {known}");

    for (terminal, sent) in terminals.iter_mut().zip(&mut sent) {
        while !sent.is_empty() {
            let message = terminal.receive(Duration::from_secs(60)).unwrap();
            if message.id == 0x8001 {
                assert_eq!(message.body[4], 0);
                sent.remove(&u16::from_be_bytes([message.body[0], message.body[1]]));
            }
        }
    }
    for lane in &lanes {
        let told = told(&server, lane);
        let entered: Vec<i64> = told.iter().map(|(_, at, _)| *at).collect();
        let expected = lane.entries_ms(BATCHES * 100);
        assert_eq!(entered.len(), expected.len(), "{} {told:?}", lane.zone());
        assert!(entered.iter().zip(&expected).all(|(one, other)| (one - other).abs() <= 100), "{told:?}");
        assert!(told.iter().all(|(kind, _, late)| kind == "enter" && *late));
    }
}

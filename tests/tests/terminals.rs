//! Terminals of every edition over real TCP: signing on, split messages, commands and their answers, drivers, limits.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::{Lane, unix_ms};
use cordon_tests::http::{Api, Reply};
use cordon_tests::jt808::{Report, Terminal, Version, batch_body, bcd_time};
use cordon_tests::server::{Options, Server};
use cordon_tests::wait;
use serde_json::{Value, json};
use std::io::{ErrorKind, Write};
use std::time::{Duration, Instant};

fn lane(number: u32) -> Lane {
    Lane { number, begin_s: Lane::hours_ago(1) }
}

/// A server with these settings; the file is gone with the second part.
fn serve(settings: &str) -> (Server, tempfile::NamedTempFile) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(settings.as_bytes()).unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    let options = Options { arguments: vec!["--config".to_owned(), path], ..Options::default() };
    (Server::with(options), file)
}

fn sign_on(server: &Server, lane: &Lane, version: Version) -> (Terminal, Vec<u8>) {
    Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), version).unwrap()
}

/// What is stored of the lane's vehicle, oldest first.
fn fixes(server: &Server, lane: &Lane) -> Vec<Value> {
    let vehicle = server.api().vehicle(&lane.plate()).unwrap();
    let path = format!(
        "/api/vehicles/{}/track?from=1990-01-01T00:00:00Z&to=2100-01-01T00:00:00Z",
        vehicle["id"].as_str().unwrap()
    );
    server.api().get(&path).expect(200)["properties"]["fixes"].as_array().unwrap().clone()
}

/// The sum of a counter over all its labels that contain `label`.
fn counter(server: &Server, name: &str, label: &str) -> f64 {
    let metrics = server.api().get("/metrics").text();
    let lines = metrics.lines().filter(|line| line.starts_with(name) && line.contains(label));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

/// Nothing but the answer to a heartbeat comes now.
#[track_caller]
fn says_nothing_else(terminal: &mut Terminal) {
    let serial = terminal.send(0x0002, &[]).unwrap();
    let message = terminal.receive(Duration::from_secs(30)).unwrap();
    assert_eq!((message.id, &message.body[..2]), (0x8001, &serial.to_be_bytes()[..]), "{message:?}");
}

#[test]
fn every_edition_registers_with_its_layout_and_reports() {
    let server = Server::start();
    for (number, version) in [(1, Version::V2011), (2, Version::V2013), (3, Version::V2019)] {
        let lane = lane(number);
        let (mut terminal, code) = sign_on(&server, &lane, version);
        assert_eq!(terminal.report(&lane.report(0)).unwrap(), 0, "{version:?}");
        assert_eq!(fixes(&server, &lane).len(), 1, "{version:?}: the plate was read");
        let item = server.api().items("/api/terminals").into_iter().find(|t| t["phone"] == lane.phone()).unwrap();
        assert_eq!((&item["model"], &item["plate"]), (&json!("CRDTS TEST-1"), &json!(lane.plate())), "{version:?}");
        assert_eq!((&item["terminal_id"], &item["connected"]), (&json!("T1"), &json!(true)), "{version:?}");
        drop(terminal);
        let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, version).unwrap();
        assert_eq!(terminal.report(&lane.report(1)).unwrap(), 0, "{version:?}");
    }
}

#[test]
fn phones_with_hexadecimal_digits_stay_apart() {
    let server = Server::start();
    let (mut first, _) = Terminal::sign_on(server.jt808, "35ABC0000001", b"HEX-1", Version::V2013).unwrap();
    let (mut second, _) = Terminal::sign_on(server.jt808, "35BCA0000001", b"HEX-2", Version::V2013).unwrap();
    let report = lane(0).report(0);
    assert_eq!((first.report(&report).unwrap(), second.report(&report).unwrap()), (0, 0));
    let phones: Vec<Value> = server.api().items("/api/terminals").iter().map(|t| t["phone"].clone()).collect();
    assert_eq!(phones, ["35ABC0000001", "35BCA0000001"]);
    assert_ne!(server.api().vehicle("HEX-1").unwrap()["id"], server.api().vehicle("HEX-2").unwrap()["id"]);
}

#[test]
fn a_split_batch_is_kept_whole_and_acknowledged_after_that() {
    let server = Server::start();
    for (number, version) in [(1, Version::V2013), (2, Version::V2019)] {
        let lane = lane(number);
        let (mut terminal, _) = sign_on(&server, &lane, version);
        let reports: Vec<_> = (0..100).map(|second| lane.report(second)).collect();
        let parts = terminal.split(0x0704, &batch_body(&reports, true), 1_000);
        assert_eq!(parts.len(), 4);
        for at in [2, 0, 0, 3, 2] {
            terminal.send_raw(&parts[at].1).unwrap();
        }
        says_nothing_else(&mut terminal);
        assert!(fixes_or_none(&server, &lane).is_empty(), "{version:?}: nothing is taken before it is whole");
        terminal.send_raw(&parts[1].1).unwrap();
        for (serial, _) in &parts {
            assert_eq!(terminal.acknowledged(*serial).unwrap(), 0, "{version:?}");
        }
        let kept = fixes(&server, &lane);
        assert_eq!(kept.len(), 100, "{version:?}");
        assert!(kept[50]["marks"].to_string().contains("blind_area"));
        says_nothing_else(&mut terminal);
        // The whole once more is the same once.
        parts.iter().for_each(|(_, part)| terminal.send_raw(part).unwrap());
        assert_eq!(terminal.acknowledged(parts[3].0).unwrap(), 0);
        assert_eq!(fixes(&server, &lane).len(), 100, "{version:?}");
    }
}

/// The fixes of a vehicle that may have none yet.
fn fixes_or_none(server: &Server, lane: &Lane) -> Vec<Value> {
    server.api().vehicle(&lane.plate()).map(|_| fixes(server, lane)).unwrap_or_default()
}

#[test]
fn missing_parts_are_asked_for_and_the_message_is_given_up_after_that() {
    let (server, _file) = serve("jt808_part_timeout_s = 1\n");
    for (number, version) in [(1, Version::V2013), (2, Version::V2019)] {
        let lane = lane(number);
        let (mut terminal, _) = sign_on(&server, &lane, version);
        let reports: Vec<_> = (0..100).map(|second| lane.report(second)).collect();
        let parts = terminal.split(0x0704, &batch_body(&reports, true), 1_000);
        terminal.send_raw(&parts[0].1).unwrap();
        terminal.send_raw(&parts[2].1).unwrap();
        let asked = terminal.receive_id(0x8003).unwrap();
        let first = parts[0].0.to_be_bytes();
        let expected = match version {
            Version::V2019 => [&first[..], &[0, 2, 0, 2, 0, 4]].concat(),
            _ => [&first[..], &[2, 0, 2, 0, 4]].concat(),
        };
        assert_eq!(asked.body, expected, "{version:?}");
        terminal.send_raw(&parts[1].1).unwrap();
        let asked = terminal.receive_id(0x8003).unwrap();
        assert_eq!(asked.body[asked.body.len() - 2..], [0, 4], "{version:?}");
        terminal.send_raw(&parts[3].1).unwrap();
        assert_eq!(terminal.acknowledged(parts[3].0).unwrap(), 0);
        assert_eq!(fixes(&server, &lane).len(), 100, "{version:?}");

        let lost = terminal.split(0x0704, &batch_body(&reports, true), 1_000);
        terminal.send_raw(&lost[1].1).unwrap();
        (0..3).for_each(|_| drop(terminal.receive_id(0x8003).unwrap()));
        let before = f64::from(number);
        let given_up = || counter(&server, "cordon_terminals_parts_total", "given_up") >= before;
        wait::until("the message is given up", || given_up().then_some(()));
        says_nothing_else(&mut terminal);
    }
}

#[test]
fn parts_that_cannot_be_are_refused_and_cost_themselves() {
    let server = Server::start();
    let lane = lane(1);
    let (mut terminal, _) = sign_on(&server, &lane, Version::V2013);
    let part = |serial, total, index, id| {
        cordon_tests::jt808::encode_part(Version::V2013, id, &lane.phone(), serial, Some((total, index)), &[0; 40])
    };
    for (name, frame, result) in [
        ("an absurd number of parts", part(9_000, 60_000, 1, 0x0704), 2),
        ("a picture, which is not taken", part(9_001, 2, 1, 0x0801), 3),
    ] {
        terminal.send_raw(&frame).unwrap();
        let serial = u16::from_be_bytes([frame[11], frame[12]]);
        assert_eq!(terminal.acknowledged(serial).unwrap(), result, "{name}");
    }
    terminal.send_raw(&part(9_002, 2, 3, 0x0704)).unwrap();
    terminal.send_raw(&part(9_003, 0, 0, 0x0704)).unwrap();
    // Many messages that are never finished.
    for number in 0..200 {
        terminal.send_raw(&part(10_000 + number * 5, 3, 2, 0x0704)).unwrap();
    }
    says_nothing_else(&mut terminal);
    assert_eq!(terminal.report(&lane.report(0)).unwrap(), 0);
    assert_eq!(fixes(&server, &lane).len(), 1);
}

/// Sends a command and lets `terminal` do what `acts` says meanwhile; what the API answered.
fn command(api: &Api, lane: &Lane, body: &Value, acts: impl FnOnce()) -> Reply {
    let path = format!("/api/terminals/{}/commands", lane.phone());
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| api.post(&path, body));
        acts();
        asking.join().unwrap()
    })
}

/// Answers a message of the platform with 0x0001.
fn answer(terminal: &mut Terminal, serial: u16, id: u16, result: u8) {
    let body = [serial.to_be_bytes(), id.to_be_bytes()].concat();
    terminal.send(0x0001, &[&body[..], &[result]].concat()).unwrap();
}

#[test]
fn a_terminal_that_is_asked_tells_where_it_is_and_that_is_a_fix() {
    let server = Server::start();
    let lane = lane(1);
    for version in [Version::V2013, Version::V2019] {
        let (mut terminal, _) = sign_on(&server, &lane, version);
        let second = if version == Version::V2013 { 10 } else { 20 };
        let report = lane.report(second);
        let reply = command(&server.api(), &lane, &json!({"kind": "locate"}), || {
            let asked = terminal.receive_id(0x8201).unwrap();
            assert!(asked.body.is_empty());
            // A good general answer only announces the position.
            answer(&mut terminal, asked.serial, 0x8201, 0);
            let body = [&asked.serial.to_be_bytes()[..], &report.body()].concat();
            let serial = terminal.send(0x0201, &body).unwrap();
            assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
        });
        let told = reply.expect(200);
        assert_eq!(told["result"], "done");
        assert_eq!(told["position"]["lon"].as_f64().unwrap(), f64::from(report.lon_e6) / 1e6);
        assert_eq!(unix_ms(&told["position"]["fixed_at"]), report.at_s * 1_000);
        let kept = fixes(&server, &lane);
        assert!(kept.iter().any(|fix| unix_ms(&fix["fixed_at"]) == report.at_s * 1_000), "{version:?}: {kept:?}");
    }
    // Nobody asked: it is a fix all the same.
    let (mut terminal, _) = sign_on(&server, &lane, Version::V2013);
    let serial = terminal.send(0x0201, &[&[0xAB, 0xCD][..], &lane.report(30).body()].concat()).unwrap();
    assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
    assert_eq!(fixes(&server, &lane).len(), 3);
}

#[test]
fn simulated_terminals_answer_commands_as_real_ones_do() {
    let server = Server::start();
    let target = server.jt808.to_string();
    let arguments = ["simulate", "--target", &target, "--vehicles", "1", "--interval-s", "1", "--duration-s", "60"];
    let mut simulator = std::process::Command::new(cordon_tests::server::binary())
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let path = "/api/terminals/13900000001/commands";
    let told = wait::until("the simulated terminal is connected", || {
        let reply = server.api().post(path, &json!({"kind": "locate"}));
        (reply.status == 200).then(|| reply.json())
    });
    let asked = server.api().post(path, &json!({"kind": "query_parameters"})).expect(200);
    let text = server.api().post(path, &json!({"kind": "text", "text": "慢"})).expect(200);
    simulator.kill().unwrap();
    simulator.wait().unwrap();
    assert_eq!((&told["result"], told["position"]["fix_valid"].as_bool()), (&json!("done"), Some(true)));
    assert_eq!(asked["parameters"][0]["value"], 1);
    assert_eq!(text["result"], "done");
}

#[test]
fn commands_reach_a_terminal_as_its_edition_writes_them_and_its_answer_comes_back() {
    let server = Server::start();
    let set = json!({"kind": "set_parameters", "parameters": [
        {"name": "report_interval_s", "value": 10}, {"name": "overspeed_warning_kph", "value": 5.5}]});
    let set_bytes = &[2, 0, 0, 0, 0x29, 4, 0, 0, 0, 10, 0, 0, 0, 0x5B, 2, 0, 55][..];
    let text = json!({"kind": "text", "text": "停车", "urgent": true});
    let cases: Vec<(Version, Value, u16, &[u8])> = vec![
        (Version::V2013, json!({"kind": "track", "interval_s": 5, "validity_s": 600}), 0x8202, &[0, 5, 0, 0, 2, 0x58]),
        (Version::V2013, json!({"kind": "track", "interval_s": 0}), 0x8202, &[0, 0]),
        (Version::V2013, json!({"kind": "confirm_alarm", "serial": 7, "alarm_bits": 1}), 0x8203, &[0, 7, 0, 0, 0, 1]),
        (Version::V2013, text.clone(), 0x8300, &[0x0D, 0xCD, 0xA3, 0xB3, 0xB5]),
        (Version::V2019, text, 0x8300, &[0x0E, 1, 0xCD, 0xA3, 0xB3, 0xB5]),
        (Version::V2019, set, 0x8103, set_bytes),
    ];
    for (number, (version, body, id, expected)) in (1..).zip(cases) {
        let lane = lane(number);
        let (mut terminal, _) = sign_on(&server, &lane, version);
        for (result, name) in [(0, "done"), (1, "failed"), (2, "bad"), (3, "unsupported")] {
            let reply = command(&server.api(), &lane, &body, || {
                let asked = terminal.receive_id(id).unwrap();
                assert_eq!(asked.body, expected, "{body}");
                // An answer to another message is not the answer.
                answer(&mut terminal, asked.serial.wrapping_add(100), id, 0);
                answer(&mut terminal, asked.serial, id, result);
            });
            assert_eq!(reply.expect(200)["result"], name, "{body}");
        }
    }
}

#[test]
fn a_terminal_tells_its_parameters_also_in_parts() {
    let server = Server::start();
    let lane = lane(1);
    let (mut terminal, _) = sign_on(&server, &lane, Version::V2013);
    let parameters = [
        &[3][..],
        &[0, 0, 0, 0x55, 4, 0, 0, 0, 80],
        &[0, 0, 0, 0x32, 4, 0x22, 0, 5, 0x30],
        &[0, 0, 0xF3, 0x64, 2, 1, 2],
    ];
    let parameters = parameters.concat();
    let expected = json!([
        {"id": "0x0055", "name": "max_speed_kph", "value": 80, "hex": "00000050"},
        {"id": "0x0032", "name": "forbidden_period", "value": "22:00-05:30", "hex": "22000530"},
        {"id": "0xF364", "hex": "0102"}]);
    let reply = command(&server.api(), &lane, &json!({"kind": "query_parameters"}), || {
        let asked = terminal.receive_id(0x8104).unwrap();
        terminal.send(0x0104, &[&asked.serial.to_be_bytes()[..], &parameters].concat()).unwrap();
    });
    assert_eq!(reply.expect(200)["parameters"], expected);
    let some = json!({"kind": "query_parameters", "parameters": ["max_speed_kph", "0x0032"]});
    let reply = command(&server.api(), &lane, &some, || {
        let asked = terminal.receive_id(0x8106).unwrap();
        assert_eq!(asked.body, [2, 0, 0, 0, 0x55, 0, 0, 0, 0x32]);
        for (_, part) in terminal.split(0x0104, &[&asked.serial.to_be_bytes()[..], &parameters].concat(), 10) {
            terminal.send_raw(&part).unwrap();
        }
    });
    assert_eq!(reply.expect(200)["parameters"], expected);
    let reply = command(&server.api(), &lane, &json!({"kind": "query_parameters"}), || {
        let asked = terminal.receive_id(0x8104).unwrap();
        answer(&mut terminal, asked.serial, 0x8104, 3);
    });
    let refused = reply.expect(200);
    assert_eq!((&refused["result"], &refused["parameters"]), (&json!("unsupported"), &Value::Null));
}

#[test]
fn who_is_away_or_silent_or_a_stranger_is_told_so_and_not_everybody_may_ask() {
    let (mut server, _file) = serve("jt808_command_timeout_s = 1\n");
    let lane = lane(1);
    let path = format!("/api/terminals/{}/commands", lane.phone());
    let (locate, code) = (json!({"kind": "locate"}), |reply: &Reply| reply.json()["code"].clone());
    assert_eq!(server.api().post(&path, &locate).status, 404, "nobody knows it yet");
    let (mut terminal, secret) = sign_on(&server, &lane, Version::V2013);
    let silent = server.api().post(&path, &locate);
    assert_eq!((silent.status, code(&silent)), (504, json!("terminal_silent")));
    terminal.receive_id(0x8201).unwrap();
    let bad = server.api().post(&path, &json!({"kind": "text", "text": "🚒"}));
    assert_eq!((bad.status, &bad.json()["field"]), (400, &json!("text")));
    for (role, allowed) in
        [("commander", true), ("monitor", true), ("guard", false), ("supervisor", false), ("device", false)]
    {
        let api = Api::new(server.http, Some(server.add_token(role, role)));
        let expected = if allowed { 504 } else { 403 };
        assert_eq!(api.post(&path, &locate).status, expected, "{role}");
        let state = api.get(&format!("/api/terminals/{}", lane.phone())).status;
        assert_eq!(state, if allowed { 200 } else { 403 }, "{role}");
    }
    (0..2).for_each(|_| drop(terminal.receive_id(0x8201).unwrap()));
    // It hangs up while it is asked.
    let lost = command(&server.api(), &lane, &locate, || {
        terminal.receive_id(0x8201).unwrap();
        drop(terminal);
    });
    assert_eq!((lost.status, code(&lost)), (504, json!("terminal_lost")));
    let offline = server.api().post(&path, &locate);
    assert_eq!((offline.status, code(&offline)), (409, json!("terminal_offline")));
    let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &secret, Version::V2013).unwrap();
    let logout = terminal.send(0x0003, &[]).unwrap();
    assert_eq!(terminal.acknowledged(logout).unwrap(), 0);
    assert_eq!(code(&server.api().post(&path, &locate)), json!("terminal_offline"), "it took its leave");
    server.stop();
    let trail = rusqlite::Connection::open(server.folder().join("cordon.db")).unwrap();
    let asked = "SELECT count(*) FROM audit WHERE action = 'terminal.command' AND detail LIKE '%locate%'";
    let asked: i64 = trail.query_row(asked, [], |row| row.get(0)).unwrap();
    assert_eq!(asked, 4, "every command that was sent stands in the audit trail");
}

/// A driver's card as a terminal of that edition sends it.
fn card(version: Version, at_s: i64, name: &[u8]) -> Vec<u8> {
    let counted = |text: &[u8]| [&[text.len() as u8][..], text].concat();
    let fixed = |text: &[u8], width| {
        let mut field = text.to_vec();
        field.resize(width, 0);
        field
    };
    let licence = b"330482199001011234";
    if version == Version::V2011 {
        return [counted(name), fixed(b"33048219900101123X", 20), fixed(licence, 40), counted(b"AGENCY")].concat();
    }
    let valid_to = vec![0x20, 0x29, 0x12, 0x31];
    let head = [&[1][..], &bcd_time(at_s), &[0]].concat();
    let mut body = [head, counted(name), fixed(licence, 20), counted(b"AGENCY"), valid_to].concat();
    if version == Version::V2019 {
        body.extend_from_slice(&fixed(b"33048219900101123X", 20));
    }
    body
}

#[test]
fn a_driver_is_known_to_those_who_talk_to_drivers_and_stands_in_no_list_and_no_log() {
    let mut server = Server::start();
    // 王小明 in GBK.
    let name = [0xCD, 0xF5, 0xD0, 0xA1, 0xC3, 0xF7];
    for (number, version) in [(1, Version::V2011), (2, Version::V2013), (3, Version::V2019)] {
        let lane = lane(number);
        let (mut terminal, _) = sign_on(&server, &lane, version);
        let serial = terminal.send(0x0702, &card(version, lane.begin_s, &name)).unwrap();
        assert_eq!(terminal.acknowledged(serial).unwrap(), 0, "{version:?}");
        let path = format!("/api/terminals/{}", lane.phone());
        let shown = server.api().get(&path).expect(200)["driver_card"].clone();
        assert_eq!((&shown["name"], &shown["licence"]), (&json!("王小明"), &json!("330482199001011234")));
        if version != Version::V2011 {
            assert_eq!((&shown["state"], unix_ms(&shown["at"])), (&json!("in"), lane.begin_s * 1_000));
            let serial = terminal.send(0x0702, &[&[2][..], &bcd_time(lane.begin_s + 60)].concat()).unwrap();
            assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
            let shown = server.api().get(&path).expect(200)["driver_card"].clone();
            assert_eq!((&shown["state"], &shown["name"]), (&json!("out"), &Value::Null));
        }
        let serial = terminal.send(0x0702, &[7]).unwrap();
        assert_eq!(terminal.acknowledged(serial).unwrap(), 2, "a state that no card has");
    }
    for list in ["/api/terminals", "/api/vehicles", "/api/events", "/ogc/collections/vehicles/items"] {
        let text = server.api().get(list).text();
        assert!(!text.contains("王小明") && !text.contains("330482199001011234"), "{list}");
    }
    server.stop();
    let said = server.output();
    assert!(!said.contains("王小明") && !said.contains("330482199001011234"), "{said}");
    let trail = rusqlite::Connection::open(server.folder().join("cordon.db")).unwrap();
    let cards = "SELECT count(*) FROM audit WHERE action = 'driver.card'";
    let cards: i64 = trail.query_row(cards, [], |row| row.get(0)).unwrap();
    assert_eq!(cards, 5, "what was acknowledged is kept");
}

#[test]
fn a_terminal_is_told_the_time() {
    for (settings, ahead_s) in [("", -8 * 3_600), ("jt808_time_answer = \"gmt8\"\n", 0)] {
        let (server, _file) = serve(settings);
        let mut terminal = Terminal::connect(server.jt808, "13900000001", Version::V2019).unwrap();
        let before = jiff::Timestamp::now().as_second();
        terminal.send(0x0004, &[]).unwrap();
        let told = terminal.receive_id(0x8004).unwrap();
        let after = jiff::Timestamp::now().as_second();
        let fits = (before..=after).any(|second| told.body == bcd_time(second + ahead_s));
        assert!(fits, "{:02x?} is not now", told.body);
    }
}

#[test]
fn only_a_code_takes_a_session_over() {
    let server = Server::start();
    let lane = lane(1);
    let (mut first, _) = sign_on(&server, &lane, Version::V2013);
    let mut second = Terminal::connect(server.jt808, &lane.phone(), Version::V2019).unwrap();
    assert_eq!(first.report(&lane.report(0)).unwrap(), 0);
    assert!(second.authenticate(b"guessed").is_err());
    assert_eq!(first.report(&lane.report(1)).unwrap(), 0, "a wrong code changes nothing");
    let code = second.register(&lane.plate_gbk()).unwrap();
    assert_eq!(first.report(&lane.report(2)).unwrap(), 0, "a registration changes nothing");
    let locate = json!({"kind": "locate"});
    let reply = command(&server.api(), &lane, &locate, || {
        let asked = first.receive_id(0x8201).unwrap();
        answer(&mut first, asked.serial, 0x8201, 1);
    });
    assert_eq!(reply.expect(200)["result"], "failed", "the first is still the one that is asked");
    second.authenticate(&code).unwrap();
    first.until_hung_up().unwrap();
    assert_eq!(second.report(&lane.report(3)).unwrap(), 0);
    assert_eq!(counter(&server, "cordon_terminals_cut_total", "taken_over"), 1.0);
    let reply = command(&server.api(), &lane, &locate, || {
        let asked = second.receive_id(0x8201).unwrap();
        answer(&mut second, asked.serial, 0x8201, 1);
    });
    assert_eq!(reply.expect(200)["result"], "failed");
}

#[test]
fn a_silent_connection_is_closed_and_heartbeats_keep_one() {
    let (server, _file) = serve("jt808_idle_s = 2\n");
    let begin = Instant::now();
    let (mut silent, _) = sign_on(&server, &lane(1), Version::V2013);
    let (mut alive, _) = sign_on(&server, &lane(2), Version::V2013);
    // Noise is no sign of life, and a second connection has its own clock.
    silent.send_raw(&[0x7e, 0x01, 0x7e]).unwrap();
    wait::until("the silent one is closed", || {
        says_nothing_else(&mut alive);
        (counter(&server, "cordon_terminals_ended_total", "idle") == 1.0).then_some(())
    });
    assert!(begin.elapsed() >= Duration::from_secs(2));
    silent.until_hung_up().unwrap();
    wait::until("twice the limit passed", || {
        says_nothing_else(&mut alive);
        (begin.elapsed() > Duration::from_secs(4)).then_some(())
    });
    assert_eq!(alive.report(&lane(2).report(0)).unwrap(), 0);
}

#[test]
fn whoever_is_too_fast_waits_and_loses_nothing() {
    let (server, _file) = serve("jt808_frames_per_s = 100\n");
    let lane = lane(1);
    let (mut terminal, _) = sign_on(&server, &lane, Version::V2013);
    let begin = Instant::now();
    let (mut bytes, mut serials) = (Vec::new(), Vec::new());
    for second in 0..1_000 {
        let (serial, frame) = terminal.frame(0x0200, &lane.report(second).body());
        serials.push(serial);
        bytes.extend_from_slice(&frame);
    }
    terminal.send_raw(&bytes).unwrap();
    for serial in serials {
        assert_eq!(terminal.acknowledged(serial).unwrap(), 0);
    }
    // 16 KiB, some 380 frames, are read at a time; the rest waits until the pace allows it.
    assert!(begin.elapsed() > Duration::from_secs(3), "it took {:?}", begin.elapsed());
    assert!(counter(&server, "cordon_terminals_paused_total", "") >= 2.0);
    assert_eq!(fixes(&server, &lane).len(), 1_000);
}

/// Whether the server hangs up on a new connection at once.
fn is_turned_away(server: &Server) -> bool {
    let mut terminal = Terminal::connect(server.jt808, "13900000099", Version::V2013).unwrap();
    match terminal.send(0x0002, &[]).and_then(|serial| terminal.acknowledged(serial)) {
        Ok(result) => result != 0,
        Err(e) => {
            let closed = [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
            assert!(closed.contains(&e.kind()), "{e}");
            true
        }
    }
}

#[test]
fn so_many_connections_may_wait_without_a_code_and_come_from_one_address() {
    let (server, _file) = serve("jt808_unauthenticated = 3\njt808_connections_per_address = 6\n");
    let strangers: Vec<_> = (0..3)
        .map(|number| {
            let mut stranger = Terminal::connect(server.jt808, &lane(number).phone(), Version::V2013).unwrap();
            says_nothing_else(&mut stranger);
            stranger
        })
        .collect();
    assert!(is_turned_away(&server));
    assert!(counter(&server, "cordon_terminals_turned_away_total", "unauthenticated_limit") >= 1.0);
    drop(strangers);
    wait::until("the strangers' places are free", || (!is_turned_away(&server)).then_some(()));
    let terminals: Vec<_> = (0..6)
        .map(|number| {
            wait::until("there is room", || {
                Terminal::sign_on(server.jt808, &lane(number).phone(), &lane(number).plate_gbk(), Version::V2013).ok()
            })
        })
        .collect();
    assert!(is_turned_away(&server));
    assert!(counter(&server, "cordon_terminals_turned_away_total", "address_limit") >= 1.0);
    drop(terminals);
    wait::until("the terminals' places are free", || (!is_turned_away(&server)).then_some(()));
}

#[test]
fn another_device_under_a_known_phone_is_marked_or_refused() {
    for (settings, refuses) in [("", false), ("jt808_device_check = \"refuse\"\n", true)] {
        let (server, _file) = serve(settings);
        let lane = lane(1);
        let (terminal, code) = sign_on(&server, &lane, Version::V2019);
        let path = format!("/api/terminals/{}", lane.phone());
        let state = server.api().get(&path).expect(200);
        assert_eq!((&state["imei"], &state["device_differs"]), (&json!("867530012345678"), &json!(false)));
        drop(terminal);
        let mut other = Terminal::connect(server.jt808, &lane.phone(), Version::V2019).unwrap();
        other.set_imei(*b"111111111111111");
        assert_eq!(other.authenticate(&code).is_err(), refuses);
        let state = server.api().get(&path).expect(200);
        assert_eq!((&state["imei"], &state["device_differs"]), (&json!("867530012345678"), &json!(true)));
        // The first connection may take a moment to be seen gone.
        wait::until("who is connected", || {
            (server.api().get(&path).expect(200)["connected"] == json!(!refuses)).then_some(())
        });
        server.api().post(&format!("{path}/approve"), &json!({})).expect(200);
        other.authenticate(&code).unwrap();
        let state = server.api().get(&path).expect(200);
        assert_eq!((&state["imei"], &state["device_differs"]), (&json!("111111111111111"), &json!(false)));
        // 2013 shows no IMEI: nothing differs.
        let mut old = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
        assert_eq!(old.report(&lane.report(0)).unwrap(), 0);
    }
}

#[test]
fn a_fix_is_its_vehicle_s_that_carried_the_terminal_then() {
    let mut server = Server::start();
    let first = lane(1);
    let (mut terminal, code) = sign_on(&server, &first, Version::V2013);
    let ago = |seconds: i64| first.begin_s + 3_600 - seconds;
    let report = |at_s: i64| Report { at_s, ..first.report(0) };
    assert_eq!(terminal.report(&report(ago(300))).unwrap(), 0);

    // The terminal is taken out of its vehicle and put into another, while it is connected.
    let api = server.api();
    let items = "/ogc/collections/vehicles/items";
    let old = api.vehicle(&first.plate()).unwrap()["id"].as_str().unwrap().to_owned();
    let phone = first.phone();
    let bare = json!({"properties": {"terminal_phone": null}});
    api.send(
        "PATCH",
        &format!("{items}/{old}"),
        &[("content-type", "application/merge-patch+json")],
        bare.to_string().as_bytes(),
    )
    .unwrap()
    .expect(200);
    // Nobody's reports are refused, and kept by the terminal.
    assert_ne!(terminal.report(&report(ago(0))).unwrap(), 0);
    let new = json!({"type": "Feature", "id": "second", "geometry": null, "properties": {"plate": "浙B00002", "class": "ordinary", "terminal_phone": phone}});
    api.post(items, &new).expect(201);
    terminal.authenticate(&code).unwrap();

    let begin_s = Lane::hours_ago(0) + 2;
    assert_eq!(terminal.report(&report(begin_s)).unwrap(), 0);
    // What it recorded in the first vehicle and could not send.
    assert_eq!(terminal.report_batch(&[report(ago(200)), report(ago(100))], true).unwrap(), 0);
    let times = |server: &Server, id: &str| -> Vec<i64> {
        let path = format!("/api/vehicles/{id}/track?from=1990-01-01T00:00:00Z&to=2100-01-01T00:00:00Z");
        let track = server.api().get(&path).expect(200);
        track["properties"]["fixes"].as_array().unwrap().iter().map(|fix| unix_ms(&fix["fixed_at"]) / 1_000).collect()
    };
    assert_eq!(times(&server, &old), [ago(300), ago(200), ago(100)]);
    assert_eq!(times(&server, "second"), [begin_s]);

    // It is known after a start, too.
    server.kill();
    server.restart();
    let mut terminal = Terminal::return_with(server.jt808, &phone, &code, Version::V2013).unwrap();
    assert_eq!(terminal.report_batch(&[report(ago(250)), report(begin_s + 1)], true).unwrap(), 0);
    assert_eq!(times(&server, &old), [ago(300), ago(250), ago(200), ago(100)]);
    assert_eq!(times(&server, "second"), [begin_s, begin_s + 1]);
}

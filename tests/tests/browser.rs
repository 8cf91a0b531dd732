//! The console in a real Chromium: a terminal drives into a zone, the alarm appears, is acknowledged, and is still so
//! after a reload; and no request leaves the server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::browser::Browser;
use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use serde_json::json;

const EVA: [(&str, &str); 2] = [("CORDON_NAME", "eva"), ("CORDON_PASSWORD", "the monitor's pass phrase")];

/// A server that the monitor Eva may use.
fn with_eva() -> Server {
    let server = Server::start();
    server.add_user("eva", "monitor", EVA[1].1);
    server
}

#[test]
fn the_alarm_appears_is_acknowledged_and_still_so_after_a_reload() {
    let server = with_eva();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    let found = Browser::start("alarm.mjs", &server, &EVA).found(|line| {
        assert_eq!(line, "live");
        for second in 0..=50 {
            assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
        }
    });

    let alarms = server.api().items("/api/alarms");
    assert_eq!(alarms.len(), 1);
    assert_eq!(found["alarm"], alarms[0]["id"]);
    assert_eq!(found["alarmsBefore"], 0);
    assert_eq!(found["stateAtFirst"], "unacknowledged");
    assert_eq!(found["stateAfterReload"], "acknowledged");
    assert_eq!(found["itemsAfterReload"], 1);
    assert_eq!(alarms[0]["acknowledged_by"], "eva");
    assert!(found["text"].as_str().unwrap().contains(&lane.plate()), "the card names the vehicle: {found:#}");
    assert!(found["vehicles"].as_str().unwrap().contains('1'), "one vehicle is counted: {found:#}");
    let mut languages: Vec<_> = (0..2).map(|i| found["languages"][i]["language"].as_str().unwrap()).collect();
    languages.sort_unstable();
    assert!(languages[0].starts_with("en") && languages[1].starts_with("zh"), "{languages:?}");
    assert_ne!(found["languages"][0]["text"], found["languages"][1]["text"], "one press changes the words");
    assert_eq!(found["complaints"], json!([]), "no error in the page");
    let requests = found["requests"].as_array().unwrap();
    assert!(requests.len() > 3, "{requests:?}");
    for request in requests {
        let request = request.as_str().unwrap();
        let own = ["http", "ws"].map(|scheme| format!("{scheme}://{}/", server.http));
        let inside =
            own.iter().any(|o| request.starts_with(o)) || ["blob:", "data:"].iter().any(|s| request.starts_with(s));
        assert!(inside, "a request left the server: {request}");
    }
}

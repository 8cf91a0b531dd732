//! An old journal is forgotten while the server runs, and no start misses it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use cordon_tests::wait;

/// The journal position of each engine snapshot, oldest first.
fn snapshots(server: &Server) -> Vec<i64> {
    let names =
        std::fs::read_dir(server.folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut positions: Vec<i64> =
        names.filter_map(|name| name.strip_prefix("snapshot-")?.split('-').next()?.parse().ok()).collect();
    positions.sort_unstable();
    positions
}

fn batches(server: &Server, condition: &str) -> i64 {
    let store = rusqlite::Connection::open(server.folder().join("cordon.db")).unwrap();
    store.query_row(&format!("SELECT count(*) FROM journal WHERE {condition}"), [], |row| row.get(0)).unwrap()
}

fn fixes(server: &Server, lane: &Lane) -> usize {
    let id = server.api().vehicle(&lane.plate()).unwrap()["id"].as_str().unwrap().to_owned();
    let track = server.api().get(&format!("/api/vehicles/{id}/track")).expect(200);
    track["properties"]["fixes"].as_array().unwrap().len()
}

#[test]
fn the_journal_of_last_month_is_forgotten_and_tracks_alarms_and_starts_are_whole() {
    let mut server = Server::start();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    let (mut terminal, code) =
        Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=45 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    assert!(server.stop().success());
    server.restart();
    let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    for second in 46..=50 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    assert!(server.stop().success());
    let alarm = {
        server.restart();
        let alarms = server.api().items("/api/alarms");
        assert!(server.stop().success());
        alarms
    };
    assert_eq!(alarm.len(), 1);

    // Forty days pass for everything up to the newest snapshot: only what lies before the older one may go.
    let [older, newest] = snapshots(&server)[..] else { panic!("two snapshots: {:?}", snapshots(&server)) };
    let store = rusqlite::Connection::open(server.folder().join("cordon.db")).unwrap();
    store.execute("UPDATE journal SET at_ms = at_ms - 40 * 86400000 WHERE last <= ?1", [newest]).unwrap();
    drop(store);
    let between = batches(&server, &format!("last > {older} AND last <= {newest}"));
    assert!(batches(&server, &format!("last <= {older}")) > 0 && between > 0);
    server.restart();
    wait::until("the old journal is forgotten", || (batches(&server, &format!("last <= {older}")) == 0).then_some(()));
    assert_eq!(batches(&server, &format!("last > {older} AND last <= {newest}")), between);
    assert_eq!(fixes(&server, &lane), 51);

    // After a crash the snapshots and the rest of the journal are enough.
    server.kill();
    server.restart();
    assert_eq!(fixes(&server, &lane), 51);
    assert_eq!(server.api().items("/api/alarms"), alarm);
    assert_eq!(server.api().vehicle(&lane.plate()).unwrap()["zones"][0]["zone"], lane.zone());
    let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    assert_eq!(terminal.report(&lane.report(51)).unwrap(), 0);
    assert!(!server.output().contains("differs from what is stored"), "{}", server.output());
}

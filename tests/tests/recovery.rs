//! While a server reads back what it stored it answers at once and says so; then it serves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_spatial::watch::ENGINE_VERSION;
use cordon_tests::browser::Browser;
use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use cordon_tests::wait;
use std::path::PathBuf;
use std::process::Command;

/// A named pipe in the place of a snapshot that is newer than all others: a start reads it first, and so lasts until
/// somebody writes to it.
fn hold_recovery(server: &Server) -> PathBuf {
    let pipe = server.folder().join(format!("snapshot-{:020}-v{ENGINE_VERSION}.bin", u64::MAX));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    pipe
}

#[test]
fn a_recovering_server_says_so_and_then_serves() {
    let mut server = Server::start();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    let (mut terminal, code) =
        Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    assert_eq!(terminal.report(&lane.report(0)).unwrap(), 0);
    server.kill();
    let pipe = hold_recovery(&server);
    server.start_again();

    let api = server.anonymous();
    let ready = wait::until("it listens", || api.try_get("/readyz").ok());
    assert_eq!(ready.status, 503);
    assert_eq!(ready.content_type, "application/problem+json");
    let ready = ready.json();
    assert_eq!(
        (&ready["code"], &ready["ready"], &ready["reasons"][0]),
        (&"not_ready".into(), &false.into(), &"recovering".into())
    );
    assert_eq!(api.get("/healthz").status, 200);
    for path in
        ["/api/vehicles", "/api/session", "/api/nothing", "/ogc/collections", "/live", "/metrics", "/gateway/osmand"]
    {
        let refused = api.get(path);
        assert_eq!((refused.status, refused.retry_after.as_str()), (503, "2"), "{path}: {}", refused.text());
        assert_eq!(refused.json()["code"], "recovering", "{path}");
    }
    let posted = server.api().post("/api/fixes", &serde_json::json!([]));
    assert_eq!((posted.status, posted.json()["code"].as_str()), (503, Some("recovering")));
    let page = api.get("/");
    assert_eq!((page.status, page.content_type.as_str()), (200, "text/html; charset=utf-8"));
    // A terminal finds the port open; what it says waits until it can be kept.
    let waiting = std::thread::spawn({
        let (address, phone) = (server.jt808, lane.phone());
        move || Terminal::return_with(address, &phone, &code, Version::V2013)
    });

    std::fs::write(&pipe, "no snapshot").unwrap();
    server.await_ready();
    let mut terminal = waiting.join().unwrap().unwrap();
    assert_eq!(terminal.report(&lane.report(1)).unwrap(), 0);
    let id = server.api().vehicle(&lane.plate()).unwrap()["id"].as_str().unwrap().to_owned();
    let track = server.api().get(&format!("/api/vehicles/{id}/track")).expect(200);
    assert_eq!(track["properties"]["fixes"].as_array().unwrap().len(), 2, "what was kept before and after");
}

#[test]
fn the_page_says_that_the_server_is_starting_and_goes_on_by_itself() {
    let mut server = Server::start();
    server.add_user("eva", "monitor", "the monitor's pass phrase");
    server.kill();
    let pipe = hold_recovery(&server);
    server.start_again();
    wait::until("it listens", || server.anonymous().try_get("/readyz").ok());
    let found = Browser::start("waiting.mjs", &server, &[]).found(|line| {
        assert_eq!(line, "waiting");
        std::fs::write(&pipe, "no snapshot").unwrap();
    });
    assert!(found["chinese"].as_str().unwrap().contains("正在启动"), "{found:#}");
    assert!(found["english"].as_str().unwrap().contains("is starting"), "{found:#}");
}

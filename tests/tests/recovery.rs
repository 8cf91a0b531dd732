//! While a server reads back what it stored it answers at once and says so; then it serves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_spatial::watch::{ENGINE_VERSION, READABLE_VERSIONS};
use cordon_tests::browser::Browser;
use cordon_tests::drive::{Lane, rfc3339};
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::{Options, Server};
use cordon_tests::wait;
use serde_json::json;
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

/// The folder of a site as an earlier engine version left it when it was stopped. Its journal is cut, as after 30 days.
fn folder_of_engine(version: u32) -> tempfile::TempDir {
    let packed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("releases/engine-{version}.tar.gz"));
    let folder = tempfile::tempdir().unwrap();
    assert!(Command::new("tar").arg("-xzf").arg(&packed).arg("-C").arg(folder.path()).status().unwrap().success());
    folder
}

/// Every version's folder is kept from its release on: what a site brings when it is brought up to date.
#[test]
fn a_site_of_an_earlier_engine_goes_on_where_it_was_though_its_journal_was_cut() {
    for version in *READABLE_VERSIONS.start()..ENGINE_VERSION {
        let unpacked = folder_of_engine(version);
        let settings = [("CORDON_KEEP_ALARMS_DAYS", "36500"), ("CORDON_KEEP_TRACKS_DAYS", "36500")];
        let server = Server::with(Options {
            folder: Some(unpacked.path().join("site")),
            settings: settings.map(|(name, value)| (name, value.to_owned())).into(),
            ..Options::default()
        });
        assert!(server.output().contains("the engine is where the store is replayed=0"), "{}", server.output());
        let api = server.api();
        let alarms = || api.items("/api/alarms");
        let open = |kind: &str, vehicle: &str| {
            let found = alarms().into_iter().find(|alarm| alarm["kind"] == kind && alarm["subject"]["id"] == vehicle);
            found.unwrap_or_else(|| panic!("{version}: no {kind} of {vehicle}"))
        };
        assert_eq!(open("enter", "a")["state"], "acknowledged");
        assert_eq!(open("must_be_inside", "c")["state"], "unacknowledged");
        let vehicles = api.items("/api/vehicles");
        let zones = |id: &str| {
            let vehicle = vehicles.iter().find(|vehicle| vehicle["id"] == id).unwrap();
            vehicle["zones"].as_array().unwrap().iter().map(|zone| zone["zone"].clone()).collect::<Vec<_>>()
        };
        assert_eq!((zones("a"), zones("b"), zones("c")), (vec![json!("tanks")], vec![json!("tanks")], vec![]));

        // What was begun under the earlier version ends under this one.
        let now = jiff::Timestamp::now().as_second();
        let fix = |vehicle: &str, lon: f64, lat: f64| json!({"vehicle": vehicle, "fixed_at": rfc3339(now), "lon": lon, "lat": lat});
        api.post("/api/fixes", &json!([fix("a", 121.05, 30.05), fix("c", 121.025, 30.005)])).expect(200);
        assert_eq!(open("enter", "a")["state"], "closed", "it was acknowledged and has left");
        assert_eq!(open("must_be_inside", "c")["state"], "returned");
        let exits = api.items("/api/events?kind=exit");
        assert_eq!((exits.len(), &exits[0]["certainty"]), (1, &json!("unknown")), "{version}: {exits:?}");
        assert_eq!(api.items("/api/events?kind=unknown&subject=a").len(), 1);
        assert!(api.items("/api/events?kind=engine_mismatch").is_empty());
    }
}

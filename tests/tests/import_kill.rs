//! `kill -9` in the middle of an import that is kept in pieces: after the next start the file is there as a whole or not at all, in
//! the folder and in the database, and what is there can be taken back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_data::feature::Collection;
use cordon_data::sqlite;
use cordon_data::store::Readers;
use cordon_tests::database::{SCHEMA, assert_same, await_caught_up, url};
use cordon_tests::http::Api;
use cordon_tests::postgres::Postgres;
use cordon_tests::server::{Options, Server, cordon};
use cordon_tests::wait;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// More than one transaction takes.
const ROWS: u64 = 101_000;
/// Features of a piece.
const PIECE: u64 = 5_000;
const LONG: Duration = Duration::from_secs(180);

fn table() -> String {
    (0..ROWS).fold("name,lon,lat\n".to_owned(), |text, n| text + &format!("{n} 号桩,121.{n:06},30\n"))
}

fn begin(api: &Api, table: &str) -> String {
    let path = "/api/imports?collection=resources&name=stakes.csv&srs=wgs84";
    let begun = api.send("POST", path, &[("Content-Type", "text/csv")], table.as_bytes()).unwrap().expect(202);
    begun["id"].as_str().unwrap().to_owned()
}

fn told(api: &Api, id: &str) -> Value {
    api.get(&format!("/api/imports/{id}")).expect(200)
}

/// Waits until so many rows were read, or all is kept; how many they are then.
fn await_read(api: &Api, id: &str, rows: u64) -> u64 {
    wait::within(LONG, || {
        let told = told(api, id);
        let done = told["done"].as_u64().unwrap();
        (done >= rows || told["state"] != "running").then_some(done)
    })
    .unwrap()
}

fn count(api: &Api) -> u64 {
    api.get("/ogc/collections/resources").expect(200)["itemCount"].as_u64().unwrap()
}

/// Features of the collection in the folder of a server that does not run.
fn kept(folder: &Path) -> u64 {
    let (_writer, readers) = sqlite::open(folder).unwrap();
    readers.reader().unwrap().count(Collection::Resources).unwrap()
}

/// Imports again and again, each time killed when so many rows were read, and started anew; how many pieces were read and not kept at
/// each kill.
fn killed(server: &mut Server, moments: &[u64]) -> Vec<u64> {
    let (folder, table) = (server.folder().to_owned(), table());
    let kill = |moment: &u64| {
        let id = begin(&server.api(), &table);
        let noted = folder.join("import-under-way.json");
        wait::until("it is noted", || noted.exists().then_some(()));
        let read = await_read(&server.api(), &id, *moment);
        server.kill();
        let there = kept(&folder);
        assert!(there < ROWS && there.is_multiple_of(PIECE), "a piece is kept as a whole: {there}");
        server.restart();
        let api = server.api();
        let told = told(&api, &id);
        assert_eq!((&told["state"], &told["code"]), (&json!("failed"), &json!("interrupted")), "{told:#}");
        wait::within(LONG, || (count(&api) == 0).then_some(())).expect("what was kept of it is taken back");
        wait::until("it is struck out", || (!noted.exists()).then_some(()));
        read.saturating_sub(there) / PIECE
    };
    moments.iter().map(kill).collect()
}

#[test]
fn an_import_that_is_killed_is_there_as_a_whole_or_not_at_all() {
    let mut server = Server::start();
    let in_flight = killed(&mut server, &[0, PIECE + 100, 21_000, 47_500]);
    assert!(in_flight.iter().any(|pieces| *pieces >= 2), "two are kept while a third is read: {in_flight:?}");

    let id = begin(&server.api(), &table());
    wait::within(LONG, || (told(&server.api(), &id)["state"] == "done").then_some(())).expect("nobody kills this one");
    server.kill();
    server.restart();
    let api = server.api();
    assert_eq!(count(&api), ROWS, "what is done stays over a kill");
    let undone = api.send("DELETE", &format!("/api/imports/{id}"), &[], b"").unwrap().expect(200);
    assert_eq!((&undone["deleted"], &undone["kept_changed"]), (&json!(ROWS), &json!(0)));
    assert_eq!(count(&api), 0);
}

#[test]
fn the_database_holds_as_much_of_a_killed_import_as_the_folder() {
    let postgres = Postgres::start();
    let settings = vec![("CORDON_DATABASE", url(&postgres))];
    let mut server = Server::with(Options { settings, ..Options::default() });
    killed(&mut server, &[16_000]);
    await_caught_up(&server.api());
    let in_database = format!("SELECT count(*) FROM {SCHEMA}.features WHERE alive AND collection = 'resources';\n");
    assert_eq!(postgres.run(&in_database).trim(), "0");
    assert!(server.stop().success());
    assert_same(&postgres, server.folder());
}

#[test]
fn an_import_by_the_command_line_follows_one_that_was_killed() {
    let mut server = Server::start();
    let id = begin(&server.api(), &table());
    await_read(&server.api(), &id, 30_000);
    server.kill();
    assert!(kept(server.folder()) > 0, "some of it is there");
    let beside = tempfile::tempdir().unwrap();
    let one = beside.path().join("one.csv");
    std::fs::write(&one, "name,lon,lat\n一号桩,121,30\n").unwrap();
    let site = server.folder().to_str().unwrap();
    let output =
        cordon(&["import", one.to_str().unwrap(), "--into", "resources", "--srs", "wgs84", "--data", site], "");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(kept(server.folder()), 1, "what was killed is taken back, what came after it is kept");
}

//! The published GeoPackage: what other programs find in it, and what they cannot do to it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(dead_code, reason = "the fixtures are shared with the store's suite")]

#[path = "contract/mod.rs"]
mod contract;

use contract::given::{alarm, at, edit, fix, vehicle_json, zone_json};
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::geopackage::{
    AlarmRow, FILE, PublishError, PublishSet, Publisher, Stamp, VehicleRow, published as layers,
};
use cordon_data::sqlite;
use cordon_data::store::StoreError;
use cordon_spatial::ids::FeatureKey;
use geozero::{ToWkt, wkb::GpkgWkb};
use rusqlite::Connection;
use std::path::Path;
use tempfile::TempDir;

fn zone() -> StoredFeature {
    edit(Collection::Zones, "north", 3, 0, &zone_json("北区", 121.4), None).0
}

fn truck() -> StoredFeature {
    edit(Collection::Vehicles, "truck", 7, 0, &vehicle_json("浙B12345"), None).0
}

fn read(key: FeatureKey) -> Result<Option<StoredFeature>, StoreError> {
    Ok([zone(), truck()].into_iter().find(|feature| feature.key == key))
}

fn stamp(feature: &StoredFeature) -> Stamp {
    Stamp { key: feature.key, collection: feature.collection, revision: feature.revision }
}

fn set() -> PublishSet {
    PublishSet {
        at: at(1_500),
        features: vec![stamp(&zone()), stamp(&truck())],
        vehicles: vec![VehicleRow::of(&truck(), fix(7, 1_000)).unwrap()],
        alarms: vec![AlarmRow {
            alarm: alarm(1 << 100, 1, 0),
            position: Some(fix(7, 0).position),
            vehicle: Some("truck".to_owned()),
            zone: Some("north".to_owned()),
        }],
    }
}

fn published() -> (TempDir, Publisher) {
    let folder = tempfile::tempdir().unwrap();
    let mut publisher = Publisher::new(folder.path());
    publisher.publish(&set(), &read).unwrap();
    (folder, publisher)
}

fn other(folder: &Path) -> Connection {
    Connection::open(folder.join(FILE)).unwrap()
}

fn one(connection: &Connection, sql: &str) -> String {
    connection.query_row(&format!("SELECT CAST(({sql}) AS TEXT)"), [], |row| row.get(0)).unwrap()
}

fn wkt(connection: &Connection, table: &str) -> String {
    let bytes: Vec<u8> = connection.query_row(&format!("SELECT geom FROM {table}"), [], |row| row.get(0)).unwrap();
    GpkgWkb(bytes).to_wkt().unwrap()
}

#[test]
fn another_program_finds_the_layers() {
    let (folder, _publisher) = published();
    let other = other(folder.path());
    let header = std::fs::read(folder.path().join(FILE)).unwrap();
    assert_eq!(&header[68..72], b"GPKG");
    assert_eq!(one(&other, "SELECT user_version FROM pragma_user_version"), "10300");
    assert_eq!(wkt(&other, "zones"), "MULTIPOLYGON(((121.4 31.2,121.41 31.2,121.41 31.21,121.4 31.21,121.4 31.2)))");
    assert_eq!(wkt(&other, "vehicles_last"), "POINT(121.4737028 31.2304161)");
    assert_eq!(one(&other, "SELECT name || kind || level FROM zones WHERE fid = 3"), "北区hazardred");
    assert_eq!(
        one(&other, "SELECT plate || ' ' || fixed_at || ' ' || speed_kph || ' ' || marks FROM vehicles_last"),
        "浙B12345 2026-11-23T00:00:01.000Z 42.3 blind_area"
    );
    assert_eq!(
        one(&other, "SELECT state || vehicle || zone || rule || priority FROM alarms"),
        "unacknowledgedtrucknorthr12"
    );
    assert_eq!(one(&other, "SELECT max_x FROM gpkg_contents WHERE table_name = 'zones'"), "121.41");
}

#[test]
fn every_collection_is_a_layer_but_those_about_people() {
    let seeds = cordon_data::park::seeds(20);
    let numbered =
        seeds.iter().flat_map(|(collection, features)| features.iter().map(move |feature| (*collection, feature)));
    let features: Vec<StoredFeature> = (1..)
        .zip(numbered)
        .map(|(key, (collection, feature))| {
            // What only a park's entry derives is not asked here.
            let body = Some(feature.to_string());
            let id = cordon_spatial::ids::FeatureId::new(feature["id"].as_str().unwrap()).unwrap();
            StoredFeature { key: FeatureKey(key), collection, id, body, derived: None, ..zone() }
        })
        .collect();
    let read = |key: FeatureKey| Ok(features.iter().find(|feature| feature.key == key).cloned());
    let shown = features.iter().filter(|feature| feature.collection != Collection::Zones);
    let features = shown.map(stamp).collect();
    let folder = tempfile::tempdir().unwrap();
    Publisher::new(folder.path()).publish(&PublishSet { features, ..set() }, &read).unwrap();
    let other = other(folder.path());
    let tables = one(&other, "SELECT group_concat(table_name) FROM (SELECT * FROM gpkg_contents ORDER BY 1)");
    let mut expected: Vec<String> = Collection::ALL.iter().map(|collection| collection.table()).collect();
    expected.retain(|table| table != "drivers");
    expected.extend(["alarms", "vehicles_last"].map(str::to_owned));
    expected.sort();
    assert_eq!(tables, expected.join(","));
    assert_eq!(one(&other, "SELECT count(*) FROM sqlite_schema WHERE name = 'drivers'"), "0");
    for (collection, held) in &seeds {
        if ![Collection::Zones, Collection::Drivers].contains(collection) {
            let count = one(&other, &format!("SELECT count(*) FROM {}", collection.table()));
            assert_eq!(count, held.len().to_string(), "{collection}");
        }
    }
    let ammonia = "SELECT name || ' ' || cas || ' ' || molar_mass_g_mol || ' ' || lel_percent FROM substances WHERE id = 'ammonia'";
    assert_eq!(one(&other, ammonia), "液氨 7664-41-7 17.03 15.0");
    let level = "SELECT unit || limit_hh || json_extract(properties, '$.tag') FROM points WHERE id = 'li-103'";
    assert_eq!(one(&other, level), "%90.0LI-103");
    let driven = "SELECT count(*) FROM vehicles WHERE plate IS NOT NULL AND properties LIKE '%device_id%'";
    assert_eq!(one(&other, driven), "0");
    let kinds = "SELECT data_type || ' ' || srs_id FROM gpkg_contents WHERE table_name = 'substances'";
    assert_eq!(one(&other, kinds), "attributes 0");
    assert!(
        one(&other, "SELECT max_x - min_x FROM gpkg_contents WHERE table_name = 'population'").parse::<f64>().unwrap()
            > 0.05
    );
}

#[test]
fn a_credential_and_what_an_older_version_let_in_stay_out_of_the_columns() {
    let folder = tempfile::tempdir().unwrap();
    let body = serde_json::json!({"type": "Feature", "id": "truck", "geometry": null,
        "properties": {"plate": "浙B12345", "device_id": "opens a door", "unchecked": "perhaps", "own": 1}});
    let read = |_: FeatureKey| Ok(Some(StoredFeature { body: Some(body.to_string()), ..truck() }));
    Publisher::new(folder.path()).publish(&PublishSet { features: vec![stamp(&truck())], ..set() }, &read).unwrap();
    let other = other(folder.path());
    assert_eq!(one(&other, "SELECT count(*) FROM pragma_table_info('vehicles') WHERE name = 'device_id'"), "0");
    assert_eq!(one(&other, "SELECT unchecked IS NULL FROM vehicles"), "1");
    let properties = one(&other, "SELECT properties FROM vehicles");
    assert!(!properties.contains("opens a door") && properties.contains("\"own\":1"), "{properties}");
    assert!(properties.contains("perhaps"), "nothing is lost: {properties}");
}

#[test]
fn what_changes_is_published_and_what_is_gone_is_gone() {
    let (folder, mut publisher) = published();
    let mut next = set();
    next.vehicles[0].last = fix(7, 9_000);
    next.features.clear();
    next.at = at(9_000);
    publisher.publish(&next, &read).unwrap();
    let other = other(folder.path());
    assert_eq!(one(&other, "SELECT fixed_at FROM vehicles_last"), "2026-11-23T00:00:09.000Z");
    assert_eq!(one(&other, "SELECT count(*) FROM zones"), "0");
    assert_eq!(
        one(&other, "SELECT last_change FROM gpkg_contents WHERE table_name = 'zones'"),
        "2026-11-23T00:00:09.000Z"
    );
    assert_eq!(
        one(&other, "SELECT last_change FROM gpkg_contents WHERE table_name = 'alarms'"),
        "2026-11-23T00:00:01.500Z"
    );
}

#[test]
fn a_foreign_lock_only_delays_it() {
    let (folder, mut publisher) = published();
    let other = other(folder.path());
    let mut next = set();
    next.vehicles[0].last = fix(7, 9_000);
    for lock in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "BEGIN; SELECT * FROM zones"] {
        other.execute_batch(lock).unwrap();
        let refused = publisher.publish(&next, &read).unwrap_err();
        assert!(matches!(refused, PublishError::Busy), "{lock}: {refused}");
        other.execute_batch("ROLLBACK").unwrap();
    }
    publisher.publish(&next, &read).unwrap();
    assert_eq!(one(&other, "SELECT fixed_at FROM vehicles_last"), "2026-11-23T00:00:09.000Z");
}

#[test]
fn what_others_write_is_undone() {
    let changes = [
        "UPDATE zones SET name = 'mine'; DELETE FROM alarms; INSERT INTO zones (id, kind) VALUES ('x', 'y')",
        "DELETE FROM gpkg_contents WHERE table_name = 'zones'",
        "DROP TABLE vehicles_last",
        "CREATE TABLE layer_styles (a)",
        "CREATE TRIGGER theirs AFTER INSERT ON zones BEGIN DELETE FROM alarms; END",
        "PRAGMA journal_mode = WAL; UPDATE zones SET name = 'mine'",
        "PRAGMA user_version = 1; UPDATE zones SET name = 'mine'",
    ];
    for change in changes {
        let (folder, mut publisher) = published();
        let their = other(folder.path());
        their.execute_batch(&format!("PRAGMA foreign_keys = OFF; {change}")).unwrap();
        publisher.publish(&set(), &read).unwrap();
        drop(their);
        let their = other(folder.path());
        assert_eq!(one(&their, "SELECT group_concat(name) FROM zones"), "北区", "{change}");
        assert_eq!(one(&their, "SELECT count(*) FROM alarms"), "1", "{change}");
        assert_eq!(one(&their, "SELECT count(*) FROM gpkg_contents"), (layers().count() + 2).to_string(), "{change}");
        assert_eq!(one(&their, "SELECT count(*) FROM vehicles_last"), "1", "{change}");
    }
}

#[test]
fn a_damaged_or_missing_file_is_replaced() {
    let (folder, mut publisher) = published();
    let path = folder.path().join(FILE);
    let whole = std::fs::read(&path).unwrap();
    let mut holes = whole.clone();
    holes[4096..whole.len() - 100].fill(0xA5);
    for damaged in [b"rubbish".repeat(1_000), whole[..whole.len() / 2].to_vec(), holes, Vec::new()] {
        for restarted in [false, true] {
            std::fs::write(&path, &damaged).unwrap();
            if restarted {
                publisher = Publisher::new(folder.path());
            }
            let mut next = set();
            next.vehicles[0].last = fix(7, 9_000);
            publisher.publish(&next, &read).unwrap();
            let other = other(folder.path());
            assert_eq!(one(&other, "SELECT integrity_check FROM pragma_integrity_check"), "ok");
            assert_eq!(one(&other, "SELECT fixed_at FROM vehicles_last"), "2026-11-23T00:00:09.000Z");
            assert_eq!(one(&other, "SELECT name FROM zones"), "北区");
        }
    }
    std::fs::remove_file(&path).unwrap();
    publisher.publish(&set(), &read).unwrap();
    assert_eq!(one(&other(folder.path()), "SELECT count(*) FROM alarms"), "1");
}

#[test]
fn the_store_is_never_touched_even_under_the_published_name() {
    let folder = tempfile::tempdir().unwrap();
    drop(sqlite::open(folder.path()).unwrap());
    let store = folder.path().join(sqlite::FILE);
    let before = std::fs::read(&store).unwrap();
    std::os::unix::fs::symlink(&store, folder.path().join(FILE)).unwrap();
    Publisher::new(folder.path()).publish(&set(), &read).unwrap();
    assert_eq!(std::fs::read(&store).unwrap(), before);
    assert_eq!(one(&other(folder.path()), "SELECT name FROM zones"), "北区");
}

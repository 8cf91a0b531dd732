//! The embedded store: the whole contract, and what only a file can go through.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;

use contract::given::{alarm, at, audit, commit, commit_with, edit, fix, fixes, numbered, zone_json};
use contract::{Open, Site};
use cordon_data::feature::Collection;
use cordon_data::sqlite::{self, Options};
use cordon_data::store::{AlarmCount, Batch, Forget, Reader, Spans, StoreError, Writer};
use cordon_spatial::alarm::{AlarmAct, AlarmLine, AlarmStep};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{AlarmId, JournalPosition, Seq, VehicleKey};
use cordon_spatial::record::{Act, RecordBody};
use cordon_spatial::units::{SpanMs, UnixMs};
use std::path::Path;
use tempfile::TempDir;

struct Folder(TempDir);

/// Every cut takes what there is, and the log is written back all the time.
fn eager() -> Options {
    Options { tail_fixes: 1, checkpoint_pages: 10, ..Options::default() }
}

fn open(folder: &Path, options: Options) -> Result<Open, StoreError> {
    let (writer, readers) = sqlite::open_with(folder, options)?;
    Ok(Open { writer: Box::new(writer), readers: Box::new(readers) })
}

impl Site for Folder {
    fn open(&self) -> Open {
        open(self.0.path(), eager()).unwrap()
    }
}

contract!(Box::new(super::Folder(tempfile::tempdir().unwrap())) as Box<dyn crate::contract::Site>);

/// Fixes that do not compress: their times jump about.
fn scattered(count: u32) -> Vec<Fix> {
    let jumping = |n: u32| n.wrapping_mul(n).wrapping_mul(2_654_435_761) ^ (n << 7);
    (0..count).map(|n| fix(n, i64::from(jumping(n)))).collect()
}

#[test]
fn a_cut_goes_by_slices_and_the_journal_stays_until_then() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), eager()).unwrap();
    for n in 0..3 {
        commit(&mut store, n, fixes((1..=20).map(|vehicle| fix(vehicle, n))));
    }
    let all = Forget {
        journal_before: UnixMs::MAX,
        journal_upto: JournalPosition(u64::MAX),
        tracks_before: UnixMs::MIN,
        alarms_before: UnixMs::MIN,
    };
    let begins = |store: &Open| store.reader().journal(JournalPosition(1), 1).unwrap()[0].1[0].position.0;
    assert!(store.writer.cut_tracks(0).unwrap(), "a slice of no time leaves most for later");
    while store.writer.forget(&all, 0).unwrap() {}
    assert_eq!(begins(&store), 1, "not all is cut into tracks yet");
    while store.writer.cut_tracks(0).unwrap() {}
    while store.writer.forget(&all, 0).unwrap() {}
    assert_eq!(begins(&store), 41);
}

#[test]
fn a_folder_has_one_writer_and_says_who() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), eager()).unwrap();
    match open(folder.path(), eager()) {
        Err(StoreError::InUse { pid, folder: named }) => {
            assert_eq!(pid, std::process::id());
            assert_eq!(Path::new(&named), folder.path());
        }
        other => panic!("{:?}", other.map(|_| ())),
    }
    drop(first);
    open(folder.path(), eager()).unwrap();
}

#[test]
fn a_newer_folder_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), eager()).unwrap());
    let raw = rusqlite::Connection::open(folder.path().join(sqlite::FILE)).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let refused = open(folder.path(), eager()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 99, .. }), "{refused}");
    assert!(refused.to_string().contains("use a newer cordon"));
}

#[test]
fn a_file_of_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(sqlite::FILE);
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    assert!(matches!(open(folder.path(), eager()), Err(StoreError::Damaged { .. })));
    std::fs::write(&path, "this is no database, however long it may be".repeat(100)).unwrap();
    assert!(matches!(open(folder.path(), eager()), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_folder_of_the_first_schema_is_brought_forward() {
    let folder = tempfile::tempdir().unwrap();
    let raw = rusqlite::Connection::open(folder.path().join(sqlite::FILE)).unwrap();
    raw.execute_batch(include_str!("../src/sqlite/schema/0001.sql")).unwrap();
    raw.pragma_update(None, "application_id", 0x4372_646E).unwrap();
    raw.pragma_update(None, "user_version", 1).unwrap();
    let mut ended = contract::given::event(2, 2, 0);
    ended.core.ended_at = Some(at(60_000));
    let events = [contract::given::event(1, 1, 0), ended];
    for event in &events {
        let body = serde_json::to_string(event).unwrap();
        let row = rusqlite::params![event.seq.0 as i64, event.core.id.0.to_be_bytes(), at(0).0, body];
        let insert = "INSERT INTO events (seq, id, at_ms, kind, vehicle, zone, status, body)
                      VALUES (?1, ?2, ?3, 'enter', 7, 3, 'provisional', ?4)";
        raw.execute(insert, row).unwrap();
    }
    drop(raw);
    let store = open(folder.path(), eager()).unwrap();
    let held = |ms| store.reader().events_held(VehicleKey(7), at(ms)).unwrap();
    assert_eq!(held(60_000), events);
    assert_eq!(held(60_001), events[..1]);
}

#[test]
fn without_room_nothing_is_kept_and_it_goes_on_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), Options { max_pages: Some(80), ..eager() }).unwrap();
    let mut kept = 0;
    let full = loop {
        let zone =
            edit(Collection::Zones, &format!("z{kept}"), kept + 1, 0, &zone_json(&"气".repeat(200), 121.0), None);
        let records = numbered(&store, 0, vec![zone.1]);
        let batch = Batch {
            at: at(0),
            records: &records,
            events: &[],
            alarms: &[],
            features: &[zone.0],
            audit: &[],
            checkpoints: &[],
        };
        match store.writer.commit(&batch) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 10_000, "the limit on pages was never hit");
    };
    assert!(matches!(full, StoreError::NoRoom), "{full}");
    assert_eq!(store.writer.head().position, JournalPosition(kept.into()));
    assert_eq!(store.reader().head().unwrap(), store.writer.head(), "reads go on");
    assert_eq!(store.reader().count(Collection::Zones).unwrap(), u64::from(kept));
    let big = scattered(20_000);
    let records = numbered(&store, 1, fixes(big));
    let batch =
        Batch { at: at(1), records: &records, events: &[], alarms: &[], features: &[], audit: &[], checkpoints: &[] };
    assert!(matches!(store.writer.commit(&batch), Err(StoreError::NoRoom)), "and it is still full");

    drop(store);
    let mut store = open(folder.path(), eager()).unwrap();
    assert_eq!(store.writer.head().position, JournalPosition(kept.into()));
    store.writer.commit(&batch).unwrap();
    assert_eq!(store.reader().head().unwrap().position.0, u64::from(kept) + 20_000);
}

#[test]
fn the_same_writer_goes_on_after_it_found_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), Options { max_pages: Some(80), ..eager() }).unwrap();
    commit(&mut store, 0, fixes([fix(1, 0)]));
    let big = scattered(50_000);
    let records = numbered(&store, 1, fixes(big));
    let batch =
        Batch { at: at(1), records: &records, events: &[], alarms: &[], features: &[], audit: &[], checkpoints: &[] };
    assert!(matches!(store.writer.commit(&batch), Err(StoreError::NoRoom)));
    commit(&mut store, 2, fixes([fix(1, 1_000)]));
    store.writer.audit(&audit("after")).unwrap();
    assert_eq!(store.reader().head().unwrap().position, JournalPosition(2));
}

/// Changes stored bytes behind the store's back, and gives the reader's answer.
fn journal_after(change: &str) -> Result<usize, StoreError> {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), Options::default()).unwrap();
    for n in 0..3 {
        commit(&mut store, n, fixes((0..100).map(|m| fix(7, n * 1_000 + m))));
    }
    let raw = rusqlite::Connection::open(folder.path().join(sqlite::FILE)).unwrap();
    raw.execute(change, []).unwrap();
    store.reader().journal(JournalPosition(1), 10).map(|batches| batches.len())
}

#[test]
fn a_damaged_journal_is_named_and_not_repaired() {
    assert_eq!(journal_after("UPDATE journal SET at_ms = at_ms").unwrap(), 3);
    let second = "WHERE first = 101";
    for change in [
        "UPDATE journal SET records = substr(records, 1, 40)",
        "UPDATE journal SET records = CAST(substr(records, 1, 60) || x'00' || substr(records, 62) AS BLOB)",
        "UPDATE journal SET records = x''",
        "UPDATE journal SET last = last + 1",
    ] {
        match journal_after(&format!("{change} {second}")) {
            Err(StoreError::Damaged { place, .. }) => assert!(place.contains("101"), "{place}"),
            other => panic!("{change}: {other:?}"),
        }
    }
}

#[test]
fn a_damaged_journal_does_not_open_as_if_it_were_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), Options::default()).unwrap();
    commit(&mut store, 0, fixes([fix(7, 0)]));
    drop(store);
    let raw = rusqlite::Connection::open(folder.path().join(sqlite::FILE)).unwrap();
    raw.execute("UPDATE journal SET records = x'00'", []).unwrap();
    drop(raw);
    assert!(matches!(open(folder.path(), Options::default()), Err(StoreError::Damaged { .. })));
}

#[test]
fn the_log_stays_small_under_steady_writing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, readers) =
        sqlite::open_with(folder.path(), Options { checkpoint_pages: 50, ..Options::default() }).unwrap();
    let log = folder.path().join(format!("{}-wal", sqlite::FILE));
    let mut largest = 0;
    for n in 0..3_000u64 {
        let record = RecordBody::Fix(fix(7, n as i64));
        let records = [cordon_spatial::record::Record { position: JournalPosition(n + 1), at: at(0), body: record }];
        let batch = Batch {
            at: at(0),
            records: &records,
            events: &[],
            alarms: &[],
            features: &[],
            audit: &[],
            checkpoints: &[],
        };
        writer.commit(&batch).unwrap();
        largest = largest.max(std::fs::metadata(&log).unwrap().len());
    }
    // 3,000 commits of at least two pages each would make a log of 24 MB.
    assert!(largest < 12_000_000, "{largest} bytes");
    assert_eq!(readers.get().unwrap().head().unwrap().position, JournalPosition(3_000));
}

#[test]
fn a_new_data_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("a/site");
    drop(sqlite::open(&folder).expect("a new store"));
    let mode = std::fs::metadata(&folder).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn what_people_did_to_alarms_is_in_the_audit_trail_and_what_changed_nothing_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), eager()).unwrap();
    let shelve = AlarmAct::Shelve { reason: "works".to_owned(), until: at(9_000) };
    let act = |alarm, act| RecordBody::Act(Act { who: "anna".to_owned(), alarm: AlarmId(alarm), act });
    let mut changed = alarm(1, 1, 0);
    let note = Some("works".to_owned());
    let line = AlarmLine { at: at(5), step: AlarmStep::Shelved, who: Some("anna".to_owned()), note };
    changed.body.body_mut().history.push(line);
    let acts = vec![act(1, shelve), act(2, AlarmAct::Acknowledge { note: None })];
    commit_with(&mut store, 5, acts, &[], &[changed.clone()], &[]);
    changed.seq = Seq(2);
    commit_with(&mut store, 6, vec![act(1, AlarmAct::Acknowledge { note: None })], &[], &[changed], &[]);
    let raw = rusqlite::Connection::open(folder.path().join(sqlite::FILE)).unwrap();
    let line = "SELECT group_concat(at_ms || ' ' || who || ' ' || action || ' ' || (detail ->> '$.alarm')) FROM audit";
    let written: String = raw.query_row(line, [], |row| row.get(0)).unwrap();
    assert_eq!(written, format!("{} anna alarm.shelve {}", at(5), AlarmId(1)));
}

#[test]
fn alarms_from_before_they_were_counted_are_counted_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), eager()).unwrap();
    let mut acknowledged = alarm(1, 1, 60_000);
    acknowledged.body.body_mut().acknowledged = Some((at(90_000), "anna".to_owned()));
    commit_with(&mut store, 0, vec![RecordBody::Tick], &[], &[acknowledged, alarm(2, 2, 70_000)], &[]);
    drop(store);
    // As it was before alarms were counted: without the third migration and what came after it.
    let path = folder.path().join(sqlite::FILE);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch(
        "DROP INDEX alarms_raised; DROP INDEX alarms_acknowledged; DROP INDEX alarms_closed; DROP INDEX alarms_open;
         ALTER TABLE alarms DROP COLUMN raised_ms; ALTER TABLE alarms DROP COLUMN acknowledged_ms;
         ALTER TABLE alarms DROP COLUMN closed_ms; UPDATE alarms SET body = json_remove(body, '$.shelved');
         ALTER TABLE users DROP COLUMN last_seen_ms; ALTER TABLE tokens DROP COLUMN last_used_ms;
         DROP INDEX sessions_user; DROP TABLE feature_boxes; DROP TABLE collections;
         ALTER TABLE journal DROP COLUMN seq; DROP INDEX checkpoints_position;
         PRAGMA user_version = 2;",
    )
    .unwrap();
    drop(raw);
    let store = open(folder.path(), eager()).unwrap();
    let spans = Spans { from: at(0), width: SpanMs(80_000), count: 2 };
    let counted = store.reader().alarm_counts(&spans).unwrap();
    let count = |raised, acknowledged| AlarmCount { raised, acknowledged, closed: 0 };
    assert_eq!(counted, [count(2, 0), count(0, 1)]);
    assert_eq!(store.reader().alarm(AlarmId(1)).unwrap().unwrap().shelved, None);
}

#[test]
fn alarms_are_counted_and_the_oldest_found_by_walking_indexes_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), eager()).unwrap());
    let raw = rusqlite::Connection::open(folder.path().join(sqlite::FILE)).unwrap();
    for sql in [
        "SELECT (raised_ms - 1) / 2 AS span, count(*) FROM alarms WHERE raised_ms >= 1 AND raised_ms < 3 GROUP BY span",
        "SELECT (closed_ms - 1) / 2 AS span, count(*) FROM alarms WHERE closed_ms >= 1 AND closed_ms < 3 GROUP BY span",
        "SELECT count(*) FROM alarms WHERE state = 'returned' AND state <> 'closed'",
        "SELECT body FROM alarms WHERE state = 'returned' AND state <> 'closed' ORDER BY raised_ms LIMIT 1",
    ] {
        let mut explain = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let plan: Vec<String> = explain.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        let plan = plan.join("; ");
        assert!(plan.starts_with("SEARCH alarms USING") && plan.contains("INDEX"), "{sql}: {plan}");
        assert!(!plan.contains("ORDER BY"), "{sql}: {plan}");
    }
}

#[test]
fn a_file_from_before_views_were_indexed_finds_its_features_by_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = open(folder.path(), eager()).unwrap();
    let (zone, record) = edit(Collection::Zones, "north", 3, 1, &zone_json("North", 121.4), None);
    commit_with(&mut written, 1, vec![record], &[], &[], &[zone]);
    drop(written);
    let raw = rusqlite::Connection::open(folder.path().join(sqlite::FILE)).unwrap();
    raw.execute_batch(
        "DROP TABLE feature_boxes; DROP TABLE collections;
         ALTER TABLE journal DROP COLUMN seq; DROP INDEX checkpoints_position; PRAGMA user_version = 4",
    )
    .unwrap();
    drop(raw);
    let reopened = open(folder.path(), eager()).unwrap();
    let here = [121.3, 31.0, 121.5, 32.0];
    assert_eq!(reopened.reader().count_within(Collection::Zones, here, 10).unwrap(), 1);
    assert_eq!(reopened.reader().count_within(Collection::Gates, here, 10).unwrap(), 0);
}

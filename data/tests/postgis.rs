//! The store in PostGIS: the whole contract, and what only a database can go through.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;
#[expect(dead_code, reason = "what ends and starts it is for the tests of servers")]
#[path = "../../tests/src/postgres.rs"]
mod postgres;

use contract::given::{at, commit, edit, fix, fixes, keep_edit, zone_json};
use contract::{Open, Site};
use cordon_data::feature::Collection;
use cordon_data::postgis::{self, Cutting};
use cordon_data::store::StoreError;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{JournalPosition, VehicleKey};
use cordon_spatial::units::UnixMs;
use postgres::Postgres;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

const HOUR: i64 = 3_600_000;

/// A schema of its own in the database that the running tests share.
struct Schema {
    postgres: Arc<Postgres>,
    name: String,
}

/// The database of the tests that run now; it ends with the last of them.
fn shared() -> Arc<Postgres> {
    static RUNNING: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut running = RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    running.upgrade().unwrap_or_else(|| {
        let started = Arc::new(Postgres::start());
        *running = Arc::downgrade(&started);
        started
    })
}

impl Schema {
    fn fresh() -> Schema {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("site_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        Schema { postgres: shared(), name }
    }

    fn url(&self) -> String {
        self.postgres.url("postgres", "postgres")
    }

    fn try_open(&self) -> Result<Open, StoreError> {
        // Every cut takes what there is, in parts of a few records.
        self.open_cutting(Cutting { span_ms: 0, span_records: 50, part_records: 3 })
    }

    fn open_cutting(&self, cutting: Cutting) -> Result<Open, StoreError> {
        let (writer, readers) = postgis::open_with(&self.url(), &self.name, cutting)?;
        Ok(Open { writer: Box::new(writer), readers: Box::new(readers) })
    }

    /// Rows of a query in the schema, a line each.
    fn rows(&self, sql: &str) -> String {
        self.postgres.run(&format!("SET search_path = {}, public;\n{sql};\n", self.name)).trim().to_owned()
    }
}

impl Site for Schema {
    fn open(&self) -> Open {
        self.try_open().unwrap()
    }
}

contract!(Box::new(super::Schema::fresh()) as Box<dyn crate::contract::Site>);

#[test]
fn a_schema_has_one_writer() {
    let site = Schema::fresh();
    let first = site.open();
    match site.try_open() {
        Err(StoreError::InUse { pid, folder }) => {
            assert!(pid > 0, "the database's process that holds it");
            assert!(folder.contains(&site.name), "{folder}");
        }
        other => panic!("{:?}", other.map(|_| ())),
    }
    drop(first);
    site.open();
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let site = Schema::fresh();
    drop(site.open());
    site.rows("UPDATE about SET version = 99");
    let refused = site.try_open().map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 99, .. }), "{refused}");
    assert_eq!(site.rows("SELECT version FROM about"), "99");
}

#[test]
fn what_is_no_address_and_what_does_not_answer_is_said() {
    let refused = |url: &str, schema: &str| postgis::open(url, schema).map(|_| ()).unwrap_err().to_string();
    assert!(refused("http://somewhere", "cordon").contains("URL cannot be read"));
    assert!(refused("postgresql://localhost/x", "Cordon; DROP TABLE x").contains("must have 1 to 40 characters"));
    let nobody = postgis::open("postgresql:///x?user=anna&host=/nowhere", "cordon").map(|_| ()).unwrap_err();
    assert!(matches!(nobody, StoreError::Lost(_)), "{nobody}");
}

/// A certificate authority of the test's own.
struct Authority {
    signs: rcgen::CertifiedIssuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let mut says = rcgen::CertificateParams::new([]).unwrap();
        says.distinguished_name.push(rcgen::DnType::CommonName, name);
        says.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let signs = rcgen::CertifiedIssuer::self_signed(says, rcgen::KeyPair::generate().unwrap()).unwrap();
        Authority { signs }
    }

    /// A server's certificate and key for the name `localhost`, PEM.
    fn server(&self, until_year: i32) -> (String, String) {
        let mut says = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        says.not_before = rcgen::date_time_ymd(2020, 1, 1);
        says.not_after = rcgen::date_time_ymd(until_year, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        (says.signed_by(&key, &self.signs).unwrap().pem(), key.serialize_pem())
    }
}

#[test]
fn over_tls_the_database_must_be_who_it_says() {
    let (ours, others) = (Authority::new("ours"), Authority::new("others"));
    let folder = tempfile::tempdir().unwrap();
    let root = |name: &str, authority: &Authority| {
        let file = folder.path().join(name);
        std::fs::write(&file, authority.signs.pem()).unwrap();
        file.display().to_string()
    };
    let (our_root, other_root) = (root("ours.pem", &ours), root("others.pem", &others));
    let (certificate, key) = ours.server(2100);
    let postgres = Postgres::start_with_tls(&certificate, &key);
    let port = postgres.tls_port();
    let open = |host: &str, root: &str| {
        let url = format!("postgres://postgres@{host}:{port}/postgres?sslmode=verify-full&sslrootcert={root}");
        postgis::open(&url, "cordon")
    };
    let refused = |host: &str, root: &str| open(host, root).map(|_| ()).unwrap_err().to_string();

    let (writer, _readers) = open("localhost", &our_root).unwrap();
    let over_tls = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                    WHERE application_name = 'cordon' AND ssl";
    assert_eq!(postgres.run(over_tls).trim(), "1", "it is encrypted");
    drop(writer);
    let unknown = refused("localhost", &other_root);
    assert!(unknown.contains("UnknownIssuer"), "{unknown}");
    let misnamed = refused("127.0.0.1", &our_root);
    assert!(misnamed.contains("not valid for name"), "{misnamed}");

    let (certificate, key) = ours.server(2021);
    postgres.shows(&certificate, &key);
    postgres.crash();
    postgres.start_again();
    let expired = refused("localhost", &our_root);
    assert!(expired.contains("expired"), "{expired}");
}

#[test]
fn a_role_without_the_right_to_change_tables_runs_it() {
    let site = Schema::fresh();
    let role = format!("{}_runner", site.name);
    site.postgres.run(&format!("CREATE ROLE {role} LOGIN;\n"));
    let url = site.postgres.url(&role, "postgres");
    let refused = postgis::open(&url, &site.name).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("cordon database migrate"), "{refused}");

    postgis::migrate(&site.url(), &site.name, Some(&role)).unwrap();
    let (writer, readers) = postgis::open(&url, &site.name).unwrap();
    let mut open = Open { writer: Box::new(writer), readers: Box::new(readers) };
    keep_edit(&mut open, 1, edit(Collection::Zones, "north", 3, 1, &zone_json("北", 121.4), None));
    commit(&mut open, 2, fixes([fix(7, 0)]));
    commit(&mut open, HOUR, fixes([fix(7, HOUR)]));
    while open.writer.cut_tracks(0).unwrap() {}
    assert_eq!(site.rows("SELECT vehicle, hour - 498720 FROM tracks"), "7|0", "the hour that is over");
    let forget = cordon_data::store::Forget {
        journal_before: UnixMs::MIN,
        journal_upto: JournalPosition(0),
        tracks_before: at(-86_400_000),
        alarms_before: UnixMs::MIN,
    };
    while open.writer.forget(&forget, 0).unwrap() {}
    assert_eq!(open.reader().track(VehicleKey(7), UnixMs::MIN, UnixMs::MAX, 10).unwrap(), [fix(7, 0), fix(7, HOUR)]);
    for parent in ["fixes", "tracks"] {
        let made = format!("SELECT count(*) FROM pg_inherits WHERE inhparent = '{parent}'::regclass");
        assert_eq!(site.rows(&made), "4", "three days and the others of {parent}");
    }
    for forbidden in ["DROP TABLE fixes", "CREATE TABLE mine (a int)", "UPDATE about SET version = 5"] {
        let tried = format!("SET ROLE {role};\n{forbidden}");
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| site.rows(&tried)));
        assert!(refused.is_err(), "{forbidden}");
    }
}

#[test]
fn days_of_fixes_are_tables_that_go_whole() {
    let site = Schema::fresh();
    let mut open = site.open();
    let day = 86_400_000;
    for n in 0..3 {
        commit(&mut open, n * day, fixes([fix(7, n * day)]));
    }
    // A receiver's clock that is out of all reason has a place too.
    let mut odd = fix(7, 5);
    odd.received_at = UnixMs(i64::MAX / 4);
    commit(&mut open, 3 * day, fixes([odd]));
    let tables = "SELECT tableoid::regclass::text FROM fixes ORDER BY 1";
    assert_eq!(
        site.rows(tables).lines().collect::<Vec<_>>(),
        ["fixes_20261123", "fixes_20261124", "fixes_20261125", "fixes_other"]
    );
    while open.writer.cut_tracks(0).unwrap() {}
    let pieces = "SELECT tableoid::regclass::text FROM tracks ORDER BY 1";
    assert_eq!(
        site.rows(pieces).lines().collect::<Vec<_>>(),
        ["tracks_20261123", "tracks_20261124", "tracks_20261125"]
    );
    assert_eq!(site.rows("SELECT received_ms FROM tracks_apart"), (i64::MAX / 4).to_string());
    let forget = cordon_data::store::Forget {
        journal_before: UnixMs::MIN,
        journal_upto: JournalPosition(0),
        tracks_before: at(2 * day),
        alarms_before: UnixMs::MIN,
    };
    while open.writer.forget(&forget, 0).unwrap() {}
    assert_eq!(site.rows(tables).lines().collect::<Vec<_>>(), ["fixes_20261125", "fixes_other"]);
    assert_eq!(site.rows("SELECT to_regclass('fixes_20261123') IS NULL"), "t");
    assert_eq!(site.rows(pieces), "tracks_20261125", "with their pieces");
    assert_eq!(site.rows("SELECT count(*) FROM tracks_apart"), "1");
    assert_eq!(open.reader().track(VehicleKey(7), UnixMs::MIN, UnixMs::MAX, 10).unwrap(), [odd, fix(7, 2 * day)]);
    commit(&mut open, 4 * day, fixes([fix(7, 0)]));
    assert_eq!(open.reader().track(VehicleKey(7), at(0), at(1), 10).unwrap().len(), 1, "an old day is made again");
}

/// Whole hours, in parts of a few vehicles.
const HOURLY: Cutting = Cutting { span_ms: HOUR, span_records: 1_000, part_records: 15 };
/// Rows alone.
const NEVER: Cutting = Cutting { span_ms: i64::MAX, span_records: u64::MAX, part_records: u64::MAX };
const VEHICLES: u32 = 5;

/// Fixes of ten minutes.
const OF_TEN_MINUTES: u64 = 10;

/// What comes in the nth ten minutes: each vehicle's fix, one that waited for hours in a terminal, one for days, one of a clock that is
/// two days ahead, one that is sent again, and one of the same instant from elsewhere.
fn ten_minutes(n: i64) -> Vec<Fix> {
    let now = n * 600_000;
    let received = |fix: Fix| Fix { received_at: at(now + 700), ..fix };
    let mut elsewhere = fix(4, now);
    elsewhere.position.lon_e7 -= 3;
    let late = fix(2, now - 2 * HOUR - 1_000);
    let (days_late, ahead) = (fix(3, now - 40 * HOUR), fix(5, now + 50 * HOUR));
    let again = fix(3, now - 40 * 60_000);
    let regular = (1..=VEHICLES).map(|vehicle| fix(vehicle, now));
    regular.chain([late, days_late, ahead, again, elsewhere].map(received)).collect()
}

/// Every answer about every vehicle.
fn answers(open: &Open) -> Vec<String> {
    let reader = open.reader();
    let head = reader.head().unwrap().position.0;
    let mut all = Vec::new();
    for vehicle in (1..=VEHICLES).map(VehicleKey) {
        let hours = |from: i64, to: i64| (at(from * HOUR), at(to * HOUR));
        let ten_minutes = (at(90 * 60_000), at(91 * 60_000 + 1));
        for (from, to) in [(UnixMs::MIN, UnixMs::MAX), hours(-1, 1), ten_minutes, hours(-40, -36), hours(50, 53)] {
            for limit in [1, 4, 7, 10_000] {
                all.push(format!("{:?}", reader.track(vehicle, from, to, limit).unwrap()));
            }
        }
        all.push(format!("{:?}", reader.placed(vehicle).unwrap()));
        for as_of in [head / 3, head / 2, head] {
            for hour in [0, 2, 5] {
                all.push(format!("{:?}", reader.history(vehicle, at(hour * HOUR), JournalPosition(as_of)).unwrap()));
            }
        }
    }
    all
}

#[test]
fn a_track_reads_the_same_from_rows_and_pieces() {
    let (by_rows, by_pieces) = (Schema::fresh(), Schema::fresh());
    let (mut rows, mut pieces) = (by_rows.open_cutting(NEVER).unwrap(), by_pieces.open_cutting(HOURLY).unwrap());
    for n in 0..40 {
        for open in [&mut rows, &mut pieces] {
            commit(open, n * 600_000, fixes(ten_minutes(n)));
        }
        for _ in 0..3 {
            assert!(!rows.writer.cut_tracks(0).unwrap(), "nothing is over");
            pieces.writer.cut_tracks(0).unwrap();
            assert_eq!(answers(&pieces), answers(&rows), "in the ten minutes {n}");
        }
    }
    while pieces.writer.cut_tracks(0).unwrap() {}
    assert_eq!(answers(&pieces), answers(&rows));
    assert_eq!(by_rows.rows("SELECT count(*) FROM tracks"), "0");
    assert_eq!(by_pieces.rows("SELECT position FROM track_progress"), (36 * OF_TEN_MINUTES).to_string(), "six hours");
    assert_eq!(by_pieces.rows("SELECT count(DISTINCT vehicle) FROM tracks_apart"), "2", "days late, and days ahead");
    let of_one = "SELECT count(*) FROM tracks WHERE vehicle = 1";
    assert_eq!(by_pieces.rows(of_one), "6", "who reports at once has a piece an hour");
    assert_eq!(by_pieces.rows("SELECT count(*) FROM fixes"), by_rows.rows("SELECT count(*) FROM fixes"), "rows stay");
}

#[test]
fn a_cut_that_broke_off_anywhere_is_gone_on_with() {
    let site = Schema::fresh();
    let mut open = site.open_cutting(HOURLY).unwrap();
    (0..13).for_each(|n| drop(commit(&mut open, n * 600_000, fixes(ten_minutes(n)))));
    let before = answers(&open);
    let progress = || site.rows("SELECT position, parts, done, (SELECT count(*) > 0 FROM tracks) FROM track_progress");
    assert!(open.writer.cut_tracks(0).unwrap());
    assert_eq!(progress(), "0|1|0|f", "what is read is in memory alone");
    drop(open);
    let mut open = site.open_cutting(HOURLY).unwrap();
    while progress() != "0|4|1|t" {
        assert!(open.writer.cut_tracks(0).unwrap(), "{}", progress());
    }
    assert_eq!(answers(&open), before, "one part of four");
    assert!(open.writer.cut_tracks(0).unwrap());
    drop(open);
    let mut open = site.open_cutting(HOURLY).unwrap();
    assert_eq!(answers(&open), before);

    site.rows("ALTER TABLE tracks RENAME TO elsewhere");
    let failed = (0..20).find_map(|_| open.writer.cut_tracks(0).err()).unwrap();
    assert!(matches!(failed, StoreError::Failed(_)), "{failed}");
    site.rows("ALTER TABLE elsewhere RENAME TO tracks");
    drop(open);
    let mut open = site.open_cutting(HOURLY).unwrap();
    assert_eq!(progress(), "0|4|1|t");
    assert_eq!(answers(&open), before, "a part that cannot be written changes nothing");
    commit(&mut open, 13 * 600_000, fixes(ten_minutes(13)));
    while open.writer.cut_tracks(0).unwrap() {}
    assert_eq!(progress(), "120|1|0|t", "two hours");
    let never = Schema::fresh();
    let mut rows = never.open_cutting(NEVER).unwrap();
    (0..14).for_each(|n| drop(commit(&mut rows, n * 600_000, fixes(ten_minutes(n)))));
    assert_eq!(answers(&open), answers(&rows));
}

#[test]
fn a_database_of_before_pieces_keeps_its_tracks() {
    let site = Schema::fresh();
    let mut open = site.open_cutting(NEVER).unwrap();
    (0..13).for_each(|n| drop(commit(&mut open, n * 600_000, fixes(ten_minutes(n)))));
    let before = answers(&open);
    drop(open);
    // As the release before left it, its oldest journal forgotten.
    site.rows(
        "DELETE FROM journal WHERE first <= 30; DROP TABLE tracks, tracks_apart, track_progress; DROP INDEX fixes_vehicle;
         CREATE INDEX fixes_vehicle ON fixes (vehicle, fixed_ms); UPDATE about SET version = 3",
    );
    let mut open = site.open_cutting(HOURLY).unwrap();
    assert_eq!(site.rows("SELECT since, position FROM track_progress"), "30|30");
    assert_eq!(answers(&open), before, "by its rows");
    while open.writer.cut_tracks(0).unwrap() {
        assert_eq!(answers(&open), before);
    }
    assert_eq!(site.rows("SELECT since, position FROM track_progress"), "30|120");
}

#[test]
fn a_database_whose_pieces_all_lie_together_keeps_its_tracks() {
    let site = Schema::fresh();
    let mut open = site.open_cutting(HOURLY).unwrap();
    (0..16).for_each(|n| drop(commit(&mut open, n * 600_000, fixes(ten_minutes(n)))));
    while open.writer.cut_tracks(0).unwrap() {}
    let before = answers(&open);
    drop(open);
    let apart = || site.rows("SELECT vehicle, hour, received_ms, md5(fixes) FROM tracks_apart ORDER BY 1, 2, 3, 4");
    let were_apart = apart();
    // As the release before left it.
    site.rows(
        "INSERT INTO tracks SELECT * FROM tracks_apart; DROP TABLE tracks_apart;
         ALTER TABLE track_progress DROP COLUMN reached_ms, DROP COLUMN stray; UPDATE about SET version = 4",
    );
    let mut open = site.open_cutting(HOURLY).unwrap();
    assert_eq!(answers(&open), before);
    assert_eq!(apart(), were_apart);
    (16..26).for_each(|n| drop(commit(&mut open, n * 600_000, fixes(ten_minutes(n)))));
    while open.writer.cut_tracks(0).unwrap() {}
    let never = Schema::fresh();
    let mut rows = never.open_cutting(NEVER).unwrap();
    (0..26).for_each(|n| drop(commit(&mut rows, n * 600_000, fixes(ten_minutes(n)))));
    assert_eq!(answers(&open), answers(&rows));
}

#[test]
fn a_fix_received_on_another_day_than_its_batch_is_found_before_it_is_cut() {
    let site = Schema::fresh();
    let mut open = site.open_cutting(HOURLY).unwrap();
    let days = 10 * 24 * HOUR;
    (0..12).for_each(|n| drop(commit(&mut open, days + n * 600_000, fixes([fix(7, days + n * 600_000)]))));
    while open.writer.cut_tracks(0).unwrap() {}
    let stray = fix(7, 0);
    commit(&mut open, days + 2 * HOUR, fixes([stray]));
    let found = |open: &Open| open.reader().track(VehicleKey(7), at(0), at(1), 10).unwrap();
    assert_eq!(found(&open), [stray]);
    (13..26).for_each(|n| drop(commit(&mut open, days + n * 600_000, fixes([fix(7, days + n * 600_000)]))));
    while open.writer.cut_tracks(0).unwrap() {}
    assert_eq!(found(&open), [stray], "in a piece");
    assert_eq!(site.rows("SELECT position > stray AND stray > 0 FROM track_progress"), "t");
}

#[test]
fn a_journal_with_a_gap_is_not_cut_and_loses_no_fix() {
    let site = Schema::fresh();
    let mut open = site.open();
    (0..4).for_each(|n| drop(commit(&mut open, n * 600_000, fixes(ten_minutes(n)))));
    let before = answers(&open);
    site.rows("DELETE FROM journal WHERE first = 1");
    let refused = open.writer.cut_tracks(0).unwrap_err();
    assert!(refused.to_string().contains("positions 1 to 10 are missing"), "{refused}");
    assert_eq!(answers(&open), before);
}

#[test]
fn other_programs_read_the_one_map_as_plain_postgis() {
    let site = Schema::fresh();
    let mut open = site.open();
    let gate = serde_json::json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.41, 31.205]},
        "properties": {"name": "一号门", "kind": "main"}});
    keep_edit(&mut open, 1, edit(Collection::Zones, "north", 3, 1, &zone_json("北罐区", 121.4), None));
    keep_edit(&mut open, 2, edit(Collection::Gates, "gate-1", 4, 2, &gate, None));
    let records = contract::given::numbered(&open, 3, fixes([fix(3, 0), fix(3, 60_000)]));
    let batch = cordon_data::store::Batch {
        at: at(3),
        records: &records,
        events: &[contract::given::event(1, 1, 0)],
        alarms: &[contract::given::alarm(2, 2, 0)],
        features: &[],
        audit: &[],
        checkpoints: &[],
    };
    open.writer.commit(&batch).unwrap();
    let inside = "SELECT z.id, z.name, z.level, g.id, g.name FROM zones z JOIN gates g ON ST_Covers(z.geom, g.geom)";
    assert_eq!(site.rows(inside), "north|北罐区|red|gate-1|一号门");
    assert_eq!(site.rows("SELECT kind, zone, round(ST_Y(geom)::numeric, 4) FROM events_on_map"), "enter|north|31.2304");
    assert_eq!(
        site.rows("SELECT state, priority, zone, geom IS NOT NULL FROM alarms_on_map"),
        "unacknowledged|2|north|t"
    );
    assert_eq!(site.rows("SELECT count(*), max(ST_X(geom)) FROM fixes_on_map"), "2|121.4737024");
    let typed = "SELECT f_table_name, type, srid FROM geometry_columns
                 WHERE f_table_schema = current_schema AND f_table_name IN ('zones', 'fixes_on_map') ORDER BY 1";
    assert_eq!(site.rows(typed), "fixes_on_map|POINT|4326\nzones|GEOMETRY|4326");
}

#[test]
fn a_lost_connection_is_said_and_a_new_one_goes_on() {
    let site = Schema::fresh();
    let mut open = site.open();
    commit(&mut open, 1, fixes([fix(7, 0)]));
    let reader = open.reader();
    site.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cordon'
               AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
                           AND objid = (hashtext(current_schema)::bigint & 4294967295)::oid)",
    );
    let records = contract::given::numbered(&open, 2, fixes([fix(7, 1)]));
    let batch = cordon_data::store::Batch {
        at: at(2),
        records: &records,
        events: &[],
        alarms: &[],
        features: &[],
        audit: &[],
        checkpoints: &[],
    };
    let lost = open.writer.commit(&batch).unwrap_err();
    assert!(matches!(lost, StoreError::Lost(_)), "{lost}");
    assert!(matches!(open.writer.commit(&batch), Err(StoreError::Lost(_))), "and it promises nothing any more");
    assert_eq!(reader.head().unwrap().position.0, 1, "readers have connections of their own");
    drop(open);
    let mut open = site.open();
    open.writer.commit(&batch).unwrap();
    assert_eq!(reader.head().unwrap().position.0, 2);
}

//! `kill -9` at random moments under load: nothing acknowledged is lost, no alarm is lost or doubled.
//!
//! Six terminals report as fast as they are acknowledged, up to sixteen reports on the way each, driving in and out of
//! zones; a person acknowledges alarms meanwhile. The server is killed when a random number of acknowledgements has come,
//! or while it starts. The checker stands outside: it knows what was acknowledged to whom and compares it with what the
//! server serves in the end, and with what a server that was never killed makes of the same reports.
//!
//! `CORDON_TEST_KILLS` sets how often, 50 when it is absent. With `CORDON_TEST_DATABASE` the killed server hands on to a PostGIS
//! database, which must hold the same in the end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::database;
use cordon_tests::drive::{Lane, rfc3339, unix_ms};
use cordon_tests::http::Api;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::postgres::Postgres;
use cordon_tests::random::Random;
use cordon_tests::server::{Options, Server};
use cordon_tests::wait;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

const TERMINALS: u32 = 6;
/// Reports on the way without acknowledgement; less than the 64 fixes in which the server knows a repetition.
const ON_THE_WAY: usize = 16;
/// Promised: ready again within 3 s. Asserted of nine in ten rounds, because the machine may be busy with other things.
const READY: Duration = Duration::from_secs(3);
const READY_AT_MOST: Duration = Duration::from_secs(20);

/// How many acknowledgements came, for all terminals together.
#[derive(Default)]
struct Count {
    acknowledged: Mutex<u64>,
    grew: Condvar,
}

impl Count {
    fn add(&self) {
        *self.acknowledged.lock().unwrap() += 1;
        self.grew.notify_all();
    }

    fn get(&self) -> u64 {
        *self.acknowledged.lock().unwrap()
    }

    /// Waits until so many more came; false when that takes a minute.
    fn await_more(&self, more: u64) -> bool {
        let goal = self.get() + more;
        let guard = self.acknowledged.lock().unwrap();
        let (_guard, result) = self.grew.wait_timeout_while(guard, wait::PATIENCE, |count| *count < goal).unwrap();
        !result.timed_out()
    }
}

/// One terminal with its memory: it forgets a report only when that was acknowledged.
struct Driver {
    lane: Lane,
    version: Version,
    code: Vec<u8>,
    /// Seconds of the lane acknowledged: all before this one.
    acknowledged: i64,
}

impl Driver {
    /// Reports from the first unacknowledged second on, until `stop`, or the connection breaks. Ends as `Ok` when all
    /// before `end` is acknowledged.
    fn run(&mut self, server: &Addresses, end: i64, stop: &AtomicBool, count: &Count) -> std::io::Result<()> {
        let phone = self.lane.phone();
        let mut terminal = Terminal::return_with(server.jt808, &phone, &self.code, self.version)?;
        let mut next = self.acknowledged;
        let mut waiting = VecDeque::new();
        while !stop.load(Ordering::Relaxed) && self.acknowledged < end {
            while waiting.len() < ON_THE_WAY && next < end {
                let serial = terminal.send(0x0200, &self.lane.report(next).body())?;
                waiting.push_back(serial);
                next += 1;
            }
            let serial = waiting.pop_front().expect("something is on the way");
            assert_eq!(terminal.acknowledged(serial)?, 0, "second {} of lane {}", self.acknowledged, self.lane.number);
            self.acknowledged += 1;
            count.add();
        }
        Ok(())
    }
}

/// Where a server is; it stays there over restarts.
#[derive(Clone)]
struct Addresses {
    http: std::net::SocketAddr,
    jt808: std::net::SocketAddr,
}

/// A server with the zones and the registered terminals of this test, always made in the same order: keys are the same.
/// It judges on so many threads, which changes nothing.
fn site(begin_s: i64, threads: usize, database: Option<&Postgres>) -> (Server, Vec<Driver>) {
    let mut settings = vec![("CORDON_ENGINE_THREADS", threads.to_string())];
    settings.extend(database.map(|postgres| ("CORDON_DATABASE", database::url(postgres))));
    let server = Server::with(Options { settings, ..Options::default() });
    let mut drivers = Vec::new();
    for number in 0..TERMINALS {
        let lane = Lane { number, begin_s };
        lane.put_zone(&server.api());
        let version = if number % 2 == 0 { Version::V2013 } else { Version::V2019 };
        let (_, code) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), version).unwrap();
        drivers.push(Driver { lane, version, code, acknowledged: 0 });
    }
    (server, drivers)
}

/// Every driver reports until `end(lane)`; nothing disturbs them.
fn finish(server: &Server, drivers: &mut [Driver], end: impl Fn(&Driver) -> i64) {
    let addresses = Addresses { http: server.http, jt808: server.jt808 };
    let (stop, count) = (AtomicBool::new(false), Count::default());
    std::thread::scope(|scope| {
        for driver in drivers {
            let end = end(driver);
            let (addresses, stop, count) = (&addresses, &stop, &count);
            scope.spawn(move || driver.run(addresses, end, stop, count).expect("nobody kills this one"));
        }
    });
}

/// Every driver reports until its end, thirty at a time.
fn in_batches(server: &Server, drivers: &mut [Driver], ends: &[i64]) {
    std::thread::scope(|scope| {
        for (driver, &end) in drivers.iter_mut().zip(ends) {
            scope.spawn(move || {
                let phone = driver.lane.phone();
                let mut terminal = Terminal::return_with(server.jt808, &phone, &driver.code, driver.version).unwrap();
                let seconds: Vec<i64> = (0..end).collect();
                for some in seconds.chunks(30) {
                    let reports: Vec<_> = some.iter().map(|&s| driver.lane.report(s)).collect();
                    assert_eq!(terminal.report_batch(&reports, false).unwrap(), 0);
                }
            });
        }
    });
}

/// What an alarm says about the world, for comparing two servers: not `seq`, not how late, not who acknowledged.
fn facts(alarm: &Value) -> Value {
    let keys = ["id", "kind", "priority", "subject", "zone", "raised_at", "returned_at", "events"];
    Value::Object(keys.iter().map(|k| ((*k).to_owned(), alarm[*k].clone())).collect())
}

fn by_id(items: Vec<Value>) -> BTreeMap<String, Value> {
    let count = items.len();
    let map: BTreeMap<_, _> = items.into_iter().map(|i| (i["id"].as_str().unwrap().to_owned(), i)).collect();
    assert_eq!(map.len(), count, "an id is listed twice");
    map
}

/// Every time at which the vehicle of this plate has a fix, seconds since its lane's begin.
fn track_seconds(api: &Api, driver: &Driver) -> Vec<i64> {
    let vehicle = api.vehicle(&driver.lane.plate()).expect("the terminal registered");
    let id = vehicle["id"].as_str().unwrap().to_owned();
    let mut seconds = Vec::new();
    // By pieces, as a person with a long track would ask.
    let piece = 3_600;
    let mut from = driver.lane.begin_s;
    while from < driver.lane.begin_s + driver.acknowledged + piece {
        let path = format!("/api/vehicles/{id}/track?from={}&to={}", rfc3339(from), rfc3339(from + piece));
        for fix in api.get(&path).expect(200)["properties"]["fixes"].as_array().unwrap() {
            seconds.push(unix_ms(&fix["fixed_at"]) / 1_000 - driver.lane.begin_s);
        }
        from += piece;
    }
    seconds
}

/// Acknowledges what it sees until told to stop; remembers what was shown and what the server confirmed.
fn person(api: &Api, stop: &AtomicBool, shown: &Mutex<BTreeSet<String>>, confirmed: &Mutex<BTreeSet<String>>) {
    let mut after = 0;
    while !stop.load(Ordering::Relaxed) {
        let Ok(reply) = api.try_get(&format!("/api/alarms?after={after}&limit=50")) else { continue };
        if reply.status != 200 {
            continue;
        }
        for alarm in reply.json()["items"].as_array().unwrap() {
            after = alarm["seq"].as_u64().unwrap();
            let id = alarm["id"].as_str().unwrap();
            shown.lock().unwrap().insert(id.to_owned());
            if after % 3 != 0 || alarm["acknowledged_at"] != Value::Null {
                continue;
            }
            let body = json!({"note": "seen"}).to_string();
            let path = format!("/api/alarms/{id}/acknowledge");
            let sent = api.send("POST", &path, &[("Content-Type", "application/json")], body.as_bytes());
            if sent.is_ok_and(|r| r.status == 200) {
                confirmed.lock().unwrap().insert(id.to_owned());
            }
        }
    }
}

#[test]
fn killed_at_any_moment_it_has_lost_nothing_and_doubled_nothing() {
    let kills: u64 =
        std::env::var("CORDON_TEST_KILLS").map_or(50, |n| n.parse().expect("CORDON_TEST_KILLS is a number"));
    let mut random = Random::seeded("kill");
    // Far enough back that every round finds seconds to report, and not so far that they are too late to judge.
    let begin_s = Lane::hours_ago(6 * 24);
    let database = std::env::var_os("CORDON_TEST_DATABASE").map(|_| Postgres::start());
    let (mut server, mut drivers) = site(begin_s, 2, database.as_ref());
    let addresses = Addresses { http: server.http, jt808: server.jt808 };
    let count = Arc::new(Count::default());
    let (shown, confirmed) = (Mutex::new(BTreeSet::new()), Mutex::new(BTreeSet::new()));
    let mut ready_after = Vec::new();
    let begun = Instant::now();

    for round in 0..kills {
        if random.below(5) == 0 {
            // A crash while it recovers from the last one.
            server.kill();
            server.start_again();
            spin(Duration::from_micros(random.below(80_000)));
            server.kill();
            ready_after.push(server.restart());
        }
        let stop = AtomicBool::new(false);
        let api = Api::new(addresses.http, Some(server.token.clone()));
        std::thread::scope(|scope| {
            for driver in &mut drivers {
                let (addresses, stop, count) = (&addresses, &stop, &*count);
                // The server is killed in the middle of it: that the connection breaks is what is wanted.
                scope.spawn(move || drop(driver.run(addresses, i64::MAX, stop, count)));
            }
            scope.spawn(|| person(&api, &stop, &shown, &confirmed));
            let enough = count.await_more(200 + random.below(8_000));
            spin(Duration::from_micros(random.below(3_000)));
            server.kill();
            stop.store(true, Ordering::Relaxed);
            assert!(enough, "round {round}: the server acknowledged too little:\n{}", server.output());
        });
        ready_after.push(server.restart());
    }
    let took = begun.elapsed();

    // Everybody drives home, so that every visit has ended.
    finish(&server, &mut drivers, |d| d.lane.home_after(d.acknowledged) + 100);
    let api = server.api();
    for driver in &drivers {
        let expected: Vec<i64> = (0..driver.acknowledged).collect();
        let found = track_seconds(&api, driver);
        assert_eq!(found.len(), expected.len(), "fixes of lane {}", driver.lane.number);
        assert_eq!(found, expected, "every acknowledged fix of lane {} is there, once", driver.lane.number);
    }
    let alarms = by_id(api.items("/api/alarms?limit=1000"));
    for driver in &drivers {
        let mut raised: Vec<i64> =
            alarms.values().filter(|a| a["zone"] == driver.lane.zone()).map(|a| unix_ms(&a["raised_at"])).collect();
        raised.sort_unstable();
        assert_eq!(
            raised,
            driver.lane.entries_ms(driver.acknowledged),
            "one alarm a visit in lane {}",
            driver.lane.number
        );
    }
    for alarm in alarms.values() {
        assert_ne!(alarm["returned_at"], Value::Null, "everybody is out: {alarm:#}");
        let expected = if alarm["acknowledged_at"].is_null() { "returned" } else { "closed" };
        assert_eq!(alarm["state"], expected, "{alarm:#}");
    }
    for id in shown.lock().unwrap().iter() {
        assert!(alarms.contains_key(id), "alarm {id} was shown and is gone");
    }
    for id in confirmed.lock().unwrap().iter() {
        assert_ne!(alarms[id]["acknowledged_at"], Value::Null, "alarm {id} was acknowledged: {:#}", alarms[id]);
    }
    assert!(!confirmed.lock().unwrap().is_empty(), "a person acknowledged something");

    // A server that nobody killed, told the same thirty at a time, makes the same of it, to the id.
    let (clean, mut again) = site(begin_s, 1, None);
    let ends: Vec<i64> = drivers.iter().map(|d| d.acknowledged).collect();
    in_batches(&clean, &mut again, &ends);
    let undisturbed = by_id(clean.api().items("/api/alarms?limit=1000"));
    let facts_of = |map: &BTreeMap<String, Value>| map.values().map(facts).collect::<Vec<_>>();
    assert_eq!(facts_of(&alarms), facts_of(&undisturbed));

    if let Some(postgres) = &database {
        database::await_caught_up(&api);
        assert!(server.stop().success());
        database::assert_same(postgres, server.folder());
    }

    ready_after.sort_unstable();
    let (median, worst) = (ready_after[ready_after.len() / 2], ready_after[ready_after.len() - 1]);
    let ninth = ready_after[ready_after.len() * 9 / 10];
    let figures = format!(
        "{} kills in {:.0} s: {} fixes acknowledged, {} alarms, {} acknowledged by a person; ready after {} ms median, {} ms at most\n",
        ready_after.len(),
        took.as_secs_f64(),
        ends.iter().sum::<i64>(),
        alarms.len(),
        confirmed.lock().unwrap().len(),
        median.as_millis(),
        worst.as_millis(),
    );
    // Past the test runner's capture: the figures are for the reader of a passed run too.
    std::io::stderr().write_all(figures.as_bytes()).unwrap();
    assert!(ninth <= READY && worst <= READY_AT_MOST, "ready too late: {figures}");
}

/// Passes a very short time exactly, which no idle waiting does.
fn spin(span: Duration) {
    let end = Instant::now() + span;
    while Instant::now() < end {
        std::hint::spin_loop();
    }
}

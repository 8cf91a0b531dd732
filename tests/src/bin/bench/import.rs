//! `bench import`: how long a file of many points takes to become features, in how much memory, and how soon fixes are acknowledged
//! meanwhile.
//!
//! The rows are made here, as a table (CSV) of names and places at random over about a degree, and sent over HTTP as a person's
//! file is. A vehicle reports ten times a second from the beginning to the end; each report waits for the answer to the one before
//! it. With a database the clock goes on until that has everything too, told apart.

use crate::percentile::Times;
use crate::process::{Memory, cpu_s, memory_kib};
use anyhow::Context;
use clap::Args;
use cordon_tests::http::Api;
use cordon_tests::postgres::Postgres;
use cordon_tests::random::Random;
use cordon_tests::server::{Options as Started, Server};
use cordon_tests::{database, wait};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Rows of the file.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
    /// Into which collection of points.
    #[arg(long, default_value = "resources")]
    into: String,
    /// Hands everything on to a database of its own, which syncs every commit.
    #[arg(long)]
    postgis: bool,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Longest import, and longest wait for the database.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Time between two reports of the vehicle, and between two looks at memory.
const REPORT_EVERY: Duration = Duration::from_millis(100);

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let postgres = options.postgis.then(Postgres::start_durable);
    let settings = postgres.iter().map(|postgres| ("CORDON_DATABASE", database::url(postgres))).collect();
    let server = Server::with(Started { settings, ..Started::default() });
    let api = server.api();
    let truck = json!({"type": "Feature", "geometry": null, "properties": {"plate": "浙B12345", "class": "goods"}});
    api.put("/ogc/collections/vehicles/items/truck", &truck).expect(201);
    let file = table(options.rows);
    let (over, peak_kib) = (AtomicBool::new(false), AtomicU64::new(0));
    let cpu_before = cpu_s(server.pid())?;
    let (mut acknowledged, took, report) = std::thread::scope(|scope| {
        let reports = scope.spawn(|| report_until(&api, &over));
        scope.spawn(|| watch_memory(server.pid(), &over, &peak_kib));
        let ended = import(&api, &options.into, &file);
        over.store(true, Ordering::Relaxed);
        let acknowledged = reports.join().expect("reporting does not panic");
        ended.map(|(took, report)| (acknowledged, took, report))
    })?;
    let cpu = cpu_s(server.pid())? - cpu_before;
    anyhow::ensure!(report["imported"] == options.rows, "not every row was imported: {report}");
    let begun = Instant::now();
    if postgres.is_some() {
        let behind = || api.get("/api/health").expect(200)["database"]["behind"] == 0;
        wait::within(PATIENCE, || behind().then_some(())).context("the database did not catch up")?;
    }
    let tenths = |seconds: f64| (seconds * 10.0).round() / 10.0;
    let mut figures = json!({
        "rows": options.rows,
        "import_s": tenths(took.as_secs_f64()),
        "rows_per_s": (options.rows as f64 / took.as_secs_f64()).round(),
        "server_cpu_s": tenths(cpu),
        "server_and_gdal_peak_mib": peak_kib.load(Ordering::Relaxed) / 1_024,
        "server_peak_mib": memory_kib(server.pid(), Memory::Peak)? / 1_024,
        "fix_acknowledged_p50_ms": acknowledged.percentile_ms(0.5),
        "fix_acknowledged_p99_ms": acknowledged.percentile_ms(0.99),
        "fix_acknowledged_max_ms": acknowledged.percentile_ms(1.0),
    });
    if postgres.is_some() {
        figures["database_caught_up_after_s"] = tenths(begun.elapsed().as_secs_f64()).into();
    }
    drop(server);
    if options.json {
        println!("{figures}");
    } else {
        for (name, value) in figures.as_object().into_iter().flatten() {
            println!("{name:>28}  {value}");
        }
    }
    Ok(())
}

/// The file: a name, a place and a remark in each row.
fn table(rows: u64) -> Vec<u8> {
    let mut random = Random::seeded("bench import");
    let mut text = String::from("name,lon,lat,note\n");
    for row in 0..rows {
        let mut degrees = |from: f64| from + random.below(10_000_000) as f64 / 1e7;
        let (lon, lat) = (degrees(121.0), degrees(30.0));
        writeln!(text, "点{row},{lon:.7},{lat:.7},n{row}").expect("memory takes what is written");
    }
    text.into_bytes()
}

/// Sends the file and waits until it is over; how long that took and what became of it.
fn import(api: &Api, into: &str, file: &[u8]) -> anyhow::Result<(Duration, Value)> {
    let begun = Instant::now();
    let to = format!("/api/imports?name=points.csv&collection={into}&srs=wgs84");
    let sent = api.send("POST", &to, &[("Content-Type", "application/octet-stream")], file)?.expect(202);
    let path = format!("/api/imports/{}", sent["id"].as_str().context("an import has an id")?);
    let look = || {
        std::thread::sleep(REPORT_EVERY);
        Some(api.get(&path).expect(200)).filter(|told| told["state"] != "running")
    };
    let told = wait::within(PATIENCE, look).context("the import did not end")?;
    anyhow::ensure!(told["state"] == "done", "the import failed: {told}");
    Ok((begun.elapsed(), told["report"].clone()))
}

/// Reports a vehicle's way until all is over; how long each answer took.
fn report_until(api: &Api, over: &AtomicBool) -> Times {
    let mut times = Times::default();
    for number in 0_u32.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let fixed_at = jiff::Timestamp::now().to_string();
        let lon = 121.0 + f64::from(number % 10_000) * 1e-5;
        let fix = json!([{"vehicle": "truck", "fixed_at": fixed_at, "lon": lon, "lat": 30.5}]);
        let begun = Instant::now();
        api.post("/api/fixes", &fix).expect(200);
        times.add(begun.elapsed());
        std::thread::sleep(REPORT_EVERY.saturating_sub(begun.elapsed()));
    }
    times
}

/// Notes the most that the server and the programs that it runs have resident together.
fn watch_memory(server: u32, over: &AtomicBool, peak_kib: &AtomicU64) {
    while !over.load(Ordering::Relaxed) {
        // One that ended in between has no memory.
        let resident = |pid: u32| memory_kib(pid, Memory::Resident).unwrap_or(0);
        let all = resident(server) + children_of(server).into_iter().map(resident).sum::<u64>();
        peak_kib.fetch_max(all, Ordering::Relaxed);
        std::thread::sleep(REPORT_EVERY);
    }
}

/// The processes that any thread of a process started and that still run, and those that they started.
fn children_of(pid: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().filter_map(Result::ok);
    let listed = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<u32> = listed
        .flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    let below: Vec<u32> = children.iter().flat_map(|child| children_of(*child)).collect();
    children.into_iter().chain(below).collect()
}

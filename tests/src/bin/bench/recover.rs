//! `bench recover`: how soon a server that was killed is ready again, with a long journal and an old snapshot.
//!
//! The folder is filled by the real server over its API: every fix is judged, kept and cut into tracks as ever. It is driven
//! on until the newest snapshot is nearly as old as one gets, and killed then. Each round starts the server on that folder,
//! waits until `/readyz` answers 200, and kills it again; the journal grows by a record a round and nothing else changes.
//!
//! With more than a thousand zones each is smaller in proportion, so that as much of the box is covered: what a zone costs is
//! measured, not ten times the alarms.

use crate::fleet::Vehicle;
use crate::process::{Memory, memory_kib};
use crate::zones;
use clap::Args;
use cordon_tests::random::Random;
use cordon_tests::server::{Options as ServerOptions, Server};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Fixes in the journal.
    #[arg(long, default_value_t = 10_000_000)]
    journal: u64,
    /// Zones with an enter and an exit rule that every fix is judged against.
    #[arg(long, default_value_t = 1_000)]
    zones: u32,
    /// Vehicles that drive.
    #[arg(long, default_value_t = 1_000)]
    vehicles: u32,
    /// Times that it is killed and started again.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// A folder to fill and keep; one that was filled before is measured as it is. Without it, a temporary one.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// How old the snapshot is at least when the server is killed, in fixes: one is taken after 500,000.
const SNAPSHOT_AGE: u64 = 450_000;
/// Fixes of one request.
const REQUEST: u64 = 40_000;

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = options.data.clone().unwrap_or_else(|| temporary.path().join("site"));
    let filled = if folder.join("cordon.db").exists() { Value::Null } else { fill(options, &folder)? };
    let mut server = Server::unready(ServerOptions { folder: Some(folder.clone()), ..ServerOptions::default() });
    server.await_ready();
    let mut ready_s = Vec::new();
    for _ in 0..options.rounds.max(1) {
        server.kill();
        ready_s.push(server.restart().as_secs_f64());
    }
    ready_s.sort_by(f64::total_cmp);
    let output = server.output();
    let figures = json!({
        "journal_fixes": options.journal,
        "zones": options.zones,
        "vehicles": options.vehicles,
        "filled": filled,
        "rounds": ready_s.len(),
        "ready_median_s": rounded(ready_s[ready_s.len() / 2]),
        "ready_max_s": rounded(ready_s[ready_s.len() - 1]),
        "replayed_records": said(&output, "replayed"),
        "snapshot_read_s": said(&output, "snapshot_read_s"),
        "zones_read_s": said(&output, "zones_read_s"),
        "index_build_s": said(&output, "index_build_s"),
        "replay_s": said(&output, "replay_s"),
        "store_open_s": said(&output, "store_open_s"),
        "catalogue_s": said(&output, "catalogue_s"),
        "resident_mib": memory_kib(server.pid(), Memory::Resident)? / 1024,
        "peak_mib": memory_kib(server.pid(), Memory::Peak)? / 1024,
        "store_mib": (bytes(&folder, "cordon.db") + bytes(&folder, "cordon.db-wal")) >> 20,
        "snapshot_mib": newest_snapshot(&folder)?.map(|(_, bytes)| bytes as f64 / 1024.0 / 1024.0).map(rounded),
    });
    if options.json {
        println!("{figures}");
    } else {
        for (name, value) in figures.as_object().into_iter().flatten() {
            println!("{name:>18}  {value}");
        }
    }
    Ok(())
}

/// Fills a folder by a server of its own, which is killed; how long that took.
fn fill(options: &Options, folder: &Path) -> anyhow::Result<Value> {
    let begin = Instant::now();
    let mut server = Server::with(ServerOptions { folder: Some(folder.to_owned()), ..ServerOptions::default() });
    let size = (1_000.0 / f64::from(options.zones.max(1))).sqrt().min(1.0);
    zones::put(&server, options.zones, size);
    put_vehicles(&server, options.vehicles);
    let made = u64::from(options.zones) + u64::from(options.vehicles);
    let zones_s = begin.elapsed().as_secs_f64();
    let begin = Instant::now();
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() as i64;
    let mut random = Random::seeded("bench recover");
    let mut fleet: Vec<Vehicle> =
        (0..options.vehicles).map(|number| Vehicle::new(number, now_s - 144 * 3_600, &mut random)).collect();
    let seconds = (REQUEST / u64::from(options.vehicles.max(1))).max(1);
    let mut posted = 0;
    let patience = options.journal + 20 * SNAPSHOT_AGE;
    loop {
        posted += post(&server, &mut fleet, seconds)?;
        let snapshot = newest_snapshot(folder)?.map_or(0, |(position, _)| position);
        if posted >= options.journal && made + posted >= snapshot + SNAPSHOT_AGE.min(options.journal / 2) {
            break;
        }
        anyhow::ensure!(posted < patience, "a snapshot is taken so often that none gets old");
    }
    server.kill();
    let fixes_s = begin.elapsed().as_secs_f64();
    Ok(json!({
        "zones_s": rounded(zones_s),
        "fixes": posted,
        "fixes_s": rounded(fixes_s),
        "fixes_per_s": (posted as f64 / fixes_s).round(),
    }))
}

fn put_vehicles(server: &Server, count: u32) {
    let vehicle = |number| {
        json!({"type": "Feature", "id": format!("v{number}"), "geometry": null,
        "properties": {"plate": format!("B{number:06}"), "class": "hazmat"}})
    };
    let features: Vec<Value> = (0..count).map(vehicle).collect();
    for part in features.chunks(1_000) {
        let collection = json!({"type": "FeatureCollection", "features": part});
        let reply = server.api().post("/ogc/collections/vehicles/items", &collection);
        assert!(reply.status < 300, "the vehicles were not taken: {}", reply.text());
    }
}

/// Drives every vehicle for some seconds and posts that in one request; how many fixes it was.
fn post(server: &Server, fleet: &mut [Vehicle], seconds: u64) -> anyhow::Result<u64> {
    let mut lines = String::with_capacity(fleet.len() * seconds as usize * 96);
    for (number, vehicle) in fleet.iter_mut().enumerate() {
        for _ in 0..seconds {
            let (lon, lat, at_s) = vehicle.drive();
            let fixed_at = jiff::Timestamp::from_second(at_s)?;
            writeln!(
                lines,
                r#"{{"vehicle":"v{number}","fixed_at":"{fixed_at}","lon":{lon:.6},"lat":{lat:.6},"speed_kph":60}}"#
            )?;
        }
    }
    let count = fleet.len() as u64 * seconds;
    let reply =
        server.api().send("POST", "/api/fixes", &[("Content-Type", "application/x-ndjson")], lines.as_bytes())?;
    anyhow::ensure!(reply.status == 200 && reply.json()["accepted"] == count, "not all were taken: {}", reply.text());
    Ok(count)
}

/// Place in the journal and size of the newest snapshot in a folder.
fn newest_snapshot(folder: &Path) -> anyhow::Result<Option<(u64, u64)>> {
    let mut newest = None;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().unwrap_or_default();
        let digits =
            name.strip_prefix("snapshot-").and_then(|rest| rest.split_once("-v")).filter(|_| name.ends_with(".bin"));
        // A snapshot that is replaced meanwhile is not the newest.
        if let (Some(position), Ok(metadata)) = (digits.and_then(|(digits, _)| digits.parse().ok()), entry.metadata()) {
            newest = newest.max(Some((position, metadata.len())));
        }
    }
    Ok(newest)
}

/// Size of a file; 0 when there is none.
fn bytes(folder: &Path, name: &str) -> u64 {
    std::fs::metadata(folder.join(name)).map_or(0, |metadata| metadata.len())
}

/// The number that the server said last under a name in its log; null when it said none.
fn said(output: &str, name: &str) -> Value {
    let found = output.rsplit(&format!("{name}=")).next().filter(|rest| rest.len() < output.len());
    let number = found.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    number.map_or(Value::Null, |number| json!(rounded(number)))
}

fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

//! `bench geofence`: the engine alone, on zones and fixes from files, without parsing, output or a store.
//!
//! Zones: one GeoJSON Feature a line. Fixes: packed little-endian records of 36 bytes (vehicle u32, unix ms i64, lon f64,
//! lat f64, speed km/h f32, heading degrees f32), ordered by time. Every zone gets an enter and an exit rule.

use super::peer;
use clap::Args;
use cordon_spatial::event::EventStatus;
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, VehicleKey, ZoneKey};
use cordon_spatial::position::Position;
use cordon_spatial::record::{Edit, Edited, RecordBody};
use cordon_spatial::shape;
use cordon_spatial::units::{DeciKph, UnixMs};
use cordon_spatial::watch::{Settings, Watch};
use cordon_spatial::zone::{Rule, RuleWhen, Zone, ZoneKind};
use serde_json::json;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Zones, one GeoJSON Feature a line.
    #[arg(long)]
    zones: PathBuf,
    /// Fixes, packed records.
    #[arg(long)]
    fixes: PathBuf,
    /// Writes what stands as `vehicle,ms,zone,kind`; zones by line number from 0.
    #[arg(long)]
    events: Option<PathBuf>,
    /// Writes the members of every fix as `vehicle,ms,zone`.
    #[arg(long)]
    members: Option<PathBuf>,
    /// Threads to judge on.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Fixes in one batch.
    #[arg(long, default_value_t = 1_024)]
    batch: usize,
    /// Asks so many of the positions of a peer too, in the same run: boxes in an R-tree, an interval tree behind each.
    #[arg(long, default_value_t = 0)]
    peer: usize,
    /// Asks so many of the positions of a PostGIS too, which it starts: `./test` installs one.
    #[arg(long, default_value_t = 0)]
    postgis: usize,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let zones = read_zones(options)?;
    let fixes = read_fixes(options)?;
    let first = fixes.first().map_or(UnixMs(0), |fix| fix.fixed_at);
    let mut watch = Watch::new(Settings::default());
    watch.set_lanes(cordon_server::ingest::lanes(options.threads)?);
    let began = Instant::now();
    watch.evaluate(UnixMs(first.0 - 1_000), zones.iter().map(|zone| edit(Arc::clone(zone))));
    let build_s = began.elapsed().as_secs_f64();

    let index = watch.map().index().clone();
    let mut members = options.members.as_ref().map(std::fs::File::create).transpose()?.map(BufWriter::new);
    let positions: Vec<Position> = fixes.iter().map(|fix| fix.position).collect();
    let mut member_count = 0_usize;
    let began = Instant::now();
    index.covering_batch(&positions, |_, slots| member_count += slots.len());
    let membership_s = began.elapsed().as_secs_f64();
    if let Some(out) = &mut members {
        let mut covering = Vec::new();
        for fix in &fixes {
            covering.clear();
            index.covering(fix.position, &mut covering);
            for slot in &covering {
                let zone = watch.map().zone(*slot).expect("an indexed slot is in the map").zone.key;
                writeln!(out, "{},{},{}", fix.vehicle, fix.fixed_at, zone)?;
            }
        }
    }

    let some = |count: usize| -> Vec<Position> {
        positions.iter().step_by((positions.len() / count).max(1)).copied().collect()
    };
    let beside = (options.peer > 0).then(|| peer::beside(&index, &zones, &some(options.peer)));
    let postgis = (options.postgis > 0).then(|| peer::postgis(&zones, &some(options.postgis)));
    let mut told = Vec::new();
    let mut event_count = 0;
    let began = Instant::now();
    for batch in fixes.chunks(options.batch) {
        let now = batch[batch.len() - 1].fixed_at;
        let out = watch.evaluate(now, batch.iter().copied().map(RecordBody::Fix));
        event_count += out.events.len();
        if options.events.is_some() {
            told.extend(out.events);
        }
    }
    let engine_s = began.elapsed().as_secs_f64();
    if let Some(path) = &options.events {
        write_events(path, &told)?;
    }
    let lateness_us = lateness_us(&mut watch, &fixes, options.batch);
    let edit_ms = edit_times_ms(&mut watch, &zones);
    let figures = json!({
        "zones": zones.len(),
        "fixes": fixes.len(),
        "threads": options.threads,
        "members_per_fix": member_count as f64 / fixes.len().max(1) as f64,
        "event_changes": event_count,
        "build_s": build_s,
        "membership": {"fixes_per_s": (fixes.len() as f64 / membership_s).round()},
        "peer": beside,
        "postgis": postgis,
        "engine": {"fixes_per_s": (fixes.len() as f64 / engine_s).round()},
        "fix_us": lateness_us,
        "edit_median_ms": edit_ms.0,
        "edit_max_ms": edit_ms.1,
        "memory_mib": memory_mib()?,
    });
    if options.json {
        println!("{figures}")
    } else {
        println!("{figures:#}")
    }
    Ok(())
}

fn edit(zone: Arc<Zone>) -> RecordBody {
    RecordBody::Edit(Edit { key: FeatureKey(zone.key.0), revision: zone.revision, now: Edited::Zone(zone) })
}

/// How many of a vehicle's last fixes a late one is put before.
const BACK: [usize; 3] = [1, 4, 16];

/// What the next fix of each vehicle costs, and one that belongs before its last ones: microseconds, each vehicle once.
fn lateness_us(watch: &mut Watch, fixes: &[Fix], batch: usize) -> serde_json::Value {
    let mut last: HashMap<VehicleKey, Vec<Fix>> = HashMap::new();
    for fix in fixes.iter().rev() {
        let known = last.entry(fix.vehicle).or_default();
        if known.len() <= BACK[BACK.len() - 1] {
            known.push(*fix);
        }
    }
    let mut last: Vec<Vec<Fix>> = last.into_values().filter(|known| known.len() > BACK[BACK.len() - 1]).collect();
    last.sort_unstable_by_key(|known| known[0].vehicle.0);
    let part = |a: i32, b: i32, num: i64, den: i64| (i64::from(a) + (i64::from(b) - i64::from(a)) * num / den) as i32;
    let on_the_way = |a: &Fix, b: &Fix, num: i64, den: i64| Fix {
        fixed_at: UnixMs(a.fixed_at.0 + (b.fixed_at.0 - a.fixed_at.0) * num / den),
        position: Position {
            lon_e7: part(a.position.lon_e7, b.position.lon_e7, num, den),
            lat_e7: part(a.position.lat_e7, b.position.lat_e7, num, den),
        },
        ..*a
    };
    let mut measure = |fixes: Vec<Fix>, now: UnixMs| {
        let began = Instant::now();
        for batch in fixes.chunks(batch) {
            watch.evaluate(now, batch.iter().copied().map(RecordBody::Fix));
        }
        began.elapsed().as_secs_f64() * 1e6 / fixes.len().max(1) as f64
    };
    let now = fixes.last().map_or(UnixMs(0), |fix| UnixMs(fix.fixed_at.0 + 60_000));
    let mut costs = serde_json::Map::new();
    // As many on the same ways in their order: the next tenth of the last way.
    let next = last.iter().map(|known| on_the_way(&known[1], &known[0], 11, 10)).collect();
    costs.insert("in_order".to_owned(), json!(measure(next, now)));
    for back in BACK {
        let late = last.iter().map(|known| on_the_way(&known[back], &known[back - 1], 1, 2)).collect();
        costs.insert(format!("late_by_{back}"), json!(measure(late, now)));
    }
    costs.into()
}

/// Median and longest time of taking a zone's next revision. What time brought to vehicles meanwhile, which an edit would have
/// to bring first, a tick brings, as it does once a second where the engine runs.
fn edit_times_ms(watch: &mut Watch, zones: &[Arc<Zone>]) -> (f64, f64) {
    watch.evaluate(watch.now(), [RecordBody::Tick]);
    let mut times: Vec<f64> = zones
        .iter()
        .step_by((zones.len() / 40).max(1))
        .map(|zone| {
            let next = Zone { revision: Revision(zone.revision.0 + 1), ..Zone::clone(zone) };
            let began = Instant::now();
            watch.evaluate(watch.now(), [edit(Arc::new(next))]);
            began.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() - 1])
}

fn read_zones(options: &Options) -> anyhow::Result<Vec<Arc<Zone>>> {
    let mut zones = Vec::new();
    for (number, line) in BufReader::new(std::fs::File::open(&options.zones)?).lines().enumerate() {
        let feature: serde_json::Value = serde_json::from_str(&line?)?;
        let geometry = &feature["geometry"];
        let coordinates = geometry["coordinates"].clone();
        let parts: Vec<Vec<Vec<(f64, f64)>>> = match geometry["type"].as_str() {
            Some("Polygon") => vec![serde_json::from_value(coordinates)?],
            Some("MultiPolygon") => serde_json::from_value(coordinates)?,
            other => anyhow::bail!("line {number}: geometry {other:?}"),
        };
        let rule = |id: &str, when| Rule::new(FeatureId::new(id).expect("a good id"), when, 3);
        let ground = shape::polygons(&parts).map_err(|error| anyhow::anyhow!("line {number}: {error}"))?;
        let rules = vec![rule("in", RuleWhen::Enter), rule("out", RuleWhen::Exit)];
        zones.push(Arc::new(Zone { rules, ..Zone::new(ZoneKey(number as u32), ZoneKind::Restricted, ground) }));
    }
    Ok(zones)
}

fn read_fixes(options: &Options) -> anyhow::Result<Vec<Fix>> {
    let bytes = std::fs::read(&options.fixes)?;
    let (records, rest) = bytes.as_chunks::<36>();
    anyhow::ensure!(rest.is_empty(), "the fixes are not records of 36 bytes");
    let fix = |record: &[u8; 36]| {
        let part = |from: usize| -> [u8; 8] { record[from..from + 8].try_into().expect("eight bytes") };
        let quarter = |from: usize| -> [u8; 4] { record[from..from + 4].try_into().expect("four bytes") };
        Ok(Fix {
            vehicle: VehicleKey(u32::from_le_bytes(quarter(0))),
            fixed_at: UnixMs(i64::from_le_bytes(part(4))),
            received_at: UnixMs(0),
            position: Position::from_degrees(f64::from_le_bytes(part(12)), f64::from_le_bytes(part(20)))?,
            speed: DeciKph::from_kph(f32::from_le_bytes(quarter(28)).into()),
            heading_deg: Some(f32::from_le_bytes(quarter(32)) as u16 % 360),
            accuracy_dm: None,
            altitude_m: None,
            status_bits: 0,
            alarm_bits: 0,
            acc_on: None,
            source: Source::Http,
            marks: Marks::empty(),
        })
    };
    records.iter().map(fix).collect()
}

fn write_events(path: &PathBuf, told: &[cordon_spatial::event::Event]) -> anyhow::Result<()> {
    let mut last = std::collections::BTreeMap::new();
    for event in told {
        last.insert(event.core.id, event);
    }
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    for event in last.values().filter(|event| event.status != EventStatus::Retracted) {
        let cordon_spatial::event::Subject::Vehicle(vehicle) = event.core.subject else { continue };
        // What is about no zone, such as a stretch of which nothing is known, has no line.
        let Some((zone, _)) = event.core.zone else { continue };
        writeln!(out, "{},{},{},{}", vehicle, event.core.at, zone, event.core.kind.name())?;
    }
    Ok(())
}

/// Resident memory of this process, MiB.
fn memory_mib() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    Ok(kib.unwrap_or(0.0) / 1_024.0)
}

//! `bench store`: fixes a second that each store keeps durably, with events and alarms in the transaction, and how soon a track
//! is read back.
//!
//! The database gets each batch twice, in turn and each durably: through the store, and as a plain `COPY` of the same rows into
//! one table with the columns that are given and the same index, whose bytes were made before the clock ran. So what is compared
//! ran side by side.

use crate::percentile::Times;
use clap::Args;
use cordon_data::store::{Batch, Reader, Readers, Writer};
use cordon_data::{postgis, sqlite};
use cordon_spatial::alarm::{Alarm, AlarmBody, AlarmEvents, AlarmLines};
use cordon_spatial::event::{
    Certainty, Event, EventCore, EventFacts, EventKind, EventStatus, Evidence, PathReading, Subject,
};
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::{AlarmId, EventId, JournalPosition, Revision, Seq, VehicleKey, ZoneKey};
use cordon_spatial::position::Position;
use cordon_spatial::record::{Record, RecordBody};
use cordon_spatial::units::{DeciKph, UnixMs};
use cordon_tests::postgres::Postgres;
use cordon_tests::random::Random;
use postgres::{Client, NoTls};
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Fixes to keep.
    #[arg(long, default_value_t = 2_000_000)]
    fixes: u64,
    /// Fixes of a batch.
    #[arg(long, default_value_t = 5_000)]
    batch: u32,
    /// Vehicles, each of which reports every 30 s.
    #[arg(long, default_value_t = 2_000)]
    vehicles: u32,
    /// One event with its alarm for so many fixes.
    #[arg(long, default_value_t = 100)]
    fixes_per_event: u32,
    /// A database to use; without it a cluster of its own is started, which syncs every commit.
    #[arg(long)]
    database: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// 2026-11-23T00:00:00Z.
const BEGIN_MS: i64 = 1_795_392_000_000;
const INTERVAL_MS: i64 = 30_000;
const SCHEMA: &str = "bench_store";
const COLUMNS: &str =
    "vehicle, fixed_ms, received_ms, position, lon_e7, lat_e7, speed_dkph, status_bits, alarm_bits, source, marks";

/// One batch, made before it is timed.
struct Made {
    at: UnixMs,
    records: Vec<Record>,
    events: Vec<Event>,
    alarms: Vec<Alarm>,
}

impl Made {
    fn batch(&self) -> Batch<'_> {
        Batch {
            at: self.at,
            records: &self.records,
            events: &self.events,
            alarms: &self.alarms,
            features: &[],
            checkpoints: &[],
            audit: &[],
        }
    }
}

/// Makes batch after batch: all vehicles in turn, again and again.
struct Fleet<'o> {
    options: &'o Options,
    random: Random,
    made: u64,
    seq: u64,
}

impl Fleet<'_> {
    fn next(&mut self) -> Made {
        let Options { batch, vehicles, fixes_per_event, .. } = *self.options;
        let first = self.made;
        let newest = BEGIN_MS + (first + u64::from(batch)) as i64 / i64::from(vehicles) * INTERVAL_MS;
        let at = UnixMs(newest + 1_000);
        let (mut records, mut events, mut alarms) = (Vec::new(), Vec::new(), Vec::new());
        for n in first..first + u64::from(batch) {
            let fix = self.fix(n, at);
            if n % u64::from(fixes_per_event.max(1)) == 0 {
                self.seq += 2;
                events.push(event(n, self.seq - 1, &fix));
                alarms.push(alarm(n, self.seq, &fix));
            }
            records.push(Record { position: JournalPosition(n + 1), at, body: RecordBody::Fix(fix) });
        }
        self.made += u64::from(batch);
        Made { at, records, events, alarms }
    }

    fn fix(&mut self, n: u64, at: UnixMs) -> Fix {
        let vehicles = u64::from(self.options.vehicles.max(1));
        let (vehicle, round) = (n % vehicles, n / vehicles);
        let jitter = |random: &mut Random| random.below(20_000) as i32;
        Fix {
            vehicle: VehicleKey(vehicle as u32 + 1),
            fixed_at: UnixMs(BEGIN_MS + round as i64 * INTERVAL_MS),
            received_at: at,
            position: Position {
                lon_e7: 1_210_000_000 + (vehicle * 7_919 % 9_000_000) as i32 + jitter(&mut self.random),
                lat_e7: 300_000_000 + (vehicle * 104_729 % 9_000_000) as i32 + jitter(&mut self.random),
            },
            speed: Some(DeciKph(self.random.below(900) as u16)),
            heading_deg: None,
            accuracy_dm: None,
            altitude_m: None,
            status_bits: 3,
            alarm_bits: 0,
            acc_on: None,
            source: Source::Jt808,
            marks: Marks::empty(),
        }
    }
}

fn event(n: u64, seq: u64, fix: &Fix) -> Event {
    let facts = EventFacts {
        id: EventId(u128::from(n) << 64 | 1),
        kind: EventKind::Enter,
        subject: Subject::Vehicle(fix.vehicle),
        zone: Some((ZoneKey(7), Revision(1))),
        rule: None,
        at: fix.fixed_at,
        visit_at: fix.fixed_at,
        position: Some(fix.position),
        certainty: Certainty::Certain,
        evidence: Evidence { path: PathReading::Straight, ..Evidence::default() },
    };
    let alarm = Some(AlarmId(u128::from(n) << 64 | 2));
    let (detected_at, status) = (fix.received_at, EventStatus::Provisional);
    Event { core: EventCore::new(facts, None), seq: Seq(seq), detected_at, status, late: false, alarm }
}

fn alarm(n: u64, seq: u64, fix: &Fix) -> Alarm {
    let body = AlarmBody {
        id: AlarmId(u128::from(n) << 64 | 2),
        priority: 2,
        kind: EventKind::Enter,
        subject: Subject::Vehicle(fix.vehicle),
        zone: Some(ZoneKey(7)),
        rule: None,
        late: false,
        raised_at: fix.fixed_at,
        visit_at: fix.fixed_at,
        returned_at: None,
        acknowledged: None,
        shelved: None,
        suppressed_by: None,
        closed_at: None,
        result: None,
        events: AlarmEvents::from_slice(&[EventId(u128::from(n) << 64 | 1)]),
        history: AlarmLines::new(),
    };
    Alarm { seq: Seq(seq), body: body.into() }
}

/// The rows of a batch as `COPY … BINARY` takes them.
fn plain_rows(records: &[Record]) -> Vec<u8> {
    let mut out = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    for record in records {
        let RecordBody::Fix(fix) = &record.body else { continue };
        let fields: [&[u8]; 11] = [
            &i64::from(fix.vehicle.0).to_be_bytes(),
            &fix.fixed_at.0.to_be_bytes(),
            &fix.received_at.0.to_be_bytes(),
            &(record.position.0 as i64).to_be_bytes(),
            &fix.position.lon_e7.to_be_bytes(),
            &fix.position.lat_e7.to_be_bytes(),
            &fix.speed.map_or(0, |speed| i32::from(speed.0)).to_be_bytes(),
            &i64::from(fix.status_bits).to_be_bytes(),
            &i64::from(fix.alarm_bits).to_be_bytes(),
            &(fix.source as i16).to_be_bytes(),
            &i32::from(fix.marks.bits()).to_be_bytes(),
        ];
        out.extend_from_slice(&(fields.len() as i16).to_be_bytes());
        for field in fields {
            out.extend_from_slice(&(field.len() as i32).to_be_bytes());
            out.extend_from_slice(field);
        }
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    out
}

/// How long a store took, and how soon it answers.
#[derive(Default)]
struct Figures {
    kept: Duration,
    commits: Times,
    tracks: Times,
    longest_track: usize,
}

impl Figures {
    fn commit(&mut self, writer: &mut dyn Writer, made: &Made) -> anyhow::Result<()> {
        let began = Instant::now();
        writer.commit(&made.batch())?;
        self.kept += began.elapsed();
        self.commits.add(began.elapsed());
        Ok(())
    }

    /// Tracks of the last 24 h of some vehicles.
    fn read(&mut self, reader: &dyn Reader, options: &Options) -> anyhow::Result<()> {
        let mut random = Random::seeded("bench store tracks");
        let newest = BEGIN_MS + (options.fixes / u64::from(options.vehicles.max(1))) as i64 * INTERVAL_MS;
        let (from, to) = (UnixMs(newest - 86_400_000), UnixMs(newest + 1));
        for _ in 0..200 {
            let vehicle = VehicleKey(random.below(u64::from(options.vehicles.max(1))) as u32 + 1);
            let began = Instant::now();
            let track = reader.track(vehicle, from, to, 100_000)?;
            self.tracks.add(began.elapsed());
            self.longest_track = self.longest_track.max(track.len());
        }
        Ok(())
    }

    fn told(&mut self, fixes: u64) -> Value {
        json!({
            "fixes_per_s": (fixes as f64 / self.kept.as_secs_f64()).round(),
            "commit_p50_ms": self.commits.percentile_ms(0.5),
            "commit_p99_ms": self.commits.percentile_ms(0.99),
            "track_24h_fixes": self.longest_track,
            "track_24h_p50_ms": self.tracks.percentile_ms(0.5),
            "track_24h_p99_ms": self.tracks.percentile_ms(0.99),
        })
    }
}

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    anyhow::ensure!(options.batch > 0 && options.vehicles > 0, "--batch and --vehicles must be at least 1");
    let own = options.database.is_none().then(Postgres::start_durable);
    let url = match (&options.database, &own) {
        (Some(url), _) => url.clone(),
        (None, Some(own)) => own.url("postgres", "postgres"),
        (None, None) => unreachable!("one of them is there"),
    };
    let folder = tempfile::tempdir()?;
    let mut plain = Client::connect(&url, NoTls)?;
    plain.batch_execute(&format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))?;
    let (mut embedded, embedded_readers) = sqlite::open(folder.path())?;
    let (mut database, database_readers) = postgis::open(&url, SCHEMA)?;
    plain.batch_execute(&format!(
        "SET search_path = {SCHEMA}; CREATE TABLE plain AS SELECT {COLUMNS} FROM fixes WITH NO DATA;
         CREATE INDEX plain_vehicle ON plain (vehicle, fixed_ms)"
    ))?;
    let copy = format!("COPY plain ({COLUMNS}) FROM STDIN BINARY");
    let mut fleet = Fleet { options, random: Random::seeded("bench store"), made: 0, seq: 0 };
    let (mut of_embedded, mut of_database, mut copied) = (Figures::default(), Figures::default(), Duration::ZERO);
    while fleet.made < options.fixes {
        let made = fleet.next();
        of_embedded.commit(&mut embedded, &made)?;
        // Its fixes are on their tracks only when they are cut: that belongs to keeping them.
        let began = Instant::now();
        while embedded.cut_tracks(5)? {}
        of_embedded.kept += began.elapsed();
        let rows = plain_rows(&made.records);
        of_database.commit(&mut database, &made)?;
        let began = Instant::now();
        let mut transaction = plain.transaction()?;
        let mut writer = transaction.copy_in(&copy)?;
        writer.write_all(&rows)?;
        writer.finish()?;
        transaction.commit()?;
        copied += began.elapsed();
    }
    of_embedded.read(embedded_readers.reader()?.as_ref(), options)?;
    of_database.read(database_readers.reader()?.as_ref(), options)?;
    let copied_per_s = fleet.made as f64 / copied.as_secs_f64();
    let figures = json!({
        "fixes": fleet.made,
        "batch_fixes": options.batch,
        "events": fleet.seq / 2,
        "embedded": of_embedded.told(fleet.made),
        "postgis": of_database.told(fleet.made),
        "plain_copy_fixes_per_s": copied_per_s.round(),
        "postgis_to_plain_copy": (fleet.made as f64 / of_database.kept.as_secs_f64() / copied_per_s * 100.0).round() / 100.0,
    });
    drop((database, database_readers));
    plain.batch_execute(&format!("DROP SCHEMA {SCHEMA} CASCADE"))?;
    print(&figures, options.json);
    Ok(())
}

fn print(figures: &Value, as_json: bool) {
    if as_json {
        println!("{figures}");
        return;
    }
    for (name, value) in figures.as_object().into_iter().flatten() {
        match value.as_object() {
            None => println!("{name:>24}  {value}"),
            Some(parts) => parts.iter().for_each(|(part, value)| println!("{:>24}  {value}", format!("{name}.{part}"))),
        }
    }
}

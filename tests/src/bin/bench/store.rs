//! `bench store`: fixes a second that each store keeps durably, with events and alarms in the transaction, and how soon a track
//! is read back.
//!
//! The database gets each batch twice, in turn and each durably: through the store, and as a plain `COPY` of the same rows into
//! one table with the columns that are given and an index by vehicle and time, whose bytes were made before the clock ran. So
//! what is compared ran side by side.
//!
//! Fixes of the embedded store are on their tracks only when they are cut: that belongs to keeping them. Those of the database are on
//! them as rows; cutting them into pieces, which it does beside, is timed by itself afterwards.
//!
//! Tracks are read twice: cold, after the store was opened anew and the system has forgotten what it had in memory of the files
//! (of a database that was started elsewhere nothing is forgotten), and warm, the same vehicles at once again.

use crate::percentile::Times;
use clap::{Args, ValueEnum};
use cordon_data::store::{Batch, Reader, Readers as _, Writer};
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
use std::path::Path;
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
    /// Which store.
    #[arg(long, value_enum, default_value_t = Which::Both)]
    store: Which,
    /// Days before those of the fixes for which the database has tables, as a site has that keeps them.
    #[arg(long, default_value_t = 180)]
    kept_days: i64,
    /// Leaves the plain COPY out.
    #[arg(long)]
    no_copy: bool,
    /// A database to use; without it a cluster of its own is started, which syncs every commit.
    #[arg(long)]
    database: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Which stores are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// The one file of the data folder.
    Embedded,
    /// The database.
    Postgis,
    /// Both, in turn.
    Both,
}

/// 2026-11-23T00:00:00Z.
const BEGIN_MS: i64 = 1_795_392_000_000;
const INTERVAL_MS: i64 = 30_000;
const SCHEMA: &str = "bench_store";
/// Tracks that are read.
const TRACKS: u32 = 200;
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
    cut: Duration,
    steps: Times,
    commits: Times,
    cold: Times,
    warm: Times,
    longest_track: usize,
}

impl Figures {
    fn commit(&mut self, writer: &mut dyn Writer, made: &Made) -> anyhow::Result<()> {
        let began = Instant::now();
        writer.commit(&made.batch())?;
        self.commits.add(began.elapsed());
        self.kept += began.elapsed();
        Ok(())
    }

    fn cut(&mut self, writer: &mut dyn Writer) -> anyhow::Result<()> {
        let mut more = true;
        while more {
            let began = Instant::now();
            more = writer.cut_tracks(5)?;
            self.steps.add(began.elapsed());
            self.cut += began.elapsed();
        }
        Ok(())
    }

    /// Tracks of the last 24 h of some vehicles, twice.
    fn read(&mut self, reader: &dyn Reader, options: &Options) -> anyhow::Result<()> {
        let newest = BEGIN_MS + (options.fixes / u64::from(options.vehicles.max(1))) as i64 * INTERVAL_MS;
        let (from, to) = (UnixMs(newest - 86_400_000), UnixMs(newest + 1));
        let mut random = Random::seeded("bench store tracks");
        let mut some = || VehicleKey(random.below(u64::from(options.vehicles.max(1))) as u32 + 1);
        let vehicles: Vec<VehicleKey> = (0..TRACKS).map(|_| some()).collect();
        for times in [&mut self.cold, &mut self.warm] {
            for &vehicle in &vehicles {
                let began = Instant::now();
                let track = reader.track(vehicle, from, to, 100_000)?;
                times.add(began.elapsed());
                self.longest_track = self.longest_track.max(track.len());
            }
        }
        Ok(())
    }

    fn told(&mut self, fixes: u64) -> Value {
        json!({
            "fixes_per_s": (fixes as f64 / self.kept.as_secs_f64()).round(),
            "commit_p50_ms": self.commits.percentile_ms(0.5),
            "commit_p99_ms": self.commits.percentile_ms(0.99),
            "track_24h_fixes": self.longest_track,
            "track_24h_cold_p50_ms": self.cold.percentile_ms(0.5),
            "track_24h_cold_p99_ms": self.cold.percentile_ms(0.99),
            "track_24h_warm_p50_ms": self.warm.percentile_ms(0.5),
            "track_24h_warm_p99_ms": self.warm.percentile_ms(0.99),
        })
    }
}

/// The plain `COPY` beside the store.
struct Copy {
    client: Client,
    sql: String,
    took: Duration,
}

impl Copy {
    /// Makes its table beside those of the store.
    fn start(url: &str) -> anyhow::Result<Copy> {
        let mut client = Client::connect(url, NoTls)?;
        client.batch_execute(&format!(
            "SET search_path = {SCHEMA}; CREATE TABLE plain AS SELECT {COLUMNS} FROM fixes WITH NO DATA;
             CREATE INDEX plain_vehicle ON plain (vehicle, fixed_ms)"
        ))?;
        Ok(Copy { client, sql: format!("COPY plain ({COLUMNS}) FROM STDIN BINARY"), took: Duration::ZERO })
    }

    fn commit(&mut self, made: &Made) -> anyhow::Result<()> {
        let rows = plain_rows(&made.records);
        let began = Instant::now();
        let mut transaction = self.client.transaction()?;
        let mut writer = transaction.copy_in(&self.sql)?;
        writer.write_all(&rows)?;
        writer.finish()?;
        transaction.commit()?;
        self.took += began.elapsed();
        Ok(())
    }
}

/// The database that is measured, and the cluster when it is one of our own.
struct Place {
    url: String,
    own: Option<Postgres>,
}

impl Place {
    fn of(options: &Options) -> anyhow::Result<Place> {
        let place = match &options.database {
            Some(url) => Place { url: url.clone(), own: None },
            None => {
                let own = Postgres::start_durable();
                Place { url: own.url("postgres", "postgres"), own: Some(own) }
            }
        };
        postgis::drop_schema(&place.url, SCHEMA)?;
        Ok(place)
    }

    /// Makes the tables of days before the first fix.
    fn make_days(&self, days: i64) -> anyhow::Result<()> {
        let first = BEGIN_MS.div_euclid(86_400_000);
        let sql = format!("SELECT {SCHEMA}.make_fix_days($1, $2)");
        Client::connect(&self.url, NoTls)?.execute(&sql, &[&(first - days), &(first - 1)])?;
        Ok(())
    }

    /// Brings everything to the disk, starts again and has the system forget the files.
    fn cool_down(&self) -> anyhow::Result<()> {
        Client::connect(&self.url, NoTls)?.batch_execute("CHECKPOINT")?;
        if let Some(own) = &self.own {
            own.crash();
            forget_files(own.folder())?;
            own.start_again();
        }
        Ok(())
    }
}

/// Has the system forget what it has in memory of the files below a folder.
fn forget_files(folder: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            forget_files(&entry.path())?;
        } else if kind.is_file() {
            let file = std::fs::File::open(entry.path())?;
            file.sync_all()?;
            rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
        }
    }
    Ok(())
}

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    anyhow::ensure!(options.batch > 0 && options.vehicles > 0, "--batch and --vehicles must be at least 1");
    let place = if options.store == Which::Embedded { None } else { Some(Place::of(options)?) };
    let folder = tempfile::tempdir()?;
    let mut embedded = if options.store == Which::Postgis { None } else { Some(sqlite::open(folder.path())?.0) };
    let mut database = place.as_ref().map(|place| postgis::open(&place.url, SCHEMA)).transpose()?;
    let mut copy = match &place {
        Some(place) if !options.no_copy => Some(Copy::start(&place.url)?),
        _ => None,
    };
    let mut fleet = Fleet { options, random: Random::seeded("bench store"), made: 0, seq: 0 };
    let (mut of_embedded, mut of_database) = (Figures::default(), Figures::default());
    while fleet.made < options.fixes {
        let made = fleet.next();
        if let Some(writer) = &mut embedded {
            of_embedded.commit(writer, &made)?;
            of_embedded.cut(writer)?;
        }
        database.as_mut().map_or(Ok(()), |(writer, _)| of_database.commit(writer, &made))?;
        copy.as_mut().map_or(Ok(()), |copy| copy.commit(&made))?;
    }
    let mut figures = json!({"fixes": fleet.made, "batch_fixes": options.batch, "events": fleet.seq / 2});
    if embedded.take().is_some() {
        forget_files(folder.path())?;
        let (_writer, readers) = sqlite::open(folder.path())?;
        forget_files(folder.path())?;
        of_embedded.kept += of_embedded.cut;
        of_embedded.read(readers.reader()?.as_ref(), options)?;
        figures["embedded"] = of_embedded.told(fleet.made);
        figures["embedded"]["disk_mib"] = (std::fs::metadata(folder.path().join(sqlite::FILE))?.len() >> 20).into();
    }
    if let (Some(place), Some((mut writer, _))) = (&place, database.take()) {
        let copied_per_s = copy.take().map(|copy| fleet.made as f64 / copy.took.as_secs_f64());
        let kept_per_s = fleet.made as f64 / of_database.kept.as_secs_f64();
        of_database.cut(&mut writer)?;
        let cut_upto = writer.cut_upto();
        drop(writer);
        place.make_days(options.kept_days)?;
        place.cool_down()?;
        let (writer, readers) = postgis::open(&place.url, SCHEMA)?;
        of_database.read(readers.reader()?.as_ref(), options)?;
        drop((writer, readers));
        figures["postgis"] = of_database.told(fleet.made);
        figures["postgis"]["cut_fixes"] = cut_upto.0.into();
        figures["postgis"]["cut_s"] = of_database.cut.as_secs_f64().round().into();
        figures["postgis"]["longest_cut_step_ms"] = of_database.steps.percentile_ms(1.0).into();
        figures["postgis"]["disk_mib"] = disk_mib(&place.url)?.into();
        if let Some(copied_per_s) = copied_per_s {
            figures["plain_copy_fixes_per_s"] = copied_per_s.round().into();
            figures["postgis_to_plain_copy"] = ((kept_per_s / copied_per_s * 100.0).round() / 100.0).into();
        }
        postgis::drop_schema(&place.url, SCHEMA)?;
    }
    print(&figures, options.json);
    Ok(())
}

/// What the store's tables and their indexes take, the plain one left out.
fn disk_mib(url: &str) -> anyhow::Result<i64> {
    let sql = "SELECT (sum(pg_total_relation_size(oid)) / 1048576)::bigint FROM pg_class
               WHERE relnamespace = $1::text::regnamespace AND relkind = 'r' AND relname <> 'plain'";
    Ok(Client::connect(url, NoTls)?.query_one(sql, &[&SCHEMA])?.get(0))
}

fn print(figures: &Value, as_json: bool) {
    if as_json {
        println!("{figures}");
        return;
    }
    for (name, value) in figures.as_object().into_iter().flatten() {
        match value.as_object() {
            None => println!("{name:>24}  {value}"),
            Some(parts) => parts.iter().for_each(|(part, value)| println!("{:>32}  {value}", format!("{name}.{part}"))),
        }
    }
}

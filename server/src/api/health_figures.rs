//! How the server is, in figures, for a person who looks after it. What is not known is null, never a guess.

use super::health::reasons;
use super::problem::{Problem, ProblemJson};
use super::wire::Time;
use super::{App, AppState, vehicles};
use crate::database::DatabaseFigures;
use crate::roads::desk::{NoRoads, RoadsState};
use axum::Json;
use axum::extract::State;
use cordon_data::feature::Collection;
use cordon_spatial::alarm::AlarmState;
use cordon_spatial::watch::ENGINE_VERSION;
use serde::Serialize;
use std::path::Path;
use utoipa::ToSchema;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthJson {
    /// The server's time.
    pub now: Time,
    /// Of the program.
    pub version: &'static str,
    /// Of the engine's law: a snapshot is read by the version that wrote it alone.
    pub engine_version: u32,
    /// When this process was ready to serve.
    pub started_at: Time,
    /// Whether what comes in is kept.
    pub ready: bool,
    /// Why it is not: `storage_full`, `stopping`.
    pub not_ready: Vec<&'static str>,
    /// What makes the picture doubtful though the server works: `clock_wrong`, `engine_mismatch`, `database_lost`.
    pub warnings: Vec<&'static str>,
    /// What is taken in.
    pub ingest: IngestJson,
    /// Where it is kept.
    pub disk: DiskJson,
    /// The database that it is handed on to; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseJson>,
    /// JT/T 808 terminals.
    pub terminals: TerminalsJson,
    /// Consoles that are connected to `/live`.
    pub consoles: u64,
    /// Vehicles.
    pub vehicles: VehiclesJson,
    /// How many zones exist.
    pub zones: u64,
    /// How many alarms are not closed.
    pub alarms_open: u64,
    /// What judges.
    pub engine: EngineJson,
    /// The road network.
    pub roads: RoadsJson,
}

/// What is taken in; rates and times over the last 10 seconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct IngestJson {
    /// Fixes kept per second.
    pub fixes_per_s: f64,
    /// Fixes kept since the start.
    pub fixes_total: u64,
    /// Commits per second.
    pub batches_per_s: f64,
    /// Fixes and other things that wait for the engine.
    pub waiting: usize,
    /// The longest time from taking a batch up to having it kept; null when nothing was committed.
    pub lag_ms: Option<f64>,
    /// The median time of a commit with its sync; null when nothing was committed.
    pub commit_ms_p50: Option<f64>,
    /// The same of the slowest in a hundred.
    pub commit_ms_p99: Option<f64>,
    /// Fixes posted over HTTP that were not taken since the start: wrong ones, and those of requests that were refused as a
    /// whole. A JT/T 808 terminal is never refused: it waits.
    pub refused_total: u64,
    /// Late fixes that wait until their vehicle's past is read.
    pub late_waiting: u64,
}

/// Where it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiskJson {
    /// Room that is left to the server on the disk of the data folder; null when the system does not say.
    pub free_bytes: Option<u64>,
    /// Size of that disk.
    pub total_bytes: Option<u64>,
    /// The store's file and its log.
    pub database_bytes: Option<u64>,
}

/// The database that what is kept is handed on to.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatabaseJson {
    /// Whether it takes in what it is sent.
    pub connected: bool,
    /// Records that it does not have yet.
    pub behind: u64,
    /// Records that it took in since the start.
    pub sent: u64,
    /// Records that it has and that are not cut into pieces of track yet: what came within the last hour, while all is well.
    pub uncut: u64,
    /// Why it does not take them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// JT/T 808 terminals.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalsJson {
    /// Connected and authenticated.
    pub online: usize,
    /// Bound to a vehicle.
    pub approved: usize,
    /// Showed up and are bound to none.
    pub waiting_approval: usize,
}

/// Vehicles.
#[derive(Debug, Serialize, ToSchema)]
pub struct VehiclesJson {
    /// How many exist.
    pub total: u64,
    /// How many are online, as `GET /api/vehicles` says it of each.
    pub online: usize,
    /// How many are shown as silent: they sent a fix once and none for the time that a site sets.
    pub silent: usize,
}

/// What judges.
#[derive(Debug, Serialize, ToSchema)]
pub struct EngineJson {
    /// Threads that vehicles are judged on.
    pub threads: usize,
    /// When the newest snapshot was written; absent when none was since the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_at: Option<Time>,
}

/// The road network.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoadsJson {
    /// `ready`, `loading`, `none` or `failed`.
    pub state: &'static str,
    /// What it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loaded_at: Option<Time>,
    /// Its junctions.
    pub junctions: usize,
    /// The length of its roads.
    pub length_km: f64,
    /// Features that close roads, now or later.
    pub closures: usize,
    /// Which change of the closures it is.
    pub closure_epoch: u64,
    /// Why the network, or one that was to replace it, could not be loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How the server is, in figures.
#[utoipa::path(get, path = "/api/health", tag = "health",
    responses((status = 200, body = HealthJson), (status = 401, body = ProblemJson)))]
pub async fn health(State(app): AppState) -> Result<Json<HealthJson>, Problem> {
    let folder = app.config.data.clone();
    let (alarms_open, kept, disk) = app
        .readers
        .read(move |reader| Ok((reader.count_open_alarms(&AlarmState::OPEN)?, reader.head()?.position, disk(&folder))))
        .await?;
    let not_ready = reasons(&app);
    Ok(Json(HealthJson {
        now: Time(app.pipeline.now()),
        version: env!("CARGO_PKG_VERSION"),
        engine_version: ENGINE_VERSION,
        started_at: Time(app.started_at),
        ready: not_ready.is_empty(),
        not_ready,
        warnings: app.pipeline.warnings(),
        ingest: ingest(&app),
        disk,
        database: app.database.as_ref().map(|database| {
            let DatabaseFigures { connected, behind, sent, uncut, error } = database.figures(kept);
            DatabaseJson { connected, behind, sent, uncut, error }
        }),
        terminals: terminals(&app),
        consoles: app.hub.clients(),
        vehicles: VehiclesJson {
            total: app.catalog.count(Collection::Vehicles),
            online: vehicles::online(&app),
            silent: app.hub.positions().silent(),
        },
        zones: app.catalog.count(Collection::Zones),
        alarms_open,
        engine: EngineJson { threads: app.config.engine_threads, snapshot_at: app.pipeline.snapshot_at().map(Time) },
        roads: roads(&app),
    }))
}

fn ingest(app: &App) -> IngestJson {
    let figures = app.pipeline.figures();
    IngestJson {
        fixes_per_s: figures.fixes_per_s,
        fixes_total: figures.fixes_total,
        batches_per_s: figures.batches_per_s,
        waiting: app.pipeline.waiting(),
        lag_ms: figures.lag_ms,
        commit_ms_p50: figures.commit_ms_p50,
        commit_ms_p99: figures.commit_ms_p99,
        refused_total: figures.refused_total,
        late_waiting: figures.late_waiting,
    }
}

fn roads(app: &App) -> RoadsJson {
    let RoadsState { loaded_at, error } = app.roads.state();
    let site = app.roads.site();
    let state = match &site {
        Ok(_) => "ready",
        Err(NoRoads::Loading) => "loading",
        Err(NoRoads::NoNetwork) => "none",
        Err(NoRoads::Failed(_)) => "failed",
    };
    let site = site.ok();
    let town = site.as_ref().map(|site| &site.moment.town);
    RoadsJson {
        state,
        source: town.map(|town| town.source.clone()),
        loaded_at: loaded_at.map(Time),
        junctions: town.map_or(0, |town| town.report.junctions),
        length_km: town.map_or(0.0, |town| town.report.length_m as f64 / 1e3),
        closures: site.as_ref().map_or(0, |site| site.closings.len()),
        closure_epoch: site.as_ref().map_or(0, |site| site.moment.epoch.0),
        error,
    }
}

fn terminals(app: &App) -> TerminalsJson {
    let all = app.terminals.all();
    let approved = all.iter().filter(|terminal| app.terminals.vehicle_of(&terminal.phone).is_some()).count();
    TerminalsJson { online: app.gateway.online(), approved, waiting_approval: all.len() - approved }
}

/// How much room there is. Asks the system, which may take a while.
fn disk(folder: &Path) -> DiskJson {
    let system = rustix::fs::statvfs(folder).ok();
    let bytes = |name: &str| std::fs::metadata(folder.join(name)).ok().map(|file| file.len());
    let log = format!("{}-wal", cordon_data::sqlite::FILE);
    DiskJson {
        free_bytes: system.as_ref().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
        total_bytes: system.as_ref().map(|disk| disk.f_blocks.saturating_mul(disk.f_frsize)),
        database_bytes: bytes(cordon_data::sqlite::FILE).map(|file| file + bytes(&log).unwrap_or(0)),
    }
}

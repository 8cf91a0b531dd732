//! `bench live`: what consoles cost while a large fleet reports, and that one which stops reading harms nobody.
//!
//! Fixes are posted over HTTP by a few connections, each vehicle once a second by the clock. Every console is a WebSocket of
//! its own with the same view; the lag of a frame is from its `base_ms` to its receipt, by the clock of the same machine.
//! After a while one more console connects, stops reading, and reads on when the server says that it has cut one. Server and
//! bench are two processes on one machine, so that the bench's own work is in the lag.

use crate::fleet::{SOUTH, Vehicle, WEST};
use crate::percentile::Times;
use crate::process::{Memory, cpu_s, memory_kib};
use crate::zones;
use clap::Args;
use cordon_tests::random::Random;
use cordon_tests::server::Server;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Vehicles that report once a second.
    #[arg(long, default_value_t = 30_000)]
    vehicles: u32,
    /// Consoles, each on a WebSocket of its own.
    #[arg(long, default_value_t = 50)]
    consoles: u32,
    /// Connections that post fixes, each waiting for its answers: a few would post less when answers take long.
    #[arg(long, default_value_t = 15)]
    posters: u32,
    /// Zoom of the consoles' view, which holds all vehicles: below 10 they get counts.
    #[arg(long, default_value_t = 12.0)]
    zoom: f64,
    /// Zones with an enter and an exit rule that every fix is judged against.
    #[arg(long, default_value_t = 0)]
    zones: u32,
    /// How long is measured, seconds, after five seconds of warming up.
    #[arg(long, default_value_t = 30)]
    duration_s: u64,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

const WARM_UP: Duration = Duration::from_secs(5);
/// Fixes of one request.
const BATCH: usize = 1_000;
/// How long the console that stopped reading is waited for: the server's limit is 10 s after the buffers are full.
const PATIENCE: Duration = Duration::from_secs(60);
/// The receive buffer of the console that stops reading, so that it is full soon.
const SMALL_BUFFER: u32 = 64 * 1024;

/// What all consoles count in one phase.
#[derive(Default)]
struct Phase {
    lags: Mutex<Times>,
    bytes: AtomicU64,
    frames: AtomicU64,
}

/// What one phase came to.
struct Figures {
    lag_p50_ms: f64,
    lag_p99_ms: f64,
    bytes_per_s_per_console: f64,
    frames_per_s_per_console: f64,
    server_cpu_percent: f64,
    fixes_per_s: f64,
}

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let server = Server::start();
    if options.zones > 0 {
        zones::put(&server, options.zones, 1.0);
    }
    make_vehicles(&server, options.vehicles)?;
    let device = server.add_token("feeder", "device");
    let running = Arc::new(AtomicBool::new(true));
    let posters: Vec<_> = (0..options.posters)
        .map(|number| {
            let (target, device, running) = (server.http, device.clone(), Arc::clone(&running));
            let numbers = (number..options.vehicles).step_by(options.posters as usize).collect();
            std::thread::spawn(move || post(target, &device, numbers, &running))
        })
        .collect();
    // Consoles read on a thread of their own, so that asking the server for its figures holds none of them up.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let figures = runtime.block_on(measure(&server, options));
    running.store(false, Ordering::Relaxed);
    for poster in posters {
        poster.join().map_err(|_| anyhow::anyhow!("a posting thread failed"))??;
    }
    let figures = figures?;
    if options.json {
        println!("{figures}");
        return Ok(());
    }
    for (name, value) in figures.as_object().into_iter().flatten() {
        println!("{name:>34}  {value}");
    }
    Ok(())
}

/// Connects the consoles, measures without and with one that stops reading, and puts the figures together.
async fn measure(server: &Server, options: &Options) -> anyhow::Result<Value> {
    let phase = Arc::new(Mutex::new(Arc::new(Phase::default())));
    for _ in 0..options.consoles {
        let socket = console(server, options.zoom, None).await?;
        tokio::spawn(watch(socket, Arc::clone(&phase)));
    }
    tokio::time::sleep(WARM_UP).await;
    let memory_start = memory_kib(server.pid(), Memory::Resident)?;
    let begun = begin(server, &phase)?;
    tokio::time::sleep(Duration::from_secs(options.duration_s)).await;
    let alone = end(server, &begun, options.consoles)?;

    let begun = begin(server, &phase)?;
    let stopped = console(server, options.zoom, Some(SMALL_BUFFER)).await?;
    let (cut_after_s, close_code) = stop_reading(server, stopped).await?;
    let beside = end(server, &begun, options.consoles)?;
    let memory_end = memory_kib(server.pid(), Memory::Resident)?;
    Ok(json!({
        "vehicles": options.vehicles,
        "consoles": options.consoles,
        "zones": options.zones,
        "zoom": options.zoom,
        "duration_s": options.duration_s,
        "fixes_per_s": alone.fixes_per_s.round(),
        "server_cpu_percent": alone.server_cpu_percent.round(),
        "bytes_per_s_per_console": alone.bytes_per_s_per_console.round(),
        "frames_per_s_per_console": (alone.frames_per_s_per_console * 10.0).round() / 10.0,
        "frame_lag_p50_ms": alone.lag_p50_ms,
        "frame_lag_p99_ms": alone.lag_p99_ms,
        "server_memory_start_mib": memory_start / 1024,
        "server_memory_end_mib": memory_end / 1024,
        "server_memory_peak_mib": memory_kib(server.pid(), Memory::Peak)? / 1024,
        "stopped_console_cut_after_s": (cut_after_s * 10.0).round() / 10.0,
        "stopped_console_close_code": close_code,
        "frame_lag_p50_beside_stopped_ms": beside.lag_p50_ms,
        "frame_lag_p99_beside_stopped_ms": beside.lag_p99_ms,
        "fixes_per_s_beside_stopped": beside.fixes_per_s.round(),
    }))
}

/// Where a phase began.
struct Begun {
    phase: Arc<Phase>,
    at: Instant,
    cpu_s: f64,
    fixes: u64,
}

fn begin(server: &Server, phase: &Mutex<Arc<Phase>>) -> anyhow::Result<Begun> {
    let fresh = Arc::new(Phase::default());
    *phase.lock().expect("no holder panics") = Arc::clone(&fresh);
    Ok(Begun { phase: fresh, at: Instant::now(), cpu_s: cpu_s(server.pid())?, fixes: kept(server)? })
}

fn end(server: &Server, begun: &Begun, consoles: u32) -> anyhow::Result<Figures> {
    let (elapsed_s, cpu_s) = (begun.at.elapsed().as_secs_f64(), cpu_s(server.pid())? - begun.cpu_s);
    let mut lags = begun.phase.lags.lock().expect("no holder panics");
    let each = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / elapsed_s / f64::from(consoles.max(1));
    Ok(Figures {
        lag_p50_ms: lags.percentile_ms(0.5),
        lag_p99_ms: lags.percentile_ms(0.99),
        bytes_per_s_per_console: each(&begun.phase.bytes),
        frames_per_s_per_console: each(&begun.phase.frames),
        server_cpu_percent: cpu_s / elapsed_s * 100.0,
        fixes_per_s: (kept(server)? - begun.fixes) as f64 / elapsed_s,
    })
}

/// How many fixes the server has kept.
fn kept(server: &Server) -> anyhow::Result<u64> {
    let health = server.api().try_get("/api/health")?.json();
    health["ingest"]["fixes_total"].as_u64().ok_or_else(|| anyhow::anyhow!("no figures: {health}"))
}

/// A console that looks at all vehicles.
async fn console(server: &Server, zoom: f64, buffer: Option<u32>) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let socket = TcpSocket::new_v4()?;
    if let Some(bytes) = buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    let stream = socket.connect(server.http).await?;
    let request = tungstenite::http::Request::builder()
        .uri(format!("ws://{}/live", server.http))
        .header("Host", server.http.to_string())
        .header("Authorization", format!("Bearer {}", server.token))
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", tungstenite::handshake::client::generate_key())
        .body(())?;
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let (mut socket, _) = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
    let view = json!({"type": "view", "bbox": [WEST - 0.1, SOUTH - 0.1, WEST + 1.1, SOUTH + 1.1], "zoom": zoom});
    socket.send(Message::text(view.to_string())).await?;
    Ok(socket)
}

/// Reads a console's frames until the server closes.
async fn watch(mut socket: WebSocketStream<TcpStream>, phase: Arc<Mutex<Arc<Phase>>>) {
    while let Some(Ok(message)) = socket.next().await {
        let phase = Arc::clone(&phase.lock().expect("no holder panics"));
        phase.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        let Message::Binary(frame) = message else { continue };
        phase.frames.fetch_add(1, Ordering::Relaxed);
        let base_ms = frame.get(8..16).and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_le_bytes);
        let lag_ms = u64::try_from(now_ms() - base_ms).unwrap_or(0);
        phase.lags.lock().expect("no holder panics").add(Duration::from_millis(lag_ms));
    }
}

/// Stops reading until the server says that it cut a console, then reads what is left: after how many seconds it was cut,
/// and the close code that it got.
async fn stop_reading(server: &Server, mut socket: WebSocketStream<TcpStream>) -> anyhow::Result<(f64, Option<u16>)> {
    let begin = Instant::now();
    while cut(server)? == 0 {
        anyhow::ensure!(begin.elapsed() < PATIENCE, "a console that does not read was not cut");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let cut_after_s = begin.elapsed().as_secs_f64();
    let close = async {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(close) = message {
                return close.map(|close| u16::from(close.code));
            }
        }
        None
    };
    Ok((cut_after_s, tokio::time::timeout(PATIENCE, close).await?))
}

/// How many consoles the server has cut because they were too slow.
fn cut(server: &Server) -> anyhow::Result<u64> {
    let metrics = server.api().try_get("/metrics")?.text();
    let line = metrics.lines().find(|line| line.starts_with("cordon_ws_kicked_total") && line.contains("too slow"));
    Ok(line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0))
}

fn make_vehicles(server: &Server, count: u32) -> anyhow::Result<()> {
    let vehicle = |number: u32| {
        json!({"type": "Feature", "id": format!("v{number}"), "geometry": null,
            "properties": {"plate": format!("L{number:06}"), "class": "goods"}})
    };
    for first in (0..count).step_by(10_000) {
        let features: Vec<Value> = (first..count.min(first + 10_000)).map(vehicle).collect();
        let made = server
            .api()
            .post("/ogc/collections/vehicles/items", &json!({"type": "FeatureCollection", "features": features}));
        anyhow::ensure!(made.status == 201, "{}", made.text());
    }
    Ok(())
}

/// Posts a fix of each of these vehicles every second, spread over it, while `running`.
fn post(target: SocketAddr, device: &str, numbers: Vec<u32>, running: &AtomicBool) -> anyhow::Result<()> {
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    let mut random = Random::seeded("bench live");
    let mut fleet: Vec<(u32, Vehicle)> =
        numbers.into_iter().map(|number| (number, Vehicle::new(number, 0, &mut random))).collect();
    let batches = fleet.len().div_ceil(BATCH).max(1) as u32;
    let mut body = String::new();
    let mut next = Instant::now();
    while running.load(Ordering::Relaxed) {
        for batch in fleet.chunks_mut(BATCH) {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            next += Duration::from_secs(1) / batches;
            write_fixes(batch, &mut body)?;
            let mut answer = agent
                .post(format!("http://{target}/api/fixes"))
                .header("Authorization", format!("Bearer {device}"))
                .header("Content-Type", "application/json")
                .send(&body)?;
            let text = answer.body_mut().read_to_string()?;
            anyhow::ensure!(answer.status() == 200, "{} {text}", answer.status());
        }
    }
    Ok(())
}

/// The fixes of a batch, all of this moment.
fn write_fixes(batch: &mut [(u32, Vehicle)], body: &mut String) -> anyhow::Result<()> {
    use std::fmt::Write;
    let at = jiff::Timestamp::from_millisecond(now_ms())?.to_string();
    body.clear();
    body.push('[');
    for (index, (number, vehicle)) in batch.iter_mut().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let (lon, lat, _) = vehicle.drive();
        write!(
            body,
            r#"{comma}{{"vehicle":"v{number}","fixed_at":"{at}","lon":{lon:.6},"lat":{lat:.6},"speed_kph":60}}"#
        )?;
    }
    body.push(']');
    Ok(())
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

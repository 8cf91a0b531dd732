//! `bench ingest`: how many position reports a second are kept, and how long a terminal waits for its acknowledgement.
//!
//! Client and server are two processes on the same machine. A closed loop (`--rate max`) sends the next write when the
//! last one is acknowledged; an open loop sends by the clock.

use crate::fleet::{Vehicle, phone};
use crate::percentile::Times;
use crate::process::cpu_s;
use crate::zones;
use clap::Args;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::random::Random;
use cordon_tests::server::Server;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::TcpStream;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Terminals, each on a connection of its own.
    #[arg(long, default_value_t = 1_000)]
    connections: u32,
    /// Frames in one write: 1 is what real terminals do.
    #[arg(long, default_value_t = 1)]
    frames_per_write: u32,
    /// Frames a second over all connections, or `max`.
    #[arg(long, default_value = "max")]
    rate: String,
    /// Zones with an enter and an exit rule that every fix is judged against.
    #[arg(long, default_value_t = 1_000)]
    zones: u32,
    /// How long is measured, seconds, after two seconds of warming up.
    #[arg(long, default_value_t = 10)]
    duration_s: u64,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

const WARM_UP: Duration = Duration::from_secs(2);

/// What all connections count.
struct Counts {
    times: Times,
    acknowledged: u64,
    refused: u64,
    from: Instant,
    until: Instant,
}

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let rate = match options.rate.as_str() {
        "max" => None,
        text => Some(text.parse::<f64>()?),
    };
    let server = Server::start();
    zones::put(&server, options.zones, 1.0);
    let mut random = Random::seeded("bench ingest");
    let mut terminals = Vec::new();
    for number in 0..options.connections {
        let digits = phone(number);
        let (terminal, _) =
            Terminal::sign_on(server.jt808, &digits, format!("B{number:06}").as_bytes(), Version::V2013)?;
        let hours_ago = 144 * 3_600;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs() as i64;
        terminals.push((terminal.into_stream(), Vehicle::new(number, now - hours_ago, &mut random)));
    }
    let cpu_before = cpu_s(server.pid())?;
    let from = Instant::now() + WARM_UP;
    let until = from + Duration::from_secs(options.duration_s);
    let counts = Rc::new(RefCell::new(Counts { times: Times::default(), acknowledged: 0, refused: 0, from, until }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    let began = Instant::now();
    local.block_on(&runtime, async {
        let mut tasks = Vec::new();
        let share = f64::from(options.frames_per_write * options.connections);
        for (number, (stream, vehicle)) in terminals.into_iter().enumerate() {
            let pace = rate.map(|rate| Duration::from_secs_f64(share / rate));
            let start = pace.unwrap_or_default().mul_f64(number as f64 / f64::from(options.connections));
            let counts = Rc::clone(&counts);
            let frames = options.frames_per_write;
            tasks.push(tokio::task::spawn_local(async move {
                tokio::time::sleep(start).await;
                drive(stream, vehicle, frames, pace, counts).await
            }));
        }
        for task in tasks {
            task.await??;
        }
        anyhow::Ok(())
    })?;
    let elapsed = began.elapsed().as_secs_f64();
    let cpu = cpu_s(server.pid())? - cpu_before;
    let mut counts = counts.borrow_mut();
    let figures = json!({
        "connections": options.connections,
        "frames_per_write": options.frames_per_write,
        "offered_per_s": rate,
        "zones": options.zones,
        "fixes_per_s": (counts.acknowledged as f64 / options.duration_s as f64).round(),
        "ack_p50_ms": counts.times.percentile_ms(0.5),
        "ack_p99_ms": counts.times.percentile_ms(0.99),
        "ack_max_ms": counts.times.percentile_ms(1.0),
        "refused": counts.refused,
        "server_cpu_cores": (cpu / elapsed * 100.0).round() / 100.0,
    });
    print(&figures, options.json);
    Ok(())
}

/// Keeps one terminal driving until the time is over.
async fn drive(
    stream: TcpStream,
    mut vehicle: Vehicle,
    frames: u32,
    pace: Option<Duration>,
    counts: Rc<RefCell<Counts>>,
) -> anyhow::Result<()> {
    stream.set_nonblocking(true)?;
    let mut stream = tokio::net::TcpStream::from_std(stream)?;
    let until = counts.borrow().until;
    let mut waiting: VecDeque<(u16, Instant)> = VecDeque::new();
    let (mut out, mut pending) = (Vec::new(), Vec::new());
    let mut room = vec![0_u8; 4_096];
    let mut next = Instant::now();
    loop {
        let now = Instant::now();
        if now >= until {
            return Ok(());
        }
        let send = match pace {
            Some(_) => now >= next,
            None => waiting.is_empty(),
        };
        if send {
            out.clear();
            for _ in 0..frames {
                let serial = vehicle.report(&mut out);
                waiting.push_back((serial, Instant::now()));
            }
            stream.write_all(&out).await?;
            next += pace.unwrap_or_default();
            continue;
        }
        let patience = if pace.is_some() { next.min(until) } else { until };
        let read = tokio::select! {
            biased;
            read = stream.read(&mut room) => read?,
            () = tokio::time::sleep_until(patience.into()) => continue,
        };
        anyhow::ensure!(read > 0, "the server closed a connection");
        pending.extend_from_slice(&room[..read]);
        take_acks(&mut pending, &mut waiting, &mut counts.borrow_mut())?;
    }
}

/// Takes whole frames off the front of what was read: each must acknowledge the oldest report that waits.
fn take_acks(pending: &mut Vec<u8>, waiting: &mut VecDeque<(u16, Instant)>, counts: &mut Counts) -> anyhow::Result<()> {
    let now = Instant::now();
    let measured = now >= counts.from && now < counts.until;
    let mut taken = 0;
    while let Some(length) = pending[taken..].iter().skip(1).position(|byte| *byte == 0x7E) {
        let inner = &pending[taken + 1..taken + 1 + length];
        taken += length + 2;
        let message =
            cordon_tests::jt808::decode(inner).ok_or_else(|| anyhow::anyhow!("an answer that is no frame"))?;
        anyhow::ensure!(message.id == 0x8001 && message.body.len() == 5, "an answer that is no acknowledgement");
        let serial = u16::from_be_bytes([message.body[0], message.body[1]]);
        let (expected, sent_at) = waiting.pop_front().ok_or_else(|| anyhow::anyhow!("an answer to nothing"))?;
        anyhow::ensure!(serial == expected, "report {expected} was answered as {serial}");
        if measured {
            counts.times.add(now - sent_at);
            match message.body[4] {
                0 => counts.acknowledged += 1,
                _ => counts.refused += 1,
            }
        }
    }
    pending.drain(..taken);
    Ok(())
}

fn print(figures: &Value, as_json: bool) {
    if as_json {
        println!("{figures}");
        return;
    }
    for (name, value) in figures.as_object().into_iter().flatten() {
        println!("{name:>18}  {value}");
    }
}

//! `bench idle`: how much memory a terminal costs the server while it says nothing.
//!
//! Every terminal signs on first, each with a vehicle of its own. Then the server starts again, so that what signing on left
//! behind is gone, and the terminals come back with their codes: the growth of its resident memory until all are
//! authenticated and still is what connections cost. The first growth, with vehicles and registrations, is told as well.

use crate::fleet::phone;
use crate::process::{Memory, memory_kib};
use clap::Args;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::Server;
use cordon_tests::wait;
use serde_json::json;
use std::time::Instant;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Terminals, each on a connection of its own.
    #[arg(long, default_value_t = 10_000)]
    connections: u32,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let mut server = Server::start();
    let before_vehicles = memory_kib(server.pid(), Memory::Resident)?;
    let begin = Instant::now();
    let mut codes = Vec::new();
    let mut terminals = Vec::new();
    for number in 0..options.connections {
        let plate = format!("I{number:06}");
        let (terminal, code) = Terminal::sign_on(server.jt808, &phone(number), plate.as_bytes(), version(number))?;
        terminals.push(terminal);
        codes.push(code);
    }
    let signed_on_s = begin.elapsed().as_secs_f64();
    let with_vehicles = memory_kib(server.pid(), Memory::Resident)?;
    drop(terminals);
    server.stop();
    server.restart();
    let before = memory_kib(server.pid(), Memory::Resident)?;
    let begin = Instant::now();
    let mut terminals = Vec::new();
    for (number, code) in (0..).zip(&codes) {
        terminals.push(Terminal::return_with(server.jt808, &phone(number), code, version(number))?);
    }
    let returned_s = begin.elapsed().as_secs_f64();
    // Each is heard once more, so that what is measured is a connection that has worked.
    for terminal in &mut terminals {
        let serial = terminal.send(0x0002, &[])?;
        anyhow::ensure!(terminal.acknowledged(serial)? == 0, "a heartbeat was not answered");
    }
    let online = wait::within(wait::PATIENCE, || {
        let listed = server.api().items("/api/terminals");
        let online = listed.iter().filter(|terminal| terminal["connected"] == true).count();
        (online == terminals.len()).then_some(online)
    });
    anyhow::ensure!(online.is_some(), "not every terminal is connected");
    let after = memory_kib(server.pid(), Memory::Resident)?;
    let each = |kib: u64| (kib as f64 / f64::from(options.connections) * 100.0).round() / 100.0;
    let figures = json!({
        "connections": options.connections,
        "connection_kib": each(after.saturating_sub(before)),
        "first_sign_on_with_vehicle_kib": each(with_vehicles.saturating_sub(before_vehicles)),
        "server_before_mib": before / 1024,
        "server_after_mib": after / 1024,
        "signed_on_s": (signed_on_s * 10.0).round() / 10.0,
        "returned_s": (returned_s * 10.0).round() / 10.0,
    });
    if options.json {
        println!("{figures}");
    } else {
        for (name, value) in figures.as_object().into_iter().flatten() {
            println!("{name:>32}  {value}");
        }
    }
    Ok(())
}

/// Terminals of both headers, half and half.
fn version(number: u32) -> Version {
    if number.is_multiple_of(2) { Version::V2013 } else { Version::V2019 }
}

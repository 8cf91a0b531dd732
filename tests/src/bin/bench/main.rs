//! Benches: figures for people, and with `--json` one JSON object with units in the names.
//!
//! Build with `cargo build --release -p cordon-server -p cordon-tests` first: the bench starts the server beside it.

mod fleet;
mod geofence;
mod idle;
mod import;
mod ingest;
mod live;
mod peer;
mod percentile;
mod process;
mod recover;
mod store;
mod road_copies;
mod road_http;
mod road_peer;
mod roads;
mod zones;

use clap::{Parser, Subcommand};

/// Measures Cordon.
#[derive(Parser)]
#[command(name = "bench")]
struct Arguments {
    /// Which figures.
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// JT/T 808 position reports over loopback: decoded, judged, kept, acknowledged.
    Ingest(ingest::Options),
    /// A large file that becomes features, and fixes that are acknowledged meanwhile.
    Import(import::Options),
    /// Memory of a server whose terminals say nothing.
    Idle(idle::Options),
    /// Consoles on `/live` while a large fleet reports, and one that stops reading.
    Live(live::Options),
    /// How soon a server that was killed is ready again.
    Recover(recover::Options),
    /// What each store keeps durably a second, beside a plain COPY, and how soon a track is read.
    Store(store::Options),
    /// The engine alone on zones and fixes from files.
    Geofence(geofence::Options),
    /// The road engine alone on an OpenStreetMap extract.
    Roads(roads::Options),
    /// What HTTP adds to answers about roads.
    RoadHttp(road_http::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().bench {
        Bench::Ingest(options) => ingest::run(&options),
        Bench::Import(options) => import::run(&options),
        Bench::Idle(options) => idle::run(&options),
        Bench::Live(options) => live::run(&options),
        Bench::Recover(options) => recover::run(&options),
        Bench::Store(options) => store::run(&options),
        Bench::Geofence(options) => geofence::run(&options),
        Bench::Roads(options) => roads::run(&options),
        Bench::RoadHttp(options) => road_http::run(&options),
    }
}

//! `cordon simulate`: terminals that drive along lines and report over JT/T 808, from a process of their own or inside one.
//!
//! They behave as real ones do: a report is kept until it is acknowledged, sent again after a broken link, and delivered
//! as a blind-area batch when it was taken without one. They share the codec with the gateway and nothing else; the
//! simulator must never reach into a server.

mod drive;
mod driver;
mod lines;
mod noise;
mod outage;
mod outbox;
mod past;
mod random;
mod road;
pub(crate) mod story;
mod tally;
mod terminal;
mod traffic;
mod ways;

use crate::gateway::jt808::phone::Phone;
use lines::{Lines, LinesError};
use random::Random;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
pub use tally::Summary;
use tally::Tally;
use tokio::net::lookup_host;
use tokio::sync::watch;
use tokio::task::JoinSet;
use ways::Ways;

/// How long terminals wait for what is not acknowledged when they are to stop.
const DRAIN: Duration = Duration::from_secs(3);
/// Connections begin spread over this time at most.
const START_WITHIN: Duration = Duration::from_secs(5);

/// Which terminals drive, and how.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where to report to
    #[arg(long, value_name = "HOST:PORT")]
    pub target: String,
    /// How many terminals
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub vehicles: u32,
    /// Seconds between two reports of a terminal; times on the wire are whole seconds
    #[arg(long, value_name = "S")]
    pub interval_s: f64,
    /// Stop after so many seconds; without it at Ctrl-C
    #[arg(long, value_name = "S")]
    pub duration_s: Option<f64>,
    /// GeoJSON with the lines to drive along; without it a loop and a road near 121.05 E 30.60 N
    #[arg(long, value_name = "FILE")]
    pub lines: Option<PathBuf>,
    /// Drive on the roads of the demo park and play its story, as `cordon demo` does
    #[arg(long, conflicts_with_all = ["lines", "blind_area_share", "silence_share"])]
    pub park: bool,
    /// Share of the terminals (0 to 1) that lose their link from time to time and deliver a blind-area batch after it
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    pub blind_area_share: f64,
    /// Share of the terminals (0 to 1) that say nothing from time to time
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    pub silence_share: f64,
    /// Typical seconds without a link; silences are three times as long
    #[arg(long, value_name = "S", default_value_t = 60.0)]
    pub outage_s: f64,
    /// Phone of the first terminal; the others count on from it
    #[arg(long, alias = "first-phone", value_name = "PHONE", default_value_t = 13_900_000_001)]
    pub phone_base: u64,
    /// The same seed drives the same ways
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// End when standard input ends, as it does when whoever started this is killed
    #[arg(long, hide = true)]
    pub end_with_input: bool,
}

/// Why nothing could be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// An option is out of its range.
    #[error("--{option} {value} is not {limit}")]
    Option {
        /// Which.
        option: &'static str,
        /// As given.
        value: f64,
        /// What it can be.
        limit: &'static str,
    },
    /// The lines cannot be read.
    #[error("cannot read the lines in {}: {reason}", file.display())]
    Lines {
        /// From where.
        file: PathBuf,
        /// Why.
        reason: LinesError,
    },
    /// The target is no address.
    #[error("cannot find {target}: {reason}")]
    Target {
        /// As given.
        target: String,
        /// Why.
        reason: std::io::Error,
    },
    /// No terminal ever got a connection.
    #[error("no terminal could connect to {target}")]
    Unreachable {
        /// As given.
        target: String,
    },
}

/// Drives until the duration is over or Ctrl-C comes, then prints one line of summary on standard output.
///
/// Dropping the future ends all terminals at once, without a summary.
pub async fn run(options: Options) -> Result<Summary, SimulateError> {
    let end_with_input = options.end_with_input;
    let summary = until(options, async move {
        tokio::select! {
            // Without a handler for Ctrl-C the process ends by it, which stops the terminals as well.
            Ok(()) = tokio::signal::ctrl_c() => {}
            () = input_ends(), if end_with_input => {}
            else => std::future::pending::<()>().await,
        }
    })
    .await?;
    println!("{summary}");
    if summary.registrations_refused > 0 {
        eprintln!("some registrations were refused: approve the terminals, or serve with --jt808-registration open");
    }
    Ok(summary)
}

/// Ready when standard input ends.
async fn input_ends() {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // One that cannot be read has ended, and nobody waits any more when the send fails.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = tell.send(());
    });
    let _ = told.await;
}

/// Drives until the duration is over or `stop` is ready; prints nothing.
pub async fn until(options: Options, stop: impl Future<Output = ()>) -> Result<Summary, SimulateError> {
    let plan = plan(&options)?;
    let resolving = |reason| SimulateError::Target { target: options.target.clone(), reason };
    let targets: Vec<_> = lookup_host(&options.target).await.map_err(resolving)?.collect();
    let tally = Arc::new(Tally::default());
    let (draining, drain) = watch::channel(false);
    let mut terminals = JoinSet::new();
    for index in 0..options.vehicles {
        let mut random = Random::new(options.seed, u64::from(index));
        let phone =
            Phone::parse(&(options.phone_base + u64::from(index)).to_string()).expect("a u64 has 1 to 20 digits");
        let driver = plan.ways.driver(index, &mut random);
        let outage = outage::Outages::new(&plan.outages, random.split());
        let terminal = terminal::Terminal::new(index, phone, plan.interval, driver, outage, random, Arc::clone(&tally));
        let delay = START_WITHIN.min(plan.interval).mul_f64(f64::from(index) / f64::from(options.vehicles));
        terminals.spawn(terminal.run(targets.clone(), delay, drain.clone()));
    }
    let over = async {
        match plan.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = over => {}
        () = stop => {}
    }
    draining.send_replace(true);
    let _ = tokio::time::timeout(DRAIN, async { while terminals.join_next().await.is_some() {} }).await;
    drop(terminals);
    let summary = tally.summary(options.vehicles);
    if summary.connections == 0 {
        return Err(SimulateError::Unreachable { target: options.target });
    }
    Ok(summary)
}

/// The options, checked.
struct Plan {
    ways: Ways,
    interval: Duration,
    duration: Option<Duration>,
    outages: outage::Shares,
}

fn plan(options: &Options) -> Result<Plan, SimulateError> {
    let seconds = |option, value: f64, least: f64| {
        if (least..=1e8).contains(&value) {
            Ok(Duration::from_secs_f64(value))
        } else {
            Err(SimulateError::Option { option, value, limit: "a number of seconds" })
        }
    };
    let share = |option, value: f64| {
        if (0.0..=1.0).contains(&value) {
            Ok(value)
        } else {
            Err(SimulateError::Option { option, value, limit: "0 to 1" })
        }
    };
    let (blind_area, silence) =
        (share("blind-area-share", options.blind_area_share)?, share("silence-share", options.silence_share)?);
    share("blind-area-share and --silence-share together:", blind_area + silence)?;
    let ways = match &options.lines {
        _ if options.park => Ways::park(),
        None => Ways::Lines(Lines::built_in()),
        Some(file) => {
            let read = Lines::read(file).map_err(|reason| SimulateError::Lines { file: file.clone(), reason })?;
            Ways::Lines(read)
        }
    };
    Ok(Plan {
        ways,
        interval: seconds("interval-s", options.interval_s, 0.001)?,
        duration: options.duration_s.map(|value| seconds("duration-s", value, 0.0)).transpose()?,
        outages: outage::Shares { blind_area, silence, typical: seconds("outage-s", options.outage_s, 0.1)? },
    })
}

#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod tests;

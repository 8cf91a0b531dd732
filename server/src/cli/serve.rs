//! `cordon serve`: one site, until it is asked to stop.

use super::ServeArgs;
use crate::app::{self, StartError, Welcome};
use crate::config::{Config, ConfigError, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Why the server did not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// There are no threads to run on.
    #[error("cannot start threads: {0}")]
    Threads(std::io::Error),
}

/// Serves until asked to stop.
pub fn run(args: &ServeArgs) -> Result<(), ServeError> {
    let config = super::settings(&args.data, &args.listen)?;
    log_to_stderr(&config);
    runtime()?.block_on(async {
        let running = app::start(config, announce).await?;
        running.until_asked_to_stop().await;
        Ok(())
    })
}

/// The runtime of a server: few threads, because wake-ups between many cost more than they give.
pub fn runtime() -> Result<tokio::runtime::Runtime, ServeError> {
    // Every terminal and console is an open file, and the usual soft limit of 1,024 is a small fleet.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays as it is; it bounds how many terminals can connect");
    }
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(2, 4))
        .enable_all()
        .build()
        .map_err(ServeError::Threads)
}

/// Log lines go to standard error; standard output is for what a person asked for.
pub fn log_to_stderr(config: &Config) {
    let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second server in one process keeps the first one's logging.
    let _ = match config.log {
        LogFormat::Text => logging.try_init(),
        LogFormat::Json => logging.json().try_init(),
    };
}

/// Says where the server is and, once, how a fresh one is set up.
fn announce(welcome: &Welcome) {
    println!("Cordon is at http://{}", welcome.http);
    println!("JT/T 808 terminals connect to {}", welcome.jt808);
    if let Some(code) = &welcome.setup_code {
        println!("This server is new. Open the address above and enter the set-up code {code}");
    }
}

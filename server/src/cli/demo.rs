//! `cordon demo`: serves a fresh demo park and lets simulated terminals drive in it.

use super::serve::{self, ServeError};
use super::{DataArgs, DemoArgs};
use crate::app::{self, Running, StartError};
use crate::config::Registration;
use crate::demo::folder::{self, FolderError};
use crate::demo::park;
use crate::demo::people::{self, Login};
use crate::desk::features::EditError;
use cordon_data::store::StoreError;
use std::path::Path;
use tokio::process::{Child, Command};

/// Why the demo did not run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder is not the demo's.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The server did not run.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The park could not be made.
    #[error("the demo park cannot be made: {0}")]
    Park(#[from] EditError),
    /// The accounts could not be made.
    #[error("the demo's accounts cannot be made: {0}")]
    People(#[from] StoreError),
    /// The terminals could not be started.
    #[error("the simulated terminals cannot be started: {0}")]
    Terminals(std::io::Error),
}

impl From<StartError> for DemoError {
    fn from(error: StartError) -> DemoError {
        DemoError::Serve(error.into())
    }
}

/// Serves the demo until asked to stop.
pub fn run(args: &DemoArgs) -> Result<(), DemoError> {
    let data = DataArgs { data: Some(args.data.clone()), config: args.config.clone() };
    let mut config = super::settings(&data, &args.listen).map_err(ServeError::Config)?;
    if args.listen.jt808_registration.is_none() {
        config.jt808_registration = Registration::Open;
    }
    serve::log_to_stderr(&config);
    folder::make_fresh(&args.data)?;
    serve::runtime()?.block_on(async {
        let running = app::start(config, |_| {}).await?;
        let logins = seed(&running, args.vehicles).await?;
        running.app.setup.close();
        let mut terminals = start_terminals(&running, &args.data, args.vehicles)?;
        announce(&running, &logins);
        running.until_asked_to_stop().await;
        // The terminals end with their connections; what is left of them ends here.
        let _ = terminals.kill().await;
        Ok(())
    })
}

async fn seed(running: &Running, vehicles: u32) -> Result<Vec<Login>, DemoError> {
    let app = &running.app;
    for (collection, features) in park::seeds(vehicles) {
        app.features.create("demo", collection, features).await?;
    }
    let logins = people::logins();
    for login in logins.clone() {
        let command = tokio::task::spawn_blocking(move || login.command()).await.expect("hashing does not panic");
        let now = app.pipeline.now();
        app.pipeline.write(move |writer| command.run(writer, now)).await?;
    }
    Ok(logins)
}

/// Starts the terminals as a process of their own, which ends with this one.
fn start_terminals(running: &Running, folder: &Path, vehicles: u32) -> Result<Child, DemoError> {
    let lines = folder.join("roads.geojson");
    std::fs::write(&lines, park::lines().to_string()).map_err(DemoError::Terminals)?;
    let program = std::env::current_exe().map_err(DemoError::Terminals)?;
    Command::new(program)
        .arg("simulate")
        .args(["--target", &running.jt808.to_string()])
        .args(["--vehicles", &vehicles.to_string()])
        .args(["--interval-s", "2"])
        .args(["--first-phone", &park::FIRST_PHONE.to_string()])
        .arg("--lines")
        .arg(&lines)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(DemoError::Terminals)
}

fn announce(running: &Running, logins: &[Login]) {
    println!("Cordon's demo park is at http://{}", running.http);
    println!("JT/T 808 terminals connect to {}", running.jt808);
    println!();
    println!("{:<12} password", "user");
    for login in logins {
        println!("{:<12} {}", login.name, login.password);
    }
    println!();
    println!("Press Ctrl-C to stop.");
}

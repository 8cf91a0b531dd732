//! `cordon demo`: serves a fresh demo park and lets simulated terminals drive in it.

use super::serve::{self, ServeError};
use super::{DataArgs, DemoArgs};
use crate::app::{self, Running, StartError};
use crate::config::Judging;
use crate::config::Registration;
use crate::demo::folder::{self, FolderError};
use crate::demo::people::{self, Login};
use crate::desk::features::EditError;
use crate::roads::RoadsError;
use crate::simulate::story;
use cordon_data::park;
use cordon_data::park::roads::Roads;
use cordon_data::postgis;
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
    /// The road net could not be written.
    #[error("the road net cannot be written to {file}: {why}")]
    Roads {
        /// Where to.
        file: String,
        /// What the system says.
        why: std::io::Error,
    },
    /// The road net makes no network.
    #[error("the demo's roads cannot be made: {0}")]
    Network(#[from] RoadsError),
    /// The database cannot be used.
    #[error("the demo's schema in the database cannot be made afresh: {0}")]
    Database(StoreError),
    /// The terminals could not be started.
    #[error("the simulated terminals cannot be started: {0}")]
    Terminals(std::io::Error),
}

/// A vehicle that says nothing for so long is silent, seconds: half of the usual, so that nobody has to wait five minutes
/// to see it. Longer than the story's blind area, which is no silence.
const SILENCE_S: u32 = 150;
/// The demo's own schema in a database.
const SCHEMA: &str = "cordon_demo";
/// Whose the demo's roads are.
const ATTRIBUTION: &str = "虚构路网 fictional roads";
/// Seconds between two reports of a terminal.
const INTERVAL_S: u32 = 2;

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
    if config.judging == Judging::default() {
        config.judging.silence_s = SILENCE_S;
    }
    let silence_s = config.judging.silence_s;
    serve::log_to_stderr(&config);
    folder::make_fresh(&args.data)?;
    if let Some(url) = &config.database {
        // As fresh as the folder, and nobody else's.
        config.database_schema = SCHEMA.to_owned();
        postgis::drop_schema(url, SCHEMA).map_err(DemoError::Database)?;
    }
    serve::runtime()?.block_on(async {
        let running = app::start(config, |_| {}).await?;
        let logins = seed(&running, args.vehicles).await?;
        running.app.setup.close();
        let roads = write_roads(&args.data)?;
        running.app.roads.look();
        let mut terminals = start_terminals(&running, args.vehicles)?;
        announce(&running, &logins, &Said { vehicles: args.vehicles, silence_s, roads });
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

/// Writes the park's road net beside the data, makes the server's network of it, and says where it is.
fn write_roads(folder: &Path) -> Result<String, DemoError> {
    let file = folder.join("park.osm.pbf");
    let name = file.display().to_string();
    let bytes = park::osm::road_net(&Roads::of_the_park());
    std::fs::write(&file, bytes).map_err(|why| DemoError::Roads { file: name.clone(), why })?;
    crate::roads::build(&file, folder, ATTRIBUTION)?;
    Ok(name)
}

/// Starts the terminals as a process of their own, which ends with this one.
fn start_terminals(running: &Running, vehicles: u32) -> Result<Child, DemoError> {
    let program = std::env::current_exe().map_err(DemoError::Terminals)?;
    Command::new(program)
        .args(["simulate", "--park"])
        .args(["--target", &running.jt808.to_string()])
        .args(["--vehicles", &vehicles.to_string()])
        .args(["--interval-s", &INTERVAL_S.to_string()])
        .args(["--phone-base", &park::fleet::FIRST_PHONE.to_string()])
        // Nothing is said there: it ends with this process, however that ends, and the terminals with it.
        .arg("--end-with-input")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(DemoError::Terminals)
}

/// What is said of the park.
struct Said {
    vehicles: u32,
    silence_s: u32,
    roads: String,
}

fn announce(running: &Running, logins: &[Login], said: &Said) {
    println!("Cordon's demo park is at http://{}", running.http);
    println!("JT/T 808 terminals connect to {}; {} drive in the park", running.jt808, said.vehicles);
    println!("Its roads as OpenStreetMap data: {}", said.roads);
    println!();
    println!("{:<12} password", "user");
    for login in logins {
        println!("{:<12} {}", login.name, login.password);
    }
    println!();
    println!("What goes wrong on purpose, minutes from here, and again every {} minutes:", story::CYCLE_S / 60);
    for (at_s, what) in story::PROGRAMME {
        println!("{:>5}:{:02}  {what}", at_s / 60, at_s % 60);
    }
    println!("A vehicle is missed after {} s here; 300 s is usual.", said.silence_s);
    println!();
    println!("Press Ctrl-C to stop.");
}

//! The command line: what can be asked of the `cordon` binary, and which module does it.
//!
//! A file per command; nothing here knows how a thing is done, only how it is asked for.

pub mod accounts;
pub mod config_check;
pub mod database;
pub mod demo;
pub mod files;
pub mod migrate_store;
pub mod roads;
pub mod run_limited;
pub mod serve;

use crate::config::{self, Config, ConfigError, Registration};
use crate::simulate;
use cordon_data::store::Role;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A spatial command platform for chemical parks: where every vehicle is, and what follows from it.
#[derive(Debug, clap::Parser)]
#[command(name = "cordon", version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be asked for.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Serve a site.
    #[command(args_override_self = true)]
    Serve(ServeArgs),
    /// Serve a fresh demo park in ./cordon-demo, with simulated terminals.
    #[command(args_override_self = true)]
    Demo(DemoArgs),
    /// Let simulated JT/T 808 terminals drive.
    Simulate(simulate::Options),
    /// Show what frames of a terminal protocol say.
    #[command(subcommand)]
    Decode(DecodeCommand),
    /// Manage the people who can sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// Manage the tokens of programs and devices.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Prepare a PostGIS database.
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Make road networks, and plan on them.
    #[command(subcommand)]
    Roads(roads::RoadsCommand),
    /// Bring a file of features in: GeoJSON, GeoPackage, Shapefile (zip), KML, KMZ, GPX, FlatGeobuf, DXF, CSV or XLSX
    Import(ImportArgs),
    /// Write features, events, alarms, fixes or tracks to a file: geojson, gpkg, shp (zip), kml, fgb, csv or xlsx
    Export(ExportArgs),
    /// What Cordon starts GDAL's programs by.
    #[command(hide = true)]
    RunLimited(RunLimitedArgs),
    /// Copy everything from one store into a new one, and prove that both hold the same.
    MigrateStore(MigrateArgs),
}

/// `cordon decode …`
#[derive(Debug, clap::Subcommand)]
pub enum DecodeCommand {
    /// JT/T 808: one JSON object a frame
    Jt808 {
        /// Frames in hexadecimal; none or - reads one frame a line from standard input
        #[arg(value_name = "HEX")]
        frames: Vec<String>,
    },
}

/// `cordon user …`
#[derive(Debug, clap::Subcommand)]
pub enum UserCommand {
    /// Add a person; the password comes from standard input or is asked for.
    Add(AccountArgs),
}

/// `cordon token …`
#[derive(Debug, clap::Subcommand)]
pub enum TokenCommand {
    /// Add a bearer token; it is printed once, as the last line.
    Add(AccountArgs),
}

/// `cordon config …`
#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// Check the settings and print them.
    Check(ServeArgs),
}

/// `cordon database …`
#[derive(Debug, clap::Subcommand)]
pub enum DatabaseCommand {
    /// Make or renew Cordon's tables, as the role that is to own them.
    Migrate(DatabaseArgs),
}

/// `cordon database migrate`
#[derive(Clone, Debug, clap::Args)]
pub struct DatabaseArgs {
    /// The database, as the role that owns the schema: postgres://…
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// Schema of the tables
    #[arg(long, value_name = "NAME", default_value = cordon_data::postgis::SCHEMA)]
    pub schema: String,
    /// A role that is to run Cordon, without the right to change tables
    #[arg(long, value_name = "ROLE")]
    pub grant: Option<String>,
}

/// The site that a command works on.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SiteArgs {
    /// Where stored data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// PostGIS database that everything kept is handed on to
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// `cordon import`
#[derive(Clone, Debug, clap::Args)]
pub struct ImportArgs {
    /// The file; how its name ends says what it is
    #[arg(required_unless_present = "undo")]
    pub file: Option<PathBuf>,
    /// The collection that its features go into
    #[arg(long, value_name = "COLLECTION", required_unless_present = "undo")]
    pub into: Option<String>,
    /// Datum of its coordinates, where it does not say it: EPSG:<code>, wgs84, cgcs2000, gcj02 or bd09
    #[arg(long, value_name = "SRS")]
    pub srs: Option<String>,
    /// Encoding of its texts: UTF-8 or GBK [default: found out]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// One of its layers [default: all of them]
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Fields and the properties that they become: field=property,…; an empty property leaves the field out
    #[arg(long, value_name = "PAIRS")]
    pub map: Option<String>,
    /// The field that holds ids [default: id]
    #[arg(long, value_name = "FIELD")]
    pub id_field: Option<String>,
    /// Keep nothing: say what would be
    #[arg(long)]
    pub trial: bool,
    /// Take an earlier import back
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "into"])]
    pub undo: Option<String>,
    /// The site.
    #[command(flatten)]
    pub site: SiteArgs,
}

/// `cordon export`
#[derive(Clone, Debug, clap::Args)]
pub struct ExportArgs {
    /// A collection, events, alarms, fixes or tracks
    pub what: String,
    /// The file; how its name ends says its format
    pub file: PathBuf,
    /// Format: geojson, gpkg, shp, kml, fgb, csv or xlsx [default: by the file's name]
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,
    /// Features that touch this box: west,south,east,north
    #[arg(long, value_name = "BOX", allow_hyphen_values = true)]
    pub bbox: Option<String>,
    /// Features that hold then: an instant, a date or from/to
    #[arg(long, value_name = "TIME")]
    pub datetime: Option<String>,
    /// Features that this CQL2 text finds
    #[arg(long, value_name = "CQL2")]
    pub filter: Option<String>,
    /// Events, alarms, fixes and tracks: not before [default: a day before --to]
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// The same: before [default: now]
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// The same: of this vehicle
    #[arg(long, value_name = "ID")]
    pub vehicle: Option<String>,
    /// The site.
    #[command(flatten)]
    pub site: SiteArgs,
}

/// `cordon run-limited`
#[derive(Clone, Debug, clap::Args)]
pub struct RunLimitedArgs {
    /// Address space, MiB
    pub memory_mib: u64,
    /// Processor time, s
    pub cpu_s: u64,
    /// Largest file that it writes, MiB
    pub file_mib: u64,
    /// The program
    pub program: String,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<std::ffi::OsString>,
}

/// `cordon migrate-store`
#[derive(Clone, Debug, clap::Args)]
pub struct MigrateArgs {
    /// Data folder or postgres://… to copy; nothing may be serving it
    #[arg(long, value_name = "DIR|URL")]
    pub from: String,
    /// New data folder or empty database to copy into
    #[arg(long, value_name = "DIR|URL")]
    pub to: String,
    /// Schema of the tables of a database
    #[arg(long, value_name = "NAME", default_value = cordon_data::postgis::SCHEMA)]
    pub schema: String,
}

/// Where stored data is.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DataArgs {
    /// Data folder; made when it does not exist [default: ./cordon-data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Settings file (TOML); CORDON_* variables and flags win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `serve`, `demo` and `config check` take.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ListenArgs {
    /// Where to serve HTTP [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// Where JT/T 808 terminals connect [default: 127.0.0.1:7611]
    #[arg(long, value_name = "ADDR")]
    pub jt808: Option<SocketAddr>,
    /// Who may register a terminal [default: approved; demo: open]
    #[arg(long, value_name = "WHO")]
    pub jt808_registration: Option<Registration>,
    /// Serve plain HTTP beyond loopback
    #[arg(long)]
    pub insecure_http: bool,
    /// PostGIS database that everything kept is handed on to; without it the data folder is all
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// `cordon serve`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ServeArgs {
    /// Where stored data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// Where to listen.
    #[command(flatten)]
    pub listen: ListenArgs,
}

/// `cordon demo`
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// Where to listen.
    #[command(flatten)]
    pub listen: ListenArgs,
    /// Folder of the demo park; emptied at every start
    #[arg(long, value_name = "DIR", default_value = "cordon-demo")]
    pub data: PathBuf,
    /// How many simulated terminals drive
    #[arg(long, value_name = "N", default_value_t = 240)]
    pub vehicles: u32,
    /// Settings file (TOML); CORDON_* variables and flags win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `cordon user add`, `cordon token add`
#[derive(Clone, Debug, clap::Args)]
pub struct AccountArgs {
    /// Unique name: 1 to 64 characters
    pub name: String,
    /// What it may do: commander, monitor, guard, supervisor, admin or device
    #[arg(long, value_parser = role)]
    pub role: Role,
    /// Where stored data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// A role by its name.
pub fn role(text: &str) -> Result<Role, String> {
    crate::auth::roles::parse(text)
        .ok_or_else(|| "must be commander, monitor, guard, supervisor, admin or device".to_owned())
}

/// The settings of `data` and `listen` over file and environment.
pub fn settings(data: &DataArgs, listen: &ListenArgs) -> Result<Config, ConfigError> {
    let mut config = config::load(data.config.as_deref(), config::environment())?;
    if let Some(folder) = &data.data {
        config.data.clone_from(folder);
    }
    if let Some(http) = listen.http {
        config.http = http;
    }
    if let Some(jt808) = listen.jt808 {
        config.jt808 = jt808;
    }
    if let Some(registration) = listen.jt808_registration {
        config.jt808_registration = registration;
    }
    config.insecure_http |= listen.insecure_http;
    if let Some(url) = &listen.database {
        config::set(&mut config, "--database", "database", url)?;
    }
    config::check(&config)?;
    Ok(config)
}

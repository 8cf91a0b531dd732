//! `cordon import` and `cordon export`: through the running server where one holds the folder; where none does, through one that is started for
//! this alone and listens nowhere that others know.

use super::serve::{self, ServeError};
use super::{DataArgs, ExportArgs, ImportArgs, ListenArgs, SiteArgs};
use crate::app;
use crate::config::ConfigError;
use crate::control::{self, FileCommand};
use cordon_data::sqlite::FILE;
use cordon_data::store::StoreError;
use cordon_spatial::datum::Datum;
use cordon_spatial::position::Position;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Why a file did not come in or go out.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No server could be started for it.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// There is no such file, or nowhere to write it.
    #[error("{path}: {why}")]
    Path {
        /// Which.
        path: String,
        /// What the system says.
        why: std::io::Error,
    },
    /// There is nothing to export from.
    #[error("{0}: there is no site in it")]
    Nothing(String),
    /// The server refused.
    #[error("{0}")]
    Server(String),
    /// Rows were refused.
    #[error("{refused} of {rows} rows were refused: see above")]
    Refused {
        /// How many.
        refused: u64,
        /// Of how many.
        rows: u64,
    },
}

/// Brings a file in and says what became of it.
pub fn import(args: &ImportArgs) -> Result<(), FileError> {
    // The command line is not read without them.
    let (given, into) = (args.file.as_deref().unwrap_or(Path::new("")), args.into.as_deref().unwrap_or_default());
    let file = absolute(given)?;
    let name = given.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let mut query = vec![("collection", into.to_owned()), ("name", name)];
    let given = [
        ("srs", &args.srs),
        ("encoding", &args.encoding),
        ("layer", &args.layer),
        ("map", &args.map),
        ("id_field", &args.id_field),
    ];
    query.extend(given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
    if args.trial {
        query.push(("trial", "true".to_owned()));
    }
    let query = query.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let report = run(&args.site, &FileCommand::Import { file, query })?;
    let number = |name: &str| report[name].as_u64().unwrap_or_default();
    for (list, word) in [("repaired", "repaired"), ("refused", "refused")] {
        for row in report[list].as_array().into_iter().flatten() {
            let text = |name: &str| row[name].as_str().unwrap_or_default();
            println!("row {}: {word}: {}", row["row"], text("reason"));
        }
    }
    if let Some(sentence) = suspicion(&report["suspected_datum"]) {
        println!("{sentence}");
    }
    let layers = report["layers"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    println!(
        "{} {}: {} rows, {} {} into {}, {} repaired, {} refused{}",
        report["kind"].as_str().unwrap_or_default(),
        layers.join(", "),
        number("rows"),
        number("imported"),
        if args.trial { "would be imported" } else { "imported" },
        into,
        number("repaired_count"),
        number("refused_count"),
        report["encoding"].as_str().map(|encoding| format!(" (texts in {encoding})")).unwrap_or_default(),
    );
    if let (Some(id), false) = (report["id"].as_str(), args.trial) {
        println!("To take it back: cordon import --undo {id}");
    }
    match number("refused_count") {
        0 => Ok(()),
        refused => Err(FileError::Refused { refused, rows: number("rows") }),
    }
}

/// Takes an import back.
pub fn undo(id: &str, site: &SiteArgs) -> Result<(), FileError> {
    let undone = run(site, &FileCommand::UndoImport { id: id.to_owned() })?;
    println!("{} features deleted, {} that were changed since stay", undone["deleted"], undone["kept_changed"]);
    Ok(())
}

/// Writes a file.
pub fn export(args: &ExportArgs) -> Result<(), FileError> {
    let folder = args.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = args.file.file_name().ok_or_else(|| no_name(&args.file))?;
    let file = absolute(folder)?.join(name);
    let given = [
        ("bbox", &args.bbox),
        ("datetime", &args.datetime),
        ("filter", &args.filter),
        ("from", &args.from),
        ("to", &args.to),
        ("vehicle", &args.vehicle),
    ];
    let mut query: Vec<(String, String)> =
        given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
    query.extend(args.format.iter().map(|format| ("f".to_owned(), format.clone())));
    let made = run(&args.site, &FileCommand::Export { what: args.what.clone(), file: file.clone(), query })?;
    println!("{} features of {} are in {}", made["features"], args.what, args.file.display());
    Ok(())
}

fn no_name(file: &Path) -> FileError {
    let why = std::io::Error::new(std::io::ErrorKind::InvalidInput, "this names no file");
    FileError::Path { path: file.display().to_string(), why }
}

fn absolute(path: &Path) -> Result<PathBuf, FileError> {
    path.canonicalize().map_err(|why| FileError::Path { path: path.display().to_string(), why })
}

/// Asks the server that holds the folder, else one of our own.
/// Says what the roads of a site are, and what of the park's own does not join.
pub fn roads(site: &SiteArgs) -> Result<(), FileError> {
    let told = run(site, &FileCommand::Roads)?;
    let own = &told["own"];
    let number = |of: &Value, name: &str| of[name].as_u64().unwrap_or_default();
    let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    println!(
        "{}: {} junctions, {} roads between them, {} km, {} part(s), {} dead ends",
        text(&told["source"]),
        number(&told, "junctions"),
        number(&told, "edges"),
        number(&told, "length_m") / 1_000,
        number(&told, "part_count"),
        number(&told, "dead_ends"),
    );
    for finding in told["findings"].as_array().into_iter().flatten() {
        println!("{}: {}", text(&finding["kind"]), number(finding, "count"));
    }
    println!(
        "the park's own: {} roads ({} along roads of the network, {} m added), {} gates ({} on a road)",
        number(own, "roads"),
        number(own, "roads_along"),
        number(own, "added_m"),
        number(own, "gates"),
        number(own, "gates_on_roads"),
    );
    for finding in own["findings"].as_array().into_iter().flatten() {
        let place = finding["lon"].as_f64().zip(finding["lat"].as_f64());
        let place = place.map(|(lon, lat)| format!(" at {lon:.7},{lat:.7}")).unwrap_or_default();
        println!(
            "{} {}{place}: {} {}",
            text(&finding["collection"]),
            text(&finding["id"]),
            text(&finding["text"]["zh"]),
            text(&finding["text"]["en"]),
        );
    }
    Ok(())
}

/// What is said of a likely mistaken datum; `None` where there is none.
fn suspicion(suspected: &Value) -> Option<String> {
    let datum = suspected["datum"].as_str()?;
    let metres = |name: &str| suspected[name].as_f64().unwrap_or_default();
    Some(format!(
        "the coordinates may be {datum}: beside {} they lie {} m off in the median, and {} m as {datum} (--srs {datum}); nothing was moved",
        suspected["reference"].as_str().unwrap_or_default(),
        metres("without_m"),
        metres("fits_m"),
    ))
}

/// What is said of places that lie beside what the one-map of a site has as if they were in another datum; `None` where they do not, and
/// of a folder that is no site yet.
pub fn datum_of(folder: &Path, read_as: Datum, places: &[Position]) -> Result<Option<String>, FileError> {
    let site = SiteArgs { data: DataArgs { data: Some(folder.to_owned()), config: None }, database: None };
    let places = places.iter().map(|place| (place.lon_e7, place.lat_e7)).collect();
    match run(&site, &FileCommand::DatumOf { read_as: read_as.name().to_owned(), places }) {
        Ok(told) => Ok(suspicion(&told)),
        Err(FileError::Nothing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn run(site: &SiteArgs, command: &FileCommand) -> Result<Value, FileError> {
    // Any free port of this machine: what listens there ends with the command.
    let nowhere = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listen = ListenArgs { http: nowhere, jt808: nowhere, database: site.database.clone(), ..ListenArgs::default() };
    let config = super::settings(&site.data, &listen)?;
    let folder = config.data.clone();
    if let Some(answer) = control::ask(&folder, command) {
        return answer.map_err(FileError::Server);
    }
    let reads = matches!(command, FileCommand::Export { .. } | FileCommand::Roads | FileCommand::DatumOf { .. });
    if reads && config.database.is_none() && !folder.join(FILE).exists() {
        return Err(FileError::Nothing(folder.display().to_string()));
    }
    serve::runtime()?.block_on(async {
        let running = match app::start(config, |_| {}).await {
            Ok(running) => running,
            // Whoever holds it may only now be listening.
            Err(app::StartError::Store(StoreError::InUse { .. })) => {
                let answer = control::ask_patiently(&folder, command).await;
                return answer.map_err(FileError::Server);
            }
            Err(error) => return Err(ServeError::from(error).into()),
        };
        let (folder, command) = (folder.clone(), command.clone());
        let answer = tokio::task::spawn_blocking(move || control::ask(&folder, &command)).await;
        running.stop().await;
        let answer =
            answer.ok().flatten().unwrap_or_else(|| Err("the server that was started does not answer".to_owned()));
        answer.map_err(FileError::Server)
    })
}

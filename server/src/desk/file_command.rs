//! Files that a person on the same machine brings in or takes out by the command line, as whoever holds the data folder may.

use super::importing::{Job, Report};
use super::mistaken_datum::suspected_of;
use crate::api::App;
use crate::api::export::wanted;
use crate::api::imports::order;
use crate::api::problem::Problem;
use crate::api::query::Query;
use crate::api::roads::network_told;
use crate::auth::{Credential, Identity};
use crate::control::FileCommand;
use crate::roads::desk::NoRoads;
use cordon_data::export::Format;
use cordon_data::store::Role;
use cordon_spatial::datum::Datum;
use cordon_spatial::position::Position;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Who such a command is in the audit trail.
const WHO: &str = "command line";
/// How often a job is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long roads that are being loaded or joined are waited for.
const ROADS_WITHIN: Duration = Duration::from_secs(20);
/// What to do without a network.
const BUILD: &str = "`cordon roads build FILE.osm.pbf --data DIR` makes one";

/// Does it; the error is the sentence for the person.
pub async fn run(app: &Arc<App>, command: FileCommand) -> Result<Value, String> {
    let said = |problem: Problem| problem.detail.clone();
    match command {
        FileCommand::Import { file, query } => {
            let order = order(WHO, &Query::of(query)).map_err(said)?;
            // After a command that was stopped in the middle, this is the start that takes it back.
            app.imports.taken_back().await;
            let job = app.imports.begin(order, file).map_err(|error| error.to_string())?;
            let report = ended(&job).await?;
            let mut answer = json!(report);
            answer["id"] = job.id().into();
            Ok(answer)
        }
        FileCommand::UndoImport { id } => {
            app.imports.undo(WHO, &id).await.map(|undone| json!(undone)).map_err(|error| error.to_string())
        }
        FileCommand::Roads => roads(app).await,
        FileCommand::DatumOf { read_as, places } => {
            let read_as = Datum::from_name(&read_as).ok_or_else(|| format!("`{read_as}` is no datum"))?;
            let places: Vec<Position> =
                places.into_iter().map(|(lon_e7, lat_e7)| Position { lon_e7, lat_e7 }).collect();
            let readers = app.readers.clone();
            let told = tokio::task::spawn_blocking(move || suspected_of(&readers, read_as, &places)).await;
            told.map(|suspected| json!(suspected)).map_err(|error| error.to_string())
        }
        FileCommand::Export { what, file, query } => export(app, &what, &file, Query::of(query)).await,
    }
}

/// What the roads are, as soon as they are loaded and the latest edits of the park's own are joined.
async fn roads(app: &App) -> Result<Value, String> {
    let by = tokio::time::Instant::now() + ROADS_WITHIN;
    loop {
        match app.roads.site() {
            Ok(site) if !site.is_joining || tokio::time::Instant::now() >= by => return Ok(json!(network_told(&site))),
            Err(NoRoads::NoNetwork) => return Err(format!("no road network yet; {BUILD}")),
            Err(NoRoads::Failed(error)) => return Err(format!("the road network cannot be loaded ({error}); {BUILD}")),
            Err(NoRoads::Loading) if tokio::time::Instant::now() >= by => {
                return Err("the road network is still being loaded; ask again".to_owned());
            }
            _ => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

async fn ended(job: &Job) -> Result<Report, String> {
    loop {
        match job.ended() {
            Some(end) => return end.map_err(|failure| failure.to_string()),
            None => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

async fn export(app: &Arc<App>, what: &str, file: &Path, query: Query) -> Result<Value, String> {
    let names = Format::ALL.map(Format::name).join(", ");
    let named = query.parsed("f", &names, Format::from_name).map_err(|problem| problem.detail.clone())?;
    let format = named
        .or_else(|| Format::of_path(file))
        .ok_or_else(|| format!("{} does not say its format: name it by --format, one of {names}", file.display()))?;
    let wanted = wanted(app, what, &query).await.map_err(|problem| problem.detail.clone())?;
    // Whoever holds the folder may see all that is in it.
    let identity = Identity { name: WHO.to_owned(), role: Role::Admin, credential: Credential::Token([0; 32]) };
    let made = app.exports.make(app, &identity, what, wanted, format).await.map_err(|error| error.to_string())?;
    let to: PathBuf = file.to_owned();
    let moved = tokio::task::spawn_blocking(move || std::fs::copy(&made.path, &to).map(|_| made.count)).await;
    match moved {
        Ok(Ok(count)) => Ok(json!({ "features": count })),
        Ok(Err(error)) => Err(format!("{} cannot be written: {error}", file.display())),
        Err(error) => Err(error.to_string()),
    }
}

//! Files in over HTTP: a file is sent whole, then becomes features by itself; how far that is can be asked.

use super::AppState;
use super::features::named;
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use super::wire::Page;
use crate::auth::Identity;
use crate::desk::importing::{ImportJson, ImportRefused, Order, Undone};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use cordon_data::import::files::{Mapping, Srs, Told};
use futures_util::StreamExt;
use std::io::Write;
use tempfile::NamedTempFile;

/// Largest file, bytes (PLATFORM, R-15).
const MAX_BYTES: u64 = 2 << 30;

/// Import a file: GeoJSON (also one feature a line), GeoPackage, Shapefile (zip), KML, KMZ, GPX, FlatGeobuf, DXF, CSV or XLSX, sent as
/// it is. Answers when it is here; `GET /api/imports/{id}` tells how far it is and what became of it.
#[utoipa::path(post, path = "/api/imports", tag = "files",
    params(
        ("collection" = String, Query),
        ("name" = String, Query, description = "the file's name; its ending says what it is"),
        ("srs" = Option<String>, Query, description = "EPSG:<code>, wgs84, cgcs2000, gcj02 or bd09; needed where the file does not say it"),
        ("encoding" = Option<String>, Query, description = "UTF-8 or GBK; found out where it is left out"),
        ("layer" = Option<String>, Query, description = "one of the file's layers; all of them where it is left out"),
        ("map" = Option<String>, Query, description = "field=property,…; an empty property leaves the field out"),
        ("id_field" = Option<String>, Query, description = "the field that holds ids; `id` where it is left out"),
        ("trial" = Option<bool>, Query, description = "nothing is kept, what would be is shown")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, body = ImportJson), (status = 400, body = ProblemJson), (status = 413, body = ProblemJson),
        (status = 429, body = ProblemJson)))]
pub async fn begin(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    query: Query,
    request: Request,
) -> Result<Response, Problem> {
    let order = order(&identity.name, &query)?;
    let file = received(request, app.imports.place()).await?;
    let job = app.imports.begin(order, file)?;
    let place = format!("/api/imports/{}", job.id());
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(job.told())).into_response())
}

/// What is asked for by a query string.
pub fn order(who: &str, query: &Query) -> Result<Order, Problem> {
    let missing = |name: &str, limit: &str| Problem::bad_value(name, "", limit);
    let collection = query.text("collection").ok_or_else(|| missing("collection", "the name of a collection"))?;
    let name = query.text("name").ok_or_else(|| missing("name", "the file's name"))?;
    let fields = match query.text("map").map(Mapping::parse) {
        None => Vec::new(),
        Some(Ok(fields)) => fields,
        Some(Err(piece)) => return Err(Problem::bad_value("map", piece, "field=property, separated by commas")),
    };
    let text = |name: &str| query.text(name).map(str::to_owned);
    let told = Told {
        srs: query.parsed("srs", Srs::NAMES, Srs::from_name)?,
        encoding: text("encoding"),
        layer: text("layer"),
    };
    Ok(Order {
        who: who.to_owned(),
        collection: named(collection)?,
        name: name.chars().take(200).collect(),
        told,
        mapping: Mapping { fields, id: text("id_field"), added: Vec::new() },
        trial: query.parsed("trial", "true or false", |text| text.parse().ok())?.unwrap_or(false),
    })
}

/// The body in a file below `place`, written as it comes.
async fn received(request: Request, place: &std::path::Path) -> Result<NamedTempFile, Problem> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "a file that was sent could not be written");
        Problem::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", "the file cannot be kept while it is read")
    };
    std::fs::create_dir_all(place).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix("sent-").tempfile_in(place).map_err(failed)?;
    let mut pieces = request.into_body().into_data_stream();
    let mut bytes = 0;
    while let Some(piece) = pieces.next().await {
        let cut = |_| Problem::new(StatusCode::BAD_REQUEST, "cut_off", "the body did not come whole");
        let piece = piece.map_err(cut)?;
        bytes += piece.len() as u64;
        if bytes > MAX_BYTES {
            let detail = format!("a file has at most {} GiB", MAX_BYTES >> 30);
            let mut problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail);
            problem.limit = Some(format!("{MAX_BYTES} bytes"));
            return Err(problem);
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&piece).map(|()| file))
            .await
            .map_err(|error| failed(std::io::Error::other(error)))?
            .map_err(failed)?;
    }
    Ok(file)
}

/// The imports since the start, the last first.
#[utoipa::path(get, path = "/api/imports", tag = "files", responses((status = 200, body = Page<ImportJson>)))]
pub async fn list(State(app): AppState) -> Json<Page<ImportJson>> {
    // The rows of their reports are read one by one.
    let told = app.imports.jobs().iter().map(|job| job.told_briefly()).collect();
    Json(Page { items: told, next: None })
}

/// How far an import is, and what became of it.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "files", params(("id" = String, Path)),
    responses((status = 200, body = ImportJson), (status = 404, body = ProblemJson)))]
pub async fn one(State(app): AppState, Path(id): Path<String>) -> Result<Json<ImportJson>, Problem> {
    let job = app.imports.job(&id).ok_or_else(|| Problem::not_found("import"))?;
    Ok(Json(job.told()))
}

/// Take an import back: what it made is deleted, also after a restart; what was changed since stays and is counted.
#[utoipa::path(delete, path = "/api/imports/{id}", tag = "files", params(("id" = String, Path)),
    responses((status = 200, body = Undone), (status = 404, body = ProblemJson), (status = 429, body = ProblemJson)))]
pub async fn undo(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(id): Path<String>,
) -> Result<Json<Undone>, Problem> {
    Ok(Json(app.imports.undo(&identity.name, &id).await?))
}

impl From<ImportRefused> for Problem {
    fn from(refused: ImportRefused) -> Problem {
        match refused {
            ImportRefused::Busy => {
                let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "import_busy", refused.to_string());
                problem.retry_after_s = Some(5);
                problem
            }
            ImportRefused::Unknown => Problem::not_found("import"),
            ImportRefused::Edit(error) => error.into(),
            ImportRefused::Store(error) => error.into(),
        }
    }
}

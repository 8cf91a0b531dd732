//! Files out: everything that a selection finds, or what happened in a span of time, in a format of one's choice.

use super::features::named;
use super::guard;
use super::ogc::items::find_vehicles;
use super::ogc::question;
use super::problem::{Problem, ProblemJson};
use super::query::Query;
use super::{App, AppState};
use crate::auth::Identity;
use crate::desk::exporting::{ExportFailure, Happened, Span, Wanted};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cordon_data::export::{Exported, Format};
use cordon_data::feature::Collection;
use cordon_spatial::ids::{FeatureId, VehicleKey};
use cordon_spatial::units::{SpanMs, UnixMs};
use futures_util::StreamExt;
use std::fs::File;
use std::io::Read;

/// How far back what happened is given out where nobody says.
const A_DAY: SpanMs = SpanMs::seconds(86_400);
/// What is sent at once, bytes.
const PIECE: usize = 256 * 1024;

/// A file of a collection's features, of `events`, `alarms`, `fixes` or `tracks`. A collection takes what selects its items
/// (`bbox datetime filter …` and its properties); the others take `from`, `to` (the last day where they are left out) and, but for
/// alarms, `vehicle`. A Shapefile is a zip with one for each kind of geometry; CSV and XLSX have `longitude` and `latitude` or `wkt`.
#[utoipa::path(get, path = "/api/export/{what}", tag = "files",
    params(
        ("what" = String, Path, description = "a collection, events, alarms, fixes or tracks"),
        ("f" = Option<String>, Query, description = "geojson (default), gpkg, shp, kml, fgb, csv or xlsx"),
        ("bbox" = Option<String>, Query), ("datetime" = Option<String>, Query), ("filter" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query),
        ("vehicle" = Option<String>, Query, description = "id of a vehicle")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 400, body = ProblemJson),
        (status = 404, body = ProblemJson), (status = 429, body = ProblemJson)))]
pub async fn export(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(what): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let names = Format::ALL.map(Format::name).join(", ");
    let format = query.parsed("f", &names, Format::from_name)?.unwrap_or(Format::GeoJson);
    let wanted = wanted(&app, &what, &query).await?;
    let exported = app.exports.make(&app, &identity, &what, wanted, format).await?;
    sent(exported, &what, format)
}

/// What is meant by a name and a query string.
pub async fn wanted(app: &App, what: &str, query: &Query) -> Result<Wanted, Problem> {
    if let Some((_, happened)) = Happened::ALL.into_iter().find(|(name, _)| *name == what) {
        guard::known_parameters(&["f", "from", "to", "vehicle"], query)?;
        return Ok(Wanted::Happened(happened, span(app, happened, query)?));
    }
    let collection = named(what)?;
    question::known(collection, query, &["f"])?;
    let mut selection = question::selection(collection, query)?;
    find_vehicles(app, &mut selection).await;
    Ok(Wanted::Features(Box::new(selection)))
}

fn span(app: &App, happened: Happened, query: &Query) -> Result<Span, Problem> {
    let to = query.time("to")?;
    let end = to.unwrap_or(app.pipeline.now() + SpanMs(1));
    let from: UnixMs = query.time("from")?.unwrap_or(end - A_DAY);
    if from > end {
        return Err(Problem::bad_value("from", query.text("from").unwrap_or_default(), "not after `to`"));
    }
    let Some(id) = query.text("vehicle") else { return Ok(Span { from, to: end, vehicle: None }) };
    if happened == Happened::Alarms {
        return Err(Problem::bad_value("vehicle", id, "absent for alarms, which may be about zones"));
    }
    let known = FeatureId::new(id).ok().and_then(|id| app.catalog.find(Collection::Vehicles, &id));
    let (key, _) = known.ok_or_else(|| Problem::bad_value("vehicle", id, "the id of a vehicle"))?;
    Ok(Span { from, to: end, vehicle: Some(VehicleKey(key.0)) })
}

/// The file as an answer, read while it is sent; its folder goes when it was.
fn sent(exported: Exported, name: &str, format: Format) -> Result<Response, Problem> {
    let file = File::open(&exported.path).map_err(|error| ExportFailure::Export(error.into()))?;
    let length = file.metadata().map_err(|error| ExportFailure::Export(error.into()))?.len();
    let count = exported.count;
    let pieces = futures_util::stream::unfold((file, exported), |(mut file, exported)| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece);
            (file, read.map(|length| Bytes::from(piece).slice(..length)))
        });
        let (file, piece) = read.await.ok()?;
        match piece {
            Ok(piece) if piece.is_empty() => None,
            piece => Some((piece, (file, exported))),
        }
    });
    // What compresses an answer asks once more after its end.
    let mut answer = Body::from_stream(pieces.fuse()).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CONTENT_LENGTH, length.into());
    let name = format!("attachment; filename=\"{name}.{}\"", format.extension());
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).expect("names of collections are plain"));
    headers.insert("x-cordon-features", count.into());
    Ok(answer)
}

impl From<ExportFailure> for Problem {
    fn from(failure: ExportFailure) -> Problem {
        let detail = failure.to_string();
        match failure {
            ExportFailure::Busy => {
                let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "export_busy", detail);
                problem.retry_after_s = Some(5);
                problem
            }
            ExportFailure::Store(error) => error.into(),
            ExportFailure::Export(error) => {
                let mut problem =
                    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "export_failed", "the file cannot be made");
                tracing::error!(%error, trace_id = problem.trace_id, "a file was not made");
                problem.retry_after_s = Some(30);
                problem
            }
        }
    }
}

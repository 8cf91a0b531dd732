//! Request bodies: bounded, of a stated type, and refused with a problem that says where they are wrong.

use super::App;
use super::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A body of any JSON-like type, not parsed yet.
pub struct RawJson {
    /// Its bytes.
    pub bytes: Bytes,
    /// Whether it is one JSON text a line.
    pub lines: bool,
}

/// A body that is one JSON text of type `T`.
pub struct Json<T>(pub T);

/// The media types that count as JSON.
const JSON_TYPES: [&str; 4] =
    ["application/json", "application/geo+json", "application/merge-patch+json", "application/problem+json"];
/// The media types of one JSON text a line.
const LINE_TYPES: [&str; 4] =
    ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/geo+json-seq"];

impl FromRequest<Arc<App>> for RawJson {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<RawJson, Problem> {
        let lines = media_type(request.headers())?;
        let bytes = read(request, app.config.body_limit_mib).await?;
        Ok(RawJson { bytes, lines })
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Json<T>, Problem> {
        let body = RawJson::from_request(request, app).await?;
        // An act without anything to say may come without a body.
        let bytes: &[u8] = if body.bytes.is_empty() { b"{}" } else { &body.bytes };
        parse(bytes).map(Json)
    }
}

/// Parses one JSON text.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "bad_json", format!("the body cannot be read: {error}")))
}

/// Reads a body of at most `limit_mib` MiB.
pub async fn read(request: Request, limit_mib: usize) -> Result<Bytes, Problem> {
    let limit = limit_mib * 1024 * 1024;
    let too_large = || {
        let mut problem =
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("a body has at most {limit_mib} MiB"));
        problem.limit = Some(format!("{limit} bytes"));
        problem
    };
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    axum::body::to_bytes(request.into_body(), limit).await.map_err(|error| {
        let mut source: Option<&dyn std::error::Error> = Some(&error);
        while let Some(cause) = source {
            if cause.to_string().contains("length limit exceeded") {
                return too_large();
            }
            source = cause.source();
        }
        Problem::new(StatusCode::BAD_REQUEST, "cut_off", "the body did not come whole")
    })
}

/// Whether the body is one JSON text a line; an error when it is no JSON at all. No stated type counts as JSON.
fn media_type(headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(false) };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if LINE_TYPES.contains(&essence.as_str()) {
        return Ok(true);
    }
    if JSON_TYPES.contains(&essence.as_str()) {
        return Ok(false);
    }
    let detail = "the body must be JSON and say so: Content-Type: application/json";
    let mut problem =
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail).at("Content-Type");
    problem.value = Some(super::problem::shortened(text.into()));
    Err(problem)
}

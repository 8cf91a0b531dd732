//! Whether the process lives, whether the site is served, and how it is.

use super::problem::Problem;
use super::{App, AppState};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Seconds after which asking a server again that is not ready makes sense: recovery takes seconds, and a full store is
/// tried once a second (ENGINE, "Commit" and "Snapshots and versions").
pub const RETRY_AFTER_S: u64 = 2;

/// Whether the site is served.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether everything works.
    pub ready: bool,
    /// What does not: `recovering` (what was stored is being read back), `storage_full`, `stopping`.
    pub reasons: Vec<&'static str>,
}

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, description = "the process lives", body = String)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The site is served: what comes in is kept.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()),
    responses((status = 200, body = Readiness), (status = 503, description = "with the reasons", body = Readiness)))]
pub async fn readyz(State(app): AppState) -> Response {
    let reasons = reasons(&app);
    if reasons.is_empty() {
        return Json(Readiness { ready: true, reasons }).into_response();
    }
    not_ready(reasons)
}

/// Why what comes in is not kept; empty when it is.
pub fn reasons(app: &App) -> Vec<&'static str> {
    let mut reasons = app.pipeline.not_ready();
    if *app.stopping.borrow() && !reasons.contains(&"stopping") {
        reasons.push("stopping");
    }
    reasons
}

/// The answer of a server that is not ready, with the reasons.
pub fn not_ready(reasons: Vec<&'static str>) -> Response {
    let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", reasons.join(", "));
    problem.more.insert("ready".to_owned(), false.into());
    problem.more.insert("reasons".to_owned(), reasons.into());
    problem.retry_after_s = Some(RETRY_AFTER_S);
    problem.into_response()
}

/// Metrics in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): AppState) -> Response {
    let text = app.prometheus.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

//! Whether the process lives, whether the site is served, and how it is.

use super::AppState;
use super::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the site is served.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether everything works.
    pub ready: bool,
    /// What does not.
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
    let mut reasons = app.pipeline.not_ready();
    if *app.stopping.borrow() {
        reasons.push("stopping");
    }
    if reasons.is_empty() {
        return Json(Readiness { ready: true, reasons }).into_response();
    }
    let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", reasons.join(", "));
    problem.more.insert("ready".to_owned(), false.into());
    problem.more.insert("reasons".to_owned(), reasons.into());
    problem.into_response()
}

/// Metrics in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): AppState) -> Response {
    let text = app.prometheus.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

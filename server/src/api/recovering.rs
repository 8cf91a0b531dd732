//! What HTTP answers while the site is read back: that the process lives, that it is not ready, and the console's page,
//! which says so to whoever opens it. Everything else is told to come back.

use super::health;
use super::problem::Problem;
use super::{envelope, is_api};
use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The answers until the site is served.
pub fn router() -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(|| async { health::not_ready(vec!["recovering"]) }))
        .fallback(other)
        .layer(tower_http::compression::CompressionLayer::new())
        .layer(axum::middleware::from_fn(envelope::envelope))
}

async fn other(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if is_api(uri.path()) {
        return recovering().into_response();
    }
    crate::web_assets::serve(&method, uri.path(), &headers)
}

fn recovering() -> Problem {
    let detail = "the server is starting and reads back what it stored; nothing is shown or taken until it has";
    let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "recovering", detail);
    problem.retry_after_s = Some(health::RETRY_AFTER_S);
    problem
}

//! The HTTP API: what INTERFACES names, each route with the action that it needs, each error as a problem.
//!
//! [`routes`] is the table of everything that answers; [`guard`] lets through or refuses by that table, so that no
//! handler can forget to ask. [`envelope`] is around all of it: trace id, headers, time limit, metrics.

pub mod accounts;
pub mod alarm_load;
pub mod alarms;
pub mod body;
pub mod catalogue;
pub mod commands;
pub mod deletions;
pub mod envelope;
pub mod events;
pub mod explain;
pub mod export;
pub mod feature_history;
pub mod features;
pub mod find;
pub mod fixes;
pub mod guard;
pub mod health;
pub mod health_figures;
pub mod imports;
pub mod live;
pub mod ogc;
pub mod openapi;
pub mod problem;
pub mod query;
pub mod recovering;
pub mod roads;
pub mod routes;
pub mod rules_preview;
pub mod serve;
pub mod session;
pub mod setup;
pub mod terminals;
pub mod try_rules;
pub mod vehicles;
pub mod wire;

use crate::auth::limits::Limits;
use crate::auth::password::Verifier;
use crate::auth::sessions::Sessions;
use crate::auth::setup::Setup;
use crate::config::Config;
use crate::database::DatabaseState;
use crate::desk::catalog::Catalog;
use crate::desk::exporting::Exports;
use crate::desk::features::Features;
use crate::desk::importing::Imports;
use crate::desk::readers::Readers;
use crate::desk::terminals::Terminals;
use crate::gateway::jt808::listener::Gateway;
use crate::ingest::Pipeline;
use crate::live::hub::Hub;
use crate::roads::desk::Roads;
use axum::Router;
use axum::http::{StatusCode, Uri};
use cordon_data::store::{AuditLine, StoreError};
use cordon_spatial::units::UnixMs;
use metrics_exporter_prometheus::PrometheusHandle;
use problem::Problem;
use std::sync::Arc;
use tokio::sync::watch;

/// Everything that a request may need.
pub struct App {
    /// The way into the pipeline.
    pub pipeline: Pipeline,
    /// The database that what is kept is handed on to, when there is one.
    pub database: Option<Arc<DatabaseState>>,
    /// The way to what was committed.
    pub readers: Readers,
    /// Names.
    pub catalog: Catalog,
    /// Positions and consoles.
    pub hub: Hub,
    /// Who is asking.
    pub sessions: Arc<Sessions>,
    /// Passwords.
    pub verifier: Verifier,
    /// Failed sign-ins.
    pub limits: Limits,
    /// The first administrator.
    pub setup: Arc<Setup>,
    /// Edits of features.
    pub features: Features,
    /// Files in.
    pub imports: Imports,
    /// Files out.
    pub exports: Exports,
    /// Who may try rules now.
    pub trials: try_rules::Trials,
    /// The roads, with what is closed.
    pub roads: Roads,
    /// Whose question about roads is worked on.
    pub road_turns: roads::Turns,
    /// Terminals.
    pub terminals: Arc<Terminals>,
    /// The terminals that are connected.
    pub gateway: Arc<Gateway>,
    /// Settings.
    pub config: Arc<Config>,
    /// Metrics.
    pub prometheus: PrometheusHandle,
    /// When this process was ready to serve.
    pub started_at: UnixMs,
    /// Turns true when the server stops.
    pub stopping: watch::Receiver<bool>,
}

/// The state that handlers take.
pub type AppState = axum::extract::State<Arc<App>>;

impl App {
    /// An audit line of this moment.
    pub fn audit_line(&self, who: &str, action: &str, detail: serde_json::Value) -> AuditLine {
        AuditLine { at: self.pipeline.now(), who: who.to_owned(), action: action.to_owned(), detail }
    }

    /// Writes an audit line of its own; a failure is logged and stops nobody.
    pub async fn audit(&self, who: &str, action: &str, detail: serde_json::Value) {
        let line = self.audit_line(who, action, detail);
        let kept: Result<(), StoreError> = self.pipeline.write(move |writer| writer.audit(&line)).await;
        if let Err(error) = kept {
            tracing::error!(%error, action, "an audit line was not kept");
        }
    }
}

/// The whole of what HTTP answers.
pub fn router(app: Arc<App>) -> Router {
    let mut router: Router<Arc<App>> = Router::new();
    for route in routes::routes() {
        let guarded = route.handler.route_layer(axum::middleware::from_fn_with_state(
            guard::Guard { app: app.clone(), path: route.path, action: route.action, params: route.params },
            guard::guard,
        ));
        router = router.route(route.path, guarded);
    }
    router
        .method_not_allowed_fallback(other_method)
        .fallback(unknown_path)
        .layer(tower_http::compression::CompressionLayer::new())
        .layer(axum::middleware::from_fn(envelope::envelope))
        .with_state(app)
}

/// Paths that belong to the API: what is missing there is a problem, not a page of the console.
const API_ROOTS: [&str; 8] = ["/api", "/ogc", "/tiles", "/live", "/gateway", "/metrics", "/healthz", "/readyz"];

/// Whether a path belongs to the API and not to the console.
fn is_api(path: &str) -> bool {
    API_ROOTS.iter().any(|root| path == *root || path.strip_prefix(root).is_some_and(|p| p.starts_with('/')))
}

/// OPTIONS says what a path takes (OGC 20-002r1 `/req/create-replace-delete/options`); the router adds `Allow`.
async fn other_method(method: axum::http::Method) -> axum::response::Response {
    use axum::response::IntoResponse;
    if method == axum::http::Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take that method")
        .into_response()
}

async fn unknown_path(
    method: axum::http::Method,
    uri: Uri,
    headers: axum::http::HeaderMap,
) -> axum::response::Response {
    use axum::response::IntoResponse;
    let path = uri.path();
    if is_api(path) {
        return Problem::not_found("path").into_response();
    }
    crate::web_assets::serve(&method, path, &headers)
}

//! The door to `/live`: upgrades a console's request to a WebSocket.

use super::AppState;
use super::problem::{Problem, ProblemJson};
use crate::auth::Identity;
use crate::live::client;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::StatusCode;
use axum::response::Response;

/// Most consoles at once.
const MAX_CLIENTS: u64 = 2_000;

/// Live positions, events and alarms over a WebSocket (frames: INTERFACES, "/live").
#[utoipa::path(get, path = "/live", tag = "live",
    responses((status = 101, description = "upgraded"), (status = 401, body = ProblemJson), (status = 426, body = ProblemJson)))]
pub async fn upgrade(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", format!("this path is a WebSocket: {rejection}"))
    })?;
    if app.hub.clients() >= MAX_CLIENTS {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many consoles are connected"));
    }
    let context = client::Context {
        hub: app.hub.clone(),
        pipeline: app.pipeline.clone(),
        sessions: app.sessions.clone(),
        stopping: app.stopping.clone(),
    };
    Ok(upgrade
        .max_message_size(client::MAX_INCOMING)
        .max_frame_size(client::MAX_INCOMING)
        .on_upgrade(move |socket| client::serve(socket, context, identity)))
}

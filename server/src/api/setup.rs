//! The first administrator of a fresh server.

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::{AppState, session};
use crate::auth::password;
use axum::Json as JsonAnswer;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::Response;
use cordon_data::store::{Role, StoreError, User};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::SocketAddr;
use utoipa::ToSchema;

/// The set-up code and the first account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The code that the server printed when it started.
    pub code: String,
    /// User name.
    pub name: String,
    /// Password.
    pub password: String,
}

/// Whether a first administrator is still to be made.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetUpNeeded {
    /// It is.
    pub needed: bool,
}

/// Whether a first administrator is still to be made.
#[utoipa::path(get, path = "/api/setup", tag = "session", security(()), responses((status = 200, body = SetUpNeeded)))]
pub async fn needed(State(app): AppState) -> JsonAnswer<SetUpNeeded> {
    JsonAnswer(SetUpNeeded { needed: app.setup.needed() })
}

/// Make the first administrator and sign in.
#[utoipa::path(post, path = "/api/setup", tag = "session", security(()), request_body = SetUp,
    responses((status = 201, body = session::SessionJson), (status = 403, body = ProblemJson), (status = 409, body = ProblemJson)))]
pub async fn set_up(
    State(app): AppState,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Json(SetUp { code, name, password }): Json<SetUp>,
) -> Result<Response, Problem> {
    if !app.setup.needed() {
        return Err(Problem::new(StatusCode::CONFLICT, "setup_done", "this server has been set up already"));
    }
    if !app.setup.accepts(&code) {
        metrics::counter!("cordon_auth_failures_total", "reason" => "bad_setup_code").increment(1);
        let detail = "wrong set-up code; the server printed it when it started";
        return Err(Problem::new(StatusCode::FORBIDDEN, "bad_setup_code", detail));
    }
    check_account(&name, &password, app.config.password_min_length)?;
    let user = User {
        name: name.clone(),
        role: Role::Admin,
        password_hash: app.verifier.hash(password).await,
        created_at: app.pipeline.now(),
        last_seen_at: None,
    };
    let audit = app.audit_line(&name, "user.add", json!({"name": name, "role": "admin", "by": "set-up code"}));
    let added = app.pipeline.write(move |writer| writer.add_user(&user, &audit)).await;
    if let Err(StoreError::Exists { .. }) = added {
        return Err(Problem::new(StatusCode::CONFLICT, "setup_done", "this server has been set up already"));
    }
    added?;
    app.setup.close();
    session::begin(&app, &name, "admin", peer, StatusCode::CREATED).await
}

/// Whether an account of this name and password may be made.
pub fn check_account(name: &str, password: &str, least: usize) -> Result<(), Problem> {
    check_name(name)?;
    password::check(password, name, least).map_err(|weak| {
        let mut problem = Problem::new(StatusCode::BAD_REQUEST, "weak_password", weak.to_string()).at("password");
        problem.limit = Some(format!("{least} to {} characters", password::MAX_LENGTH));
        problem
    })
}

/// Whether an account or a token may have this name.
pub fn check_name(name: &str) -> Result<(), Problem> {
    let fits = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control) && name.trim() == name;
    if fits {
        return Ok(());
    }
    let mut problem = Problem::bad_value("name", name, "1 to 64 characters, no blanks around it");
    problem.code = "bad_name";
    "urn:cordon:bad_name".clone_into(&mut problem.kind);
    Err(problem)
}

//! Signing in, asking who one is, and signing out.

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::{App, AppState, accounts};
use crate::auth::{Credential, Identity, roles};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json as JsonAnswer};
use cordon_data::store::UserChange;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Instant;
use utoipa::ToSchema;

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// User name.
    pub name: String,
    /// Password.
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionJson {
    /// User or token name.
    pub name: String,
    /// `commander`, `monitor`, `guard`, `supervisor`, `admin` or `device`.
    pub role: &'static str,
}

/// Sign in: sets the session cookie.
#[utoipa::path(post, path = "/api/session", tag = "session", security(()), request_body = SignIn,
    responses((status = 200, body = SessionJson), (status = 401, body = ProblemJson), (status = 429, body = ProblemJson)))]
pub async fn sign_in(
    State(app): AppState,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Json(SignIn { name, password }): Json<SignIn>,
) -> Result<Response, Problem> {
    may_try(&app, peer, &name)?;
    let asked = name.clone();
    let user = app.readers.read(move |reader| reader.user(&asked)).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let matches = belongs(&app, password, hash).await;
    let Some(user) = user.filter(|_| matches) else {
        app.limits.failed(peer.ip(), &name, Instant::now());
        metrics::counter!("cordon_auth_failures_total", "reason" => "bad_credentials").increment(1);
        let shown: String = name.chars().take(64).collect();
        app.audit(&shown, "session.refuse", json!({"from": peer.ip().to_string()})).await;
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials", "wrong user name or password"));
    };
    app.limits.succeeded(peer.ip(), &name);
    begin(&app, &user.name, roles::name(user.role), peer, StatusCode::OK).await
}

/// Opens a session for a user and answers with its cookie.
pub async fn begin(
    app: &App,
    name: &str,
    role: &'static str,
    peer: SocketAddr,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (secret, session) = app.sessions.begin(name, app.pipeline.now());
    let audit = app.audit_line(name, "session.create", json!({"from": peer.ip().to_string()}));
    app.pipeline.write(move |writer| writer.add_session(&session, &audit)).await?;
    let cookie = HeaderValue::from_str(&app.sessions.cookie(&secret)).expect("a cookie of letters and digits");
    let body = SessionJson { name: name.to_owned(), role };
    Ok((status, [(header::SET_COOKIE, cookie)], JsonAnswer(body)).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session",
    responses((status = 200, body = SessionJson), (status = 401, body = ProblemJson)))]
pub async fn who(Extension(identity): Extension<Identity>) -> JsonAnswer<SessionJson> {
    JsonAnswer(SessionJson { name: identity.name, role: roles::name(identity.role) })
}

/// Another password for oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The one up to now.
    pub old_password: String,
    /// The one from now on.
    pub password: String,
}

/// Change one's own password. Every other session of the user ends.
#[utoipa::path(patch, path = "/api/session", tag = "session", request_body = ChangePassword,
    responses((status = 204), (status = 400, description = "`weak_password`", body = ProblemJson),
        (status = 403, description = "`bad_credentials`: the old password is wrong", body = ProblemJson),
        (status = 409, description = "`no_session`: a token has no password", body = ProblemJson),
        (status = 429, body = ProblemJson)))]
pub async fn change_password(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Json(ChangePassword { old_password, password }): Json<ChangePassword>,
) -> Result<StatusCode, Problem> {
    let Credential::Session(own) = identity.credential else {
        return Err(Problem::new(StatusCode::CONFLICT, "no_session", "a token has no password"));
    };
    let name = identity.name;
    may_try(&app, peer, &name)?;
    let asked = name.clone();
    let user = app.readers.read(move |reader| reader.user(&asked)).await?;
    if !belongs(&app, old_password, user.map(|user| user.password_hash)).await {
        app.limits.failed(peer.ip(), &name, Instant::now());
        metrics::counter!("cordon_auth_failures_total", "reason" => "bad_credentials").increment(1);
        let wrong = Problem::new(StatusCode::FORBIDDEN, "bad_credentials", "the old password is wrong");
        return Err(wrong.at("old_password"));
    }
    app.limits.succeeded(peer.ip(), &name);
    let password_hash = Some(accounts::new_password(&app, &name, password).await?);
    let change = UserChange { role: None, password_hash, keep_session: Some(own) };
    let audit = app.audit_line(&name, "user.password", json!({"from": peer.ip().to_string()}));
    let changed = name.clone();
    accounts::done(app.pipeline.write(move |writer| writer.change_user(&changed, &change, &audit)).await?)?;
    app.sessions.forget_user(&name);
    Ok(StatusCode::NO_CONTENT)
}

/// Whether this source may try this account's password now.
fn may_try(app: &App, peer: SocketAddr, name: &str) -> Result<(), Problem> {
    let Some(wait) = app.limits.must_wait(peer.ip(), name, Instant::now()) else { return Ok(()) };
    metrics::counter!("cordon_auth_failures_total", "reason" => "limited").increment(1);
    let detail = "too many failed attempts: wait before trying again";
    let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail);
    problem.retry_after_s = Some(wait.as_secs() + 1);
    Err(problem)
}

/// Whether a password belongs to a hash; that of nobody belongs to none.
async fn belongs(app: &App, password: String, hash: Option<String>) -> bool {
    password.chars().count() <= crate::auth::password::MAX_LENGTH && app.verifier.verify(password, hash).await
}

/// Sign out: ends the session at once, on the server as well.
#[utoipa::path(delete, path = "/api/session", tag = "session", responses((status = 204), (status = 401, body = ProblemJson)))]
pub async fn sign_out(State(app): AppState, Extension(identity): Extension<Identity>) -> Result<Response, Problem> {
    let Credential::Session(hash) = identity.credential else {
        return Err(Problem::new(StatusCode::CONFLICT, "no_session", "a token has no session to end"));
    };
    let audit = app.audit_line(&identity.name, "session.end", json!({}));
    app.pipeline.write(move |writer| writer.end_session(&hash, &audit)).await?;
    app.sessions.forget(&hash);
    let mut headers = HeaderMap::new();
    let gone = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", crate::auth::sessions::COOKIE);
    headers.insert(header::SET_COOKIE, HeaderValue::from_str(&gone).expect("a cookie of plain letters"));
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}
